"""Subscriptions follow their latest invoice: its payment, its failures, its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.subscription_state import pending_invoice
from emulator.resources.billing.invoices import drafts, payments
from emulator.resources.billing.invoices.kept import InvoiceState
from emulator.resources.billing.subscriptions import canceling
from emulator.resources.billing.subscriptions.base import billing
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION
from emulator.resources.billing.subscriptions.base.states import BILLED, ENDED
from emulator.resources.billing.subscriptions.revising import applied, drop_pending
from emulator.schema.trees import hash_in
from emulator.store.table import Row

SAVES = "save_default_payment_method"


def changed(scope: Scope, before: Row[bytes], after: Row[bytes]) -> None:
    """Follow a change of an invoice."""
    identifier = drafts.subscription_of(shared(after))
    row = objects.get(scope, SUBSCRIPTION, identifier) if identifier else None
    if row is None or shared(row).get("status") in ENDED or not _waits(shared(row), after.id):
        return
    moment = clocks.scope_of(scope, shared(row))
    was, now = shared(before), shared(after)
    if now["status"] == "paid" != was["status"]:
        _paid(moment, row, after)
    elif now["status"] in ("void", "uncollectible") and was["status"] == "open":
        _written_off(moment, row, after)
    elif now["status"] == "open" and _failed(was, now) and after.id != pending_invoice(shared(row)):
        _unpaid(moment, row, exhausted=private(InvoiceState, now).get("_exhausted", False))


def _written_off(scope: Scope, row: Row[bytes], invoice: Row[bytes]) -> None:
    """A void invoice ends what waits for it; the state of a subscription is that of the invoice before (official)."""
    fields, void = decode(row), shared(invoice)["status"] == "void"
    if pending_invoice(fields) == invoice.id:
        if void:
            drop_pending(scope, row)
        elif fields.get("status") == "paused":
            applied(scope, row)
    elif void and fields.get("status") == "incomplete":
        objects.change(scope, SUBSCRIPTION, row, status="incomplete_expired", ended_at=scope.now)
    elif void and fields.get("status") in ("past_due", "unpaid") and _is_settled(scope, row):
        objects.change(scope, SUBSCRIPTION, row, status="active")


def _is_settled(scope: Scope, row: Row[bytes]) -> bool:
    """Whether the newest finalized invoice that is not void is no longer open."""
    states = (shared(each)["status"] for each in billing.invoices_of(scope, row.id))
    return next((state for state in states if state not in ("draft", "void")), "paid") != "open"


def _waits(fields: Shared, invoice: str) -> bool:
    """Whether an invoice is the latest of a subscription, or that of its pending update."""
    return invoice in (fields.get("latest_invoice"), pending_invoice(fields))


def _failed(before: Shared, after: Shared) -> bool:
    """Whether an attempt has failed or waits for an action, or the due date has passed."""
    was, now = private(InvoiceState, before), private(InvoiceState, after)
    return any(
        (
            now.get("_failures") != was.get("_failures"),
            now.get("_actions") != was.get("_actions"),
            now.get("_exhausted") != was.get("_exhausted"),
            now.get("_overdue") != was.get("_overdue"),
        )
    )


def _paid(scope: Scope, row: Row[bytes], invoice: Row[bytes]) -> None:
    """A payment completes what waits for it (official)."""
    fields = shared(row)
    if pending_invoice(fields) == invoice.id:
        row = applied(scope, row)
    elif invoice.id == fields.get("latest_invoice") and fields.get("status") in ("incomplete", "past_due", "unpaid"):
        row = objects.change(scope, SUBSCRIPTION, row, status="active")
    _save_method(scope, row, invoice)


def _save_method(scope: Scope, row: Row[bytes], invoice: Row[bytes]) -> None:
    """The payment method becomes the default of the subscription, where that was requested (official)."""
    if hash_in(shared(row), "payment_settings").get(SAVES) != "on_subscription":
        return
    intents = (payments.intent_of(each) for each in payments.of_invoice(scope, invoice.id))
    rows = (objects.get(scope.outside, payments.INTENT, intent) for intent in intents)
    method = next((shared(each).get("payment_method") for each in rows if each is not None), None)
    if method and method != shared(row).get("default_payment_method"):
        objects.change(scope, SUBSCRIPTION, row, default_payment_method=method)


def _unpaid(scope: Scope, row: Row[bytes], *, exhausted: bool) -> None:
    """A failed payment of a running subscription; the last one has the consequence of the setting (official)."""
    if shared(row).get("status") not in BILLED:
        return
    if exhausted:
        _OUTCOMES[scope.sandbox.settings.failed_subscriptions](scope, row)
    elif shared(row).get("status") in ("active", "trialing"):
        objects.change(scope, SUBSCRIPTION, row, status="past_due")


def _cancel(scope: Scope, row: Row[bytes]) -> None:
    details: Fields = {**hash_in(shared(row), "cancellation_details"), "reason": "payment_failed"}
    canceling.end(scope, row, details)


def _becomes(state: str) -> Callable[[Scope, Row[bytes]], None]:
    def become(scope: Scope, row: Row[bytes]) -> None:
        if shared(row).get("status") != state:
            objects.change(scope, SUBSCRIPTION, row, status=state)

    return become


_OUTCOMES: Mapping[str, Callable[[Scope, Row[bytes]], None]] = {
    "cancel": _cancel,
    "past_due": _becomes("past_due"),
    "unpaid": _becomes("unpaid"),
}
