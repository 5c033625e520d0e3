"""The clock of one sandbox, for tests in every language."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from emulator import events
from emulator.control.endpoints.requests import body_of, excerpt, integer, sandbox_of
from emulator.control.endpoints.responses import ControlError, respond
from emulator.sandbox.clock import Clock
from emulator.wire.json import Json

HINT = (
    'Send one of {"advance": seconds}, {"set": unix seconds}, {"freeze": true}, {"freeze": unix seconds} and '
    '{"release": true}. Seconds may be negative.'
)
MAX_SECONDS = 10**18


async def retrieve(request: Request) -> Response:
    """GET /_emulator/clock"""
    return respond(_render(sandbox_of(request).clock))


async def change(request: Request) -> Response:
    """POST /_emulator/clock with one action: `advance`, `set`, `freeze` or `release`."""
    sandbox, body = sandbox_of(request), await body_of(request)
    clock = sandbox.clock
    if len(body) != 1 or next(iter(body)) not in ACTIONS:
        raise _invalid("The body must name one action")
    name, value = next(iter(body.items()))
    ACTIONS[name](clock, _seconds(name, value))
    events.elapse(sandbox, clock.now())  # results of checks, and retries of deliveries, that are now due
    sandbox.delivery_queue.notify()
    return respond(_render(clock))


def _render(clock: Clock) -> Json:
    return {"now": clock.now(), "mode": clock.mode, "offset": clock.offset}


def _seconds(name: str, value: object) -> int | None:
    """The seconds of an action, None for a plain `true`. Raises ControlError."""
    is_true = value is True or value == "true"
    seconds = None if is_true else integer(value, -MAX_SECONDS, MAX_SECONDS)
    if (seconds is None and not is_true) or (name != "freeze" and is_true != (name == "release")):
        raise _invalid(f"{name} cannot be {excerpt(value)}")
    return seconds


def _advance(clock: Clock, seconds: int | None) -> None:
    clock.advance(seconds or 0)


def _set(clock: Clock, now: int | None) -> None:
    clock.set(now or 0)


def _freeze(clock: Clock, now: int | None) -> None:
    clock.freeze()
    if now is not None:
        clock.set(now)


def _release(clock: Clock, _: int | None) -> None:
    clock.release()


ACTIONS: dict[str, Callable[[Clock, int | None], None]] = {
    "advance": _advance,
    "set": _set,
    "freeze": _freeze,
    "release": _release,
}


def _invalid(message: str) -> ControlError:
    return ControlError(400, "invalid_clock_action", f"{message}.", HINT)
