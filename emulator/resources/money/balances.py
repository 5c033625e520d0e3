"""`/v1/balance` and `/v1/balance_transactions`: the ledger as it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from emulator import errors
from emulator.resources import objects, paging, verbs
from emulator.resources.by_request import by_request
from emulator.resources.endpoint import Call, Scope
from emulator.resources.money import ledger
from emulator.resources.money.holders import default_currency
from emulator.resources.money.ledger import Total, Totals
from emulator.resources.money.paying import PAYOUT
from emulator.resources.paging import TableSource
from emulator.resources.resource import Diff, Fields, Resource
from emulator.resources.snapshots import snapshot
from emulator.resources.stored import render, stored
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Value
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
    """The event of money that was pending and is available; other changes of a balance have none."""
    if diff.before is None or diff.after is None:
        return
    before, after = ledger.settled(diff.before, diff.then), ledger.settled(diff.after, diff.now)
    if _available(before) != _available(after) and _sums(before) == _sums(after):
        shown = resource.render(diff.sandbox, diff.after, diff.now)
        yield snapshot("balance.available", Scope(diff.sandbox, diff.row.owner, diff.now).account, None, shown)


def _available(totals: Totals) -> dict[str, int]:
    return {currency: sum(total["available"] for total in kinds.values()) for currency, kinds in totals.items()}


def _sums(totals: Totals) -> dict[str, int]:
    """The money of each currency, pending or not."""
    return {
        currency: sum(total["available"] + sum(total["pending"].values()) for total in kinds.values())
        for currency, kinds in totals.items()
    }


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


def _listing(call: Call) -> Json:
    """GET /v1/balance_transactions. Raises StripeError for a payout that is unknown or was made by hand."""
    page = paging.page(
        call,
        TableSource(call.sandbox.table(ledger.TRANSACTION), call.owner),
        noun=TRANSACTIONS.noun,
        keep=_kept(call),
    )
    return paging.listing([TRANSACTIONS.respond(call, row) for row in page.rows], call.url, has_more=page.has_more)


def _kept(call: Call) -> Callable[[Row[bytes]], bool]:
    named, payout = verbs.kept(TRANSACTIONS, call), call.params.get("payout")
    if payout is None:
        return named
    row = objects.get(call.scope, PAYOUT, str(payout))
    if row is None:
        raise errors.no_such("payout", str(payout), "payout")
    fields = objects.fields(row)
    if not fields["automatic"]:
        raise errors.payout_is_manual()
    paid = _paid_by(
        fields, objects.get(call.scope, ledger.TRANSACTION, str(fields["balance_transaction"])), row.created
    )
    return lambda each: paid(each) and named(each)


def _paid_by(fields: Fields, own: Row[bytes] | None, at: int) -> Callable[[Row[bytes]], bool]:
    """Whether an automatic payout paid a balance transaction out, its own included.

    It pays those that have counted by its second, and did not at the end of the payout before it.
    """
    before, first = cast("tuple[int, int]", fields["_paid"])
    kind, last = (fields["currency"], fields["source_type"]), own.number if own else 0

    def paid(row: Row[bytes]) -> bool:
        currency, _, _, counted_on, source_type = row.keys
        if (currency, source_type) != kind or row.number > last or not isinstance(counted_on, int):
            return False
        return counted_on <= at and not (counted_on <= before and row.number < first)

    return paid


def _of_source(row: Row[bytes], value: Value) -> bool:
    """Whether a transaction is that of a charge, refund or the like. Those of disputes are not found (observed)."""
    return row.keys[1] == value and not str(value).startswith(_DISPUTES)


_DISPUTES = ("dp_", "du_")

TRANSACTIONS = stored(
    ledger.TRANSACTION,
    "txn",
    noun="balance transaction",
    param="id",
    render=_transaction,
    keys=ledger.keys_of,
    filters={
        "currency": lambda row, value: row.keys[0] == value,
        "source": _of_source,
        "type": lambda row, value: row.keys[2] == value,
    },
    verbs={"list": _listing},
    unknown=by_request("charge", {"amount": 2000, "currency": "usd", "source": "tok_visa"}, prefix="txn"),
)


RESOURCES = (BALANCES, TRANSACTIONS)
