"""`/v1/prices`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.model.asking.requests import by_request, create
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Diff, Events, Fields, Resource
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared, stored
from emulator.resources.billing.base.amounts import LARGEST
from emulator.resources.billing.base.declarations import searching
from emulator.resources.billing.products.plan_views import PriceState, plan_of
from emulator.resources.generic.base import lists
from emulator.resources.money.currencies import check_currency
from emulator.schema import spec
from emulator.schema.check import Value
from emulator.schema.trees import hash_at, hash_in, integer, list_in
from emulator.store.events import NewEvent
from emulator.store.orders import Key
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

PRODUCT, PRICE = "product", "price"
PATH = "/v1/prices"
BASIL = "2025-03-31"
LONGEST = {"day": 1_095, "week": 156, "month": 36, "year": 3}
AMOUNTS = ("unit_amount", "unit_amount_decimal")
FILTERS = ("active", "currency", "lookup_key", "product", "type")


# --- create -------------------------------------------------------------------------------------------------------


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new price. Raises StripeError for the first of several reasons, in Stripe's order."""
    params = call.params
    _check_product(call)
    recurring = hash_in(fields, "recurring")
    fields |= aggregation(recurring, hash_at(params, "recurring").get("aggregate_usage"))
    if params.get("billing_scheme") == "tiered" and not recurring:
        raise errors.one_time_price_with_tiers()
    check_meter(call, recurring)
    if not any(params.get(name) for name in ("tiers", "custom_unit_amount")) and not has_amount(params):
        raise errors.price_without_amount()
    check_amount(params)
    fields["currency"] = check_currency(str(params["currency"]))
    check_interval(recurring)
    check_tiers(params)
    _take_lookup_key(call, "")
    whole = {"billing_scheme": "per_unit", "tax_behavior": "unspecified", **fields, **amounts(params)}
    whole |= _open_amount(hash_at(params, "custom_unit_amount"))
    if params.get("tiers"):
        whole["tiers"] = [tier(each) for each in list_in(params, "tiers")]
    whole["currency_options"] = options(call, whole)
    whole["type"] = "recurring" if recurring else "one_time"
    if params.get("product_data"):
        whole[PRODUCT] = create(call, PRODUCT, hash_at(params, "product_data"), inside="product_data").id
    return whole


def _check_product(call: Call) -> None:
    named = [name for name in (PRODUCT, "product_data") if call.params.get(name)]
    if not named:
        raise errors.price_without_product()
    if len(named) > 1:
        raise errors.exclusive_params([(name,) for name in named])


def has_amount(params: Mapping[str, Any]) -> bool:
    """Whether a request has an amount for each unit."""
    return any(params.get(name) not in (None, "") for name in AMOUNTS)


def check_amount(params: Mapping[str, Any], name: str = "unit_amount") -> None:
    """Refuses amounts below 0, and both forms of one. Raises StripeError."""
    if all(params.get(each) not in (None, "") for each in (name, f"{name}_decimal")):
        raise errors.exclusive_params([(name,), (f"{name}_decimal",)])
    for each in (name, f"{name}_decimal"):
        if params.get(each) not in (None, "") and Decimal(str(params[each])) < 0:
            raise errors.integer_too_small((each,), 0)


def check_interval(recurring: Mapping[str, Json]) -> None:
    """Refuses periods of more than three years (official). Raises StripeError."""
    interval = str(recurring.get("interval"))
    if recurring and not 1 <= integer(recurring, "interval_count", 1) <= LONGEST[interval]:
        raise errors.interval_too_long(interval, LONGEST[interval])


def aggregation(recurring: Mapping[str, Json], how: Json) -> Fields:
    """How usage records are aggregated, which only versions before basil show. Raises StripeError."""
    if how and recurring.get("usage_type") != "metered":
        raise errors.aggregate_usage_of_licensed_price()
    return kept(PriceState(_aggregate_usage=str(how))) if how else {}


def check_meter(call: Call, recurring: Mapping[str, Json]) -> None:
    """Refuses an unknown meter, one of a price that is not metered, and since basil none. Raises StripeError."""
    meter = recurring.get("meter")
    if not meter:
        if recurring.get("usage_type") == "metered" and call.version.date >= BASIL:
            raise errors.metered_price_without_meter()
        return
    if objects.get(call.scope, "billing.meter", str(meter)) is None:
        raise errors.no_such("billing.meter", str(meter), "recurring[meter]", 400, None)
    if recurring.get("usage_type") != "metered":
        raise errors.meter_of_licensed_price()


