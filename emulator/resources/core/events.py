"""Events in the responses of v1, `GET /v1/events`, and in deliveries to webhook endpoints and event destinations.

They are created in `emulator.events`. Those of a connected account are in that account's own list, not in the
platform's (observed).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emulator import errors
from emulator.model.answering import paging
from emulator.model.answering.paging import SequenceSource
from emulator.model.declaration import registry, snapshots
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource, within
from emulator.model.declaration.versions import changes_of
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import KEPT_SECONDS, Event, States, Thin, unpack
from emulator.wire.json import Json
from emulator.wire.match import Wildcard
from emulator.wire.timestamps import format_timestamp

NOUN = "notification"  # Stripe's word for an event in "No such ..." (observed)
URL = "/v1/events"
THIN = "v2.core.event"


def render(sandbox: Sandbox, event: Event, version: str | None = None, *, account: bool = True) -> dict[str, Json]:
    """An event in Stripe's order of keys. `version` is the API version of its object, None for that of its creation.

    Deliveries name the connected account; responses of the API do not, as the request has named it (observed, once).
    """
    version = version or event.api_version
    return {
        "id": event.id,
        "object": "event",
        **({"account": event.account} if account and event.account else {}),
        "api_version": version,
        "created": event.created,
        "data": _data(sandbox, event, version),
        "livemode": sandbox.livemode,
        "pending_webhooks": sandbox.deliveries.undelivered(event.id),
        "request": {"id": event.request, "idempotency_key": event.idempotency_key},
        "type": event.type,
    }


def _data(sandbox: Sandbox, event: Event, version: str) -> Json:
    """The object and its previous attributes, as a version shows them.

    Versions that no receiver had when the event was created see what it has of other objects as it is now (our choice).
    """
    packed = event.older.get(version)
    newest = unpack(packed or event.data or b"")
    if packed is not None or not changes_of(version) or not isinstance(newest, Mapping):
        return newest
    states = snapshots.states_of(newest)
    find = registry.finder(sandbox, event.account, version, sandbox.clock.now())
    return snapshots.data(States(*(snapshots.at_version(state, version, find) for state in states)))


def delivered(sandbox: Sandbox, event: Event, version: str | None = None) -> dict[str, Json]:
    """An event as it is delivered: a snapshot, or a thin event, which only names its object.

    The order of a thin event's keys, and that absent values are null, was observed.
    """
    if event.thin is None:
        return render(sandbox, event, version)
    return {
        "id": event.id,
        "object": THIN,
        "type": event.type,
        "livemode": sandbox.livemode,
        "created": format_timestamp(event.created),
        "context": None,
        "reason": reason(event),
        "related_object": related(event.thin),
    }


def reason(event: Event) -> Json:
    """The request that caused a thin event, None if time did."""
    if event.request is None:
        return None
    return {"type": "request", "request": {"id": event.request, "idempotency_key": event.idempotency_key}}


def related(thin: Thin) -> Json:
    """The `related_object` of a thin event."""
    return thin.related._asdict() if thin.related else None


def retrieve(call: Call) -> Json:
    """GET /v1/events/{id}, for 30 days. Raises StripeError."""
    wanted = call.path["id"]
    event = call.sandbox.events.get(wanted)
    if (
        event is None
        or event.thin is not None
        or event.account != call.acting
        or event.created <= call.now - KEPT_SECONDS
    ):
        raise errors.no_such(NOUN, wanted, "id", 404, call.sandbox.other_mode_of(wanted))
    return render(call.sandbox, event, account=False)


def list_all(call: Call) -> Json:
    """GET /v1/events, newest first. Raises StripeError."""
    _check(call)
    newest = call.sandbox.events.newest_first(call.now)
    every = [event for event in newest if event.thin is None and event.account == call.acting]
    page = paging.page(
        call,
        SequenceSource(every, lambda event: event.id),
        noun=NOUN,
        keep=_filter(call),
    )
    data = [render(call.sandbox, event, account=False) for event in page.rows]
    return paging.listing(data, URL, has_more=page.has_more)


def _check(call: Call) -> None:
    types = call.params.get("types")
    if types is not None and "type" in call.params:
        raise errors.exclusive_params((("type",), ("types",)))


def _filter(call: Call) -> Callable[[Event], bool]:
    """The filter of a list of events: by time of creation, by type, and by whether they were delivered."""
    created, success, types = (call.params.get(name) for name in ("created", "delivery_success", "types"))
    group = Wildcard(str(call.params.get("type", "*")))  # such as `account.*` (official); `types` are whole names
    undelivered = call.sandbox.deliveries.undelivered

    def passes(event: Event) -> bool:
        return (
            within(event.created, created)
            and (event.type in types if isinstance(types, list) else group.matches(event.type))
            and success in (None, undelivered(event.id) == 0)
        )

    return passes


EVENTS = Resource[Event](name="event", noun=NOUN, verbs={"list": list_all, "retrieve": retrieve})
RESOURCES = (EVENTS,)
