"""Amounts of lines: prices by quantity, discounts, taxes of tax rates. Whole numbers of a currency's smallest unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from emulator import errors
from emulator.resources.generic.base.additions import integer, list_in
from emulator.wire.json import Json

Fields = Mapping[str, Json]
LARGEST = 2**53  # beyond, JSON numbers are not exact everywhere


class Line(NamedTuple):
    """One line before and after discounts and taxes. `taxes` are amounts beside the rates they belong to."""

    amount: int
    discount: int
    taxes: tuple[tuple[Fields, int], ...]

    @property
    def added(self) -> int:
        """The taxes that are added to the amount."""
        return sum(tax for rate, tax in self.taxes if not rate.get("inclusive"))

    @property
    def tax(self) -> int:
        """All taxes, also those included in the amount."""
        return sum(tax for _, tax in self.taxes)

    @property
    def total(self) -> int:
        """The amount after discounts and with added taxes."""
        return self.amount - self.discount + self.added


def amount_of(price: Fields, quantity: int) -> int:
    """The amount of a quantity at a price, in tiers where it has them."""
    if price.get("billing_scheme") == "tiered":
        return _rounded(_tiered(price, quantity))
    return _rounded(_decimal(price, "unit_amount") * quantity)


def _tiered(price: Fields, quantity: int) -> Decimal:
    total, below = Decimal(0), 0
    for tier in list_in(price, "tiers"):
        up_to = tier.get("up_to")
        last = not isinstance(up_to, int) or quantity <= up_to
        inside = (quantity if last else integer(tier, "up_to")) - below
        each, flat = _decimal(tier, "unit_amount"), _decimal(tier, "flat_amount")
        if price.get("tiers_mode") == "volume":
            if last:
                return flat + each * quantity
            continue
        total += flat + each * inside
        below += inside
        if last:
            break
    return total


def discounts(amounts: Sequence[int], coupon: Fields) -> list[int]:
    """The discount of a coupon on each line: a percentage, or a share of an amount, the last the rest (official)."""
    percent = coupon.get("percent_off")
    if isinstance(percent, int | float):
        return [_rounded(Decimal(amount) * Decimal(str(percent)) / 100) for amount in amounts]
    whole = sum(amounts)
    off = min(integer(coupon, "amount_off"), whole)
    shares = [off * amount // whole if whole else 0 for amount in amounts]
    return [*shares[:-1], off - sum(shares[:-1])] if shares else []


def tax(amount: int, rate: Fields) -> int:
    """The tax of a rate on an amount, which includes it or not."""
    share = Decimal(str(rate.get("percentage") or 0)) / 100
    return _rounded(amount - amount / (1 + share) if rate.get("inclusive") else amount * share)


def lines(amounts: Sequence[int], coupons: Sequence[Fields], rates: Sequence[Sequence[Fields]]) -> list[Line]:
    """The lines of amounts, with the discounts of coupons one after another, and the taxes of each line's rates."""
    off = [0] * len(amounts)
    for coupon in coupons:
        left = [amount - taken for amount, taken in zip(amounts, off, strict=True)]
        off = [taken + more for taken, more in zip(off, discounts(left, coupon), strict=True)]
    return [
        Line(amount, taken, tuple((rate, tax(amount - taken, rate)) for rate in own))
        for amount, taken, own in zip(amounts, off, rates, strict=True)
    ]


def _decimal(fields: Fields, name: str) -> Decimal:
    text = fields.get(f"{name}_decimal")
    return Decimal(str(text)) if text is not None else Decimal(integer(fields, name))


def _rounded(amount: Decimal) -> int:
    whole = int(amount.to_integral_value(ROUND_HALF_UP))
    if abs(whole) > LARGEST:
        raise errors.number_out_of_range()
    return whole
