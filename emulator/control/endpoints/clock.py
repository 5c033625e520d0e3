"""The clock of one sandbox, for tests in every language."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from emulator import events
from emulator.control.endpoints.requests import body_of, secret_key, world
from emulator.control.endpoints.responses import ControlError, answer
from emulator.sandbox.clock import Clock
from emulator.wire.json import Json

HINT = (
    'Send one of {"advance": seconds}, {"set": unix seconds}, {"freeze": true}, {"freeze": unix seconds} and '
    '{"release": true}. Seconds may be negative.'
)


async def show(request: Request) -> Response:
    """GET /_emulator/clock"""
    return answer(_state(world(request).sandboxes.of(secret_key(request)).clock))


async def change(request: Request) -> Response:
    """POST /_emulator/clock"""
    sandbox = world(request).sandboxes.of(secret_key(request))
    clock, body = sandbox.clock, await body_of(request)
    if len(body) != 1 or next(iter(body)) not in ACTIONS:
        raise _wrong("The body must name one action")
    name, value = next(iter(body.items()))
    ACTIONS[name](clock, _value(name, value))
    events.elapse(sandbox, clock.now())  # what a moved clock brings: results of checks, and deliveries tried again
    sandbox.delivery_queue.ring()
    return answer(_state(clock))


def _state(clock: Clock) -> Json:
    return {"now": clock.now(), "mode": clock.mode, "offset": clock.offset}


def _value(name: str, value: object) -> int | None:
    """Seconds, or None for a plain `true`."""
    if value is True or value == "true":
        seconds = None
    elif isinstance(value, int) and not isinstance(value, bool):
        seconds = value
    else:
        seconds = _number(name, value)
    if (seconds is None) != (name == "release") and name != "freeze":
        raise _wrong(f"{name} cannot be {value!r}")
    return seconds


def _number(name: str, value: object) -> int:
    try:
        return int(str(value)) if isinstance(value, str) and len(value) <= 20 else int("")
    except ValueError:
        raise _wrong(f"{name} cannot be {value!r}") from None


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


def _wrong(message: str) -> ControlError:
    return ControlError(400, "invalid_clock_action", f"{message}.", HINT)
