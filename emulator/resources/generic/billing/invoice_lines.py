"""The lines of an invoice, and its amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from emulator.resources import objects
from emulator.resources.billing.base import amounts
from emulator.resources.billing.products.line_items import RATE, shown_price
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import hash_in, integer
from emulator.resources.generic.base.lists import items
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.sandbox.ids import ALPHABET
from emulator.wire.json import Json

LINE, ITEM = "line_item", "invoiceitem"
NOT_PRORATED: Json = {"credited_items": None}


def line_of_item(call: Call, identifier: str, item: Mapping[str, Json]) -> Fields:
    """The line of an invoice item."""
    parent: Json = {
        "invoice_item_details": {
            "invoice_item": identifier,
            "proration": False,
            "proration_details": NOT_PRORATED,
            "subscription": None,
        },
        "subscription_item_details": None,
        "type": "invoice_item_details",
    }
    names = (
        "description",
        "discountable",
        "discounts",
        "metadata",
        "period",
        "pricing",
        "quantity",
        "quantity_decimal",
    )
    own = {name: item.get(name) for name in names}
    return _line(call, integer(item, "amount"), str(item["currency"]), parent, {**own, "_rates": item.get("tax_rates")})


def line_of_subscription(call: Call, item: Mapping[str, Json], name: Json, start: int, end: int) -> Fields:
    """The line of a subscription's item for a period."""
    price, quantity = hash_in(item, "price"), integer(item, "quantity", 1)
    parent: Json = {
        "invoice_item_details": None,
        "subscription_item_details": {
            "invoice_item": None,
            "proration": False,
            "proration_details": NOT_PRORATED,
            "subscription": item.get("subscription"),
            "subscription_item": item.get("id"),
        },
        "type": "subscription_item_details",
    }
    details: Json = {"price": price["id"], "product": price["product"]}
    own: Fields = {
        "description": f"{quantity} \u00d7 {name} (at {_shown_amount(price)})",
        "discountable": True,
        "discounts": [],
        "metadata": item.get("metadata") or {},
        "period": {"end": end, "start": start},
        "pricing": pricing(details, price.get("unit_amount_decimal")),
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "_rates": item.get("tax_rates"),
    }
    return _line(call, amounts.amount_of(price, quantity), str(price["currency"]), parent, own)


def _shown_amount(price: Mapping[str, Json]) -> str:
    """`$10.00 / month`, as descriptions have it (observed for dollars)."""
    amount, recurring = integer(price, "unit_amount") / 100, hash_in(price, "recurring")
    sign = "$" if price.get("currency") == "usd" else f"{str(price.get('currency')).upper()} "
    return f"{sign}{amount:.2f} / {recurring.get('interval')}"


def _line(call: Call, amount: int, currency: str, parent: Json, own: Fields) -> Fields:
    fields: Fields = {
        "amount": amount,
        "currency": currency,
        "discount_amounts": [],
        "invoice": None,
        "livemode": call.sandbox.livemode,
        "parent": parent,
        "pretax_credit_amounts": [],
        "subtotal": amount,
        "taxes": [],
        **own,
    }
    identifier = call.sandbox.ids.in_account("il", call.now, call.owner)
    return {"id": identifier, "object": LINE, **dict(sorted(fields.items()))}


def pricing(details: Json, unit_amount: Json) -> Json:
    """The price of a line."""
    return {"price_details": details, "type": "price_details", "unit_amount_decimal": unit_amount}


def hidden_price(call: Call, amount: int, currency: str, description: Json) -> Json:
    """The ids of the price and the product that Stripe makes for an amount: the same for the same one (observed).

    No objects are made for them.
    """
    digest = sha256(f"{call.owner} {amount} {currency} {description}".encode()).digest()
    digits = "".join(ALPHABET[byte % 62] for byte in digits_of(digest))
    return {"price": f"price_{digits[:24]}", "product": f"prod_{digits[:14]}"}


def digits_of(digest: bytes) -> bytes:
    """The bytes of a digest that make an id."""
    return digest[:24]


def with_lines(call: Call, invoice: Fields, lines: Sequence[Fields]) -> Fields:
    """An invoice with these lines, and its amounts: discounts of items, then those of the invoice, then taxes."""
    own = [_item_discounts(call, line) for line in lines]
    left = [integer(line, "amount") - sum(taken for _, taken in found) for line, found in zip(lines, own, strict=True)]
    coupons = [
        (identifier, coupon) for identifier in _ids(invoice, "discounts") if (coupon := _coupon(call, identifier))
    ]
    rates = [_rates(call, line.get("_rates")) or _rates(call, invoice.get("default_tax_rates")) for line in lines]
    found = amounts.lines(left, [coupon for _, coupon in coupons], rates)
    shown: list[Json] = [
        _priced(line, taken, priced, coupons) for line, taken, priced in zip(lines, own, found, strict=True)
    ]
    return {
        **invoice,
        **_amounts(invoice, sum(left), found),
        **_totals(shown),
        "lines": {"object": "list", "data": shown, "has_more": False, "total_count": len(shown), "url": ""},
    }


