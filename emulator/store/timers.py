"""The times at which objects change on their own, on one clock: a check ends, a deadline passes."""

from __future__ import annotations

from heapq import heappop, heappush

from emulator.wire.namedtuples import NamedTuple

MOST = 100_000


class Timer(NamedTuple):
    """The second at which an object changes. Ignored when the object no longer names that second."""

    at: int
    table: str
    owner: str
    id: str


class Timers:
    """The timers of a sandbox, or of one of its test clocks, earliest first; beyond `MOST`, no more are added."""

    __slots__ = ("_heap", "_known", "popped")

    def __init__(self) -> None:
        self.popped = 0  # in all
        self._heap: list[tuple[int, int, Timer]] = []
        self._known: set[Timer] = set()

    def add(self, timer: Timer, rank: int = 0) -> None:
        """Add a timer, unless it is there already. In the same second, those of a lower rank come first."""
        if len(self._heap) < MOST and timer not in self._known:
            self._known.add(timer)
            heappush(self._heap, (timer.at, rank, timer))

    def next(self) -> int | None:
        """The second of the earliest timer, None without timers."""
        return self._heap[0][0] if self._heap else None

    def pop(self, now: int) -> Timer | None:
        """Remove and return the earliest timer that is due; None if none is."""
        if not self._heap or self._heap[0][0] > now:
            return None
        timer = heappop(self._heap)[-1]
        self.popped += 1
        self._known.discard(timer)
        return timer
