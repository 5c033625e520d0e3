"""Amounts of prices, discounts of coupons and taxes of rates."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import StripeError
from emulator.resources.billing.base.amounts import amount_of, discounts, lines

TIERS = [
    {"up_to": 10, "unit_amount": 100, "flat_amount": None},
    {"up_to": 20, "unit_amount": 50, "flat_amount": 500},
    {"up_to": None, "unit_amount": None, "unit_amount_decimal": "0.5", "flat_amount": None},
]


@pytest.mark.parametrize(
    ("price", "quantity", "amount"),
    [
        ({"unit_amount": 999, "unit_amount_decimal": "999"}, 3, 2997),
        ({"unit_amount": None, "unit_amount_decimal": "0.15"}, 10, 2),
        ({"unit_amount": None, "unit_amount_decimal": "0.14"}, 10, 1),
        ({"unit_amount": 700, "transform_quantity": {"divide_by": 10, "round": "up"}}, 21, 2100),
        ({"unit_amount": 700, "transform_quantity": {"divide_by": 10, "round": "down"}}, 29, 1400),
        ({"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": TIERS}, 10, 1000),
        ({"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": TIERS}, 11, 1550),
        ({"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": TIERS}, 24, 2002),
        ({"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": TIERS}, 10, 1000),
        ({"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": TIERS}, 11, 1050),
        ({"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": TIERS}, 24, 12),
    ],
)
def test_the_amount_of_a_quantity(price: dict[str, Any], quantity: int, amount: int) -> None:
    assert amount_of(price, quantity) == amount


def test_a_price_is_charged_in_the_currency_of_an_option() -> None:
    price: dict[str, Any] = {"currency": "usd", "unit_amount": 1000, "currency_options": {"eur": {"unit_amount": 900}}}
    assert (amount_of(price, 2, "usd"), amount_of(price, 2, "eur")) == (2000, 1800)
    with pytest.raises(StripeError) as refused:
        amount_of(price, 2, "gbp")
    assert refused.value.body.message == (
        "The currency of the selected prices (usd) does not match the customer currency (gbp)."
    )


@pytest.mark.parametrize(
    ("amounts", "coupon", "expected"),
    [
        ([1000, 2000], {"amount_off": 500, "currency": "usd"}, [166, 334]),
        ([1000, 2000], {"amount_off": 5000, "currency": "usd"}, [1000, 2000]),
        ([10, 10, 1], {"amount_off": 20, "currency": "usd"}, [9, 10, 1]),
        ([1000, -400], {"amount_off": 500, "currency": "usd"}, [500, 0]),
        ([999, -400], {"percent_off": 50.0}, [500, 0]),
        ([1000, 1000], {"percent_off": 22.5, "applies_to": {"products": ["prod_a"]}}, [225, 0]),
        ([1000, 1000], {"amount_off": 300, "currency": "usd", "applies_to": {"products": ["prod_b"]}}, [0, 300]),
        ([1000, 1000], {"amount_off": 300, "currency": "usd", "applies_to": {"products": ["prod_c"]}}, [0, 0]),
        ([1000, 1000], {"amount_off": 300, "currency": "eur"}, [0, 0]),
        (
            [1000, 1000],
            {"amount_off": 300, "currency": "eur", "currency_options": {"usd": {"amount_off": 400}}},
            [200, 200],
        ),
    ],
)
def test_the_discount_of_a_coupon_on_each_line(amounts: list[int], coupon: dict[str, Any], expected: list[int]) -> None:
    products = ["prod_a", "prod_b", "prod_d"][: len(amounts)]
    assert discounts(amounts, coupon, products, "usd") == expected


def test_coupons_follow_one_another_and_taxes_follow_them() -> None:
    rates = [{"percentage": 10.0, "inclusive": False}], [{"percentage": 20.0, "inclusive": True}]
    found = lines([1000, 1200], [{"percent_off": 50.0}, {"amount_off": 110, "currency": "usd"}], rates)
    assert [(line.amount, line.discount, line.tax, line.total) for line in found] == [
        (1000, 550, 45, 495),
        (1200, 660, 90, 540),
    ]


@given(
    amounts=st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=8),
    off=st.integers(1, 10**7),
    percent=st.floats(0.01, 100),
)
def test_no_discount_is_negative_or_more_than_its_line(amounts: list[int], off: int, percent: float) -> None:
    eligible = [max(amount, 0) for amount in amounts]
    fixed = discounts(amounts, {"amount_off": off})
    assert sum(fixed) == min(off, sum(eligible))
    for taken in (fixed, discounts(amounts, {"percent_off": percent})):
        assert all(0 <= each <= whole for each, whole in zip(taken, eligible, strict=True))
