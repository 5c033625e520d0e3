"""The times at which objects change on their own, on the sandbox's clock: a check ends, a deadline passes."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

MOST = 100_000


class Timer(NamedTuple):
    """The second at which an object changes. Ignored when the object no longer names that second."""

    at: int
    table: str
    owner: str
    id: str


class Timers:
    """The timers of one sandbox, earliest first. Bounded: beyond `MOST`, no more are added."""

    __slots__ = ("_heap", "_known")

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._known: set[Timer] = set()

    def add(self, timer: Timer) -> None:
        """Add a timer, unless it is there already."""
        if len(self._heap) < MOST and timer not in self._known:
            self._known.add(timer)
            heappush(self._heap, timer)

    def next(self) -> int | None:
        """The second of the earliest timer, None without timers."""
        return self._heap[0].at if self._heap else None

    def pop(self, now: int) -> Timer | None:
        """Remove and return the earliest timer that is due; None if none is."""
        if not self._heap or self._heap[0].at > now:
            return None
        timer = heappop(self._heap)
        self._known.discard(timer)
        return timer
