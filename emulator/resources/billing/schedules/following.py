"""Schedules follow their subscription: with its end they are over, too."""

from __future__ import annotations

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.schedules.kept import ScheduleState
from emulator.resources.billing.schedules.steps import SCHEDULE
from emulator.resources.billing.subscriptions.base.states import ENDED
from emulator.schema.trees import hash_in
from emulator.store.table import Row


def changed(scope: Scope, before: Row[bytes], after: Row[bytes]) -> None:
    """A schedule is canceled with its subscription; after failed payments, it is aborted (official)."""
    now = shared(after)
    if now.get("status") not in ENDED or shared(before).get("status") in ENDED or not now.get("schedule"):
        return
    row = objects.get(scope, SCHEDULE, str(now["schedule"]))
    if row is None or shared(row).get("status") != "active":
        return
    failed = hash_in(now, "cancellation_details").get("reason") == "payment_failed"
    own: Fields = {"canceled_at": scope.now, "current_phase": None, "status": "canceled"}
    objects.change(scope, SCHEDULE, row, **own, **kept(ScheduleState(_ending=["aborted" if failed else "canceled"])))
