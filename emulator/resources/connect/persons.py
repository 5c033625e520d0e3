"""Persons: the people behind an account."""

from __future__ import annotations

from functools import cache

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.model.answering import paging
from emulator.model.answering.paging import SequenceSource
from emulator.model.declaration import unknown
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource
from emulator.resources.connect.accounts.base.identity import roles_of, with_role
from emulator.resources.connect.accounts.base.tokens import expand_person_token
from emulator.resources.connect.accounts.endpoints import reached
from emulator.resources.connect.accounts.locking import check_persons_lock
from emulator.resources.connect.accounts.params import ALIASES
from emulator.resources.connect.accounts.persons import changes as person_changes
from emulator.resources.connect.accounts.persons import render as person_render
from emulator.resources.connect.accounts.requirements.due import due_of
from emulator.resources.connect.accounts.storage import store
from emulator.schema import spec
from emulator.schema.trees import hash_at
from emulator.store.rows import Account, Person
from emulator.wire.json import Json


def create(call: Call) -> Json:
    """POST /v1/accounts/{account}/persons. Raises StripeError."""
    account = _writable(call)
    person = person_changes.new_person(account, call.sandbox.ids.in_account("person", call.now, account.id), call.now)
    return _stored(call, account, person)


def retrieve(call: Call) -> Json:
    """GET /v1/accounts/{account}/persons/{person}. Raises StripeError."""
    account = _reached(call)
    return render(account, _person(call, account), call.now)


def update(call: Call) -> Json:
    """POST /v1/accounts/{account}/persons/{person}. Raises StripeError."""
    account = _writable(call)
    person = _person(call, account)
    return _stored(call, account, person, person)


def delete(call: Call) -> Json:
    """DELETE /v1/accounts/{account}/persons/{person}: any but the one who opened the account. Raises StripeError.

    The only verified executive stays too (official).
    """
    account = _writable(call)
    person = _person(call, account)
    due = due_of(account, call.now)
    executives = [each for each in with_role(account, "executive") if person_render.is_verified(account, each, due)]
    if executives == [person]:
        raise errors.executive_kept()
    store(call.sandbox, call.now, person_changes.remove_person(account, person))
    return {"id": person.id, "object": "person", "deleted": True}


def list_all(call: Call) -> Json:
    """GET /v1/accounts/{account}/persons, newest first; every role that is named must be as named."""
    account = reached(call)
    wanted = hash_at(call.params, "relationship")
    page = paging.page(
        call,
        SequenceSource(account.persons, lambda person: person.id),
        noun="person",
        keep=lambda person: all(roles_of(person).get(role, False) is has for role, has in wanted.items()),
    )
    data = [render(account, person, call.now) for person in page.rows]
    return paging.listing(data, f"/v1/accounts/{account.id}/persons", has_more=page.has_more)


def render(account: Account, person: Person, now: int | None = None) -> dict[str, Json]:
    """A person object, at a time in unix seconds or as it stood at the last change of its account."""
    return person_render.person(account, person, due_of(account, now))


def _stored(call: Call, account: Account, person: Person, known: Person | None = None) -> Json:
    sent = expand_person_token(call.sandbox, call.params)
    person_changes.check_verified(account, known, sent, call.now)
    changed = person_changes.apply_update(account, person, sent, call.now)
    person_changes.check_files(call.scope.of(account.id), sent)
    after = store(call.sandbox, call.now, person_changes.put_updated_person(account, changed, sent))
    return render(after, changed, call.now)


def _reached(call: Call) -> Account:
    """The account in the URL; the person in the URL is created first where unknown ids are. Raises StripeError."""
    account, wanted = reached(call), call.path.get("person")
    known = wanted is None or any(person.id == wanted for person in account.persons)
    if known or not unknown.are_created(call.sandbox):
        return account
    person = person_changes.new_person(account, str(wanted), call.now)
    return store(call.sandbox, call.now, person_changes.put_person(account, person))


def _writable(call: Call) -> Account:
    account = _reached(call)
    if account.id == call.sandbox.platform_id:
        raise errors.own_account_read_only()
    check_persons_lock(account)
    return account


def _person(call: Call, account: Account) -> Person:
    wanted = call.path["person"]
    person = next((each for each in account.persons if each.id == wanted), None)
    if person is None:
        raise errors.no_such("person", wanted, "person", 404)
    return person


@cache
def _params(operation_id: str) -> spec.Object:
    """Stripe's document, and an empty alias, which says that there are none (observed)."""
    return spec.Object({**catalog.operation(operation_id).params.params, "full_name_aliases": ALIASES})


def _create_params(_: Version) -> spec.Object:
    return _params("PostAccountsAccountPersons")


def _update_params(_: Version) -> spec.Object:
    return _params("PostAccountsAccountPersonsPerson")


# Also under the old path, `/v1/accounts/{account}/people`.
PERSONS = Resource[Person](
    name="person",
    noun="person",
    verbs={"create": create, "retrieve": retrieve, "update": update, "delete": delete, "list": list_all},
    params={"create": _create_params, "update": _update_params},
)
RESOURCES = (PERSONS,)
