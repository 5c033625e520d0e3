"""The states of secret keys: a key that has expired, or was revoked, for tests of what happens then."""

from __future__ import annotations

from typing import cast, get_args

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.answers import ControlError, answer
from emulator.control.requests import body_of, secret_key, text, world
from emulator.sandbox import KeyState

STATES: tuple[str, ...] = get_args(KeyState)


async def change(request: Request) -> Response:
    """POST /_emulator/keys with `state`: the calling key is active, expired or revoked from now on."""
    key = secret_key(request)
    state = text(await body_of(request), "state")
    if state not in STATES:
        raise ControlError(400, "invalid_state", f"A key cannot be {state!r}.", f"Use one of {', '.join(STATES)}.")
    world(request).sandboxes.set_key_state(key, cast("KeyState", state))
    return answer({"state": state})
