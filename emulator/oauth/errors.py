"""The errors of OAuth in their own shape: `error`, mostly with `error_description`; never the shape of the API.

SDKs know six values of `error`; with any other, stripe-python fails.
"""

from __future__ import annotations

from collections.abc import Sequence

MISSING_CREDENTIALS = (
    "No authentication credentials were provided. Send your secret API key in the Authorization header using the "
    "Bearer authentication method"
)


class OAuthError(Exception):
    """An error to respond with. `description` None is left out."""

    def __init__(self, error: str, description: str | None, status: int = 400) -> None:
        super().__init__(description or error)
        self.error = error
        self.description = description
        self.status = status

    @property
    def body(self) -> dict[str, str]:
        """The JSON of the response: `error`, and `error_description` where there is one."""
        return {"error": self.error, **({} if self.description is None else {"error_description": self.description})}


def no_credentials() -> OAuthError:
    """401 without a key (observed in 2012)."""
    return _client(MISSING_CREDENTIALS)


def no_such_key(key: str) -> OAuthError:
    """401 for a key that is no secret key of a platform (observed in 2017 and 2018)."""
    return _client(f"No such API key: {key}")


def no_such_application(client_id: str) -> OAuthError:
    """401 for a client id that is not the one of the key (observed in 2026)."""
    return _client(f"No such application: '{client_id}'")


def not_connected(account: str) -> OAuthError:
    """401 for an unknown or disconnected account (official, in the tests of SDKs)."""
    return _client(f"This application is not connected to stripe account {account}, or that account does not exist.")


def standard_only() -> OAuthError:
    """401 for an account that its platform controls (the name and the rule are official, their place is our choice)."""
    return _client("no_deauth_on_controlled_account: You can only revoke a Standard account's access")


def missing(name: str) -> OAuthError:
    """400 for a request without a parameter (the error is official, its words are our choice)."""
    return OAuthError("invalid_request", f"Missing required parameter: {name}")


def unreadable() -> OAuthError:
    """400 for a request that is no POST of a form (our choice)."""
    return OAuthError("invalid_request", "Send a POST request with a form in its body")


def unsupported_grant_type() -> OAuthError:
    """400 for another grant type: without a description (observed in 2020; the status is our choice)."""
    return OAuthError("unsupported_grant_type", None)


def code_unknown(code: str) -> OAuthError:
    """400 for an unknown code (official, observed)."""
    return _grant(f"Authorization code does not exist: {code}")


def code_foreign() -> OAuthError:
    """400 for the code of another platform (observed)."""
    return _grant("Authorization code provided does not belong to you")


def code_expired() -> OAuthError:
    """400 for a code after its five minutes (observed)."""
    return _grant("Authorization code expired")


def code_used() -> OAuthError:
    """400 for the second use of a code (observed in 2014 and 2019)."""
    return _grant("This authorization code has already been used. All tokens issued with this code have been revoked.")


def refresh_token_unknown(token: str) -> OAuthError:
    """400 for an unknown or revoked refresh token (the words are by analogy)."""
    return _grant(f"Refresh token does not exist: {token}")


def scope_too_broad(scope: str) -> OAuthError:
    """400 for a scope that is unknown, or more than the refresh token's (the words are our choice)."""
    return OAuthError("invalid_scope", f"Invalid scope: {scope}")


def capability_expected(expected: str) -> OAuthError:
    """400 for `assert_capabilities` that differs from the suggested capabilities (official)."""
    return OAuthError("invalid_request", f"assert_capabilities expects capability: {expected}")


def response_type_missing() -> OAuthError:
    """The error of the page without `response_type` (the error is official, its words are our choice)."""
    return missing("response_type")


def response_type_unsupported(given: str) -> OAuthError:
    """The error of the page for another `response_type` (the error is official, its words are our choice)."""
    return OAuthError("unsupported_response_type", f"Unsupported response type: {given}")


def scope_invalid(scope: str, known: Sequence[str]) -> OAuthError:
    """The error of the page for an unknown scope (the error is official, its words are our choice)."""
    return OAuthError("invalid_scope", f"Invalid scope: {scope}. Valid scopes are {', '.join(known)}")


def internal() -> OAuthError:
    """500 when the emulator fails: one of the six errors, so that SDKs can read it (our choice)."""
    return OAuthError("invalid_request", "The emulator failed on this request; see its log", 500)


def _client(description: str) -> OAuthError:
    return OAuthError("invalid_client", description, 401)


def _grant(description: str) -> OAuthError:
    return OAuthError("invalid_grant", description)
