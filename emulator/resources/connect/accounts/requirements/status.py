"""The status of an account: derived from its requirements and the time, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from emulator.resources.connect.accounts.base.capability_rules import CARD_PAYMENTS, NEVER_ACTIVE, NEVER_HELD, TRANSFERS
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT, Due, due_of
from emulator.resources.connect.accounts.requirements.findings import last_turn
from emulator.schema.trees import dig
from emulator.store.memo import derived_once
from emulator.store.rows import Account
from emulator.wire.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """The requirements of an account, and the state of its capabilities, charges and payouts."""

    due: Due
    capabilities: Mapping[str, str]
    charges_enabled: bool
    payouts_enabled: bool
    details_submitted: bool
    disabled_reason: str | None


def status_of(account: Account, now: int | None = None) -> Status:
    """The status of an account at `now`, unix seconds; without one, at its last change.

    Charges are enabled once `card_payments`, or `transfers` where that is not requested, is active; payouts once
    `transfers` is active, a bank account is there, nothing is past due and no review holds them (all observed).
    """
    return _status(account, last_turn(account, account.changed_at if now is None else now))


@derived_once
def _status(account: Account, now: int) -> Status:
    due = due_of(account, now)
    capabilities = {name: capability_status(account, name, due) for name in account.capabilities}
    stopped = bool(account.rejected) or due.listed
    transfers = capabilities.get(TRANSFERS)
    charging = capabilities.get(CARD_PAYMENTS, None if account.v2 else transfers)  # no charges on a recipient of v2
    paid_out = transfers or (account.v2 and capabilities.get(CARD_PAYMENTS))  # a merchant of v2 needs no transfers
    return Status(
        due=due,
        capabilities=capabilities,
        charges_enabled=charging == "active" and not stopped,
        payouts_enabled=paid_out == "active" and not due.past and not stopped and "payouts" not in due.held,
        details_submitted=_details_submitted(account),
        disabled_reason=_disabled_reason(account, due, capabilities),
    )


def capability_status(account: Account, name: str, due: Due) -> str:
    """The status of one capability. Those of an account move together (observed), unless a test has set one."""
    if name not in account.capabilities:
        return "unrequested"
    if account.rejected or due.listed:
        return "inactive"
    if name in account.forced_statuses:
        return account.forced_statuses[name].status
    terms = requirement_rules.TERMS.get(name, ())
    if due.missing or due.paused or any(term in due.currently for term in terms):
        return "inactive"
    if name in NEVER_ACTIVE and not account.onboarded:
        return "inactive"
    return "pending" if "capabilities" in due.held and name not in NEVER_HELD else "active"


def _details_submitted(account: Account) -> bool:
    """Whether the onboarding is over: its owner ends it where Stripe collects, the last detail elsewhere.

    It stays so when more becomes due (observed), so the requirements at the last change count. An account of v2 without
    capabilities has not begun (our choice).
    """
    if account.controller.requirement_collection == "stripe":
        return account.onboarded
    not_begun = account.v2 is not None and not account.capabilities
    return (
        account.onboarded or account.details_submitted or not (not_begun or _details_missing(account, due_of(account)))
    )


def _details_missing(account: Account, due: Due) -> bool:
    """Whether a detail is missing that the onboarding requires; some countries leave out the people of a company."""
    missing = {*due.missing, *({EXTERNAL_ACCOUNT} & {*due.past})}
    if account.business_type not in (None, "individual"):
        if account.country in requirement_rules.BANK_LATER:
            missing.discard(EXTERNAL_ACCOUNT)
        alone = dig(account.fields, ("company", "structure")) == requirement_rules.SOLE_PROPRIETORSHIP
        if account.country in requirement_rules.PEOPLE_LATER and not alone:
            return not all(map(_is_about_people, missing))
    return bool(missing)


@lru_cache(maxsize=1024)
def _is_about_people(name: str) -> bool:
    first = name.partition(".")[0]
    groups = requirement_rules.GROUPS_OF_PERSONS
    return first.startswith("person_") or first in groups or name == "company.owners_provided"


def _disabled_reason(account: Account, due: Due, capabilities: Mapping[str, str]) -> str | None:
    """The first reason that applies why an account cannot do all that it requests (order observed)."""
    if account.rejected:
        return f"rejected.{account.rejected}"
    if due.listed:
        return "listed"
    if due.past:
        return "requirements.past_due"
    if due.pending and (due.held - {"nothing"} or "pending" in capabilities.values()):
        return "requirements.pending_verification"
    return None if account.capabilities else "action_required.requested_capabilities"
