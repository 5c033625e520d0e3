"""`/v1/subscription_items`."""

from __future__ import annotations

from functools import partial

from emulator import errors
from emulator.model.answering import paging
from emulator.model.answering.paging import TableSource
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.recipes import Recipe, make
from emulator.model.stored.stored import decode, shared, stored
from emulator.resources.billing.base import clocks
from emulator.resources.billing.subscriptions.base.checks import check_item
from emulator.resources.billing.subscriptions.base.items import (
    ITEM,
    SUBSCRIPTION,
    find,
    items_of,
    render,
    shown,
    subscription_of,
)
from emulator.resources.billing.subscriptions.base.states import ENDED, check_changeable
from emulator.resources.billing.subscriptions.item_changes import added_item, changed_item, check_changed, check_cleared
from emulator.resources.billing.subscriptions.revising import revise
from emulator.resources.billing.subscriptions.updating import terms_of
from emulator.store.table import Row
from emulator.wire.json import Json


def _create(call: Call) -> Json:
    """POST /v1/subscription_items. Raises StripeError."""
    check_item(call.params)
    row = of_id(call, SUBSCRIPTION, str(call.params["subscription"]), "subscription")
    if shared(row).get("status") in ENDED:
        raise errors.no_such(SUBSCRIPTION, row.id, "subscription", 404)
    item = added_item(call, row, call.params, "")
    return _revised(call, row, [*items_of(decode(row)), item], str(item["id"]))


def _update(call: Call) -> Json:
    """POST /v1/subscription_items/{item}. Raises StripeError."""
    check_item(call.params)
    row, item = subscription_of(call.scope, _found(call))
    changed = changed_item(call, row, item, call.params, "")
    items = [changed if each["id"] == item["id"] else each for each in items_of(decode(row))]
    return _revised(call, row, items, str(item["id"]))


def _delete(call: Call) -> Json:
    """DELETE /v1/subscription_items/{item}. Raises StripeError."""
    row, item = subscription_of(call.scope, _found(call))
    check_cleared(row, item, call.params)
    _revise(call, row, [each for each in items_of(decode(row)) if each["id"] != item["id"]])
    return {"id": item["id"], "object": ITEM, "deleted": True}


def _revised(call: Call, row: Row[bytes], items: list[Fields], identifier: str) -> Json:
    """An item of a subscription after its items changed. Raises StripeError."""
    after = _revise(call, row, items)
    return shown(call.scope, find(shared(after), identifier))


def _revise(call: Call, row: Row[bytes], items: list[Fields]) -> Row[bytes]:
    stored = decode(row)
    scope = clocks.scope_of(call.scope, stored)
    after: Fields = {**stored, "items": list(items)}
    check_changeable(stored, call.params)
    check_changed(after)
    return revise(scope, row, after, terms_of(call, stored))


def _retrieve(call: Call) -> Json:
    """GET /v1/subscription_items/{item}. Raises StripeError."""
    return objects.shown(call.scope, ITEM, _found(call))


def _list(call: Call) -> Json:
    """GET /v1/subscription_items?subscription=. Raises StripeError."""
    source = TableSource(call.sandbox.table(ITEM), call.owner, str(call.params["subscription"]))
    page = paging.page(call, source, noun=ITEM)
    return paging.listing([objects.shown(call.scope, ITEM, row) for row in page.rows], call.url, has_more=page.has_more)


def _found(call: Call) -> Row[bytes]:
    """The item of a path. Raises StripeError, which has neither code nor parameter (observed)."""
    found = objects.get(call.scope, ITEM, call.path["item"])
    if found is None:
        raise errors.invalid_subscription_item(call.path["item"])
    return found


RECIPE = Recipe(
    whole="subscription",
    sent={
        "customer": "@customer",
        "items": [{"price": "@price"}],
        "collection_method": "send_invoice",
        "days_until_due": 30,
    },
    later={  # an item that is not the last one of its subscription
        "items": [
            {"price": "@price"},
            {
                "price_data": {
                    "currency": "usd",
                    "product": "@product",
                    "recurring": {"interval": "month"},
                    "unit_amount": 1000,
                }
            },
        ]
    },
)
ITEMS = stored(
    ITEM,
    "si",
    noun=ITEM,
    render=render,
    unknown=partial(make, ITEM, "si", lambda *_: {}, RECIPE),
    verbs={"create": _create, "retrieve": _retrieve, "update": _update, "delete": _delete, "list": _list},
)
