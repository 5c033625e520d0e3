"""Events and their deliveries as a test sees them, and sending them once more."""

from __future__ import annotations

from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from emulator import events
from emulator.control.endpoints.requests import fields_of, limit_of, query_of, secret_key, text, world
from emulator.control.endpoints.responses import ControlError, answer
from emulator.resources.core.events import delivered, matches
from emulator.resources.core.webhook_endpoints import render as render_endpoint
from emulator.resources.v2.events.destinations import INCLUDABLE
from emulator.resources.v2.events.destinations import render as render_destination
from emulator.sandbox.sandbox import Sandbox
from emulator.store.destinations import Receiver, is_thin
from emulator.store.events import MOST, Event
from emulator.store.webhooks import Delivery, WebhookEndpoint
from emulator.wire.json import Json

FORWARDS = ("forward_to", "forward_thin_to")


async def listing(request: Request) -> Response:
    """GET /_emulator/events?type=&account=&limit= : the newest first, of every account; `type` may be a group."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    query = query_of(request, "type", "account", "limit")
    wanted, account = query.get("type", "*"), query.get("account")
    now = sandbox.clock.now()
    events.elapse(sandbox, now)
    found = (
        delivered(sandbox, event)
        for event in sandbox.events.newest_first(now)
        if matches(wanted, event.type) and account in (None, event.account)
    )
    return answer({"data": list(islice(found, limit_of(query))), "total": len(sandbox.events)})


async def endpoints(request: Request) -> Response:
    """GET /_emulator/webhooks: who gets events, with the secrets, and what became of each delivery, oldest first."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    rows = list(sandbox.deliveries)
    data = [
        {**_endpoint(sandbox, to), "deliveries": [_delivery(sandbox, row) for row in rows if row.endpoint == to.id]}
        for to in events.recipients(sandbox)
    ]
    return answer({"data": data})


async def resend(request: Request) -> Response:
    """POST /_emulator/webhooks/resend with `event`, and perhaps `endpoint`: else to all that it was sent to."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    body = await fields_of(request, "event", "endpoint")
    event = sandbox.events.get(text(body, "event"))
    if event is None:
        raise ControlError(
            404,
            "event_not_found",
            "This sandbox has no such event.",
            f"GET /_emulator/events lists the last {MOST} events of 30 days.",
        )
    to = _chosen(sandbox, event, body.get("endpoint"))
    for endpoint in to:
        sandbox.send(event, endpoint.id)
    return answer({"event": event.id, "endpoints": [endpoint.id for endpoint in to]})


def _chosen(sandbox: Sandbox, event: Event, named: object) -> list[Receiver]:
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
        message = "Thin events and snapshots go to receivers of their own, and this one takes the others."
        raise ControlError(400, "other_payload", message, "GET /_emulator/webhooks shows the event_payload of each.")
    enabled = [to for to in found if not to.disabled]
    if not enabled:
        message = f"Nothing is sent to {' and '.join(to.url for to in found)}, which is disabled."
        raise ControlError(400, "webhook_endpoint_disabled", message, "Enable the endpoint, and send the event then.")
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
