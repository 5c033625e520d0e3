"""The fees that Stripe takes from a payment: amounts as they were observed."""

from __future__ import annotations

import pytest

from emulator.resources.money.exchange import Settled
from emulator.resources.money.fees import processing_fees
from emulator.resources.money.ledger import Fee


@pytest.mark.parametrize(
    ("country", "amount", "currency", "card", "fee"),
    [
        ("US", 1_000, "usd", "US", 59),
        ("US", 25_000, "usd", "US", 755),
        ("US", 2_500, "usd", "US", 103),
        ("US", 2_900, "usd", "US", 114),
        ("US", 100, "usd", "FR", 34),
        ("CA", 4_400, "cad", "US", 193),
        ("SG", 1_318, "sgd", "US", 101),
        ("SG", 259, "sgd", "US", 60),
        ("SG", 130, "sgd", "US", 55),
        ("BR", 16_638, "brl", "US", 703),
        ("BR", 3_320, "brl", "US", 171),
        ("AU", 10_000, "aud", "AU", 200),
        ("DE", 10_000, "eur", "FR", 175),
        ("DE", 10_000, "eur", "US", 350),
        ("GB", 10_000, "gbp", None, 170),
        ("US", 10_000, "huf", "US", 290 + 9_990),
        ("US", 5_151, "aud", "US", 191),
        ("FR", 10_000, "jpy", "FR", 150 + 45),
    ],
)
def test_a_payment_costs_a_share_and_a_fixed_part_by_country(
    country: str, amount: int, currency: str, card: str | None, fee: int
) -> None:
    assert processing_fees(country, Settled(amount, currency, None, currency), card) == (Fee(fee),)


def test_a_debit_of_sepa_costs_the_same_whatever_its_amount() -> None:
    assert processing_fees("DE", Settled(10_000, "eur", None, "eur"), None, "sepa_debit") == (Fee(35),)
    assert processing_fees("DE", Settled(500, "eur", None, "eur"), None, "sepa_debit") == (Fee(35),)


@pytest.mark.parametrize(("amount", "fee", "conversion"), [(6_678, 224, 67), (3_339, 127, 33), (1_336, 69, 13)])
def test_a_conversion_costs_one_percent_on_a_line_of_its_own(amount: int, fee: int, conversion: int) -> None:
    lines = processing_fees("US", Settled(amount, "usd", 1.33561, "gbp"), "US")

    assert lines == (Fee(conversion, "Stripe currency conversion fee"), Fee(fee, "Stripe processing fees"))
