"""Rows by id, in order of creation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

Row = TypeVar("Row")


class Table(Generic[Row]):
    """A dict of rows that lists the newest first."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._rows

    def put(self, identifier: str, row: Row) -> None:
        """Adds a row, or replaces the one of this id in its place."""
        self._rows[identifier] = row

    def get(self, identifier: str) -> Row | None:
        return self._rows.get(identifier)

    def remove(self, identifier: str) -> None:
        """Forgets a row. Raises KeyError."""
        del self._rows[identifier]

    def newest_first(self) -> Iterator[Row]:
        return reversed(self._rows.values())
