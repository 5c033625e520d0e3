"""From an account before and after to what there is to tell of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import orjson

from emulator import ids
from emulator.events.difference import previous
from emulator.events.subjects import SUBJECTS, Shown, Subject, View
from emulator.sandbox import Sandbox
from emulator.store.events import Thin
from emulator.store.rows import Account
from emulator.wire.json import Json

MERCHANT = "merchant"
DEAUTHORIZED = "account.application.deauthorized"


@dataclass(frozen=True, slots=True)
class Told:
    """An event without its envelope; `data` as compressed JSON, by API version, of snapshots only."""

    type: str
    account: str
    data: dict[str, bytes]
    thin: Thin | None = None


def tell(sandbox: Sandbox, before: Account | None, after: Account | None, then: int, now: int) -> Iterator[Told]:
    """The events of one account that was `before` at the second `then` and is `after` now.

    None is an account that is not there. Its creation is not told (inferred); nor is what goes with it when it is
    deleted, only that the platform has lost it. Accounts of v2 have these events when they are merchants (official).
    """
    if before is None or not _has_snapshots(before, after):
        return
    if after is None:
        yield _lost(sandbox, before)
        return
    for subject in SUBJECTS:
        for identifier in dict.fromkeys((*subject.ids(before), *subject.ids(after))):
            yield from _compare(sandbox, subject, identifier, (before, then), (after, now))


def _has_snapshots(*rows: Account | None) -> bool:
    return any(row.v2 is None or MERCHANT in row.v2.applied for row in rows if row is not None)


def _lost(sandbox: Sandbox, account: Account) -> Told:
    """The object is the platform's application (observed), which has no name here."""
    platform: Json = {"id": ids.application(sandbox.platform_id), "object": "application", "name": None}
    return Told(DEAUTHORIZED, account.id, {version: _data(platform) for version in versions_of(sandbox)})


def _compare(
    sandbox: Sandbox, subject: Subject, identifier: str, old: tuple[Account, int], new: tuple[Account, int]
) -> Iterator[Told]:
    data: dict[str, bytes] = {}
    event: str | None = None
    for version in versions_of(sandbox):
        before = subject.show(old[0], identifier, View(old[1], version))
        after = subject.show(new[0], identifier, View(new[1], version))
        if before == after and not data:
            return
        event = event or _event(subject, before, after)
        data[version] = _snapshot(before, after)
    if event is not None:
        yield Told(event, new[0].id, data)


def _event(subject: Subject, before: Shown | None, after: Shown | None) -> str | None:
    if before is None:
        return subject.created
    return subject.deleted if after is None else subject.updated


def _snapshot(before: Shown | None, after: Shown | None) -> bytes:
    """What is deleted is told as it last was (observed)."""
    if before is None or after is None:
        return _data(before or after)
    return _data(after, previous(before, after))


def _data(shown: Json, changed: Json = None) -> bytes:
    attributes = {} if changed is None else {"previous_attributes": changed}
    return zlib.compress(orjson.dumps({"object": shown, **attributes}), level=1)  # a quarter of the size, in 20 us


def versions_of(sandbox: Sandbox) -> Iterable[str]:
    """The API versions to tell events in: the platform's first, then those of its endpoints and destinations."""
    endpoints = (endpoint.api_version for endpoint in sandbox.webhook_endpoints.newest_first())
    destinations = (destination.api_version for destination in sandbox.event_destinations.newest_first())
    asked = chain(endpoints, destinations)
    return dict.fromkeys((sandbox.api_version, *(version for version in asked if version)))
