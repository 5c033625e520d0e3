"""Names that the modules of payment methods share."""

from __future__ import annotations

NAME = "payment_method"
CUSTOMER = "customer"


def is_source(identifier: str) -> bool:
    """Whether a payment method is a payment source: a card or a bank account under its old name."""
    return identifier.startswith(("card_", "ba_"))
