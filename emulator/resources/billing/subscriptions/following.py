"""Subscriptions follow the states of their invoices."""

from __future__ import annotations

from emulator.resources import objects
from emulator.resources.billing.invoices.drafts import subscription_of
from emulator.resources.billing.subscriptions.items import SUBSCRIPTION
from emulator.resources.endpoint import Scope
from emulator.resources.stored import shared
from emulator.store.table import Row


def changed(scope: Scope, before: Row[bytes], after: Row[bytes]) -> None:
    """Follow a change of an invoice: a subscription is active once its invoice is paid."""
    if shared(after)["status"] != "paid" or shared(before)["status"] == "paid":
        return
    row = objects.get(scope, SUBSCRIPTION, subscription_of(shared(after)))
    if row is not None and shared(row).get("status") in ("incomplete", "past_due"):
        objects.change(scope, SUBSCRIPTION, row, status="active")
