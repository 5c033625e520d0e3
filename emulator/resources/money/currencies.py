"""Currencies: which there are, their minor units, and the smallest and largest amounts of a payment."""

from __future__ import annotations

from types import MappingProxyType

from emulator import errors

# In the order in which Stripe lists them (observed in September 2026).
SUPPORTED = tuple(
    """
    usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp
    cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr
    isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr
    mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd
    std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw usdc btn ghs eek
    lvl svc vef ltl sll mro
    """.split()
)
_KNOWN = frozenset(SUPPORTED)
ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
# The smallest payment of each settlement currency, in minor units (official).
MINIMUMS = MappingProxyType(
    {
        "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
        "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
        "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
    }
)  # fmt: skip
LARGEST = 99_999_999
LARGEST_IDR = 999_999_999_999
SYMBOLS = MappingProxyType(
    {
        "usd": "$", "aud": "$", "cad": "$", "nzd": "$", "sgd": "$", "hkd": "$", "mxn": "$", "eur": "€", "gbp": "£",
        "jpy": "¥", "inr": "₹", "aed": "د.إ", "brl": "R$", "pkr": "₨", "chf": "CHF", "krw": "₩", "thb": "฿",
    }
)  # fmt: skip
# The names of minor units in messages; all others are cents.
MINOR_UNITS = MappingProxyType({"aed": "fils", "gbp": "pence", "bgn": "stotinka", "jpy": "yen"})


def check_currency(currency: str, param: str = "currency") -> str:
    """The currency in lower case. Raises StripeError for one that Stripe does not have."""
    lower = currency.lower()
    if lower not in _KNOWN:
        raise errors.currency_unknown(lower, SUPPORTED, param)
    return lower


def check_largest(amount: int, currency: str, param: str = "amount") -> None:
    """Refuse a payment that is too large for its currency. Raises StripeError."""
    largest = LARGEST_IDR if currency == "idr" else LARGEST
    if amount > largest:
        raise errors.amount_too_large(formatted(largest, currency), param)


def digits(currency: str) -> int:
    """The number of decimals of a currency."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def formatted(amount: int, currency: str) -> str:
    """`$1,234.50`: an amount in minor units as messages show it."""
    decimals = digits(currency)
    sign = "-" if amount < 0 else ""
    return f"{sign}{SYMBOLS.get(currency, currency.upper() + ' ')}{abs(amount) / 10**decimals:,.{decimals}f}"
