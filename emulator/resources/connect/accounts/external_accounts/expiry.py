"""When cards expire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from emulator import errors
from emulator.schema.check import Params, Value
from emulator.wire.path import ParamPath, format_path

LONGEST_YEARS = 50  # our choice


def expiry(fields: Mapping[str, Value], now: int, at: ParamPath = ()) -> Params:
    """The month and the year of a card as numbers; years have two digits or four (official).

    `now` is unix seconds, `at` where in the request the fields stand. Raises StripeError for what is none, or is over.
    """
    month, year = _number(fields.get("exp_month")), _number(fields.get("exp_year"))
    year += 2000 if year < 100 else 0
    today = datetime.fromtimestamp(now, UTC)
    if not today.year <= year <= today.year + LONGEST_YEARS:
        raise errors.card_expiry_invalid("year", format_path((*at, "exp_year")))
    if not 1 <= month <= 12 or (year, month) < (today.year, today.month):
        raise errors.card_expiry_invalid("month", format_path((*at, "exp_month")))
    return {"exp_month": month, "exp_year": year}


def _number(value: Value | None) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0
