"""Errors about the request as a whole: its URL, its version and the form of its body."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, StripeError, bad_request
from emulator.errors.base.registry import error
from emulator.errors.base.wording import SUPPORT

EMPTY_PART = (
    "If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure "
    "you passed a valid (non-empty) identifier in your code. "
)


@error("observed")
def unrecognized_url(method: str, path: str) -> StripeError:
    """404 for an unknown path, or for a known path with another method. Paths with an empty part have a hint."""
    hint = EMPTY_PART if path.endswith("/") or "//" in path else ""
    words = f"Unrecognized request URL ({method}: {path}). {hint}"
    return StripeError(ErrorBody(404, f"{words}Please see https://stripe.com/docs or we can help at {SUPPORT}."))


@error("observed")
def invalid_version(text: str) -> StripeError:
    """400 for a malformed or impossible Stripe-Version. The body has no link to a log."""
    return StripeError(ErrorBody(400, f"Invalid Stripe API version: {text}", logged=False))


@error("observed")
def invalid_content() -> StripeError:
    """400 for JSON, or any other content type that is not a form, on v1."""
    return bad_request(
        "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any "
        f"questions, we can help at {SUPPORT}."
    )


@error("observed", "the text inside the quotes is our choice")
def invalid_utf8(text: str) -> StripeError:
    """400 for a body that is not UTF-8."""
    return bad_request(
        f'Invalid UTF-8 characters found in POST body: "{text}".  For assistance, please contact support@stripe.com.'
    )


@error("our choice")
def invalid_json(reason: str) -> StripeError:
    """400 for a v2 body that is not a JSON object."""
    return bad_request(f"Invalid request body: {reason}.", code="invalid_fields", documented=False)


@error("our choice")
def too_large(what: str) -> StripeError:
    """400 for a request beyond the emulator's bounds."""
    return bad_request(f"Invalid request: it has {what}.")
