"""The clock of one sandbox, for tests in every language."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.reading import (
    EXCERPT_LENGTH,
    body_of,
    excerpt,
    integer,
    sandbox_of,
    sandbox_with_clock,
)
from emulator.control.endpoints.responses import ControlError, respond
from emulator.events import Bounds, TooManyTimers, catch_up
from emulator.sandbox.clock import Clock
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.json import Json

HINT = (
    'Send one of {"advance": seconds}, {"set": unix seconds}, {"freeze": true}, {"freeze": unix seconds} and '
    '{"release": true}. Seconds may be negative.'
)
ACTIONS = ("advance", "set", "freeze", "release")
MAX_SECONDS = 10**18
YEAR = int(timedelta(days=365.25).total_seconds())
MOST_YEARS = 10  # 3,653 renewals of a daily subscription
MOST_TIMERS = 50_000


async def retrieve(request: Request) -> Response:
    """GET /_emulator/clock"""
    return respond(_render(sandbox_of(request).clock))


async def change(request: Request) -> Response:
    """POST /_emulator/clock with one action: `advance`, `set`, `freeze` or `release`."""
    body = await body_of(request)
    if len(body) != 1:
        raise _invalid("The body must name one action")
    name, value = next(iter(body.items()))
    async with sandbox_with_clock(request) as sandbox:
        return respond(await _changed(sandbox, name, value))


async def _changed(sandbox: Sandbox, name: str, value: object) -> Json:
    clock = sandbox.clock
    before = clock.now()
    _apply(clock, name, value)
    try:
        await catch_up(sandbox, Bounds(MOST_TIMERS, before + MOST_YEARS * YEAR))  # renewals, results of checks, ...
    except TooManyTimers as error:
        clock.set(error.reached)
        raise _too_many_changes(error.reached) from None
    sandbox.delivery_queue.notify()
    return _render(clock)


def _too_many_changes(reached: int) -> ControlError:
    message = (
        f"Objects change with time, and one request moves over at most {MOST_YEARS} years and {MOST_TIMERS} of their "
        f"changes: the clock was advanced to {reached} only."
    )
    return ControlError(400, "too_many_changes", message, "Advance it again from there.")


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
