"""From an account before and after to what there is to tell of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import orjson

from emulator.events.objects import SUBJECTS, Shown, Subject, View
from emulator.events.previous_attributes import previous
from emulator.sandbox import ids
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import Thin
from emulator.store.rows import Account
from emulator.wire.json import Json

MERCHANT = "merchant"
AUTHORIZED, DEAUTHORIZED = "account.application.authorized", "account.application.deauthorized"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event without its envelope; `data` as compressed JSON, by API version, of snapshots only."""

    type: str
    account: str
    data: dict[str, bytes]
    thin: Thin | None = None


def tell(sandbox: Sandbox, before: Account | None, after: Account | None, then: int, now: int) -> Iterator[NewEvent]:
    """The events of one account that was `before` at the second `then` and is `after` now.

    None is an account that is not there. Accounts of v2 have these events when they are merchants (official).
    """
    if not _has_snapshots(before, after):
        return
    if before is None:
        yield from _won(sandbox, after, now) if after else ()
    elif after is None:
        yield _about_the_platform(sandbox, DEAUTHORIZED, before.id)
    else:
        yield from _changed(sandbox, SUBJECTS, (before, then), (after, now))


def _won(sandbox: Sandbox, account: Account, now: int) -> Iterator[NewEvent]:
    """What the creation of an account is told by: that the platform may act for it, and what was made along with it.

    The first was seen in 2025 of an Express account, and not in 2021 of a standard one, whose owner has yet to allow
    it; that accounts of v2 have it is not known. The events of persons and external accounts come whenever one is
    created (official).
    """
    if account.v2 is None and account.controller.dashboard != "full":
        yield _about_the_platform(sandbox, AUTHORIZED, account.id)
    blank = replace(account, persons=(), external_accounts=())
    made = [subject for subject in SUBJECTS if subject.created]
    yield from _changed(sandbox, made, (blank, now), (account, now))


def _changed(
    sandbox: Sandbox, subjects: Iterable[Subject], old: tuple[Account, int], new: tuple[Account, int]
) -> Iterator[NewEvent]:
    for subject in subjects:
        for identifier in dict.fromkeys((*subject.ids(old[0]), *subject.ids(new[0]))):
            yield from _compare(sandbox, subject, identifier, old, new)


def _has_snapshots(*rows: Account | None) -> bool:
    return any(row.v2 is None or MERCHANT in row.v2.applied for row in rows if row is not None)


def _about_the_platform(sandbox: Sandbox, event: str, account: str) -> NewEvent:
    """The object is the platform's application (observed), which has no name here."""
    platform: Json = {"id": ids.application(sandbox.platform_id), "object": "application", "name": None}
    return NewEvent(event, account, {version: _data(platform) for version in versions_of(sandbox)})


def _compare(
    sandbox: Sandbox, subject: Subject, identifier: str, old: tuple[Account, int], new: tuple[Account, int]
) -> Iterator[NewEvent]:
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
        yield NewEvent(event, new[0].id, data)


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
