"""Brings a sandbox up to its time in slices, between which the server does other work."""

from __future__ import annotations

import asyncio

from emulator.events.transaction import elapse
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.namedtuples import NamedTuple

SLICE_SECONDS = 0.005


class Bounds(NamedTuple):
    """How many timers may run at once, and the second up to which they may: some lead to the next one for ever."""

    most: int
    until: int


class TooManyTimers(Exception):
    """More timers are due than the bounds allow. All until the second `reached` have run."""

    def __init__(self, reached: int) -> None:
        super().__init__(reached)
        self.reached = reached


def is_behind(sandbox: Sandbox, now: int) -> bool:
    """Whether timers are due that one slice does not run. Runs a slice of them."""
    at = sandbox.timers.next()
    if at is None or at > now:
        return False
    elapse(sandbox, now, SLICE_SECONDS)
    at = sandbox.timers.next()
    return at is not None and at <= now


async def catch_up(sandbox: Sandbox, bounds: Bounds | None = None) -> int:
    """Run the timers that are due, and return the time. Raises TooManyTimers, only where there are bounds."""
    before = sandbox.timers.popped
    while is_behind(sandbox, now := sandbox.clock.now()):
        at = sandbox.timers.next() or now
        if bounds is not None and (at > bounds.until or sandbox.timers.popped - before >= bounds.most):
            raise TooManyTimers(at - 1)
        await asyncio.sleep(0)
    return now
