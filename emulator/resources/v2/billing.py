"""Usage in v2: meter events, their cancelation, and sessions for streams of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from emulator.model.declaration import writes
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields, Handler, Resource
from emulator.model.stored.stored import encode
from emulator.resources.billing.usage import meter_events
from emulator.resources.v2.params import unix_time
from emulator.resources.v2.style import V2
from emulator.schema.trees import hash_at, integer, list_in
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp

EVENT, ADJUSTMENT, SESSION = (
    "v2.billing.meter_event",
    "v2.billing.meter_event_adjustment",
    "v2.billing.meter_event_session",
)
LIFETIME = int(timedelta(minutes=15).total_seconds())
STREAM = "/v2/billing/meter_event_stream"


def _create_event(call: Call) -> Json:
    """POST /v2/billing/meter_events. Raises StripeError."""
    meter_events.check(call, {"event_name": call.params["event_name"], "payload": hash_at(call.params, "payload")})
    fields = _record(call, call.params)
    return {
        "object": EVENT,
        "created": format_timestamp(call.now),
        "livemode": call.sandbox.livemode,
        **fields,
        "timestamp": format_timestamp(integer(fields, "timestamp")),
    }


def _record(call: Call, sent: Any, at: str = "timestamp") -> Fields:
    text = str(sent.get("timestamp") or "")
    timestamp = int(unix_time(text, at)) if text else None
    return meter_events.shown(meter_events.record(call, sent, timestamp))


def _create_adjustment(call: Call) -> Json:
    """POST /v2/billing/meter_event_adjustments. Raises StripeError."""
    identifier = str(hash_at(call.params, "cancel")["identifier"])
    meter_events.cancel(call, identifier)
    return {
        "id": call.sandbox.ids.random("mtr_event_adj", 30, "" if call.sandbox.livemode else "test_61"),
        "object": ADJUSTMENT,
        "cancel": {"identifier": identifier},
        "created": format_timestamp(call.now),
        "event_name": call.params["event_name"],
        "livemode": call.sandbox.livemode,
        "status": "pending",
        "type": "cancel",
    }


def _create_session(call: Call) -> Json:
    """POST /v2/billing/meter_event_session: a token for the stream, which is valid for fifteen minutes (official)."""
    mode = "live" if call.sandbox.livemode else "test"
    token = f"mes_{mode}_{call.sandbox.ids.token(48)}"
    writes.add(call.scope.platform, SESSIONS, token, encode({"account": call.acting}))
    return {
        "id": call.sandbox.ids.random("mes", 30, "" if call.sandbox.livemode else "test_61"),
        "object": SESSION,
        "authentication_token": token,
        "created": format_timestamp(call.now),
        "expires_at": format_timestamp(call.now + LIFETIME),
        "livemode": call.sandbox.livemode,
    }


def _stream(call: Call) -> Json:
    """POST /v2/billing/meter_event_stream: up to a hundred events; all are stored, or none. Raises StripeError."""
    for place, each in enumerate(list_in(call.params, "events")):
        _record(call, each, f"events[{place}].timestamp")
    return {}


SESSIONS: Resource[bytes] = Resource(
    name=SESSION, noun="meter_event_session", verbs={"create": _create_session}, style=V2
)
STREAMS: Mapping[str, Handler] = {"PostV2BillingMeterEventStream": _stream}
RESOURCES: tuple[Resource[Any], ...] = (
    Resource(name=EVENT, noun="meter_event", verbs={"create": _create_event}, endpoints=STREAMS, style=V2),
    Resource(name=ADJUSTMENT, noun="meter_event_adjustment", verbs={"create": _create_adjustment}, style=V2),
    SESSIONS,
)
