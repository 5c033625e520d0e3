"""The day on which money becomes available: business days, and the holidays of banks in the US."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from emulator.resources.money.holders import account_of, delay_days
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.timestamps import DAY

ONE_DAY = timedelta(days=1)
# Delays from a week on count every day (observed of seven), shorter ones business days (observed of one and two).
CALENDAR_DAYS_FROM = 7
MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
# Holidays of the Federal Reserve. One on a Sunday is kept on the Monday after it, one on a Saturday is not moved.
_DATES = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
_WEEKDAYS = ((1, MONDAY, 3), (2, MONDAY, 3), (9, MONDAY, 1), (10, MONDAY, 2), (11, THURSDAY, 4))
_MAY = 5


def available_on(sandbox: Sandbox, account_id: str, now: int) -> int:
    """The unix second at which a payment at `now` becomes available to an account: 00:00 UTC, by its payout schedule.

    For an account without a delay, it is available at once.
    """
    account = account_of(sandbox, account_id)
    days = delay_days(account)
    return after_days(now, days, in_us=account.country == "US") if days > 0 else now


def after_days(now: int, days: int, *, in_us: bool) -> int:
    """00:00 UTC of the day after a number of days: business days up to six, calendar days from seven on."""
    return _after_days(now // DAY, days, in_us)


@lru_cache(maxsize=256)
def _after_days(today: int, days: int, in_us: bool) -> int:
    if days >= CALENDAR_DAYS_FROM:
        return (today + days) * DAY
    day = datetime.fromtimestamp(today * DAY, UTC).date()
    while days:
        day += ONE_DAY
        days -= is_business_day(day, in_us=in_us)
    return midnight(day)


def is_business_day(day: date, *, in_us: bool) -> bool:
    """Whether banks work on a day. Outside the US only weekends are known (our choice)."""
    return day.weekday() < SATURDAY and not (in_us and day in holidays(day.year))


@lru_cache(maxsize=32)
def holidays(year: int) -> frozenset[date]:
    """The days of a year on which banks in the US are closed."""
    fixed = (date(year, month, day) for month, day in _DATES)
    observed = {day + ONE_DAY if day.weekday() == SUNDAY else day for day in fixed}
    moving = {_nth(year, month, weekday, which) for month, weekday, which in _WEEKDAYS}
    memorial = max(day for day in _days_of(year, _MAY) if day.weekday() == MONDAY)
    return frozenset(observed | moving | {memorial})


def midnight(day: date) -> int:
    """The unix second at which a day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def day_of(now: int) -> date:
    """The day of a unix second, UTC."""
    return datetime.fromtimestamp(now, UTC).date()


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    return [day for day in _days_of(year, month) if day.weekday() == weekday][which - 1]


def _days_of(year: int, month: int) -> list[date]:
    days = (date(year, month, 1) + ONE_DAY * number for number in range(31))
    return [day for day in days if day.month == month]
