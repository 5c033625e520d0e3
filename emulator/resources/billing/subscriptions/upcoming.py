"""The notice of a renewal: `invoice.upcoming`, some days before, with the invoice as it would be."""

from __future__ import annotations

from collections.abc import Callable

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base.subscription_state import Announced, SubscriptionState, without
from emulator.resources.billing.invoices import drafts
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION, items_of, period_of
from emulator.resources.billing.subscriptions.base.states import BILLED
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.timestamps import DAY

LEAD = 7 * DAY  # seconds before a renewal (our choice: at Stripe it is a setting of the account)
# The fields of a draft that has not been created.
_UPCOMING: Fields = {
    "auto_advance": False,
    "automatically_finalizes_at": None,
    "billing_reason": "upcoming",
    "webhooks_delivered_at": None,
}


def notice_at(_: Row[bytes], fields: Shared) -> int | None:
    """The second of the notice of the next renewal, None without one and where it was sent."""
    periods = [period_of(item) for item in items_of(fields)]
    if not periods or fields.get("status") not in BILLED or fields.get("status") == "unpaid":
        return None
    first = min(periods, key=lambda period: period.end)
    ends, sent = fields.get("cancel_at"), _announced_end(fields)
    renews = not isinstance(ends, int) or ends > first.end
    return first.end - LEAD if renews and sent != first.end and first.end - first.start > LEAD else None


def notify(renew: Callable[[Scope, Row[bytes]], None], scope: Scope, row: Row[bytes]) -> None:
    """Announce the next invoice of a subscription: the renewal is done at its time, looked at, and undone."""
    fields = shared(row)
    end = min(period_of(item).end for item in items_of(fields))
    invoice = _invoice(renew, scope._replace(now=end, real=scope.real or scope.now), row)
    announced = Announced(invoice=invoice, period_end=end)
    objects.replace(scope, SUBSCRIPTION, row, {**fields, **kept(SubscriptionState(_upcoming=announced))})


def _announced_end(fields: Shared) -> int | None:
    own = private(SubscriptionState, fields)
    return own["_upcoming"]["period_end"] if "_upcoming" in own else None


def _invoice(renew: Callable[[Scope, Row[bytes]], None], later: Scope, row: Row[bytes]) -> Json:
    changes = later.sandbox.changes
    before = len(changes)
    renew(later, row)
    after = objects.existing(later, SUBSCRIPTION, row.id)
    latest = str(shared(after).get("latest_invoice"))
    found = objects.get(later, drafts.INVOICE, latest) if latest != shared(row).get("latest_invoice") else None
    shown = {**objects.shown(later, drafts.INVOICE, found), **_UPCOMING} if found is not None else {}
    changes.undo(before)
    return {name: value for name, value in shown.items() if name != "id"} or None


def renewed(fields: Fields) -> Fields:
    """A subscription whose announced renewal has come."""
    return without(fields, "_upcoming")
