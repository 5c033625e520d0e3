"""Event destinations: `/v2/core/event_destinations`. `emulator.events` makes the events that are sent to them.

Webhook endpoints of v1 and event destinations are listed separately (our choice).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from emulator import catalog, errors
from emulator.model.answering.verbs import Place, row_of_path
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields, Resource, owned_by_the_platform
from emulator.model.stored.metadata import merged
from emulator.resources.v2.events import events, subscriptions
from emulator.resources.v2.style import V2
from emulator.sandbox.sandbox import Sandbox
from emulator.store.destinations import EventDestination, Payload
from emulator.store.events import Event, Related, Thin
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp

OBJECT = "v2.core.event_destination"
URL = "/v2/core/event_destinations"
PING = "v2.core.event_destination.ping"
INCLUDABLE = ("webhook_endpoint.signing_secret", "webhook_endpoint.url")
MAX_DESTINATIONS = 16  # the limit of webhook endpoints (our choice)


def render(sandbox: Sandbox, destination: EventDestination, include: Collection[str] = ()) -> Fields:
    """The body of an event destination. URL and signing secret are null unless included (official)."""
    body: dict[str, Json] = {
        "created": format_timestamp(destination.created),
        "description": destination.description,
        "enabled_events": list(destination.enabled_events),
        "event_payload": destination.payload,
        "events_from": list(destination.events_from),
        "id": destination.id,
        "livemode": sandbox.livemode,
        "metadata": dict(sorted(destination.metadata.items())),
        "name": destination.name,
        "object": OBJECT,
        "snapshot_api_version": destination.api_version,
        "status": "disabled" if destination.disabled else "enabled",
        "status_details": {"disabled": {"reason": "user"}} if destination.disabled else None,
        "type": subscriptions.WEBHOOK,
        "updated": format_timestamp(destination.updated),
        "webhook_endpoint": {
            name.partition(".")[2]: value if name in include else None
            for name, value in zip(INCLUDABLE, (destination.secret, destination.url), strict=True)
        },
    }
    return catalog.fill(body, OBJECT)


def response(call: Call, row: Row[EventDestination]) -> Fields:
    """A destination with the parts that the request includes."""
    include = call.params.get("include")
    return render(call.sandbox, row.data, [str(name) for name in include] if isinstance(include, list) else [])


def create(call: Call) -> EventDestination:
    """The destination that a request describes. Raises StripeError."""
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
        api_version=subscriptions.version(call, payload),
        description=str(sent.get("description", "")),
        metadata=merged({}, sent.get("metadata")),
    )
    if len(sandbox.event_destinations) >= MAX_DESTINATIONS:
        raise errors.v2_event_destination_limit(MAX_DESTINATIONS)
    return destination


def update(call: Call, found: Row[EventDestination]) -> EventDestination:
    """The destination after an update. Parameters that are not sent stay unchanged. Raises StripeError."""
    row, sent = found.data, call.params
    return replace(
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


def ping(call: Call) -> Json:
    """POST /v2/core/event_destinations/{id}/ping: an event for this destination only, whatever it subscribes to.

    The event is thin even for snapshot destinations, and has no reason (as in the API reference). Raises StripeError.
    """
    row, sandbox = row_of_path(DESTINATIONS, Place("id"), call), call.sandbox
    event = Event(
        id=sandbox.ids.v2("evt", livemode=sandbox.livemode),
        type=PING,
        created=call.now,
        account=None,
        request=None,
        idempotency_key=None,
        api_version=sandbox.api_version,
        data=None,
        thin=Thin(Related(row.id, OBJECT, f"{URL}/{row.id}")),
    )
    sandbox.add_event(event)
    sandbox.schedule_delivery(event, row.id)
    return events.render(sandbox, event)


def _platform_only(call: Call) -> None:
    """Refuses connected accounts, as for webhook endpoints (our choice). Raises StripeError."""
    if call.acting is not None:
        raise errors.webhooks_of_connected_account()


DESTINATIONS = Resource[EventDestination](
    name=OBJECT,
    noun="event destination",
    owner=owned_by_the_platform,
    allow=_platform_only,
    new_id=lambda _, destination: destination.id,
    render=lambda sandbox, row, _: render(sandbox, row.data),
    response=response,
    create=create,
    update=update,
    delete=lambda call, row: call.sandbox.deliveries.drop_endpoint(row.id),
    actions={
        "disable": lambda call, row: replace(row.data, disabled=True, updated=call.now),
        "enable": lambda call, row: replace(row.data, disabled=False, updated=call.now),
    },
    verbs={"ping": ping},
    style=V2,
)
RESOURCES = (DESTINATIONS,)
