"""The anchor of the periods of a new subscription: now, the end of a trial, a given time, or a day of the month."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.resources.billing.base.amounts import amount_of
from emulator.resources.billing.base.periods import period_at, periods_between
from emulator.resources.billing.base.proration import share
from emulator.resources.billing.invoices import lines
from emulator.resources.billing.subscriptions.base.items import (
    is_metered,
    items_of,
    priced,
    with_charged_price,
    with_period,
)
from emulator.resources.billing.subscriptions.base.states import trial_end_of
from emulator.schema.trees import hash_in, integer

BOUNDS = {"day_of_month": (1, 31), "hour": (0, 23), "minute": (0, 59), "month": (1, 12), "second": (0, 59)}
ANCHOR, CONFIG = "billing_cycle_anchor", "billing_cycle_anchor_config"


def anchored(call: Call, fields: Fields, now: int) -> Fields:
    """The anchor of a new subscription. Raises StripeError for one that is past or too far ahead."""
    start = integer(fields, "trial_end") or now
    config = hash_in(call.params, CONFIG)
    if config and call.params.get(ANCHOR):
        raise errors.exclusive_params([(ANCHOR,), (CONFIG,)])
    if config:
        _check_config(config)
        whole = {name: config.get(name) for name in BOUNDS}
        return {ANCHOR: next_match(start, whole), CONFIG: dict(whole)}
    at = call.params.get(ANCHOR)
    if not isinstance(at, int):
        return {ANCHOR: start}
    if at < now:
        raise errors.time_in_the_past(ANCHOR, at)
    _check_anchor(fields, start, at)
    return {ANCHOR: at}


def _check_anchor(fields: Fields, start: int, at: int) -> None:
    """Refuses an anchor after the first period. Raises StripeError."""
    recurring = (hash_in(hash_in(item, "price"), "recurring") for item in items_of(fields))
    first = min(period_at(start, each, start).end for each in recurring)
    if at > first:
        raise errors.anchor_too_late(first)


def _check_config(config: Fields) -> None:
    """Refuses parts of a time that there are not. Raises StripeError."""
    for name, (least, most) in BOUNDS.items():
        if integer(config, name, least) < least:
            raise errors.integer_too_small((CONFIG, name), least)
        if integer(config, name, least) > most:
            raise errors.integer_too_large((CONFIG, name), most)


def next_match(start: int, config: Fields) -> int:
    """The first second from a start at the day, and the time of day, of a configuration."""
    first = datetime.fromtimestamp(start, UTC)
    moment = first.replace(
        hour=integer(config, "hour", first.hour),
        minute=integer(config, "minute", first.minute),
        second=integer(config, "second", first.second),
    )
    for number in range(13):
        year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
        day = min(integer(config, "day_of_month"), calendar.monthrange(year, month + 1)[1])
        found = moment.replace(year=year, month=month + 1, day=day)
        if found.timestamp() >= start and integer(config, "month", month + 1) == month + 1:
            return int(found.timestamp())
    return start


def placed(item: Fields, fields: Fields, now: int) -> Fields:
    """A new item in its first period, which ends with the trial, or at the anchor."""
    return with_period(item, integer(fields, ANCHOR), now, trial_end_of(fields))


# --- subscriptions that began before they were created ------------------------------------------------------------


def lines_before(scope: Scope, fields: Fields) -> list[Fields]:
    """The lines of the time from the start of a backdated subscription until now (official)."""
    start = integer(fields, "start_date", scope.now)
    licensed = (item for item in items_of(fields) if not is_metered(hash_in(item, "price")))
    return [_line(scope, fields, item, start) for item in licensed] if start < scope.now else []


def _line(scope: Scope, fields: Fields, item: Fields, start: int) -> Fields:
    line = lines.of_subscription(scope, with_charged_price(scope, item), start, scope.now)
    price, anchor = priced(scope, item), integer(fields, ANCHOR)
    whole, recurring = amount_of(price, integer(item, "quantity", 1)), hash_in(price, "recurring")
    first, last = period_at(anchor, recurring, start), period_at(anchor, recurring, scope.now)
    between = periods_between(anchor, recurring, start, scope.now)  # from the start of one period to that of the other
    amount = share(whole, *first, start) + whole * (between - 1) + whole - share(whole, *last, scope.now)
    return {**line, "amount": amount, "subtotal": amount}
