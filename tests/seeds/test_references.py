"""References of fixtures: found as by the Stripe CLI's regular expression, and in linear time whatever is sent."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.sandbox.ids import Ids
from emulator.seeds.document import read
from emulator.seeds.errors import SeedError
from emulator.seeds.lookup import look_up
from emulator.seeds.references import Scope, references, resolve, resolve_path

CLI = re.compile(r"\$\{([^|}]+):([^|}]+)\|?([^/\n]+)?\}")
SCOPE = Scope({"a": {"id": "acct_1", "data": [{"id": "ba_1"}]}}, {}, lambda: 0, str)


@given(st.text(st.sampled_from("${}:|/\na")))
def test_references_match_the_regular_expression_of_the_cli(text: str) -> None:
    found = [(each.start, each.end, each.name, each.path, each.default) for each in references(text)]
    assert found == [(*match.span(), match[1], match[2], match[3] or "") for match in CLI.finditer(text)]


@pytest.mark.parametrize(
    "text",
    [
        "${" + "a:" * 20_000,
        "${" + ":" * 20_000 + "}",
        "${a:" * 20_000,
        "${a:b|" * 20_000,
        "${a:b|" * 20_000 + "/}",
        "${a:b|x" * 10_000 + "\n" + "}" * 10_000,
        "${" * 30_000 + "a:id}",
        "${a:data" + ".0" * 20_000 + "}",
        "${a:data" + ".#" * 20_000 + "}",
        "${a:data." + "9" * 40_000 + "}",
        "${a:id}/" * 5_000,
    ],
)
def test_references_are_found_in_linear_time(text: str) -> None:
    started = time.process_time()
    for way in (resolve, resolve_path):
        with suppress(SeedError):
            way(text, SCOPE)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("data.0.id", "ba_1"),
        ("data.00.id", "ba_1"),
        ("data.1.id", ""),
        (f"data.{'9' * 5000}.id", ""),
        ("data.\u0660.id", ""),
    ],
)
def test_an_array_index_is_in_range_or_finds_nothing(path: str, value: str) -> None:
    assert look_up(SCOPE.responses["a"], path) == value


def test_a_resolved_string_has_a_bounded_length() -> None:
    scope = Scope({"a": {"id": "x" * 100_000}}, {}, lambda: 0, str)
    with pytest.raises(
        SeedError, match=r"^a string with its reference to a resolved is longer than 1048576 characters$"
    ):
        resolve("${a:id}/" * 20, scope)


def test_twenty_thousand_ids_are_parsed_and_assigned_quickly() -> None:
    started = time.process_time()
    ids = [f"ba_{number}" for number in range(20_000)]
    document = read({"fixtures": [{"name": "a", "_id": ids}]})
    source = Ids()
    source.reserve(document.fixtures[0].ids)
    assert [source.in_account("ba", 0, "acct_1") for _ in ids] == ids
    assert source.release() == []
    assert time.process_time() - started < 1


@pytest.mark.parametrize("key", ["params", "_params", "_step"])
def test_parameters_that_are_too_deep_or_too_many_are_refused(key: str) -> None:
    deep: Any = "x"
    for _ in range(300):
        deep = {"a": deep}
    with pytest.raises(SeedError, match=rf"^The fixture 'a': {key} must not have more than 32 levels of nesting\.$"):
        read({"fixtures": [{"name": "a", key: deep}]})
    with pytest.raises(SeedError, match=rf"^The fixture 'a': {key} must not hold more than 10000 values\.$"):
        read({"fixtures": [{"name": "a", key: {"a": ["x"] * 10_001}}]})


def test_a_document_with_too_many_fixtures_is_refused() -> None:
    with pytest.raises(SeedError, match=r"^A fixtures document must not hold more than 10000 fixtures\.$"):
        read({"fixtures": [{}] * 10_001})
