"""The clock of one sandbox, for tests in every language."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from emulator import events
from emulator.control.endpoints.requests import EXCERPT_LENGTH, body_of, excerpt, integer, sandbox_of
from emulator.control.endpoints.responses import ControlError, respond
from emulator.sandbox.clock import Clock
from emulator.wire.json import Json

HINT = (
    'Send one of {"advance": seconds}, {"set": unix seconds}, {"freeze": true}, {"freeze": unix seconds} and '
    '{"release": true}. Seconds may be negative.'
)
ACTIONS = ("advance", "set", "freeze", "release")
MAX_SECONDS = 10**18


async def retrieve(request: Request) -> Response:
    """GET /_emulator/clock"""
    return respond(_render(sandbox_of(request).clock))


async def change(request: Request) -> Response:
    """POST /_emulator/clock with one action: `advance`, `set`, `freeze` or `release`."""
    sandbox, body = sandbox_of(request), await body_of(request)
    clock = sandbox.clock
    if len(body) != 1:
        raise _invalid("The body must name one action")
    name, value = next(iter(body.items()))
    _apply(clock, name, value)
    events.elapse(sandbox, clock.now())  # results of checks, and retries of deliveries, that are now due
    sandbox.delivery_queue.notify()
    return respond(_render(clock))


def _apply(clock: Clock, action: str, value: object) -> None:
    """Run an action; its value is a number of seconds or a plain `true`. Raises ControlError."""
    seconds = integer(value, -MAX_SECONDS, MAX_SECONDS)
    if seconds is None and value is not True and value != "true":
        raise _invalid(f"{action[:EXCERPT_LENGTH]} cannot be {excerpt(value)}")
    match action, seconds:
        case "advance", int():
            clock.advance(seconds)
        case "set", int():
            clock.set(seconds)
        case "freeze", None:
            clock.freeze()
        case "freeze", int():
            clock.freeze()
            clock.set(seconds)
        case "release", None:
            clock.release()
        case _:
            raise _invalid(f"{action[:EXCERPT_LENGTH]} cannot be {excerpt(value)}")


def _render(clock: Clock) -> Json:
    return {"now": clock.now(), "mode": clock.mode, "offset": clock.offset}


def _invalid(message: str) -> ControlError:
    return ControlError(400, "invalid_clock_action", f"{message}.", HINT)
