"""Capabilities as objects: what an account has asked to be able to do, how far that is, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from emulator import errors
from emulator.resources.connect.accounts.base.capability_rules import NEVER_HELD
from emulator.resources.connect.accounts.endpoints import reached
from emulator.resources.connect.accounts.lifecycle import update_account
from emulator.resources.connect.accounts.overrides import capability_names
from emulator.resources.connect.accounts.render import requirements
from emulator.resources.connect.accounts.requirements.due import Due, due_of, unrelated_to
from emulator.resources.connect.accounts.requirements.status import capability_status
from emulator.resources.endpoint import Call, Endpoint
from emulator.resources.paging import listing
from emulator.store.rows import Account
from emulator.wire.json import Json


def retrieve(call: Call) -> Json:
    """GET /v1/accounts/{account}/capabilities/{capability}. Raises StripeError."""
    return render(reached(call), _name(call), call.now)


def update(call: Call) -> Json:
    """POST /v1/accounts/{account}/capabilities/{capability}. Raises StripeError."""
    account, name = reached(call), _name(call)
    if account.id == call.sandbox.platform_id:
        raise errors.own_account_read_only()
    if "requested" in call.params:
        wish = {name: {"requested": call.params["requested"]}}
        account = update_account(call.sandbox, call.now, account, {"capabilities": dict(wish)})
    return render(account, name, call.now)


def list_all(call: Call) -> Json:
    """GET /v1/accounts/{account}/capabilities: those ever requested, newest first, in one page (official)."""
    account = reached(call)
    data = [render(account, name, call.now) for name in ever_requested(account)]
    return listing(data, f"/v1/accounts/{account.id}/capabilities", has_more=False)


def ever_requested(account: Account) -> list[str]:
    """The names that were asked for at any time, newest first."""
    return sorted(account.requested_at, key=lambda name: (-account.requested_at[name], name))


def render(account: Account, name: str, now: int | None = None) -> dict[str, Json]:
    """A capability object, at a time in unix seconds or as it stood at the last change of its account.

    Its lists have the account's names, without the bank account, which stops payouts alone (our choice), and without
    the terms of other capabilities.
    """
    owed = due_of(account, now)
    status = capability_status(account, name, owed)
    requested = name in account.capabilities
    own = _own(owed, name) if requested else Due()
    return {
        "id": name,
        "object": "capability",
        "account": account.id,
        "future_requirements": requirements(Due(eventually=owed.future if requested else ()), None),
        "requested": requested,
        "requested_at": account.requested_at.get(name) if requested else None,
        "requirements": requirements(own, _disabled_reason(account, name, status, owed)),
        "status": status,
    }


def _own(owed: Due, name: str) -> Due:
    others = unrelated_to(name)
    numbers_only = name in NEVER_HELD
    return replace(
        owed,
        pending=tuple(each for each in owed.pending if not numbers_only or each.endswith(".id_number")),
        currently=tuple(each for each in owed.currently if each not in others),
        eventually=tuple(each for each in owed.eventually if each not in others),
        past=tuple(each for each in owed.past if each not in others),
    )


def _disabled_reason(account: Account, name: str, status: str, owed: Due) -> str | None:
    """Why a capability is not active; the first that applies. Nothing is said while it is pending (our choice)."""
    if status != "inactive":
        return account.forced_statuses[name].reason if status == "pending" and name in account.forced_statuses else None
    if account.rejected or owed.listed:
        return "rejected.other"
    if name in account.forced_statuses:
        return account.forced_statuses[name].reason
    return "paused.inactivity" if owed.paused and not owed.missing else "requirements.fields_needed"


def _name(call: Call) -> str:
    name = call.path["capability"]
    if name not in capability_names():
        raise errors.no_such("capability", name, "capability", 404)
    return name


ENDPOINTS: Mapping[str, Endpoint] = {
    "GetAccountsAccountCapabilities": Endpoint(list_all),
    "GetAccountsAccountCapabilitiesCapability": Endpoint(retrieve),
    "PostAccountsAccountCapabilitiesCapability": Endpoint(update),
}
