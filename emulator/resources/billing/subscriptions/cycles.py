"""The periods of subscriptions, and all else that happens to them by time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.base.clocks import Life
from emulator.resources.billing.base.periods import Period
from emulator.resources.billing.base.subscription_state import SubscriptionState
from emulator.resources.billing.subscriptions import canceling, pausing, upcoming
from emulator.resources.billing.subscriptions.base import billing, redemptions, trials
from emulator.resources.billing.subscriptions.base.billing import Bill
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION, items_of, period_of, with_period
from emulator.resources.billing.subscriptions.base.states import BILLED, ENDED, INCOMPLETE_FOR
from emulator.resources.billing.subscriptions.base.usage import usage_lines
from emulator.resources.billing.subscriptions.revising import drop_pending, void_latest
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple

At = Callable[[Row[bytes], Shared], int | None]


class TimedChange(NamedTuple):
    """A change by time: the second at which it is due, None where it is not, and its effect."""

    at: At
    run: Callable[[Scope, Row[bytes]], object]


def due(row: Row[bytes]) -> Iterator[int]:
    """The seconds at which a subscription changes by itself."""
    fields = shared(row)
    found = () if private(SubscriptionState, fields).get("_stopped") else tuple(step.at(row, fields) for step in STEPS)
    return (at for at in found if at is not None)


def elapse(scope: Scope, row: Row[bytes]) -> None:
    """Run the steps that are due, each on the subscription as the one before has left it."""
    for step in STEPS:
        current = objects.get(scope, SUBSCRIPTION, row.id)
        at = step.at(current, shared(current)) if current is not None else None
        if current is not None and at is not None and at <= scope.now:
            _run(step, scope, current)


def _run(step: TimedChange, scope: Scope, row: Row[bytes]) -> None:
    """One step; a subscription whose next period cannot be told, as that of the year 10000, stays as it is."""
    before = len(scope.sandbox.changes)
    try:
        step.run(scope, row)
    except StripeError:
        scope.sandbox.changes.undo(before)
        objects.change(scope, SUBSCRIPTION, row, **kept(SubscriptionState(_stopped=True)))


# --- an end -------------------------------------------------------------------------------------------------------


def _expiry(row: Row[bytes], fields: Shared) -> int | None:
    return row.created + INCOMPLETE_FOR if fields.get("status") == "incomplete" else None


def _expire(scope: Scope, row: Row[bytes]) -> None:
    """The first payment did not come: the open invoice is void (official)."""
    own: Fields = {"ended_at": scope.now, "status": "incomplete_expired"}
    void_latest(scope, shared(objects.change(scope, SUBSCRIPTION, row, **own)))


def _end_at(_: Row[bytes], fields: Shared) -> int | None:
    at = fields.get("cancel_at")
    return at if isinstance(at, int) and fields.get("status") not in ENDED else None


def _end(scope: Scope, row: Row[bytes]) -> None:
    """The subscription ends; pending items and usage are billed (official)."""
    fields = decode(row)
    canceling.bill_rest(scope, row, fields)
    canceling.end(scope, row, hash_in(fields, "cancellation_details"))


# --- periods ------------------------------------------------------------------------------------------------------


def _period_end(_: Row[bytes], fields: Shared) -> int | None:
    """The end of the first period to end; the trial of a subscription ends with its period."""
    if fields.get("status") == "trialing":
        return integer(fields, "trial_end")
    ends = [period_of(item).end for item in items_of(fields)]
    return min(ends) if ends and fields.get("status") in BILLED else None


def renew(scope: Scope, row: Row[bytes], following: Fields | None = None) -> None:
    """The periods that have ended are followed by new ones, which are billed.

    `following` are the fields from then on, as the phase of a schedule makes them.
    """
    before = shared(row)
    wanted = following or before
    ends = before.get("status") == "trialing" and integer(before, "trial_end") <= scope.now
    stopped = trials.without_method(scope, before, by_request=False) if ends else None
    if stopped is not None:
        objects.replace(scope, SUBSCRIPTION, row, stopped)
        return
    over = [item for item in items_of(before) if ends or period_of(item).end <= scope.now]
    start = min(period_of(item).start for item in over)
    anchor = integer(wanted, "billing_cycle_anchor")
    running = {item["id"] for item in items_of(before) if item not in over}
    items = [item if item["id"] in running else with_period(item, anchor, scope.now) for item in items_of(wanted)]
    new = [item for item in items if item["id"] not in running]
    after: Fields = {**wanted, "items": list(items), **({"status": "active"} if ends else {})}
    used = [] if ends else usage_lines(scope, over)
    lines = [*billing.waiting(scope, row.id, before), *used, *billing.period_lines(scope, new)]
    advances = before.get("status") != "unpaid" and pausing.advances(before)
    draft = billing.draft(scope, row.id, after, Bill(billing.CYCLE, lines, Period(start, scope.now), advances=advances))
    own = redemptions.left(scope, after, billing.billed(items, draft), draft)
    objects.replace(scope, SUBSCRIPTION, row, upcoming.renewed({**after, **own, "latest_invoice": draft.id}))
    pausing.settle(scope, before, draft)


# --- notices ------------------------------------------------------------------------------------------------------


def _notice_at(_: Row[bytes], fields: Shared) -> int | None:
    return trials.notice_at(fields)


def _notice(scope: Scope, row: Row[bytes]) -> None:
    objects.replace(scope, SUBSCRIPTION, row, trials.noticed(decode(row)))


STEPS = (
    TimedChange(_expiry, _expire),
    TimedChange(pausing.resumes_at, pausing.resume_collection),
    TimedChange(pausing.pending_until, drop_pending),
    TimedChange(_notice_at, _notice),
    TimedChange(upcoming.notice_at, partial(upcoming.notify, renew)),
    TimedChange(_end_at, _end),
    TimedChange(_period_end, renew),
)
LIFE = Life(SUBSCRIPTION, due, elapse)
