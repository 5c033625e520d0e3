"""The only place where accounts are written."""

from __future__ import annotations

from emulator.model.declaration import writes
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.registry import declared
from emulator.resources.connect.accounts.requirements.status import Status, status_of
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account, PriorStatus
from emulator.store.table import Row
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
    put(sandbox, now, after)
    return after


def put(sandbox: Sandbox, now: int, account: Account) -> None:
    """Store an account as it is given."""
    scope, accounts = Scope(sandbox, sandbox.platform_id, now), declared("account")
    row = sandbox.table("account").get(scope.owner, account.id)
    if row is None:
        writes.add(scope._replace(now=account.created), accounts, account.id, account)
    else:
        writes.replace(scope, accounts, row, account)


def remove(sandbox: Sandbox, account_id: str) -> Account:
    """Remove and return an account. Raises KeyError."""
    scope, accounts = Scope(sandbox, sandbox.platform_id, 0), declared("account")
    row: Row[Account] | None = sandbox.table("account").get(scope.owner, account_id)
    if row is None:
        raise KeyError(account_id)
    writes.remove(scope, accounts, row)
    return row.data


def _prior_status(status: Status | None) -> PriorStatus:
    """New checks of an account that works hold up no more than it could not do before."""
    if status is None:
        return "none"
    return "payouts" if status.payouts_enabled else "charges" if status.charges_enabled else "none"
