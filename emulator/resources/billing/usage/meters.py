"""`/v1/billing/meters`, and the usage that they have counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby

from emulator import errors
from emulator.model.answering import paging, verbs
from emulator.model.answering.paging import SequenceSource
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.registry import declared
from emulator.model.declaration.resource import Fields, Resource, Transitions
from emulator.model.stored.stored import Update, shared, stored
from emulator.resources.billing.base.declarations import long_id
from emulator.resources.billing.usage import meter_values
from emulator.resources.billing.usage.meter_values import METER
from emulator.schema.trees import integer
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.timestamps import DAY

SUMMARY = "billing.meter_event_summary"
MINUTE = 60
WINDOWS = {"hour": 3_600, "day": DAY}
LIFE = Transitions({"deactivate": {"active": "inactive"}, "reactivate": {"inactive": "active"}})
DEFAULTS: Mapping[str, Json] = {
    "customer_mapping": {"event_payload_key": "stripe_customer_id", "type": "by_id"},
    "status": "active",
    "status_transitions": {"deactivated_at": None},
    "value_settings": {"event_payload_key": "value"},
}


class Window(NamedTuple):
    """The seconds from `start` up to `end`, and the values of events in them, oldest first."""

    start: int
    end: int
    values: list[Decimal]


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new meter. Raises StripeError for the name of an active one."""
    name = str(fields["event_name"])
    if meter_values.meter_of(call.scope, name, "active") is not None:
        raise errors.meter_event_name_used(name)
    return fields


def _update(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    return {**fields, "updated": call.now}


def _action(verb: str) -> Update:
    def act(call: Call, row: Row[bytes], fields: Fields) -> Fields:
        state = LIFE.after(verb, "meter", str(fields["status"]))
        if state == "active" and meter_values.meter_of(call.scope, str(fields["event_name"]), state) is not None:
            raise errors.meter_event_name_used(str(fields["event_name"]))
        since: Json = {"deactivated_at": call.now if state == "inactive" else None}
        return {**_update(call, row, fields), "status": state, "status_transitions": since}

    return act


def _summaries(call: Call) -> Json:
    """GET /v1/billing/meters/{id}/event_summaries: one for the whole time, or for each window. Raises StripeError."""
    row = verbs.row_of_path(declared(METER), verbs.Place("id"), call)
    start, end = integer(call.params, "start_time"), integer(call.params, "end_time")
    window = WINDOWS.get(str(call.params.get("value_grouping_window")), 0)
    for name, bound in (("start_time", start), ("end_time", end)):
        if bound % (window or MINUTE) or end <= start:
            raise errors.meter_window_unaligned(name)
    values = meter_values.values(call.scope, row, str(call.params["customer"]), start, end)
    found = [_summary(call, row, *each) for each in _windows(values, window, start, end)]
    page = paging.page(call, SequenceSource(found, lambda each: str(each["id"])), noun="meter_event_summary")
    return paging.listing(list(page.rows), call.url, has_more=page.has_more)


def _windows(values: list[tuple[int, Decimal]], window: int, start: int, end: int) -> Iterator[Window]:
    """The whole time, or the windows with values, newest first."""
    if not window:
        yield Window(start, end, [value for _, value in values])
    for at, inside in groupby(reversed(values), lambda each: each[0] - each[0] % window) if window else ():
        yield Window(at, at + window, [value for _, value in inside][::-1])


def _summary(call: Call, meter: Row[bytes], start: int, end: int, inside: list[Decimal]) -> Fields:
    """The aggregated value of a window."""
    return {
        "id": f"mtrusg_test_61{meter.id[-10:]}{start:010d}{end:010d}",
        "object": SUMMARY,
        "aggregated_value": float(meter_values.aggregated(shared(meter), inside)),
        "end_time": end,
        "livemode": call.sandbox.livemode,
        "meter": meter.id,
        "start_time": start,
    }


def _unknown(_: object, identifier: str, __: str | None) -> Mapping[str, object]:
    name = f"calls {identifier}"
    return {"display_name": "Calls", "default_aggregation": {"formula": "sum"}, "event_name": name}


METERS = stored(
    METER,
    "mtr",
    new_id=long_id("mtr"),
    start=DEFAULTS,
    filters=["status", "event_name"],
    create=_create,
    update=_update,
    actions={verb: _action(verb) for verb in LIFE.actions},
    unknown=by_request(METER, _unknown),
)
SUMMARIES: Resource[bytes] = Resource(name=SUMMARY, noun="meter_event_summary", verbs={"list": _summaries})
RESOURCES = (METERS, SUMMARIES)
