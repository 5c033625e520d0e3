"""What state an account is in. Nothing of it is stored: it follows from what is due and from the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emulator.resources.connect.accounts.base.capability_rules import CARD_PAYMENTS, NEVER_ACTIVE, NEVER_HELD, TRANSFERS
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT, Due, due_of
from emulator.schema.trees import dig
from emulator.store.memo import derived_once
from emulator.store.rows import Account


@dataclass(frozen=True, slots=True)
class Status:
    """What an account owes, and what it can do meanwhile."""

    due: Due
    capabilities: Mapping[str, str]
    charges_enabled: bool
    payouts_enabled: bool
    details_submitted: bool
    disabled_reason: str | None


def status_of(account: Account, now: int | None = None) -> Status:
    """The state of an account at a time in unix seconds; without one, at the moment of its last change.

    Charges are enabled once `card_payments`, or `transfers` where that is not requested, is active; payouts once
    `transfers` is active, a bank account is there, nothing is past due and no review holds them (all observed).
    """
    return _status(account, account.changed_at if now is None else now)


@derived_once
def _status(account: Account, now: int) -> Status:
    owed = due_of(account, now)
    capabilities = {name: capability_status(account, name, owed) for name in account.capabilities}
    stopped = bool(account.rejected) or owed.listed
    transfers = capabilities.get(TRANSFERS)
    only_transfers = None if account.v2 else transfers  # a recipient of v2 has no charges (observed)
    paid_out = transfers or (account.v2 and capabilities.get(CARD_PAYMENTS))  # a merchant of v2 needs no transfers
    return Status(
        due=owed,
        capabilities=capabilities,
        charges_enabled=capabilities.get(CARD_PAYMENTS, only_transfers) == "active" and not stopped,
        payouts_enabled=paid_out == "active" and not owed.past and not stopped and "payouts" not in owed.held,
        details_submitted=_details_submitted(account, owed),
        disabled_reason=_disabled_reason(account, owed, capabilities),
    )


def capability_status(account: Account, name: str, owed: Due) -> str:
    """The status of one capability. Those of an account move together (observed), unless a test has set one."""
    if name not in account.capabilities:
        return "unrequested"
    if account.rejected or owed.listed:
        return "inactive"
    if name in account.forced_statuses:
        return account.forced_statuses[name].status
    unaccepted = not set(requirement_rules.TERMS.get(name, ())).isdisjoint(owed.currently)
    if owed.missing or owed.paused or unaccepted or (name in NEVER_ACTIVE and not account.onboarded):
        return "inactive"
    return "pending" if "capabilities" in owed.held and name not in NEVER_HELD else "active"


def _details_submitted(account: Account, owed: Due) -> bool:
    """Whether the onboarding is over: its owner ends it where Stripe collects, the last detail elsewhere.

    It stays so when more becomes due (observed). An account of v2 that asks for nothing has not begun (our choice).
    """
    if account.controller.requirement_collection == "stripe":
        return account.onboarded
    idle = account.v2 is not None and not account.capabilities
    return account.onboarded or account.details_submitted or not (idle or _details_missing(account, owed))


def _details_missing(account: Account, owed: Due) -> bool:
    """Whether a detail is missing that the onboarding asks for; some countries leave out a company's people."""
    missing = owed.missing | ({EXTERNAL_ACCOUNT} & set(owed.past))
    if account.business_type not in (None, "individual") and account.country in requirement_rules.BANK_LATER:
        missing -= {EXTERNAL_ACCOUNT}
    alone = dig(account.fields, ("company", "structure")) == requirement_rules.SOLE_PROPRIETORSHIP
    if (
        account.business_type not in (None, "individual")
        and account.country in requirement_rules.PEOPLE_LATER
        and not alone
    ):
        missing = frozenset(name for name in missing if not _about_people(name))
    return bool(missing)


def _about_people(name: str) -> bool:
    first = name.partition(".")[0]
    return (
        first.startswith("person_") or first in requirement_rules.GROUPS_OF_PERSONS or name == "company.owners_provided"
    )


def _disabled_reason(account: Account, owed: Due, capabilities: Mapping[str, str]) -> str | None:
    """Why an account cannot do all that it asks for; the first that applies (order observed)."""
    if account.rejected:
        return f"rejected.{account.rejected}"
    if owed.listed:
        return "listed"
    if owed.past:
        return "requirements.past_due"
    if owed.pending and (owed.held - {"nothing"} or "pending" in capabilities.values()):
        return "requirements.pending_verification"
    return None if account.capabilities else "action_required.requested_capabilities"
