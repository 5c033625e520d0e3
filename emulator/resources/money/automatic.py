"""Automatic payouts: on the days of its schedule, the available balance of an account is paid out.

A run is planned when money moves, for midnight UTC once that money is available. It plans the next run only while
money is pending, so that accounts without money have no timers.
"""

from __future__ import annotations

from typing import cast

from emulator.model.declaration import writes
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Resource
from emulator.resources.connect.accounts.settings import payout_schedule
from emulator.resources.money import calendar, holders, ledger, paying
from emulator.resources.money.holders import PAYOUT_RUN
from emulator.resources.money.ledger import Total
from emulator.resources.money.paying import AUTOMATIC_DESCRIPTION, Payout
from emulator.resources.money.payout_days import MANUAL, is_payout_day, next_payout_day
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_at
from emulator.store.rows import Account
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple


class Due(NamedTuple):
    """The money of one currency and source type that automatic payouts take; negative where the bank is debited."""

    amount: int
    currency: str
    source_type: str


def run(sandbox: Sandbox, row: Row[int], at: int) -> None:
    """Make the payouts of an account that are due, and plan the next run or none."""
    scope = Scope(sandbox, row.owner, at)
    if not holders.is_open(scope):
        writes.remove(scope, PAYOUT_RUNS, row)
        return
    account = holders.account_of(sandbox, row.owner)
    today = is_payout_day(holders.schedule_of(account), calendar.day_of(at), in_us=account.country == "US")
    if today and holders.payouts_enabled(scope):
        for due in _due(scope, account):
            _pay(scope, account, due)
    following = _next(scope, account)
    if following is None:
        writes.remove(scope, PAYOUT_RUNS, row)
    else:
        writes.replace(scope, PAYOUT_RUNS, row, following)


def changed(scope: Scope, before: Row[Account], after: Row[Account]) -> None:
    """Follow a change of an account: another schedule may pay out earlier."""
    if payout_schedule(before.data) != payout_schedule(after.data):
        holders.plan_payout_run(scope.of(after.id), scope.now)


def _due(scope: Scope, account: Account) -> list[Due]:
    debits = holders.payout_settings(account)["debit_negative_balances"] is True
    kept = hash_at(account.fields, "balance_settings", "minimum_balance_by_currency")
    found = [
        Due(_amount(total, cast("int", kept.get(currency) or 0), debits=debits), currency, source_type)
        for currency, kinds in ledger.totals(scope).items()
        for source_type, total in kinds.items()
    ]
    return [due for due in found if due.amount]


def _amount(total: Total, kept: int, *, debits: bool) -> int:
    """The available money above the minimum balance, or the negative balance that is debited."""
    available = total["available"]
    if available < 0:
        return available if debits else 0
    return max(available - kept, 0)


def _pay(scope: Scope, account: Account, due: Due) -> None:
    destination = holders.destination_of(account, scope.sandbox, due.currency)
    if destination is None or destination.errored:
        return
    arrives = calendar.after_days(scope.now, 1, in_us=account.country == "US") if due.amount > 0 else scope.now
    payout = Payout(due.amount, due.currency, destination, arrives, automatic=True, source_type=due.source_type)
    paying.pay(scope, payout._replace(description=AUTOMATIC_DESCRIPTION))


def _next(scope: Scope, account: Account) -> int | None:
    """The second of the next run, None without money or where payouts are made by hand.

    Money that is due and was not paid out, on a day without payouts or without a bank account, waits for the next day
    of payouts; otherwise the run is when pending money becomes available.
    """
    schedule = holders.schedule_of(account)
    if schedule["interval"] == MANUAL:
        return None
    if _due(scope, account):
        following = next_payout_day(schedule, calendar.day_of(scope.now), in_us=account.country == "US")
        return calendar.midnight(following) if following else None
    return holders.next_midnight(min(ledger.pending_times(scope), default=0)) or None


PAYOUT_RUNS = Resource[int](
    name=PAYOUT_RUN,
    timer=lambda row: (row.data,),
    elapse=run,
    objects=lambda _: (),
)
RESOURCES = (PAYOUT_RUNS,)
