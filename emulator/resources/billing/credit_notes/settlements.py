"""Settlements of a credit note for a paid invoice: refunds, credit to the customer's balance, money outside Stripe."""

from __future__ import annotations

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.invoices import payments
from emulator.resources.billing.invoices.drafts import CUSTOMER
from emulator.resources.money.currencies import formatted
from emulator.resources.payments.charges import refunding
from emulator.resources.payments.charges.refund_rules import CHARGE, REFUND, amount_to_refund
from emulator.resources.payments.charges.refunding import NewRefund
from emulator.resources.payments.methods import customer_balances
from emulator.schema.check import Params
from emulator.schema.trees import integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json


def check(call: Call, invoice: Shared, owed: int) -> None:
    """Refuses settlements that are not what was paid of a credit note, which is nothing for an open invoice.

    Raises StripeError.
    """
    params, currency = call.params, str(invoice["currency"])
    named = sum(_refunded(call, each) for each in list_in(params, "refunds"))
    found = named + sum(integer(params, name) for name in ("credit_amount", "out_of_band_amount", "refund_amount"))
    if found != owed:
        raise errors.credit_note_sums_differ(formatted(found, currency), formatted(owed, currency))


def _refunded(call: Call, sent: Params) -> int:
    """The amount of a refund that a request names, or the part of it. Raises StripeError."""
    if sent.get("type", "refund") != "refund" or not sent.get("refund"):
        raise errors.param_not_emulated(("refunds", "payment_record_refund"))
    identifier = str(sent["refund"])
    row = objects.get(call.scope, REFUND, identifier)
    if row is None:
        raise errors.no_such(REFUND, identifier, "refunds[0][refund]")
    return integer(sent, "amount_refunded", integer(shared(row), "amount"))


def refunds(call: Call, scope: Scope, invoice: Row[bytes]) -> list[Json]:
    """The refunds of a request, those that it names and a new one, as credit notes show them. Raises StripeError."""
    params = call.params
    found: list[Json] = [_shown(_refunded(call, each), str(each["refund"])) for each in list_in(params, "refunds")]
    amount = integer(params, "refund_amount")
    return [*found, *_refund(scope, invoice, amount)] if amount else found


def _shown(amount: int, refund: str) -> Json:
    return {"amount_refunded": amount, "payment_record_refund": None, "refund": refund, "type": "refund"}


def _refund(scope: Scope, invoice: Row[bytes], amount: int) -> list[Json]:
    """Refunds of the payments of an invoice, the newest first. Raises StripeError for more than these have paid."""
    left, made = amount, list[Json]()
    for payment in reversed(payments.of_invoice(scope, invoice.id, "paid")):
        charge = _charge(scope, payment)
        taken = min(left, _refundable(charge)) if charge is not None else 0
        if charge is not None and taken:
            request = NewRefund(amount=amount_to_refund(scope.outside, charge, taken))
            made.append(_shown(taken, refunding.refund(scope.outside, charge, request).id))
            left -= taken
    if left:
        raise errors.credit_note_without_payment()
    return made


def _charge(scope: Scope, payment: Row[bytes]) -> Row[bytes] | None:
    intent = objects.get(scope, payments.INTENT, payments.intent_of(payment))
    charge = shared(intent).get("latest_charge") if intent is not None else None
    return objects.get(scope, CHARGE, str(charge)) if charge else None


def _refundable(charge: Row[bytes]) -> int:
    fields = shared(charge)
    return integer(fields, "amount_captured") - integer(fields, "amount_refunded")


def credit(call: Call, scope: Scope, invoice: Row[bytes], note: str) -> Json:
    """Credit the customer's balance, and return the id of the transaction."""
    amount, fields = integer(call.params, "credit_amount"), shared(invoice)
    customer = objects.get(scope, CUSTOMER, str(fields.get(CUSTOMER) or ""))
    if not amount or customer is None:
        return None
    details: Fields = {"type": "credit_note", "credit_note": note, "invoice": invoice.id}
    return customer_balances.adjust(scope, customer, -amount, str(fields["currency"]), **details).id
