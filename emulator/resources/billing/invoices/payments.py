"""Invoice payments: the payment intents and payment records that pay an invoice, and `/v1/invoice_payments`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from emulator import errors
from emulator.model.asking.requests import create
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Diff, Fields, Resource, Shared
from emulator.model.declaration.side_tables import Index
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared, stored
from emulator.resources.billing.base import clocks
from emulator.resources.billing.invoices.drafts import INVOICE, remaining, subscription_of
from emulator.resources.billing.invoices.kept import InvoiceState
from emulator.resources.payments.intents import payment_verbs, states
from emulator.resources.payments.intents.confirmation import secret_of
from emulator.schema.check import Value
from emulator.schema.trees import hash_in, integer
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json

INTENT, PAYMENT, RECORD = states.PAYMENT, "invoice_payment", "payment_record"
PREPAID = Index("prepaid_intent")  # the ids of payment intents by those of customers
LINKS = Index("invoice_of_intent")  # the ids of invoices by those of payment intents
# By the reason of an invoice; others are payments for an invoice (observed).
DESCRIPTIONS: Mapping[str, str] = {
    "subscription_create": "Subscription creation",
    "subscription_cycle": "Subscription update",
    "subscription_threshold": "Subscription update",
    "subscription_update": "Subscription update",
}
TYPES = ("card", "link")  # of an invoice without types of its own (observed)


# --- payment intents ----------------------------------------------------------------------------------------------


@contextmanager
def prepaid(scope: Scope, customer: str, intent: str) -> Iterator[None]:
    """A block in which an invoice of a customer is paid by a payment intent that exists: a visitor has paid before."""
    PREPAID.put(scope, customer, intent)
    try:
        yield
    finally:
        PREPAID.drop(scope, customer)


def _prepaid(scope: Scope, customer: Json) -> Row[bytes] | None:
    """The payment intent that has paid an invoice before it was made; it pays no other one."""
    return objects.get(scope.outside, INTENT, PREPAID.drop(scope, str(customer)))


def intent_for(scope: Scope, row: Row[bytes], invoice: Shared) -> Row[bytes]:
    """The payment intent for the remaining amount of an invoice, a new one unless it is prepaid. Raises StripeError."""
    known = _prepaid(scope, invoice["customer"])
    if known is not None:
        return _with_details(scope.outside, known, {"customer_reference": None, "order_reference": row.id})
    sent: dict[str, object] = {
        "amount": remaining(invoice),
        "capture_method": "automatic",
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "description": DESCRIPTIONS.get(str(invoice.get("billing_reason")), "Payment for Invoice"),
        "payment_method_types": types_of(invoice),
        **_terms(invoice),
    }
    if subscription_of(invoice):
        sent["setup_future_usage"] = "off_session"
    outside = scope.outside
    found: Row[bytes] = create(outside, INTENT, sent)
    if subscription_of(invoice):
        details = {"customer_reference": None, "order_reference": row.id}
        found = _with_details(outside, found, details)
    return found


def _with_details(scope: Scope, row: Row[bytes], details: Json) -> Row[bytes]:
    return objects.change(scope, INTENT, row, payment_details=details)


def types_of(invoice: Shared) -> list[str]:
    """The types of payment methods that an invoice accepts."""
    named = hash_in(invoice, "payment_settings").get("payment_method_types")
    return [str(each) for each in named] if isinstance(named, list) and named else list(TYPES)


def _terms(invoice: Shared) -> dict[str, object]:
    """The accounts that a payment of an invoice is for, and the statement of its payer."""
    found: dict[str, object] = {
        "application_fee_amount": fee_of(invoice),
        "on_behalf_of": invoice.get("on_behalf_of"),
        "statement_descriptor_suffix": invoice.get("statement_descriptor"),
        "transfer_data": transfer_of(invoice),
    }
    return {name: value for name, value in found.items() if value}


def transfer_of(invoice: Shared) -> Json:
    """The transfer of a payment of an invoice: a subscription may transfer a share of the amount due."""
    data = private(InvoiceState, invoice).get("_transfer_data") or {}
    percent = data.get("amount_percent")
    if not isinstance(percent, int | float):
        return {name: each for name, each in data.items() if name != "amount_percent"} or None
    return {"destination": data["destination"], "amount": int(integer(invoice, "amount_due") * percent / 100 + 0.5)}


def fee_of(invoice: Shared) -> int | None:
    """The application fee of an invoice: an amount, or a share of the amount due, rounded half up."""
    own = private(InvoiceState, invoice)
    amount, percent = own.get("_application_fee_amount"), own.get("_application_fee_percent")
    if amount is not None:
        return min(amount, integer(invoice, "amount_due"))
    if percent:
        return int(integer(invoice, "amount_due") * percent / 100 + 0.5)
    return None


def secret_for(intent: Row[bytes]) -> Fields:
    """The field `confirmation_secret` of an invoice with a payment intent."""
    return {"confirmation_secret": {"client_secret": secret_of(intent), "type": INTENT}}


# --- invoice payments ---------------------------------------------------------------------------------------------


def add(scope: Scope, invoice: Row[bytes], payment: Json, amount: int, *, default: bool) -> Row[bytes]:
    """An open payment of an amount of an invoice."""
    own: Fields = {
        "amount_requested": amount,
        "currency": shared(invoice)["currency"],
        "invoice": invoice.id,
        "is_default": default,
        "payment": payment,
        "status": "open",
    }
    identifier = scope.sandbox.ids.in_account("inpay", scope.outside.now, scope.owner)
    return objects.add(scope, PAYMENT, identifier, own, invoice.id)


def add_intent(scope: Scope, invoice: Row[bytes], fields: Shared, intent: Row[bytes], *, default: bool = True) -> None:
    """The payment of an invoice by a payment intent, whose success pays it."""
    amount = remaining(fields) if default else min(remaining(fields), integer(shared(intent), "amount"))
    add(scope, invoice, {INTENT: intent.id, "type": INTENT}, amount, default=default)
    link(scope, intent.id, invoice.id)


def pay(scope: Scope, payment: Row[bytes], amount: int) -> None:
    """Mark a payment as paid."""
    times: Json = {"canceled_at": None, "paid_at": scope.now}
    objects.change(scope, PAYMENT, payment, status="paid", amount_paid=amount, status_transitions=times)


def of_invoice(scope: Scope, invoice: str, status: str = "") -> list[Row[bytes]]:
    """The payments of an invoice, oldest first; with a status, only those in it."""
    rows = scope.sandbox.table(PAYMENT).oldest(scope.owner, parent=invoice)
    return [row for row in rows if status in ("", shared(row)["status"])]


def intent_of(payment: Row[bytes]) -> str | None:
    """The payment intent of an invoice payment."""
    found = hash_in(shared(payment), "payment").get(INTENT)
    return str(found) if found else None


def open_intent(scope: Scope, invoice: str) -> Row[bytes] | None:
    """The payment intent that an open invoice waits for; one that was canceled is replaced."""
    for payment in of_invoice(scope, invoice, "open"):
        intent = objects.get(scope.outside, INTENT, intent_of(payment)) if shared(payment)["is_default"] else None
        if intent is not None and shared(intent)["status"] != states.CANCELED:
            return intent
    return None


def cancel_open(scope: Scope, invoice: str, reason: str) -> None:
    """Cancel the open payments of an invoice, and their payment intents."""
    for payment in of_invoice(scope, invoice, "open"):
        times: Json = {"canceled_at": scope.now, "paid_at": None}
        objects.change(scope, PAYMENT, payment, status="canceled", status_transitions=times)
        intent = objects.get(scope.outside, INTENT, intent_of(payment))
        if intent is not None and shared(intent)["status"] in states.CANCELABLE[INTENT]:
            payment_verbs.cancel(scope.outside, intent, reason)


def resize(scope: Scope, invoice: str, amount: int) -> None:
    """Let the open payment of an invoice request another amount."""
    intent = open_intent(scope, invoice)
    for payment in of_invoice(scope, invoice, "open"):
        if intent is not None and intent_of(payment) == intent.id:
            objects.change(scope, PAYMENT, payment, amount_requested=amount)
            objects.change(scope.outside, INTENT, intent, amount=amount)


# --- links --------------------------------------------------------------------------------------------------------


def link(scope: Scope, intent: str, invoice: str) -> None:
    """Let an invoice follow a payment intent."""
    LINKS.put(scope, intent, invoice)


def linked(scope: Scope, intent: str) -> Row[bytes] | None:
    """The invoice that follows a payment intent."""
    return objects.get(scope, INVOICE, LINKS.get(scope, intent))


@contextmanager
def unlinked(scope: Scope, intent: str) -> Iterator[None]:
    """A block in which an invoice does not follow its payment intent, as it makes the attempt itself."""
    invoice = LINKS.drop(scope, intent)
    try:
        yield
    finally:
        if invoice is not None:
            LINKS.put(scope, intent, invoice)


# --- endpoints ----------------------------------------------------------------------------------------------------


def attach(call: Call, row: Row[bytes]) -> tuple[Row[bytes], int, str]:
    """Attach the payment of a request to an open invoice: the payment, the amount that it has paid, and its status.

    Raises StripeError.
    """
    scope = clocks.scope_of_customer(call.scope, shared(row).get("customer"))
    fields = shared(row)
    if call.params.get(INTENT):
        return _attach_intent(scope, row, fields, str(call.params[INTENT]))
    if call.params.get(RECORD):
        return _attach_record(scope, row, fields, str(call.params[RECORD]))
    raise errors.missing_param((INTENT,))


def _attach_intent(scope: Scope, row: Row[bytes], fields: Shared, identifier: str) -> tuple[Row[bytes], int, str]:
    intent = objects.get(scope.outside, INTENT, identifier)
    if intent is None:
        raise errors.no_such(INTENT, identifier, INTENT)
    known = shared(intent)
    if known["currency"] != fields["currency"]:
        raise errors.payment_of_another_currency(str(known["currency"]), str(fields["currency"]))
    if known["status"] == states.CANCELED or linked(scope, identifier) is not None:
        raise errors.payment_not_attachable(identifier)
    add_intent(scope, row, fields, intent, default=False)
    payment = of_invoice(scope, row.id)[-1]
    return payment, integer(known, "amount_received"), str(known["status"])


def _attach_record(scope: Scope, row: Row[bytes], fields: Shared, identifier: str) -> tuple[Row[bytes], int, str]:
    record = objects.get(scope, RECORD, identifier)
    if record is None:
        raise errors.no_such(RECORD, identifier, RECORD)
    reported = integer(hash_in(decode(record), "amount_guaranteed"), "value")
    if not reported:
        raise errors.payment_record_not_guaranteed(identifier)
    own: Json = {RECORD: identifier, "type": RECORD}
    payment = add(scope, row, own, min(reported, remaining(fields)), default=False)
    return payment, reported, states.SUCCEEDED


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """`invoice_payment.paid` once a payment is paid; nothing else has an event."""
    if diff.after is None or shared(diff.after)["status"] != "paid":
        return
    if diff.before is None or shared(diff.before)["status"] != "paid":
        shown = diff.render(resource, diff.after, diff.now)
        yield snapshot("invoice_payment.paid", Scope(diff.sandbox, diff.row.owner, diff.now).account, None, shown)


def _of_payment(row: Row[bytes], value: Value) -> bool:
    """The filter `payment`: its type, and the id of the payment."""
    found = hash_in(shared(row), "payment")
    return isinstance(value, dict) and all(found.get(name) == each for name, each in value.items())


PAYMENTS = stored(
    PAYMENT,
    "inpay",
    noun="invoice_payment",
    param="invoice_payment",
    filters=["invoice", "status"],
    matches={"payment": _of_payment},
    unknown={"amount_requested": 1000, "status": "open"},
    events=_events,
)


# --- versions before basil ----------------------------------------------------------------------------------------


def _linked_invoice(call: Call, intent: str) -> Fields | None:
    row = linked(call.scope, intent)
    return {"id": row.id} if row is not None else None


def _payment_of(call: Call, invoice: str) -> Fields | None:
    """The payment of an invoice, and the parameters of that which newer versions do not show."""
    row: Row[bytes] | None = call.sandbox.table(INVOICE).get(call.owner, invoice)
    return payment_fields(call.scope, row) if row is not None else None


def payment_fields(scope: Scope, row: Row[bytes]) -> Fields:
    """The fields of an invoice's payment in old versions."""
    fields, found = shared(row), of_invoice(scope, row.id)
    own = private(InvoiceState, fields)
    intent = next((objects.get(scope.outside, INTENT, intent_of(each)) for each in found if intent_of(each)), None)
    paid = [each for each in found if shared(each)["status"] == "paid"]
    return {
        "application_fee_amount": own.get("_application_fee_amount"),
        "charge": shared(intent).get("latest_charge") if intent is not None else None,
        INTENT: intent.id if intent is not None else None,
        "paid_out_of_band": fields["status"] == "paid" and bool(integer(fields, "amount_paid")) and not paid,
        "transfer_data": own.get("_transfer_data"),
    }


RESOURCES = (
    PAYMENTS,
    Resource[bytes](name=LINKS.name, look_up=_linked_invoice),
    Resource[bytes](name="payment_of_invoice", look_up=_payment_of),
)
