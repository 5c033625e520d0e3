"""Required fields: the requirement rules applied to one account, and which of the fields were not provided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from emulator.resources.connect.accounts.base.identity import (
    ALL_OF_IT,
    is_connected,
    is_recipient,
    representative,
    tier,
    total_ownership,
    with_role,
)
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.requirements.rules import Names
from emulator.schema.check import Value
from emulator.schema.trees import dig
from emulator.store.memo import derived_once
from emulator.store.rows import Account, Person
from emulator.wire.namedtuples import NamedTuple

FORCE_FUTURE = "enforce_future_requirements"
EXTERNAL_ACCOUNT = "external_account"
# The first part of the name of a requirement about the representative, after and before the business type is known.
_REPRESENTATIVE = ("individual", "representative")
_OWNERS = "company.owners_provided"


class Required(NamedTuple):
    """Fields that are required of one holder: of a person by their bare names, of the account by their full names.

    `prefix` stands before the names of a person in the lists of the account. `person` is None for one who is not known
    yet. `later` are fields that are due eventually.
    """

    prefix: str
    person: Person | None
    now: Names = ()
    later: Names = ()


class Missing(NamedTuple):
    """Names of the required fields that were not provided, as the lists of the account show them."""

    now: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()


def missing(account: Account) -> Missing:
    """The fields that an account must still provide, now or later."""
    provided = frozenset(_provided(account.fields, ""))
    now: set[str] = set()
    later: set[str] = set()
    for part in _required(account):
        now.update(_not_provided(account, part, part.now, provided) if part.now else ())
        later.update(_not_provided(account, part, part.later, provided) if part.later else ())
    return Missing(frozenset(now), frozenset(later))


def missing_in_future(account: Account) -> frozenset[str]:
    """The fields that planned rules will require and that were not provided."""
    if account.onboarded or not is_connected(account) or FORCE_FUTURE in (account.email or ""):
        return frozenset()
    person = representative(account)
    return frozenset(f"individual.{name}" for name in _future_rules(account) if not person or name not in person.fields)


def planned_rules_begin_at(account: Account) -> int | None:
    """The unix second of the planned rules that repeat all requirements of an account, None when there are none.

    They were observed where the platform collects the requirements.
    """
    collects = account.controller.requirement_collection == "application"
    if account.onboarded or account.v2 is not None or not collects or FORCE_FUTURE in (account.email or ""):
        return None
    planned = _planned_rules(account)
    return planned.begins_at if planned else None


def subject(account: Account, name: str) -> tuple[Person | None, str]:
    """The person that a requirement is about, and the rest of its name, which is empty for other requirements."""
    first, _, rest = name.partition(".")
    if first in _REPRESENTATIVE:
        return representative(account), rest
    if first in requirement_rules.GROUPS_OF_PERSONS:
        return None, rest
    person = next((person for person in account.persons if person.id == first), None)
    return (person, rest) if person else (None, "")


def description_is_enough(account: Account) -> bool:
    """Whether a description may be sent instead of the website (observed in US before the business type is known)."""
    return (
        account.v2 is None  # v2 has no alternatives
        and account.country in requirement_rules.DESCRIPTION_FOR_WEBSITE
        and account.business_type is None
        and account.controller.dashboard != "full"
        and tier(account) == "payments"
    )


# --- which fields are required ------------------------------------------------------------------------------------


def _required(account: Account) -> Iterator[Required]:
    """By dashboard, agreement, business type, capabilities and country."""
    if account.onboarded or not is_connected(account):
        return
    if account.controller.dashboard == "full" and account.v2 is None:
        yield Required("", None, requirement_rules.STANDARD)
        return
    yield Required("", None, requirement_rules.ACCEPTANCE)
    for capability in account.capabilities:
        yield Required("", None, requirement_rules.TERMS.get(capability, ()))
    if FORCE_FUTURE in (account.email or ""):
        yield Required("individual", representative(account), later=_future_rules(account))
    if is_recipient(account):
        yield _recipient(account)
    elif account.business_type is None:
        yield from _untyped(account)
    elif account.business_type == "individual":
        yield Required("individual", representative(account), *_of_person(account))
        yield Required("", None, _profile(account))
    else:
        yield from _company(account)


def _planned_rules(account: Account) -> requirement_rules.Planned | None:
    """The planned rules of an account, None when there are none for it."""
    applies = account.business_type is not None and tier(account) == "payments" and not is_recipient(account)
    return requirement_rules.PLANNED.get(account.country) if applies else None


def _future_rules(account: Account) -> Names:
    planned = _planned_rules(account) if account.business_type == "individual" else None
    return planned.individual if planned else ()


def _untyped(account: Account) -> Iterator[Required]:
    now, later = _of_person(account)
    if tier(account) == "payments":
        now = requirement_rules.PERSON_UNTYPED.get(account.country, now)
    yield Required("representative", representative(account), now, later)
    yield Required("", None, (*_profile(account), "business_type"))


def _company(account: Account) -> Iterator[Required]:
    """The fields of the company, then those of each representative and owner, or of the ones not known yet."""
    rules = requirement_rules.COMPANY.get(account.country, requirement_rules.COMPANY_ELSEWHERE)
    alone = dig(account.fields, ("company", "structure")) == requirement_rules.SOLE_PROPRIETORSHIP
    ownerless = alone or not rules.owners or account.business_type in requirement_rules.OWNERLESS_TYPES
    all_owners_known = ownerless or total_ownership(account) >= ALL_OF_IT
    names = _below("company", rules.company)
    yield Required("", None, tuple([name for name in names if name != _OWNERS]) if all_owners_known else names)

    leaders, owners = with_role(account, "representative"), with_role(account, "owner")
    now, later = _of_person(account)
    of_leader = (*now, *(() if alone else rules.representative)), (*later, *rules.representative_later)
    yield from (Required(person.id, person, *of_leader) for person in leaders)
    if not leaders:
        yield Required("representative", None, *of_leader)
    if not ownerless:
        yield from (Required(person.id, person, rules.owners, rules.owners_later) for person in owners)
        if not owners and not all_owners_known and dig(account.fields, ("company", "owners_provided")) is not True:
            yield Required("owners", None, rules.owners, rules.owners_later)
    for person in {person.id: person for person in (*leaders, *owners)}.values():
        if person.fields.get("nationality", account.country) != account.country:
            yield Required(person.id, person, rules.abroad)
    yield Required("", None, (*_profile(account), *rules.profile, *(rules.later if leaders else ())), rules.later)


def _recipient(account: Account) -> Required:
    """Recipients of payouts across borders: an individual's details, nothing of a company (observed for MX).

    The document is due after the number, where that is required (observed).
    """
    if account.business_type != "individual":
        return Required("", None, () if account.business_type else ("business_type",))
    more = requirement_rules.RECIPIENT_MORE.get(account.country, ())
    less = requirement_rules.RECIPIENT_LESS.get(account.country, ())
    person = representative(account)
    usual = (name for name in requirement_rules.PERSON_RECIPIENT if name not in less)
    has_more = set(more) <= (person.fields.keys() if person else set())
    return Required("individual", person, (*usual, *more), ("verification.document",) if has_more else ())


def _of_person(account: Account) -> tuple[Names, Names]:
    """The fields that are required of a person now, and later."""
    if tier(account) == "payments":
        return requirement_rules.PERSON.get(account.country, requirement_rules.PERSON_ELSEWHERE), ()
    if account.v2 and tier(account) == "transfers":
        return requirement_rules.PERSON_V2.get(account.country, requirement_rules.PERSON_V2_ELSEWHERE), ()
    later = requirement_rules.PERSON_LATER.get(account.country, requirement_rules.PERSON_LATER_ELSEWHERE)
    return requirement_rules.PERSON_NAMES, later if tier(account) == "transfers" else ()


def _profile(account: Account) -> Names:
    level = tier(account)
    more = requirement_rules.PROFILE_IN.get(account.country, ()) if level == "payments" else ()
    if account.v2 and account.controller.dashboard == "full":
        more = (*more, *requirement_rules.PROFILE_V2_FULL)
    return (*requirement_rules.PROFILE[level], *more)


# --- which fields were provided -----------------------------------------------------------------------------------


def _not_provided(account: Account, part: Required, fields: Names, provided: frozenset[str]) -> Iterable[str]:
    """The names of missing fields. `provided` are those of the account itself."""
    if not part.prefix:
        absent = [name for name in fields if name not in provided]
        return [name for name in absent if not _is_met_by_account(account, name, provided)]
    person = part.person
    if person is None:
        return _below(part.prefix, fields)
    known = _provided_by_person(person)
    absent = [name for name in fields if name not in known]
    return [f"{part.prefix}.{name}" for name in absent if not _is_met_by_person(account, name, known)]


@lru_cache(maxsize=256)
def _below(prefix: str, names: Names) -> Names:
    return tuple([f"{prefix}.{name}" for name in names])


def _is_met_by_account(account: Account, name: str, provided: frozenset[str]) -> bool:
    """Whether something else than a field of its name meets a requirement."""
    if name == "business_type":
        return account.business_type is not None
    if name == EXTERNAL_ACCOUNT:
        return any(not each.errored for each in account.external_accounts)
    if name == requirement_rules.WEBSITE and description_is_enough(account):
        return requirement_rules.DESCRIPTION in provided
    return account.v2 is None and not provided.isdisjoint(requirement_rules.ALSO_MET_BY.get(name, ()))


def _is_met_by_person(account: Account, name: str, provided: frozenset[str]) -> bool:
    if name == "relationship.executive" and total_ownership(account) >= ALL_OF_IT:
        return True
    return not provided.isdisjoint(requirement_rules.PERSON_ALSO_MET_BY.get(name, ()))


@derived_once
def _provided_by_person(person: Person) -> frozenset[str]:
    return frozenset(_provided(person.fields, ""))


def _provided(fields: Mapping[str, Value], prefix: str) -> list[str]:
    """The names of all fields that have a value. A role that is false has one too (our choice)."""
    names: list[str] = []
    for name, value in fields.items():
        if value != "" and (value is not False or prefix == "relationship."):
            names.append(f"{prefix}{name}")
        if isinstance(value, dict):
            names += _provided(value, f"{prefix}{name}.")
    return names
