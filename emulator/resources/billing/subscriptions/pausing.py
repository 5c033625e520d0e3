"""Payments that are paused, subscriptions that are paused, and updates that wait for a payment."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.periods import Period
from emulator.resources.billing.invoices import collection, finalization, invoices
from emulator.resources.billing.subscriptions.base import billing, redemptions, trials
from emulator.resources.billing.subscriptions.base.billing import Bill
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION, items_of, with_period
from emulator.resources.billing.subscriptions.base.states import ENDED
from emulator.resources.billing.subscriptions.revising import awaiting
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json

# --- the collection of payments -----------------------------------------------------------------------------------


def resumes_at(_: Row[bytes], fields: Shared) -> int | None:
    """The second at which the collection of payments resumes."""
    at = hash_in(fields, "pause_collection").get("resumes_at")
    return at if isinstance(at, int) and fields.get("status") not in ENDED else None


def resume_collection(scope: Scope, row: Row[bytes]) -> None:
    """Payments are collected again."""
    objects.change(scope, SUBSCRIPTION, row, pause_collection=None)


def advances(fields: Mapping[str, Json]) -> bool:
    """Whether the drafts of a subscription are finalized by themselves."""
    return not hash_in(fields, "pause_collection")


def settle(scope: Scope, fields: Mapping[str, Json], draft: Row[bytes]) -> None:
    """A draft of a subscription whose payments are paused: it stays, or is void or uncollectible at once (official)."""
    behavior = hash_in(fields, "pause_collection").get("behavior")
    if behavior in ("void", "mark_uncollectible"):
        row = finalization.finalize(scope, draft)
        if shared(row)["status"] == "open":
            (invoices.void if behavior == "void" else invoices.mark_uncollectible)(scope, row)


# --- paused subscriptions -----------------------------------------------------------------------------------------


def resume(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/subscriptions/{id}/resume: once its invoice is paid, it is active. Raises StripeError."""
    fields = decode(row)
    if fields.get("status") in ENDED:
        raise errors.no_such(SUBSCRIPTION, row.id, "id", 404)
    if fields.get("status") != "paused":
        raise errors.subscription_not_paused()
    scope = clocks.scope_of(call.scope, fields)
    return _resumed(scope, row, fields, unchanged=call.params.get("billing_cycle_anchor") == "unchanged")


def _resumed(scope: Scope, row: Row[bytes], fields: Fields, *, unchanged: bool) -> Row[bytes]:
    anchor = integer(fields, "billing_cycle_anchor") if unchanged else scope.now
    items = [with_period(item, anchor, scope.now) for item in items_of(fields)]
    changed: Fields = {"billing_cycle_anchor": anchor, "items": list(items), "status": "active"}
    after: Fields = {**fields, **changed}
    lines = [*billing.waiting(scope, row.id, fields), *billing.period_lines(scope, items)]
    bill = Bill(billing.CYCLE, lines, Period(scope.now, scope.now), advances=False)
    draft = billing.draft(scope, row.id, after, bill)
    own = redemptions.left(scope, after, billing.billed(items, draft), draft)
    changed |= {**own, "pending_setup_intent": None}
    if trials.is_payable(scope, fields):
        invoice = collection.collect(scope, draft)
    else:
        invoice = finalization.finalize(scope, draft)
    if shared(invoice)["status"] == "paid":
        return objects.replace(scope, SUBSCRIPTION, row, {**fields, **changed, "latest_invoice": draft.id})
    return objects.replace(scope, SUBSCRIPTION, row, awaiting(scope, fields, changed, draft.id, {}))


# --- pending updates ----------------------------------------------------------------------------------------------


def pending_until(_: Row[bytes], fields: Shared) -> int | None:
    """The second at which a pending update expires."""
    update = hash_in(fields, "pending_update")
    return integer(update, "expires_at") if update and fields.get("status") not in ENDED else None
