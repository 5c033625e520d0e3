"""What a payment method keeps and never shows, and the names that its modules share."""

from __future__ import annotations

from emulator.model.declaration.private import Private

NAME = "payment_method"
CUSTOMER = "customer"


class MethodState(Private, total=False):
    """What a payment method keeps.

    `_number` is that of the test card or of the bank account, `_named` whether a test name made the card, `_used`
    whether it was used for a payment or detached, `_set_up` whether a payer has authenticated its future payments,
    `_verified` whether microdeposits have verified its bank account, `_mandate` the id of its mandate. `_country`,
    `_currency` and `_status` are those of a bank account as a source.
    """

    _country: str
    _currency: str
    _mandate: str
    _named: bool
    _number: str
    _set_up: bool
    _status: str
    _used: bool
    _verified: bool


def is_source(identifier: str) -> bool:
    """Whether a payment method is a payment source: a card or a bank account under its old name."""
    return identifier.startswith(("card_", "ba_"))
