"""Values derived from an immutable row, each computed once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple
from weakref import ref

Row = TypeVar("Row")
Arguments = TypeVarTuple("Arguments")
Derived = TypeVar("Derived")

MOST_VALUES = 512


def derived_once(
    derive: Callable[[Row, *Arguments], Derived], most: int = MOST_VALUES
) -> Callable[[Row, *Arguments], Derived]:
    """Cache the results of a function of a row and further arguments, such as the time; these must be hashable.

    A value is dropped with its row, and all values when there are `most`: neither history nor dropped sandboxes use
    memory. Rows are compared by identity, since comparing their fields costs as much as deriving. Callers share the
    value, and must not change it.
    """
    values: dict[tuple[object, ...], tuple[ref[Row], Derived]] = {}

    @wraps(derive)
    def cached(row: Row, *arguments: *Arguments) -> Derived:
        key = id(row), *arguments
        found = values.get(key)
        if found is None:
            if len(values) >= most:
                values.clear()
            value = derive(row, *arguments)
            found = values[key] = ref(row, lambda _: values.pop(key, None)), value
        return found[1]

    return cached
