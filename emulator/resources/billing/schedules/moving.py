"""How schedules move by time: they start, go from phase to phase, announce their end, and end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from emulator.errors import StripeError
from emulator.model.asking.requests import call_of
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import draw
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.schedules import steps
from emulator.resources.billing.schedules.kept import ScheduleState
from emulator.resources.billing.schedules.steps import SCHEDULE, current, phases_in, place_of
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json

NOTICE = int(timedelta(days=7).total_seconds())  # before the end of a schedule (official)


def due(fields: Mapping[str, Json]) -> Iterator[int]:
    """The seconds at which a schedule changes by itself."""
    if fields.get("status") not in ("not_started", "active"):
        return
    first, last = phases_in(fields)[0], integer(phases_in(fields)[-1], "end_date")
    yield integer(first, "start_date") if fields["status"] == "not_started" else _current_end(fields)
    if private(ScheduleState, fields).get("_noticed") != last:
        yield last - NOTICE


def _current_end(fields: Mapping[str, Json]) -> int:
    return integer(hash_in(fields, "current_phase"), "end_date")


def elapse(scope: Scope, row: Row[bytes]) -> None:
    """The changes at such a second."""
    fields = shared(row)
    last = integer(phases_in(fields)[-1], "end_date")
    if scope.now == last - NOTICE and private(ScheduleState, fields).get("_noticed") != last:
        row = objects.change(scope, SCHEDULE, row, **kept(ScheduleState(_noticed=last)))
    if fields["status"] == "not_started":
        if scope.now >= integer(phases_in(fields)[0], "start_date"):
            _tried(scope, row, begin)
    elif scope.now >= _current_end(fields):
        _tried(scope, row, move)


def _tried(scope: Scope, row: Row[bytes], step: Callable[[Scope, Row[bytes]], None]) -> None:
    """Do a step; where the subscription refuses it, the schedule is canceled and the subscription goes on."""
    before = len(scope.sandbox.changes)
    try:
        step(scope, row)
    except StripeError:
        scope.sandbox.changes.undo(before)
        own: Fields = {"canceled_at": scope.now, "current_phase": None, "status": "canceled"}
        objects.change(scope, SCHEDULE, row, **own)
        steps.leave(scope, shared(row), keep_end=False)


def begin(scope: Scope, row: Row[bytes]) -> None:
    """Start the first phase, with a new subscription. Raises StripeError."""
    fields = decode(row)
    identifier = draw(call_of(scope.outside, {}), SUBSCRIPTION)
    own: Fields = {"current_phase": current(phases_in(fields)[0]), "status": "active", "subscription": identifier}
    steps.start(scope, objects.change(scope, SCHEDULE, row, **own), scope.now)


def move(scope: Scope, row: Row[bytes]) -> None:
    """Go on to the next phase, or complete the schedule after the last. Raises StripeError."""
    fields = decode(row)
    following = phases_in(fields)[place_of(fields) + 1 :]
    if not following:
        _complete(scope, row, fields)
        return
    phase = following[0]
    row = objects.change(scope, SCHEDULE, row, current_phase=current(phase))
    steps.enter(scope, row, phase, str(phase["proration_behavior"]))


def _complete(scope: Scope, row: Row[bytes], fields: Fields) -> None:
    """The last phase is over: the subscription is canceled, or goes on without the schedule."""
    own: Fields = {"completed_at": scope.now, "current_phase": None, "status": "completed"}
    objects.change(scope, SCHEDULE, row, **own)
    if fields.get("end_behavior") == "cancel":
        steps.end(scope, fields)
    else:
        steps.leave(scope, fields, keep_end=False)
