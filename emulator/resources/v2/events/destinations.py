"""Event destinations: `/v2/core/event_destinations`. `emulator.events` makes the events that are sent to them.

Webhook endpoints of v1 and event destinations are listed separately (our choice).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import cast

from emulator import catalog, errors
from emulator.resources.endpoint import Call, Endpoint
from emulator.resources.metadata import merged
from emulator.resources.v2 import pages, params
from emulator.resources.v2.events import events, subscriptions
from emulator.sandbox.sandbox import Sandbox
from emulator.store.destinations import EventDestination, Payload
from emulator.store.events import Event, Related, Thin
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp

NOUN = "event destination"
OBJECT = "v2.core.event_destination"
URL = "/v2/core/event_destinations"
PING = "v2.core.event_destination.ping"
INCLUDABLE = ("webhook_endpoint.signing_secret", "webhook_endpoint.url")
MAX_DESTINATIONS = 16  # the limit of webhook endpoints (our choice)


def render(sandbox: Sandbox, row: EventDestination, include: Collection[str] = ()) -> dict[str, Json]:
    """The body of an event destination. URL and signing secret are null unless included (official)."""
    body: dict[str, Json] = {
        "created": format_timestamp(row.created),
        "description": row.description,
        "enabled_events": list(row.enabled_events),
        "event_payload": row.payload,
        "events_from": list(row.events_from),
        "id": row.id,
        "livemode": sandbox.livemode,
        "metadata": dict(sorted(row.metadata.items())),
        "name": row.name,
        "object": OBJECT,
        "snapshot_api_version": row.api_version,
        "status": "disabled" if row.disabled else "enabled",
        "status_details": {"disabled": {"reason": "user"}} if row.disabled else None,
        "type": subscriptions.WEBHOOK,
        "updated": format_timestamp(row.updated),
        "webhook_endpoint": {
            name.partition(".")[2]: value if name in include else None
            for name, value in zip(INCLUDABLE, (row.secret, row.url), strict=True)
        },
    }
    return catalog.fill(body, OBJECT)


def create(call: Call) -> Json:
    """POST /v2/core/event_destinations. Raises StripeError."""
    _platform_only(call)
    sent, sandbox = call.params, call.sandbox
    subscriptions.check_type(sent)
    payload = cast("Payload", sent["event_payload"])
    destination = EventDestination(
        id=sandbox.ids.v2("ed", livemode=sandbox.livemode),
        name=str(sent["name"]),
        payload=payload,
        url=subscriptions.url(sent),
        enabled_events=subscriptions.types(sent, payload),
        events_from=subscriptions.events_from(sent),
        secret=sandbox.ids.webhook_secret(),
        created=call.now,
        updated=call.now,
        api_version=subscriptions.version(sandbox, sent, payload),
        description=str(sent.get("description", "")),
        metadata=merged({}, sent.get("metadata")),
    )
    if len(sandbox.event_destinations) >= MAX_DESTINATIONS:
        raise errors.v2_event_destination_limit(MAX_DESTINATIONS)
    sandbox.event_destinations.put(destination.id, destination)
    return render(sandbox, destination, _include(call))


def retrieve(call: Call) -> Json:
    """GET /v2/core/event_destinations/{id}. Raises StripeError."""
    return render(call.sandbox, _destination(call), _include(call))


def list_all(call: Call) -> Json:
    """GET /v2/core/event_destinations, newest first. Raises StripeError."""
    _platform_only(call)
    rows = list(call.sandbox.event_destinations.newest_first())
    include = _include(call)
    return pages.listing(call, URL, rows, lambda row: row.id, lambda row: render(call.sandbox, row, include))


def update(call: Call) -> Json:
    """POST /v2/core/event_destinations/{id}. Parameters that are not sent stay unchanged. Raises StripeError."""
    row, sent = _destination(call), call.params
    changed = replace(
        row,
        name=str(sent.get("name") or row.name),
        url=subscriptions.url(sent) if sent.get(subscriptions.WEBHOOK) else row.url,
        enabled_events=subscriptions.types(sent, row.payload)
        if sent.get("enabled_events", "") != ""
        else row.enabled_events,
        description=str(sent.get("description", row.description)),
        metadata=merged(row.metadata, sent.get("metadata")),
        updated=call.now,
    )
    return _put(call, changed)


def disable(call: Call) -> Json:
    """POST /v2/core/event_destinations/{id}/disable: no more deliveries. Raises StripeError."""
    return _put(call, replace(_destination(call), disabled=True, updated=call.now))


def enable(call: Call) -> Json:
    """POST /v2/core/event_destinations/{id}/enable. Raises StripeError."""
    return _put(call, replace(_destination(call), disabled=False, updated=call.now))


def delete(call: Call) -> Json:
    """DELETE /v2/core/event_destinations/{id}. Raises StripeError."""
    row = _destination(call)
    call.sandbox.event_destinations.remove(row.id)
    call.sandbox.deliveries.drop_endpoint(row.id)
    return {"id": row.id, "object": OBJECT}


def ping(call: Call) -> Json:
    """POST /v2/core/event_destinations/{id}/ping: an event for this destination only, whatever it subscribes to.

    The event is thin even for snapshot destinations, and has no reason (as in the API reference). Raises StripeError.
    """
    row, sandbox = _destination(call), call.sandbox
    event = Event(
        id=sandbox.ids.v2("evt", livemode=sandbox.livemode),
        type=PING,
        created=call.now,
        account=None,
        request=None,
        idempotency_key=None,
        api_version=sandbox.api_version,
        data={},
        thin=Thin(Related(row.id, OBJECT, f"{URL}/{row.id}")),
    )
    sandbox.keep(event)
    sandbox.send(event, row.id)
    return events.render(sandbox, event)


def _put(call: Call, row: EventDestination) -> Json:
    call.sandbox.event_destinations.put(row.id, row)
    return render(call.sandbox, row, _include(call))


def _platform_only(call: Call) -> None:
    """Refuses connected accounts, as for webhook endpoints (our choice). Raises StripeError."""
    if call.acting is not None:
        raise errors.webhooks_of_connected_account()


def _destination(call: Call) -> EventDestination:
    _platform_only(call)
    row = call.sandbox.event_destinations.get(call.path["id"])
    if row is None:
        raise errors.v2_not_found(NOUN, call.path["id"])
    return row


def _include(call: Call) -> list[str]:
    include = call.params.get("include")
    return [str(name) for name in include] if isinstance(include, list) else []


ENDPOINTS: Mapping[str, Endpoint] = {
    "GetV2CoreEventDestinations": Endpoint(list_all, params=params.of("GetV2CoreEventDestinations")),
    "PostV2CoreEventDestinations": Endpoint(create, params=params.of("PostV2CoreEventDestinations")),
    "GetV2CoreEventDestinationsId": Endpoint(retrieve, params=params.of("GetV2CoreEventDestinationsId")),
    "PostV2CoreEventDestinationsId": Endpoint(update, params=params.of("PostV2CoreEventDestinationsId")),
    "DeleteV2CoreEventDestinationsId": Endpoint(delete),
    "PostV2CoreEventDestinationsIdDisable": Endpoint(disable),
    "PostV2CoreEventDestinationsIdEnable": Endpoint(enable),
    "PostV2CoreEventDestinationsIdPing": Endpoint(ping),
}
