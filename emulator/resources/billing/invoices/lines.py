"""The lines of invoices: of invoice items, of the items of subscriptions, and as responses show them."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields, Resource
from emulator.model.declaration.templates import template
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import amounts
from emulator.resources.billing.invoices.kept import LineState
from emulator.resources.generic.base.lists import items
from emulator.resources.money.currencies import formatted
from emulator.sandbox.ids import ALPHABET
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_in, hashes_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json

LINE, ITEM, HIDDEN_PRICE = "line_item", "invoiceitem", "hidden_price"
# The kinds of parents of a line; that of a license fee is shown since May 2026 (observed), and never set here.
PARENTS = ("invoice_item_details", "license_fee_subscription_details", "subscription_item_details")
NOT_PRORATED: Json = {"credited_items": None}
_OF_ITEM = "description discountable discounts metadata period pricing quantity quantity_decimal".split()


def of_item(scope: Scope, identifier: str, item: Mapping[str, Json], subscription: str | None = None) -> Fields:
    """The line of an invoice item, whose id is empty for one that is not stored.

    `subscription` is that of the invoice, which the line names too (observed).
    """
    own = {name: item.get(name) for name in _OF_ITEM}
    parent = _parent_of_item(identifier or None, item, subscription)
    rates = kept(LineState(_rates=hashes_in(item, "tax_rates")))
    return _line(scope, integer(item, "amount"), str(item["currency"]), parent, {**own, **rates})


def _parent_of_item(identifier: str | None, item: Mapping[str, Json], subscription: str | None) -> Json:
    """The parent of an item's line: prorations of a subscription are lines of it (observed)."""
    details = hash_in(hash_in(item, "parent"), "subscription_details")
    prorated: Fields = {
        "invoice_item": identifier,
        "proration": bool(item.get("proration")),
        "proration_details": _credited(item),
        "subscription": details.get("subscription") or subscription,
    }
    if details.get("subscription_item"):
        own: Json = {**prorated, "subscription_item": details["subscription_item"]}
        return _parent("subscription_item_details", own)
    return _parent("invoice_item_details", prorated)


def _parent(kind: str, details: Json) -> Json:
    return {**dict.fromkeys(PARENTS), kind: details, "type": kind}


def _credited(item: Mapping[str, Json]) -> Json:
    """The lines that a credit is for, flat as lines show them (observed)."""
    credited = hash_in(hash_in(item, "proration_details"), "credited_items")
    details = hash_in(credited, "invoice_line_item_details")
    return {"credited_items": dict(details)} if details else NOT_PRORATED


def of_subscription(scope: Scope, item: Mapping[str, Json], start: int, end: int, trial: str | None = None) -> Fields:
    """The line of a subscription's item, as it is shown, for a period; that of a trial is free (observed).

    `trial` is the billing mode of the subscription in a trial.
    """
    price, quantity = hash_in(item, "price"), integer(item, "quantity", 1)
    units = counted(scope, price, quantity)
    amount = 0 if trial else amounts.amount_of(priced(scope, price), quantity)
    return of_subscription_amount(
        scope,
        item,
        {"end": end, "start": start},
        amount,
        description=_tried(scope, price, trial, units) if trial else f"{units} (at {shown_amount(price)})",
        unit="0" if trial else price.get("unit_amount_decimal"),
    )


def of_subscription_amount(  # noqa: PLR0913 - a line has as many parts
    scope: Scope,
    item: Mapping[str, Json],
    period: Json,
    amount: int,
    *,
    description: str,
    unit: Json,
    quantity: int | None = None,
) -> Fields:
    """The line of a subscription's item with a given amount, such as that of its usage."""
    price = hash_in(item, "price")
    count = integer(item, "quantity", 1) if quantity is None else quantity
    details: Json = {
        "invoice_item": None,
        "proration": False,
        "proration_details": NOT_PRORATED,
        "subscription": item.get("subscription"),
        "subscription_item": item.get("id"),
    }
    own: Fields = {
        "description": description,
        "discountable": True,
        "discounts": item.get("discounts") or [],
        "metadata": item.get("metadata") or {},
        "period": period,
        "pricing": pricing({"price": price["id"], "product": price["product"]}, unit),
        "quantity": count,
        "quantity_decimal": str(count),
        **kept(LineState(_rates=hashes_in(item, "tax_rates"))),
    }
    parent = _parent("subscription_item_details", details)
    return _line(scope, amount, str(price["currency"]), parent, own)


