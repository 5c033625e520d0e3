"""The operations on persons of v2."""

from __future__ import annotations

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource
from emulator.resources.connect.accounts.base.identity import representative
from emulator.resources.connect.accounts.locking import is_locked
from emulator.resources.connect.accounts.persons import changes as v1
from emulator.resources.connect.accounts.storage import store
from emulator.resources.v2 import pages
from emulator.resources.v2.accounts import person_fields
from emulator.resources.v2.accounts.checks import check_person
from emulator.resources.v2.accounts.endpoints import URL, open_account
from emulator.resources.v2.accounts.token_input import with_person
from emulator.resources.v2.style import V2
from emulator.store.rows import Account, Person
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

NOUN = "person"


def create(call: Call) -> Json:
    """POST /v2/core/accounts/{account_id}/persons. Raises StripeError.

    The first person of an individual is its representative (our choice) and remains the only one (official).
    """
    account = _account(call)
    person = v1.new_person(account, call.sandbox.ids.in_account("person", call.now, account.id), call.now)
    if account.business_type == "individual":
        if representative(account) is not None:
            raise errors.v2_second_individual()
        person = replace(person, fields={"relationship": {"representative": True}})
    return _store(call, account, person)


def retrieve(call: Call) -> Json:
    """GET /v2/core/accounts/{account_id}/persons/{id}. Raises StripeError."""
    account = _account(call)
    return _response(call, account, _person(call, account))


def update(call: Call) -> Json:
    """POST /v2/core/accounts/{account_id}/persons/{id}. Raises StripeError."""
    account = _account(call)
    return _store(call, account, _person(call, account))


def delete(call: Call) -> Json:
    """DELETE /v2/core/accounts/{account_id}/persons/{id}, except the representative. Raises StripeError."""
    account = _account(call)
    person = _person(call, account)
    _check_lock(account)
    store(call.sandbox, call.now, v1.remove_person(account, person))
    return {"id": person.id, "object": person_fields.PERSON}


def list_all(call: Call) -> Json:
    """GET /v2/core/accounts/{account_id}/persons, newest first. Raises StripeError."""
    account = _account(call)
    url = f"{URL}/{account.id}/persons"
    return pages.listing(
        call, url, account.persons, lambda person: person.id, lambda person: _response(call, account, person)
    )


def _account(call: Call) -> Account:
    return open_account(call, call.path["account_id"])


def _person(call: Call, account: Account) -> Person:
    identifier = call.path["id"]
    person = next((each for each in account.persons if each.id == identifier), None)
    if person is None:
        raise errors.v2_not_found(NOUN, identifier)
    return person


def _store(call: Call, account: Account, person: Person) -> Json:
    _check_lock(account)
    sent = with_person(call.sandbox, call.now, account.id, call.params)
    check_person(sent, call.scope.of(account.id))
    after, updated = person_fields.apply_update(account, person, sent, call.now)
    store(call.sandbox, call.now, after)
    return _response(call, after, updated)


def _check_lock(account: Account) -> None:
    if is_locked(account):
        raise errors.v2_locked()


def _response(call: Call, account: Account, person: Person) -> Json:
    return person_fields.render(account, person, livemode=call.sandbox.livemode)


PERSONS_V2 = Resource[Person](
    name="v2.core.account_person",
    verbs={"list": list_all, "retrieve": retrieve, "create": create, "update": update, "delete": delete},
    style=V2,
)
RESOURCES = (PERSONS_V2,)
