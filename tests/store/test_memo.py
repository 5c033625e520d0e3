"""Values derived from a row are computed once, and use no memory beyond the row and a bound."""

from __future__ import annotations

import gc
from dataclasses import dataclass

from emulator.store.memo import derived_once


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Row:
    name: str


def test_a_value_is_derived_once_for_a_row_and_its_arguments() -> None:
    calls: list[tuple[str, int]] = []

    def derive(row: Row, now: int) -> str:
        calls.append((row.name, now))
        return f"{row.name} at {now}"

    remembered = derived_once(derive)
    first, equal = Row("a"), Row("a")
    assert [remembered(first, 1), remembered(first, 1), remembered(first, 2)] == ["a at 1", "a at 1", "a at 2"]
    assert calls == [("a", 1), ("a", 2)]
    remembered(equal, 1)
    assert len(calls) == 3


def test_a_value_is_dropped_with_its_row() -> None:
    class Value:
        pass

    remembered = derived_once(lambda row: Value())
    row = Row("a")
    remembered(row)
    assert any(isinstance(each, Value) for each in gc.get_objects())
    del row
    assert not any(isinstance(each, Value) for each in gc.get_objects())


def test_no_more_values_are_kept_than_the_bound() -> None:
    calls: list[str] = []
    rows = [Row(str(number)) for number in range(5)]
    remembered = derived_once(lambda row: calls.append(row.name), most=4)
    for row in (*rows, rows[4], rows[0]):
        remembered(row)
    assert calls == ["0", "1", "2", "3", "4", "0"]
