"""The invoice items that subscriptions make: prorations, and one-time prices beside a subscription."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields
from emulator.resources.billing.base.amounts import amount_of, in_currency
from emulator.resources.billing.base.periods import Period
from emulator.resources.billing.invoices import items, lines
from emulator.resources.billing.invoices.kept import InvoiceItemState
from emulator.resources.billing.products.line_items import discounts_of, price_of, product_name, rates_of
from emulator.resources.billing.products.redemption import Purchase
from emulator.resources.billing.subscriptions.base.items import items_of, period_of
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

INVOICE_ITEM = lines.ITEM


def add(scope: Scope, fields: Mapping[str, Json], item: Fields, billed_by: str | None = None) -> Row[bytes]:
    """A new pending item of the customer of a subscription, with the id of that where its `parent` does not name it."""
    own: Fields = {"currency": fields["currency"], "customer": fields["customer"], "net_amount": item["amount"]}
    if billed_by is not None:
        own |= kept(InvoiceItemState(_subscription=billed_by))
    return items.add(scope, {**own, **item})


# --- one-time prices ----------------------------------------------------------------------------------------------


def requested(call: Call, scope: Scope, fields: Mapping[str, Json]) -> list[Fields]:
    """The items of `add_invoice_items`. Raises StripeError."""
    return [
        _requested(call, scope, fields, each, f"add_invoice_items[{place}]")
        for place, each in enumerate(list_in(call.params, "add_invoice_items"))
    ]


def _requested(call: Call, scope: Scope, fields: Mapping[str, Json], sent: Params, path: str) -> Fields:
    price, quantity = price_of(call, sent, path), integer(sent, "quantity", 1)
    if price.get("recurring"):
        raise errors.price_recurring(f"{path}[price]")
    price = in_currency(price, str(fields["currency"]))
    amount, details = amount_of(price, quantity), {"price": price["id"], "product": price["product"]}
    start, end = _period(scope, fields, hash_in(sent, "period"))
    return {
        "amount": amount,
        "description": product_name(call, price),
        "discountable": sent.get("discountable", True) is not False,
        "discounts": discounts_of(call, sent, Purchase(fields["customer"])),
        "metadata": dict(hash_in(sent, "metadata")),
        "period": {"end": end, "start": start},
        "pricing": lines.pricing(dict(details), price.get("unit_amount_decimal")),
        "quantity": quantity,
        "tax_rates": list(rates_of(call, sent, path)),
    }


def _period(scope: Scope, fields: Mapping[str, Json], sent: Fields) -> Period:
    """The period of a one-time price: the running one of the items, or as requested."""
    periods = [period_of(item) for item in items_of(fields)]
    known = {
        "max_item_period_start": max((each.start for each in periods), default=scope.now),
        "min_item_period_end": min((each.end for each in periods), default=scope.now),
        "now": scope.now,
    }
    bounds = [hash_in(sent, name) for name in ("start", "end")]
    usual = ("max_item_period_start", "min_item_period_end")
    start, end = (
        integer(bound, "timestamp", known[str(bound.get("type") or name)] if bound.get("type") != "timestamp" else 0)
        for bound, name in zip(bounds, usual, strict=True)
    )
    return Period(start, end)
