"""What state an account is in. Nothing of it is stored: it follows from what is due.

A check takes no time here: a capability is active as soon as nothing about the business and its people is due (our
choice; on Stripe some countries answer so, others after seconds).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emulator.resources.accounts.capabilities import CARD_PAYMENTS, TRANSFERS
from emulator.resources.accounts.requirements import EXTERNAL_ACCOUNT, Due, due
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


def status_of(account: Account) -> Status:
    """The state of an account.

    Charges are enabled once `card_payments`, or `transfers` where that is not requested, is active; payouts once
    `transfers` is active and nothing is due. A missing bank account alone makes no capability inactive (all observed).
    """
    owed = due(account)
    capabilities = _capabilities(account, owed)
    transfers = capabilities.get(TRANSFERS)
    return Status(
        due=owed,
        capabilities=capabilities,
        charges_enabled=capabilities.get(CARD_PAYMENTS, transfers) == "active",
        payouts_enabled=transfers == "active" and not owed.currently,
        details_submitted=_details_submitted(account, owed),
        disabled_reason=_disabled_reason(account, owed),
    )


def _capabilities(account: Account, owed: Due) -> dict[str, str]:
    """The status of each requested capability."""
    ready = not account.rejected and not set(owed.currently) - {EXTERNAL_ACCOUNT}
    return dict.fromkeys(account.capabilities, "active" if ready else "inactive")


def _details_submitted(account: Account, owed: Due) -> bool:
    """Whether the onboarding is over: its owner ends it where Stripe collects, the last detail elsewhere."""
    return account.onboarded if account.controller.requirement_collection == "stripe" else not owed.currently


def _disabled_reason(account: Account, owed: Due) -> str | None:
    """Why an account cannot do all that it asks for; the first that applies (order observed)."""
    if account.rejected:
        return f"rejected.{account.rejected}"
    if owed.currently:
        return "requirements.past_due"
    return None if account.capabilities else "action_required.requested_capabilities"
