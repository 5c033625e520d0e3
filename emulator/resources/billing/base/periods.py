"""Periods of recurring prices: calendar arithmetic from an anchor, in UTC."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import UTC, datetime

from emulator import errors
from emulator.schema.trees import integer
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.timestamps import DAY

SECONDS = {"day": DAY, "week": 7 * DAY}
MONTHS = {"month": 1, "year": 12}
# The shortest and the longest of each interval: the first estimate of how many have passed is never too small.
SHORTEST = {**SECONDS, "month": 28 * DAY, "year": 365 * DAY}
LONGEST = {**SECONDS, "month": 31 * DAY, "year": 366 * DAY}


class Period(NamedTuple):
    """The seconds from `start` up to `end`, which is no longer in it."""

    start: int
    end: int


def after(anchor: int, interval: str, count: int = 1, n: int = 1) -> int:
    """The second `n` periods of `count` intervals after an anchor, before it where `n` is negative.

    Months and years keep the day and the time of day of the anchor, or end at the last day of a shorter month: from 31
    January to 28 February and 31 March (observed). Raises StripeError for years beyond 9999.
    """
    try:
        return _after(anchor, interval, count * n)
    except (OSError, OverflowError, ValueError):
        raise errors.number_out_of_range() from None


def _after(anchor: int, interval: str, intervals: int) -> int:
    if interval in SECONDS:
        return int(datetime.fromtimestamp(anchor + SECONDS[interval] * intervals, UTC).timestamp())
    at = datetime.fromtimestamp(anchor, UTC)
    year, month = divmod(at.year * 12 + at.month - 1 + MONTHS[interval] * intervals, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp())


def period_end(start: int, recurring: Mapping[str, Json], n: int = 1) -> int:
    """The end of `n` periods of a price from a unix second. Raises StripeError."""
    return after(start, str(recurring.get("interval")), integer(recurring, "interval_count", 1), n)


def period_at(anchor: int, recurring: Mapping[str, Json], moment: int) -> Period:
    """The period around a moment, of those that begin and end at an anchor or whole periods from it.

    A moment at which a period ends belongs to the next. Raises StripeError.
    """
    interval, count = str(recurring.get("interval")), integer(recurring, "interval_count", 1)
    n = _passed(anchor, interval, count, moment)
    return Period(after(anchor, interval, count, n), after(anchor, interval, count, n + 1))


def periods_between(anchor: int, recurring: Mapping[str, Json], start: int, end: int) -> int:
    """How many periods lie between the starts of those around two moments. Raises StripeError."""
    interval, count = str(recurring.get("interval")), integer(recurring, "interval_count", 1)
    return _passed(anchor, interval, count, end) - _passed(anchor, interval, count, start)


def _passed(anchor: int, interval: str, count: int, moment: int) -> int:
    """How many periods have passed from an anchor to a moment, negative before it. Raises StripeError."""
    step = (SHORTEST if moment >= anchor else LONGEST)[interval] * count
    n = (moment - anchor) // step + 1
    while after(anchor, interval, count, n) > moment:
        n -= max((after(anchor, interval, count, n) - moment) // (LONGEST[interval] * count), 1)
    return n
