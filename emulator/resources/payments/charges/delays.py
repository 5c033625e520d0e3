"""Bank debits: payments that the bank confirms or refuses later."""

from __future__ import annotations

from typing import NamedTuple

from emulator.resources.payments.charges.payment import Payment

# Debits of bank accounts, which are pending at first (official).
DELAYED = frozenset({"acss_debit", "au_becs_debit", "bacs_debit", "nz_bank_account", "sepa_debit", "us_bank_account"})
SECONDS = 2  # until a debit ends (our choice: Stripe's test mode needs some minutes)
SLOW_SECONDS = 180  # until one of the account numbers that stand for a delay ends (official: about three minutes)


class End(NamedTuple):
    """The end of a debit: the unix second, None for never, and the code and the message of a failure."""

    at: int | None
    failure: tuple[str, str] | None = None


def end_of(_: Payment, now: int) -> End:
    """The end that the account of a debit stands for."""
    return End(now + SECONDS)
