"""The line items of a quote and their sums: of all, of those charged at once, and of those charged every period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator.model.answering.paging import list_object
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.resources.billing.products.line_items import RATE, Total, coupons_of, total
from emulator.resources.billing.schedules.kept import QuoteLineState
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer, list_in
from emulator.wire.json import Json

LINES, UPFRONT = "line_items", "upfront"
SENT = ("discounts", "tax_rates")  # parameters of a line that an accepted quote passes on


def totals(call: Call, fields: Mapping[str, Json], sent: Sequence[Params]) -> Fields:
    """The fields of a quote that follow from its lines, with their coupons and tax rates. Raises StripeError."""
    coupons, rates = coupons_of(call, call.params), _rates(call, fields)
    found = total(call, sent, coupons, rates)
    items = [
        {**item, **kept(QuoteLineState(_sent=_passed_on(each)))} for item, each in zip(_lines(found), sent, strict=True)
    ]
    forever = [coupon if coupon.get("duration") == "forever" else {} for coupon in coupons]
    again = [each for each, item in zip(sent, items, strict=True) if interval(item)]
    recurring = total(call, _priced(again, items), forever, rates) if again else None
    later = integer(hash_in(fields, "subscription_data"), "trial_period_days") > 0
    at_once = [item for item in items if not (interval(item) and (later or _is_metered(item)))]
    return {
        "amount_subtotal": found.subtotal,
        "amount_total": found.total,
        "computed": {"recurring": _recurring(recurring), UPFRONT: {**_sums(at_once), LINES: list_object(at_once)}},
        "currency": found.currency,
        LINES: list_object(items),
        "total_details": found.details,
    }


def _rates(call: Call, fields: Mapping[str, Json]) -> list[Fields]:
    named = fields.get("default_tax_rates")
    ids = named if isinstance(named, list) else []
    return [objects.shown(call.scope, RATE, of_id(call, RATE, str(each), "default_tax_rates")) for each in ids]


def _passed_on(sent: Params) -> Params:
    return {name: sent[name] for name in SENT if sent.get(name)}


def _priced(sent: Sequence[Params], items: Sequence[Fields]) -> list[Params]:
    """The recurring lines of a request by the prices that they have now: an inline price is made once."""
    prices = [str(hash_in(item, "price")["id"]) for item in items if interval(item)]
    inside = [{name: value for name, value in each.items() if name != "price_data"} for each in sent]
    return [{**each, "price": price} for each, price in zip(inside, prices, strict=True)]


def interval(item: Mapping[str, Json]) -> Fields:
    """The interval of the price of a line, empty for a one-time price."""
    return hash_in(hash_in(item, "price"), "recurring")


def _is_metered(item: Fields) -> bool:
    return interval(item).get("usage_type") == "metered"


def _lines(found: Total) -> list[Fields]:
    return [each for each in found.items if isinstance(each, dict)]


def _recurring(found: Total | None) -> Json:
    """The totals of a period, for the interval of the first item; coupons that end do not count (official)."""
    if found is None:
        return None
    first = interval(_lines(found)[0])
    every: Fields = {name: first[name] for name in ("interval", "interval_count")}
    return {**dict(sorted({**_sums(_lines(found)), **every}.items())), LINES: list_object(found.items)}


def _sums(items: Sequence[Fields]) -> Fields:
    return {
        "amount_subtotal": sum(integer(each, "amount_subtotal") for each in items),
        "amount_total": sum(integer(each, "amount_total") for each in items),
        "total_details": {
            "amount_discount": sum(integer(each, "amount_discount") for each in items),
            "amount_shipping": 0,
            "amount_tax": sum(integer(each, "amount_tax") for each in items),
        },
    }


def lines_of(fields: Mapping[str, Json]) -> list[Params]:
    """The stored lines of a quote."""
    return list_in(hash_in(fields, LINES), "data")
