"""Errors of amounts and currencies."""

from __future__ import annotations

from collections.abc import Sequence

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error


@error("observed")
def currency_unknown(currency: str, supported: Sequence[str], param: str = "currency") -> StripeError:
    """400 for a currency that Stripe does not have."""
    listed = ", ".join(supported)
    return refused(f"Invalid currency: {currency}. Stripe currently supports these currencies: {listed}", param=param)


@error("observed")
def amount_too_small(smallest: str, currency: str, param: str = "amount") -> StripeError:
    """400 for a payment below the minimum of its currency; `smallest` is as in `$0.50`."""
    return refused(f"Amount must be at least {smallest} {currency}", param=param, code="amount_too_small")


@error("observed")
def amount_converts_to_too_little(smallest: str, amount: str, settled: str, param: str = "amount") -> StripeError:
    """400 for a payment that settles below the minimum of another currency: `50 cents` for `£0.30` and `$0.40`."""
    message = f"Amount must convert to at least {smallest}. {amount} converts to approximately {settled}."
    return refused(message, param=param, code="amount_too_small")


@error("observed")
def amount_too_large(largest: str, param: str = "amount") -> StripeError:
    """400 for a payment of more than eight digits; `largest` is as in `$999,999.99`."""
    return refused(f"Amount must be no more than {largest}", param=param, code="amount_too_large")
