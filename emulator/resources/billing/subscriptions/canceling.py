"""The end of subscriptions: by request, at the end of a period, at a given time."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.periods import Period
from emulator.resources.billing.invoices import drafts
from emulator.resources.billing.subscriptions.base import billing, prorations
from emulator.resources.billing.subscriptions.base.billing import Bill, PaymentOptions
from emulator.resources.billing.subscriptions.base.invoice_items import add
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION, items_of, period_of
from emulator.resources.billing.subscriptions.base.states import ENDED, REQUESTED, ended
from emulator.resources.billing.subscriptions.base.usage import usage_lines
from emulator.schema.check import Value
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json


def cancel(call: Call, row: Row[bytes]) -> Row[bytes]:
    """A subscription after DELETE. Raises StripeError for one that has ended."""
    fields = decode(row)
    scope = clocks.scope_of(call.scope, fields)
    if fields.get("status") in ENDED:
        raise errors.no_such(SUBSCRIPTION, row.id, "id", 404)
    if call.params.get("prorate"):
        credit_rest(scope, fields)
    if call.params.get("invoice_now"):
        bill_rest(scope, row, fields)
    details = {**hash_in(fields, "cancellation_details"), **hash_in(call.params, "cancellation_details")}
    return end(scope, row, {**details, "reason": REQUESTED})


def end(scope: Scope, row: Row[bytes], details: Json) -> Row[bytes]:
    """A canceled subscription, whose open invoices are no longer charged by themselves (official)."""
    fields = decode(row)
    for invoice in list(billing.invoices_of(scope, row.id)):
        if shared(invoice)["status"] in ("draft", "open") and shared(invoice).get("auto_advance"):
            stopped = {"auto_advance": False, "automatically_finalizes_at": None, "next_payment_attempt": None}
            objects.change(scope, billing.INVOICE, invoice, **stopped)
    own = {**ended(fields, scope.now), "cancellation_details": details}
    return objects.change(scope, SUBSCRIPTION, row, **own)


def end_with_customer(scope: Scope, customer: Row[bytes]) -> None:
    """End the subscriptions of a customer that is deleted."""
    moment = clocks.scope_of(scope, shared(customer))
    own = {"status": "canceled", "canceled_at": moment.now, "ended_at": moment.now, "cancel_at": None}
    rows = scope.sandbox.table(SUBSCRIPTION).newest(scope.owner, parent=customer.id)
    for row in [row for row in rows if shared(row).get("status") not in ENDED]:
        objects.change(scope, SUBSCRIPTION, row, **own, cancel_at_period_end=False)


def credit_rest(scope: Scope, fields: Fields) -> None:
    """Pending credits for the rest of all periods, which belong to no item any more (observed)."""
    if fields.get("status") == "trialing":
        return
    found = prorations.changes(fields, {**fields, "items": []}, scope.now)
    for item in list(prorations.credited(scope, fields, found)):
        identifier = hash_in(hash_in(item, "parent"), "subscription_details").get("subscription")
        own = {name: value for name, value in item.items() if name != "proration_details"}
        add(scope, fields, {**own, "parent": None}, str(identifier) if identifier else None)


def bill_rest(scope: Scope, row: Row[bytes], fields: Fields) -> None:
    """An invoice of the pending items and the usage of a subscription that ends, if there is anything to bill."""
    lines = [*billing.waiting(scope, row.id, fields, own=True), *usage_lines(scope, items_of(fields))]
    if not lines:
        return
    start = min((period_of(item).start for item in items_of(fields)), default=scope.now)
    draft = billing.draft(scope, row.id, fields, Bill(billing.CYCLE, lines, Period(start, scope.now), advances=False))
    if integer(shared(draft), "total") < 0:
        _uncollectible(scope, draft)
    else:
        billing.collect(scope, draft, PaymentOptions(off_session=True))


def _uncollectible(scope: Scope, draft: Row[bytes]) -> None:
    """An invoice of a credit, which stays without a number and never reaches the balance (observed)."""
    times = {**hash_in(shared(draft), "status_transitions"), "marked_uncollectible_at": scope.now}
    objects.change(scope, drafts.INVOICE, draft, status="uncollectible", status_transitions=times)


def at_period_end(fields: Fields, now: int, *, wanted: bool) -> Fields:
    """The fields that `cancel_at_period_end` changes (observed)."""
    if wanted == bool(fields.get("cancel_at_period_end")):
        return {}
    last = max((period_of(item).end for item in items_of(fields)), default=now)
    return {"cancel_at_period_end": wanted, **_requested(fields, now, last if wanted else None)}


def at_time(fields: Fields, now: int, at: Value) -> Fields:
    """The fields that `cancel_at` changes: a time, or that of a period's end; an empty value clears it."""
    ends = [period_of(item).end for item in items_of(fields)]
    named: Mapping[object, int] = {
        "max_billed_until": max(ends, default=now),
        "max_period_end": max(ends, default=now),
        "min_period_end": min(ends, default=now),
    }
    wanted = at if isinstance(at, int) else named.get(at) if isinstance(at, str) else None
    return {"cancel_at_period_end": False, **_requested(fields, now, wanted)}


def _requested(fields: Fields, now: int, at: int | None) -> Fields:
    details = {**hash_in(fields, "cancellation_details"), "reason": None if at is None else REQUESTED}
    return {"cancel_at": at, "canceled_at": None if at is None else now, "cancellation_details": details}
