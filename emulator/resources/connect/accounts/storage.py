"""The one way to store an account: its row, then the rows of its persons and external accounts that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account, ExternalAccount, Person, PriorStatus
from emulator.store.table import Table

Row = TypeVar("Row", Person, ExternalAccount)


def store(sandbox: Sandbox, now: int, account: Account) -> Account:
    """Stores an account as it is from now on, and gives it back."""
    before = sandbox.accounts.get(account.id)
    stamped = replace(account, changed_at=now, prior_status=_prior_status(before, now))
    submitted = status_of(stamped, now).details_submitted
    after = stamped if submitted == stamped.details_submitted else replace(stamped, details_submitted=submitted)
    sandbox.accounts.put(after.id, after)
    _keep(sandbox.persons, before.persons if before else (), after.persons)
    _keep(sandbox.external_accounts, before.external_accounts if before else (), after.external_accounts)
    return after


def _prior_status(before: Account | None, now: int) -> PriorStatus:
    """What an account could do until now: new checks of what is known do not take all of it away."""
    if before is None or before.onboarded:
        return "none"
    able = status_of(before, now)
    return "payouts" if able.payouts_enabled else "charges" if able.charges_enabled else "none"


def forget(sandbox: Sandbox, account_id: str) -> None:
    """Forgets an account with all that belongs to it. Raises KeyError."""
    account = sandbox.accounts.get(account_id)
    sandbox.accounts.remove(account_id)
    _keep(sandbox.persons, account.persons if account else (), ())
    _keep(sandbox.external_accounts, account.external_accounts if account else (), ())


def _keep(table: Table[Row], before: Sequence[Row], after: Sequence[Row]) -> None:
    """Puts the rows that are new or changed, oldest first, and removes the others."""
    old = {row.id: row for row in before}
    for row in reversed(after):
        if old.pop(row.id, None) != row:
            table.put(row.id, row)
    for identifier in old:
        table.remove(identifier)
