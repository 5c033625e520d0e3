"""The source charges of transfers, whose money is passed on before it is available."""

from __future__ import annotations

from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.money.currencies import formatted
from emulator.resources.payments.transfers.settlements import Settlement, settlement_of
from emulator.sandbox.ids import family_of
from emulator.wire.namedtuples import NamedTuple

CHARGE = "charge"


class Spent(Private, total=False):
    """What a charge keeps of its money.

    `_transferred` is the amount of its transfers, `_transfers` their number, in the currency in which it settled. An
    asynchronous payment shows the fields of `_later` when the time has come; `_transaction` is its balance transaction
    meanwhile as well.
    """

    _later: Fields | None
    _transaction: str | None
    _transferred: int
    _transfers: int


class Source(NamedTuple):
    """A charge by its id, its fields, and how it settled."""

    charge: str
    fields: Fields
    settlement: Settlement

    @property
    def family(self) -> str:
        """The digits that the ids of its transfers share with it."""
        return family_of(self.charge)

    @property
    def currency(self) -> str:
        """The currency of the charge."""
        return str(self.fields["currency"])

    def group(self, wanted: str | None) -> str:
        """The group of a transfer: the parameter, that of the charge, or one named by the charge's id."""
        return wanted or cast("str | None", self.fields.get("transfer_group")) or f"group_{self.charge}"

    def counted(self, amount: int) -> Fields:
        """The fields of the charge that total its transfers, after another one."""
        spent = private(Spent, self.fields)
        return kept(
            Spent(_transferred=spent.get("_transferred", 0) + amount, _transfers=spent.get("_transfers", 0) + 1)
        )


def transaction_of(charge: Fields) -> str | None:
    """The balance transaction of a charge, also while responses do not show it yet."""
    return private(Spent, charge).get("_transaction") or cast("str | None", charge.get("balance_transaction"))


def made_by(charge: Fields, name: str) -> str | None:
    """The id of the transfer or of the application fee that a charge has made, also while responses do not show it."""
    hidden = private(Spent, charge).get("_later") or {}
    return cast("str | None", charge.get(name) or hidden.get(name))


def source_of(scope: Scope, identifier: str, amount: int, currency: str) -> Source:
    """The charge of a `source_transaction`, with at least an amount left in a currency. Raises StripeError."""
    charge = objects.get(scope, CHARGE, identifier)
    if charge is None:
        other = scope.sandbox.other_mode_of(identifier)
        raise errors.no_such("charge", identifier, "source_transaction", other_mode=other)
    fields = decode(charge)
    transaction = transaction_of(fields)
    if transaction is None:
        raise errors.transfer_source_unsettled(identifier)
    settlement = settlement_of(scope, transaction)
    if settlement.currency != currency:
        raise errors.transfer_currency_not_of_source(settlement.currency, currency)
    spent = private(Spent, fields)
    transferred = spent.get("_transferred", 0)
    if transferred + amount > settlement.amount:
        total, used = formatted(settlement.amount, currency), formatted(transferred, currency)
        raise errors.transfer_exceeds_source(total, used, spent.get("_transfers", 0))
    return Source(identifier, fields, settlement)


def note(scope: Scope, source: Source, amount: int, group: str | None) -> None:
    """Add a transfer to the totals of its charge, which takes the group of the transfer if it has none."""
    charge = objects.get(scope, CHARGE, source.charge)
    if charge is not None:
        own = source.fields.get("transfer_group") or group
        objects.change(scope, CHARGE, charge, **source.counted(amount), transfer_group=own)
