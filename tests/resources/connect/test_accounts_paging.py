"""Pages of lists: cursors, limits and ranges."""

from __future__ import annotations

import pytest

from emulator.auth import keys
from emulator.catalog import versions
from emulator.errors import StripeError
from emulator.model.answering import paging
from emulator.model.answering.paging import SequenceSource
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import within
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params, Value
from emulator.settings import Settings

NEWEST_FIRST = ["e", "d", "c", "b", "a"]


def _call(params: Params) -> Call:
    key = keys.parse("sk_test_123")
    assert key is not None
    return Call(Sandbox(key, Settings()), 0, versions.parse(versions.NEWEST), params, {}, None, "sk_test_123")


def page(params: Params) -> tuple[list[str], bool]:
    found = paging.page(_call(params), SequenceSource(NEWEST_FIRST, str), noun="account")
    return list(found.rows), found.has_more


PAGES: list[tuple[Params, tuple[list[str], bool]]] = [
    ({}, (["e", "d", "c", "b", "a"], False)),
    ({"limit": 2}, (["e", "d"], True)),
    ({"limit": 5}, (["e", "d", "c", "b", "a"], False)),
    ({"limit": 0}, (["e"], True)),
    ({"limit": -1}, (["e"], True)),
    ({"limit": 101}, (["e", "d", "c", "b", "a"], False)),
    ({"limit": 2, "starting_after": "d"}, (["c", "b"], True)),
    ({"limit": 2, "starting_after": "c"}, (["b", "a"], False)),
    ({"starting_after": "a"}, ([], False)),
    ({"limit": 2, "ending_before": "b"}, (["d", "c"], True)),
    ({"limit": 2, "ending_before": "c"}, (["e", "d"], False)),
    ({"ending_before": "e"}, ([], False)),
]


@pytest.mark.parametrize(("params", "expected"), PAGES, ids=str)
def test_a_page_is_cut_by_limit_and_cursor(params: Params, expected: tuple[list[str], bool]) -> None:
    assert page(params) == expected


def test_a_page_has_ten_rows_by_default_and_a_hundred_at_most() -> None:
    assert [paging.limit_of(params) for params in ({}, {"limit": 100}, {"limit": 500})] == [10, 100, 100]


def test_a_cursor_may_be_a_row_that_the_filter_leaves_out() -> None:
    found = paging.page(
        _call({"starting_after": "d", "limit": 1}),
        SequenceSource(NEWEST_FIRST, str),
        noun="account",
        keep=lambda row: row in "ea",
    )
    assert (list(found.rows), found.has_more) == (["a"], False)


@pytest.mark.parametrize("name", ["starting_after", "ending_before"])
def test_an_unknown_cursor_is_a_missing_resource(name: str) -> None:
    with pytest.raises(StripeError) as caught:
        page({name: "acct_x", "starting_after": "acct_x"})
    body = caught.value.body
    assert (body.status, body.message, body.code, body.param) == (
        400,
        "No such account: 'acct_x'",
        "resource_missing",
        name,
    )


def test_both_cursors_exclude_each_other() -> None:
    with pytest.raises(StripeError) as caught:
        page({"starting_after": "d", "ending_before": "b"})
    assert caught.value.body.message == (
        "Received both starting_after and ending_before parameters. Please pass in only one."
    )


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, [1, 2, 3]),
        (2, [2]),
        ({"gt": 2}, [3]),
        ({"gte": 2}, [2, 3]),
        ({"lt": 2}, [1]),
        ({"lte": 2}, [1, 2]),
        ({"gt": 1, "lt": 3}, [2]),
    ],
    ids=str,
)
def test_a_range_keeps_the_times_within(wanted: Value | None, expected: list[int]) -> None:
    assert [time for time in (1, 2, 3) if within(time, wanted)] == expected


def test_a_list_object_has_the_order_of_stripe() -> None:
    assert list(paging.listing([], "/v1/accounts", has_more=True).items()) == [
        ("object", "list"),
        ("data", []),
        ("has_more", True),
        ("url", "/v1/accounts"),
    ]
