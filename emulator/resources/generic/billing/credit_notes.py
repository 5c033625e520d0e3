"""Credit notes: of open invoices, whose remaining amount they lower, and of paid ones, refunded or settled elsewhere.

Credits to a customer's balance are refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.resources import objects, paging
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import (
    Additions,
    created,
    hash_in,
    integer,
    list_in,
    list_object,
    of_id,
    rows_of,
    whole,
)
from emulator.resources.generic.base.lists import items
from emulator.resources.generic.billing.invoice_lines import lines_of
from emulator.resources.paging import SequenceSource
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.resources.templates import order, template
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.json import Json

NOTE, LINE, INVOICE = "credit_note", "credit_note_line_item", "invoice"
REFUSED = ("credit_amount", "refunds", "shipping_cost")


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new credit note, and the invoice that it credits. Raises StripeError."""
    invoice, note = _note(call)
    stored = decode(invoice)
    if call.params.get("refund_amount"):
        note = {**note, "refunds": [_refund(call, invoice, integer(call.params, "refund_amount"))]}
    objects.change(call.scope, INVOICE, invoice, **_credited(call, stored, note))
    return {**fields, **note}


def _refund(call: Call, invoice: Row[bytes], amount: int) -> Json:
    """A refund of the payment of an invoice. Raises StripeError without a payment of its own."""
    for payment in call.sandbox.table("invoice_payment").newest(call.owner, parent=invoice.id):
        intent = hash_in(decode(payment), "payment").get("payment_intent")
        if intent and decode(payment).get("status") == "paid":
            refund = created(call, "refund", {"payment_intent": str(intent), "amount": amount})
            return {"amount_refunded": amount, "payment_record_refund": None, "refund": refund["id"], "type": "refund"}
    raise errors.credit_note_without_payment()


def _note(call: Call) -> tuple[Row[bytes], Fields]:
    """The invoice that a request credits, and the fields of the credit note. Raises StripeError."""
    for name in REFUSED:
        if call.params.get(name):
            raise errors.param_not_emulated((name,))
    invoice = of_id(call, INVOICE, str(call.params["invoice"]), "invoice")
    stored = decode(invoice)
    if stored.get("status") not in ("open", "paid"):
        raise errors.credit_note_of_draft()
    lines = _lines(call, stored)
    amount = sum(integer(each, "amount") for each in lines if isinstance(each, dict))
    paid = stored.get("status") == "paid"
    _check_amount(call, stored, amount, paid=paid)
    number = f"{stored.get('number')}-CN-{_earlier(call, invoice.id) + 1:02d}"
    kind = "post_payment" if paid else "pre_payment"
    fields: Fields = {
        "amount": amount,
        "currency": stored.get("currency"),
        "customer": stored.get("customer"),
        "effective_at": integer(call.params, "effective_at", call.now),
        "invoice": invoice.id,
        "lines": list_object(lines),
        "memo": call.params.get("memo"),
        "number": number,
        "out_of_band_amount": call.params.get("out_of_band_amount"),
        "pdf": f"{call.address}/credit_notes/{call.owner}/test_{call.sandbox.ids.token(24)}/pdf?s=ap",
        "post_payment_amount": amount if paid else 0,
        "pre_payment_amount": 0 if paid else amount,
        "reason": call.params.get("reason"),
        "refunds": [],
        "subtotal": amount,
        "subtotal_excluding_tax": amount,
        "total": amount,
        "total_excluding_tax": amount,
        "total_taxes": [],
        "type": kind,
    }
    return invoice, fields


def _lines(call: Call, invoice: Fields) -> list[Json]:
    """The lines of a request, or one of its amount. Raises StripeError."""
    sent = list_in(call.params, "lines")
    if not sent and "amount" not in call.params:
        raise errors.missing_param(("amount",))
    if not sent:
        custom: Params = {"type": "custom_line_item", "unit_amount": integer(call.params, "amount"), "quantity": 1}
        return [_line(call, invoice, custom, "lines[0]")]
    return [_line(call, invoice, each, f"lines[{place}]") for place, each in enumerate(sent)]


def _line(call: Call, invoice: Fields, sent: Params, path: str) -> Fields:
    for name in ("tax_amounts", "tax_rates"):
        if sent.get(name):
            raise errors.param_not_emulated((path, name))
    quantity = integer(sent, "quantity", 1)
    own: Fields = {"quantity": quantity, "type": str(sent["type"])}
    if sent["type"] == "invoice_line_item":
        own |= _of_invoice(invoice, sent, quantity, path)
    else:
        unit = integer(sent, "unit_amount")
        described = {"description": sent.get("description"), "unit_amount": unit, "unit_amount_decimal": str(unit)}
        own |= {"amount": integer(sent, "amount", unit * quantity), **described}
    identifier = call.sandbox.ids.in_account("cnli", call.now, call.owner)
    line = {**whole(LINE, own), "livemode": call.sandbox.livemode}
    return {**line, "id": identifier, "object": LINE}


