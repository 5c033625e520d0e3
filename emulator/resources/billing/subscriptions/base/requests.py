"""The parameters of requests about subscriptions: prices, trials, discounts, defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.model.stored.objects import of_id
from emulator.resources.billing.base import automatic_tax
from emulator.resources.billing.base.old_parameters import modern_params
from emulator.resources.billing.products.line_items import price_of
from emulator.schema import spec
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer, list_in
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json
from emulator.wire.path import below
from emulator.wire.timestamps import DAY

# The first values of hashes of a subscription that show more than was sent (observed).
FIRST: Mapping[str, Fields] = {
    "cancellation_details": {"comment": None, "feedback": None, "feedback_option": None, "reason": None},
    "invoice_settings": {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": {"type": "self"},
    },
    "managed_payments": {"enabled": False},
    "payment_settings": {
        "payment_method_options": None,
        "payment_method_types": None,
        "save_default_payment_method": "off",
    },
}
METHOD = "default_payment_method"
END_BEHAVIOR: Mapping[str, Json] = {"billing_cycle_anchor": "now", "missing_payment_method": "create_invoice"}
# Parameters of creates and updates that no response shows.
REQUEST_ONLY = (
    "add_invoice_items",
    "backdate_start_date",
    "off_session",
    "payment_behavior",
    "plan",
    "prorate",
    "proration_behavior",
    "proration_date",
    "quantity",
    "trial_from_plan",
    "trial_period_days",
)


def whole(fields: Fields) -> Fields:
    """The fields of a subscription with every name of their hashes."""
    hashes: Fields = {name: _over(first, hash_in(fields, name)) for name, first in FIRST.items()}
    behavior = hash_in(hash_in(fields, "trial_settings"), "end_behavior")
    rates = fields.get("default_tax_rates") or []
    settings: Json = {"end_behavior": _over(END_BEHAVIOR, behavior)}
    taxed = {automatic_tax.NAME: automatic_tax.of_terms(fields)} if automatic_tax.is_on(fields) else {}
    return {**fields, **hashes, **taxed, "trial_settings": settings, "default_tax_rates": rates}


def _over(first: Mapping[str, Json], sent: Fields) -> Fields:
    """A hash with its first values where nothing was sent."""
    return {**first, **{name: value for name, value in sent.items() if value is not None}}


def prices_of(call: Call, sent: Sequence[Params], path: str = "items") -> list[Fields]:
    """The recurring prices that items of a request name, with their tiers. Raises StripeError."""
    return [recurring_price(call, each, f"{path}[{place}]") for place, each in enumerate(sent)]


def recurring_price(call: Call, sent: Params, path: str) -> Fields:
    """The recurring price of an item, which an old request names `plan`. Raises StripeError.

    An unknown plan is the parameter `plan`, wherever it stands (observed).
    """
    named = sent
    if sent.get("plan") and not sent.get("price"):
        named = {**sent, "price": of_id(call, "plan", str(sent["plan"]), "plan").id}
    price = price_of(call, named, path)
    if not price.get("recurring"):
        raise errors.price_not_recurring(below(path, "price"))
    if "quantity" in sent and hash_in(price, "recurring").get("usage_type") == "metered":
        raise errors.quantity_of_metered_price(path)
    return price


def trial_end_of(call: Call, prices: Sequence[Fields], now: int) -> int | None:
    """The end of the trial that a create asks for: given, after days, or that of the prices."""
    end = call.params.get("trial_end")
    if isinstance(end, int):
        return end
    days = integer(call.params, "trial_period_days")
    if call.params.get("trial_from_plan"):
        days = max((integer(hash_in(price, "recurring"), "trial_period_days") for price in prices), default=0)
    return now + days * DAY if days else None


def named_items(call: Call) -> list[Params]:
    """The items of a request."""
    return list_in(call.params, "items")


# --- old parameters -----------------------------------------------------------------------------------------------


def params(operation: str, version: Version) -> spec.Object:
    """The parameters of an operation; an update may also remove the default payment method (observed)."""
    known = dict(catalog.operation(operation).params_in(version).params)
    if operation != "PostSubscriptions":
        known[METHOD] = replace(known[METHOD], clearable=True)
    return spec.Object(known)


def modern(call: Call, fields: Fields | None = None) -> Call:
    """A request with the parameters that its old ones stand for; `fields` is its subscription. Raises StripeError."""
    return with_discounts(replace(call, params=modern_params(call.params, fields)))


def with_discounts(call: Call) -> Call:
    """A request with the discounts that its coupon, or its promotion code, stands for. Raises StripeError."""
    named = [name for name in ("coupon", "promotion_code") if name in call.params]
    if not named:
        return call
    if len(named) > 1:
        raise errors.exclusive_params([(name,) for name in named])
    others = {name: value for name, value in call.params.items() if name not in named}
    value = call.params[named[0]]
    return replace(call, params={**others, "discounts": [{named[0]: value}] if value else []})
