"""The items of subscriptions, one by one."""

from __future__ import annotations

from emulator import errors
from emulator.resources import objects
from emulator.resources.billing.products.line_items import price_of, shown_price
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import Additions, hash_in, of_id
from emulator.resources.generic.billing.subscriptions import (
    ENDED,
    ITEM,
    SUBSCRIPTION,
    add_item,
    change_item,
    items_of,
)
from emulator.resources.stored import decode
from emulator.store.table import Row
from emulator.wire.json import Json


def _create_item(call: Call) -> Json:
    """POST /v1/subscription_items. Raises StripeError."""
    row = of_id(call, SUBSCRIPTION, str(call.params["subscription"]), "subscription")
    if decode(row).get("status") in ENDED:
        raise errors.no_such(SUBSCRIPTION, row.id, "subscription", 404)
    price = price_of(call, call.params, "")
    if not price.get("recurring"):
        raise errors.price_not_recurring("price")
    if any(hash_in(decode(item), "price").get("id") == price["id"] for item in items_of(call, row)):
        raise errors.same_price_twice(str(price["id"]))
    return objects.shown(call.scope, ITEM, add_item(call, row, shown_price(price), call.params, ""))


def _update_item(call: Call) -> Json:
    """POST /v1/subscription_items/{item}. Raises StripeError."""
    item = _item(call)
    row = of_id(call, SUBSCRIPTION, str(decode(item)["subscription"]), "subscription")
    change_item(call, row, {**call.params, "id": item.id}, "")
    metadata = hash_in(call.params, "metadata")
    changed = _item(call)
    if metadata:
        merged = {**hash_in(decode(changed), "metadata"), **metadata}
        kept: Json = {name: value for name, value in merged.items() if value != ""}
        changed = objects.change(call.scope, ITEM, changed, metadata=kept)
    return objects.shown(call.scope, ITEM, changed)


def _item(call: Call) -> Row[bytes]:
    """The item of a path. Raises StripeError, which has neither code nor parameter (observed)."""
    found = objects.get(call.scope, ITEM, call.path["item"])
    if found is None:
        raise errors.invalid_subscription_item(call.path["item"])
    return found


def _retrieve_item(call: Call) -> Json:
    """GET /v1/subscription_items/{item}. Raises StripeError."""
    return objects.shown(call.scope, ITEM, _item(call))


ADDITIONS = {ITEM: Additions(verbs={"create": _create_item, "retrieve": _retrieve_item, "update": _update_item})}