def _tried(scope: Scope, price: Mapping[str, Json], mode: str, units: str) -> str:
    """`Free trial for 2 cup \u00d7 Tea`; in classic mode `Trial period for Tea (per cup)` (observed)."""
    if mode != "classic":
        return f"Free trial for {units}"
    product = objects.get(scope, "product", str(price.get("product")))
    known = shared(product) if product is not None else {}
    label = known.get("unit_label")
    return f"Trial period for {known.get('name')}" + (f" (per {label})" if label else "")


def with_usage(scope: Scope, line: Fields, price: Fields, units: int) -> Fields:
    """The line of a metered item with the amount of its usage."""
    amount = amounts.amount_of(price, units)
    return {
        **line,
        "amount": amount,
        "description": f"{counted(scope, price, units)} (at {shown_amount(price)})",
        "quantity": units,
        "quantity_decimal": str(units),
        "subtotal": amount,
    }


def priced(scope: Scope, price: Fields) -> Fields:
    """A price with its tiers, which no other object shows."""
    if "tiers" in price:
        return price
    row = objects.get(scope, "price", str(price["id"]))
    return {**price, "tiers": shared(row).get("tiers") if row is not None else None}


def shown_amount(price: Mapping[str, Json]) -> str:
    """`$10.00 / month`, as descriptions have it (observed for dollars)."""
    recurring = hash_in(price, "recurring")
    count = integer(recurring, "interval_count", 1)
    every = f"{recurring.get('interval')}" if count == 1 else f"every {count} {recurring.get('interval')}s"
    amount = formatted(integer(price, "unit_amount"), str(price.get("currency")))
    return f"{amount} / {every}"


def counted(scope: Scope, price: Mapping[str, Json], quantity: int) -> str:
    """`2 user \u00d7 Tea`: a quantity of a price's product, with the label of its units (observed)."""
    product = objects.get(scope, "product", str(price.get("product")))
    known = shared(product) if product is not None else {}
    label = known.get("unit_label")
    return f"{quantity} {label} \u00d7 {known.get('name')}" if label else f"{quantity} \u00d7 {known.get('name')}"


def _line(scope: Scope, amount: int, currency: str, parent: Json, own: Fields) -> Fields:
    fields: Fields = {
        "amount": amount,
        "currency": currency,
        "discount_amounts": [],
        "invoice": None,
        "livemode": scope.sandbox.livemode,
        "parent": parent,
        "pretax_credit_amounts": [],
        "subtotal": amount,
        "taxes": [],
        **own,
    }
    identifier = scope.sandbox.ids.in_account("il", scope.outside.now, scope.owner)
    return {"id": identifier, "object": LINE, **dict(sorted(fields.items()))}


def pricing(details: Json, unit_amount: Json) -> Json:
    """The price of a line."""
    return {"price_details": details, "type": "price_details", "unit_amount_decimal": unit_amount}


def hidden_price(scope: Scope, unit_amount: str, currency: str, description: Json) -> Json:
    """The ids of the price and the product that Stripe makes for an amount: the same for the same one (observed).

    The price is shown inside items and lines of versions before basil alone.
    """
    digest = sha256(f"{scope.owner} {unit_amount} {currency} {description}".encode()).digest()
    digits = "".join(ALPHABET[byte % 62] for byte in digest[:24])
    details: Fields = {"price": f"price_{digits[:24]}", "product": f"prod_{digits[:14]}"}
    if scope.sandbox.table(HIDDEN_PRICE).get(scope.owner, str(details["price"])) is None:
        fields: Fields = {"currency": currency, "product": details["product"], "unit_amount_decimal": unit_amount}
        objects.add(scope, HIDDEN_PRICE, str(details["price"]), fields)
    return details


def _render_hidden(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    """The price of an amount, which is inactive (inferred)."""
    fields = shared(row)
    unit = str(fields["unit_amount_decimal"])
    own: Fields = {
        "id": row.id,
        "created": row.created,
        "livemode": sandbox.livemode,
        "tax_behavior": "unspecified",
        "unit_amount": int(unit) if unit.lstrip("-").isdigit() else None,
    }
    return {**template("price"), **fields, **own}


HIDDEN_PRICES: Resource[bytes] = Resource(name=HIDDEN_PRICE, prefix="price", noun="price", render=_render_hidden)


def lines_of(invoice: Mapping[str, Json]) -> list[Fields]:
    """The stored lines of an invoice."""
    return items(invoice, ("lines",))


def item_of(line: Mapping[str, Json]) -> str | None:
    """The invoice item of a line."""
    parent = hash_in(line, "parent")
    details = hash_in(parent, "invoice_item_details") or hash_in(parent, "subscription_item_details")
    found = details.get("invoice_item")
    return str(found) if found else None
