"""Periods from an anchor: months keep the day of the anchor, or end at the last day of a shorter month."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import StripeError
from emulator.resources.billing.base.periods import after, period_at, period_end


def seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("anchor", "interval", "count", "n", "expected"),
    [
        ("2026-01-31", "month", 1, 1, "2026-02-28"),
        ("2026-01-31", "month", 1, 2, "2026-03-31"),
        ("2026-01-31", "month", 1, 13, "2027-02-28"),
        ("2026-01-31", "month", 3, 1, "2026-04-30"),
        ("2026-03-31", "month", 1, -1, "2026-02-28"),
        ("2026-01-15", "month", 1, -13, "2024-12-15"),
        ("2024-02-29", "year", 1, 1, "2025-02-28"),
        ("2024-02-29", "year", 1, 4, "2028-02-29"),
        ("2026-01-31", "week", 2, 1, "2026-02-14"),
        ("2026-01-31", "day", 1, 0, "2026-01-31"),
        ("2026-01-31", "day", 10, 2, "2026-02-20"),
        ("2026-05-05T13:14:15", "month", 1, 1, "2026-06-05T13:14:15"),
    ],
)
def test_the_nth_period_ends_at_the_day_of_the_anchor(
    anchor: str, interval: str, count: int, n: int, expected: str
) -> None:
    assert after(seconds(anchor), interval, count, n) == seconds(expected)


def test_the_end_of_a_period_follows_the_price() -> None:
    assert period_end(seconds("2026-01-31"), {"interval": "month", "interval_count": 2}) == seconds("2026-03-31")
    assert period_end(seconds("2026-01-31"), {"interval": "week"}, 3) == seconds("2026-02-21")


def test_a_year_beyond_9999_is_refused() -> None:
    with pytest.raises(StripeError):
        after(seconds("9999-01-01"), "year")


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        ("2026-01-31", "2026-01-31", "2026-02-28"),
        ("2026-02-27T23:59:59", "2026-01-31", "2026-02-28"),
        ("2026-02-28", "2026-02-28", "2026-03-31"),
        ("2030-06-15", "2030-05-31", "2030-06-30"),
        ("2025-12-31", "2025-12-31", "2026-01-31"),
        ("2001-02-01", "2001-01-31", "2001-02-28"),
    ],
)
def test_the_period_around_a_moment(moment: str, start: str, end: str) -> None:
    found = period_at(seconds("2026-01-31"), {"interval": "month", "interval_count": 1}, seconds(moment))
    assert found == (seconds(start), seconds(end))


@given(
    anchor=st.integers(0, 4_000_000_000),
    moment=st.integers(0, 4_000_000_000),
    interval=st.sampled_from(["day", "week", "month", "year"]),
    count=st.integers(1, 12),
)
def test_the_period_around_a_moment_contains_it(anchor: int, moment: int, interval: str, count: int) -> None:
    start, end = period_at(anchor, {"interval": interval, "interval_count": count}, moment)
    assert start <= moment < end
