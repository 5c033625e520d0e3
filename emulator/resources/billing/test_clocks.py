"""`/v1/test_helpers/test_clocks`: the time of some customers, whose objects change while it is advanced.

A request to advance a clock responds with the status `advancing`. All that falls due happens right after it, before
the next request and before any delivery: each change in order of time, at its own time, with events of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta

from emulator import errors
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, names, private
from emulator.model.declaration.resource import Diff, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.stored import render, shared, stored
from emulator.resources.billing.base.clocks import CLOCK, Advance, ClockState, members
from emulator.resources.billing.base.periods import period_end
from emulator.resources.billing.schedules import phases
from emulator.resources.billing.schedules.steps import phases_in
from emulator.resources.billing.subscriptions.base.items import items_of
from emulator.resources.payments.methods import customers
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_in, integer
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.store.timers import Timer

log = logging.getLogger("emulator.test_clocks")
LIFETIME = int(timedelta(days=30).total_seconds())
INTERVALS = 2  # of the shortest subscription, by which a clock is advanced at most (official)
ALONE: Fields = {"interval": "year", "interval_count": 1}  # a clock without subscriptions: two years (official)
ENDED = frozenset({"canceled", "incomplete_expired", "completed", "released"})


# --- endpoints ----------------------------------------------------------------------------------------------------


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new clock. Raises StripeError."""
    if call.sandbox.livemode:
        raise errors.clock_in_live_mode()
    if call.params.get("customer"):
        raise errors.param_not_emulated(("customer",))
    return {"status": "ready", **fields, "deletes_after": call.now + LIFETIME}


def _advance(call: Call, row: Row[bytes], _: Fields) -> Fields:
    """The clock while it is advanced: changes that fall due until then come next. Raises StripeError."""
    fields, target = shared(row), integer(call.params, "frozen_time")
    if fields.get("status") != "ready":
        raise errors.clock_not_ready(row.id, str(fields.get("status")))
    now = integer(fields, "frozen_time")
    if target <= now:
        raise errors.clock_backwards()
    shortest = min(_intervals(call.scope, row), key=lambda each: period_end(now, each), default=None)
    if target > _after(now, shortest or ALONE):
        raise errors.clock_too_far(alone=shortest is None)
    _continue(call.sandbox, row, call.now)
    return {**fields, "status": "advancing", **kept(Advance(_target=target, _since=call.now))}


def _after(now: int, recurring: Fields) -> int:
    """The latest time to which a clock is advanced at once."""
    return period_end(now, {**recurring, "interval_count": INTERVALS * integer(recurring, "interval_count", 1)})


def _intervals(scope: Scope, clock: Row[bytes]) -> Iterator[Fields]:
    """The intervals of the prices of the subscriptions, and of the phases that schedules have ahead, on a clock."""
    now = integer(shared(clock), "frozen_time")
    for customer in members(scope, clock):
        for subscription in scope.sandbox.table("subscription").newest(scope.owner, parent=customer):
            if shared(subscription).get("status") not in ENDED:
                yield from (hash_in(hash_in(item, "price"), "recurring") for item in items_of(shared(subscription)))
        for schedule in scope.sandbox.table("subscription_schedule").newest(scope.owner, parent=customer):
            if shared(schedule).get("status") in ("not_started", "active"):
                ahead = [each for each in phases_in(shared(schedule)) if integer(each, "end_date") > now]
                yield from phases.intervals(scope, ahead)


def _delete(call: Call, row: Row[bytes]) -> None:
    """DELETE of a clock: its customers are deleted, which cancels their subscriptions (official)."""
    _clear(call.scope, row)


def _clear(scope: Scope, row: Row[bytes]) -> None:
    for customer in members(scope, row):
        found = objects.get(scope, "customer", customer)
        if found is not None:
            customers.remove(scope, found)


# --- time ---------------------------------------------------------------------------------------------------------


def _continue(sandbox: Sandbox, row: Row[bytes], now: int) -> None:
    """Let the next step of a clock follow at once."""
    sandbox.timers.add(Timer(now, CLOCK, row.owner, row.id))
    sandbox.delivery_queue.wait(sandbox.name, sandbox)


def _times(row: Row[bytes]) -> Iterable[int]:
    """While a clock is advanced, the sandbox's time at which it is; otherwise the time at which it is deleted."""
    fields = shared(row)
    advancing = fields.get("status") == "advancing"
    yield private(Advance, fields)["_since"] if advancing else integer(fields, "deletes_after")


def _elapse(sandbox: Sandbox, row: Row[bytes], at: int) -> None:
    """One step of a clock: the next change until its target, or the end. A clock that is too old is deleted."""
    scope = Scope(sandbox, row.owner, at)
    if shared(row).get("status") != "advancing":
        _clear(scope, row)
        objects.remove(scope, CLOCK, row.id)
        return
    target = private(Advance, shared(row))["_target"]
    timer = sandbox.timers_of_clocks[row.id].pop(target)
    if timer is None:
        objects.replace(scope, CLOCK, row, _ended(row, "ready", target))
        return
    _continue(sandbox, row, at)
    objects.change(scope, CLOCK, row, frozen_time=timer.at)
    try:
        found = sandbox.table(timer.table).get(timer.owner, timer.id)
        if found is not None:
            registry.elapse(sandbox, timer, found)
    except Exception:  # one object that fails must not fail the requests after it
        log.exception("the test clock %s failed", row.id)
        sandbox.changes.undo()
        objects.replace(scope, CLOCK, row, _ended(row, "internal_failure", integer(shared(row), "frozen_time")))


def _ended(row: Row[bytes], status: str, now: int) -> Fields:
    fields = {name: value for name, value in shared(row).items() if name not in names(Advance)}
    return {**fields, "status": status, "frozen_time": now}


# --- show ---------------------------------------------------------------------------------------------------------


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    body = render(CLOCK, frozenset(), sandbox, row, now)
    if body["status"] != "advancing":
        return {**body, "status_details": {}}
    return {**body, "status_details": {"advancing": {"target_frozen_time": private(Advance, shared(row))["_target"]}}}


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of a new clock, of a deleted one, and of a new status."""
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    before = diff.render(resource, diff.before, diff.then) if diff.before else None
    after = diff.render(resource, diff.after, diff.now) if diff.after else None
    if before is None or after is None:
        yield snapshot(f"{CLOCK}.{'created' if before is None else 'deleted'}", account, before, after)
    elif before["status"] != after["status"]:
        yield snapshot(f"{CLOCK}.{after['status']}", account, None, after)


CLOCKS = stored(
    CLOCK,
    "clock",
    private=ClockState,
    request_only=["customer"],
    create=_create,
    actions={"advance": _advance},
    delete=_delete,
    render=_render,
    events=_events,
    timer=_times,
    elapse=_elapse,
    unknown=lambda scope, _, __: {"status": "ready", "deletes_after": scope.now + LIFETIME, "frozen_time": scope.now},
)
RESOURCES = (CLOCKS,)
