"""A capability as the API shows it: its request, its status and its requirements."""

from __future__ import annotations

from emulator.resources.connect.accounts.base.capability_rules import NEVER_HELD
from emulator.resources.connect.accounts.render import requirements
from emulator.resources.connect.accounts.requirements.due import Due, due_of, unrelated_to
from emulator.resources.connect.accounts.requirements.rules import Names
from emulator.resources.connect.accounts.requirements.status import capability_status
from emulator.store.rows import Account
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json


def ever_requested(account: Account) -> list[str]:
    """The names that were requested at any time, newest request first."""
    return sorted(account.requested_at, key=lambda name: (-account.requested_at[name], name))


def render(account: Account, name: str, now: int | None = None) -> dict[str, Json]:
    """A capability object, at a time in unix seconds or as it stood at the last change of its account.

    Its lists have the account's names, without the bank account, which stops payouts alone (our choice), and without
    the terms of other capabilities.
    """
    due = due_of(account, now)
    status = capability_status(account, name, due)
    requested = name in account.capabilities
    own = _own(due, name) if requested else Due()
    return {
        "id": name,
        "object": "capability",
        "account": account.id,
        "future_requirements": requirements(Due(eventually=due.future if requested else ()), None),
        "requested": requested,
        "requested_at": account.requested_at.get(name) if requested else None,
        "requirements": requirements(own, _disabled_reason(account, name, status, due)),
        "status": status,
    }


def _own(due: Due, name: str) -> Due:
    others, pending = unrelated_to(name), due.pending
    return replace(
        due,
        pending=tuple([each for each in pending if each.endswith(".id_number")]) if name in NEVER_HELD else pending,
        currently=_without(due.currently, others),
        eventually=_without(due.eventually, others),
        past=_without(due.past, others),
    )


def _without(names: Names, others: frozenset[str]) -> Names:
    return names if others.isdisjoint(names) else tuple([each for each in names if each not in others])


def _disabled_reason(account: Account, name: str, status: str, due: Due) -> str | None:
    """Why a capability is not active; the first that applies. Nothing is said while it is pending (our choice)."""
    if status != "inactive":
        return account.forced_statuses[name].reason if status == "pending" and name in account.forced_statuses else None
    if account.rejected or due.listed:
        return "rejected.other"
    if name in account.forced_statuses:
        return account.forced_statuses[name].reason
    return "paused.inactivity" if due.paused and not due.missing else "requirements.fields_needed"
