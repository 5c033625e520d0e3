"""Tables: rows by owner and id in order of creation, their changes, and undoing them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emulator.store.table import Changes, Row, Table, undo


def ids(rows: object) -> list[str]:
    return [row.id for row in rows]  # type: ignore[attr-defined]


def test_rows_belong_to_their_owner() -> None:
    table: Table[str] = Table("charge")
    table.add_row("acct_1", "ch_1", 5, "one")
    table.add_row("acct_2", "ch_1", 6, "other")
    assert table.get("acct_1", "ch_1") == Row("acct_1", "ch_1", 0, 5, None, (), "one")
    assert table.get("acct_2", "ch_1") == Row("acct_2", "ch_1", 1, 6, None, (), "other")
    assert table.get("acct_3", "ch_1") is None
    assert (len(table), table.count("acct_1"), table.has("ch_1"), table.has("ch_2")) == (2, 1, True, False)


def test_rows_are_listed_from_any_row_in_both_directions_and_by_parent() -> None:
    table: Table[str] = Table("refund")
    rows = [table.add_row("acct_1", f"re_{number}", 0, "", parent=f"ch_{number % 2}") for number in range(5)]
    assert ids(table.newest("acct_1")) == ["re_4", "re_3", "re_2", "re_1", "re_0"]
    assert ids(table.newest("acct_1", older_than=rows[2].number)) == ["re_1", "re_0"]
    assert ids(table.oldest("acct_1", newer_than=rows[2].number)) == ["re_3", "re_4"]
    assert ids(table.newest("acct_1", parent="ch_0")) == ["re_4", "re_2", "re_0"]
    assert ids(table.newest("acct_1", parent="ch_0", older_than=rows[4].number)) == ["re_2", "re_0"]
    assert ids(table.newest("acct_2")) == []


def test_a_change_is_recorded_with_the_row_before_and_after() -> None:
    changes = Changes()
    table: Table[str] = Table("charge", changes)
    first = table.add_row("acct_1", "ch_1", 0, "1")
    second = first._replace(data="2")
    table.put_row(second)
    table.remove_row("acct_1", "ch_1")
    assert [(change.table, change.before, change.after) for change in changes.take()] == [
        (table, None, first),
        (table, first, second),
        (table, second, None),
    ]
    assert not changes


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from(["put", "remove"]), st.sampled_from([None, "p", "q"])))
)
def test_undoing_restores_rows_and_order(steps: list[tuple[str, str, str | None]]) -> None:
    changes = Changes()
    table: Table[int] = Table("thing", changes)
    for name in "abc":
        table.add_row("acct_1", name, 0, 0, parent="p")
    changes.take()
    before = [*table.newest("acct_1")], [*table.newest("acct_1", parent="p")], [*table.oldest("acct_1", parent="q")]
    for name, step, parent in steps:
        row = table.get("acct_1", name)
        if step == "remove" and row is not None:
            table.remove_row("acct_1", name)
        elif step == "put" and row is not None:
            table.put_row(row._replace(data=row.data + 1, parent=parent))
        elif step == "put":
            table.add_row("acct_1", name, 1, 9, parent=parent)
    undo(changes.take())
    after = [*table.newest("acct_1")], [*table.newest("acct_1", parent="p")], [*table.oldest("acct_1", parent="q")]
    assert after == before


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.sampled_from(["put", "remove", "undo", "read"]),
            st.sampled_from(["p", "q", None]),
            st.sampled_from(["open", "paid", None]),
            st.sampled_from([True, False, 5]),
        )
    )
)
def test_rows_with_values_of_their_keys_are_those_that_a_walk_over_all_rows_finds(
    steps: list[tuple[str, str, str | None, str | None, bool | int]],
) -> None:
    changes = Changes()
    table: Table[int] = Table("thing", changes)
    for name, step, parent, status, flag in steps:
        row = table.get("acct_1", name)
        if step == "put" and row is None:
            table.add_row("acct_1", name, 0, 0, parent=parent, keys=(status, flag))
        elif step == "put" and row is not None:
            table.put_row(row._replace(parent=parent, keys=(status, flag)))
        elif step == "remove" and row is not None:
            table.remove_row("acct_1", name)
        elif step == "undo":
            changes.undo(len(changes) // 2)
        elif step == "read" and status is not None:
            _check_reads(table, parent, status, flag)


def _check_reads(table: Table[int], parent: str | None, status: str, flag: bool | int) -> None:
    wanted: list[dict[int, str | int | None]] = [{0: status}, {1: flag}, {0: status, 1: flag}]
    for keys in wanted:
        rows = [each for each in table.newest("acct_1") if all(each.keys[at] == key for at, key in keys.items())]
        own = [each for each in rows if parent in (None, each.parent)]
        assert [*table.newest("acct_1", keys=keys)] == rows
        assert [*table.oldest("acct_1", keys=keys)] == rows[::-1]
        assert [*table.newest("acct_1", parent=parent, keys=keys)] == own
        assert [*table.newest("acct_1", older_than=3, keys=keys)] == [each for each in rows if each.number < 3]
        assert [*table.oldest("acct_1", newer_than=1, keys=keys)] == [each for each in rows[::-1] if each.number > 1]


def test_an_index_reads_only_the_rows_with_a_value() -> None:
    table: Table[int] = Table("customer")
    for number in range(1000):
        table.add_row("acct_1", f"cus_{number}", 0, 0, keys=(f"{number}@example.com",))
    table.add_row("acct_1", "cus_twin", 0, 0, keys=("7@example.com",))
    assert ids(table.newest("acct_1", keys={0: "7@example.com"})) == ["cus_twin", "cus_7"]
    table._owners["acct_1"] = {name: table._owners["acct_1"][name] for name in ("cus_twin", "cus_7")}
    assert ids(table.newest("acct_1", keys={0: "7@example.com"})) == ["cus_twin", "cus_7"]
    assert ids(table.newest("acct_1", keys={0: "nobody@example.com"})) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.sampled_from(["put", "put", "remove", "undo", "read"]),
            st.sampled_from(["meter", "other", None]),
            st.integers(0, 4),
            st.sampled_from(["1", "2"]),
        )
    )
)
def test_a_series_has_the_values_of_the_rows_of_a_name_in_order_of_time(
    steps: list[tuple[str, str, str | None, int, str]],
) -> None:
    changes = Changes()
    table: Table[int] = Table("thing", changes)
    for name, step, series, at, value in steps:
        row = table.get("acct_1", name)
        if step == "put" and row is None:
            table.add_row("acct_1", name, 0, 0, keys=(series, at, value))
        elif step == "put" and row is not None:
            table.put_row(row._replace(keys=(series, at, value)))
        elif step == "remove" and row is not None:
            table.remove_row("acct_1", name)
        elif step == "undo":
            changes.undo(len(changes) // 2)
        elif step == "read":
            found = table.series("acct_1").between(series or "meter", 1, 4)
            wanted = [row.keys[1:] for row in table.oldest("acct_1") if row.keys[0] == (series or "meter")]
            assert [each for each, _ in found] == sorted(each for each, _ in found)
            assert sorted(found) == sorted(each for each in wanted if 1 <= int(str(each[0])) < 4)