def check_tiers(params: Mapping[str, Any]) -> None:
    """Refuses tiers without their mode, that do not rise, or that end (official). Raises StripeError."""
    tiers = list_in(params, "tiers")
    if params.get("billing_scheme") != "tiered":
        if tiers:
            raise errors.tiers_of_price_per_unit()
        return
    if not tiers or not params.get("tiers_mode"):
        raise errors.missing_param(("tiers_mode" if tiers else "tiers",))
    bounds = [each.get("up_to") for each in tiers]
    if bounds[-1] != "inf":
        raise errors.last_tier_ends()
    below = [bound for bound in bounds[:-1] if isinstance(bound, int)]
    if len(below) < len(bounds) - 1 or below != sorted(set(below)) or any(bound < 1 for bound in below):
        raise errors.tiers_not_ascending()


def amounts(params: Mapping[str, Any], whole: str = "unit_amount", decimal: str = "unit_amount_decimal") -> Fields:
    """Both forms of an amount; a fraction of a cent has no whole one. Raises StripeError."""
    if params.get(whole) not in (None, ""):
        return {whole: params[whole], decimal: str(params[whole])}
    if params.get(decimal) in (None, ""):
        return {whole: None, decimal: None}
    amount = Decimal(str(params[decimal])).normalize()
    if abs(amount) > LARGEST:
        raise errors.number_out_of_range()
    return {whole: int(amount) if amount == amount.to_integral_value() else None, decimal: f"{amount:f}"}


def tier(sent: Mapping[str, Any]) -> Fields:
    """A tier as it is shown: without an end where it has none."""
    up_to = sent.get("up_to")
    flat = amounts(sent, "flat_amount", "flat_amount_decimal")
    return {**flat, **amounts(sent), "up_to": None if up_to == "inf" else up_to}


def _open_amount(custom: Mapping[str, Any]) -> Fields:
    """An amount that the customer chooses."""
    if not custom:
        return {}
    bounds = {name: custom.get(name) for name in ("maximum", "minimum", "preset")}
    return {"custom_unit_amount": bounds if custom.get("enabled") else None}


def options(call: Call, fields: Fields) -> Fields:
    """The amounts in each currency, the price's own included. Raises StripeError for a key in upper case."""
    names = ("custom_unit_amount", "tax_behavior", *AMOUNTS)
    tiers: Fields = {"tiers": fields["tiers"]} if fields.get("tiers") else {}
    found: Fields = {str(fields["currency"]): {**{name: fields.get(name) for name in names}, **tiers}}
    for currency, sent in hash_at(call.params, "currency_options").items():
        if currency != currency.lower():
            raise errors.currency_key_not_lowercase(currency)
        check_currency(currency, f"currency_options[{currency}]")
        found[currency] = _option(sent if isinstance(sent, dict) else {})
    return found


def _option(sent: Mapping[str, Any]) -> Fields:
    open_amount = {"custom_unit_amount": None} | _open_amount(hash_at(sent, "custom_unit_amount"))
    tiers: Fields = {"tiers": [tier(each) for each in list_in(sent, "tiers")]} if sent.get("tiers") else {}
    return {**open_amount, "tax_behavior": sent.get("tax_behavior", "unspecified"), **amounts(sent), **tiers}


def _take_lookup_key(call: Call, own: str) -> None:
    """Removes the lookup key of a request from another price, if `transfer_lookup_key` allows. Raises StripeError."""
    key = call.params.get("lookup_key")
    for row in list(with_key(call.scope, "lookup_key", str(key))) if key else ():
        if row.id != own:
            if not call.params.get("transfer_lookup_key"):
                raise errors.lookup_key_used(row.id)
            objects.change(call.scope, PRICE, row, lookup_key=None)


def with_key(scope: Scope, name: str, value: Key) -> Iterator[Row[bytes]]:
    """The prices with a value of a field that lists are filtered by, newest first."""
    rows: Iterator[Row[bytes]] = scope.sandbox.table(PRICE).newest(scope.owner, keys={FILTERS.index(name): value})
    return rows


