"""The one way to store an account."""

from __future__ import annotations

from dataclasses import replace

from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account, PriorStatus


def store(sandbox: Sandbox, now: int, account: Account) -> Account:
    """Store an account as it is from now on, and gives it back."""
    before = sandbox.accounts.get(account.id)
    stamped = replace(account, changed_at=now, prior_status=_prior_status(before, now))
    submitted = status_of(stamped, now).details_submitted
    after = stamped if submitted == stamped.details_submitted else replace(stamped, details_submitted=submitted)
    sandbox.accounts.put(after.id, after, after.created)
    return after


def _prior_status(before: Account | None, now: int) -> PriorStatus:
    """What an account could do until now: new checks of what is known do not take all of it away."""
    if before is None or before.onboarded:
        return "none"
    able = status_of(before, now)
    return "payouts" if able.payouts_enabled else "charges" if able.charges_enabled else "none"
