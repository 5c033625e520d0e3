"""The days on which automatic payouts are made, by the schedule of an account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import cast

from emulator.resources.money import calendar
from emulator.resources.money.calendar import ONE_DAY
from emulator.schema.check import Value

MANUAL = "manual"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 366  # days until the next payout of any schedule


def is_payout_day(schedule: Mapping[str, Value], day: date, *, in_us: bool) -> bool:
    """Whether payouts are made on a day: daily on business days, else on the days of the schedule.

    A month without the day of a monthly schedule has its last day instead (official).
    """
    interval = schedule["interval"]
    if interval == "weekly":
        return WEEKDAYS[day.weekday()] in _days(schedule, "weekly_payout_days", "weekly_anchor", WEEKDAYS[0])
    if interval == "monthly":
        return any(_falls_on(cast("int", each), day) for each in _days(schedule, *_MONTHLY, 1))
    return interval != MANUAL and calendar.is_business_day(day, in_us=in_us)


def next_payout_day(schedule: Mapping[str, Value], after: date, *, in_us: bool) -> date | None:
    """The first day of payouts after a day, None where payouts are made by hand."""
    days = (after + timedelta(days=ahead) for ahead in range(1, LONGEST))
    return next((day for day in days if is_payout_day(schedule, day, in_us=in_us)), None)


_MONTHLY = ("monthly_payout_days", "monthly_anchor")


def _days(schedule: Mapping[str, Value], several: str, one: str, default: Value) -> list[Value]:
    found = schedule.get(several)
    return found if isinstance(found, list) and found else [schedule.get(one) or default]


def _falls_on(wanted: int, day: date) -> bool:
    last = (day + ONE_DAY).month != day.month
    return day.day == wanted or (last and wanted > day.day)
