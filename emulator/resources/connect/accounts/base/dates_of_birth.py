"""Dates of birth: checks of their parts and of the age. The reviews of persons judge the valid ones."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime

from emulator import errors
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_at
from emulator.wire.path import ParamPath
from emulator.wire.timestamps import DAY

YOUNGEST_YEARS = 13
OLDEST_YEARS = 120
EARLIEST_YEAR = 1800  # our choice
Date = tuple[int, int, int]


def check_birth(fields: Params, now: int, at: ParamPath) -> None:
    """Refuse parts of a date of birth that are out of range, and persons who are too young. Raises StripeError.

    `fields` are those of a person after the request, `now` is unix seconds, `at` where in the request they stand.
    """
    parts = {name: value for name, value in hash_at(fields, "dob").items() if isinstance(value, int)}
    today = datetime.fromtimestamp(now, UTC)
    year, month = parts.get("year"), parts.get("month")
    if year is not None and not EARLIEST_YEAR <= year <= today.year:
        raise errors.dob_part_invalid(at, "year")
    if month is not None and not 1 <= month <= 12:
        raise errors.dob_part_invalid(at, "month")
    if "day" in parts and not 1 <= parts["day"] <= monthrange(year or 2000, month or 1)[1]:
        raise errors.dob_part_invalid(at, "day")
    if is_too_young(parts, now):
        raise errors.too_young(YOUNGEST_YEARS, at)


def is_too_young(born: Mapping[str, Value], now: int) -> bool:
    """Whether a whole date of birth is of somebody below Stripe's age limit."""
    year, month, day = (born.get(name) or 0 for name in ("year", "month", "day"))
    if not (isinstance(year, int) and isinstance(month, int) and isinstance(day, int)) or not (year and month and day):
        return False
    return (year + YOUNGEST_YEARS, month, day) > _triple(datetime.fromtimestamp(now, UTC))


def too_old_since(born: Date) -> int:
    """The unix second from which somebody is older than Stripe takes anybody to be."""
    year, month, day = born
    first = datetime(year + OLDEST_YEARS, month, 1, tzinfo=UTC)
    return int(first.timestamp()) + (day - 1) * DAY


def _triple(moment: datetime) -> Date:
    return moment.year, moment.month, moment.day
