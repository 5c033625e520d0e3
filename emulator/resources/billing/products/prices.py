"""Products and prices, and the periods of recurring ones; plans are the older view of these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

import orjson

from emulator import errors
from emulator.resources import objects, verbs
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import Additions, created, declared, draw, hash_in, integer, list_in
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.schema.trees import hash_at
from emulator.store.table import Row
from emulator.wire.json import Json

PRODUCT, PRICE, PLAN = "product", "price", "plan"
BASIL = "2025-03-31"
LONGEST = {"day": 1_095, "week": 156, "month": 36, "year": 3}
# The fields of a plan by those of its price, and the names that both have.
RENAMED: Mapping[str, str] = {"amount": "unit_amount", "amount_decimal": "unit_amount_decimal"}
RECURRING = ("interval", "interval_count", "meter", "usage_type")
SHARED = ("active", "billing_scheme", "currency", "metadata", "nickname", "product", "tiers", "tiers_mode")


def _create_product(call: Call) -> Json:
    """POST /v1/products, and a price where its data are given. Raises StripeError."""
    resource, data = declared(PRODUCT), hash_at(call.params, "default_price_data")
    if resource.create is None or resource.new_id is None:
        raise TypeError(PRODUCT)
    record = resource.create(call)
    identifier, price = resource.new_id(call, record), draw(call, PRICE) if data else None
    fields = cast("Fields", orjson.loads(record))
    row = objects.add(call.scope, PRODUCT, identifier, {**fields, "default_price": price})
    if price:
        created(call, PRICE, {**data, "product": identifier}, identifier=price)
    return resource.respond(call, row)


def _product(_: Call, fields: Fields) -> Fields:
    return {"attributes": [], "type": "service", **fields}


def _update_product(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    price = objects.get(call.scope, PRICE, str(call.params.get("default_price") or ""))
    if price is not None and decode(price).get("product") != row.id:
        raise errors.default_price_of_another_product(price.id)
    return fields


def _delete_product(call: Call, row: Row[bytes]) -> None:
    if any(decode(price).get("product") == row.id for price in _prices(call)):
        raise errors.product_with_prices()


def _price(call: Call, fields: Fields) -> Fields:
    """The fields of a new price. Raises StripeError for the first of several reasons, in Stripe's order."""
    params = call.params
    _check_product(call)
    recurring = hash_in(fields, "recurring")
    if params.get("billing_scheme") == "tiered" and not recurring:
        raise errors.one_time_price_with_tiers()
    if recurring.get("usage_type") == "metered" and not recurring.get("meter") and call.version.date >= BASIL:
        raise errors.metered_price_without_meter()
    if not any(params.get(name) for name in ("tiers", "custom_unit_amount")) and not _has_amount(params):
        raise errors.price_without_amount()
    _check_interval(recurring)
    _take_lookup_key(call, "")
    whole = {"billing_scheme": "per_unit", "tax_behavior": "unspecified", **fields, **_amounts(params)}
    custom = hash_at(params, "custom_unit_amount")
    if custom:
        bounds = {"maximum": None, "minimum": None, "preset": None, **hash_in(fields, "custom_unit_amount")}
        whole["custom_unit_amount"] = bounds if custom.get("enabled") else None
    if params.get("tiers"):
        whole["tiers"] = [_tier(each) for each in list_in(params, "tiers")]
    whole["currency_options"] = _options(call, whole)
    whole["type"] = "recurring" if recurring else "one_time"
    if call.params.get("product_data"):
        whole["product"] = created(call, PRODUCT, hash_at(params, "product_data"))["id"]
    return whole


def _check_interval(recurring: Mapping[str, Json]) -> None:
    """Refuses periods of more than three years (official). Raises StripeError."""
    interval = str(recurring.get("interval"))
    if recurring and not 1 <= integer(recurring, "interval_count", 1) <= LONGEST[interval]:
        raise errors.interval_too_long(interval, LONGEST[interval])


def _check_product(call: Call) -> None:
    named = [name for name in ("product", "product_data") if call.params.get(name)]
    if not named:
        raise errors.price_without_product()
    if len(named) > 1:
        raise errors.exclusive_params([(name,) for name in named])


def _has_amount(params: Mapping[str, Any]) -> bool:
    return any(params.get(name) not in (None, "") for name in ("unit_amount", "unit_amount_decimal"))


def _amounts(params: Mapping[str, Any], whole: str = "unit_amount", decimal: str = "unit_amount_decimal") -> Fields:
    """Both forms of an amount; a fraction of a cent has no whole one."""
    if params.get(whole) not in (None, ""):
        return {whole: params[whole], decimal: str(params[whole])}
    if params.get(decimal) in (None, ""):
        return {whole: None, decimal: None}
    amount = Decimal(str(params[decimal])).normalize()
    text = f"{amount:f}"
    return {whole: int(amount) if amount == amount.to_integral_value() else None, decimal: text}


