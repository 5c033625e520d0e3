"""The day on which money becomes available."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from emulator.resources.money.calendar import after_days, available_on
from emulator.settings import Settings

from ...api import Api


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("paid", "days", "available"),
    [
        ("2023-11-06T10:00", 2, "2023-11-08"),  # Monday to Wednesday
        ("2023-11-07T23:59", 2, "2023-11-09"),
        ("2023-11-15T00:00", 2, "2023-11-17"),
        ("2023-11-16T12:00", 2, "2023-11-20"),  # Thursday to Monday
        ("2023-11-17T12:00", 2, "2023-11-21"),
        ("2023-11-18T12:00", 2, "2023-11-21"),  # Saturday and Sunday to Tuesday
        ("2023-11-19T12:00", 2, "2023-11-21"),
        ("2023-12-29T12:00", 2, "2024-01-03"),  # Friday before New Year to Wednesday
        ("2023-12-24T12:00", 2, "2023-12-27"),  # Sunday before Christmas to Wednesday
        ("2026-11-25T12:00", 1, "2026-11-27"),  # Thanksgiving
        ("2026-05-22T12:00", 1, "2026-05-26"),  # Memorial Day
        ("2027-07-02T12:00", 1, "2027-07-06"),  # Independence Day on a Sunday, kept on Monday
        ("2026-07-02T12:00", 1, "2026-07-03"),  # on a Saturday: banks are open on Friday
        ("2023-11-06T10:00", 1, "2023-11-07"),
        ("2023-12-22T10:00", 7, "2023-12-29"),  # seven days are days of the calendar
        ("2023-11-18T10:00", 7, "2023-11-25"),
    ],
)
def test_money_is_available_after_business_days_and_from_a_week_on_after_calendar_days(
    paid: str, days: int, available: str
) -> None:
    assert after_days(at(paid), days, in_us=True) == at(available)


def test_holidays_of_the_us_do_not_count_elsewhere() -> None:
    assert after_days(at("2026-11-25T12:00"), 1, in_us=False) == at("2026-11-26")


def test_the_delay_is_that_of_the_payout_schedule_of_the_account() -> None:
    api = Api()
    daily = api.account(type="custom", country="US")
    manual = api.account(type="custom", country="US", settings={"payouts": {"schedule": {"interval": "manual"}}})
    longer = api.account(type="custom", country="US", settings={"payouts": {"schedule": {"delay_days": 14}}})
    canada = api.account(type="custom", country="CA")
    monday = at("2026-11-09T10:00")
    box = next(api.emulator.sandboxes.newest_first())

    found = {each: available_on(box, each, monday) for each in (daily, manual, longer, canada, box.platform_id)}

    assert found == {
        daily: at("2026-11-12"),  # Veterans Day is on the Wednesday
        manual: at("2026-11-10"),
        longer: at("2026-11-23"),
        canada: at("2026-11-16"),
        box.platform_id: at("2026-11-16"),
    }


def test_a_platform_in_australia_has_two_business_days() -> None:
    api = Api(Settings(platform_country="AU"))
    api.get("/v1/account")
    box = next(api.emulator.sandboxes.newest_first())

    assert available_on(box, box.platform_id, at("2026-11-13T10:00")) == at("2026-11-17")