def _priced(
    line: Fields, taken: Sequence[tuple[str, int]], priced: amounts.Line, coupons: Sequence[tuple[str, Fields]]
) -> Fields:
    """A line with its discounts and taxes; a discount of the invoice is shown at the first of its coupons."""
    shared = [(coupons[0][0], priced.discount)] if coupons and priced.discount else []
    off: list[Json] = [{"amount": amount, "discount": identifier} for identifier, amount in (*taken, *shared)]
    taxes: list[Json] = [
        {
            "amount": tax,
            "tax_behavior": "inclusive" if rate.get("inclusive") else "exclusive",
            "tax_rate_details": {"tax_rate": rate["id"]},
            "taxability_reason": "not_available",
            "taxable_amount": priced.amount - priced.discount - (0 if not rate.get("inclusive") else tax),
            "type": "tax_rate_details",
        }
        for rate, tax in priced.taxes
    ]
    credited: list[Json] = [{**each, "type": "discount"} for each in off if isinstance(each, dict)]
    return {
        **line,
        "discount_amounts": off,
        "pretax_credit_amounts": credited,
        "taxes": taxes,
        "subtotal": priced.amount,
    }


def _amounts(invoice: Fields, subtotal: int, found: Sequence[amounts.Line]) -> Fields:
    total = sum(line.total for line in found)
    tax, included = sum(line.tax for line in found), sum(line.tax - line.added for line in found)
    due = max(total, 0)
    return {
        "amount_due": due,
        "amount_remaining": max(due - integer(invoice, "amount_paid"), 0),
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - included,
        "total": total,
        "total_excluding_tax": total - tax,
    }


def _totals(lines: Sequence[Json]) -> Fields:
    """The discounts and taxes of all lines, each added up."""
    off: dict[str, int] = {}
    taxes: dict[str, Fields] = {}
    for line in lines:
        for each in _list(line, "discount_amounts"):
            off[str(each["discount"])] = off.get(str(each["discount"]), 0) + integer(each, "amount")
        for each in _list(line, "taxes"):
            rate = str(hash_in(each, "tax_rate_details")["tax_rate"])
            old = taxes.get(rate, {"amount": 0, "taxable_amount": 0})
            sums = {name: integer(old, name) + integer(each, name) for name in ("amount", "taxable_amount")}
            taxes[rate] = {**each, **sums}
    discounts: list[Json] = [{"amount": amount, "discount": identifier} for identifier, amount in off.items()]
    credited: list[Json] = [{**each, "type": "discount"} for each in discounts if isinstance(each, dict)]
    return {
        "total_discount_amounts": discounts,
        "total_pretax_credit_amounts": credited,
        "total_taxes": list(taxes.values()),
    }


def _item_discounts(call: Call, line: Fields) -> list[tuple[str, int]]:
    """The amount of each discount of a line."""
    left, found = integer(line, "amount"), []
    for identifier in _ids(line, "discounts"):
        coupon = _coupon(call, identifier)
        if coupon:
            taken = amounts.discounts([left], coupon)[0]
            found.append((identifier, taken))
            left -= taken
    return found


def _coupon(call: Call, discount: str) -> Fields:
    row = objects.get(call.scope, "discount", discount)
    coupon = objects.get(call.scope, "coupon", str(hash_in(decode(row), "source").get("coupon"))) if row else None
    return decode(coupon) if coupon else {}


def _rates(call: Call, found: Json) -> list[Fields]:
    """Whole tax rates, as they are stored."""
    rates = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    rows = [objects.get(call.scope, RATE, str(each["id"])) for each in rates]
    return [objects.shown(call.scope, RATE, row) for row in rows if row is not None]


def _ids(fields: Fields, name: str) -> list[str]:
    found = fields.get(name)
    return [str(each) for each in found] if isinstance(found, list) else []


def _list(line: Json, name: str) -> list[Fields]:
    found = line.get(name) if isinstance(line, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def lines_of(invoice: Fields) -> list[Fields]:
    """The stored lines of an invoice."""
    return items(invoice, ("lines",))


__all__ = ["hidden_price", "line_of_item", "line_of_subscription", "lines_of", "pricing", "shown_price", "with_lines"]
