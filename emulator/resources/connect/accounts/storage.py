"""The one way to store an account."""

from __future__ import annotations

from emulator.resources import payout_runs
from emulator.resources.connect.accounts.requirements.status import Status, status_of
from emulator.resources.connect.accounts.settings import payout_schedule
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account, PriorStatus
from emulator.wire.dataclasses import replace


def store(sandbox: Sandbox, now: int, account: Account) -> Account:
    """Store a new state of an account, stamped with the time and with its status until now."""
    before = sandbox.accounts.get(account.id)
    status = status_of(before, now) if before else None
    after = replace(
        account,
        changed_at=now,
        prior_status=_prior_status(None if before is None or before.onboarded else status),
        details_submitted=status is not None and status.details_submitted,
    )
    sandbox.accounts.put(after.id, after, after.created)
    if before is not None and payout_schedule(before) != payout_schedule(after):
        payout_runs.plan(sandbox, after.id, now)
    return after


def _prior_status(status: Status | None) -> PriorStatus:
    """New checks of an account that works hold up no more than it could not do before."""
    if status is None:
        return "none"
    return "payouts" if status.payouts_enabled else "charges" if status.charges_enabled else "none"
