"""The times at which objects change on their own, on one clock: a check ends, a deadline passes."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

from emulator.wire.namedtuples import NamedTuple

MOST = 1_000_000
FEWEST_DROPPED = 1_000  # timers that are cleared from the heap at once

Key = tuple[str, str, str]


class Timer(NamedTuple):
    """The second at which an object changes. Ignored when the object no longer names that second."""

    at: int
    table: str
    owner: str
    id: str


class TimersFull(Exception):
    """There are `MOST` timers already."""


class Timers:
    """The timers of a sandbox, or of one of its test clocks, earliest first."""

    __slots__ = ("_heap", "_known", "_of_rows", "popped")

    def __init__(self) -> None:
        self.popped = 0  # in all
        self._heap: list[tuple[int, int, Timer]] = []  # also timers that were dropped, until they are cleared
        self._known: set[Timer] = set()
        self._of_rows: dict[Key, tuple[Timer, ...]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, timer: Timer, rank: int = 0) -> None:
        """Add a timer that stays until it is due, unless it is there already. Raises TimersFull.

        In the same second, those of a lower rank come first.
        """
        if timer in self._known:
            return
        if len(self._known) >= MOST:
            raise TimersFull
        self._known.add(timer)
        heappush(self._heap, (timer.at, rank, timer))

    def set(self, row: Key, seconds: Iterable[tuple[int, int]], now: int) -> None:
        """Make these the timers of a row, each a second and a rank, instead of those that it had. Raises TimersFull.

        `row` is its table, owner and id. Seconds until `now` get none, but those that are due stay.
        """
        before = self._of_rows.pop(row, ())
        wanted = {Timer(at, *row): rank for at, rank in seconds}
        kept = tuple(each for each in wanted if each.at > now or (each in before and each in self._known))
        self._known.difference_update(set(before).difference(kept))
        for timer in kept:
            self.add(timer, wanted[timer])
        if kept:
            self._of_rows[row] = kept
        if len(self._heap) - len(self._known) > FEWEST_DROPPED + len(self._known):
            self._clear()

    def next(self) -> int | None:
        """The second of the earliest timer, None without timers."""
        while self._heap and self._heap[0][-1] not in self._known:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop(self, now: int) -> Timer | None:
        """Remove and return the earliest timer that is due; None if none is."""
        at = self.next()
        if at is None or at > now:
            return None
        timer = heappop(self._heap)[-1]
        self.popped += 1
        self._known.discard(timer)
        self._forget(timer)
        return timer

    def _forget(self, timer: Timer) -> None:
        row = (timer.table, timer.owner, timer.id)
        left = tuple(each for each in self._of_rows.pop(row, ()) if each != timer)
        if left:
            self._of_rows[row] = left

    def _clear(self) -> None:
        """Remove the timers that were dropped."""
        self._heap = [entry for entry in self._heap if entry[-1] in self._known]
        heapify(self._heap)
