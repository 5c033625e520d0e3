"""Requirements: what an account still owes, worked out from what it has provided.

Everything here reads an account and the table of demands, and nothing else. Entries come in plain string order; what
is owed now is past due at once (both observed).
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.resources.accounts import demands
from emulator.resources.accounts.capabilities import TRANSFERS
from emulator.resources.accounts.countries import RECIPIENT
from emulator.resources.accounts.details import dig
from emulator.store.rows import Account

EXTERNAL_ACCOUNT = "external_account"


@dataclass(frozen=True, slots=True)
class Due:
    """What is owed: names in string order, `currently` being part of `eventually`."""

    currently: tuple[str, ...] = ()
    eventually: tuple[str, ...] = ()
    website_or_description: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What an account is asked for, whether provided or not."""

    now: frozenset[str]
    later: frozenset[str] = frozenset()


def due(account: Account) -> Due:
    """What an account owes; nothing once it is onboarded."""
    if account.onboarded:
        return Due()
    wanted = asked(account)
    currently = tuple(sorted(name for name in wanted.now if not _met(account, name)))
    later = (name for name in wanted.later if not _met(account, name))
    return Due(
        currently,
        tuple(sorted({*currently, *later})),
        demands.WEBSITE in currently and _description_will_do(account),
    )


def asked(account: Account) -> Asked:
    """The entries that apply, by dashboard, agreement, business type, capabilities and country."""
    if account.controller.dashboard == "full":
        return Asked(frozenset(demands.STANDARD))
    entity = _recipient if _is_recipient(account) else _ENTITIES.get(account.business_type or "", _company)
    wanted = entity(account)
    return Asked(wanted.now | frozenset(demands.ACCEPTANCE), wanted.later)


def tier(account: Account) -> str:
    """How much its capabilities make an account owe: `none`, `transfers` for these alone, otherwise `payments`."""
    names = set(account.capabilities)
    return "payments" if names - {TRANSFERS} else "transfers" if names else "none"


def _untyped(account: Account) -> Asked:
    person = _person(account)
    if tier(account) == "payments":
        person = Asked(frozenset(demands.PERSON_UNTYPED.get(account.country, ())) or person.now)
    wanted = _named("representative", person)
    return Asked(wanted.now | _profile(account) | {"business_type"}, wanted.later)


def _individual(account: Account) -> Asked:
    wanted = _named("individual", _person(account))
    return Asked(wanted.now | _profile(account), wanted.later)


def _company(account: Account) -> Asked:
    rules = demands.COMPANY.get(account.country, demands.COMPANY_ELSEWHERE)
    alone = dig(account.fields, ("company", "structure")) == demands.SOLE_PROPRIETORSHIP
    ownerless = alone or not rules.owners or account.business_type in demands.OWNERLESS_TYPES
    company = frozenset(rules.company) - ({"owners_provided"} if ownerless else frozenset())
    person = _person(account)
    leader = Asked(person.now | frozenset(() if alone else rules.representative), person.later)
    owners = Asked(frozenset(), frozenset()) if ownerless else _owners(rules)
    parts = (_named("company", Asked(company)), _named("representative", leader), _named("owners", owners))
    now = frozenset().union(*(part.now for part in parts), _profile(account), rules.profile)
    return Asked(now, frozenset().union(*(part.later for part in parts)))


def _owners(rules: demands.Company) -> Asked:
    return Asked(frozenset(rules.owners), frozenset(rules.owners_later))


def _recipient(account: Account) -> Asked:
    """Recipients of payouts across borders: an individual's details, nothing of a company (observed for MX)."""
    if account.business_type == "individual":
        return _named("individual", Asked(frozenset(demands.PERSON_ELSEWHERE), frozenset({"verification.document"})))
    return Asked(frozenset() if account.business_type else frozenset({"business_type"}))


_ENTITIES = {"": _untyped, "individual": _individual}


def _person(account: Account) -> Asked:
    if tier(account) == "payments":
        return Asked(frozenset(demands.PERSON.get(account.country, demands.PERSON_ELSEWHERE)))
    later = demands.PERSON_LATER.get(account.country, demands.PERSON_LATER_ELSEWHERE)
    return Asked(frozenset(demands.NAMES), frozenset(later if tier(account) == "transfers" else ()))


def _profile(account: Account) -> frozenset[str]:
    more = demands.PROFILE_IN.get(account.country, ()) if tier(account) == "payments" else ()
    return frozenset((*demands.PROFILE[tier(account)], *more))


def _named(prefix: str, wanted: Asked) -> Asked:
    return Asked(
        frozenset(f"{prefix}.{name}" for name in wanted.now), frozenset(f"{prefix}.{name}" for name in wanted.later)
    )


def _is_recipient(account: Account) -> bool:
    return dig(account.fields, ("tos_acceptance", "service_agreement")) == RECIPIENT


def _description_will_do(account: Account) -> bool:
    return (
        account.country in demands.DESCRIPTION_FOR_WEBSITE
        and account.business_type is None
        and account.controller.dashboard != "full"
        and tier(account) == "payments"
    )


def _met(account: Account, name: str) -> bool:
    """Whether a field that meets an entry was provided. Before the type is known, an individual represents it."""
    if name == "business_type":
        return account.business_type is not None
    names = [name, *demands.ALSO_MET_BY.get(name, ())]
    if name == demands.WEBSITE and _description_will_do(account):
        names.append(demands.DESCRIPTION)
    if account.business_type is None and name.startswith("representative."):
        names.append(name.replace("representative.", "individual.", 1))
    return any(_provided(account, other) for other in names)


def _provided(account: Account, name: str) -> bool:
    value = dig(account.fields, tuple(name.split(".")))
    return value is not None and value is not False
