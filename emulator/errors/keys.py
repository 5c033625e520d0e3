"""Errors about API keys: authentication, permissions, and the account that a request acts as."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, Stage, StripeError, bad_request
from emulator.errors.base.registry import error
from emulator.errors.base.wording import SUPPORT


@error("observed", "August 2026")
def no_api_key() -> StripeError:
    """401 without an Authorization header."""
    return _unauthorized(
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer "
        "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for "
        f"details, or we can help at {SUPPORT}."
    )


@error("observed")
def invalid_api_key(redacted: str) -> StripeError:
    """401 for an unknown, malformed or revoked key, and for a session token that has ended."""
    return _unauthorized(f"Invalid API Key provided: {redacted}")


@error("our choice", "Stripe's words for an invalid key come first")
def live_key(redacted: str) -> StripeError:
    """401 for a live key when the settings do not allow live keys."""
    return _unauthorized(
        f"Invalid API Key provided: {redacted}. This is a live key, and the emulator refuses live keys: one in a test "
        "run is a leak. Use a key that starts with sk_test_, or start the emulator with --allow-live-keys."
    )


@error("official", "in the Stripe CLI's tests; observed in 2023")
def expired_api_key(redacted: str) -> StripeError:
    """401 for an expired key."""
    return _unauthorized(f"Expired API Key provided: {redacted}", "api_key_expired")


@error("observed", "2025", words="by analogy")
def expired_platform_key(redacted: str) -> StripeError:
    """401 for an access token of OAuth that was revoked."""
    return _unauthorized(f"Expired API Key provided: {redacted}", "platform_api_key_expired")


@error("observed", status="inferred")
def missing_scope(account: str) -> StripeError:
    """403 for a change to an account whose owner gave read access only, by OAuth."""
    return _forbidden(
        f"This application does not have the required permissions for this endpoint on account '{account}'. Having the "
        "'read_write' scope would allow this request to continue.",
        "more_permissions_required_for_application",
    )


@error("observed", "the status since 2023")
def publishable_key() -> StripeError:
    """403 for a publishable key where a secret key is required."""
    return StripeError(
        ErrorBody(
            403,
            "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list "
            "of your API keys at https://dashboard.stripe.com/account/apikeys.",
            code="secret_key_required",
        )
    )


@error("observed", "2026; ids in the link and the version bound are our choice")
def missing_permission(redacted: str, account: str, label: str, permission: str, editor: str) -> StripeError:
    """403 for a restricted key without a required permission, from version 2025-03-31 on."""
    return _forbidden(
        f"Permission denied. The provided key '{redacted}' does not have the required permissions for this endpoint on "
        f"account '{account}'. Enabling \"{label}\" ('{permission}') permissions on this key would allow this request "
        f"to continue. You can edit permissions at {editor}",
        "more_permissions_required",
        logged=True,
    )


@error("observed", "2021 to 2025")
def missing_rak_permission(redacted: str, account: str, permission: str) -> StripeError:
    """403 for a restricted key without one required permission, before version 2025-03-31."""
    return _forbidden(
        f"{_lacking(redacted, account)} Having the 'rak_{permission}' permission would allow this request to continue."
    )


@error("observed", "2021")
def missing_permissions(redacted: str, account: str) -> StripeError:
    """403 for a restricted key without several required permissions, before version 2025-03-31."""
    return _forbidden(f"{_lacking(redacted, account)} Having more permissions would allow this request to continue.")


@error("observed", "2019 to 2021")
def not_for_restricted_keys(redacted: str, account: str) -> StripeError:
    """403 for an operation that no permission of a restricted key allows."""
    return _forbidden(
        f"{_lacking(redacted, account)} This is a restricted API key, but the required permissions are not available "
        "for use by restricted keys."
    )


@error("observed", status="inferred")
def no_connect_permissions() -> StripeError:
    """403 for Stripe-Account with a restricted key that has no Connect permission."""
    return _forbidden(
        "You passed a restricted API key with the Stripe-Account header, but the restricted API key does not have any "
        "Connect permissions."
    )


@error("our choice", "the first sentence was observed")
def not_for_session_tokens(redacted: str, account: str) -> StripeError:
    """403 for an operation that no component needs, with the token of a claimed session."""
    return _forbidden(
        f"{_lacking(redacted, account)} This is the token of a claimed account session, which serves its components "
        "only."
    )


@error("official", words="our choice")
def no_context() -> StripeError:
    """400 for an organization key without Stripe-Context."""
    return bad_request(
        "All API requests made with an organization API key must include the Stripe-Context header to identify the "
        "affected account. See https://docs.stripe.com/keys/organization-api-keys"
    )


@error("official", words="our choice")
def no_version() -> StripeError:
    """400 for an organization key without Stripe-Version."""
    return bad_request(
        "All API requests made with an organization API key must include the Stripe-Version header. See "
        "https://docs.stripe.com/keys/organization-api-keys"
    )


@error("our choice")
def accounts_differ(account: str, context: str) -> StripeError:
    """400 for Stripe-Account and Stripe-Context that name different accounts."""
    return bad_request(
        f"The Stripe-Account header names '{account}' and the Stripe-Context header '{context}'. Stripe-Context "
        "supersedes Stripe-Account: send only one of them."
    )


@error("observed", "August 2026")
def account_invalid(redacted: str, account: str) -> StripeError:
    """403 for an unknown, foreign or deleted account in the URL or in Stripe-Account."""
    return StripeError(
        ErrorBody(
            403,
            f"The provided key '{redacted}' does not have access to account '{account}' (or that account does not "
            "exist). Application access may have been revoked.",
            code="account_invalid",
            stage=Stage.AUTH,
        )
    )


@error("observed", status="our choice")
def accounts_of_connected_account() -> StripeError:
    """403 for a connected account that acts on accounts of its own."""
    return StripeError(
        ErrorBody(403, "You cannot access the connected accounts of your platform's connected accounts.")
    )


def _unauthorized(message: str, code: str | None = None) -> StripeError:
    return StripeError(ErrorBody(401, message, code=code, stage=Stage.AUTH))


def _lacking(redacted: str, account: str) -> str:
    return (
        f"The provided key '{redacted}' does not have the required permissions for this endpoint on account "
        f"'{account}'."
    )


def _forbidden(message: str, code: str | None = None, *, logged: bool = False) -> StripeError:
    """403 after authentication: with a request id (observed 2025), and in the older words without a link to a log."""
    return StripeError(ErrorBody(403, message, code=code, documented=False, logged=logged))
