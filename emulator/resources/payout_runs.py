"""The seconds at which automatic payouts look at the balance of an account: one row for each account that waits.

What changes a balance, a schedule or a bank account plans a run; the run itself is in `emulator.resources.money`.
"""

from __future__ import annotations

from emulator.sandbox.sandbox import Sandbox
from emulator.wire.timestamps import DAY

PAYOUT_RUN = "payout_run"


def plan(sandbox: Sandbox, owner: str, at: int) -> None:
    """Plan a run for the first midnight, UTC, at or after a unix second, unless an earlier one is planned."""
    table, due = sandbox.table(PAYOUT_RUN), midnight(at)
    row = table.get(owner, owner)
    if row is None:
        table.add(owner, owner, at, due)
    elif due < row.data:
        table.put(row._replace(data=due))


def midnight(at: int) -> int:
    """The first midnight, UTC, at or after a unix second."""
    return -(-at // DAY) * DAY
