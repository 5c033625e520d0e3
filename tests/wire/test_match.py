"""Wildcards: the texts that `*` matches, and that no pattern takes more than linear time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.wire.match import Wildcard, wildcard_matches


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("/v1/accounts", "/v1/accounts", True),
        ("/v1/accounts", "/v1/accounts/acct_1", False),
        ("*", "", True),
        ("/v1/*", "/v1/accounts/acct_1", True),
        ("*.updated", "account.updated", True),
        ("a*a", "a", False),
        ("a*b*c", "abbc", True),
        ("a*bc*bc", "abc", False),
        ("account.[ab]?", "account.[ab]?", True),
        ("account.[ab]?", "account.ax", False),
        ("*\n*", "a\nb", True),
    ],
)
def test_a_star_stands_for_any_text_and_nothing_else_is_special(pattern: str, text: str, matches: bool) -> None:
    assert wildcard_matches(pattern, text) is matches


@given(st.text("ab*", max_size=8), st.text("ab", max_size=10))
def test_a_wildcard_matches_the_same_as_its_regular_expression(pattern: str, text: str) -> None:
    expression = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
    assert wildcard_matches(pattern, text) is (expression.fullmatch(text) is not None)


@pytest.mark.parametrize("pattern", ["*" * 1_000_000 + "!", "*a" * 300_000 + "!", "a*" * 300_000, "*" + "ab" * 300_000])
def test_no_pattern_takes_long(pattern: str) -> None:
    texts = ["account.updated", "a" * 1000, "ab" * 100_000]
    started = time.thread_time()
    wildcard = Wildcard(pattern)
    for text in texts * 10:
        wildcard.matches(text)
    assert time.thread_time() - started < 1
