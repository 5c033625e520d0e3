"""Thin events: `/v2/core/events`, read only. `emulator.events` makes them.

All belong to the platform, including those about accounts created by v2: a recorded one has no context (observed).
"""

from __future__ import annotations

from math import ceil, floor

from emulator import catalog, errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource, within
from emulator.resources.core.events import THIN, reason, related
from emulator.resources.v2 import pages, params
from emulator.resources.v2.style import V2
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Value
from emulator.store.events import KEPT_SECONDS, Event, Thin, unpack
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp

NOUN = "event"
MOST_TYPES = 20  # official
URL = "/v2/core/events"


def render(sandbox: Sandbox, event: Event) -> dict[str, Json]:
    """The body of a thin event, with the data and changes that deliveries leave out (official)."""
    thin = event.thin or Thin(None)
    body: dict[str, Json] = {
        "changes": unpack(thin.changes) if thin.changes else None,
        "context": None,
        "created": format_timestamp(event.created),
        "data": dict(thin.data) if thin.data else None,
        "id": event.id,
        "livemode": sandbox.livemode,
        "object": THIN,
        "reason": reason(event),
        "related_object": related(thin),
        "type": event.type,
    }
    return catalog.fill(body, THIN)


def retrieve(call: Call) -> Json:
    """GET /v2/core/events/{id}, for 30 days after the event. Raises StripeError."""
    event = call.sandbox.events.get(call.path["id"])
    if event is None or event.thin is None or call.acting or event.created <= call.now - KEPT_SECONDS:
        raise errors.v2_not_found(NOUN, call.path["id"])
    return render(call.sandbox, event)


def list_all(call: Call) -> Json:
    """GET /v2/core/events, newest first. Raises StripeError."""
    types, created = call.params.get("types"), _bounds(call)
    if isinstance(types, list) and len(types) > MOST_TYPES:
        raise errors.v2_too_many_values("types", MOST_TYPES)
    rows = [
        event
        for event in call.sandbox.events.newest_first(call.now)
        if event.thin is not None
        and not call.acting
        and within(event.created, created)
        and (not isinstance(types, list) or not types or event.type in types)
        and call.params.get("object_id") in (None, "", event.thin.related and event.thin.related.id)
    ]
    return pages.listing(call, URL, rows, lambda event: event.id, lambda event: render(call.sandbox, event))


def _bounds(call: Call) -> dict[str, Value] | None:
    """The range of `created` in whole unix seconds, rounded so that fractional bounds select the same events."""
    sent = call.params.get("created")
    if not isinstance(sent, dict):
        return None
    found = {name: params.unix_time(str(value), f"created.{name}") for name, value in sent.items() if value != ""}
    return {name: ceil(at) if name in ("gte", "lt") else floor(at) for name, at in found.items()}


EVENTS_V2 = Resource[Event](name="v2.core.event", verbs={"list": list_all, "retrieve": retrieve}, style=V2)
RESOURCES = (EVENTS_V2,)
