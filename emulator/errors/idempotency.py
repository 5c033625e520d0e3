"""Errors of idempotency keys."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, StripeError, bad_request
from emulator.errors.base.registry import error


@error("observed", "of an empty key")
def idempotency_key_length(length: int) -> StripeError:
    """400 for a key that is empty or too long."""
    return bad_request(
        f"Idempotent key length is {length} characters long, which is outside accepted lengths. Idempotent Keys "
        "must be 1-255 characters long. If you're looking for a decent generator, try using a UUID defined by IETF "
        "RFC 4122.",
        kind="idempotency_error",
    )


@error("observed")
def idempotency_other_parameters(key: str) -> StripeError:
    """400 for a key that was used with other parameters."""
    return bad_request(
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
        f"using a key other than '{key}' if you meant to execute a different request.",
        kind="idempotency_error",
    )


@error("observed")
def idempotency_other_endpoint(key: str, path: str, first_path: str) -> StripeError:
    """400 for a key that was used on another endpoint. The new path comes first."""
    return bad_request(
        "Keys for idempotent requests can only be used for the same endpoint they were first used for "
        f"('{path}' vs '{first_path}'). Try using a key other than '{key}' if you meant to execute a different "
        "request.",
        kind="idempotency_error",
    )


@error("observed")
def idempotency_key_in_use(key: str) -> StripeError:
    """409 while the first request with a key is in progress."""
    return StripeError(
        ErrorBody(
            409,
            "There is currently another in-progress request using this Idempotent Key (that probably means you "
            f"submitted twice, and the other request is still going through): {key}. Please try again later.",
            code="idempotency_key_in_use",
        )
    )


@error("observed", "of a first request in progress; for another endpoint it is our choice")
def v2_idempotency_conflict(*, in_flight: bool = False) -> StripeError:
    """409 on /v2 for a key whose first request differs or is in progress."""
    # SDKs retry a 409 unless this header is false. A retry succeeds only when the first request was in progress.
    return StripeError(
        ErrorBody(
            409,
            "Idempotency keys can only be reused with the same parameters they were first used with.",
            code="idempotency_error",
            headers=() if in_flight else (("Stripe-Should-Retry", "false"),),
        )
    )
