"""Amounts of lines: prices by quantity, discounts, taxes of tax rates. Whole numbers of a currency's smallest unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from emulator import errors
from emulator.schema.trees import hash_in, integer, list_in
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

Fields = Mapping[str, Json]
LARGEST = 2**53  # beyond, JSON numbers are not exact everywhere


class Line(NamedTuple):
    """One line before and after discounts and taxes.

    `taxes` are amounts beside the rates they belong to, `discounts` amounts in the order of the coupons.
    """

    amount: int
    discounts: tuple[int, ...]
    taxes: tuple[tuple[Fields, int], ...]

    @property
    def discount(self) -> int:
        """All discounts."""
        return sum(self.discounts)

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


def amount_of(price: Fields, quantity: int, currency: str | None = None) -> int:
    """The amount of a quantity at a price, in tiers where it has them. Raises StripeError.

    `currency` is the one that is charged, where it may be another than the price's own.
    """
    own = in_currency(price, currency) if currency else price
    units = _units(price, quantity)
    if price.get("billing_scheme") == "tiered":
        return rounded(_tiered(own, units))
    return rounded(_decimal(own, "unit_amount") * units)


def in_currency(price: Fields, currency: str) -> dict[str, Json]:
    """A price with its amounts in a currency: its own, or an option. Raises StripeError for a price without it."""
    own = str(price.get("currency"))
    if currency == own:
        return dict(price)
    option = hash_in(hash_in(price, "currency_options"), currency)
    if not option:
        raise errors.price_currency_differs(own, currency)
    return {**price, **option, "currency": currency}


def charged(price: Fields, currency: str | None) -> dict[str, Json]:
    """A price with its amounts in a currency where it has them, else in its own."""
    known = currency and (currency == price.get("currency") or hash_in(price, "currency_options").get(currency))
    return in_currency(price, currency) if currency and known else dict(price)


def _units(price: Fields, quantity: int) -> int:
    """The quantity that is charged: of prices for packages, the number of packages."""
    package = hash_in(price, "transform_quantity")
    if not package:
        return quantity
    size = integer(package, "divide_by", 1)
    return -(-quantity // size) if package.get("round") == "up" else quantity // size


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


def discounts(
    amounts: Sequence[int], coupon: Fields, products: Sequence[Json] = (), currency: str | None = None
) -> list[int]:
    """The discount of a coupon on each line: a percentage, or a share of an amount, the last the rest (official).

    `products` are those of the lines: a coupon for some products leaves the others. No line gets a negative discount.
    """
    right = [amount if _applies(coupon, amount, product) else 0 for amount, product in _zipped(amounts, products)]
    percent = coupon.get("percent_off")
    if isinstance(percent, int | float):
        return [rounded(Decimal(amount) * Decimal(str(percent)) / 100) for amount in right]
    whole = sum(right)
    off = min(amount_off(coupon, currency), whole)
    shares = [off * amount // whole if whole else 0 for amount in right]
    for place in reversed(range(len(right))):
        shares[place] += min(off - sum(shares), right[place] - shares[place])
    return shares


def _zipped(amounts: Sequence[int], products: Sequence[Json]) -> Iterator[tuple[int, Json]]:
    return zip(amounts, products or [None] * len(amounts), strict=True)


def _applies(coupon: Fields, amount: int, product: Json) -> bool:
    only = hash_in(coupon, "applies_to").get("products")
    return amount > 0 and (not isinstance(only, list) or not only or product is None or product in only)


def amount_off(coupon: Fields, currency: str | None = None) -> int:
    """The amount of a coupon in a currency: its own, or that of an option; 0 in others."""
    if currency is None or currency == coupon.get("currency"):
        return integer(coupon, "amount_off")
    return integer(hash_in(hash_in(coupon, "currency_options"), currency), "amount_off")


def tax(amount: int, rate: Fields) -> int:
    """The tax of a rate on an amount, which includes it or not."""
    share = Decimal(str(rate.get("percentage") or 0)) / 100
    return rounded(amount - amount / (1 + share) if rate.get("inclusive") else amount * share)


def lines(
    amounts: Sequence[int],
    coupons: Sequence[Fields],
    rates: Sequence[Sequence[Fields]],
    products: Sequence[Json] = (),
    currency: str | None = None,
) -> list[Line]:
    """The lines of amounts, with the discounts of coupons one after another, and the taxes of each line's rates."""
    off: list[tuple[int, ...]] = [()] * len(amounts)
    for coupon in coupons:
        left = [amount - sum(taken) for amount, taken in zip(amounts, off, strict=True)]
        more = discounts(left, coupon, products, currency)
        off = [(*taken, each) for taken, each in zip(off, more, strict=True)]
    return [
        Line(amount, taken, tuple((rate, tax(amount - sum(taken), rate)) for rate in own))
        for amount, taken, own in zip(amounts, off, rates, strict=True)
    ]


def _decimal(fields: Fields, name: str) -> Decimal:
    text = fields.get(f"{name}_decimal")
    return Decimal(str(text)) if text is not None else Decimal(integer(fields, name))


def rounded(amount: Decimal) -> int:
    """The nearest whole number, halves away from zero. Raises StripeError for one that JSON cannot hold."""
    whole = int(amount.to_integral_value(ROUND_HALF_UP))
    if abs(whole) > LARGEST:
        raise errors.number_out_of_range()
    return whole
