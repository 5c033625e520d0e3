"""The events of charges, and of the payments that connected accounts receive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Diff, Fields, Resource, Shared
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.money import ledger
from emulator.resources.money.balances import balance_available
from emulator.resources.payments.charges.payment import ChargeState
from emulator.resources.payments.methods.cards import CARDS
from emulator.store.events import NewEvent

# Fields whose changes alone have no event of the charge: disputes and reviews have events of their own.
SILENT = frozenset({"dispute", "disputed", "review"})
PAID = ("charge.captured", "charge.succeeded", "payment.created")


def events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The event of a change of a charge, if it has one."""
    if diff.after is None:
        return
    before = diff.render(resource, diff.before, diff.then) if diff.before else None
    after = diff.render(resource, diff.after, diff.now)
    name = _created(after) if before is None else _changed(before, after, shared(diff.after))
    if name is None or _is_grouped(diff, before, after):
        return
    scope = Scope(diff.sandbox, diff.row.owner, diff.now)
    yield snapshot(name, scope.account, before, after)
    if name in PAID and after["captured"] and _is_available(scope, shared(diff.after)):
        yield from balance_available(scope)


def _is_grouped(diff: Diff, before: Fields | None, after: Fields) -> bool:
    """Whether only the group changes, by a transfer from the charge, which has its own event (inferred)."""
    if before is None or diff.before is None or diff.after is None:
        return False
    earlier, later = (private(ChargeState, shared(row)).get("_transfers") for row in (diff.before, diff.after))
    counted = earlier != later
    return counted and before == {**after, "transfer_group": before["transfer_group"]}


def _is_available(scope: Scope, charge: Shared) -> bool:
    """Whether the money of a charge, or of a payment from another account, is available at once."""
    if charge.get("source_transfer"):
        transaction = objects.get(scope, ledger.TRANSACTION, str(charge.get("balance_transaction")))
        return transaction is not None and ledger.is_available(transaction, scope.now)
    card = CARDS.get(private(ChargeState, charge).get("_number") or "")
    return card is not None and card.available_at_once


def _created(charge: Fields) -> str:
    """A payment from another account has a name of its own (official)."""
    return "payment.created" if charge["source_transfer"] else f"charge.{charge['status']}"


def _changed(before: Fields, after: Fields, stored: Shared) -> str | None:
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if not changed - SILENT:
        return None
    if "status" in changed:
        return f"charge.{after['status']}"
    if "captured" in changed:
        return "charge.captured"
    refunded = cast("int", after["amount_refunded"]) - cast("int", before["amount_refunded"])
    if refunded < 0:  # a refund that fails has events of its own (official)
        return None
    if refunded:
        return "charge.expired" if private(ChargeState, stored).get("_expired") else "charge.refunded"
    return "charge.updated"
