"""Meter events of v1 and v2, and their cancelation.

They are kept together, by their identifiers. An event that no meter counts is accepted, and reported (official).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from emulator import errors
from emulator.model.declaration import writes
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.private import public
from emulator.model.declaration.resource import Fields, Resource
from emulator.model.stored import objects
from emulator.model.stored.stored import shared, stored
from emulator.resources.billing.base import clocks
from emulator.resources.billing.usage import alerts, meter_reports
from emulator.resources.billing.usage.meter_values import (
    EVENT,
    MeterEventState,
    counted,
    customer_key,
    formula_of,
    keys,
    meter_of,
    number,
    value_key,
)
from emulator.schema.trees import hash_at, hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json

ADJUSTMENT = "billing.meter_event_adjustment"
UNIQUE = int(timedelta(days=1).total_seconds())
OLDEST, NEWEST = int(timedelta(days=35).total_seconds()), int(timedelta(minutes=5).total_seconds())


def check(call: Call, sent: Mapping[str, Json]) -> None:
    """Refuses an event that no meter would count, which v2 does at once (official). Raises StripeError."""
    name, payload = str(sent["event_name"]), hash_in(sent, "payload")
    row = meter_of(call.scope, name)
    if row is None:
        raise errors.meter_event_without_meter(name)
    meter = shared(row)
    key, value = customer_key(meter), value_key(meter)
    if not payload.get(key):
        raise errors.meter_event_without_customer(key)
    if formula_of(meter) != "count" and value not in payload:
        raise errors.meter_event_without_value(value)
    if value in payload and number(payload[value]) is None:
        raise errors.meter_event_value_invalid()


def record(call: Call, sent: Mapping[str, Json], timestamp: int | None = None) -> Row[bytes]:
    """Stores an event at a unix second, now where none is given; triggers alerts, or reports that it is not counted.

    Times are those of the customer's test clock, where it has one (official). Raises StripeError for a time out of
    range, and for a used identifier.
    """
    name, payload = str(sent["event_name"]), dict(hash_in(sent, "payload"))
    meter = meter_of(call.scope, name)
    customer = str(payload.get(customer_key(shared(meter) if meter else {})) or "")
    now = clocks.scope_of_customer(call.scope, customer).now
    at = now if timestamp is None else timestamp
    if at < now - OLDEST:
        raise errors.meter_event_too_old()
    if at > now + NEWEST:
        raise errors.meter_event_in_future()
    if meter is not None and shared(meter)["status"] == "inactive":
        raise errors.meter_archived(name)
    identifier = str(sent.get("identifier") or call.sandbox.ids.uuid())
    _make_room(call, identifier)
    problem = meter_reports.problem(call.scope, name, payload, meter)
    fields: Fields = {
        "event_name": name,
        "identifier": identifier,
        "payload": payload,
        "timestamp": at,
        **(counted(meter, customer, payload) if meter is not None and problem is None else {}),
    }
    row = objects.add(call.scope, EVENT, identifier, fields, None if problem else customer)
    if problem is not None:
        meter_reports.report(call.scope, problem, identifier, meter)
    elif meter is not None:
        alerts.counted(call.scope, meter, customer, at)
    return row


def _make_room(call: Call, identifier: str) -> None:
    """Refuses an identifier used in the last day; that of an older event can be used again. Raises StripeError."""
    old = objects.get(call.scope, EVENT, identifier)
    if old is None:
        return
    if old.created > call.now - UNIQUE:
        raise errors.meter_event_duplicate(identifier)
    writes.rename(call.scope, EVENTS, old, f"{old.id} {old.number}")


def cancel(call: Call, identifier: str) -> None:
    """Cancels an event of the last day. Raises StripeError without one."""
    event = objects.get(call.scope, EVENT, identifier)
    if event is None or event.created <= call.now - UNIQUE or shared(event).get("canceled"):
        raise errors.meter_event_unknown(identifier)
    objects.change(call.scope, EVENT, event, canceled=True)


def shown(row: Row[bytes]) -> Fields:
    """The fields of an event that responses show."""
    return public(shared(row))


def _create_event(call: Call) -> Json:
    """POST /v1/billing/meter_events. Raises StripeError."""
    sent: Fields = {name: value for name, value in call.params.items() if name != "expand"}
    row = record(call, sent, integer(sent, "timestamp") if "timestamp" in sent else None)
    own: Fields = {"created": call.now, "livemode": call.sandbox.livemode}
    return {"object": EVENT, **dict(sorted({**shown(row), **own}.items()))}


def _create_adjustment(call: Call) -> Json:
    """POST /v1/billing/meter_event_adjustments. Raises StripeError."""
    identifier = hash_at(call.params, "cancel").get("identifier")
    if not identifier:
        raise errors.missing_param(("cancel", "identifier"))
    cancel(call, str(identifier))
    return {
        "object": ADJUSTMENT,
        "cancel": {"identifier": identifier},
        "event_name": call.params["event_name"],
        "livemode": call.sandbox.livemode,
        "status": "pending",
        "type": "cancel",
    }


EVENTS = stored(
    EVENT,
    "",
    noun="meter_event",
    private=MeterEventState,
    keys=keys,
    verbs={"create": _create_event},
    new_id=None,
)
ADJUSTMENTS: Resource[bytes] = Resource(
    name=ADJUSTMENT, noun="meter_event_adjustment", verbs={"create": _create_adjustment}
)
RESOURCES = (EVENTS, ADJUSTMENTS)
