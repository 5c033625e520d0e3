"""Entries: the names in the lists of requirements, and which fields meet them."""

from __future__ import annotations

from emulator.resources.connect.accounts.base.identity import ALL_OF_IT, owned, representative
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.requirements.required import description_will_do
from emulator.schema.check import Value
from emulator.schema.trees import dig
from emulator.store.rows import Account, Person

# Where the entries of the representative may be, before and after the business type is known.
_OPENER = ("individual", "representative")


def is_met(account: Account, name: str) -> bool:
    """Whether a field that meets an entry was provided. Before the type is known, an individual represents it."""
    if name == "business_type":
        return account.business_type is not None
    if name == "external_account":
        return bool(account.external_accounts)
    person, field = subject(account, name)
    if field:
        return person is not None and _person_has(account, person, field)
    names = [name, *(() if account.v2 else requirement_rules.ALSO_MET_BY.get(name, ()))]  # v2 asks for each (observed)
    if name == requirement_rules.WEBSITE and description_will_do(account):
        names.append(requirement_rules.DESCRIPTION)
    return any(_given(dig(account.fields, tuple(other.split(".")))) for other in names)


def subject(account: Account, name: str) -> tuple[Person | None, str]:
    """The person that an entry is about, and the rest of its name; the rest is empty for other entries."""
    first, _, rest = name.partition(".")
    if first in _OPENER:
        return representative(account), rest
    if first in requirement_rules.GROUPS_OF_PERSONS:
        return None, rest
    person = next((person for person in account.persons if person.id == first), None)
    return (person, rest) if person else (None, "")


def _person_has(account: Account, person: Person, field: str) -> bool:
    if field == "relationship.executive" and owned(account) >= ALL_OF_IT:
        return True
    names = (field, *requirement_rules.PERSON_ALSO_MET_BY.get(field, ()))
    return any(_sent(person, name) for name in names)


def _sent(person: Person, field: str) -> bool:
    """A role that is denied is an answer too (our choice)."""
    value = dig(person.fields, tuple(field.split(".")))
    return value is not None if field.startswith("relationship.") else _given(value)


def _given(value: Value | None) -> bool:
    return value is not None and value is not False
