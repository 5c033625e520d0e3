"""Quotes: line items and totals, and the invoice or the subscription that follows when they are accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from emulator import errors
from emulator.resources import objects
from emulator.resources.billing.products.line_items import RATE, Total, coupons_of, discounts_of, total
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import Additions, created, hash_in, integer, list_in, list_object, of_id
from emulator.resources.generic.base.lists import items
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.json import Json

QUOTE = "quote"
VALID = int(timedelta(days=30).total_seconds())
NOWHERE: Json = {"accepted_at": None, "canceled_at": None, "finalized_at": None}


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new quote, or of a copy of another one. Raises StripeError."""
    copied = _copied(call)
    found = _total(call) if "line_items" in call.params or not copied else None
    return {
        **copied,
        "expires_at": call.now + VALID,
        **fields,
        **(_shown_total(found) if found else {}),
        "discounts": discounts_of(call, call.params, customer=call.params.get("customer")),
        "status_transitions": NOWHERE,
    }


def _copied(call: Call) -> Fields:
    """The fields of the quote that a new one is made from. Raises StripeError."""
    source = hash_in(call.params, "from_quote")
    if not source:
        return {}
    old = decode(of_id(call, QUOTE, str(source["quote"]), "from_quote[quote]"))
    own = ("status", "number", "invoice", "subscription", "expires_at", "metadata", "status_transitions")
    return {name: value for name, value in old.items() if name not in own}


def _total(call: Call) -> Total:
    named = call.params.get("default_tax_rates")
    ids = named if isinstance(named, list) else []
    rates = [objects.shown(call.scope, RATE, of_id(call, RATE, str(each), "default_tax_rates")) for each in ids]
    return total(call, list_in(call.params, "line_items"), coupons_of(call, call.params), rates)


def _shown_total(found: Total) -> Fields:
    recurring = [each for each in found.items if isinstance(each, dict) and _interval(each)]
    return {
        "amount_subtotal": found.subtotal,
        "amount_total": found.total,
        "computed": {"recurring": _recurring(recurring), "upfront": _sums(found.items)},
        "currency": found.currency,
        "line_items": list_object(found.items),
        "total_details": found.details,
    }


def _recurring(recurring: Sequence[Fields]) -> Json:
    """The totals of the recurring items for one interval, that of the first item."""
    if not recurring:
        return None
    interval = _interval(recurring[0])
    sums = {key: value for key, value in _sums(list(recurring)).items() if key != "line_items"}
    return {**sums, "interval": interval["interval"], "interval_count": interval["interval_count"]}


def _interval(item: Mapping[str, Json]) -> Fields:
    return hash_in(hash_in(item, "price"), "recurring")


def _sums(found: Sequence[Json]) -> Fields:
    lines = [each for each in found if isinstance(each, dict)]
    return {
        "amount_subtotal": sum(integer(each, "amount_subtotal") for each in lines),
        "amount_total": sum(integer(each, "amount_total") for each in lines),
        "line_items": list_object(found),
        "total_details": {
            "amount_discount": sum(integer(each, "amount_discount") for each in lines),
            "amount_shipping": 0,
            "amount_tax": sum(integer(each, "amount_tax") for each in lines),
        },
    }


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """The fields after an update, which only a draft allows. Raises StripeError."""
    stored = decode(row)
    if stored.get("status") != "draft":
        raise errors.quote_not_draft()
    whole = {name: value for name, value in fields.items() if name != "line_items"}
    if "discounts" in call.params:
        whole["discounts"] = discounts_of(call, call.params, customer=fields.get("customer"))
    if "line_items" in call.params:
        return {**whole, **_shown_total(_total(call))}
    return {**whole, **({"line_items": stored["line_items"]} if "line_items" in stored else {})}


def _show(_: Row[bytes], __: int, fields: Fields) -> Fields:
    """A quote without the items of its upfront payment, which have an endpoint of their own."""
    computed = hash_in(fields, "computed")
    upfront = {name: value for name, value in hash_in(computed, "upfront").items() if name != "line_items"}
    return {**fields, "computed": {**computed, "upfront": upfront}}


def _finalize(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    number = fields.get("number") or f"QT-{call.sandbox.ids.token(8).upper()}-0001-1"
    return {**fields, "number": number, "expires_at": integer(call.params, "expires_at", integer(fields, "expires_at"))}


def _accept(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    """An accepted quote, with the subscription of its recurring items or the invoice of the others."""
    customer, lines = fields.get("customer"), items(fields, ("line_items",))
    if not customer or not lines:
        return fields
    recurring = [each for each in lines if _interval(each)]
    if recurring:
        sent: Params = {"customer": str(customer), "items": [_priced(each) for each in recurring]}
        return {**fields, "subscription": created(call, "subscription", sent)["id"]}
    return {**fields, "invoice": _invoice(call, str(customer), lines)}


def _invoice(call: Call, customer: str, lines: Sequence[Fields]) -> Json:
    invoice = str(created(call, "invoice", {"customer": customer})["id"])
    for each in lines:
        priced = _priced(each)
        pricing: Params = {"price": priced["price"]}
        created(
            call,
            "invoiceitem",
            {"customer": customer, "invoice": invoice, "pricing": pricing, "quantity": priced["quantity"]},
        )
    objects.change(call.scope, "invoice", of_id(call, "invoice", invoice, "invoice"), billing_reason="quote_accept")
    return invoice


def _priced(item: Mapping[str, Json]) -> Params:
    return {"price": str(hash_in(item, "price")["id"]), "quantity": integer(item, "quantity", 1)}


ADDITIONS = {
    QUOTE: Additions(
        create=_create,
        update=_update,
        show=_show,
        actions={"finalize": _finalize, "accept": _accept},
    ),
}
