"""The ledger: every movement of money is a balance transaction, and balances follow from these alone.

`post` is the only writer. It is called in the transaction of the request or of the timer that moves the money, with the
object that causes the movement. Balances are totals that the ledger keeps as it writes, so that they always agree with
the balance transactions (a test of random operations states it).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NotRequired, TypedDict, cast

import orjson

from emulator.model.declaration import writes
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.registry import declared
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.side_tables import SideTable
from emulator.model.stored.stored import shared
from emulator.resources.money.holders import account_of, plan_payout_run
from emulator.sandbox.ids import family_of
from emulator.sandbox.sandbox import Sandbox
from emulator.store.orders import Key
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

TRANSACTION = "balance_transaction"
BALANCE = "balance"
RESERVE = SideTable[bytes]("connect_reserve")
CARD = "card"
KEYS = ("currency", "source", "type", "counted_on", "source_type")
# The kinds of movements: their `type` and `reporting_category` (observed or official).
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "adjustment": ("adjustment", "other_adjustment"),
        "application_fee": ("application_fee", "platform_earning"),
        "application_fee_credit": ("adjustment", "other_adjustment"),
        "application_fee_refund": ("application_fee_refund", "platform_earning_refund"),
        "charge": ("charge", "charge"),
        "dispute": ("adjustment", "dispute"),
        "dispute_reversal": ("adjustment", "dispute_reversal"),
        "payment": ("payment", "charge"),
        "payment_failure_refund": ("payment_failure_refund", "charge_failure"),
        "payment_refund": ("payment_refund", "refund"),
        "payout": ("payout", "payout"),
        "payout_cancel": ("payout_cancel", "payout_reversal"),
        "payout_failure": ("payout_failure", "payout_reversal"),
        "refund": ("refund", "refund"),
        "refund_failure": ("refund_failure", "refund_failure"),
        "stripe_fee": ("stripe_fee", "fee"),
        "topup": ("topup", "topup"),
        "topup_reversal": ("topup_reversal", "topup_reversal"),
        "transfer": ("transfer", "transfer"),
        "transfer_refund": ("transfer_refund", "transfer_reversal"),
    }
)


class TransactionState(Private, total=False):
    """What a balance transaction keeps.

    `_counted_on` is the unix second from which the balance has its money as available, where it is not `available_on`;
    `_source_type` that of the balance, where it is not `card`.
    """

    _counted_on: int
    _source_type: str


class Fee(NamedTuple):
    """One line of `fee_details`, in minor units of the settlement currency."""

    amount: int
    description: str | None = "Stripe processing fees"
    type: str = "stripe_fee"
    application: str | None = None


class Movement(NamedTuple):
    """One movement of money on the balance of one account.

    `kind` is a key of `KINDS`. `amount`, negative where money leaves, and the fees are in minor units of `currency`,
    the settlement currency. `source` is the id of the object that causes it. The money is available from the unix
    second `available_on`, at once without one. With `counts_now` it leaves what is available at once, although its
    transaction is pending until then: a payout that is on its way. `family` is the id of an object whose family the
    transaction belongs to.
    """

    kind: str
    amount: int
    currency: str
    source: str | None
    description: str | None = None
    fees: tuple[Fee, ...] = ()
    available_on: int | None = None
    exchange_rate: float | None = None
    source_type: str = CARD
    family: str | None = None
    counts_now: bool = False

    @property
    def net(self) -> int:
        """The change of the balance."""
        return self.amount - sum(fee.amount for fee in self.fees)


def post(scope: Scope, movement: Movement) -> str:
    """Write a balance transaction of the account, and return its id."""
    kind, category = KINDS[movement.kind]
    available_on = scope.now if movement.available_on is None else movement.available_on
    net = movement.net
    fields: Fields = {
        "amount": movement.amount,
        "available_on": available_on,
        "balance_type": "payments",
        "currency": movement.currency,
        "description": movement.description,
        "exchange_rate": movement.exchange_rate,
        "fee": movement.amount - net,
        "fee_details": [_line(fee, movement.currency) for fee in movement.fees],
        "net": net,
        "reporting_category": category,
        "source": movement.source,
        "type": kind,
    }
    counted_on = scope.now if movement.counts_now else available_on
    if counted_on != available_on:
        fields |= kept(TransactionState(_counted_on=counted_on))
    if movement.source_type != CARD:
        fields |= kept(TransactionState(_source_type=movement.source_type))
    identifier = _new_id(scope, movement.family)
    writes.add(scope, declared(TRANSACTION), identifier, bytes(memoryview(orjson.dumps(fields))))
    _add_to_totals(scope, movement, net, counted_on)
    plan_payout_run(scope, max(counted_on, scope.now))
    return identifier


def is_available(row: Row[bytes], now: int) -> bool:
    """Whether the money of a balance transaction can be paid out."""
    return cast("int", row.keys[3]) <= now


def keys_of(data: bytes) -> tuple[Key, ...]:
    """The values that a balance transaction is found by, in the order of `KEYS`."""
    fields = orjson.loads(data)
    own = private(TransactionState, fields)
    counted_on = own.get("_counted_on", fields["available_on"])
    return fields["currency"], fields["source"], fields["type"], counted_on, own.get("_source_type", CARD)


def _line(fee: Fee, currency: str) -> Json:
    return {
        "amount": fee.amount,
        "application": fee.application,
        "currency": currency,
        "description": fee.description,
        "type": fee.type,
    }


def _new_id(scope: Scope, family: str | None) -> str:
    ids = scope.sandbox.ids
    return ids.in_family("txn", family_of(family)) if family else ids.in_account("txn", scope.now, scope.owner)


def make_available(scope: Scope, currency: str) -> None:
    """Make all pending money of a currency available now."""
    table = scope.sandbox.table(TRANSACTION)
    for row in [*table.newest(scope.owner)]:
        if row.keys[0] == currency and cast("int", row.keys[3]) > scope.now:
            counted = kept(TransactionState(_counted_on=scope.now))
            fields = {**orjson.loads(row.data), "available_on": scope.now, **counted}
            writes.replace(scope, declared(TRANSACTION), row, bytes(memoryview(orjson.dumps(fields))))
    found = totals(scope)
    for total in found.get(currency, {}).values():
        total["available"] += sum(total["pending"].values())
        total["pending"] = {}
    _store(scope, _row(scope), found)
    plan_payout_run(scope, scope.now)


# --- totals -------------------------------------------------------------------------------------------------------


class Total(TypedDict):
    """The money of one currency and source type: the available amount, and the pending amounts by unix second.

    `paid` marks the end of the last automatic payout: its second, and the number of the first transaction after it.
    """

    available: int
    pending: dict[str, int]
    paid: NotRequired[tuple[int, int]]


Totals = dict[str, dict[str, Total]]  # by currency, then by source type


def totals(scope: Scope) -> Totals:
    """The present totals of the account, in the order in which its currencies were first used."""
    row = _row(scope)
    return settled(row, scope.now) if row else {}


def settled(row: Row[bytes], now: int) -> Totals:
    """The totals of a row, with the money that has become available by now counted as such."""
    stored = cast("Totals", shared(row))
    return {name: {kind: _settled(each, now) for kind, each in kinds.items()} for name, kinds in stored.items()}


def _settled(total: Total, now: int) -> Total:
    found: Total = {**total, "pending": {**total["pending"]}}
    for at in [at for at in total["pending"] if int(at) <= now]:
        found["available"] += found["pending"].pop(at)
    return found


def available_at(row: Row[bytes], now: int) -> dict[str, int]:
    """The available money of each currency, as `settled` has it."""
    return {
        currency: sum([_available_of(total, now) for total in kinds.values()])
        for currency, kinds in cast("Totals", shared(row)).items()
    }


def _available_of(total: Total, now: int) -> int:
    return total["available"] + sum([amount for at, amount in total["pending"].items() if int(at) <= now])


def sums(row: Row[bytes]) -> dict[str, int]:
    """The money of each currency, pending or not."""
    return {
        currency: sum(total["available"] + sum(total["pending"].values()) for total in kinds.values())
        for currency, kinds in cast("Totals", shared(row)).items()
    }


def available(scope: Scope, currency: str, source_type: str = CARD) -> int:
    """The money that can be transferred or paid out now."""
    total = totals(scope).get(currency, {}).get(source_type)
    return total["available"] if total else 0


def holds(scope: Scope, currency: str) -> bool:
    """Whether the account has ever had money in a currency."""
    return currency in totals(scope)


def due_times(row: Row[bytes]) -> set[int]:
    """The unix seconds at which pending money becomes available."""
    return _times(cast("Totals", shared(row)))


def pending_times(scope: Scope) -> set[int]:
    """The unix seconds at which the pending money of an account becomes available."""
    return _times(totals(scope))


def _times(found: Totals) -> set[int]:
    return {int(at) for kinds in found.values() for total in kinds.values() for at in total["pending"]}


def mark_paid(scope: Scope, currency: str, source_type: str, transaction: str) -> tuple[int, int]:
    """Store the end of an automatic payout, given its balance transaction; return the end of the previous one."""
    row, own = _row(scope), scope.sandbox.table(TRANSACTION).get(scope.owner, transaction)
    found = settled(row, scope.now) if row else {}
    total = found[currency][source_type]
    before = total.get("paid", (0, 0))
    total["paid"] = scope.now, own.number + 1 if own else 0
    _store(scope, row, found)
    return before[0], before[1]


def _add_to_totals(scope: Scope, movement: Movement, net: int, counted_on: int) -> None:
    row = _row(scope)
    found = settled(row, scope.now) if row else {}
    total = found.setdefault(movement.currency, {}).setdefault(movement.source_type, Total(available=0, pending={}))
    if counted_on <= scope.now:
        total["available"] += net
    else:
        pending, due = total["pending"], str(counted_on)
        pending[due] = pending.get(due, 0) + net
    _store(scope, row, found)
    if scope.account is not None:
        _reserve(scope, movement.currency, found, net)


def _row(scope: Scope) -> Row[bytes] | None:
    return scope.sandbox.table(BALANCE).get(scope.owner, scope.owner)


def _store(scope: Scope, row: Row[bytes] | None, found: Totals) -> None:
    data = bytes(memoryview(orjson.dumps(found)))
    if row is None:
        writes.add(scope, declared(BALANCE), scope.owner, data)
    else:
        writes.replace(scope, declared(BALANCE), row, data)


# --- reserves -----------------------------------------------------------------------------------------------------


def reserved(sandbox: Sandbox) -> dict[str, int]:
    """The platform's reserve by currency, for negative balances of accounts whose requirements it collects."""
    found = RESERVE.get(Scope(sandbox, sandbox.platform_id, 0), sandbox.platform_id)
    return cast("dict[str, int]", orjson.loads(found)) if found else {}


def _reserve(scope: Scope, currency: str, found: Totals, net: int) -> None:
    """Change the reserve by the change of an account's negative balance that a movement of `net` has caused."""
    after = sum(total["available"] + sum(total["pending"].values()) for total in found[currency].values())
    change = min(after - net, 0) - min(after, 0)
    if not change or not _is_liable(scope):
        return
    kept = reserved(scope.sandbox)
    kept[currency] = kept.get(currency, 0) + change
    platform = scope.platform
    RESERVE.put(platform, platform.owner, orjson.dumps(kept))


def _is_liable(scope: Scope) -> bool:
    return account_of(scope.sandbox, scope.owner).controller.requirement_collection == "application"
