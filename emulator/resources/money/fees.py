"""The fees that Stripe takes from a payment."""

from __future__ import annotations

from types import MappingProxyType

from emulator.resources.connect.accounts.base import countries
from emulator.resources.money.exchange import Settled
from emulator.resources.money.ledger import Fee
from emulator.resources.money.rates import converted, rate
from emulator.wire.namedtuples import NamedTuple

CONVERSION = "Stripe currency conversion fee"
BASIS = 10_000  # rates are in hundredths of a percent
CONVERSION_RATE = 100
_EEA = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())


class Rates(NamedTuple):
    """The rates of a country in hundredths of a percent: for domestic cards, and the surcharge for foreign ones."""

    domestic: int
    foreign: int


# US, CA, SG and BR are observed of cards from the US; the shares of others are remembered.
_RATES = MappingProxyType(
    {
        "AU": Rates(170, 180),
        "BR": Rates(399, 0),
        "CA": Rates(290, 80),
        "GB": Rates(150, 175),
        "HK": Rates(340, 50),
        "JP": Rates(360, 0),
        "MX": Rates(360, 50),
        "NZ": Rates(270, 80),
        "SG": Rates(340, 50),
        "US": Rates(290, 150),
    }
)
_IN_EEA = Rates(150, 175)
_ELSEWHERE = Rates(290, 100)
# The fixed part by the currency of the account's country, in minor units; elsewhere it is that of the dollar. An
# account that settles in another currency pays it converted: 42 Australian cents for the 30 of the US (observed).
_FIXED = MappingProxyType(
    {
        "aud": 30, "brl": 39, "cad": 30, "chf": 30, "dkk": 180, "eur": 25, "gbp": 20, "hkd": 235, "jpy": 0, "mxn": 300,
        "nok": 200, "nzd": 30, "pln": 100, "sek": 180, "sgd": 50, "usd": 30,
    }
)  # fmt: skip


# Payments that cost the same whatever their amount: the currency and the fee (observed).
_FLAT = MappingProxyType({"sepa_debit": ("eur", 35)})


def processing_fees(country: str, settled: Settled, card_country: str | None, method: str = "card") -> tuple[Fee, ...]:
    """The fees of a payment to an account of a country, on the amount that it settles.

    A payment without a card counts as domestic (our choice). A conversion has a line of its own, which comes first.
    """
    rates = _rates(country)
    share = rates.domestic if _is_domestic(country, card_country) else rates.domestic + rates.foreign
    flat = _FLAT.get(method)
    fixed = _in(settled.currency, *(flat or _fixed(country)))
    processing = Fee(fixed if flat else fixed + _share(settled.amount, share))
    if settled.rate is None:
        return (processing,)
    return Fee(_share(settled.amount, CONVERSION_RATE), CONVERSION), processing


def _rates(country: str) -> Rates:
    return _RATES.get(country) or (_IN_EEA if country in _EEA else _ELSEWHERE)


def _is_domestic(country: str, card_country: str | None) -> bool:
    return card_country in (None, country) or (country in _EEA and card_country in _EEA)


def _share(amount: int, hundredths: int) -> int:
    """A share of an amount, rounded half up (observed)."""
    return (2 * amount * hundredths + BASIS) // (2 * BASIS)


def _fixed(country: str) -> tuple[str, int]:
    own = countries.currency_of(country)
    currency = own if own in _FIXED else "usd"
    return currency, _FIXED[currency]


def _in(currency: str, known: str, amount: int) -> int:
    return amount if currency == known else converted(amount, rate(known, currency))
