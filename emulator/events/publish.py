"""Makes events of changes, and schedules their deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from typing import Any

from emulator.events.past import Past
from emulator.model.declaration import registry, snapshots
from emulator.model.declaration.resource import Diff
from emulator.model.declaration.unknown import are_created
from emulator.model.declaration.versions import changes_of
from emulator.sandbox.sandbox import Sandbox
from emulator.store.destinations import Receiver
from emulator.store.events import Event, NewEvent, States, pack
from emulator.store.table import Rows
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json


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


def publish(sandbox: Sandbox, events: Iterable[NewEvent], origin: Origin, past: Past | None = None) -> None:
    """Store events, and schedule a delivery to each receiver that is subscribed to them."""
    all_new = list(events)
    receivers = recipients(sandbox) if all_new else []
    subscribed = [_subscribed(new, receivers) for new in all_new]
    wanted = [_older(sandbox, new, each) for new, each in zip(all_new, subscribed, strict=True)]
    older = _at_versions(sandbox, all_new, wanted, origin.now, past) if any(wanted) else repeat({})
    made = [_event(sandbox, new, origin, shown) for new, shown in zip(all_new, older, strict=False)]
    for event, to in zip(made, subscribed, strict=True):
        sandbox.add_event(event)
        for receiver in to:
            sandbox.schedule_delivery(event, receiver.id)


def _subscribed(new: NewEvent, receivers: list[Receiver]) -> list[Receiver]:
    return [each for each in receivers if each.is_subscribed(new.type, new.account, thin=new.thin is not None)]


def _older(sandbox: Sandbox, new: NewEvent, receivers: list[Receiver]) -> list[str]:
    """The versions of an event that show objects otherwise than the newest one: the platform's and the receivers'."""
    if new.states is None:
        return []
    named = dict.fromkeys([sandbox.api_version, *(each.api_version or sandbox.api_version for each in receivers)])
    return [version for version in named if changes_of(version)]


def _at_versions(
    sandbox: Sandbox, events: list[NewEvent], wanted: list[list[str]], now: int, past: Past | None
) -> list[dict[str, bytes]]:
    """The data of each event by its versions, with other objects as they were at the moment of the event."""
    if past is None or are_created(sandbox):  # where finding an object may create it, nothing is undone
        past, spans = Past(), [(0, 0)] * len(events)
    else:
        spans = past.spans()
    moments = sorted((at, place, side) for place, span in enumerate(spans) for side, at in enumerate(span))
    found: dict[tuple[int, str, int], Mapping[str, Json] | None] = {}
    with past:
        for at, place, side in moments:
            past.to(at)
            new = events[place]
            for version in wanted[place]:
                find = registry.finder(sandbox, new.account, version, now)
                state = new.states[side] if new.states else None
                found[place, version, side] = snapshots.at_version(state, version, find)
    return [
        {
            version: pack(snapshots.data(shown))
            for version in wanted[place]
            if not _is_same(shown := States(found[place, version, 0], found[place, version, 1]), new.states)
        }
        for place, new in enumerate(events)
    ]


def _is_same(shown: States, newest: States | None) -> bool:
    """Whether a version shows nothing otherwise: parts that do not change are shared."""
    return newest is not None and all(one is other for one, other in zip(shown, newest, strict=True))


def _event(sandbox: Sandbox, new: NewEvent, origin: Origin, older: Mapping[str, bytes]) -> Event:
    return Event(
        id=_new_id(sandbox, new, origin.now),
        type=new.type,
        created=origin.now,
        account=new.account,
        request=origin.request,
        idempotency_key=origin.idempotency_key,
        api_version=sandbox.api_version,
        data=pack(snapshots.data(new.states)) if new.states else None,
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