def _of_invoice(invoice: Fields, sent: Params, quantity: int, path: str) -> Fields:
    """The credit of a line of the invoice: an amount, or a quantity at the line's own price. Raises StripeError."""
    wanted = str(sent.get("invoice_line_item") or "")
    found = next((line for line in lines_of(invoice) if line["id"] == wanted), None)
    if found is None:
        raise errors.no_such("invoice line item", wanted, f"{path}[invoice_line_item]")
    each = integer(found, "amount") // max(integer(found, "quantity", 1), 1)
    amount = integer(sent, "amount", each * quantity)
    return {"amount": amount, "description": found.get("description"), "invoice_line_item": wanted}


def _check_amount(call: Call, invoice: Fields, amount: int, *, paid: bool) -> None:
    """Refuses more than the remainder of an invoice, and a settlement that does not add up. Raises StripeError."""
    credited = integer(invoice, "post_payment_credit_notes_amount")
    left = integer(invoice, "amount_paid") - credited if paid else integer(invoice, "amount_remaining")
    if not 0 < amount <= left:
        raise errors.credit_note_too_large()
    settled = integer(call.params, "out_of_band_amount") + integer(call.params, "refund_amount")
    if settled != (amount if paid else 0):
        raise errors.credit_note_sums_differ(_money(settled, invoice), _money(amount, invoice))


def _money(amount: int, invoice: Fields) -> str:
    signs = {"eur": "€", "gbp": "£", "usd": "$"}
    currency = str(invoice.get("currency"))
    return f"{signs.get(currency, currency.upper() + ' ')}{amount / 100:.2f}"


def _credited(call: Call, invoice: Fields, note: Fields) -> Fields:
    """The fields of an invoice that a credit note changes; one with nothing left to pay is paid (official)."""
    if note["type"] == "post_payment":
        credited = integer(invoice, "post_payment_credit_notes_amount") + integer(note, "amount")
        return {"post_payment_credit_notes_amount": credited}
    amount = integer(note, "amount")
    left = integer(invoice, "amount_remaining") - amount
    changed: Fields = {
        "amount_due": integer(invoice, "amount_due") - amount,
        "amount_remaining": left,
        "pre_payment_credit_notes_amount": integer(invoice, "pre_payment_credit_notes_amount") + amount,
    }
    times = {**hash_in(invoice, "status_transitions"), "paid_at": call.now}
    return changed if left else {**changed, "status": "paid", "status_transitions": times}


def _earlier(call: Call, invoice: str) -> int:
    return sum(1 for _ in rows_of(call, NOTE, "invoice", invoice))


def _void(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    """Adds the amount of a voided credit note to its open invoice again. Raises StripeError for a paid invoice."""
    invoice = of_id(call, INVOICE, str(fields["invoice"]), "invoice")
    stored = decode(invoice)
    if stored.get("status") != "open":
        raise errors.invoice_not_open()
    amount = integer(fields, "amount")
    objects.change(
        call.scope,
        INVOICE,
        invoice,
        amount_due=integer(stored, "amount_due") + amount,
        amount_remaining=integer(stored, "amount_remaining") + amount,
        pre_payment_credit_notes_amount=integer(stored, "pre_payment_credit_notes_amount") - amount,
    )
    return fields


def _preview(call: Call) -> Json:
    """GET /v1/credit_notes/preview. Nothing is stored. Raises StripeError."""
    _, note = _note(call)
    identifier = call.sandbox.ids.in_account("cn", call.now, call.owner)
    own: Fields = {"id": identifier, "created": call.now, "livemode": call.sandbox.livemode, "metadata": {}}
    fields: Mapping[str, Json] = {**template(NOTE), **note, **own, "status": "issued"}
    lines = {**hash_in(fields, "lines"), "url": f"/v1/credit_notes/{identifier}/lines"}
    return {name: lines if name == "lines" else fields[name] for name in order(NOTE) if name in fields}


def _preview_lines(call: Call) -> Json:
    """GET /v1/credit_notes/preview/lines. Raises StripeError."""
    _, note = _note(call)
    page = paging.page(call, SequenceSource(items(note, ("lines",)), lambda each: str(each["id"])), noun=LINE)
    return paging.listing(list(page.rows), call.url, has_more=page.has_more)


ADDITIONS = {
    NOTE: Additions(create=_create, actions={"void": _void}, verbs={"show": _preview}),
    LINE: Additions(endpoints={"GetCreditNotesPreviewLines": _preview_lines}),
}
