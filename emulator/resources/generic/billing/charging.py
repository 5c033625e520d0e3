"""The payment of an invoice by its customer: a payment intent, confirmed at once or completed later."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from emulator import catalog, errors
from emulator.errors import StripeError
from emulator.resources import objects, registry
from emulator.resources.endpoint import Call, Scope
from emulator.resources.generic.base.additions import added, created, hash_in, integer, of_id
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.schema.check import Params
from emulator.store.table import Row, Table
from emulator.wire.json import Json

INTENT, INVOICE, PAYMENT, SUBSCRIPTION = "payment_intent", "invoice", "invoice_payment", "subscription"
LINKS = "invoice_of_intent"  # a table of the ids of invoices by those of payment intents


def method_of(call: Call, *holders: Fields, customer: Json) -> str | None:
    """The first payment method or source that one has, in this order: `holders`, the customer."""
    row = objects.get(call.scope, "customer", str(customer or ""))
    known = decode(row) if row is not None else {}
    names = ("payment_method", "source", "default_payment_method", "default_source")
    own = (holder.get(name) for holder in holders for name in names)
    found = (*own, hash_in(known, "invoice_settings").get("default_payment_method"), known.get("default_source"))
    return next((str(each) for each in found if each), None)


def charged(call: Call, row: Row[bytes], fields: Fields, method: str, description: str) -> Fields:
    """An invoice that is paid, or still processing. Raises StripeError for a decline, and where a customer must act.

    Both are attempts: the changes of the invoice and of the payment intent are kept.
    """
    known = _open_intent(call, row)
    sent: Params = {**_intent(fields, description), **_how(call, method)}
    try:
        intent = _confirmed(call, known, method) if known else created(call, INTENT, sent)
    except StripeError as error:
        if error.body.changes_stay:
            objects.change(call.scope, INVOICE, row, **_attempted(fields, 1))
        raise
    if known is None:
        _add_payment(call, row, fields, intent)
    elif intent["status"] == "succeeded":
        return decode(of_id(call, INVOICE, row.id, "id"))  # the payment has paid it
    if intent["status"] == "requires_action":
        objects.change(call.scope, INVOICE, row, **_attempted(fields, 0))
        raise errors.invoice_requires_action()
    after = _attempted(fields, 1)
    return paid(call.now, after) if intent["status"] == "succeeded" else after


def prepared(call: Call, row: Row[bytes], fields: Fields, description: str) -> Fields:
    """An open invoice with a payment intent for its customer to complete (official)."""
    intent = created(call, INTENT, _intent(fields, description))
    _add_payment(call, row, fields, intent)
    return {**fields, "confirmation_secret": {"client_secret": intent["client_secret"], "type": INTENT}}


def _intent(fields: Fields, description: str) -> Params:
    sent: Params = {
        "amount": integer(fields, "amount_remaining"),
        "currency": str(fields["currency"]),
        "customer": str(fields["customer"]),
        "description": description,
        "payment_method_types": ["card"],
    }
    return {**sent, "setup_future_usage": "off_session"} if fields.get("parent") else sent


def _how(call: Call, method: str) -> Params:
    known = objects.get(call.scope, "payment_method", method)
    kind = str(decode(known).get("type")) if known is not None else "card"
    return {"confirm": True, "payment_method": method, "payment_method_types": [kind]}


def _open_intent(call: Call, row: Row[bytes]) -> str | None:
    """The payment intent that an invoice waits for."""
    for payment in call.sandbox.table(PAYMENT).newest(call.owner, parent=row.id):
        fields = decode(payment)
        intent = hash_in(fields, "payment").get("payment_intent")
        if fields.get("status") == "open" and intent:
            return str(intent)
    return None


def _confirmed(call: Call, intent: str, method: str) -> Fields:
    """The payment intent of an invoice after another attempt. Raises StripeError of a decline."""
    endpoint = registry.endpoint(catalog.operation("PostPaymentIntentsIntentConfirm"))
    if endpoint is None:
        raise TypeError(INTENT)
    inner = replace(
        call, params={"payment_method": method}, path={"intent": intent}, url=f"/v1/payment_intents/{intent}"
    )
    return cast("Fields", endpoint.run(inner))


def _attempted(fields: Fields, more: int) -> Fields:
    return {**fields, "attempted": True, "attempt_count": integer(fields, "attempt_count") + more}


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
    link(call.scope, str(intent["id"]), row.id)


def link(scope: Scope, intent: str, invoice: str) -> None:
    """Lets the success of a payment intent pay an invoice."""
    scope.sandbox.table(LINKS).add(scope.owner, intent, scope.now, invoice.encode())


def changed(scope: Scope, before: Row[bytes], after: Row[bytes]) -> None:
    """Follows a change of a payment intent."""
    table: Table[bytes] = scope.sandbox.table(LINKS)
    found = table.get(scope.owner, after.id)
    if found is None or decode(after).get("status") != "succeeded" or decode(before).get("status") == "succeeded":
        return
    invoice = objects.get(scope, INVOICE, found.data.decode())
    if invoice is not None and decode(invoice).get("status") == "open":
        _settle(scope, invoice, after.id)


def _settle(scope: Scope, invoice: Row[bytes], intent: str) -> None:
    fields = decode(invoice)
    for payment in list(scope.sandbox.table(PAYMENT).newest(scope.owner, parent=invoice.id)):
        if hash_in(decode(payment), "payment").get("payment_intent") == intent:
            times: Json = {"canceled_at": None, "paid_at": scope.now}
            amount = fields.get("amount_remaining")
            objects.change(scope, PAYMENT, payment, status="paid", amount_paid=amount, status_transitions=times)
    attempted = {"attempted": True, "attempt_count": max(integer(fields, "attempt_count"), 1)}
    objects.change(scope, INVOICE, invoice, **paid(scope.now, {**fields, **attempted}))
    details = hash_in(hash_in(fields, "parent"), "subscription_details")
    subscription = objects.get(scope, SUBSCRIPTION, str(details.get("subscription") or ""))
    if subscription is not None and decode(subscription).get("status") in ("incomplete", "past_due"):
        objects.change(scope, SUBSCRIPTION, subscription, status="active")


def paid(now: int, fields: Fields) -> Fields:
    """An invoice with nothing left to pay."""
    times = {**hash_in(fields, "status_transitions"), "paid_at": now}
    own: Fields = {
        "amount_paid": fields.get("amount_due"),
        "amount_remaining": 0,
        "auto_advance": False,
        "next_payment_attempt": None,
        "status": "paid",
        "status_transitions": times,
    }
    return {**fields, **own}
