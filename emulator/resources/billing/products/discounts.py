"""The discount of a customer: the coupon that old versions give it, and that its invoices inherit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emulator import errors
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Diff, Events, Fields, Resource
from emulator.model.declaration.templates import template
from emulator.model.stored import objects
from emulator.model.stored.objects import draw, of_id
from emulator.model.stored.stored import CLOCK, decode, shared, stored
from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.clocks import Life
from emulator.resources.billing.products.line_items import REMOVED, customer_discount
from emulator.resources.billing.products.redemption import (
    CUSTOMER,
    DISCOUNT,
    DiscountState,
    Purchase,
    Redeemed,
    count,
    discount_fields,
    redeemed,
)
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json

SUBSCRIPTION = "subscription"


def of_customer(call: Call, customer: str, name: str, held: Json) -> Json:
    """The discount of a customer by a parameter: a new one in place of `held`, or none. Raises StripeError."""
    if not call.params[name]:
        _remove(call, held)
        return None
    holder = objects.get(call.scope, CUSTOMER, customer)
    clock = shared(holder).get(CLOCK) if holder is not None else call.params.get(CLOCK)
    own: Fields = {CUSTOMER: customer, **({CLOCK: str(clock)} if clock else {})}
    scope = clocks.scope_of(call.scope, own)
    found = redeemed(scope, name, str(call.params[name]), name, Purchase(customer))
    return _placed(call, discount_fields(scope, found, **own), found, held)


def _placed(call: Call, fields: Fields, found: Redeemed, held: Json) -> Json:
    """A new discount; one that replaces another keeps its id, so that the event is that of an update."""
    row = _row(call, held)
    count(call, found)
    if row is None:
        return objects.shown(call.scope, DISCOUNT, objects.add(call.scope, DISCOUNT, draw(call, DISCOUNT), fields))
    return objects.shown(call.scope, DISCOUNT, objects.replace(call.scope, DISCOUNT, row, fields))


def _row(call: Call, held: Json) -> Row[bytes] | None:
    return objects.get(call.scope, DISCOUNT, str(held["id"])) if isinstance(held, dict) and held else None


def _remove(call: Call, held: Json) -> None:
    row = _row(call, held)
    if row is not None:
        objects.remove(call.scope, DISCOUNT, row.id)


# --- endpoints ----------------------------------------------------------------------------------------------------


def _holder(call: Call) -> tuple[str, Row[bytes]]:
    """The subscription, or else the customer, that the path names. Raises StripeError."""
    for name, placed in ((CUSTOMER, CUSTOMER), (SUBSCRIPTION, "subscription_exposed_id")):
        if placed in call.path:
            found = name, of_id(call, name, call.path[placed], "id", 404)
    return found


def _held(call: Call) -> tuple[str, Row[bytes], Row[bytes] | None]:
    """The holder and its discount; of several of a subscription, the first. Raises StripeError."""
    kind, holder = _holder(call)
    if kind == CUSTOMER:
        return kind, holder, _row(call, customer_discount(call, holder.id))
    ids = decode(holder).get("discounts")
    return kind, holder, objects.get(call.scope, DISCOUNT, str(ids[0])) if isinstance(ids, list) and ids else None


def _plausible(call: Call, kind: str, holder: Row[bytes]) -> Fields:
    """The discount of a holder that has none, where unknown ids are created. Raises StripeError elsewhere."""
    if call.sandbox.settings.unknown_ids != "refuse":
        return {**template(DISCOUNT), "id": draw(call, DISCOUNT), "start": call.now}
    raise errors.no_discount(kind, holder.id)


def _show(call: Call) -> Json:
    """GET /v1/customers/{customer}/discount. Raises StripeError."""
    kind, holder, row = _held(call)
    return objects.shown(call.scope, DISCOUNT, row) if row else _plausible(call, kind, holder)


def _delete(call: Call) -> Json:
    """DELETE /v1/customers/{customer}/discount: the discount without its end, and `deleted`. Raises StripeError."""
    kind, holder, row = _held(call)
    shown = objects.shown(call.scope, DISCOUNT, row) if row else _plausible(call, kind, holder)
    if row is not None:
        objects.remove(call.scope, DISCOUNT, row.id)
        customer, subscription = (holder.id, "") if kind == CUSTOMER else ("", holder.id)
        registry.happen(call.scope, REMOVED, row.id, customer, subscription)
    names = {**dict.fromkeys(("id", "object")), **dict.fromkeys(sorted({*shown, "deleted"} - {"end"}))}
    return {name: True if name == "deleted" else shown[name] for name in names}


# --- time ---------------------------------------------------------------------------------------------------------


def _ends(row: Row[bytes]) -> Iterator[int]:
    """The second at which a repeating coupon ends."""
    end = shared(row).get("end")
    if isinstance(end, int):
        yield end


def _end(scope: Scope, row: Row[bytes]) -> None:
    """A discount that has ended is removed, also from its customer or its subscription."""
    fields = shared(row)
    objects.remove(scope, DISCOUNT, row.id)
    registry.happen(scope, REMOVED, row.id, str(fields.get(CUSTOMER) or ""), str(fields.get(SUBSCRIPTION) or ""))


LIFE = Life(DISCOUNT, _ends, _end)
APART = ("checkout_session", "invoice", "invoice_item")
EVENTS = Events("customer.discount.created", "customer.discount.updated", "customer.discount.deleted")


def _events(resource: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
    """The events of a discount of a customer or a subscription; that of one invoice or session has none (official)."""
    fields = shared(diff.row)
    own = private(DiscountState, fields)
    apart = own.get("_direct") or own.get("_quoted") or any(fields.get(name) for name in APART)
    if fields.get(CUSTOMER) and not apart:
        yield from EVENTS(resource, diff)


DISCOUNTS = stored(
    DISCOUNT,
    "di",
    private=DiscountState,
    events=_events,
    verbs={"show": _show, "delete": _delete},
    timer=LIFE.timer,
    elapse=LIFE.by_itself,
)
RESOURCES = (DISCOUNTS,)
