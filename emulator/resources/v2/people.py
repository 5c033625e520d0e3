"""Persons in the words of v2: how they are shown, and the rules that v2 has words of its own for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from emulator import errors
from emulator.errors import StripeError
from emulator.resources.accounts import people
from emulator.resources.accounts.details import dig, hash_at
from emulator.resources.v2 import names
from emulator.resources.v2.translation import person_params
from emulator.resources.v2.trees import filled, overlaid, renamed, schema, timestamp
from emulator.schema.check import Params
from emulator.store.rows import Account, Person
from emulator.wire.json import Json

PERSON = "v2.core.account_person"
_LEADER, _GUARDIAN = "representative", "legal_guardian"
_LISTS = ("additional_addresses", "additional_names", "id_numbers", "nationalities")  # empty ones in official examples


def person_body(person: Person) -> dict[str, Json]:
    """All that v2 says of a person, but for the mode."""
    own = hash_at(person.fields, "v2")
    tree = overlaid(own, renamed(person.fields, names.PERSON_V1))
    share = dig(tree, ("relationship", "percent_ownership"))
    if isinstance(share, int | float):
        tree = overlaid(tree, {"relationship": {"percent_ownership": format(share, "g")}})
    updated = own.get("updated")
    return {
        **{name: [] for name in _LISTS},
        **{name: value for name, value in tree.items() if name != "updated"},
        "account": person.account,
        "created": timestamp(person.created),
        "id": person.id,
        "metadata": dict(sorted(person.metadata.items())),
        "object": PERSON,
        "updated": timestamp(updated if isinstance(updated, int) else person.created),
    }


def render(person: Person, *, livemode: bool) -> dict[str, Json]:
    """The person object."""
    return filled(schema(PERSON), {**person_body(person), "livemode": livemode})


def changed(account: Account, person: Person, params: Params, now: int) -> tuple[Account, Person]:
    """The account and the person with parameters of v2 laid over them. Raises StripeError."""
    sent = person_params(params)
    own = sent["v2"]
    sent["v2"] = {**(own if isinstance(own, dict) else {}), "updated": now}
    after = people.changed(account, person, sent, now)
    check_roles(account, after)
    return people.heard(account, after, sent), after


def check_roles(account: Account, person: Person) -> None:
    """Refuses roles that a person cannot have beside the others of the account. Raises StripeError."""
    others = tuple(each for each in account.persons if each.id != person.id)
    for refused, error in _REFUSALS:
        if refused(person, others):
            raise error()


Others = Sequence[Person]


def _has(person: Person, role: str) -> bool:
    return hash_at(person.fields, "relationship").get(role) is True


def _any(others: Others, role: str) -> bool:
    return any(_has(each, role) for each in others)


def _owns_nothing(person: Person, _: Others) -> bool:
    return _has(person, "owner") and hash_at(person.fields, "relationship").get("percent_ownership") == 0


# In order. The codes are official.
_REFUSALS: tuple[tuple[Callable[[Person, Others], bool], Callable[[], StripeError]], ...] = (
    (lambda person, others: _has(person, _LEADER) and _any(others, _LEADER), errors.v2_second_representative),
    (lambda person, others: _has(person, _GUARDIAN) and _any(others, _GUARDIAN), errors.v2_second_legal_guardian),
    (lambda person, _: _has(person, _GUARDIAN) and _has(person, _LEADER), errors.v2_guardian_represents),
    (lambda person, others: _has(person, _GUARDIAN) and not _any(others, _LEADER), errors.v2_guardian_of_nobody),
    (lambda person, others: _has(person, "authorizer") and _any(others, "authorizer"), errors.v2_second_authorizer),
    (lambda person, _: _has(person, "authorizer") and _has(person, _LEADER), errors.v2_authorizer_represents),
    (_owns_nothing, errors.v2_owner_of_nothing),
    (lambda person, others: sum(map(_share, (*others, person))) > 100, errors.v2_too_much_ownership),
)


def _share(person: Person) -> float:
    roles = hash_at(person.fields, "relationship")
    share = roles.get("percent_ownership")
    return float(share) if roles.get("owner") is True and isinstance(share, int | float) else 0.0
