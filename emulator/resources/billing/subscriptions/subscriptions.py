"""Subscriptions: items, trials, the first invoice, cancelation. Later periods are not billed."""

from __future__ import annotations

from datetime import timedelta

from emulator import errors
from emulator.resources import objects, paging, verbs
from emulator.resources.billing.base.amounts import amount_of
from emulator.resources.billing.base.periods import period_end
from emulator.resources.billing.products.coupons import FARTHEST
from emulator.resources.billing.products.line_items import discounts_of, price_of, rates_of, shown_price
from emulator.resources.billing.products.prices import plan_of
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import FRESH, Additions, declared, hash_in, integer, list_in, of_id
from emulator.resources.generic.billing.first_invoices import begun, needs_method
from emulator.resources.paging import TableSource
from emulator.resources.resource import Fields
from emulator.resources.stored import decode, encode
from emulator.schema.check import Params, Value
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

SUBSCRIPTION, ITEM = "subscription", "subscription_item"
CLOVER = "2025-09-30"
LONGEST_TRIAL = 730
ENDED = ("canceled", "incomplete_expired")
# The parameters that an update of a canceled subscription may have.
KEPT = frozenset({"metadata", "cancellation_details", "expand"})
NO_REASON: Json = {"comment": None, "feedback": None, "reason": None}


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new subscription; its items follow once it has an id. Raises StripeError."""
    _check(call)
    prices = _prices(call)
    _check_prices(call, prices)
    named = zip(list_in(call.params, "items"), prices, strict=True)
    call.params["items"] = [{**_without_data(each), "price": str(price["id"])} for each, price in named]
    now, trial = call.now, _trial_end(call)
    ends_at: Fields = {"trial_start": now, "trial_end": trial, "billing_cycle_anchor": trial} if trial else {}
    due = 0 if trial or call.params.get("schedule") else _due(call, prices)
    needs_method(call, fields, due)
    return {
        "start_date": integer(call.params, "backdate_start_date", now),
        **fields,
        **ends_at,
        FRESH: True,
        "status": "trialing" if trial else "active",
        "billing_mode": billing_mode(call),
        "cancellation_details": NO_REASON,
        "currency": prices[0]["currency"],
        "discounts": discounts_of(call, call.params, customer=call.params.get("customer")),
        "items": None,
    }


def _check(call: Call) -> None:
    """Refuses invalid parameters of a create. Raises StripeError."""
    params = call.params
    items = list_in(params, "items")
    if not items:
        raise errors.missing_param(("items",))
    if params.get("payment_behavior") == "pending_if_incomplete":
        raise errors.pending_if_incomplete_on_create()
    if params.get("days_until_due") and params.get("collection_method") != "send_invoice":
        raise errors.days_without_invoice()
    if params.get("trial_from_plan") and (params.get("trial_end") or params.get("trial_period_days")):
        raise errors.trial_from_plan_and_trial()
    end = params.get("trial_end")
    if isinstance(end, int) and end <= call.now:
        raise errors.time_in_the_past("trial_end", end)
    if isinstance(end, int) and end > call.now + FARTHEST:
        raise errors.time_too_far_ahead("trial_end")
    if "trial_period_days" in params and not 0 <= integer(params, "trial_period_days") <= LONGEST_TRIAL:
        raise errors.trial_too_long()
    named = [str(each["price"]) for each in items if each.get("price")]
    for name in named:
        if named.count(name) > 1:
            raise errors.same_price_twice(name)


def _check_prices(call: Call, prices: list[Fields]) -> None:
    """Refuses several currencies, another one than the customer's, and several intervals. Raises StripeError."""
    currencies = {str(price["currency"]) for price in prices}
    if len(currencies) > 1:
        raise errors.plans_differ("currency")
    intervals = {hash_in(price, "recurring").get("interval") for price in prices}
    mode = billing_mode(call)
    if len(intervals) > 1 and isinstance(mode, dict) and mode["type"] == "classic":
        raise errors.plans_differ("interval")
    customer = objects.get(call.scope, "customer", str(call.params.get("customer") or call.path.get("customer") or ""))
    known = decode(customer).get("currency") if customer is not None else None
    if known and known not in currencies:
        raise errors.currencies_combined(str(known))


def _prices(call: Call) -> list[Fields]:
    return [_price(call, each, f"items[{place}]") for place, each in enumerate(list_in(call.params, "items"))]


