"""`/v1/balance` and `/v1/balance_transactions`: the ledger as it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from emulator.resources.endpoint import Scope
from emulator.resources.money import ledger
from emulator.resources.money.holders import default_currency
from emulator.resources.money.ledger import Total
from emulator.resources.resource import Diff, Fields, Resource
from emulator.resources.snapshots import snapshot
from emulator.resources.stored import render, stored
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json


def _balance(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """The balance. There is always an entry of the default currency, which comes first (observed)."""
    totals = {default_currency(sandbox, row.owner): {"card": Total(available=0, pending={})}}
    totals |= ledger.settled(row, now)
    return {
        "object": "balance",
        "available": [_entry(currency, kinds, lambda total: total["available"]) for currency, kinds in totals.items()],
        "livemode": sandbox.livemode,
        "pending": [
            _entry(currency, kinds, lambda total: sum(total["pending"].values())) for currency, kinds in totals.items()
        ],
        "refund_and_dispute_prefunding": {
            name: [{"amount": 0, "currency": currency} for currency in totals] for name in ("available", "pending")
        },
    }


def _entry(currency: str, kinds: dict[str, Total], amount_of: Callable[[Total], int]) -> Json:
    amounts = {kind: amount_of(total) for kind, total in sorted(kinds.items())}
    return {"amount": sum(amounts.values()), "currency": currency, "source_types": amounts}


def _became_available(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The event of money that time has made available; other changes of a balance have none."""
    if diff.before is None or diff.after is None or diff.then == diff.now:
        return
    before = resource.render(diff.sandbox, diff.before, diff.then)
    after = resource.render(diff.sandbox, diff.after, diff.now)
    if before["available"] != after["available"]:
        yield snapshot("balance.available", Scope(diff.sandbox, diff.row.owner, diff.now).account, None, after)


BALANCES = Resource[bytes](
    name="balance",
    noun="balance",
    alone=lambda _: b"{}",
    render=_balance,
    events=_became_available,
    timer=ledger.due_times,
    objects=lambda _: (),
)


def _transaction(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """A balance transaction, whose status follows the clock."""
    body = render(ledger.TRANSACTION, frozenset(), sandbox, row, now)
    return {**body, "status": "available" if cast("int", body["available_on"]) <= now else "pending"}


TRANSACTIONS = stored(
    ledger.TRANSACTION,
    "txn",
    noun="balance transaction",
    param="id",
    filters=["currency", "source", "type"],
    render=_transaction,
)


RESOURCES = (BALANCES, TRANSACTIONS)
