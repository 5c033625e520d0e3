"""Makes events of changes, and schedules their deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from emulator.resources import registry, snapshots
from emulator.resources.resource import Diff
from emulator.sandbox.sandbox import Sandbox
from emulator.store.destinations import Receiver
from emulator.store.events import Event, NewEvent, pack
from emulator.store.table import Rows
from emulator.wire.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The time of a change, in unix seconds, and the request that makes it; None for a change that time makes."""

    now: int
    request: str | None = None
    idempotency_key: str | None = None


def events_of(table: str, diff: Diff) -> Iterator[NewEvent]:
    """The events of a change, for each resource that is stored in the table."""
    for resource in registry.of_table(table, diff.row.data):
        yield from resource.events(resource, diff)


def publish(sandbox: Sandbox, events: Iterable[NewEvent], origin: Origin) -> None:
    """Store events, and schedule a delivery to each receiver that is subscribed to them."""
    all_new = list(events)
    receivers = recipients(sandbox) if all_new else []
    made = [(_event(sandbox, new, origin, subscribed := _subscribed(new, receivers)), subscribed) for new in all_new]
    for event, subscribed in made:
        sandbox.add_event(event)
        for receiver in subscribed:
            sandbox.schedule_delivery(event, receiver.id)


def _subscribed(new: NewEvent, receivers: list[Receiver]) -> list[Receiver]:
    return [each for each in receivers if each.is_subscribed(new.type, new.account, thin=new.thin is not None)]


def _event(sandbox: Sandbox, new: NewEvent, origin: Origin, receivers: list[Receiver]) -> Event:
    data = pack(snapshots.data(new.states)) if new.states else None
    older: dict[str, bytes] = {}
    if new.states is not None and data is not None:
        for version in {sandbox.api_version, *(each.api_version or sandbox.api_version for each in receivers)}:
            shown = snapshots.at_version(
                new.states, version, registry.finder(sandbox, new.account, version, origin.now)
            )
            if shown is not new.states:
                older[version] = pack(snapshots.data(shown))
    return Event(
        id=_new_id(sandbox, new, origin.now),
        type=new.type,
        created=origin.now,
        account=new.account,
        request=origin.request,
        idempotency_key=origin.idempotency_key,
        api_version=sandbox.api_version,
        data=data,
        older=older,
        thin=new.thin,
    )


def _new_id(sandbox: Sandbox, new: NewEvent, now: int) -> str:
    ids = sandbox.ids
    if new.thin is not None:
        return ids.v2("evt", livemode=sandbox.livemode)
    return (
        ids.in_family("evt", new.family)
        if new.family
        else ids.in_account("evt", now, new.account or sandbox.platform_id)
    )


def recipients(sandbox: Sandbox) -> list[Receiver]:
    """The endpoints and the destinations of a sandbox, oldest first, and the URLs of the forwarding settings."""
    stored: tuple[Rows[Any], ...] = sandbox.webhook_endpoints, sandbox.event_destinations
    return [*(each for rows in stored if rows for each in rows.oldest_first()), *sandbox.delivery_queue.forwards]


def recipient(sandbox: Sandbox, identifier: str) -> Receiver | None:
    """One receiver by its id."""
    return next((receiver for receiver in recipients(sandbox) if receiver.id == identifier), None)
