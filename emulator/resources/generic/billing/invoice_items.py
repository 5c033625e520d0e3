"""Invoice items: an amount, or a price in a quantity, pending or on a draft."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from emulator import errors
from emulator.errors import StripeError
from emulator.resources import objects
from emulator.resources.billing.base import amounts
from emulator.resources.billing.products.line_items import discounts_of, price_of
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import Additions, hash_in, integer, of_id
from emulator.resources.generic.billing.invoice_lines import (
    ITEM,
    hidden_price,
    line_of_item,
    lines_of,
    pricing,
    with_lines,
)
from emulator.resources.resource import Fields, Resource
from emulator.resources.stored import decode
from emulator.schema.check import Params
from emulator.schema.trees import hash_at
from emulator.store.table import Row
from emulator.wire.json import Json

INVOICE = "invoice"


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new item. Raises StripeError."""
    invoice = _invoice(call)
    now: Json = {"end": call.now, "start": call.now}
    customer = call.params.get("customer") or (decode(invoice).get("customer") if invoice else None)
    defaults: Fields = {
        "customer": customer,
        "date": call.now,
        "discountable": True,
        "discounts": [],
        "frozen_fields": [],
        "invoicing_rules": [],
        "period": now,
        "tax_rates": [],
    }
    found = {**defaults, **fields, **amount(call, call.params, _currency(call, invoice))}
    if "discounts" in call.params:
        found["discounts"] = discounts_of(call, call.params, customer=customer)
    return found


def _invoice(call: Call) -> Row[bytes] | None:
    """The draft that a request names. Raises StripeError for an invoice in another state."""
    named = call.params.get("invoice")
    row = of_id(call, INVOICE, str(named), "invoice") if named else None
    if row is not None and decode(row).get("status") != "draft":
        raise errors.invoice_not_editable()
    return row


def _currency(call: Call, invoice: Row[bytes] | None) -> str:
    """The currency: the parameter's, the invoice's, the customer's, or dollars."""
    customer = objects.get(call.scope, "customer", str(call.params.get("customer") or ""))
    known = (decode(row).get("currency") for row in (invoice, customer) if row is not None)
    return str(call.params.get("currency") or next(filter(None, known), None) or "usd")


def amount(call: Call, sent: Params, currency: str) -> Fields:
    """The amount, the price and the quantity that parameters of an item or a line give. Raises StripeError."""
    quantity = integer(sent, "quantity", 1)
    own: Fields = {"quantity": quantity, "quantity_decimal": str(sent.get("quantity_decimal") or quantity)}
    data, named = hash_in(sent, "price_data"), hash_in(sent, "pricing").get("price")
    if data or named:
        priced: Params = {"price": str(named)} if named else {"price_data": hash_at(sent, "price_data")}
        price = price_of(call, priced, "pricing" if named else "")
        details: Json = {"price": price["id"], "product": price["product"]}
        total = amounts.amount_of(price, quantity)
        own |= {
            "amount": total,
            "currency": price["currency"],
            "pricing": pricing(details, price["unit_amount_decimal"]),
        }
        return own
    whole, each = sent.get("amount"), sent.get("unit_amount_decimal")
    if whole is None and each is None:
        raise errors.missing_param(("amount",))
    if whole is not None and "quantity" in sent:
        raise errors.exclusive_params([("amount",), ("quantity",)])
    unit = str(whole) if whole is not None else str(each)
    total = integer(sent, "amount") if whole is not None else _times(str(each), quantity)
    details = hidden_price(call, total, currency, sent.get("description"))
    return {**own, "amount": total, "currency": currency, "pricing": pricing(details, unit)}


def _times(unit: str, quantity: int) -> int:
    return int((Decimal(unit) * quantity).to_integral_value(ROUND_HALF_UP))


def _attach(call: Call, row: Row[bytes]) -> Row[bytes]:
    """Adds a new item of an invoice as its first line."""
    fields = decode(row)
    invoice = objects.get(call.scope, INVOICE, str(fields.get("invoice") or ""))
    if invoice is not None:
        stored = decode(invoice)
        put(call, invoice, stored, [line_of_item(call, row.id, fields), *lines_of(stored)])
    return row


def put(call: Call, invoice: Row[bytes], stored: Fields, lines: list[Fields]) -> Row[bytes]:
    """Stores an invoice with other lines and their amounts."""
    own = [{**line, "invoice": invoice.id} for line in lines]
    currency = {"currency": own[0]["currency"]} if own else {}
    return objects.change(call.scope, INVOICE, invoice, **{**with_lines(call, stored, own), **currency})


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """The fields after an update, and the line of the item. Raises StripeError once its invoice is final."""
    stored = decode(row)
    invoice = objects.get(call.scope, INVOICE, str(stored.get("invoice") or ""))
    if invoice is not None and decode(invoice).get("status") != "draft":
        raise errors.invoice_not_editable()
    priced = {"amount", "price_data", "pricing", "quantity", "quantity_decimal", "unit_amount_decimal"}
    if priced & call.params.keys():
        fields = {**fields, **amount(call, _with_price(call, stored), str(stored["currency"]))}
    if "discounts" in call.params:
        fields["discounts"] = discounts_of(call, call.params, invoice_item=row.id)
    if invoice is not None:
        found = decode(invoice)
        lines = [line_of_item(call, row.id, fields) if item_of(line) == row.id else line for line in lines_of(found)]
        put(call, invoice, found, lines)
    return fields


def _with_price(call: Call, stored: Fields) -> Params:
    """The parameters of an update, with the price of the item where they give another quantity alone."""
    if {"amount", "price_data", "pricing", "unit_amount_decimal"} & call.params.keys():
        return call.params
    details = hash_in(hash_in(stored, "pricing"), "price_details")
    known = objects.get(call.scope, "price", str(details.get("price")))
    if known is not None:
        return {**call.params, "pricing": {"price": known.id}}
    return {**call.params, "unit_amount_decimal": str(hash_in(stored, "pricing").get("unit_amount_decimal"))}


def item_of(line: Fields) -> Json:
    """The invoice item of a line."""
    return hash_in(hash_in(line, "parent"), "invoice_item_details").get("invoice_item")


def _delete(call: Call, row: Row[bytes]) -> None:
    """Removes the line of an item. Raises StripeError once its invoice is final."""
    invoice = objects.get(call.scope, INVOICE, str(decode(row).get("invoice") or ""))
    if invoice is None:
        return
    stored = decode(invoice)
    if stored.get("status") != "draft":
        raise errors.invoice_item_attached()
    put(call, invoice, stored, [line for line in lines_of(stored) if item_of(line) != row.id])


def _missing(_: Resource[Any], call: Call, template: str) -> StripeError:
    return errors.no_such_invoice_item(call.path[template], "live" if call.sandbox.livemode else "test")


ADDITIONS = {ITEM: Additions(create=_create, then=_attach, update=_update, delete=_delete, missing=_missing)}
