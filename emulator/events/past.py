"""The tables as they were between the changes of a request, of which old versions show more in an event.

Before basil, an invoice shows the charge of another row: the event of its creation must not show what came later.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from emulator.store.table import Change


class Past:
    """The changes of a request, which are undone and repeated inside `with`; afterwards all are made again.

    `places` are the changes that made the events, in the order of these.
    """

    __slots__ = ("_at", "changes", "places")

    def __init__(self, changes: Sequence[Change] = ()) -> None:
        self.changes = changes
        self.places: list[int] = []
        self._at = len(changes)

    def __enter__(self) -> Past:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.to(len(self.changes))

    def to(self, count: int) -> None:
        """Bring the tables to their state after so many changes."""
        while self._at > count:
            self._at -= 1
            change = self.changes[self._at]
            change.table.restore(change)
        while self._at < count:
            change = self.changes[self._at]
            change.table.repeat(change)
            self._at += 1

    def spans(self) -> list[tuple[int, int]]:
        """For each event, after how many changes its object is seen before and after its own.

        An object is seen as it is until its next change, and before its first one as before the request: then
        `previous_attributes` are the difference from the event before.
        """
        last: dict[tuple[str, str, str], int] = {}
        starts, ends = [0] * len(self.changes), [len(self.changes)] * len(self.changes)
        for place, (table, before, after) in enumerate(self.changes):
            row = after or before
            if row is None:
                continue
            former = last.get(key := (table.name, row.owner, row.id))
            if former is not None:
                starts[place] = ends[former] = place
            last[key] = place
        return [(starts[place], ends[place]) for place in self.places]
