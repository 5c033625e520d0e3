"""The life of a payout: it leaves the balance, is sent to the bank, and arrives or fails."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.money import holders, ledger
from emulator.resources.money.ledger import CARD, Movement
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import ExternalAccount
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.timestamps import DAY

PAYOUT = "payout"
INSTANT, STANDARD = "instant", "standard"
AUTOMATIC_DESCRIPTION = "STRIPE PAYOUT"
# Seconds from the creation until a payout is sent, and until it arrives; not before its arrival date (our choice).
SENT_AFTER = 10
ARRIVES_AFTER = 30
NO_ACCOUNT = "no_account"
# The account numbers whose payouts fail, and the failure codes (official).
FAILURES: Mapping[str, str] = MappingProxyType(
    {
        "000111111113": "account_closed",
        "000111111116": NO_ACCOUNT,
        "000222222227": "insufficient_funds",
        "000333333335": "debit_not_authorized",
        "000444444440": "invalid_currency",
        "4000056655665572": "could_not_process",
    }
)
FAILS_INSTANT = "000888888883"
MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "account_closed": "The bank account has been closed.",
        "could_not_process": "The bank could not process this payout.",
        "debit_not_authorized": "Debit transactions are not approved on the bank account.",
        "insufficient_funds": "Your Stripe account has insufficient funds to cover the payout.",
        "invalid_currency": (
            "The bank was unable to process this payout because of its currency. This is probably because the bank "
            "account cannot accept payments in that currency."
        ),
        NO_ACCOUNT: (
            "The bank account details on file are probably incorrect. No bank account could be located with those "
            "details."
        ),
    }
)
_NOT_TRACED: Fields = {"status": "pending", "value": None}


class Arriving(Private, total=False):
    """What money on its way keeps: the unix second of its next change, None once it is over, and a failure code."""

    _changes_at: int | None
    _fails: str | None


class PayoutState(Arriving, total=False):
    """What a payout keeps.

    An automatic one has the end of the previous one as `_paid`: its unix second, and the number of the first
    balance transaction after it.
    """

    _paid: list[int]


_OVER = kept(Arriving(_changes_at=None))


class Payout(NamedTuple):
    """A payout to make, in minor units of its currency; a negative amount is taken from the bank account."""

    amount: int
    currency: str
    destination: ExternalAccount
    arrival_date: int
    automatic: bool = False
    method: str = STANDARD
    source_type: str = CARD
    description: str | None = None
    more: Mapping[str, Json] = MappingProxyType({})


def today(now: int) -> int:
    """00:00 UTC of a day, when payouts by hand arrive (observed)."""
    return now // DAY * DAY


def pay(scope: Scope, payout: Payout) -> Row[bytes]:
    """Take a payout from the balance, and store it as pending."""
    identifier = scope.sandbox.ids.in_account("po", scope.now, scope.owner)
    transaction = _take(scope, identifier, payout)
    fields: Fields = {
        "amount": payout.amount,
        "arrival_date": payout.arrival_date,
        "automatic": payout.automatic,
        "balance_transaction": transaction,
        "currency": payout.currency,
        "description": payout.description,
        "destination": payout.destination.id,
        "metadata": {},
        "method": payout.method,
        "reconciliation_status": "in_progress" if payout.automatic else "not_applicable",
        "source_type": payout.source_type,
        "status": "pending",
        "trace_id": _NOT_TRACED,
        "type": payout.destination.object,
        **payout.more,
        **kept(PayoutState(_changes_at=scope.now + SENT_AFTER, _fails=_failure_of(payout))),
    }
    if payout.automatic:
        paid = ledger.mark_paid(scope, payout.currency, payout.source_type, transaction)
        fields |= kept(PayoutState(_paid=[*paid]))
    return objects.add(scope, PAYOUT, identifier, fields)


def _take(scope: Scope, identifier: str, payout: Payout) -> str:
    movement = Movement(
        "payout",
        -payout.amount,
        payout.currency,
        identifier,
        payout.description,
        available_on=payout.arrival_date,
        source_type=payout.source_type,
        counts_now=True,
    )
    return ledger.post(scope, movement)


def _failure_of(payout: Payout) -> str | None:
    number = payout.destination.number
    if number == FAILS_INSTANT and payout.method == INSTANT:
        return "could_not_process"
    return FAILURES.get(number)


def give_back(scope: Scope, row: Row[bytes], kind: str, **changed: Json) -> Row[bytes]:
    """Return the money of a payout that failed or was canceled to the balance."""
    fields = decode(row)
    movement = Movement(
        kind,
        cast("int", fields["amount"]),
        cast("str", fields["currency"]),
        row.id,
        cast("str | None", fields["description"]),
        source_type=cast("str", fields["source_type"]),
    )
    returned = ledger.post(scope, movement)
    return objects.change(scope, PAYOUT, row, failure_balance_transaction=returned, **_OVER, **changed)


# --- by itself ----------------------------------------------------------------------------------------------------


def due_times(row: Row[bytes]) -> tuple[int, ...]:
    """The unix second at which a payout or a top-up changes next."""
    at = private(Arriving, shared(row))["_changes_at"]
    return () if at is None else (at,)


def elapse(sandbox: Sandbox, row: Row[bytes], at: int) -> None:
    """Send a payout to the bank; at its next time, let it arrive or fail."""
    scope, fields = Scope(sandbox, row.owner, at), decode(row)
    if fields["status"] == "pending":
        _send(scope, row, fields)
    else:
        end(scope, row, private(PayoutState, fields)["_fails"])


def end(scope: Scope, row: Row[bytes], failure: str | None = None) -> Row[bytes]:
    """Let a payout arrive, or fail with a code of `MESSAGES`; a paid one may fail later."""
    fields = decode(row)
    if fields["status"] == "pending":
        row = _send(scope, row, fields)
    if failure:
        why = {"failure_code": failure, "failure_message": MESSAGES[failure]}
        failed = give_back(scope, row, "payout_failure", status="failed", **why)
        if fields["method"] == STANDARD:
            holders.stop_payouts(scope, str(fields["destination"]))
        return failed
    return objects.change(scope, PAYOUT, row, status="paid", trace_id=_trace(row, fields, scope.now), **_OVER)


def _send(scope: Scope, row: Row[bytes], fields: Fields) -> Row[bytes]:
    """Send a payout; the transactions of an automatic one can be listed from then on (our choice)."""
    arrives = max(cast("int", fields["arrival_date"]), row.created + ARRIVES_AFTER)
    sent = objects.change(scope, PAYOUT, row, status="in_transit", **kept(PayoutState(_changes_at=arrives)))
    if fields["automatic"]:
        return objects.change(scope, PAYOUT, sent, reconciliation_status="completed")
    return sent


def _trace(row: Row[bytes], fields: Fields, at: int) -> Fields:
    """The fifteen digits by which a bank finds a payout; cards have none (our choice)."""
    if fields["type"] == CARD:
        return {"status": "unsupported", "value": None}
    return {"status": "supported", "value": f"{at:010d}{row.number % 100_000:05d}"}
