"""The times at which objects change by themselves, on the sandbox's clock: a check ends, a deadline passes."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

MOST = 10_000


class Timer(NamedTuple):
    """The second at which an object changes. Ignored when the object no longer names that second."""

    at: int
    table: str
    owner: str
    id: str


class Timers:
    """The timers of one sandbox, the earliest first. Bounded: beyond `MOST`, nothing more is noted."""

    __slots__ = ("_heap", "_noted")

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._noted: set[Timer] = set()

    def note(self, timer: Timer) -> None:
        """Adds a timer, once."""
        if len(self._heap) < MOST and timer not in self._noted:
            self._noted.add(timer)
            heappush(self._heap, timer)

    def next(self) -> int | None:
        """The second of the earliest timer."""
        return self._heap[0].at if self._heap else None

    def pop(self, now: int) -> Timer | None:
        """Removes and returns the earliest timer whose second has come; None when there is none."""
        if not self._heap or self._heap[0].at > now:
            return None
        timer = heappop(self._heap)
        self._noted.discard(timer)
        return timer
