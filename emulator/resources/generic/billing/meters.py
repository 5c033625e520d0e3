"""Usage meters: events, their cancelation, and their sums by customer.

Events of v1 and v2 are kept together, by their identifiers. An event that no meter counts is accepted (official).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from emulator import errors
from emulator.resources import objects, paging, verbs
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import Additions, declared, hash_in, integer
from emulator.resources.paging import SequenceSource
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.schema.trees import hash_at
from emulator.store.table import Row
from emulator.wire.json import Json

METER, EVENT, ADJUSTMENT = "billing.meter", "billing.meter_event", "billing.meter_event_adjustment"
UNIQUE = int(timedelta(days=1).total_seconds())
OLDEST, NEWEST = int(timedelta(days=35).total_seconds()), int(timedelta(minutes=5).total_seconds())
MINUTE = 60
_NUMBER = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)
WINDOWS = {"hour": 3_600, "day": 86_400}


def _meter(call: Call, fields: Fields) -> Fields:
    name = str(fields["event_name"])
    if any(each.get("event_name") == name for each in _meters(call, "active")):
        raise errors.meter_event_name_used(name)
    mapping: Json = {"event_payload_key": "stripe_customer_id", "type": "by_id"}
    return {"customer_mapping": mapping, "value_settings": {"event_payload_key": "value"}, **fields}


def check(call: Call, sent: Mapping[str, Json]) -> None:
    """Refuses an event that no meter would count, which v2 does at once (official). Raises StripeError."""
    name, payload = str(sent["event_name"]), hash_in(sent, "payload")
    meter = next((each for each in _meters(call) if each.get("event_name") == name), None)
    if meter is None:
        raise errors.meter_event_without_meter(name)
    key = str(hash_in(meter, "customer_mapping")["event_payload_key"])
    value = str(hash_in(meter, "value_settings")["event_payload_key"])
    if not payload.get(key):
        raise errors.meter_event_without_customer(key)
    if hash_in(meter, "default_aggregation").get("formula") != "count" and value not in payload:
        raise errors.meter_event_without_value(value)
    if value in payload and _number(payload[value]) is None:
        raise errors.meter_event_value_invalid()


def record(call: Call, sent: Mapping[str, Json], timestamp: int) -> Row[bytes]:
    """Stores an event at a unix second. Raises StripeError for a time out of range, and for a used identifier."""
    if timestamp < call.now - OLDEST:
        raise errors.meter_event_too_old()
    if timestamp > call.now + NEWEST:
        raise errors.meter_event_in_future()
    name = str(sent["event_name"])
    states = {str(each["status"]) for each in _meters(call) if each.get("event_name") == name}
    if states == {"inactive"}:
        raise errors.meter_archived(name)
    identifier = str(sent.get("identifier") or call.sandbox.ids.uuid())
    _make_room(call, identifier)
    payload = dict(hash_in(sent, "payload"))
    fields: Fields = {"event_name": name, "identifier": identifier, "payload": payload, "timestamp": timestamp}
    return objects.add(call.scope, EVENT, identifier, fields)


def _make_room(call: Call, identifier: str) -> None:
    """Refuses an identifier used in the last day; that of an older event can be used again. Raises StripeError."""
    old = objects.get(call.scope, EVENT, identifier)
    if old is None:
        return
    if old.created > call.now - UNIQUE:
        raise errors.meter_event_duplicate(identifier)
    table = call.sandbox.table(EVENT)
    table.remove(old.owner, old.id)
    table.put(old._replace(id=f"{old.id} {old.number}"))


def cancel(call: Call, identifier: str) -> None:
    """Cancels an event of the last day. Raises StripeError without one."""
    event = objects.get(call.scope, EVENT, identifier)
    if event is None or event.created <= call.now - UNIQUE or decode(event).get("canceled"):
        raise errors.meter_event_unknown(identifier)
    objects.change(call.scope, EVENT, event, canceled=True)


def _create_event(call: Call) -> Json:
    """POST /v1/billing/meter_events. Raises StripeError."""
    sent: Fields = {name: value for name, value in call.params.items() if name != "expand"}
    row = record(call, sent, integer(sent, "timestamp", call.now))
    own: Fields = {"created": call.now, "livemode": call.sandbox.livemode}
    fields = decode(row)
    return {"object": EVENT, **dict(sorted({**fields, **own}.items()))}


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


def _summaries(call: Call) -> Json:
    """GET /v1/billing/meters/{id}/event_summaries: one for the whole time, or for each window. Raises StripeError."""
    row = verbs.found(declared(METER), verbs.Place("id"), call)
    start, end = integer(call.params, "start_time"), integer(call.params, "end_time")
    window = WINDOWS.get(str(call.params.get("value_grouping_window")), 0)
    for name, bound in (("start_time", start), ("end_time", end)):
        if bound % (window or MINUTE) or end <= start:
            raise errors.meter_window_unaligned(name)
    values = list(_values(call, decode(row), str(call.params["customer"]), start, end))
    starts = sorted({at - at % window for at, _ in values}) if window else [start]
    found = [_summary(call, row, values, each, each + (window or end - start)) for each in reversed(starts)]
    page = paging.page(call, SequenceSource(found, lambda each: str(each["id"])), noun="meter_event_summary")
    return paging.listing(list(page.rows), call.url, has_more=page.has_more)


def _summary(call: Call, meter: Row[bytes], values: list[tuple[int, float]], start: int, end: int) -> Fields:
    """The aggregated value of a window."""
    inside = [value for at, value in values if start <= at < end]
    formula = hash_in(decode(meter), "default_aggregation").get("formula")
    total = {"count": float(len(inside)), "last": inside[-1] if inside else 0.0}.get(str(formula), sum(inside))
    return {
        "id": f"mtrusg_test_61{meter.id[-10:]}{start:010d}{end:010d}",
        "object": "billing.meter_event_summary",
        "aggregated_value": total,
        "end_time": end,
        "livemode": call.sandbox.livemode,
        "meter": meter.id,
        "start_time": start,
    }


def _values(call: Call, meter: Fields, customer: str, start: int, end: int) -> Iterator[tuple[int, float]]:
    """The times and values of the events of a customer, oldest first."""
    key = str(hash_in(meter, "customer_mapping")["event_payload_key"])
    value = str(hash_in(meter, "value_settings")["event_payload_key"])
    events = (decode(row) for row in call.sandbox.table(EVENT).oldest(call.owner))
    found = []
    for event in events:
        payload, at = hash_in(event, "payload"), integer(event, "timestamp")
        mine = event["event_name"] == meter["event_name"] and payload.get(key) == customer
        if mine and start <= at < end and not event.get("canceled"):
            found.append((at, _number(payload.get(value)) or 0.0))
    return iter(sorted(found, key=lambda each: each[0]))


def _number(value: Json) -> float | None:
    text = str(value)
    return float(text) if _NUMBER.fullmatch(text) else None


def _meters(call: Call, status: str = "") -> Iterator[Fields]:
    fields = (decode(row) for row in call.sandbox.table(METER).newest(call.owner))
    return (each for each in fields if not status or each.get("status") == status)


ADDITIONS = {
    METER: Additions(create=_meter),
    EVENT: Additions(verbs={"create": _create_event}),
    ADJUSTMENT: Additions(verbs={"create": _create_adjustment}),
    "billing.meter_event_summary": Additions(verbs={"list": _summaries}),
}