def _tier(sent: Mapping[str, Any]) -> Fields:
    up_to = sent.get("up_to")
    flat = _amounts(sent, "flat_amount", "flat_amount_decimal")
    return {**flat, **_amounts(sent), "up_to": None if up_to == "inf" else up_to}


def _options(call: Call, fields: Fields) -> Json:
    """The amounts in each currency, the price's own included. Raises StripeError for a key in upper case."""
    own = {
        name: fields.get(name) for name in ("custom_unit_amount", "tax_behavior", "unit_amount", "unit_amount_decimal")
    }
    found: Fields = {str(fields["currency"]): own}
    for currency, sent in hash_at(call.params, "currency_options").items():
        if currency != currency.lower():
            raise errors.currency_key_not_lowercase(currency)
        given = sent if isinstance(sent, dict) else {}
        behavior = {"custom_unit_amount": None, "tax_behavior": given.get("tax_behavior", "unspecified")}
        found[currency] = {**behavior, **_amounts(given)}
    return found


def _take_lookup_key(call: Call, own: str) -> None:
    """Removes the lookup key of a request from another price, if `transfer_lookup_key` allows. Raises StripeError."""
    key = call.params.get("lookup_key")
    for row in _prices(call) if key else ():
        if decode(row).get("lookup_key") == key and row.id != own:
            if not call.params.get("transfer_lookup_key"):
                raise errors.lookup_key_used(row.id)
            objects.change(call.scope, PRICE, row, lookup_key=None)


def _update_price(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    _take_lookup_key(call, row.id)
    if call.params.get("currency_options"):
        fields["currency_options"] = {
            **hash_in(decode(row), "currency_options"),
            **hash_in({"o": _options(call, fields)}, "o"),
        }
    return fields


def _prices(call: Call) -> Iterator[Row[bytes]]:
    return call.sandbox.table(PRICE).newest(call.owner)


def _plan(call: Call, fields: Fields) -> Fields:
    """The fields of a new plan, whose product may be created with it. Raises StripeError."""
    product = call.params.get("product")
    if isinstance(product, dict):
        fields["product"] = created(call, PRODUCT, product)["id"]
    _check_interval(fields)
    defaults: Fields = {"billing_scheme": "per_unit", "interval_count": 1, "usage_type": "licensed"}
    if call.params.get("tiers"):
        fields["tiers"] = [_tier(each) for each in list_in(call.params, "tiers")]
    return {**defaults, **fields, **_amounts(call.params, "amount", "amount_decimal")}


def _with_price(call: Call, row: Row[bytes]) -> Row[bytes]:
    """A plan is readable as a price of the same id (official)."""
    if objects.get(call.scope, PRICE, row.id) is None:
        objects.add(call.scope, PRICE, row.id, _price_of(decode(row)))
    return row


def _price_of(plan: Fields) -> Fields:
    recurring: Json = {
        **{name: plan.get(name) for name in RECURRING},
        "trial_period_days": plan.get("trial_period_days"),
    }
    shared = {name: plan[name] for name in SHARED if name in plan}
    amounts = {new: plan.get(old) for old, new in RENAMED.items()}
    return {**shared, **amounts, "recurring": recurring, "tax_behavior": "unspecified", "type": "recurring"}


def _update_plan(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    price = objects.get(call.scope, PRICE, row.id)
    if price is not None:
        objects.change(call.scope, PRICE, price, **_price_of(fields))
    return fields


def _delete_plan(call: Call, row: Row[bytes]) -> None:
    if objects.get(call.scope, PRICE, row.id) is not None:
        call.sandbox.table(PRICE).remove(row.owner, row.id)


def _retrieve_plan(call: Call) -> Json:
    """GET /v1/plans/{plan}: a plan, or the older view of a recurring price. Raises StripeError."""
    price = objects.get(call.scope, PRICE, call.path["plan"])
    if price is None or objects.get(call.scope, PLAN, price.id) is not None or not decode(price).get("recurring"):
        return verbs.retrieve(declared(PLAN), verbs.Place("plan"), call)
    return plan_of(objects.shown(call.scope, PRICE, price))


def plan_of(price: Fields) -> Fields:
    """A recurring price as a plan."""
    recurring = hash_in(price, "recurring")
    names = (
        "active",
        "billing_scheme",
        "created",
        "currency",
        "livemode",
        "metadata",
        "nickname",
        "product",
        "tiers_mode",
    )
    fields: Fields = {
        **{name: price.get(name) for name in names},
        **{old: price.get(new) for old, new in RENAMED.items()},
        **{name: recurring.get(name) for name in (*RECURRING, "trial_period_days")},
        "transform_usage": price.get("transform_quantity"),
    }
    return {"id": price["id"], "object": PLAN, **dict(sorted(fields.items()))}


ADDITIONS = {
    PRODUCT: Additions(
        create=_product, update=_update_product, delete=_delete_product, verbs={"create": _create_product}
    ),
    PRICE: Additions(create=_price, update=_update_price),
    PLAN: Additions(
        create=_plan,
        then=_with_price,
        update=_update_plan,
        delete=_delete_plan,
        verbs={"retrieve": _retrieve_plan},
    ),
}