# --- update -------------------------------------------------------------------------------------------------------


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """The fields after an update; a tax behavior that is known stays (official). Raises StripeError."""
    stored_fields = decode(row)
    _check_archivable(call, row)
    _take_lookup_key(call, row.id)
    known = stored_fields.get("tax_behavior")
    if known != "unspecified" and call.params.get("tax_behavior", known) != known:
        raise errors.tax_behavior_is_known()
    fields["currency_options"] = hash_in(stored_fields, "currency_options")
    if call.params.get("currency_options"):
        fields["currency_options"] = {**hash_in(stored_fields, "currency_options"), **options(call, fields)}
    return fields


def _check_archivable(call: Call, row: Row[bytes]) -> None:
    """Refuses to archive the default price of a product. Raises StripeError."""
    product = objects.get(call.scope, PRODUCT, str(shared(row).get(PRODUCT)))
    if call.params.get("active") is False and product is not None and shared(product).get("default_price") == row.id:
        raise errors.default_price_not_archivable()


# --- show ---------------------------------------------------------------------------------------------------------


def _include(call: Call, identifier: str, name: str) -> Json:
    """The tiers or the amounts in other currencies, which only an expansion shows."""
    found = lists.include(PATH, PRICE, call, identifier, name)
    if name != "currency_options" or not isinstance(found, dict):
        return found
    return {key: {n: v for n, v in hash_in(found, key).items() if n != "tiers"} for key in found}


EVENTS = Events("price.created", "price.updated", "price.deleted")
PLAN_EVENTS = Events("plan.created", "plan.updated", "plan.deleted")


def _events(resource: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
    """The events of a price, and before them those of the plan that a recurring one also is (observed at creation)."""
    if shared(diff.row).get("recurring"):
        shown = resource.render
        yield from PLAN_EVENTS(replace(resource, render=lambda *row: plan_of(shown(*row))), diff)
    yield from EVENTS(resource, diff)


def _is_one_of(row: Row[bytes], value: Value) -> bool:
    return isinstance(value, list) and row.keys[FILTERS.index("lookup_key")] in value


def _recurs(row: Row[bytes], value: Value) -> bool:
    recurring = hash_in(decode(row), "recurring")
    return isinstance(value, dict) and all(recurring.get(name) == each for name, each in value.items())


def _once(scope: Scope, identifier: str, _: str | None) -> Mapping[str, object]:
    product = objects.existing(scope, PRODUCT, f"prod_{identifier}").id
    return {"currency": "usd", "unit_amount": 1000, "product": product}


def _monthly(scope: Scope, identifier: str, parent: str | None) -> Mapping[str, object]:
    return {**_once(scope, identifier, parent), "recurring": {"interval": "month"}}


_AGGREGATIONS = spec.Enum(("last_during_period", "last_ever", "max", "sum"))


def _create_params(version: Version) -> spec.Object:
    """The parameters of a create, with the trial that `trial_from_plan` gives (observed).

    Versions before basil have `aggregate_usage` (official).
    """
    known = catalog.operation("PostPrices").params.params
    recurring = known["recurring"]
    inner = recurring.type.params if isinstance(recurring.type, spec.Object) else {}
    trial = {"trial_period_days": spec.Param(spec.Integer())}
    old = {"aggregate_usage": spec.Param(_AGGREGATIONS)} if version.date < BASIL else {}
    return spec.Object({**known, "recurring": replace(recurring, type=spec.Object({**inner, **trial, **old}))})


def _update_params(_: Version) -> spec.Object:
    """The parameters of an update, which may also remove the lookup key (observed)."""
    known = catalog.operation("PostPricesPrice").params.params
    return spec.Object({**known, "lookup_key": replace(known["lookup_key"], clearable=True)})


PRICES = stored(
    PRICE,
    "price",
    noun=PRICE,
    private=PriceState,
    start={"active": True},
    request_only=["product_data", "transfer_lookup_key"],
    filters=FILTERS,
    matches={"lookup_keys": _is_one_of, "recurring": _recurs},
    create=_create,
    update=_update,
    unknown=by_request(PRICE, _monthly, _once),
    verbs={"search": searching(PRICE, "active currency lookup_key metadata product type")},
    events=_events,
    params={"create": _create_params, "update": _update_params},
    **lists.hiding(PRICE, PATH) | {"include": _include},
)
RESOURCES = (PRICES,)
