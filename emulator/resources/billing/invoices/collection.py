"""Collecting an invoice: attempts to charge its customer, and the effects of the payment intent."""

from __future__ import annotations

from emulator import errors
from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.base import clocks
from emulator.resources.billing.invoices import payments, retries
from emulator.resources.billing.invoices.drafts import CUSTOMER, INVOICE, remaining, subscription_of
from emulator.resources.billing.invoices.finalization import OVERPAID, adjust_balance, opened, set_delinquent, settled
from emulator.resources.billing.invoices.kept import InvoiceState
from emulator.resources.payments.intents import authentication, payment_confirmation, states
from emulator.resources.payments.intents.authentication import AuthenticationTerms
from emulator.resources.payments.intents.confirmation import Confirmation, setup_of
from emulator.resources.payments.methods import payment_methods
from emulator.resources.payments.methods.method_state import MethodState
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.namedtuples import NamedTuple

SUBSCRIPTION = "subscription"


class CollectionResult(NamedTuple):
    """The invoice after an attempt, and the error of one that failed."""

    row: Row[bytes]
    error: StripeError | None = None


def collect(
    scope: Scope, row: Row[bytes], method: str | None = None, *, off_session: bool = True, automatic: bool = False
) -> Row[bytes]:
    """One attempt to be paid by a payment method, or the default one; a draft is finalized with it.

    A decline raises no error: the invoice stays open and says so. `automatic` attempts are counted each.
    """
    return attempt(scope, row, method, off_session=off_session, automatic=automatic).row


def pay(scope: Scope, row: Row[bytes], method: str | None = None, *, off_session: bool = True) -> Row[bytes]:
    """One attempt to be paid, as a request makes it. Raises StripeError; a decline keeps its changes."""
    if method is None and remaining(shared(row)) and method_of(scope, shared(row)) is None:
        raise errors.invoice_without_payment_method()
    found = attempt(scope, row, method, off_session=off_session)
    if found.error is not None:
        raise found.error
    return found.row


def attempt(  # noqa: PLR0913 - an attempt has as many parts
    scope: Scope,
    row: Row[bytes],
    method: str | None = None,
    *,
    off_session: bool = True,
    automatic: bool = False,
    again: bool = True,
    return_url: str | None = None,
) -> CollectionResult:
    """One attempt to be paid, with the error of one that failed.

    A draft that is not charged `again` by itself waits for its customer afterwards. `return_url` is where a customer
    goes on who authenticates the payment.
    """
    draft = shared(row)["status"] == "draft"
    fields = opened(scope, row, charged=again) if draft else shared(row)
    if not remaining(fields):
        row = objects.replace(scope, INVOICE, row, fields) if draft else row
        return CollectionResult(_paid(scope, row, {**fields, "attempted": True}))
    known = payments.open_intent(scope, row.id)
    intent = known or payments.intent_for(scope, row, fields)
    changes, error = scope.sandbox.changes, None
    with payments.unlinked(scope, intent.id):
        before = len(changes)
        try:
            how = Confirmation(off_session=off_session, return_url=return_url, address=scope.sandbox.address)
            if shared(intent)["status"] in states.OPEN:  # a prepaid one is confirmed
                _confirm(scope, intent, fields, method or method_of(scope, fields), how)
        except StripeError as failure:
            error = failure
            if not failure.body.changes_stay:  # no decline: the payment method cannot be used
                changes.undo(before)
    if known is None:
        fields = {**fields, **payments.secret_for(intent)}
        row = objects.replace(scope, INVOICE, row, fields)
        payments.add_intent(scope, row, fields, intent)
    return _after(scope, row, intent.id, error, automatic=automatic)


def _confirm(scope: Scope, intent: Row[bytes], invoice: Shared, method: str | None, how: Confirmation) -> None:
    """Confirm the payment intent of an invoice. Raises StripeError.

    An invoice waits for its customer where another payment is refused off session (observed).
    """
    if method is None:
        raise errors.invoice_without_payment_method()
    outside = scope.outside
    found = payment_methods.resolve(outside, method, "payment_method")
    if not hash_in(invoice, "payment_settings").get("payment_method_types"):
        intent = _accepting(outside, intent, str(shared(found)["type"]))
    saved, saves = private(MethodState, shared(found)).get("_set_up", False), bool(setup_of(shared(intent)))
    need = authentication.needed(
        payment_methods.card_of(shared(found)), AuthenticationTerms(how.off_session, saved, saves)
    )
    payment_confirmation.confirm(
        outside, intent, replace(how, method=found, off_session=how.off_session and need == "nothing")
    )


def _accepting(scope: Scope, intent: Row[bytes], kind: str) -> Row[bytes]:
    """The payment intent, which accepts the type of the payment method."""
    types = shared(intent)["payment_method_types"]
    if isinstance(types, list) and kind not in types:
        return objects.change(scope, payments.INTENT, intent, payment_method_types=sorted([*map(str, types), kind]))
    return intent


def method_of(scope: Scope, invoice: Shared) -> str | None:
    """The default payment method or source: of the invoice, of its subscription, of its customer, in this order."""
    holders = [invoice]
    for name, identifier in ((SUBSCRIPTION, subscription_of(invoice)), (CUSTOMER, invoice.get(CUSTOMER))):
        row = objects.get(scope, name, str(identifier)) if identifier else None
        holders += [shared(row)] if row is not None else []
    for holder in holders:
        settings = hash_in(holder, "invoice_settings")
        own = (
            holder.get("default_payment_method"),
            settings.get("default_payment_method"),
            holder.get("default_source"),
        )
        found = next((each for each in own if each), None)
        if found:
            return str(found)
    return None


