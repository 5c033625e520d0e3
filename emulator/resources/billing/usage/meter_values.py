"""The values of meter events: by meter, customer and time, and their aggregates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import fields_of, shared
from emulator.resources.billing.base.amounts import rounded
from emulator.resources.billing.usage.record_values import reported
from emulator.schema.trees import hash_in, integer
from emulator.store.orders import Key
from emulator.store.table import Row
from emulator.wire.json import Json

METER, EVENT = "billing.meter", "billing.meter_event"
STATUS, NAME = 0, 1  # the places of the keys of a meter
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,12})?", re.ASCII)


class MeterEventState(Private, total=False):
    """What an event keeps that a meter counts: `meter customer`, and the value."""

    _counted: list[str]


def meter_of(scope: Scope, event_name: str, status: str = "") -> Row[bytes] | None:
    """The newest meter of a name, in a state where one is given; an active one before others."""
    rows: Iterator[Row[bytes]] = scope.sandbox.table(METER).newest(scope.owner, keys={NAME: event_name})
    found = [row for row in rows if status in ("", row.keys[STATUS])]
    return next((row for row in found if row.keys[STATUS] == "active"), found[0] if found else None)


def customer_key(meter: Mapping[str, Json]) -> str:
    """The name in a payload whose value is the customer."""
    return str(hash_in(meter, "customer_mapping").get("event_payload_key", "stripe_customer_id"))


def value_key(meter: Mapping[str, Json]) -> str:
    """The name in a payload whose value is counted."""
    return str(hash_in(meter, "value_settings").get("event_payload_key", "value"))


def formula_of(meter: Mapping[str, Json]) -> str:
    """How a meter aggregates: `count`, `last` or `sum`."""
    return str(hash_in(meter, "default_aggregation").get("formula"))


def number(value: Json) -> Decimal | None:
    """The number that a text is, None where it is none that meters count."""
    text = str(value)
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def counted(meter: Row[bytes], customer: str, payload: Mapping[str, Json]) -> Fields:
    """The private fields of an event that a meter counts."""
    fields = shared(meter)
    value = "1" if formula_of(fields) == "count" else str(payload.get(value_key(fields)))
    return kept(MeterEventState(_counted=[f"{meter.id} {customer}", value]))


def keys(data: bytes) -> tuple[Key, ...]:
    """The keys of an event, of which the series of its table is made; one that is not counted has no name."""
    fields = fields_of(data)
    name, value = private(MeterEventState, fields).get("_counted") or ("", "")
    return (name if name and not fields.get("canceled") else None, integer(fields, "timestamp"), value)


def values(scope: Scope, meter: Row[bytes], customer: str, start: int, end: int) -> list[tuple[int, Decimal]]:
    """The times and values of the events of a customer from `start` up to `end`, oldest first."""
    found = scope.sandbox.table(EVENT).series(scope.owner).between(f"{meter.id} {customer}", start, end)
    return [(at, Decimal(value)) for at, value in found]


def aggregated(meter: Mapping[str, Json], found: Sequence[Decimal]) -> Decimal:
    """The aggregate of values, in the order of their times."""
    if formula_of(meter) == "last":
        return found[-1] if found else Decimal(0)
    return sum(found, Decimal(0))


def total(scope: Scope, meter: Row[bytes], customer: str, start: int, end: int) -> Decimal:
    """The usage of a customer that a meter has counted from `start` up to `end`."""
    return aggregated(shared(meter), [value for _, value in values(scope, meter, customer, start, end)])


def usage(scope: Scope, item: Mapping[str, Json], start: int, end: int) -> int:
    """The usage of a metered item of a subscription from `start` up to `end`: of its meter, or of its usage records."""
    name = hash_in(hash_in(item, "price"), "recurring").get("meter")
    if not name:
        return reported(scope, item, start, end)
    meter = objects.get(scope, METER, str(name))
    subscription = objects.get(scope, "subscription", str(item.get("subscription") or ""))
    if meter is None or subscription is None:
        return 0
    return rounded(total(scope, meter, str(shared(subscription).get("customer")), start, end))
