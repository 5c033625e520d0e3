"""The snapshot events of an account: of its persons, its external accounts, its capabilities, and of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from emulator.model.declaration.resource import Diff, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.resources.connect.accounts.capabilities import render as capability
from emulator.resources.connect.accounts.external_accounts import render as external_accounts
from emulator.resources.connect.accounts.persons import render as persons
from emulator.resources.connect.accounts.render import render
from emulator.resources.connect.accounts.requirements.due import due_of
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import NewEvent
from emulator.store.rows import Account
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json

MERCHANT = "merchant"
AUTHORIZED, DEAUTHORIZED = "account.application.authorized", "account.application.deauthorized"
Shown = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of object inside an account: the ids there are, how one is rendered, and the events about it.

    `render` returns None for an id that is not there; an event that is None does not exist.
    """

    ids: Callable[[Account], Iterable[str]]
    render: Callable[[Account, str, int], Shown | None]
    created: str | None = None
    updated: str | None = None
    deleted: str | None = None


def _person(account: Account, identifier: str, now: int) -> Shown | None:
    row = next((person for person in account.persons if person.id == identifier), None)
    return persons.person(account, row, due_of(account, now)) if row else None


def _external_account(account: Account, identifier: str, now: int) -> Shown | None:
    row = next((row for row in account.external_accounts if row.id == identifier), None)
    return external_accounts.render(account, row, now) if row else None


# In the order in which the events of one request come (our choice: Stripe promises none).
PARTS: tuple[Part, ...] = (
    Part(
        ids=lambda account: [person.id for person in account.persons],
        render=_person,
        created="person.created",
        updated="person.updated",
        deleted="person.deleted",
    ),
    Part(
        ids=lambda account: [row.id for row in account.external_accounts],
        render=_external_account,
        created="account.external_account.created",
        updated="account.external_account.updated",
        deleted="account.external_account.deleted",
    ),
    Part(
        ids=lambda account: sorted(account.requested_at),
        render=capability,
        updated="capability.updated",
    ),
    Part(
        ids=lambda account: [account.id],
        render=lambda account, _, now: render(account, now=now),
        updated="account.updated",
    ),
)


def events(_: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
    """The events of a change. Accounts of v2 have them when they are merchants (official)."""
    before = diff.before.data if diff.before else None
    after = diff.after.data if diff.after else None
    if not any(row.v2 is None or MERCHANT in row.v2.applied for row in (before, after) if row is not None):
        return
    if before is None:
        yield from _created(diff.sandbox, after, diff.now) if after else ()
    elif after is None:
        yield _about_the_platform(diff.sandbox, DEAUTHORIZED, before.id)
    else:
        yield from _changed(PARTS, (before, diff.then), (after, diff.now))


def objects(account: Account) -> Iterator[tuple[str, object]]:
    """The account, its persons and its external accounts, by their ids."""
    yield account.id, account
    yield from ((person.id, person) for person in account.persons)
    yield from ((row.id, row) for row in account.external_accounts)


def turns(account: Account) -> Iterator[int]:
    """The seconds at which an account changes without a request: checks end, and deadlines pass."""
    yield from account.ready_at.values()
    for person in account.persons:
        yield from person.ready_at.values()
    yield from (deadline for deadline in account.added_requirements.values() if deadline is not None)


def _created(sandbox: Sandbox, account: Account, now: int) -> Iterator[NewEvent]:
    """The events of a creation: the platform may act for the account, and each person and external account is new.

    The first was observed in 2025 of an Express account, and not in 2021 of a standard one, whose owner has yet to
    allow it, by OAuth; whether accounts of v2 have it is unknown. Events of persons and external accounts come whenever
    one is created (official).
    """
    if account.v2 is None and (account.authorized or account.controller.dashboard != "full"):
        yield _about_the_platform(sandbox, AUTHORIZED, account.id)
    for part in PARTS:
        if part.created is not None:
            yield from (
                snapshot(part.created, account.id, None, part.render(account, identifier, now))
                for identifier in part.ids(account)
            )


def _changed(parts: Iterable[Part], old: tuple[Account, int], new: tuple[Account, int]) -> Iterator[NewEvent]:
    for part in parts:
        for identifier in dict.fromkeys((*part.ids(old[0]), *part.ids(new[0]))):
            before, after = part.render(old[0], identifier, old[1]), part.render(new[0], identifier, new[1])
            name = part.created if before is None else part.deleted if after is None else part.updated
            if before != after and name is not None:
                yield snapshot(name, new[0].id, before, after)


def _about_the_platform(sandbox: Sandbox, name: str, account: str) -> NewEvent:
    """The object is the platform's application (observed), which has no name here."""
    return snapshot(name, account, None, {"id": sandbox.client_id, "object": "application", "name": None})
