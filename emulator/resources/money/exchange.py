"""Conversion of a payment into the currency that an account settles in."""

from __future__ import annotations

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.resources.money.currencies import MINIMUMS, MINOR_UNITS, check_largest, formatted
from emulator.resources.money.holders import account_of, destination_of
from emulator.wire.namedtuples import NamedTuple


class Settled(NamedTuple):
    """An amount in the currency that an account settles in.

    `rate` is None where nothing was converted; otherwise it leads from the minor unit of `original_currency` to that
    of `currency`, in six significant digits.
    """

    amount: int
    currency: str
    rate: float | None
    original_currency: str


def settle(scope: Scope, amount: int, currency: str) -> Settled:
    """An amount in minor units as the account of a scope settles it: in its currency or in the default one.

    It keeps its currency where the account holds that: where it has an external account or a balance in it.
    """
    account = account_of(scope.sandbox, scope.owner)
    if currency == account.default_currency or destination_of(account, scope.sandbox, currency):
        return Settled(amount, currency, None, currency)
    from emulator.resources.money import ledger, rates  # noqa: PLC0415 - few payments are in another currency

    if ledger.holds(scope, currency):
        return Settled(amount, currency, None, currency)
    used = rates.rate(currency, account.default_currency)
    return Settled(rates.converted(amount, used), account.default_currency, used, currency)


def check_amount(scope: Scope, amount: int, currency: str, param: str = "amount") -> None:
    """Refuse a payment to an account that is too large, or too small for the currency that it settles in.

    Raises StripeError.
    """
    check_largest(amount, currency, param)
    settled = settle(scope, amount, currency)
    smallest = MINIMUMS.get(settled.currency, 0)
    if settled.amount >= smallest:
        return
    if settled.rate is None:
        raise errors.amount_too_small(formatted(smallest, currency), currency, param)
    least = f"{smallest} {MINOR_UNITS.get(settled.currency, 'cents')}"
    sent, found = formatted(amount, currency), formatted(settled.amount, settled.currency)
    raise errors.amount_converts_to_too_little(least, sent, found, param)


def settle_alike(amount: int, original_currency: str, currency: str, used: float | None) -> Settled:
    """An amount as an earlier one was settled: a refund at the currency and the rate of its charge."""
    if used is None:
        return Settled(amount, currency, None, original_currency)
    from emulator.resources.money.rates import converted  # noqa: PLC0415 - for few payments

    return Settled(converted(amount, used), currency, used, original_currency)
