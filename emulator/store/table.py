"""Rows by id, in order of creation, and what a request changes in them.

Rows change only through `put` and `remove`. A table that is given the sandbox's `Changes` notes each of them there, so
that a request that fails can be undone, and one that succeeds can be told as events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

Row = TypeVar("Row")


class Change(NamedTuple):
    """One row before and after, None where there is none. `undo` brings back what was before."""

    before: object | None
    after: object | None
    undo: Callable[[], None]


class Changes:
    """What the running request has changed so far, in order."""

    __slots__ = ("_noted",)

    def __init__(self) -> None:
        self._noted: list[Change] = []

    def __bool__(self) -> bool:
        return bool(self._noted)

    def note(self, change: Change) -> None:
        """Adds a change to those of the request."""
        self._noted.append(change)

    def take(self) -> list[Change]:
        """The changes, oldest first; from here on the list begins anew."""
        noted, self._noted = self._noted, []
        return noted

    def undo(self) -> None:
        """Brings the tables back to what they were before the request."""
        undo(self.take())


def undo(changes: Sequence[Change]) -> None:
    """Brings the tables back to what they were before these changes, which are the newest."""
    for change in reversed(changes):
        change.undo()


class Table(Generic[Row]):
    """A dict of rows that lists the newest first."""

    __slots__ = ("_changes", "_rows")

    def __init__(self, changes: Changes | None = None) -> None:
        self._changes = changes
        self._rows: dict[str, Row] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._rows

    def put(self, identifier: str, row: Row) -> None:
        """Adds a row, or replaces the one of this id in its place."""
        before = self._rows.get(identifier)
        self._rows[identifier] = row
        if self._changes is not None:
            self._changes.note(Change(before, row, self._setter(identifier, before)))

    def get(self, identifier: str) -> Row | None:
        return self._rows.get(identifier)

    def remove(self, identifier: str) -> None:
        """Forgets a row. Raises KeyError."""
        before, rows = self._rows[identifier], self._rows
        if self._changes is not None:
            self._rows = dict(rows)  # the old dict is kept for `undo`: a row's place could not be found again
            self._changes.note(Change(before, None, self._swapper(rows)))
        del self._rows[identifier]

    def newest_first(self) -> Iterator[Row]:
        return reversed(self._rows.values())

    def _setter(self, identifier: str, row: Row | None) -> Callable[[], None]:
        def undo() -> None:
            if row is None:
                del self._rows[identifier]
            else:
                self._rows[identifier] = row

        return undo

    def _swapper(self, rows: dict[str, Row]) -> Callable[[], None]:
        def undo() -> None:
            self._rows = rows

        return undo
