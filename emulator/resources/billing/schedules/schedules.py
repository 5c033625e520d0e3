"""`/v1/subscription_schedules`: phases that change a subscription one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.model.answering import verbs
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Diff, Fields, Resource, Shared, Transitions
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.recipes import Recipe, make
from emulator.model.stored.stored import decode, shared, stored
from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.clocks import Life
from emulator.resources.billing.schedules import creating, moving, steps, updating
from emulator.resources.billing.schedules.kept import ScheduleState
from emulator.resources.billing.schedules.phases import takes_iterations
from emulator.resources.billing.schedules.steps import SCHEDULE
from emulator.resources.billing.subscriptions import canceling
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION
from emulator.resources.billing.subscriptions.base.states import ENDED
from emulator.schema import spec
from emulator.schema.check import Params, Value
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

CUSTOMER = "customer"
RUNNING = ("not_started", "active")
LIFE_CYCLE = Transitions(
    {
        "update": {state: state for state in RUNNING},
        "cancel": dict.fromkeys(RUNNING, "canceled"),
        "release": dict.fromkeys(RUNNING, "released"),
    },
    lambda action, _, state: errors.schedule_over(action, state),
)
_EVENTS = {"completed": "completed", "released": "released"}


def _found(call: Call, action: str) -> tuple[Scope, Row[bytes], str]:
    """The schedule of the path at its own time, and its state after an action. Raises StripeError."""
    row = verbs.row_of_path(SCHEDULES, verbs.Place("schedule"), call)
    state = LIFE_CYCLE.after(action, SCHEDULE, str(shared(row).get("status")))
    return clocks.scope_of(call.scope, shared(row)), row, state


def _update(call: Call) -> Json:
    """POST /v1/subscription_schedules/{schedule}. Raises StripeError."""
    scope, row, _ = _found(call, "update")
    return SCHEDULES.respond(call, updating.update(call, scope, row))


def _cancel(call: Call) -> Json:
    """POST /v1/subscription_schedules/{schedule}/cancel, which cancels the subscription too. Raises StripeError."""
    scope, row, state = _found(call, "cancel")
    fields, params = decode(row), call.params
    forgotten = fields["status"] == "not_started" and params.get("prorate") is params.get("invoice_now") is False
    own: Fields = {"canceled_at": scope.now, "current_phase": None, "status": state}
    ending = ScheduleState(_ending=["canceled", *(["aborted"] if forgotten else [])])
    row = objects.change(scope, SCHEDULE, row, **own, **kept(ending))
    subscription = objects.get(scope, SUBSCRIPTION, str(fields.get("subscription") or ""))
    if subscription is not None and shared(subscription).get("status") not in ENDED:
        sent: Params = {name: params.get(name, True) for name in ("prorate", "invoice_now")}
        canceling.cancel(replace(call, params=sent), subscription)
    return SCHEDULES.respond(call, row)


def _release(call: Call) -> Json:
    """POST /v1/subscription_schedules/{schedule}/release, after which the subscription goes on. Raises StripeError."""
    scope, row, state = _found(call, "release")
    fields = decode(row)
    own: Fields = {
        "current_phase": None,
        "released_at": scope.now,
        "released_subscription": fields.get("subscription"),
        "status": state,
        "subscription": None,
    }
    steps.leave(scope, fields, keep_end=call.params.get("preserve_cancel_date") is True)
    return SCHEDULES.respond(call, objects.change(scope, SCHEDULE, row, **own))


# --- parameters ---------------------------------------------------------------------------------------------------


def _params(operation: str, version: Version) -> spec.Object:
    """The parameters of an operation; versions before clover take `iterations` in phases."""
    known = catalog.operation(operation).params
    return _with_iterations(operation) if takes_iterations(version.date) else known


@cache
def _with_iterations(operation: str) -> spec.Object:
    known = catalog.operation(operation).params.params
    phases = known["phases"].type
    if not isinstance(phases, spec.Array) or not isinstance(phases.item, spec.Object):
        raise TypeError(operation)
    phase = spec.Object({**phases.item.params, "iterations": spec.Param(spec.Integer(minimum=1))})
    return spec.Object({**known, "phases": replace(known["phases"], type=replace(phases, item=phase))})


def _is_scheduled(row: Row[bytes], value: Value) -> bool:
    """Whether a schedule has not started yet (official)."""
    return (shared(row).get("status") == "not_started") == bool(value)


# --- events -------------------------------------------------------------------------------------------------------


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of a change: those of a new state, of the notice of the end, and of other updates."""
    if diff.after is None:
        return
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    after = diff.render(resource, diff.after, diff.now)
    if diff.before is None:
        yield snapshot(f"{SCHEDULE}.created", account, None, after)
        return
    before = diff.render(resource, diff.before, diff.then)
    for name in _names(shared(diff.before), shared(diff.after), changed=before != after):
        yield snapshot(f"{SCHEDULE}.{name}", account, before if name == "updated" else None, after)


def _names(was: Shared, now: Shared, *, changed: bool) -> Iterator[str]:
    state, own = str(now.get("status")), private(ScheduleState, now)
    if own.get("_noticed") != private(ScheduleState, was).get("_noticed"):
        yield "expiring"
    if state != was.get("status") and state == "canceled":
        yield from own.get("_ending", ["canceled"])
    elif state != was.get("status") and state in _EVENTS:
        yield _EVENTS[state]
    elif changed:
        yield "updated"


# --- time ---------------------------------------------------------------------------------------------------------


def _due(row: Row[bytes]) -> Iterable[int]:
    return moving.due(shared(row))


LIFE = Life(SCHEDULE, _due, moving.elapse)

RECIPE = Recipe(
    sent={
        "customer": "@customer",
        "start_date": "now",
        "phases": [{"items": [{"price": "@price", "quantity": 1}]}],
    },
    states=RUNNING,
)
SCHEDULES = stored(
    SCHEDULE,
    "sub_sched",
    param="schedule",
    private=ScheduleState,
    filters=["canceled_at", "completed_at", CUSTOMER, "customer_account", "released_at"],
    matches={"scheduled": _is_scheduled},
    verbs={"create": creating.create, "update": _update, "cancel": _cancel, "release": _release},
    params={
        "create": partial(_params, "PostSubscriptionSchedules"),
        "update": partial(_params, "PostSubscriptionSchedulesSchedule"),
    },
    events=_events,
    timer=LIFE.timer,
    elapse=LIFE.by_itself,
    rank=-1,  # a phase that begins with a period changes what that period costs
    unknown=partial(make, SCHEDULE, "sub_sched", lambda *_: {"status": "not_started"}, RECIPE),
)
RESOURCES = (SCHEDULES,)
