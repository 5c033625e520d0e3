"""Errors of tokens, on v1 and v2."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, bad_request, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import quoted_id
from emulator.errors.v2 import refused_by_v2
from emulator.wire.dataclasses import replace


@error("observed", "the beginning and the end")
def token_of_nothing() -> StripeError:
    """400 for a token without any content."""
    return bad_request(
        "You must supply either a card, customer, PII data, bank account, or account legal entity to create a token."
    )


@error("observed")
def token_already_used(identifier: str) -> StripeError:
    """400 for a token that is used twice."""
    message = f"You cannot use a Stripe token more than once: {quoted_id(identifier)}."
    return refused(message, code="token_already_used")


@error("official", words="our choice")
def param_beside_token(name: str, token: str) -> StripeError:
    """400 for a parameter beside a token that replaces it."""
    return refused(f"You cannot pass `{name}` when `{token}` is provided.", param=name)


@error("official", words="by analogy")
def token_by_secret_key() -> StripeError:
    """400 for an account or person token created with a secret key in live mode. The words are those of v2."""
    return refused("Token must be created with publishable key.")


@error("official")
def v2_token_by_secret_key() -> StripeError:
    """400 for a token created with a secret key in live mode."""
    return refused_by_v2("Token must be created with publishable key.", "token_must_be_created_with_publishable_key")


@error("official")
def v2_param_beside_token(token: str) -> StripeError:
    """400 for a parameter beside a token that replaces it."""
    return refused_by_v2(f"Parameter cannot be passed alongside {token}.", f"param_alongside_{token}")


@error("official")
def v2_token_unknown(kind: str, identifier: str | None = None) -> StripeError:
    """403 for a token that does not exist."""
    refusal = refused_by_v2(f"Invalid {kind} token.", f"invalid_{kind}_token", 403)
    return StripeError(replace(refusal.body, missing=identifier))


@error("official")
def v2_token_of_wrong_type() -> StripeError:
    """400 for a person token where an account token belongs, or the reverse."""
    return refused_by_v2("The incorrect token type is provided.", "incorrect_token_wrong_type")


@error("official")
def v1_token_on_v2() -> StripeError:
    """400 for a v1 token on v2."""
    return refused_by_v2("A v1 token ID is passed in v2 APIs.", "v1_token_invalid_in_v2")


@error("official")
def v2_token_already_used() -> StripeError:
    """400 for a token that is used twice."""
    return refused_by_v2("The token is re-used with a different idempotency key.", "token_already_used")


@error("official")
def v2_token_expired() -> StripeError:
    """400 for a token after its ten minutes."""
    return refused_by_v2("Token has expired.", "token_expired")


@error("official")
def v2_person_token_elsewhere() -> StripeError:
    """400 for a person token of another account."""
    return refused_by_v2(
        "A person token is created with one account but used on a different account.",
        "incorrect_account_for_person_token",
    )