def _due(call: Call, prices: list[Fields]) -> int:
    """The price of the first period before discounts."""
    quantities = [integer(each, "quantity", 1) for each in list_in(call.params, "items")]
    return sum(
        amount_of(price, quantity)
        for price, quantity in zip(prices, quantities, strict=True)
        if hash_in(price, "recurring").get("usage_type") != "metered"
    )


def _without_data(sent: Params) -> Params:
    return {name: value for name, value in sent.items() if name != "price_data"}


def _price(call: Call, sent: Params, path: str) -> Fields:
    """The recurring price of an item. Raises StripeError."""
    price = price_of(call, sent, path)
    if not price.get("recurring"):
        raise errors.price_not_recurring(f"{path}[price]")
    return shown_price(price)


def _trial_end(call: Call) -> int | None:
    end, days = call.params.get("trial_end"), integer(call.params, "trial_period_days")
    if isinstance(end, int):
        return end
    return call.now + int(timedelta(days=days).total_seconds()) if days else None


def billing_mode(call: Call) -> Json:
    """The billing mode: flexible by default since clover, or as requested (observed)."""
    sent = hash_in(call.params, "billing_mode")
    kind = sent.get("type") or ("flexible" if call.version.date >= CLOVER else "classic")
    if kind == "classic":
        return {"flexible": None, "type": "classic"}
    details: Json = {"proration_discounts": "included", **hash_in(sent, "flexible")}
    return {"flexible": details, "type": "flexible", "updated_at": call.now}


def _with_items(call: Call, row: Row[bytes]) -> Row[bytes]:
    items = list_in(call.params, "items")
    for place, (price, each) in enumerate(zip(_prices(call), items, strict=True)):
        add_item(call, row, price, each, f"items[{place}]")
    fields = {name: value for name, value in decode(row).items() if name != FRESH}
    whole = begun(call, row, fields, items_of(call, row))
    below = row._replace(parent=str(fields.get("customer") or ""), data=encode(whole))
    call.sandbox.table(SUBSCRIPTION).put(below._replace(keys=declared(SUBSCRIPTION).keys(below.data)))
    return below


def add_item(call: Call, row: Row[bytes], price: Fields, sent: Params, path: str) -> Row[bytes]:
    """A new item, whose period is that of the trial, or begins now."""
    end = integer(decode(row), "trial_end") or period_end(call.now, hash_in(price, "recurring"))
    fields: Fields = {
        **_item_fields(price, sent),
        "created": call.now,
        "current_period_start": call.now,
        "current_period_end": end,
        "metadata": dict(hash_in(sent, "metadata")),
        "subscription": row.id,
        "tax_rates": list(rates_of(call, sent, path)),
    }
    identifier = call.sandbox.ids.random("si", 14)
    return objects.add(call.scope, ITEM, identifier, fields, parent=row.id)


def _item_fields(price: Fields, sent: Params) -> Fields:
    metered = hash_in(price, "recurring").get("usage_type") == "metered"
    quantity: Fields = {} if metered else {"quantity": integer(sent, "quantity", 1)}
    return {"price": price, "plan": plan_of(price), **quantity}


def _show(_: Row[bytes], __: int, fields: Fields) -> Fields:
    """The plan and quantity of a subscription with one item (observed)."""
    items = list_in(hash_in(fields, "items"), "data")
    only = items[0] if len(items) == 1 else {}
    return {**fields, "plan": only.get("plan"), "quantity": only.get("quantity")}


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """The fields after an update; items change, are added and deleted. Raises StripeError."""
    stored = decode(row)
    if stored.get("status") in ENDED and call.params.keys() - KEPT:
        raise errors.subscription_canceled()
    for place, each in enumerate(list_in(call.params, "items")):
        change_item(call, row, each, f"items[{place}]")
    if "discounts" in call.params:
        fields["discounts"] = discounts_of(call, call.params, subscription=row.id)
    return {**fields, "items": None, **_canceling(call, row, stored)}


def _canceling(call: Call, row: Row[bytes], stored: Fields) -> Fields:
    """The fields that `cancel_at_period_end` changes (observed)."""
    wanted = call.params.get("cancel_at_period_end")
    if not isinstance(wanted, bool) or wanted == bool(stored.get("cancel_at_period_end")):
        return {}
    details = hash_in(stored, "cancellation_details")
    end = max((integer(decode(item), "current_period_end") for item in items_of(call, row)), default=call.now)
    return {
        "cancel_at": end if wanted else None,
        "cancel_at_period_end": wanted,
        "canceled_at": call.now if wanted else None,
        "cancellation_details": {**details, "reason": "cancellation_requested" if wanted else None},
    }


