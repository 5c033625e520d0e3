"""`/v1/plans`, the older view of recurring prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from emulator import errors
from emulator.model.answering import paging, verbs
from emulator.model.asking.requests import by_request, create
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields, Handler, Resource, account_id
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import decode, encode, sent, updated_fields
from emulator.resources.billing.base.declarations import given_id
from emulator.resources.billing.products import prices
from emulator.resources.billing.products.plan_views import PLAN, PriceState, plan_of, price_fields
from emulator.resources.billing.products.prices import FILTERS, PRICE, PRICES, PRODUCT
from emulator.resources.money.currencies import check_currency
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_at, hash_in, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

TYPE = FILTERS.index("type")
TRIAL = "trial_period_days"
AMOUNT = ("amount", "amount_decimal", "tiers")


def _create(call: Call) -> bytes:
    """The record of a new plan, whose product may be created with it. Raises StripeError."""
    params = call.params
    if not params.get(PRODUCT):
        raise errors.missing_param((PRODUCT,))
    if all(params.get(name) in (None, "") for name in AMOUNT):
        raise errors.plan_without_amount()
    prices.check_amount(params, "amount")
    prices.check_tiers(params)
    plan = {**sent(PLAN, call, frozenset({"id"})), **prices.amounts(params, "amount", "amount_decimal")}
    plan["metadata"] = dict(merged({}, params.get("metadata")))
    if params.get("tiers"):
        plan["tiers"] = [prices.tier(each) for each in list_in(params, "tiers")]
    fields = {**price_fields(plan), "currency": check_currency(str(params["currency"]))}
    prices.check_interval(hash_in(fields, "recurring"))
    prices.check_meter(call, hash_in(fields, "recurring"))
    fields |= prices.aggregation(hash_in(fields, "recurring"), params.get("aggregate_usage"))
    if isinstance(params[PRODUCT], dict):
        fields[PRODUCT] = create(call, PRODUCT, hash_at(params, PRODUCT), inside=PRODUCT).id
    return encode({**fields, "currency_options": prices.options(call, fields)})


def _update(call: Call, row: Row[bytes]) -> bytes:
    """The record after an update of a plan. Raises StripeError."""
    fields = updated_fields(PLAN, call, decode(row), frozenset({TRIAL}))
    if TRIAL in call.params:
        fields["recurring"] = {**hash_in(fields, "recurring"), TRIAL: call.params[TRIAL] or None}
    return encode(fields)


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    return plan_of(PRICES.render(sandbox, row, now))


def _include(call: Call, identifier: str, _: str) -> Json:
    """The tiers, which only an expansion shows."""
    row = objects.get(call.scope, PRICE, identifier)
    return decode(row).get("tiers") if row is not None else None


def _list(call: Call) -> Json:
    """GET /v1/plans: the recurring prices. Raises StripeError."""
    source, keep = verbs.source(PLANS, call), verbs.kept(PLANS, call)
    page = paging.page(call, source, noun=PLAN, keep=lambda row: row.keys[TYPE] == "recurring" and keep(row))
    return paging.listing([PLANS.respond(call, row) for row in page.rows], call.url, has_more=page.has_more)


def _on_recurring(verb: Callable[[Resource[Any], verbs.Place, Call], Json], call: Call) -> Json:
    """A verb on a plan; prices that are paid once are none. Raises StripeError."""
    row = objects.get(call.scope, PRICE, call.path[PLAN])
    if row is not None and row.keys[TYPE] != "recurring":
        raise errors.no_such(PLAN, row.id, PLAN, 404, None)
    return verb(PLANS, verbs.Place(PLAN), call)


def _unknown(scope: Scope, identifier: str, _: str | None) -> Mapping[str, object]:
    product = objects.existing(scope, PRODUCT, f"prod_{identifier}").id
    return {"id": identifier, "currency": "usd", "interval": "month", "amount": 1000, "product": product}


_VERBS: Mapping[str, Callable[[Resource[Any], verbs.Place, Call], Json]] = {
    "retrieve": verbs.retrieve,
    "update": verbs.update,
    "delete": verbs.delete,
}
_HANDLERS: Mapping[str, Handler] = {name: partial(_on_recurring, verb) for name, verb in _VERBS.items()}
PLANS: Resource[bytes] = Resource(
    name=PLAN,
    prefix="price",
    noun=PLAN,
    table=PRICE,
    private=PriceState,
    new_id=given_id(PRICE, "Plan", account_id("price")),
    render=_render,
    include=_include,
    create=_create,
    update=_update,
    delete=lambda _, __: None,
    unknown=by_request(PLAN, _unknown),
    keys=PRICES.keys,
    filters={name: PRICES.filters[name] for name in ("active", "product")},
    verbs={"list": _list, **_HANDLERS},
)
TIERS: Resource[bytes] = Resource(
    name="tiers_of_plan", look_up=lambda call, plan: {"tiers": _include(call, plan, "tiers")}
)
RESOURCES = (PLANS, TIERS)
