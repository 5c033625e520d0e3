"""What events are about: a row for each kind of object that an account has. What happened is found by comparing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from emulator.resources.connect import accounts, capabilities, persons
from emulator.resources.connect.accounts.external_accounts import render as external_account_render
from emulator.store.rows import Account
from emulator.wire.json import Json


@dataclass(frozen=True, slots=True)
class View:
    """How an object is looked at: at which second, and by which API version."""

    now: int
    version: str


Shown = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of object: which there are, how each looks, None when it is not there, and the events about it.

    An event that is None does not exist.
    """

    ids: Callable[[Account], Iterable[str]]
    show: Callable[[Account, str, View], Shown | None]
    created: str | None
    updated: str | None
    deleted: str | None


def _person(account: Account, identifier: str, view: View) -> Shown | None:
    row = next((person for person in account.persons if person.id == identifier), None)
    return persons.render(account, row, view.now) if row else None


def _external_account(account: Account, identifier: str, view: View) -> Shown | None:
    row = next((row for row in account.external_accounts if row.id == identifier), None)
    return external_account_render.render(account, row, view.now) if row else None


def _capability(account: Account, name: str, view: View) -> Shown:
    return capabilities.render(account, name, view.now)


def _account(account: Account, _: str, view: View) -> Shown:
    return accounts.render(account, now=view.now)


# In the order in which the events of one request come (our choice: Stripe promises none).
SUBJECTS: tuple[Subject, ...] = (
    Subject(
        ids=lambda account: [person.id for person in account.persons],
        show=_person,
        created="person.created",
        updated="person.updated",
        deleted="person.deleted",
    ),
    Subject(
        ids=lambda account: [row.id for row in account.external_accounts],
        show=_external_account,
        created="account.external_account.created",
        updated="account.external_account.updated",
        deleted="account.external_account.deleted",
    ),
    Subject(
        ids=lambda account: sorted(account.requested_at),
        show=_capability,
        created=None,
        updated="capability.updated",
        deleted=None,
    ),
    Subject(
        ids=lambda account: [account.id],
        show=_account,
        created=None,
        updated="account.updated",
        deleted=None,
    ),
)
