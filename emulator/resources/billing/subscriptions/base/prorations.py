"""Prorations: credits for the rest of a period that was billed, debits for the rest at another price or quantity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base.amounts import discounts as off
from emulator.resources.billing.base.periods import Period, period_at
from emulator.resources.billing.base.proration import share
from emulator.resources.billing.base.subscription_state import ItemState
from emulator.resources.billing.invoices import lines
from emulator.resources.billing.invoices.totals import coupon_of
from emulator.resources.billing.products.line_items import product_name
from emulator.resources.billing.subscriptions.base.billing import INVOICE, discounts_of
from emulator.resources.billing.subscriptions.base.invoice_items import INVOICE_ITEM, add
from emulator.resources.billing.subscriptions.base.items import amount, is_metered, items_of, period_of
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

SOURCE = ("invoice", "item", "line")  # of a bill: the line of an invoice, or an item that one will have
FROZEN: Json = ["pricing", "quantity", "discounts"]


class ItemChange(NamedTuple):
    """An item before and after a change, None where it is not there, and the moment from which the change counts."""

    before: Fields | None
    after: Fields | None
    at: int


def changes(before: Mapping[str, Json], after: Mapping[str, Json], at: int) -> list[ItemChange]:
    """The changes of the items of a subscription that are prorated: another price or quantity, or an end."""
    old = {str(item["id"]): item for item in items_of(before)}
    new = {str(item["id"]): item for item in items_of(after)}
    found = [ItemChange(old.get(key), new.get(key), at) for key in dict.fromkeys((*old, *new))]
    return [each for each in found if _differs(each)]


def _differs(change: ItemChange) -> bool:
    was, now = (_terms(item) for item in (change.before, change.after))
    return was != now


def _terms(item: Fields | None) -> object:
    if item is None or is_metered(hash_in(item, "price")):
        return None
    return hash_in(item, "price")["id"], item.get("quantity")


def credited(scope: Scope, fields: Mapping[str, Json], found: Sequence[ItemChange]) -> Iterator[Fields]:
    """The credits of changes: negative shares of the lines that billed the rest of the period."""
    for change in found:
        for line in _billed(scope, fields, change.before or {}):
            period = Period(integer(line, "start"), integer(line, "end"))
            if period.end > change.at:
                yield {
                    **_proration(change.before or {}, Period(change.at, period.end)),
                    "amount": share(-integer(line, "amount"), *period, change.at),
                    "description": _described(scope, "Unused", line, change.at),
                    "pricing": lines.pricing(line.get("price_details"), None),
                    "proration_details": _credited(scope, line),
                    "quantity": line.get("quantity"),
                }


def _billed(scope: Scope, fields: Mapping[str, Json], item: Mapping[str, Json]) -> list[Fields]:
    """The bill for the period of an item: lines of invoices, or in classic mode its price (official)."""
    if not item or is_metered(hash_in(item, "price")):
        return []
    bills: list[Fields] = [dict(each) for each in private(ItemState, item).get("_billed", ())]
    if hash_in(fields, "billing_mode").get("type") == "flexible":
        return bills
    start, end = period_of(item)
    source = bills[-1] if bills else {}
    return [
        {
            **{name: source[name] for name in SOURCE if name in source},
            "amount": net(scope, fields, amount(scope, item)),
            "end": end,
            "price_details": _priced(item),
            "quantity": integer(item, "quantity", 1),
            "start": start,
        }
    ]


def _priced(item: Mapping[str, Json]) -> Json:
    price = hash_in(item, "price")
    return {"price": price["id"], "product": price["product"]}


def debited(scope: Scope, fields: Mapping[str, Json], found: Sequence[ItemChange]) -> Iterator[Fields]:
    """The debits of changes: shares of the new price for the rest of the period of the item."""
    for change in found:
        item = change.after
        if item is None or is_metered(hash_in(item, "price")):
            continue
        quantity, details, price = integer(item, "quantity", 1), _priced(item), hash_in(item, "price")
        whole = period_at(integer(fields, "billing_cycle_anchor"), hash_in(price, "recurring"), change.at)
        yield {
            **_proration(item, Period(change.at, period_of(item).end)),
            "amount": share(net(scope, fields, amount(scope, item)), *whole, change.at),
            "description": _described(scope, "Remaining", {"quantity": quantity, "price_details": details}, change.at),
            "pricing": lines.pricing(details, None),
            "proration_details": {"credited_items": None, "discount_amounts": []},
            "quantity": quantity,
        }


def net(scope: Scope, fields: Mapping[str, Json], whole: int) -> int:
    """An amount after the percentages of the discounts of a subscription, which prorations include."""
    for identifier in discounts_of(scope, fields):
        coupon = coupon_of(scope, str(identifier))
        if coupon.get("percent_off"):
            whole -= off([whole], coupon)[0]
    return whole


def _proration(item: Mapping[str, Json], period: Period) -> Fields:
    """The fields that all prorations have."""
    details: Json = {"subscription": item.get("subscription"), "subscription_item": item.get("id")}
    return {
        "discountable": False,
        "frozen_fields": FROZEN,
        "parent": {"subscription_details": details, "type": "subscription_details"},
        "period": {"end": period.end, "start": period.start},
        "proration": True,
        "tax_rates": item.get("tax_rates") or [],
    }


def _credited(scope: Scope, line: Mapping[str, Json]) -> Json:
    """The line of an invoice that a credit is for; none for an item that no invoice has yet."""
    invoice, identifier = line.get("invoice"), line.get("line")
    if line.get("item"):
        item = objects.get(scope, INVOICE_ITEM, str(line["item"]))
        invoice = shared(item).get("invoice") if item is not None else None
        identifier = _line_of(scope, invoice, str(line["item"]))
    if not invoice or not identifier:
        return {"credited_items": None, "discount_amounts": []}
    details: Json = {"invoice": invoice, "invoice_line_items": [identifier]}
    credited: Json = {"invoice_line_item_details": details, "type": "invoice_line_items"}
    return {"credited_items": credited, "discount_amounts": []}


def _line_of(scope: Scope, invoice: Json, item: str) -> Json:
    row = objects.get(scope, INVOICE, str(invoice)) if invoice else None
    found = lines.lines_of(shared(row)) if row is not None else []
    return next((line["id"] for line in found if lines.item_of(line) == item), None)


def _described(scope: Scope, kind: str, line: Mapping[str, Json], at: int) -> str:
    """`Unused time on 3 x Tea after 10 Nov 2025` (observed)."""
    name = product_name(scope, hash_in(line, "price_details"))
    quantity = integer(line, "quantity", 1)
    what = f"{quantity} \u00d7 {name}" if quantity != 1 else name
    return f"{kind} time on {what} after {datetime.fromtimestamp(at, UTC):%d %b %Y}"


def prorate(scope: Scope, before: Mapping[str, Json], after: Fields, at: int) -> tuple[Fields, list[Row[bytes]]]:
    """Make the pending items of all changes, credits first; the subscription that is returned remembers them."""
    found = changes(before, after, at)
    made = [add(scope, after, item) for item in credited(scope, before, found)]
    owed = [add(scope, after, item) for item in debited(scope, after, found)]
    return {**after, "items": [_remembering(item, found, owed) for item in items_of(after)]}, [*made, *owed]


def _remembering(item: Fields, found: Sequence[ItemChange], owed: Sequence[Row[bytes]]) -> Json:
    """An item whose rest of the period is billed by a debit."""
    if not any(change.after is item for change in found):
        return item
    own: list[Fields] = [
        {
            "amount": integer(shared(row), "amount"),
            "end": hash_in(shared(row), "period")["end"],
            "item": row.id,
            "price_details": hash_in(hash_in(shared(row), "pricing"), "price_details"),
            "quantity": shared(row)["quantity"],
            "start": hash_in(shared(row), "period")["start"],
        }
        for row in owed
        if _item_of(shared(row)) == item["id"]
    ]
    return {**item, **kept(ItemState(_billed=own))}


def _item_of(invoice_item: Mapping[str, Json]) -> Json:
    return hash_in(hash_in(invoice_item, "parent"), "subscription_details").get("subscription_item")
