"""The periods of recurring prices."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import UTC, datetime

from emulator.resources.generic.base.additions import integer
from emulator.wire.json import Json

DAY = 86_400
SECONDS = {"day": DAY, "week": 7 * DAY}
MONTHS = {"month": 1, "year": 12}


def period_end(start: int, recurring: Mapping[str, Json]) -> int:
    """The end of one interval from a unix second; months keep the day, or end at their last one (observed)."""
    interval, count = str(recurring.get("interval")), integer(recurring, "interval_count", 1)
    if interval in SECONDS:
        return start + SECONDS[interval] * count
    at = datetime.fromtimestamp(start, UTC)
    month = at.month - 1 + MONTHS[interval] * count
    year, month = at.year + month // 12, month % 12 + 1
    day = min(at.day, calendar.monthrange(year, month)[1])
    return int(at.replace(year=year, month=month, day=day).timestamp())
