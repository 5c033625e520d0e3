"""Requirements in the words of v2: the same model as v1's lists, one entry for each name."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT, Due, stops_charges
from emulator.resources.connect.accounts.requirements.status import Status
from emulator.resources.v2.accounts import field_names
from emulator.resources.v2.accounts.capabilities import restrictable
from emulator.store.rows import Account
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp

_INDIVIDUAL = ("individual", "representative")
_UNKNOWN_PEOPLE = ("directors", "executives", "owners")
# Entries that restrict payments and payouts, but no transfers (observed for US).
_OF_PAYMENTS = ("business_profile.mcc", "settings.payments.statement_descriptor")


def requirements(account: Account, status: Status) -> dict[str, Json]:
    """The `requirements` hash; without entries its summary is null (observed)."""
    owed = status.due
    entries: list[Json] = [_entry(account, owed, name) for name in _in_order(account, owed.eventually)]
    entries += [_waiting(account, name) for name in _in_order(account, owed.pending)]
    return {"entries": entries, "summary": _summary(owed)}


def future_requirements(account: Account, status: Status) -> dict[str, Json]:
    """The `future_requirements` hash, of rules that are planned; nothing says when they come (our choice)."""
    later = Due(eventually=status.due.future)
    entries: list[Json] = [_entry(account, later, name) for name in _in_order(account, later.eventually)]
    return {"entries": entries, "minimum_transition_date": None, "summary": _summary(later)}


def _in_order(account: Account, listed: tuple[str, ...]) -> Iterator[str]:
    """By what they are called in v2, which is the order that was seen."""
    return iter(sorted(listed, key=lambda name: description(account, name)))


def _entry(account: Account, owed: Due, name: str) -> Json:
    status = _deadline(owed, name)
    problems: list[Json] = [
        {"code": each.code, "description": each.reason} for each in owed.problems if each.entry == name and each.code
    ]
    restricted: list[Json] = [
        {"capability": capability, "configuration": configuration, "deadline": {"status": status}}
        for configuration, capability in restrictable(account)
        if _restricts(account, name, capability)
    ]
    return {
        "awaiting_action_from": "user",
        "description": description(account, name),
        "errors": problems,
        "impact": {"restricts_capabilities": restricted},
        "minimum_deadline": {"status": status},
        "reference": _reference(account, name),
        "requested_reasons": [{"code": "routine_verification" if problems else "routine_onboarding"}],
    }


def _waiting(account: Account, name: str) -> Json:
    """What Stripe is looking at (our choice of what restricts it: nothing)."""
    return {
        "awaiting_action_from": "stripe",
        "description": description(account, name),
        "errors": [],
        "impact": {"restricts_capabilities": []},
        "minimum_deadline": {"status": "eventually_due"},
        "reference": _reference(account, name),
        "requested_reasons": [{"code": "routine_verification"}],
    }


def _restricts(account: Account, name: str, capability: str) -> bool:
    if name == EXTERNAL_ACCOUNT or (name in account.added_requirements and not stops_charges(name)):
        return capability == field_names.PAYOUTS
    return not (name in _OF_PAYMENTS and capability == field_names.TRANSFERS)


def _deadline(owed: Due, name: str) -> str:
    if name in owed.past:
        return "past_due"
    return "currently_due" if name in owed.currently else "eventually_due"


def _summary(owed: Due) -> Json:
    """The most urgent deadline of all; a time only where a test has set one."""
    if not owed.eventually:
        return None
    status = min((_deadline(owed, name) for name in owed.eventually), key=_URGENCY.index)
    time = None if owed.deadline is None or status == "past_due" else format_timestamp(owed.deadline)
    return {"minimum_deadline": {"status": status, "time": time}}


_URGENCY = ("past_due", "currently_due", "eventually_due")


def description(account: Account, name: str) -> str:
    """The name of a requirement in v2, from its name in v1; those of other persons begin with `person` (our choice)."""
    first, _, rest = name.partition(".")
    if rest and first in _INDIVIDUAL:
        return f"identity.individual.{_of_person(rest)}"
    if rest and (first in _UNKNOWN_PEOPLE or _is_person(account, first)):
        return f"person.{_of_person(rest)}"
    said = field_names.ENTRIES.get(name, name)
    kind = field_names.TAX_IDS.get(account.country) if name == "company.tax_id" else None
    return f"{said}.{kind}" if kind else said


def _of_person(name: str) -> str:
    return field_names.PERSON_ENTRIES.get(name, name)


def _is_person(account: Account, identifier: str) -> bool:
    return any(person.id == identifier for person in account.persons)


def _reference(account: Account, name: str) -> Json:
    """The person that an entry is about; null for all else (observed)."""
    first = name.partition(".")[0]
    return {"inquiry": None, "resource": first, "type": "person"} if _is_person(account, first) else None
