"""Time in seconds, as v1 has it, and the timestamps of v2: RFC 3339 with milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

DAY = 86_400  # seconds
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC, which the format writes as Z
FIRST, LAST = -62_135_596_800, 253_402_300_799  # the years 1 to 9999
_FORMAT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


def format_timestamp(seconds: int) -> str:
    """A unix second as `2025-06-09T21:16:03.000Z` (observed).

    A time outside the years 1 to 9999 becomes their first or last second (our choice).
    """
    return f"{(_EPOCH + timedelta(seconds=min(max(seconds, FIRST), LAST))).isoformat()}.000Z"


def parse_timestamp(text: str) -> float:
    """An RFC 3339 time as unix seconds with their fraction. Raises ValueError."""
    try:
        if _FORMAT.match(text):
            return datetime.fromisoformat(text).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{text!r} is no RFC 3339 time")
