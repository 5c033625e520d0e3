"""`/v1/balance_transactions`, also at `/v1/balance/history`: the ledger of an account, newest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from emulator import errors
from emulator.model.answering import paging, verbs
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, render, stored
from emulator.resources.money import ledger
from emulator.resources.money.paying import PAYOUT, PayoutState
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row
from emulator.wire.json import Json

URL = "/v1/balance_transactions"  # of the lists at both paths (official)
_DISPUTES = ("dp_", "du_")  # a filter by one of these finds nothing (observed)


def _transaction(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """A balance transaction, whose status follows the clock."""
    body = render(ledger.TRANSACTION, frozenset(), sandbox, row, now)
    return {**body, "status": "available" if cast("int", body["available_on"]) <= now else "pending"}


def _listing(call: Call) -> Json:
    """GET /v1/balance_transactions. Raises StripeError for a payout that is unknown or was made by hand."""
    page = paging.page(
        call,
        verbs.source(TRANSACTIONS, call),
        noun=TRANSACTIONS.noun,
        keep=_kept(call),
    )
    return paging.listing([TRANSACTIONS.respond(call, row) for row in page.rows], URL, has_more=page.has_more)


def _kept(call: Call) -> Callable[[Row[bytes]], bool]:
    named, payout = verbs.kept(TRANSACTIONS, call), call.params.get("payout")
    if str(call.params.get("source")).startswith(_DISPUTES):
        return lambda _: False
    if payout is None:
        return named
    row = objects.get(call.scope, PAYOUT, str(payout))
    if row is None:
        raise errors.no_such("payout", str(payout), "payout")
    fields = decode(row)
    if not fields["automatic"]:
        raise errors.payout_is_manual()
    paid = _paid_by(
        fields, objects.get(call.scope, ledger.TRANSACTION, str(fields["balance_transaction"])), row.created
    )
    return lambda each: paid(each) and named(each)


def _paid_by(fields: Fields, own: Row[bytes] | None, at: int) -> Callable[[Row[bytes]], bool]:
    """Whether an automatic payout includes a balance transaction, its own among them.

    It includes those that became available since the end of the previous payout.
    """
    before, first = private(PayoutState, fields)["_paid"]
    kind, last = (fields["currency"], fields["source_type"]), own.number if own else 0

    def paid(row: Row[bytes]) -> bool:
        currency, _, _, counted_on, source_type = row.keys
        if (currency, source_type) != kind or row.number > last or not isinstance(counted_on, int):
            return False
        return counted_on <= at and not (counted_on <= before and row.number < first)

    return paid


TRANSACTIONS = stored(
    ledger.TRANSACTION,
    "txn",
    noun="balance transaction",
    param="id",
    private=ledger.TransactionState,
    render=_transaction,
    keys=ledger.keys_of,
    filters=ledger.KEYS[:3],
    verbs={"list": _listing},
    unknown=by_request("charge", {"amount": 2000, "currency": "usd", "source": "tok_visa"}, prefix="txn"),
)
RESOURCES = (TRANSACTIONS,)
