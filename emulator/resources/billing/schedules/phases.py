"""The phases of schedules, as requests describe them: items, and an end by a date or a duration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import filled, hash_of
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base.modes import CLOVER
from emulator.resources.billing.base.periods import after, period_end
from emulator.resources.billing.products.line_items import coupon_of, price_of, rates_of
from emulator.resources.billing.subscriptions.base.checks import check_items, check_prices
from emulator.resources.billing.subscriptions.base.items import is_metered
from emulator.resources.billing.subscriptions.base.requests import recurring_price
from emulator.schema.check import Params
from emulator.schema.shape import Ref
from emulator.schema.trees import hash_in, integer, list_in
from emulator.wire.json import Json

PHASE, ITEM = "subscription_schedule_phase_configuration", "subscription_schedule_configuration_item"
EXTRA = "subscription_schedule_add_invoice_item"
SETTINGS = "subscription_schedules_resource_default_settings"
MOST = 10  # phases that have not ended (official)
# The period of a one-time price (official).
PERIOD: Json = {"end": {"type": "min_item_period_end"}, "start": {"type": "max_item_period_start"}}
DISCOUNTS = ("coupon", "discount", "promotion_code")
ENDS = ("duration", "end_date", "iterations")  # of which a phase may have one
# The default settings of a schedule (official sample).
FIRST_SETTINGS: Mapping[str, Json] = {
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "collection_method": "charge_automatically",
    "invoice_settings": {"account_tax_ids": None, "days_until_due": None, "issuer": {"type": "self"}},
}
# Parameters of a phase that become other fields.
_REQUEST_ONLY = frozenset(("add_invoice_items", "default_tax_rates", "iterations", "duration", "items", "trial"))


def whole_settings(sent: Fields) -> Fields:
    """The default settings of a schedule, with every name."""
    invoice: Fields = {**hash_in(FIRST_SETTINGS, "invoice_settings"), **hash_in(sent, "invoice_settings")}
    own = whole(SETTINGS, {**FIRST_SETTINGS, **sent, "invoice_settings": invoice})
    return dict(sorted({**own, "default_source": None}.items()))


def whole(name: str, fields: Mapping[str, Json]) -> Fields:
    """A hash of a named schema with the fields that it has."""
    found = hash_of(Ref(name), fields)
    known = {key: fields[key] for key in fields if found is None or key in found.kind.properties}
    return dict(sorted((filled(found, known) if found else known).items()))


def phases_of(call: Call, sent: Sequence[Params], start: int, now: int, mode: Json) -> list[Fields]:
    """The phases of a request, each from the end of the one before. Raises StripeError."""
    if len(sent) > MOST:
        raise errors.too_many_phases(MOST)
    found: list[Fields] = []
    for place, each in enumerate(sent):
        phase = _phase(call, each, f"phases[{place}]", start, now, mode)
        found.append(phase)
        start = integer(phase, "end_date")
    _check_currency(found)
    return found


def _check_currency(phases: Sequence[Fields]) -> None:
    if len({phase["currency"] for phase in phases}) > 1:
        raise errors.plans_differ("currency")


def _phase(call: Call, sent: Params, path: str, start: int, now: int, mode: Json) -> Fields:  # noqa: PLR0913, PLR0917
    items = list_in(sent, "items")
    if not items:
        raise errors.missing_param((path, "items"))
    check_items(items)
    prices = [recurring_price(call, each, f"{path}[items][{place}]") for place, each in enumerate(items)]
    check_prices(prices, mode)
    _check_discounts(call, sent, path)
    if sent.get("billing_thresholds"):
        raise errors.param_not_emulated((path, "billing_thresholds"))
    end = _end(sent, path, start, now, prices)
    own = {name: value for name, value in sent.items() if name not in _REQUEST_ONLY}
    fields: Fields = {
        "metadata": {},
        "proration_behavior": "create_prorations",
        **own,
        "add_invoice_items": _extras(call, list_in(sent, "add_invoice_items"), path),
        "currency": prices[0]["currency"],
        "default_tax_rates": list(rates_of(call, sent, path, "default_tax_rates")),
        "discounts": _discounts(sent),
        "end_date": end,
        "items": [
            _item(call, each, price, f"{path}[items][{place}]")
            for place, (each, price) in enumerate(zip(items, prices, strict=True))
        ],
        "start_date": start,
        "trial_end": end if sent.get("trial") else sent.get("trial_end"),
    }
    return whole(PHASE, fields)


def _item(call: Call, sent: Params, price: Fields, path: str) -> Fields:
    quantity: Fields = {} if is_metered(price) else {"quantity": integer(sent, "quantity", 1)}
    fields: Fields = {
        "discounts": _discounts(sent),
        "metadata": dict(hash_in(sent, "metadata")),
        "price": price["id"],
        "tax_rates": list(rates_of(call, sent, path)),
        **quantity,
    }
    shown = whole(ITEM, fields)
    return dict(sorted({**shown, "plan": price["id"]}.items()))


def _check_discounts(call: Call, sent: Params, path: str) -> None:
    """Refuses coupons and promotion codes that cannot be redeemed. Raises StripeError."""
    for place, each in enumerate(list_in(sent, "discounts")):
        for name in DISCOUNTS:
            if each.get(name):
                coupon_of(call, name, str(each[name]), f"{path}[discounts][{place}][{name}]")


def _discounts(sent: Params) -> list[Json]:
    """The discounts of a phase, or of an item, as they are shown: redeemed when the phase begins."""
    return [{name: each.get(name) for name in DISCOUNTS} for each in list_in(sent, "discounts")]


def _extras(call: Call, sent: Sequence[Params], path: str) -> list[Json]:
    """The one-time prices that the first invoice of a phase has."""
    found: list[Json] = []
    for place, each in enumerate(sent):
        at = f"{path}[add_invoice_items][{place}]"
        price = price_of(call, each, at)
        if price.get("recurring"):
            raise errors.price_recurring(f"{at}[price]")
        fields: Fields = {
            "discountable": each.get("discountable", True),
            "discounts": _discounts(each),
            "metadata": dict(hash_in(each, "metadata")),
            "period": hash_in(each, "period") or PERIOD,
            "price": price["id"],
            "quantity": integer(each, "quantity", 1),
            "tax_rates": list(rates_of(call, each, at)),
        }
        found.append(whole(EXTRA, fields))
    return found


# --- the end ------------------------------------------------------------------------------------------------------


def _end(sent: Params, path: str, start: int, now: int, prices: Sequence[Fields]) -> int:
    """The end of a phase: given, after a duration, or after periods of its first price. Raises StripeError."""
    named = [name for name in ENDS if sent.get(name) not in (None, "")]
    if len(named) > 1:
        raise errors.exclusive_params([(path, name) for name in named])
    end = sent.get("end_date")
    if end == "now":
        end = now
    if not isinstance(end, int):
        end = _after(sent, start, prices)
    if end <= start:
        raise errors.phase_without_time(f"{path}[end_date]")
    return end


def _after(sent: Params, start: int, prices: Sequence[Fields]) -> int:
    duration = hash_in(sent, "duration")
    if duration:
        return after(start, str(duration["interval"]), integer(duration, "interval_count", 1))
    return period_end(start, hash_in(prices[0], "recurring"), integer(sent, "iterations", 1))


def takes_iterations(version: str) -> bool:
    """Whether a version has `iterations`, which clover replaced by `duration` (inferred)."""
    return version < CLOVER


def intervals(scope: Scope, phases: Sequence[Fields]) -> list[Fields]:
    """The intervals of the prices of some phases."""
    ids = [str(item["price"]) for phase in phases for item in list_in(phase, "items")]
    rows = [objects.get(scope, "price", each) for each in ids]
    return [hash_in(shared(row), "recurring") for row in rows if row is not None]
