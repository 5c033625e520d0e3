"""Subscriptions follow the setup intent that waits for a payment method."""

from __future__ import annotations

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import clocks
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION
from emulator.resources.billing.subscriptions.base.trials import SETUPS
from emulator.schema.trees import hash_in
from emulator.store.table import Row

SAVES = "save_default_payment_method"
OVER = ("canceled", "succeeded")


def changed(scope: Scope, before: Row[bytes], after: Row[bytes]) -> None:
    """Follow a change of a setup intent: once it has succeeded, no subscription waits for it (official)."""
    status = shared(after)["status"]
    row = objects.get(scope, SUBSCRIPTION, SETUPS.get(scope, after.id))
    if row is None or status not in OVER or status == shared(before)["status"]:
        return
    if shared(row).get("pending_setup_intent") == after.id:
        own: Fields = {"pending_setup_intent": None}
        if status == "succeeded" and hash_in(shared(row), "payment_settings").get(SAVES) == "on_subscription":
            own["default_payment_method"] = shared(after).get("payment_method")
        objects.change(clocks.scope_of(scope, shared(row)), SUBSCRIPTION, row, **own)
