"""The seconds at which automatic payouts look at the balance of an account: one row for each account that waits.

What changes a balance, a schedule or a bank account plans a run; the run itself is in `money.automatic`.
"""

from __future__ import annotations

from emulator.model.declaration import writes
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.registry import declared
from emulator.wire.timestamps import DAY

PAYOUT_RUN = "payout_run"


def plan(scope: Scope, at: int) -> None:
    """Plan a run for the first midnight, UTC, at or after a unix second, unless an earlier one is planned."""
    row, due = scope.sandbox.table(PAYOUT_RUN).get(scope.owner, scope.owner), midnight(at)
    if row is None:
        writes.add(scope._replace(now=at), declared(PAYOUT_RUN), scope.owner, due)
    elif due < row.data:
        writes.replace(scope, declared(PAYOUT_RUN), row, due)


def midnight(at: int) -> int:
    """The first midnight, UTC, at or after a unix second."""
    return -(-at // DAY) * DAY
