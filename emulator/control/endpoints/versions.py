"""The API version of a sandbox: what a request without a Stripe-Version header gets."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from emulator.catalog import versions
from emulator.control.endpoints.requests import fields_of, secret_key, world
from emulator.control.endpoints.responses import ControlError, answer


async def change(request: Request) -> Response:
    """POST /_emulator/version with `api_version`, Stripe's account default; empty for the setting."""
    key, state = secret_key(request), world(request)
    text = (await fields_of(request, "api_version")).get("api_version")
    if text in (None, ""):
        text = state.settings.api_version
    try:
        version = versions.parse(str(text))
    except versions.UnknownVersion:
        hint = f"Use a date such as 2023-10-16, or a release such as {versions.NEWEST}."
        raise ControlError(400, "invalid_api_version", f"{text!r} is no Stripe version.", hint) from None
    state.sandboxes.of(key).api_version = version.text
    return answer({"api_version": version.text})
