"""What an account is asked for, whether provided or not: the table of demands applied to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from emulator.resources.connect.accounts.base.identity import (
    ALL_OF_IT,
    is_connected,
    is_recipient,
    owned,
    representative,
    tier,
    with_role,
)
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.schema.trees import dig
from emulator.store.rows import Account, Person

FORCE_FUTURE = "enforce_future_requirements"


@dataclass(frozen=True, slots=True)
class Asked:
    """The entries of now, and those of later."""

    now: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()


def asked(account: Account) -> Asked:
    """The entries that apply, by dashboard, agreement, business type, capabilities and country."""
    if account.onboarded or not is_connected(account):
        return Asked()
    if account.controller.dashboard == "full" and account.v2 is None:
        return Asked(frozenset(requirement_rules.STANDARD))
    entity = _recipient if is_recipient(account) else _ENTITIES.get(account.business_type or "", _company)
    wanted = entity(account)
    forced = _future_rules(account) if FORCE_FUTURE in (account.email or "") else ()
    terms = (term for name in account.capabilities for term in requirement_rules.TERMS.get(name, ()))
    return Asked(wanted.now.union(requirement_rules.ACCEPTANCE, terms), wanted.later | frozenset(forced))


def future(account: Account) -> frozenset[str]:
    """What will be asked for by rules that are planned, and was not provided."""
    if account.onboarded or not is_connected(account) or FORCE_FUTURE in (account.email or ""):
        return frozenset()
    person = representative(account)
    return frozenset(
        name for name in _future_rules(account) if not person or name.removeprefix("individual.") not in person.fields
    )


def _future_rules(account: Account) -> Iterable[str]:
    applies = account.business_type == "individual" and tier(account) == "payments" and not is_recipient(account)
    return (f"individual.{name}" for name in requirement_rules.FUTURE.get(account.country, ())) if applies else ()


def _untyped(account: Account) -> Asked:
    person = _person(account)
    if tier(account) == "payments":
        person = Asked(frozenset(requirement_rules.PERSON_UNTYPED.get(account.country, ())) or person.now)
    wanted = _named("representative", person)
    return Asked(wanted.now | _profile(account) | {"business_type"}, wanted.later)


def _individual(account: Account) -> Asked:
    wanted = _named("individual", _person(account))
    return Asked(wanted.now | _profile(account), wanted.later)


def _company(account: Account) -> Asked:
    """The company's own entries, then those of each known representative and owner, or of the unknown ones."""
    rules = requirement_rules.COMPANY.get(account.country, requirement_rules.COMPANY_ELSEWHERE)
    alone = dig(account.fields, ("company", "structure")) == requirement_rules.SOLE_PROPRIETORSHIP
    ownerless = alone or not rules.owners or account.business_type in requirement_rules.OWNERLESS_TYPES
    person = _person(account)
    leader = Asked(
        person.now | frozenset(() if alone else rules.representative),
        person.later | frozenset(rules.representative_later),
    )
    settled = ownerless or owned(account) >= ALL_OF_IT
    company = frozenset(rules.company) - ({"owners_provided"} if settled else frozenset())
    owners = Asked() if ownerless else Asked(frozenset(rules.owners), frozenset(rules.owners_later))
    attested = settled or dig(account.fields, ("company", "owners_provided")) is True
    led = frozenset(rules.later) if any(with_role(account, "representative")) else frozenset()
    parts = (
        _named("company", Asked(company)),
        *_each(account, "representative", leader, "representative"),
        *_each(account, "owner", owners, None if attested else "owners"),
        *(_named(person.id, Asked(frozenset(rules.abroad))) for person in _foreigners(account)),
        Asked(_profile(account) | frozenset(rules.profile) | led, frozenset(rules.later)),
    )
    return Asked(frozenset().union(*(part.now for part in parts)), frozenset().union(*(part.later for part in parts)))


def _each(account: Account, role: str, wanted: Asked, nobody: str | None) -> list[Asked]:
    """The entries for each person with a role, or under the name that stands for nobody."""
    names = [person.id for person in with_role(account, role)] or ([nobody] if nobody else [])
    return [_named(name, wanted) for name in names]


def _foreigners(account: Account) -> list[Person]:
    """The representative and the owners who are citizens of another country."""
    known = {person.id: person for role in ("representative", "owner") for person in with_role(account, role)}
    return [person for person in known.values() if person.fields.get("nationality", account.country) != account.country]


def _recipient(account: Account) -> Asked:
    """Recipients of payouts across borders: an individual's details, nothing of a company (observed for MX).

    The document comes after the number, where that is asked for (observed).
    """
    if account.business_type == "individual":
        more = frozenset(requirement_rules.RECIPIENT_MORE.get(account.country, ()))
        usual = frozenset(requirement_rules.PERSON_RECIPIENT).difference(
            requirement_rules.RECIPIENT_LESS.get(account.country, ())
        )
        person = representative(account)
        settled = more <= (person.fields.keys() if person else frozenset())
        return _named("individual", Asked(usual | more, frozenset({"verification.document"} if settled else ())))
    return Asked(frozenset() if account.business_type else frozenset({"business_type"}))


_ENTITIES = {"": _untyped, "individual": _individual}


def _person(account: Account) -> Asked:
    if tier(account) == "payments":
        return Asked(frozenset(requirement_rules.PERSON.get(account.country, requirement_rules.PERSON_ELSEWHERE)))
    if account.v2 and tier(account) == "transfers":
        return Asked(frozenset(requirement_rules.PERSON_V2.get(account.country, requirement_rules.PERSON_V2_ELSEWHERE)))
    later = requirement_rules.PERSON_LATER.get(account.country, requirement_rules.PERSON_LATER_ELSEWHERE)
    return Asked(frozenset(requirement_rules.NAMES), frozenset(later if tier(account) == "transfers" else ()))


def _profile(account: Account) -> frozenset[str]:
    more = requirement_rules.PROFILE_IN.get(account.country, ()) if tier(account) == "payments" else ()
    if account.v2 and account.controller.dashboard == "full":
        more = (*more, *requirement_rules.PROFILE_V2_FULL)
    return frozenset((*requirement_rules.PROFILE[tier(account)], *more))


def _named(prefix: str, wanted: Asked) -> Asked:
    return Asked(
        frozenset(f"{prefix}.{name}" for name in wanted.now), frozenset(f"{prefix}.{name}" for name in wanted.later)
    )


def description_will_do(account: Account) -> bool:
    """Whether a description may stand for the website (observed in US while the business type is unknown)."""
    return (
        account.v2 is None  # v2 has no alternatives
        and account.country in requirement_rules.DESCRIPTION_FOR_WEBSITE
        and account.business_type is None
        and account.controller.dashboard != "full"
        and tier(account) == "payments"
    )
