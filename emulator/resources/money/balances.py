"""`/v1/balance`: the available and the pending money of an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Diff, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.resources.money import holders, ledger
from emulator.resources.money.ledger import CARD, Total, Totals
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import NewEvent
from emulator.store.rows import Account
from emulator.store.table import Row
from emulator.wire.json import Json

NET = "instant_available.net_available"


def _balance(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """The balance. There is always an entry of the default currency, which comes first (observed)."""
    account = holders.account_of(sandbox, row.owner)
    totals: Totals = {account.default_currency: {CARD: Total(available=0, pending={})}}
    totals |= ledger.settled(row, now)
    return {
        "object": "balance",
        "available": [_entry(currency, kinds, lambda total: total["available"]) for currency, kinds in totals.items()],
        **_reserved(sandbox, row.owner),
        **_instant(sandbox, account, totals),
        "livemode": sandbox.livemode,
        "pending": _entries(totals, lambda total: sum(total["pending"].values())),
        "refund_and_dispute_prefunding": {
            name: [{"amount": 0, "currency": currency} for currency in totals] for name in ("available", "pending")
        },
    }


def _entries(totals: Totals, amount_of: Callable[[Total], int]) -> list[Json]:
    return [_entry(currency, kinds, amount_of) for currency, kinds in totals.items()]


def _entry(currency: str, kinds: dict[str, Total], amount_of: Callable[[Total], int]) -> Json:
    amounts = {kind: amount_of(total) for kind, total in sorted(kinds.items())}
    return {"amount": sum(amounts.values()), "currency": currency, "source_types": amounts}


def _reserved(sandbox: Sandbox, owner: str) -> Fields:
    """`connect_reserved` of a platform: the money held for connected accounts with negative balances."""
    reserved = ledger.reserved(sandbox) if owner == sandbox.platform_id else {}
    entries: list[Json] = [
        {"amount": amount, "currency": currency, "source_types": {CARD: amount}}
        for currency, amount in reserved.items()
    ]
    return {"connect_reserved": entries} if entries else {}


def _instant(sandbox: Sandbox, account: Account, totals: Totals) -> Fields:
    """`instant_available` of a connected account with a bank that takes instant payouts; it includes pending money."""
    if account.id == sandbox.platform_id:
        return {}
    taken = {bank.currency for bank in account.external_accounts if holders.takes_instant(account, bank)}
    entries = [_entry(currency, totals[currency], _payable) for currency in totals if currency in taken]
    return {"instant_available": entries} if entries else {}


def _payable(total: Total) -> int:
    return max(total["available"] + sum(total["pending"].values()), 0)


def _response(call: Call, row: Row[bytes]) -> Fields:
    """The balance, with the net amount for each destination of instant payouts where a request expands it."""
    body, wanted = _balance(call.sandbox, row, call.now), call.params.get("expand")
    if not isinstance(wanted, list) or NET not in wanted or "instant_available" not in body:
        return body
    account = holders.account_of(call.sandbox, call.owner)
    entries = cast("list[Fields]", body["instant_available"])
    return {**body, "instant_available": [_with_net(account, entry) for entry in entries]}


def _with_net(account: Account, entry: Fields) -> Json:
    banks = [
        each
        for each in account.external_accounts
        if each.currency == entry["currency"] and holders.takes_instant(account, each)
    ]
    net: list[Json] = [
        {"amount": entry["amount"], "destination": bank.id, "source_types": entry["source_types"]} for bank in banks
    ]
    return dict(sorted({**entry, "net_available": net}.items()))


def balance_available(scope: Scope) -> Iterator[NewEvent]:
    """The event of a balance to which available money was added."""
    row = scope.sandbox.table(ledger.BALANCE).get(scope.owner, scope.owner)
    if row is not None and holders.is_open(scope):
        yield snapshot("balance.available", scope.account, None, _balance(scope.sandbox, row, scope.now))


def _became_available(_: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The event of pending money that has become available. Negative amounts emit none (official)."""
    if diff.before is None or diff.after is None:
        return
    old, new = ledger.available_at(diff.before, diff.then), ledger.available_at(diff.after, diff.now)
    grown = any(new[currency] > old.get(currency, 0) for currency in new)
    if grown and ledger.sums(diff.before) == ledger.sums(diff.after):
        yield from balance_available(Scope(diff.sandbox, diff.row.owner, diff.now))


BALANCES = Resource[bytes](
    name="balance",
    noun="balance",
    alone=lambda _: b"{}",
    render=_balance,
    response=_response,
    events=_became_available,
    timer=ledger.due_times,
    objects=lambda _: (),
)

RESOURCES = (BALANCES,)
