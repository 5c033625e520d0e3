"""The requirements of an account in v2: the model of v1 in other names, one entry for each requirement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT, Due, due_of, stops_charges
from emulator.resources.v2.accounts import field_names
from emulator.resources.v2.accounts.capabilities import restrictable
from emulator.store.memo import derived_once
from emulator.store.rows import Account
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp

_INDIVIDUAL = ("individual", "representative")
_MISSING_PERSONS = ("directors", "executives", "owners")
# Requirements that restrict payments and payouts, but not transfers (observed for US).
_OF_PAYMENTS = ("business_profile.mcc", "settings.payments.statement_descriptor")
_URGENCY = ("past_due", "currently_due", "eventually_due")
Restricted = tuple[tuple[str, str], ...]


@derived_once
def requirements(account: Account, now: int) -> dict[str, Json]:
    """The `requirements` hash. Without entries its summary is null (observed)."""
    due = due_of(account, now)
    return {"entries": [*_entries(account, due), *_pending_entries(account, due)], "summary": _summary(due)}


@derived_once
def future_requirements(account: Account, now: int) -> dict[str, Json]:
    """The `future_requirements` hash, of planned rules. They have no date (our choice)."""
    future = Due(eventually=due_of(account, now).future)
    return {
        "entries": list(_entries(account, future)),
        "minimum_transition_date": None,
        "summary": _summary(future),
    }


def _entries(account: Account, due: Due) -> Iterator[Json]:
    restricted = tuple(restrictable(account))
    for description, name, person in _described(account, due.eventually):
        entry = _entry(description, _deadline(due, name), _restricted(account, name, restricted))
        problems: list[Json] = [
            {"code": each.code, "description": each.reason}
            for each in due.problems
            if each.requirement == name and each.code
        ]
        if problems:
            entry = {**entry, "errors": problems, "requested_reasons": [{"code": "routine_verification"}]}
        yield {**entry, "reference": _reference(person)} if person else entry


def _pending_entries(account: Account, due: Due) -> Iterator[Json]:
    """Details that Stripe is verifying. They restrict no capability (our choice)."""
    for description, _, person in _described(account, due.pending):
        yield {
            **_entry(description, "eventually_due", ()),
            "awaiting_action_from": "stripe",
            "reference": _reference(person) if person else None,
            "requested_reasons": [{"code": "routine_verification"}],
        }


def _described(account: Account, names: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Requirements as (description, v1 name, id of the person or nothing), by description (order observed)."""
    persons = {person.id for person in account.persons}
    described = []
    for name in names:
        first, _, rest = name.partition(".")
        if first in persons:
            described.append((_of_person(rest) if rest else name, name, first))
        else:
            described.append((_description(account.country, name), name, ""))
    return sorted(described)


def _of_person(name: str) -> str:
    return f"person.{field_names.PERSON_REQUIREMENTS.get(name, name)}"


@lru_cache(maxsize=1024)
def _description(country: str, name: str) -> str:
    """The v2 name of a requirement of v1. Those of other persons begin with `person` (our choice)."""
    first, _, rest = name.partition(".")
    if rest and first in _INDIVIDUAL:
        return f"identity.individual.{field_names.PERSON_REQUIREMENTS.get(rest, rest)}"
    if rest and first in _MISSING_PERSONS:
        return _of_person(rest)
    described = field_names.REQUIREMENTS.get(name, name)
    kind = field_names.TAX_IDS.get(country) if name == "company.tax_id" else None
    return f"{described}.{kind}" if kind else described


@lru_cache(maxsize=1024)
def _entry(description: str, status: str, restricted: Restricted) -> Mapping[str, Json]:
    """An entry without problems and person. Accounts share it."""
    capabilities: list[Json] = [
        {"capability": capability, "configuration": configuration, "deadline": {"status": status}}
        for configuration, capability in restricted
    ]
    return {
        "awaiting_action_from": "user",
        "description": description,
        "errors": [],
        "impact": {"restricts_capabilities": capabilities},
        "minimum_deadline": {"status": status},
        "reference": None,
        "requested_reasons": [{"code": "routine_onboarding"}],
    }


def _restricted(account: Account, name: str, restricted: Restricted) -> Restricted:
    """The capabilities, out of those that can be restricted, that a requirement restricts."""
    if name == EXTERNAL_ACCOUNT or (name in account.added_requirements and not stops_charges(name)):
        return tuple(each for each in restricted if each[1] == field_names.PAYOUTS)
    if name in _OF_PAYMENTS:
        return tuple(each for each in restricted if each[1] != field_names.TRANSFERS)
    return restricted


def _deadline(due: Due, name: str) -> str:
    if name in due.past:
        return "past_due"
    return "currently_due" if name in due.currently else "eventually_due"


def _summary(due: Due) -> Json:
    """The most urgent deadline of all entries. It has a time only where a test has set one."""
    if not due.eventually:
        return None
    status = min((_deadline(due, name) for name in due.eventually), key=_URGENCY.index)
    time = None if due.deadline is None or status == "past_due" else format_timestamp(due.deadline)
    return {"minimum_deadline": {"status": status, "time": time}}


def _reference(person: str) -> Json:
    """The person that an entry is about. Other entries have no reference (observed)."""
    return {"inquiry": None, "resource": person, "type": "person"}
