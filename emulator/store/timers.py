"""What will happen to accounts by itself: when a check of theirs is over, on the sandbox's clock."""

from __future__ import annotations

from heapq import heappop, heappush

MOST = 10_000


class Timers:
    """Times, each with the id of an account; the earliest first. Bounded: beyond it, nothing more is noted."""

    __slots__ = ("_entries", "_noted")

    def __init__(self) -> None:
        self._entries: list[tuple[int, str]] = []
        self._noted: set[tuple[int, str]] = set()

    def note(self, at: int, account: str) -> None:
        """Something happens to an account at a unix second."""
        if len(self._entries) < MOST and (at, account) not in self._noted:
            self._noted.add((at, account))
            heappush(self._entries, (at, account))

    def next(self) -> int | None:
        """When the next thing happens."""
        return self._entries[0][0] if self._entries else None

    def pop(self, now: int) -> tuple[int, str] | None:
        """The earliest entry that has come, taken off; None when none has."""
        if not self._entries or self._entries[0][0] > now:
            return None
        entry = heappop(self._entries)
        self._noted.discard(entry)
        return entry
