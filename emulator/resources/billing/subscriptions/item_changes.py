"""Changes of the items of a subscription: added, changed, removed."""

from __future__ import annotations

from collections.abc import Sequence

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.model.stored.metadata import merged
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.amounts import in_currency
from emulator.resources.billing.base.periods import period_at
from emulator.resources.billing.products.line_items import rates_of
from emulator.resources.billing.subscriptions.base import redemptions
from emulator.resources.billing.subscriptions.base.checks import check_items, check_prices
from emulator.resources.billing.subscriptions.base.items import (
    ITEM,
    items_of,
    new_item,
    quantity_of,
    with_id,
    with_period,
)
from emulator.resources.billing.subscriptions.base.requests import recurring_price
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row


def changed_items(call: Call, row: Row[bytes], sent: Sequence[Params]) -> list[Fields]:
    """The items of a subscription after those of a request. Raises StripeError."""
    items = {str(item["id"]): item for item in items_of(decode(row))}
    for place, each in enumerate(sent):
        path = f"items[{place}]"
        if not each.get("id"):
            new = added_item(call, row, each, path)
            items[str(new["id"])] = new
            continue
        known = items.get(of_id(call, ITEM, str(each["id"]), f"{path}[id]").id)
        if known is None:
            raise errors.no_such("subscription item", str(each["id"]), f"{path}[id]")
        if each.get("deleted"):
            check_cleared(row, known, each)
            del items[str(known["id"])]
        else:
            items[str(known["id"])] = changed_item(call, row, known, each, path)
    return list(items.values())


def check_cleared(row: Row[bytes], item: Fields, sent: Params) -> None:
    """Refuse to remove an item whose usage is reported by records, unless the request clears them (official).

    Usage of the flexible mode is never cleared. Raises StripeError.
    """
    recurring = hash_in(hash_in(item, "price"), "recurring")
    recorded = recurring.get("usage_type") == "metered" and not recurring.get("meter")
    flexible = hash_in(shared(row), "billing_mode").get("type") == "flexible"
    if recorded and not flexible and not sent.get("clear_usage"):
        raise errors.usage_not_cleared(str(item["id"]))


def check_changed(fields: Fields) -> None:
    """Refuses items that a subscription cannot have together. Raises StripeError."""
    if not items_of(fields):
        raise errors.subscription_without_items()
    prices = [hash_in(item, "price") for item in items_of(fields)]
    check_prices(prices, fields.get("billing_mode"))
    check_items(prices, "id")


def added_item(call: Call, row: Row[bytes], sent: Params, path: str) -> Fields:
    """A new item of a subscription, whose period ends with the running one. Raises StripeError."""
    stored = decode(row)
    price = in_currency(recurring_price(call, sent, path), str(stored["currency"]))
    scope = clocks.scope_of(call.scope, stored)
    item = with_id(scope, row.id, new_item(scope.now, price, sent, rates_of(call, sent, path)))
    item["discounts"] = redemptions.of_item(scope, row.id, stored, item, sent)
    trial = integer(stored, "trial_end") if stored.get("status") == "trialing" else 0
    return with_period(item, integer(stored, "billing_cycle_anchor"), scope.now, trial or None)


def changed_item(call: Call, row: Row[bytes], item: Fields, sent: Params, path: str) -> Fields:
    """An item after the parameters of a request. Raises StripeError."""
    named = any(sent.get(name) for name in ("price", "price_data", "plan"))
    currency = str(shared(row)["currency"])
    price = in_currency(recurring_price(call, sent, path), currency) if named else hash_in(item, "price")
    kept = {name: value for name, value in item.items() if name != "quantity"}
    quantity = quantity_of(price, integer(sent, "quantity", integer(item, "quantity", 1)))
    changed: Fields = _in_period(call, row, {**kept, "price": price, **quantity}, item)
    if "discounts" in sent:
        changed["discounts"] = redemptions.of_item(call.scope, row.id, decode(row), item, sent)
    if "metadata" in sent:
        changed["metadata"] = dict(merged({k: str(v) for k, v in hash_in(item, "metadata").items()}, sent["metadata"]))
    if "tax_rates" in sent:
        changed["tax_rates"] = list(rates_of(call, sent, path))
    return changed


def _in_period(call: Call, row: Row[bytes], item: Fields, before: Fields) -> Fields:
    """An item with another interval: its period stays, and ends at the next one from the anchor (observed)."""
    stored = decode(row)
    was, now = (hash_in(hash_in(each, "price"), "recurring") for each in (before, item))
    same = all(was.get(name) == now.get(name) for name in ("interval", "interval_count"))
    if same or stored.get("status") == "trialing":
        return item
    moment = clocks.scope_of(call.scope, stored).now
    return {**item, "current_period_end": period_at(integer(stored, "billing_cycle_anchor"), now, moment).end}
