"""Events, webhook endpoints with their deliveries, and resending an event."""

from __future__ import annotations

from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from emulator import events
from emulator.control.endpoints.reading import fields_of, limit_of, query_of, sandbox_of, text
from emulator.control.endpoints.responses import ControlError, respond
from emulator.resources.core.events import delivered
from emulator.resources.core.webhook_endpoints import render as render_endpoint
from emulator.resources.v2.events.destinations import INCLUDABLE
from emulator.resources.v2.events.destinations import render as render_destination
from emulator.sandbox.sandbox import Sandbox
from emulator.store.destinations import Receiver, is_thin
from emulator.store.events import MOST, Event
from emulator.store.webhooks import Delivery, WebhookEndpoint
from emulator.wire.json import Json
from emulator.wire.match import Wildcard

FORWARDS = ("forward_to", "forward_thin_to")


async def list_events(request: Request) -> Response:
    """GET /_emulator/events?type=&account=&limit= : newest first, of all accounts; `type` may be a group."""
    sandbox = sandbox_of(request)
    query = query_of(request, "type", "account", "limit")
    types, account = Wildcard(query.get("type", "*")), query.get("account")
    now = await events.catch_up(sandbox)
    found = (
        delivered(sandbox, event)
        for event in sandbox.events.newest_first(now)
        if types.matches(event.type) and account in (None, event.account)
    )
    return respond({"data": list(islice(found, limit_of(query))), "total": len(sandbox.events)})


async def list_endpoints(request: Request) -> Response:
    """GET /_emulator/webhooks: the receivers of events with their secrets and their deliveries, oldest first."""
    sandbox = sandbox_of(request)
    rows = list(sandbox.deliveries)
    data = [
        {**_endpoint(sandbox, to), "deliveries": [_delivery(sandbox, row) for row in rows if row.endpoint == to.id]}
        for to in events.recipients(sandbox)
    ]
    return respond({"data": data})


async def resend(request: Request) -> Response:
    """POST /_emulator/webhooks/resend with `event` and optionally `endpoint`, by default all its receivers."""
    sandbox, body = sandbox_of(request), await fields_of(request, "event", "endpoint")
    event = sandbox.events.get(text(body, "event"))
    if event is None:
        raise ControlError(
            404,
            "event_not_found",
            "This sandbox has no such event.",
            f"GET /_emulator/events lists the last {MOST} events of 30 days.",
        )
    receivers = _receivers(sandbox, event, body.get("endpoint"))
    for receiver in receivers:
        sandbox.schedule_delivery(event, receiver.id)
    return respond({"event": event.id, "endpoints": [receiver.id for receiver in receivers]})


def _receivers(sandbox: Sandbox, event: Event, named: object) -> list[Receiver]:
    """The receivers to resend an event to. Raises ControlError."""
    sent = {delivery.endpoint for delivery in sandbox.deliveries.of(event.id)}
    found = [to for to in events.recipients(sandbox) if (to.id in sent if named is None else to.id == named)]
    if not found:
        raise ControlError(
            404,
            "webhook_endpoint_not_found",
            "There is no endpoint to send this event to.",
            "GET /_emulator/webhooks lists the endpoints; name one of them as endpoint.",
        )
    if any(to.id not in sent and is_thin(to) != (event.thin is not None) for to in found):
        message = "A receiver gets either thin events or snapshots, and this one gets the other kind."
        raise ControlError(
            400, "incompatible_payload", message, "GET /_emulator/webhooks shows the event_payload of each."
        )
    enabled = [to for to in found if not to.disabled]
    if not enabled:
        message = f"No events are sent to {' and '.join(to.url for to in found)}, which is disabled."
        raise ControlError(400, "webhook_endpoint_disabled", message, "Enable the endpoint, and resend the event.")
    return enabled


def _endpoint(sandbox: Sandbox, endpoint: Receiver) -> dict[str, Json]:
    if endpoint.id in FORWARDS:
        return {"id": endpoint.id, "secret": endpoint.secret, "url": endpoint.url}
    if isinstance(endpoint, WebhookEndpoint):
        return {**render_endpoint(sandbox, endpoint, secret=True), "connect": endpoint.connect}
    shown = render_destination(sandbox, endpoint, INCLUDABLE)
    return {**shown, "secret": endpoint.secret, "url": endpoint.url}


def _delivery(sandbox: Sandbox, row: Delivery) -> Json:
    event = sandbox.events.get(row.event)
    return {
        "event": row.event,
        "type": event.type if event else None,
        "state": row.state,
        "due_at": row.due_at,
        "attempts": [attempt._asdict() for attempt in row.attempts],
    }
