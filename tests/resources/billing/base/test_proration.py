"""Shares of an amount by time: rounded to the nearest whole number, exact ties toward minus infinity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.resources.billing.base.proration import share


@pytest.mark.parametrize(
    ("amount", "start", "end", "at", "expected"),
    [
        (-5, 0, 10, 5, -3),  # -2.5
        (9, 0, 10, 5, 4),  # 4.5
        (15, 0, 10, 5, 7),  # 7.5
        (-1000, 0, 3, 1, -667),
        (1000, 0, 3, 2, 333),
        (-2500, 0, 2_592_000, 4, -2500),
        (25_000, 0, 31_536_000, 4, 25_000),
        (1000, 100, 200, 50, 1000),
        (1000, 100, 200, 200, 0),
        (1000, 100, 200, 300, 0),
        (1000, 100, 100, 100, 0),
    ],
)
def test_the_share_of_an_amount_for_the_rest_of_its_period(
    amount: int, start: int, end: int, at: int, expected: int
) -> None:
    assert share(amount, start, end, at) == expected


@given(amount=st.integers(-(10**12), 10**12), length=st.integers(1, 10**8), passed=st.integers(0, 10**8))
def test_a_share_is_within_half_a_unit_of_the_exact_one(amount: int, length: int, passed: int) -> None:
    left = length - min(passed, length)
    doubled = 2 * share(amount, 0, length, passed) * length
    assert 2 * amount * left - length <= doubled < 2 * amount * left + length