# --- what follows -------------------------------------------------------------------------------------------------


def changed(scope: Scope, before: Row[bytes], after: Row[bytes]) -> None:
    """Follow a change of a payment intent that an invoice waits for: its customer has paid, or failed to."""
    invoice = payments.linked(scope, after.id)
    if invoice is None or shared(invoice)["status"] not in ("open", "uncollectible"):
        return
    was, now = shared(before), shared(after)
    failed = now.get("last_payment_error") and now.get("last_payment_error") != was.get("last_payment_error")
    moved = now["status"] != was["status"] and now["status"] in (states.SUCCEEDED, states.ACTION, states.PROCESSING)
    if moved or failed:
        _after(clocks.scope_of_customer(scope, shared(invoice).get(CUSTOMER)), invoice, after.id, None)


def _after(
    scope: Scope, row: Row[bytes], identifier: str, error: StripeError | None, *, automatic: bool = False
) -> CollectionResult:
    """An invoice as the state of its payment intent makes it."""
    intent = objects.get(scope.outside, payments.INTENT, identifier)
    fields, status = shared(row), shared(intent)["status"] if intent is not None else ""
    own = private(InvoiceState, fields)
    if status == states.SUCCEEDED and intent is not None:
        amount = integer(shared(intent), "amount_received")
        return CollectionResult(received(scope, row, identifier, amount, automatic=automatic))
    counted = _counted(fields, automatic=automatic)
    if status == states.ACTION:
        waits: Fields = {"attempted": True, "next_payment_attempt": None}
        waits |= kept(InvoiceState(_actions=own.get("_actions", 0) + 1))
        if automatic and intent is not None:  # the counter runs on, as after a hard decline (official)
            method = shared(intent).get("payment_method")
            waits |= kept(InvoiceState(_hard=str(method) if method else None))
            waits |= {"attempt_count": counted, **_retry(scope, fields)}
        return CollectionResult(objects.change(scope, INVOICE, row, **waits), errors.invoice_requires_action())
    if status == states.PROCESSING:
        running: Fields = {"attempted": True, "attempt_count": counted, "next_payment_attempt": None}
        first = InvoiceState(_first_attempt=own.get("_first_attempt", scope.now)) if automatic else InvoiceState()
        return CollectionResult(objects.change(scope, INVOICE, row, **running, **kept(first)))
    failed: Fields = {
        "attempted": True,
        "attempt_count": counted,
        **kept(InvoiceState(_failures=own.get("_failures", 0) + 1, **retries.hard(intent))),
        **(_retry(scope, fields) if automatic or "_first_attempt" in own else {}),
    }
    row = objects.change(scope, INVOICE, row, **failed)
    if automatic:
        set_delinquent(scope, fields, delinquent=True)
    if error is not None and error.body.changes_stay and intent is not None:
        error = error.with_details({payments.INTENT: objects.shown(scope.outside, payments.INTENT, intent)})
    return CollectionResult(row, error)


def _counted(fields: Shared, *, automatic: bool) -> int:
    """The attempts at payment: after the first one only those made automatically are counted (official)."""
    count = integer(fields, "attempt_count")
    return count + 1 if automatic else max(count, 1)


def _retry(scope: Scope, fields: Shared) -> Fields:
    """The next attempt after an automatic one that failed; without a payment method there is none (inferred)."""
    return retries.following(scope, fields) if method_of(scope, fields) else {"next_payment_attempt": None}


def received(scope: Scope, row: Row[bytes], payment: str, amount: int, *, automatic: bool = False) -> Row[bytes]:
    """An invoice that a payment has paid, in whole or in part; an excess is credited to the customer."""
    fields, found = {**shared(row)}, _payment(scope, row.id, payment)
    left, over = max(remaining(fields) - amount, 0), max(amount - remaining(fields), 0)
    fields |= {"attempted": True, "attempt_count": _counted(fields, automatic=automatic), "amount_overpaid": over}
    if left:
        part: Fields = {"amount_paid": integer(fields, "amount_paid") + amount, "amount_remaining": left}
        row = objects.replace(scope, INVOICE, row, {**fields, **part})
        payments.resize(scope, row.id, left)
    else:
        row = _paid(scope, row, fields)
    if found is not None:
        payments.pay(scope, found, amount)
    if over:
        adjust_balance(scope, row.id, fields, -over, OVERPAID)
    if not left:
        payments.cancel_open(scope, row.id, "automatic")
    return row


def _payment(scope: Scope, invoice: str, identifier: str) -> Row[bytes] | None:
    for each in payments.of_invoice(scope, invoice):
        if identifier in hash_in(shared(each), "payment").values():
            return each
    return None


def _paid(scope: Scope, row: Row[bytes], fields: Fields) -> Row[bytes]:
    return objects.replace(scope, INVOICE, row, settled(scope, fields))


def paid_outside(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """An open invoice that is paid out of band; its payment intent is canceled."""
    row = _paid(scope, row, decode(row))
    payments.cancel_open(scope, row.id, "automatic")
    return row
