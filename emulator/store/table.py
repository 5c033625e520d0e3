"""Rows by owner and id, in order of creation, and the changes that a request makes to them.

Rows change only through `add_row`, `put_row` and `remove_row`, which two modules of `emulator.model.declaration` call:
`writes` and `side_tables`. A table with the sandbox's `Changes` records each change there, so that a failed request is
undone and a successful one emits its events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from emulator.store.orders import Index, Key, Order, Series
from emulator.wire.namedtuples import NamedTuple

Data = TypeVar("Data")
ANY: Mapping[int, Key] = MappingProxyType({})


class Row(NamedTuple, Generic[Data]):
    """One object of an account.

    `owner` is the id of the account that it belongs to, the platform's own or a connected one. `number` grows with each
    row of the table and orders lists; `created` is a unix second. `parent` is the id of the object that it belongs to,
    such as the charge of a refund. `keys` are the values that lists are filtered by. `data` is JSON in bytes, or an
    immutable record.
    """

    owner: str
    id: str
    number: int
    created: int
    parent: str | None
    keys: tuple[Key, ...]
    data: Data


class Change(NamedTuple):
    """One row before and after, None where there is none."""

    table: Table[Any]
    before: Row[Any] | None
    after: Row[Any] | None


class Changes:
    """The changes of the running request, oldest first."""

    __slots__ = ("_changes",)

    def __init__(self) -> None:
        self._changes: list[Change] = []

    def __bool__(self) -> bool:
        return bool(self._changes)

    def __len__(self) -> int:
        return len(self._changes)

    def add(self, change: Change) -> None:
        """Record a change."""
        self._changes.append(change)

    def take(self) -> list[Change]:
        """Return the changes, oldest first, and clear them."""
        changes, self._changes = self._changes, []
        return changes

    def undo(self, since: int = 0) -> None:
        """Restore the tables to their state before the request, or after its first `since` changes."""
        undone, self._changes = self._changes[since:], self._changes[:since]
        undo(undone)


def undo(changes: Sequence[Change]) -> None:
    """Restore the tables to their state before these changes, which must be the newest."""
    for change in reversed(changes):
        change.table.restore(change)


class Table(Generic[Data]):
    """The rows of one resource, as plain tuples, which the garbage collector does not track if `data` is bytes."""

    __slots__ = ("_changes", "_children", "_indexes", "_next", "_orders", "_owners", "_series", "name")

    def __init__(self, name: str = "", changes: Changes | None = None) -> None:
        self.name = name
        self._changes = changes
        self._next = 0
        self._owners: defaultdict[str, dict[str, tuple[Any, ...]]] = defaultdict(dict)
        self._orders: defaultdict[str, Order] = defaultdict(Order)
        self._children: defaultdict[tuple[str, str], Order] = defaultdict(Order)
        self._indexes: dict[str, dict[int, Index]] = {}
        self._series: dict[str, Series] = {}

    def __len__(self) -> int:
        return sum(map(len, self._owners.values()))

    def __bool__(self) -> bool:
        return any(self._owners.values())

    def has(self, identifier: str) -> bool:
        """Whether any owner has a row of this id."""
        return any(identifier in rows for rows in self._owners.values())

    def owner_of(self, identifier: str) -> str | None:
        """The owner of the row of an id, None when there is none. Searches all owners."""
        return next((owner for owner, rows in self._owners.items() if identifier in rows), None)

    def find(self, identifier: str) -> Row[Data] | None:
        """A row by its id, whoever owns it."""
        owner = self.owner_of(identifier)
        return self.get(owner, identifier) if owner else None

    def count(self, owner: str, parent: str | None = None) -> int:
        """The number of rows of an owner, or of one parent."""
        return len(self._owners.get(owner, ()) if parent is None else self._children.get((owner, parent), ()))

    def get(self, owner: str, identifier: str) -> Row[Data] | None:
        """A row of an owner by its id."""
        row = self._find(owner, identifier)
        return Row._make(row) if row else None

    def data(self, owner: str, identifier: str) -> Data | None:
        """The record of a row, without its other parts."""
        row = self._find(owner, identifier)
        return row[-1] if row else None

    def _find(self, owner: str, identifier: str) -> tuple[Any, ...] | None:
        rows = self._owners.get(owner)
        return rows.get(identifier) if rows else None

    def add_row(  # noqa: PLR0913 - a row has as many parts
        self,
        owner: str,
        identifier: str,
        created: int,
        data: Data,
        *,
        parent: str | None = None,
        keys: tuple[Key, ...] = (),
    ) -> Row[Data]:
        """Add a new row after all others."""
        row = Row(owner, identifier, self._next, created, parent, keys, data)
        self._next += 1
        self.put_row(row)
        return row

    def put_row(self, row: Row[Data]) -> Row[Data] | None:
        """Add a row, or replace the one with its owner and id, which is returned."""
        before = self.get(row.owner, row.id)
        self._write(before, row)
        self._note(Change(self, before, row))
        return before

    def remove_row(self, owner: str, identifier: str) -> Row[Data]:
        """Remove and return a row. Raises KeyError."""
        before: Row[Data] = Row._make(self._owners[owner][identifier])
        self._write(before, None)
        self._note(Change(self, before, None))
        return before

    def restore(self, change: Change) -> None:
        """Undo a change, which must be the newest of its row."""
        self._write(change.after, change.before)

    def repeat(self, change: Change) -> None:
        """Make a change again that was undone."""
        self._write(change.before, change.after)

    def newest(
        self,
        owner: str,
        *,
        parent: str | None = None,
        older_than: int | None = None,
        keys: Mapping[int, Key] = ANY,
    ) -> Iterator[Row[Data]]:
        """The rows of an owner, or of one parent, newest first; with `older_than`, those with a lower number.

        `keys` are values of the keys at some places, which the rows have. The first reader of one makes an index.
        """
        return self._walk(owner, parent, older_than, keys, newest=True)

    def oldest(
        self,
        owner: str,
        *,
        parent: str | None = None,
        newer_than: int | None = None,
        keys: Mapping[int, Key] = ANY,
    ) -> Iterator[Row[Data]]:
        """The same rows, oldest first; with `newer_than`, those with a higher number."""
        return self._walk(owner, parent, newer_than, keys, newest=False)

    def series(self, owner: str) -> Series:
        """The values of the rows of an owner over time, made when they are first read."""
        if owner not in self._series:
            self._series[owner] = Series(self._walk(owner, None, None, ANY, newest=False))
        return self._series[owner]

    def everything(self) -> Iterator[Row[Data]]:
        """The rows of all owners, newest first."""
        orders = [self._walk(owner, None, None, ANY, newest=True) for owner in self._owners]
        return merge(*orders, key=lambda row: row.number, reverse=True)

    def of(self, owner: str) -> Rows[Data]:
        """The records of one owner."""
        return Rows(self, owner)

    def _walk(
        self, owner: str, parent: str | None, bound: int | None, keys: Mapping[int, Key], *, newest: bool
    ) -> Iterator[Row[Data]]:
        order = self._orders.get(owner) if parent is None else self._children.get((owner, parent))
        if order is not None:
            rows = self._owners[owner]
            for identifier in self._ids(owner, order, bound, keys, newest=newest):
                row: Row[Data] = Row._make(rows[identifier])
                if not keys or (parent in (None, row.parent) and _has(row, keys)):
                    yield row

    def _ids(
        self, owner: str, order: Order, bound: int | None, keys: Mapping[int, Key], *, newest: bool
    ) -> Iterator[str]:
        """Ids of which some are those of the rows that have the keys: by the key that fewest rows have."""
        indexes = [(self._index(owner, place), key) for place, key in keys.items()]
        index, key = min(indexes, key=lambda each: each[0].count(each[1]), default=(None, None))
        if index is None or index.count(key) >= len(order):
            return order.ids(bound, newest=newest)
        return map(self._orders[owner].id_of, index.numbers(key, bound, newest=newest))

    def _index(self, owner: str, place: int) -> Index:
        """The index of a key of the rows of an owner, made when it is first read."""
        indexes = self._indexes.setdefault(owner, {})
        if place not in indexes:
            rows = self._owners[owner]
            indexes[place] = Index(place, map(rows.__getitem__, self._orders[owner].oldest()))
        return indexes[place]

    def _write(self, before: Row[Data] | None, after: Row[Data] | None) -> None:
        if after is not None:
            self._owners[after.owner][after.id] = tuple(after)
        elif before is not None:
            del self._owners[before.owner][before.id]
        if before is None or after is None or before.number != after.number or before.parent != after.parent:
            if before is not None:
                for order in self._orders_of(before):
                    order.remove(before.number)
            if after is not None:
                for order in self._orders_of(after):
                    order.insert(after.number, after.id)
        row = before if after is None else after
        if row is not None and (self._indexes or self._series):
            self._follow(row.owner, before, after)

    def _follow(self, owner: str, before: Row[Data] | None, after: Row[Data] | None) -> None:
        """Keep the indexes of an owner in step."""
        for index in self._indexes.get(owner, {}).values():
            index.replace(before, after)
        if owner in self._series:
            self._series[owner].replace(before, after)

    def _orders_of(self, row: Row[Data]) -> tuple[Order, ...]:
        own = self._orders[row.owner]
        return (own,) if row.parent is None else (own, self._children[row.owner, row.parent])

    def _note(self, change: Change) -> None:
        if self._changes is not None:
            self._changes.add(change)


class Rows(Generic[Data]):
    """The records of one owner in a table by their ids, without the other parts of their rows, to be read."""

    __slots__ = ("_owner", "_table")

    def __init__(self, table: Table[Data], owner: str) -> None:
        self._table = table
        self._owner = owner

    def __len__(self) -> int:
        return self._table.count(self._owner)

    def __contains__(self, identifier: str) -> bool:
        return self._table.data(self._owner, identifier) is not None

    def get(self, identifier: str) -> Data | None:
        """A record by its id."""
        return self._table.data(self._owner, identifier)

    def newest_first(self) -> Iterator[Data]:
        """All records, from the newest to the oldest."""
        return (row.data for row in self._table.newest(self._owner))

    def oldest_first(self) -> Iterator[Data]:
        """All records, from the oldest to the newest."""
        return (row.data for row in self._table.oldest(self._owner))


def _has(row: Row[Any], keys: Mapping[int, Key]) -> bool:
    """Whether a row has these values of its keys."""
    return all(row.keys[place] == key for place, key in keys.items())
