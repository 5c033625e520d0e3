"""Subscriptions follow their latest invoice: its payment, its failures, its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emulator.resources import objects
from emulator.resources.billing.base import clocks
from emulator.resources.billing.invoices import drafts, payments
from emulator.resources.billing.subscriptions import canceling
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION
from emulator.resources.billing.subscriptions.base.states import BILLED, ENDED
from emulator.resources.billing.subscriptions.revising import PENDING, applied
from emulator.resources.endpoint import Scope
from emulator.resources.generic.base.additions import hash_in
from emulator.resources.resource import Fields
from emulator.resources.stored import decode, shared
from emulator.store.table import Row

SAVES = "save_default_payment_method"


def changed(scope: Scope, before: Row[bytes], after: Row[bytes]) -> None:
    """Follow a change of an invoice."""
    identifier = drafts.subscription_of(shared(after))
    row = objects.get(scope, SUBSCRIPTION, identifier) if identifier else None
    if row is None or shared(row).get("latest_invoice") != after.id or shared(row).get("status") in ENDED:
        return
    moment = clocks.scope_of(scope, shared(row))
    was, now = shared(before), shared(after)
    if now["status"] == "paid" != was["status"]:
        _paid(moment, row, after)
    elif now["status"] == "open" and _failed(was, now):
        _unpaid(moment, row, exhausted=bool(now.get("_exhausted")))


def _failed(was: Mapping[str, object], now: Mapping[str, object]) -> bool:
    """Whether an attempt has failed or waits for an action, or the due date has passed."""
    return any(now.get(name) != was.get(name) for name in ("_failures", "_actions", "_exhausted", "_overdue"))


def _paid(scope: Scope, row: Row[bytes], invoice: Row[bytes]) -> None:
    """A payment completes what waits for it (official)."""
    fields = decode(row)
    if fields.get(PENDING):
        row = applied(scope, row)
    elif fields.get("status") in ("incomplete", "past_due", "unpaid"):
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
    if shared(row).get("status") not in BILLED or shared(row).get(PENDING):
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
