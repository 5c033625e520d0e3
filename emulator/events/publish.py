"""Making events of changes, and scheduling their deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from emulator.events.origin import Origin
from emulator.resources import registry
from emulator.resources.resource import Diff
from emulator.sandbox.sandbox import Sandbox
from emulator.store.destinations import Receiver
from emulator.store.events import Event, NewEvent


def emit(sandbox: Sandbox, table: str, diff: Diff, origin: Origin) -> None:
    """Publishes the events of a change in a table."""
    publish(sandbox, events_of(table, diff), origin)


def events_of(table: str, diff: Diff) -> Iterator[NewEvent]:
    """The events of a change, of every resource that shows the table's rows."""
    for resource in registry.of_table(table, diff.row.data):
        yield from resource.events(resource, diff)


def publish(sandbox: Sandbox, events: Iterable[NewEvent], origin: Origin) -> None:
    """Stores events, and schedules a delivery for each receiver that wants one."""
    for new in events:
        event = _event(sandbox, new, origin)
        sandbox.add_event(event)
        for receiver in recipients(sandbox):
            if receiver.wants(event.type, event.account, thin=event.thin is not None):
                sandbox.schedule_delivery(event, receiver.id)


def _event(sandbox: Sandbox, new: NewEvent, origin: Origin) -> Event:
    ids, owner = sandbox.ids, new.account or sandbox.platform_id
    return Event(
        id=ids.in_account("evt", origin.now, owner) if new.thin is None else ids.v2("evt", livemode=sandbox.livemode),
        type=new.type,
        created=origin.now,
        account=new.account,
        request=origin.request,
        idempotency_key=origin.idempotency_key,
        api_version=sandbox.api_version,
        data=new.data,
        thin=new.thin,
    )


def recipients(sandbox: Sandbox) -> list[Receiver]:
    """Every endpoint and then every destination of a sandbox, oldest first, and the addresses of the settings."""
    return [
        *sandbox.webhook_endpoints.oldest_first(),
        *sandbox.event_destinations.oldest_first(),
        *sandbox.delivery_queue.forwards,
    ]


def recipient(sandbox: Sandbox, identifier: str) -> Receiver | None:
    """One of them by its id."""
    return next((receiver for receiver in recipients(sandbox) if receiver.id == identifier), None)
