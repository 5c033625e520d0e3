"""Updates of schedules: other phases from the current one on, and other default settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, updated_fields
from emulator.resources.billing.schedules import moving, steps
from emulator.resources.billing.schedules.creating import NOT_STORED, check_behavior
from emulator.resources.billing.schedules.phases import phases_of, whole_settings
from emulator.resources.billing.schedules.steps import SCHEDULE, current, phases_in, place_of
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

DATES = ("end_date", "start_date")


def update(call: Call, scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """The schedule after an update, whose current phase takes effect at once. Raises StripeError."""
    check_behavior(call)
    stored = decode(row)
    fields = updated_fields(SCHEDULE, call, decode(row), NOT_STORED | {"proration_behavior"})
    fields["default_settings"] = whole_settings(hash_in(fields, "default_settings"))
    if "phases" in call.params:
        fields |= _phased(call, scope, stored)
    row = objects.replace(scope, SCHEDULE, row, fields)
    if stored["status"] == "not_started":
        if integer(phases_in(fields)[0], "start_date") <= scope.now:
            moving.begin(scope, row)
        return _again(scope, row)
    phase = phases_in(fields)[place_of(fields)]
    if _differs(stored, fields, phase):
        steps.enter(scope, row, phase, str(call.params.get("proration_behavior") or "create_prorations"))
    else:
        steps.set_end(scope, fields)
    if integer(phase, "end_date") <= scope.now:
        moving.move(scope, row)
    return _again(scope, row)


def _again(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    return objects.get(scope, SCHEDULE, row.id) or row


def _differs(stored: Fields, fields: Fields, phase: Fields) -> bool:
    """Whether the current phase has other terms than before."""
    before = phases_in(stored)[place_of(stored)]
    same = {name: value for name, value in phase.items() if name not in DATES}
    was = {name: value for name, value in before.items() if name not in DATES}
    return same != was or fields["default_settings"] != stored["default_settings"]


def _phased(call: Call, scope: Scope, stored: Fields) -> Fields:
    """The phases of a request after those that are over. Raises StripeError."""
    wanted = list_in(call.params, "phases")
    if not any(each.get("start_date") for each in wanted):
        raise errors.schedule_without_anchor()
    old = phases_in(stored)
    place = place_of(stored) if stored["status"] == "active" else 0
    start = _start(wanted[0], integer(old[place], "start_date"), scope.now)
    if stored["status"] == "active":
        _check_current(wanted[0], old[place], start, scope.now)
    phases = phases_of(call, wanted, start, scope.now, stored["billing_mode"])
    _check_starts(wanted, phases, scope.now)
    if stored["status"] == "not_started":
        return {"phases": list(phases)}
    return {"current_phase": current(phases[0]), "phases": [*old[:place], *phases]}


def _start(sent: Params, default: int, now: int) -> int:
    start = sent.get("start_date")
    return now if start == "now" else start if isinstance(start, int) else default


def _check_current(sent: Params, phase: Fields, start: int, now: int) -> None:
    """Refuses changes of phases that are over, and another start of the current one. Raises StripeError."""
    begun, end = integer(phase, "start_date"), sent.get("end_date")
    if (isinstance(end, int) and end < now) or (start < begun and not isinstance(end, int)):
        raise errors.phase_over()
    if start != begun:
        raise errors.phase_start_fixed()


def _check_starts(sent: Sequence[Params], phases: Sequence[Mapping[str, Json]], now: int) -> None:
    """Refuses phases that do not begin where the one before ends. Raises StripeError."""
    for place, (each, phase) in enumerate(zip(sent, phases, strict=True)):
        if _start(each, integer(phase, "start_date"), now) != phase["start_date"]:
            raise errors.phases_apart(f"phases[{place}][start_date]")
