"""Values derived from an immutable row and the time, each computed once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import ref

Row = TypeVar("Row")
Derived = TypeVar("Derived")

MOST_VALUES = 512


def derived_once(derive: Callable[[Row, int], Derived]) -> Callable[[Row, int], Derived]:
    """Remember what a function returns for a row and a unix second.

    A value is forgotten with its row, and all values are when there are too many: neither history nor sandboxes that
    were dropped use memory. Rows are told apart by identity, since comparing two of them costs as much as deriving.
    """
    values: dict[tuple[int, int], tuple[ref[Row], Derived]] = {}

    @wraps(derive)
    def remembered(row: Row, now: int) -> Derived:
        key = id(row), now
        found = values.get(key)
        if found is None:
            if len(values) >= MOST_VALUES:
                values.clear()
            value = derive(row, now)
            found = values[key] = ref(row, lambda _: values.pop(key, None)), value
        return found[1]

    return remembered
