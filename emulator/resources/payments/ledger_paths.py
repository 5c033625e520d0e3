"""The path of a payment through the ledger: all balance transactions that it causes, on all accounts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.money import ledger
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple

# The objects that move money because of a payment, each of which names the one before it.
LINKED = ("charge", "transfer", "application_fee", "refund", "dispute", "transfer_reversal", "fee_refund")
# The fields with the ids of the objects before: a client writes none of them, as it does metadata.
LINKS = (
    "application_fee",
    "charge",
    "destination_payment",
    "destination_payment_refund",
    "dispute",
    "fee",
    "originating_transaction",
    "source_refund",
    "source_transaction",
    "source_transfer",
    "source_transfer_reversal",
    "transfer",
    "transfer_reversal",
)


class Posting(NamedTuple):
    """One balance transaction of an account, the platform's own or a connected one."""

    account: str
    transaction: Fields


def path_of(sandbox: Sandbox, charge: Row[bytes]) -> list[Posting]:
    """The balance transactions of a charge and of all that followed from it, oldest first."""
    ids = _linked(sandbox, charge)
    table, now = sandbox.table(ledger.TRANSACTION), sandbox.clock.now()
    rows = [row for row in _since(sandbox, ledger.TRANSACTION, charge.created) if row.keys[1] in ids]
    scopes = {row.owner: Scope(sandbox, row.owner, now) for row in rows}
    return [Posting(row.owner, objects.shown(scopes[row.owner], table.name, row)) for row in reversed(rows)]


def _linked(sandbox: Sandbox, charge: Row[bytes]) -> set[str]:
    """The ids of the charge, and of the objects that name it directly or through others."""
    rows = [row for name in LINKED for row in _since(sandbox, name, charge.created)]
    links = {row.id: _links(decode(row)) for row in rows}
    found, new = set[str](), {charge.id}
    while new:
        found |= new
        new = {identifier for identifier, named in links.items() if not named.isdisjoint(new)} - found
    return found


def _since(sandbox: Sandbox, name: str, created: int) -> Iterator[Row[bytes]]:
    """The rows of all accounts that are not older than a second, newest first."""
    return takewhile(lambda row: row.created >= created, sandbox.table(name).everything())


def _links(fields: Fields) -> set[str]:
    return {found for name in LINKS if isinstance(found := fields.get(name), str)}
