"""Thin events about meter events that no meter counts. The requests that send these succeed (official)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Diff, Fields, Resource, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.usage.meter_values import METER, customer_key, formula_of, number, value_key
from emulator.schema.trees import integer
from emulator.store.events import NewEvent, Related, Thin
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.timestamps import format_timestamp

REPORT = "billing.meter_event_report"
NO_METER, INVALID = "v1.billing.meter.no_meter_found", "v1.billing.meter.error_report_triggered"
WINDOW = 10  # seconds of events that one report is about (official)


class Problem(NamedTuple):
    """Why a meter event is not counted."""

    code: str
    message: str


def problem(scope: Scope, event_name: str, payload: Mapping[str, Json], meter: Row[bytes] | None) -> Problem | None:
    """Why an event is not counted, None for one that is."""
    if meter is None:
        return Problem("no_meter", f"No meter was found matching event_name {event_name}.")
    fields = shared(meter)
    key, value = customer_key(fields), value_key(fields)
    customer = payload.get(key)
    if not customer:
        return Problem("meter_event_no_customer_defined", f"Customer mapping key {key} not found in payload.")
    if objects.get(scope, "customer", str(customer)) is None:
        return Problem("meter_event_customer_not_found", f"Customer {customer} not found.")
    if formula_of(fields) != "count" and value not in payload:
        return Problem("meter_event_value_not_found", f"Value key {value} not found in payload.")
    if value in payload and number(payload[value]) is None:
        return Problem("meter_event_invalid_value", f"The value {payload[value]} is not a number.")
    return None


def report(scope: Scope, found: Problem, identifier: str, meter: Row[bytes] | None) -> None:
    """Stores a report of one event, which emits its thin event."""
    fields: Fields = {
        "code": found.code,
        "identifier": identifier,
        "message": found.message,
        "meter": meter.id if meter is not None else None,
        "start": scope.now - scope.now % WINDOW,
    }
    objects.add(scope, REPORT, scope.sandbox.ids.uuid(), fields)


def _events(_: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
    """The thin event of a report; one about no meter has no related object."""
    fields, meter = shared(diff.row), shared(diff.row).get("meter")
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    related = Related(str(meter), METER, f"/v1/billing/meters/{meter}") if meter else None
    if diff.before is None:
        yield NewEvent(INVALID if meter else NO_METER, account, None, Thin(related, _data(fields)))


def _data(fields: Shared) -> Fields:
    start = integer(fields, "start")
    sample: Json = {"error_message": fields["message"], "request": {"identifier": fields["identifier"]}}
    kind: Json = {"code": fields["code"], "error_count": 1, "sample_errors": [sample]}
    return {
        "developer_message_summary": "There is 1 invalid event",
        "reason": {"error_count": 1, "error_types": [kind]},
        "validation_end": format_timestamp(start + WINDOW),
        "validation_start": format_timestamp(start),
    }


REPORTS: Resource[bytes] = Resource(name=REPORT, events=_events)
RESOURCES = (REPORTS,)
