"""Pages of a list: cursors, limits and ranges, the same for every list of v1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

from emulator import errors
from emulator.model.answering import scanning
from emulator.model.declaration.endpoint import Call
from emulator.schema.check import Value
from emulator.store.orders import Key
from emulator.store.table import Row, Table
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)
Walk = Callable[[int | None], Iterator[Any]]

DEFAULT_LIMIT = 10
LARGEST_LIMIT = 100
CURSORS = ("ending_before", "starting_after")  # in the order in which unknown ones are refused (observed)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list, newest first; `has_more` looks in the direction of travel."""

    rows: Sequence[Item]
    has_more: bool


class Source(Protocol[Item_co]):
    """Items in order of creation, in which the place of each is a number that grows."""

    def place(self, identifier: str) -> int | None:
        """The place of an item by its id, None when there is none."""
        ...

    def newest(self, older_than: int | None) -> Iterator[Item_co]:
        """From the newest, or from the one before a place, to the oldest."""
        ...

    def oldest(self, newer_than: int) -> Iterator[Item_co]:
        """From the one behind a place to the newest."""
        ...

    def first(self, call: Call, walk: Walk, keep: Callable[[Any], bool], most: int) -> Sequence[Item_co]:
        """The first items of a walk that are kept."""
        ...


@dataclass(frozen=True, slots=True)
class TableSource(Generic[Item]):
    """The rows of an owner in a table, or those of one parent, with values of their keys by place."""

    table: Table[Item]
    owner: str
    parent: str | None = None
    keys: Mapping[int, Key] = field(default_factory=dict)

    def place(self, identifier: str) -> int | None:
        """The number of a row."""
        row = self.table.get(self.owner, identifier)
        return row.number if row and self.parent in (None, row.parent) else None

    def newest(self, older_than: int | None) -> Iterator[Row[Item]]:
        """The rows, newest first."""
        return self.table.newest(self.owner, parent=self.parent, older_than=older_than, keys=self.keys)

    def oldest(self, newer_than: int) -> Iterator[Row[Item]]:
        """The rows, oldest first."""
        return self.table.oldest(self.owner, parent=self.parent, newer_than=newer_than, keys=self.keys)

    def first(self, call: Call, walk: Walk, keep: Callable[[Any], bool], most: int) -> Sequence[Row[Item]]:
        """The rows, read in slices."""
        return scanning.read(call, self.table, walk, keep, scanning.Wanted(0, most)).found


@dataclass(frozen=True, slots=True)
class SequenceSource(Generic[Item]):
    """Items that come newest first, such as the persons of an account."""

    items: Sequence[Item]
    id_of: Callable[[Item], str]

    def place(self, identifier: str) -> int | None:
        """How many items are older."""
        for index, item in enumerate(self.items):
            if self.id_of(item) == identifier:
                return len(self.items) - 1 - index
        return None

    def newest(self, older_than: int | None) -> Iterator[Item]:
        """The items, newest first."""
        start = 0 if older_than is None else len(self.items) - older_than
        return iter(self.items[start:])

    def oldest(self, newer_than: int) -> Iterator[Item]:
        """The items that are newer than a place of the list, oldest first."""
        return reversed(self.items[: len(self.items) - 1 - newer_than])

    def first(self, _: Call, walk: Walk, keep: Callable[[Any], bool], most: int) -> Sequence[Item]:
        """The first items of a walk that are kept, at most as many."""
        return list(islice(filter(keep, walk(None)), most))


def page(call: Call, source: Source[Item], *, noun: str, keep: Callable[[Item], bool] = lambda _: True) -> Page[Item]:
    """The page that `limit`, `starting_after` and `ending_before` name.

    `keep` filters after the cursors are found, so that a cursor may be a row that the filter leaves out. Raises
    StripeError: `resource_missing` for an unknown cursor, also for that of a deleted row (observed); it goes before
    the refusal of two cursors (observed order).
    """
    params = call.params
    places = {name: _place(call, source, name, noun) for name in CURSORS if name in params}
    if len(places) == len(CURSORS):
        raise errors.both_cursors()
    limit = limit_of(params)
    before = places.get("ending_before")
    if before is not None:
        found = source.first(call, lambda last: source.oldest(before if last is None else last), keep, limit + 1)
        return Page(found[:limit][::-1], len(found) > limit)
    after = places.get("starting_after")
    found = source.first(call, lambda last: source.newest(after if last is None else last), keep, limit + 1)
    return Page(found[:limit], len(found) > limit)


def _place(call: Call, source: Source[Item], name: str, noun: str) -> int:
    wanted = str(call.params[name])
    place = source.place(wanted)
    if place is None:
        raise errors.no_such(noun, wanted, name, other_mode=call.sandbox.other_mode_of(wanted))
    return place


def limit_of(params: Mapping[str, Value]) -> int:
    """The number of rows on a page: ten by default, and never outside 1 to 100.

    A limit out of range is moved into it, as was observed on lists (Stripe's document says only 1 to 100).
    """
    limit = params.get("limit", DEFAULT_LIMIT)
    return min(max(int(limit), 1), LARGEST_LIMIT) if isinstance(limit, int) else DEFAULT_LIMIT


def listing(data: Sequence[Json], url: str, *, has_more: bool) -> dict[str, Json]:
    """A list object in Stripe's order of keys."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def counted(call: Call, found: Json, param: str | None = None) -> Json:
    """A list that has the number of objects on its page (observed of some), with `param` only if filtered by that."""
    if not isinstance(found, dict) or (param is not None and param not in call.params):
        return found
    return {"object": "list", "count": len(found["data"]), **found}


def list_object(data: Iterable[Json] = (), url: str = "") -> dict[str, Any]:
    """A list object inside another object; its URL is set in the response."""
    return {"object": "list", "data": list(data), "has_more": False, "url": url}
