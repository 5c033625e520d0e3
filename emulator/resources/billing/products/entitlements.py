"""`/v1/entitlements/active_entitlements`: the features of the products that a customer subscribes to.

They follow the states, products and periods of the customer's subscriptions; the features of a product that change
count from the next period on (official).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.model.answering import paging
from emulator.model.answering.paging import TableSource, list_object
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Diff, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import shared, stored
from emulator.resources.billing.base.subscription_state import is_fresh
from emulator.resources.billing.products.features import FEATURE, features_of
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_in, list_in
from emulator.store.events import NewEvent
from emulator.store.table import Row, Table
from emulator.wire.json import Json

ENTITLEMENT, SUMMARY = "entitlements.active_entitlement", "entitlements.active_entitlement_summary"
CUSTOMER, SUBSCRIPTION = "customer", "subscription"
ENTITLED = frozenset({"active", "past_due", "trialing"})
LONG_DIGITS = 30


# --- what subscriptions entitle to --------------------------------------------------------------------------------


def changed(scope: Scope, before: Row[bytes], after: Row[bytes]) -> None:
    """Follows a change of a subscription: of its state, its products or its periods."""
    fields, customer = shared(after), str(shared(after).get(CUSTOMER))
    if not is_fresh(fields) and _basis(shared(before)) != _basis(fields) and _is_about(scope, before, after, customer):
        entitle(scope, customer)


def _is_about(scope: Scope, before: Row[bytes], after: Row[bytes], customer: str) -> bool:
    """Whether a change can matter: a product of the subscription has features, or the customer has entitlements."""
    products = {_product_of(item) for row in (before, after) for item in list_in(shared(row), "items")}
    held = scope.sandbox.table(ENTITLEMENT).count(scope.owner, customer)
    return bool(held) or any(features_of(scope, product) for product in products)


def _basis(subscription: Mapping[str, Json]) -> object:
    items = [(_product_of(item), item.get("current_period_start")) for item in list_in(subscription, "items")]
    return subscription.get("status") in ENTITLED and not is_fresh(subscription), items


def _product_of(item: Mapping[str, Json]) -> str:
    return str(hash_in(item, "price").get("product"))


def entitle(scope: Scope, customer: str) -> None:
    """Adds and removes entitlements of a customer, so that they are those of the subscriptions."""
    table: Table[bytes] = scope.sandbox.table(ENTITLEMENT)
    wanted = _wanted(scope, customer)
    held = {str(shared(row)["feature"]): row for row in table.oldest(scope.owner, parent=customer)}
    for feature, row in held.items():
        if feature not in wanted:
            objects.remove(scope, ENTITLEMENT, row.id)
    for feature in wanted:
        known = objects.get(scope, FEATURE, feature)
        if feature not in held and known is not None:
            begin = "61" if scope.sandbox.livemode else "test_61"
            identifier = scope.sandbox.ids.random("ent", LONG_DIGITS, begin)
            fields: Fields = {"feature": feature, "lookup_key": shared(known)["lookup_key"]}
            objects.add(scope, ENTITLEMENT, identifier, fields, parent=customer)
    if held.keys() != set(wanted):
        _summarize(scope, customer)


def _wanted(scope: Scope, customer: str) -> list[str]:
    """The features of the products of all subscriptions that entitle to them, each once."""
    rows: Iterator[Row[bytes]] = scope.sandbox.table(SUBSCRIPTION).oldest(scope.owner, parent=customer)
    entitling = [fields for row in rows if (fields := shared(row)).get("status") in ENTITLED]
    products = dict.fromkeys(_product_of(item) for fields in entitling for item in list_in(fields, "items"))
    return list(dict.fromkeys(feature for product in products for feature in features_of(scope, product)))


def _summarize(scope: Scope, customer: str) -> None:
    """Stores the entitlements of a customer as the event shows them."""
    rows: Iterator[Row[bytes]] = scope.sandbox.table(ENTITLEMENT).oldest(scope.owner, parent=customer)
    data: Json = [objects.shown(scope, ENTITLEMENT, row) for row in rows]
    old = scope.sandbox.table(SUMMARY).get(scope.owner, customer)
    if old is None:
        objects.add(scope, SUMMARY, customer, {"data": data})
    else:
        objects.change(scope, SUMMARY, old, data=data)


# --- show ---------------------------------------------------------------------------------------------------------


def _list(call: Call) -> Json:
    """GET /v1/entitlements/active_entitlements. Raises StripeError."""
    customer = of_id(call, CUSTOMER, str(call.params[CUSTOMER]), CUSTOMER).id
    source: TableSource[bytes] = TableSource(call.sandbox.table(ENTITLEMENT), call.owner, customer)
    page = paging.page(call, source, noun=ENTITLEMENTS.noun, keep=lambda _: True)
    return paging.listing([ENTITLEMENTS.respond(call, row) for row in page.rows], call.url, has_more=page.has_more)


def _summary(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    data = shared(row)["data"]
    url = f"/v1/customers/{row.id}/entitlements"
    return {
        "object": SUMMARY,
        "customer": row.id,
        "entitlements": list_object(data if isinstance(data, list) else (), url),
        "livemode": sandbox.livemode,
    }


def _events(resource: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
    """`entitlements.active_entitlement_summary.updated`, for the first entitlements too."""
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    after = diff.render(resource, diff.row, diff.now)
    nothing: Fields = {**after, "entitlements": {**hash_in(after, "entitlements"), "data": []}}
    before = diff.render(resource, diff.before, diff.then) if diff.before else nothing
    yield snapshot(f"{SUMMARY}.updated", account, before, after)


def _unknown(scope: Scope, identifier: str, _: str | None) -> Fields:
    feature = objects.existing(scope, FEATURE, f"feat_{identifier}")
    return {"feature": feature.id, "lookup_key": shared(feature)["lookup_key"]}


ENTITLEMENTS = stored(ENTITLEMENT, "ent", verbs={"list": _list}, unknown=_unknown)
SUMMARIES: Resource[bytes] = Resource(name=SUMMARY, render=_summary, events=_events)
RESOURCES = (ENTITLEMENTS, SUMMARIES)
