"""The settlement of a payment: the currency, the rate and the time of its balance transaction."""

from __future__ import annotations

from typing import cast

from emulator.model.declaration.endpoint import Scope
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.money import ledger
from emulator.resources.money.exchange import settle_alike
from emulator.wire.namedtuples import NamedTuple


class Settlement(NamedTuple):
    """The settled amount of a balance transaction. `rate` is None without a conversion."""

    amount: int
    currency: str
    rate: float | None
    available_on: int

    def alike(self, amount: int, original_currency: str) -> int:
        """Another amount of the payment's currency, settled as the payment was."""
        if original_currency == self.currency:
            return amount
        return settle_alike(amount, original_currency, self.currency, self.rate).amount

    def later(self, now: int) -> int | None:
        """The second at which returned money becomes available: that of the payment, None if it is past (observed)."""
        return self.available_on if self.available_on > now else None


def settlement_of(scope: Scope, transaction: str) -> Settlement:
    """The settlement that a balance transaction of the scope's account shows."""
    row = objects.get(scope, ledger.TRANSACTION, transaction)
    if row is None:
        raise LookupError(f"there is no balance transaction {transaction}")
    found = decode(row)
    rate = cast("float | None", found["exchange_rate"])
    return Settlement(integer(found["amount"]), str(found["currency"]), rate, integer(found["available_on"]))


def integer(value: object) -> int:
    """A field that holds a number, 0 where it is not set."""
    return value if isinstance(value, int) else 0


def share(total: int, part: int, whole: int) -> int:
    """The part of a total that one amount is of another, rounded half up (observed)."""
    return (2 * total * part + whole) // (2 * whole) if whole else 0
