"""Changes of running subscriptions: prorated, billed at once, or waiting for a payment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.base.periods import Period
from emulator.resources.billing.base.subscription_state import (
    PendingUpdate,
    SubscriptionState,
    pending_invoice,
    without,
)
from emulator.resources.billing.invoices.invoices import void
from emulator.resources.billing.subscriptions.base import billing, redemptions, trials
from emulator.resources.billing.subscriptions.base.billing import Bill, PaymentOptions
from emulator.resources.billing.subscriptions.base.invoice_items import add
from emulator.resources.billing.subscriptions.base.items import (
    SUBSCRIPTION,
    items_of,
    period_of,
    shown,
    sync,
    with_period,
)
from emulator.resources.billing.subscriptions.base.prorations import prorate
from emulator.resources.billing.subscriptions.base.states import BILLED, INCOMPLETE_FOR
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

NOTHING_PENDING: Mapping[str, Json] = dict.fromkeys(
    (
        "billing_cycle_anchor",
        "cancel_at_period_end",
        "discount",
        "discounts",
        "expires_at",
        "metadata",
        "subscription_items",
        "trial_end",
        "trial_from_plan",
    )
)


# The fields that a pending update changes.
CHANGED = ("billing_cycle_anchor", "discounts", "items", "status", "trial_end", "trial_start")


class RevisionTerms(NamedTuple):
    """How a change takes effect.

    `prorations` is `proration_behavior`, `at` the moment of prorations, None for now. `trial_end` is the end of a new
    trial. `extras` are one-time items. With `restarts`, the periods of all items begin now.
    """

    prorations: str = "create_prorations"
    at: int | None = None
    payment: PaymentOptions = PaymentOptions()
    restarts: bool = False
    trial_end: int | Literal["now"] | None = None
    extras: tuple[Fields, ...] = ()


class Revised(NamedTuple):
    """A subscription after a change, and the lines and period of an invoice that is made at once, None without one."""

    fields: Fields
    lines: list[Fields] | None
    period: Period


def revise(scope: Scope, row: Row[bytes], after: Fields, terms: RevisionTerms) -> Row[bytes]:
    """A subscription after a change. Raises StripeError."""
    before = decode(row)
    if private(SubscriptionState, before).get("_pending") and _replaces(before, after, terms):
        row = drop_pending(scope, row)
        before, after = decode(row), _without_pending(after)
    for item in terms.extras:
        add(scope, after, item, row.id)
    step = _stepped(scope, before, after, terms)
    if step.lines is None or step.fields.get("status") not in BILLED:
        return put(scope, row, step.fields)
    lines = [*billing.waiting(scope, row.id, step.fields, own=True), *step.lines]
    draft = billing.draft(scope, row.id, step.fields, Bill(billing.UPDATE, lines, step.period))
    result = billing.collect(scope, draft, terms.payment._replace(again=True))
    own = redemptions.left(scope, step.fields, billing.billed(items_of(step.fields), result.invoice), result.invoice)
    changed: Fields = {**step.fields, **own, "latest_invoice": draft.id}
    if result.settled:
        return put(scope, row, changed)
    if terms.payment.behavior == "pending_if_incomplete":
        return objects.replace(scope, SUBSCRIPTION, row, _pending(scope, before, changed))
    return put(scope, row, {**changed, "status": "past_due"})


def _replaces(before: Fields, after: Fields, terms: RevisionTerms) -> bool:
    """Whether a change takes the place of a pending update (official)."""
    return before["items"] != after["items"] or terms.restarts or terms.trial_end is not None


def put(scope: Scope, row: Row[bytes], fields: Fields) -> Row[bytes]:
    """Store a subscription, and the ids of its items."""
    sync(scope, row.id, items_of(decode(row)), items_of(fields))
    return objects.replace(scope, SUBSCRIPTION, row, fields)


def _stepped(scope: Scope, before: Fields, after: Fields, terms: RevisionTerms) -> Revised:
    """The change itself: a trial ends or begins, all periods restart, or the items alone change."""
    if terms.trial_end == "now":
        return _ended_trial(scope, before, after, terms)
    if isinstance(terms.trial_end, int):
        return _new_trial(scope, before, after, terms, terms.trial_end)
    if before.get("status") not in BILLED:
        return Revised(after, None, Period(scope.now, scope.now))
    if terms.restarts or _changes_interval_in_classic_mode(before, after):
        return _restarted(scope, before, after, terms)
    return _prorated(scope, before, after, terms)


def _changes_interval_in_classic_mode(before: Fields, after: Fields) -> bool:
    """In classic mode another interval restarts all periods, in flexible mode it does not (official)."""
    was, now = (_interval(items_of(fields)[0]) if items_of(fields) else None for fields in (before, after))
    return was != now and before.get("status") != "trialing" and hash_in(after, "billing_mode").get("type") == "classic"


def _interval(item: Mapping[str, Json]) -> object:
    recurring = hash_in(hash_in(item, "price"), "recurring")
    return recurring.get("interval"), recurring.get("interval_count")


def _prorated(scope: Scope, before: Fields, after: Fields, terms: RevisionTerms) -> Revised:
    """Items that change: prorations are pending, or billed at once."""
    first = items_of(before)
    period = Period(period_of(first[0]).start if first else scope.now, scope.now)
    if terms.prorations == "none" or before.get("status") == "trialing":
        return Revised(after, None, period)
    changed, made = prorate(scope, before, after, scope.now if terms.at is None else terms.at)
    at_once = terms.prorations == "always_invoice" and (made or terms.extras)
    return Revised(changed, [] if at_once else None, period)


def _restarted(scope: Scope, before: Fields, after: Fields, terms: RevisionTerms) -> Revised:
    """All periods begin now, are billed at once, and the rest of the old ones is credited."""
    if terms.prorations != "none" and before.get("status") != "trialing":
        prorate(scope, before, {**after, "items": []}, scope.now if terms.at is None else terms.at)
    items = [with_period(item, scope.now, scope.now) for item in items_of(after)]
    fields: Fields = {**after, "billing_cycle_anchor": scope.now, "items": list(items)}
    return Revised(fields, billing.period_lines(scope, items), Period(scope.now, scope.now))


def _ended_trial(scope: Scope, before: Fields, after: Fields, terms: RevisionTerms) -> Revised:
    """`trial_end=now`: the first paid period begins; without a running trial nothing changes (observed)."""
    if before.get("status") != "trialing":
        return _stepped(scope, before, after, terms._replace(trial_end=None))
    over = {**after, "trial_end": scope.now}
    stopped = trials.without_method(scope, over, by_request=True)
    if stopped is not None:
        return Revised(stopped, None, Period(scope.now, scope.now))
    return _restarted(scope, before, {**over, "pending_setup_intent": None, "status": "active"}, terms)


def _new_trial(scope: Scope, before: Fields, after: Fields, terms: RevisionTerms, end: int) -> Revised:
    """A trial until a given time; the rest of a paid period is credited, and the trial is billed with nothing."""
    running = before.get("status") == "trialing"
    if not running and terms.prorations != "none":
        prorate(scope, before, {**after, "items": []}, scope.now)
    start = integer(before, "trial_start") if running else scope.now
    items = [{**item, "current_period_end": end} for item in items_of(after)]
    items = items if running else [with_period(item, end, scope.now, end) for item in items]
    fields: Fields = {
        **after,
        "billing_cycle_anchor": end,
        "items": list(items),
        "status": "trialing",
        "trial_end": end,
        "trial_start": start,
    }
    lines = None if running else billing.period_lines(scope, items, trial=billing.trial_mode(fields))
    return Revised(fields, lines, Period(scope.now, scope.now))


# --- pending updates ----------------------------------------------------------------------------------------------


def _pending(scope: Scope, before: Fields, after: Fields) -> Fields:
    """A subscription that stays as it was until the invoice of its update is paid (official)."""
    changed: Fields = {name: after[name] for name in CHANGED if after.get(name) != before.get(name)}
    own: Fields = {name: changed[name] for name in ("billing_cycle_anchor", "trial_end") if name in changed}
    items: Json = [shown(scope, item) for item in items_of(after)] if "items" in changed else None
    return awaiting(scope, before, changed, after["latest_invoice"], {**own, "subscription_items": items})


def awaiting(scope: Scope, fields: Fields, changed: Fields, invoice: Json, shown_update: Fields) -> Fields:
    """A subscription that waits for the payment of an invoice, after which its fields change."""
    update: Json = {**NOTHING_PENDING, **shown_update, "expires_at": scope.now + INCOMPLETE_FOR}
    waits = SubscriptionState(_pending=PendingUpdate(fields=changed, invoice=invoice))
    return {**fields, "latest_invoice": invoice, **kept(waits), "pending_update": update}


def applied(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """A subscription after its pending update was paid."""
    fields = decode(row)
    changed = private(SubscriptionState, fields)["_pending"]["fields"]
    if "items" in changed:
        known = {item["id"]: item for item in items_of(fields)}
        changed["items"] = [_in_newer_period(item, known.get(item["id"], item)) for item in items_of(changed)]
    return put(scope, row, {**_without_pending(fields), **changed})


def _in_newer_period(item: Fields, known: Fields) -> Json:
    """An item whose period has been followed by another one while its update was pending."""
    names = ("current_period_end", "current_period_start")
    newer = period_of(known).start > period_of(item).start
    return {**item, **{name: known[name] for name in names}} if newer else item


def drop_pending(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """A subscription without its pending update, whose invoice is void (official)."""
    fields = decode(row)
    row = objects.replace(scope, SUBSCRIPTION, row, _without_pending(fields))
    _void(scope, pending_invoice(fields))
    return row


def _without_pending(fields: Fields) -> Fields:
    return {**without(fields, "_pending"), "pending_update": None}


def void_latest(scope: Scope, fields: Mapping[str, Json]) -> None:
    """Void the latest invoice where it is open."""
    _void(scope, fields.get("latest_invoice"))


def _void(scope: Scope, identifier: Json) -> None:
    invoice = objects.get(scope, billing.INVOICE, str(identifier or ""))
    if invoice is not None and shared(invoice)["status"] == "open":
        void(scope, invoice)
