"""The events of an invoice: of its creation and deletion, of each new state, and of changes within one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Diff, Fields, Resource, Shared
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored.stored import shared
from emulator.resources.billing.invoices.kept import InvoiceState
from emulator.schema.trees import integer
from emulator.store.events import NewEvent
from emulator.store.table import Row

_REACHED: Mapping[str, tuple[str, ...]] = {
    "open": ("finalized",),
    "paid": ("paid", "payment_succeeded"),
    "uncollectible": ("marked_uncollectible",),
    "void": ("voided",),
}


def _happened(before: Shared, after: Shared) -> Iterator[str]:
    """The suffixes of the events of a change."""
    if after["status"] != before["status"]:
        yield from _REACHED.get(str(after["status"]), ())
        if integer(after, "amount_overpaid"):
            yield "overpaid"
        return
    was, now = private(InvoiceState, before), private(InvoiceState, after)
    if now.get("_failures", 0) != was.get("_failures", 0):
        yield from ("updated", "payment_failed")
    elif now.get("_actions", 0) != was.get("_actions", 0):
        yield from ("updated", "payment_action_required")
    elif now.get("_times_sent", 0) != was.get("_times_sent", 0):
        yield "sent"
    elif now.get("_overdue") != was.get("_overdue"):
        yield "overdue"
    elif after.get("last_finalization_error") and not before.get("last_finalization_error"):
        yield "finalization_failed"
    else:
        yield "updated"


def sent(row: Row[bytes]) -> Fields:
    """The fields of an invoice that is sent once more."""
    return kept(InvoiceState(_times_sent=private(InvoiceState, shared(row)).get("_times_sent", 0) + 1))


def events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of a change of an invoice; that of an update has `previous_attributes` (official)."""
    if diff.before is diff.after:  # time alone changes nothing that is shown
        return
    before = diff.render(resource, diff.before, diff.now) if diff.before else None
    after = diff.render(resource, diff.after, diff.now) if diff.after else None
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    if diff.before is None or diff.after is None:
        yield snapshot(f"{resource.name}.{'deleted' if after is None else 'created'}", account, before, after)
        return
    for name in _happened(shared(diff.before), shared(diff.after)):
        if name != "updated" or before != after:
            yield snapshot(f"{resource.name}.{name}", account, before if name == "updated" else None, after)
