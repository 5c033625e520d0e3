"""`/v1/subscriptions`."""

from __future__ import annotations

from functools import partial

from emulator import errors
from emulator.model.answering import paging, verbs
from emulator.model.answering.search import search
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields, within
from emulator.model.stored.objects import of_id
from emulator.model.stored.recipes import Recipe, make
from emulator.model.stored.stored import decode, rendered, shared, stored
from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.modes import billing_mode
from emulator.resources.billing.base.subscription_state import SubscriptionState
from emulator.resources.billing.subscriptions import creating, item_endpoints, pausing, updating
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION, items_of, period_of, shown
from emulator.resources.billing.subscriptions.base.requests import REQUEST_ONLY, modern, params
from emulator.resources.billing.subscriptions.base.states import ENDED
from emulator.resources.billing.subscriptions.canceling import cancel
from emulator.resources.billing.subscriptions.cycles import LIFE
from emulator.resources.billing.subscriptions.events import events
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Value
from emulator.schema.trees import hash_in
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

ABSENT = frozenset({"presentment_details"})
SEARCHED = frozenset("canceled_at created metadata status".split())
CUSTOMER = "customer"


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """The subscription with its items; with one item, also the plan and quantity of that (observed)."""
    fields = shared(row)
    scope = Scope(sandbox, row.owner, now)
    items = [shown(scope, item) for item in items_of(fields)]
    only = items[0] if len(items) == 1 else {}
    listed: Json = {
        "object": "list",
        "data": list(items),
        "has_more": False,
        "total_count": len(items),
        "url": f"/v1/subscription_items?subscription={row.id}",
    }
    own: Fields = {**fields, "items": listed, "plan": only.get("plan"), "quantity": only.get("quantity")}
    return rendered(SUBSCRIPTION, ABSENT, sandbox, row, own)


def _found(call: Call) -> Row[bytes]:
    """The subscription that the path names last. Raises StripeError."""
    parent = of_id(call, CUSTOMER, call.path[CUSTOMER], "id", 404).id if CUSTOMER in call.path else None
    row = verbs.row_of_path(SUBSCRIPTIONS, verbs.Place(list(call.path)[-1]), call)
    if parent not in (None, row.parent):
        raise errors.no_such(SUBSCRIPTION, row.id, "id", 404)
    return row


def _update(call: Call) -> Json:
    """POST /v1/subscriptions/{id}. Raises StripeError."""
    row = _found(call)
    return SUBSCRIPTIONS.respond(call, updating.update(modern(call, decode(row)), row))


def _cancel(call: Call) -> Json:
    """DELETE /v1/subscriptions/{id}, which responds with the canceled subscription. Raises StripeError."""
    return SUBSCRIPTIONS.respond(call, cancel(call, _found(call)))


def _resume(call: Call) -> Json:
    """POST /v1/subscriptions/{id}/resume. Raises StripeError."""
    return SUBSCRIPTIONS.respond(call, pausing.resume(call, _found(call)))


def _migrate(call: Call, row: Row[bytes], _: Fields) -> Fields:
    """POST /v1/subscriptions/{id}/migrate: another billing mode."""
    fields = decode(row)
    return {**fields, "billing_mode": billing_mode(call, clocks.scope_of(call.scope, fields).now)}


# --- lists --------------------------------------------------------------------------------------------------------


def _list(call: Call) -> Json:
    """GET /v1/subscriptions, without the canceled ones unless `status` names them (official). Raises StripeError."""
    params = {name: value for name, value in call.params.items() if name != "status"}
    parent = of_id(call, CUSTOMER, call.path[CUSTOMER], "id", 404).id if call.path else call.params.get(CUSTOMER)
    kept, wanted = verbs.kept(SUBSCRIPTIONS, replace(call, params=params)), call.params.get("status")
    clocked = bool(parent or params.get("test_clock"))

    def keep(row: Row[bytes]) -> bool:
        fields = shared(row)
        if fields.get("test_clock") and not clocked:
            return False  # shown only with their customer or their clock (official)
        return _has_status(str(fields.get("status")), wanted) and kept(row)

    source = verbs.source(SUBSCRIPTIONS, call, str(parent) if parent else None)
    page = paging.page(call, source, noun=SUBSCRIPTION, keep=keep)
    return paging.listing([SUBSCRIPTIONS.respond(call, row) for row in page.rows], call.url, has_more=page.has_more)


def _has_status(state: str, wanted: Value | None) -> bool:
    """Whether a list shows a subscription: `all`, `ended`, one status, or all but canceled ones (official)."""
    if wanted == "ended":
        return state in ENDED
    return state != "canceled" if wanted is None else wanted in ("all", state)


def _has_price(row: Row[bytes], value: Value) -> bool:
    return any(hash_in(item, "price").get("id") == value for item in items_of(shared(row)))


def _in_period(place: int, row: Row[bytes], value: Value) -> bool:
    return any(within(period_of(item)[place], value) for item in items_of(shared(row)))


def _has_tax(row: Row[bytes], value: Value) -> bool:
    enabled = bool(hash_in(shared(row), "automatic_tax").get("enabled"))
    return not isinstance(value, dict) or value.get("enabled") is None or value["enabled"] == enabled


def _search(call: Call) -> Json:
    """GET /v1/subscriptions/search. Raises StripeError."""
    return search(call, SUBSCRIPTION, SEARCHED, partial(SUBSCRIPTIONS.respond, call))


RECIPE = Recipe(
    sent={
        "customer": "@customer",
        "items": [{"price": "@price"}],
        "collection_method": "send_invoice",
        "days_until_due": 30,
    },
    states=("paused",),
)
SUBSCRIPTIONS = stored(
    SUBSCRIPTION,
    "sub",
    noun=SUBSCRIPTION,
    param="id",
    private=SubscriptionState,
    absent=ABSENT,
    request_only=REQUEST_ONLY,
    filters=["collection_method", CUSTOMER, "customer_account", "test_clock"],
    matches={
        "automatic_tax": _has_tax,
        "current_period_end": partial(_in_period, 1),
        "current_period_start": partial(_in_period, 0),
        "plan": _has_price,
        "price": _has_price,
    },
    create=lambda call, sent: creating.create(modern(call), sent),
    then=lambda call, row: creating.begin(modern(call), row),
    render=_render,
    events=events,
    unknown=partial(make, SUBSCRIPTION, "sub", lambda *_: {"status": "active"}, RECIPE),
    actions={"migrate": _migrate},
    params={
        "create": partial(params, "PostSubscriptions"),
        "update": partial(params, "PostSubscriptionsSubscriptionExposedId"),
    },
    timer=LIFE.timer,
    elapse=LIFE.by_itself,
    verbs={"resume": _resume, "update": _update, "delete": _cancel, "list": _list, "search": _search},
)
RESOURCES = (SUBSCRIPTIONS, item_endpoints.ITEMS)
