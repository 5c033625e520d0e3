"""The payment of an invoice by its customer: a payment intent that is confirmed at once, as all others are."""

from __future__ import annotations

from emulator import errors
from emulator.errors import StripeError
from emulator.resources import objects
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import added, created, hash_in, integer
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.json import Json

INTENT, INVOICE, PAYMENT = "payment_intent", "invoice", "invoice_payment"


def method_of(call: Call, *holders: Fields, customer: Json) -> str | None:
    """The payment method or source of the first that has one: a request, an invoice or a subscription, the customer."""
    row = objects.get(call.scope, "customer", str(customer or ""))
    known = decode(row) if row is not None else {}
    names = ("payment_method", "source", "default_payment_method", "default_source")
    own = (holder.get(name) for holder in holders for name in names)
    found = (*own, hash_in(known, "invoice_settings").get("default_payment_method"), known.get("default_source"))
    return next((str(each) for each in found if each), None)


def charged(call: Call, row: Row[bytes], fields: Fields, method: str, description: str) -> Fields:
    """An invoice that is paid, or still processing. Raises StripeError for a decline, and where a customer must act.

    Both are attempts: the invoice and the payment intent keep what they changed.
    """
    sent = _intent(call, fields, method, description)
    try:
        intent = created(call, INTENT, sent)
    except StripeError as error:
        if error.body.changes_stay:
            objects.change(call.scope, INVOICE, row, **_attempted(fields, 1))
        raise
    _add_payment(call, row, fields, intent)
    if intent["status"] == "requires_action":
        objects.change(call.scope, INVOICE, row, **_attempted(fields, 0))
        raise errors.invoice_requires_action()
    after = _attempted(fields, 1)
    return paid(call, after) if intent["status"] == "succeeded" else after


def _intent(call: Call, fields: Fields, method: str, description: str) -> Params:
    known = objects.get(call.scope, "payment_method", method)
    kind = str(decode(known).get("type")) if known is not None else "card"
    sent: Params = {
        "amount": integer(fields, "amount_remaining"),
        "confirm": True,
        "currency": str(fields["currency"]),
        "customer": str(fields["customer"]),
        "description": description,
        "payment_method": method,
        "payment_method_types": [kind],
    }
    if fields.get("parent"):
        sent["setup_future_usage"] = "off_session"
    return sent


def _attempted(fields: Fields, more: int) -> Fields:
    return {**fields, "attempted": True, "attempt_count": integer(fields, "attempt_count") + more}


def paid(call: Call, fields: Fields) -> Fields:
    """An invoice with nothing left to pay."""
    times = {**hash_in(fields, "status_transitions"), "paid_at": call.now}
    own: Fields = {
        "amount_paid": fields.get("amount_due"),
        "amount_remaining": 0,
        "auto_advance": False,
        "next_payment_attempt": None,
        "status": "paid",
        "status_transitions": times,
    }
    return {**fields, **own}


def _add_payment(call: Call, row: Row[bytes], fields: Fields, intent: Fields) -> None:
    done = intent["status"] == "succeeded"
    payment: Fields = {
        "amount_paid": fields.get("amount_remaining") if done else None,
        "amount_requested": fields.get("amount_remaining"),
        "currency": fields.get("currency"),
        "invoice": row.id,
        "is_default": True,
        "payment": {"payment_intent": intent["id"], "type": INTENT},
        "status": "paid" if done else "open",
        "status_transitions": {"canceled_at": None, "paid_at": call.now if done else None},
    }
    added(call, PAYMENT, payment, parent=row.id)