def change_item(call: Call, row: Row[bytes], sent: Params, path: str) -> None:
    if not sent.get("id"):
        add_item(call, row, _price(call, sent, path), sent, path)
        return
    item = of_id(call, ITEM, str(sent["id"]), f"{path}[id]")
    if item.parent != row.id:
        raise errors.no_such("subscription item", item.id, f"{path}[id]")
    if sent.get("deleted"):
        call.sandbox.table(ITEM).remove(item.owner, item.id)
        return
    price = _price(call, sent, path) if sent.get("price") or sent.get("price_data") else hash_in(decode(item), "price")
    fields = {"quantity": integer(decode(item), "quantity", 1), **sent}
    objects.change(call.scope, ITEM, item, **_item_fields(price, fields))


def _cancel(call: Call) -> Json:
    """DELETE /v1/subscriptions/{id}, which responds with the canceled subscription. Raises StripeError."""
    row = verbs.found(declared(SUBSCRIPTION), verbs.Place(list(call.path)[-1]), call)
    fields = decode(row)
    if fields.get("status") in ENDED:
        raise errors.no_such(SUBSCRIPTION, row.id, "id", 404)
    if call.params.get("invoice_now") or call.params.get("prorate"):
        raise errors.effect_not_emulated("the invoice of a subscription that ends")
    details = {**hash_in(fields, "cancellation_details"), **hash_in(call.params, "cancellation_details")}
    ended = objects.change(
        call.scope,
        SUBSCRIPTION,
        row,
        status="canceled",
        ended_at=call.now,
        canceled_at=fields.get("canceled_at") or call.now,
        cancel_at=None,
        cancel_at_period_end=False,
        cancellation_details={**details, "reason": "cancellation_requested"},
    )
    return objects.shown(call.scope, SUBSCRIPTION, ended)


def _list(call: Call) -> Json:
    """GET /v1/subscriptions, without the canceled ones unless `status` names them (official). Raises StripeError."""
    wanted = call.params.get("status")
    resource = declared(SUBSCRIPTION)
    params = {name: value for name, value in call.params.items() if name != "status"}
    parent = of_id(call, "customer", call.path["customer"], "id", 404).id if call.path else None
    kept = verbs.kept(resource, replace(call, params=params))

    def keep(row: Row[bytes]) -> bool:
        state = str(decode(row).get("status"))
        return _has_status(state, wanted) and kept(row)

    source = TableSource(call.sandbox.table(SUBSCRIPTION), call.owner, parent)
    page = paging.page(call, source, noun=SUBSCRIPTION, keep=keep)
    return paging.listing([resource.respond(call, row) for row in page.rows], call.url, has_more=page.has_more)


def _has_status(state: str, wanted: Value | None) -> bool:
    """Whether a list shows a subscription: `all`, `ended`, one status, or all but canceled ones (official)."""
    if wanted == "ended":
        return state in ENDED
    return state != "canceled" if wanted is None else wanted in ("all", state)


def _resume(_: Call, row: Row[bytes], fields: Fields) -> Fields:
    if fields.get("status") in ENDED:
        raise errors.no_such(SUBSCRIPTION, row.id, "id", 404)
    if fields.get("status") != "paused":
        raise errors.subscription_not_paused()
    raise errors.effect_not_emulated("the invoice of a subscription that resumes")


def _migrate(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    return {**fields, "billing_mode": billing_mode(call)}


def _event(before: Fields, after: Fields) -> str:
    ended = after.get("status") == "canceled" != before.get("status")
    return "deleted" if ended else ""


def items_of(call: Call, row: Row[bytes]) -> list[Row[bytes]]:
    return list(call.sandbox.table(ITEM).oldest(row.owner, parent=row.id))


ADDITIONS = {
    SUBSCRIPTION: Additions(
        create=_create,
        then=_with_items,
        update=_update,
        show=_show,
        event=_event,
        actions={"migrate": _migrate, "resume": _resume},
        verbs={"delete": _cancel, "list": _list},
    ),
}
