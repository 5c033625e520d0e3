"""The items of subscriptions. They are stored in the record of their subscription, in order.

The table of items has a row for each id, which only says which subscription it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import template
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base.amounts import amount_of
from emulator.resources.billing.base.periods import Period, period_at
from emulator.resources.billing.base.subscription_state import ItemState, without
from emulator.resources.billing.products.line_items import shown_price
from emulator.resources.billing.products.plan_views import plan_of
from emulator.sandbox.ids import minute_digits
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

SUBSCRIPTION, ITEM = "subscription", "subscription_item"
NAMES = ("id", "object", *sorted({*template(ITEM), "quantity"} - {"id", "object"}))
DIGITS = 10
MOST_PRICES = 64
_shown_prices: dict[tuple[str, int, bool], tuple[bytes, tuple[Fields, Fields]]] = {}  # with the record of the address


def items_of(fields: Mapping[str, Json]) -> list[Fields]:
    """The stored items of a subscription."""
    return cast("list[Fields]", list_in(fields, "items"))


def with_id(scope: Scope, subscription: str, item: Fields) -> Fields:
    """A new item with an id."""
    identifier = scope.sandbox.ids.random("si", DIGITS, minute_digits(scope.now))
    return {**item, "id": identifier, "subscription": subscription}


def sync(scope: Scope, subscription: str, before: Iterable[Fields], after: Iterable[Fields]) -> None:
    """Let the ids of new items be found, and those of removed ones no more."""
    old, new = ({str(item["id"]): None for item in items} for items in (before, after))
    for identifier in (each for each in new if each not in old):
        objects.add(scope, ITEM, identifier, {}, parent=subscription)
    for identifier in (each for each in old if each not in new):
        objects.remove(scope, ITEM, identifier)


def new_item(now: int, price: Fields, sent: Mapping[str, Json], rates: Iterable[Json]) -> Fields:
    """The fields of an item that begins now; it has no id, period or discounts yet."""
    return {
        "created": now,
        "discounts": [],
        "metadata": dict(hash_in(sent, "metadata")),
        "price": price,
        "tax_rates": list(rates),
        **quantity_of(price, integer(sent, "quantity", 1)),
    }


def quantity_of(price: Mapping[str, Json], quantity: int) -> Fields:
    """The quantity of an item; one of a metered price has none."""
    return {} if is_metered(price) else {"quantity": quantity}


def is_metered(price: Mapping[str, Json]) -> bool:
    """Whether a price is charged by usage."""
    return hash_in(price, "recurring").get("usage_type") == "metered"


def due_at_once(fields: Mapping[str, Json]) -> int:
    """The amount of a period of all items, before discounts; metered ones are charged for their usage later."""
    licensed = (item for item in items_of(fields) if not is_metered(hash_in(item, "price")))
    return sum(amount_of(hash_in(item, "price"), integer(item, "quantity", 1)) for item in licensed)


def with_period(item: Fields, anchor: int, now: int, trial_end: int | None = None) -> Fields:
    """An item whose period begins now, and ends with the trial, or at the next period from the anchor.

    A period that begins later than the whole one remembers that, since it costs a share of the price.
    """
    known = without(item, "_whole_period")
    whole = period_at(anchor, hash_in(hash_in(item, "price"), "recurring"), now)
    end = trial_end or whole.end
    short = ItemState(_whole_period=list(whole)) if whole.start < now and not trial_end else ItemState()
    return {**known, "current_period_start": now, "current_period_end": end, **kept(short)}


def period_of(item: Mapping[str, Json]) -> Period:
    """The period that an item is in."""
    return Period(integer(item, "current_period_start"), integer(item, "current_period_end"))


def priced(scope: Scope, item: Mapping[str, Json]) -> Fields:
    """The price of an item with its tiers, in the currency of the subscription."""
    price = hash_in(item, "price")
    row = objects.get(scope, "price", str(price.get("id")))
    return {**shared(row), **price} if row is not None else price


def with_charged_price(scope: Scope, item: Fields) -> Fields:
    """An item as it is shown, but with its price in the currency of the subscription."""
    return {**shown(scope, item), "price": priced(scope, item)}


def amount(scope: Scope, item: Mapping[str, Json]) -> int:
    """The amount of an item for a whole period, before discounts."""
    return amount_of(priced(scope, item), integer(item, "quantity", 1))


def subscription_of(scope: Scope, item: Row[bytes]) -> tuple[Row[bytes], Fields]:
    """The subscription of an item's row, and the item. Raises LookupError where either is gone."""
    row = scope.sandbox.table(SUBSCRIPTION).get(item.owner, item.parent or "")
    if row is None:
        raise LookupError(f"{item.id} has no subscription")
    return row, find(shared(row), item.id)


def find(fields: Mapping[str, Json], identifier: str) -> Fields:
    """The item of an id. Raises LookupError."""
    for each in items_of(fields):
        if each["id"] == identifier:
            return each
    raise LookupError(f"there is no item {identifier}")


def shown(scope: Scope, item: Fields) -> Fields:
    """An item as responses and events show it, with its price as it is now."""
    price, plan = _views(scope, hash_in(item, "price"))
    whole = {**template(ITEM), **item, "price": price, "plan": plan}
    return {name: whole[name] for name in NAMES if name in whole}


def _views(scope: Scope, price: Fields) -> tuple[Fields, Fields]:
    """A price as it is now, and as a plan: made once for all items of a list that have it. Nobody may change them."""
    row = scope.sandbox.table("price").get(scope.owner, str(price.get("id")))
    if row is None:
        current = shown_price(price)
        return current, plan_of(current)
    key = row.id, id(row.data), scope.sandbox.livemode
    found = _shown_prices.get(key)
    if found is None:
        if len(_shown_prices) >= MOST_PRICES:
            _shown_prices.clear()
        current = objects.shown(scope, "price", row)
        found = _shown_prices[key] = row.data, (current, plan_of(current))
    return found[1]


def render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """The item of a row."""
    scope = Scope(sandbox, row.owner, now)
    _, item = subscription_of(scope, row)
    return shown(scope, item)
