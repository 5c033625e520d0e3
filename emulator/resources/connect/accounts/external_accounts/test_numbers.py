"""The bank account numbers, cards and tokens of Stripe's test mode."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from emulator.resources.connect.accounts.base import countries
from emulator.wire.namedtuples import NamedTuple

TEST_BANK = "STRIPE TEST BANK"
TEST_ROUTING = "110000000"
US_SUCCESS = "000123456789"

# Official numbers of US: success, then payouts that fail, then ownership verification.
_US_NUMBERS = """
000123456789 000111111116 000111111113 000222222227 000333333335 000444444440 000888888883 000999999991 000999999992
"""
# Numbers that test mode was seen to take, with their routing, by country; US numbers are taken everywhere besides.
_ACCEPTED = """
AE AE070331234567890123456 -
AU 000123456 110000
CA 000123456789 11000-000
CH CH9300762011623852957 -
GB 00012345 23-14-70
GI GI75NWBK000000007099453 -
HK 000123456 110-000
ID 000123456789 000
IN 000123456789 HDFC0004051
JP 0001234 1100000
KR 000123456789 SGSEKRSLXXX
LI LI0508800636123378777 -
MX 000000001234567897 -
MY 000123456000 HBMBMYKL
NO NO9386011117947 -
NZ 1100000000000010 -
PH 01567890123456789 BCDEFGHI123
RO RO49AAAA1B31007593840000 -
SE SE3550000000054910000003 -
SG 000123456 1100-000
TH 000123456789 999
TR TR320010009999901234567890 ADABTRIS
ZA 000001234 FIRNZAJJ
"""
# Countries whose test numbers are not all known: numbers of the right form are taken (our choice).
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{8,30}\Z", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Z -]{4,34}\Z", re.ASCII | re.IGNORECASE)
_IBAN_COUNTRIES = frozenset(
    "AT BE BG CH CY CZ DE DK EE ES FI FR GI GR HR HU IE IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()
)


class Known(NamedTuple):
    """A number and its routing, as test mode takes them."""

    number: str
    routing: str | None


def _known(text: str) -> dict[str, Known]:
    rows = (line.split() for line in text.split("\n") if line)
    return {country: Known(number, None if routing == "-" else routing) for country, number, routing in rows}


US_NUMBERS = frozenset(_US_NUMBERS.split())
ACCEPTED: Mapping[str, Known] = {"US": Known(US_SUCCESS, TEST_ROUTING), **_known(_ACCEPTED)}


def sample_number(country: str) -> Known:
    """A number that test mode takes in a country."""
    if country in _IBAN_COUNTRIES and country not in ACCEPTED:
        return Known(f"{country}89370400440532013000", None)
    return ACCEPTED.get(country, Known(US_SUCCESS, None))


def is_test_number(country: str, number: str) -> bool:
    """Whether test mode takes a number: the known ones, and where not all are known, those of the right form."""
    plain = number.replace(" ", "").upper()
    if country == "US":
        return number in US_NUMBERS
    if country in _IBAN_COUNTRIES or plain.startswith(country):
        return bool(_IBAN.match(plain)) and plain.startswith(country)
    known = ACCEPTED.get(country)
    return number in US_NUMBERS or (number == known.number if known else bool(_NUMBER.match(number)))


# --- routing numbers in responses (observed) ---------------------------------------------------------------

_SHOWN_ROUTING: Mapping[str, str] = {"AU": "11 0000", "GI": "11-00-00000", "NZ": "110000", "PE": "999"}
_SHOWN_BIC: Mapping[str, str] = {"HBMBMYKL": "TESTMYKL"}
_SHORT_BICS = frozenset({"TR"})
_BIC = re.compile(r"[A-Z]{8}\Z", re.ASCII)
# Real routing codes give the name of a real bank; every other one is a test bank. By country and routing as sent.
BANKS: Mapping[tuple[str, str], str] = {
    ("BO", "040"): "Cooperativa San Joaquín",
    ("CO", "060"): "Banco Pichincha",
    ("EG", "NBEGEGCX331"): "NATIONAL BANK OF EGYPT",
    ("GB", "23-14-70"): "WISE PAYMENTS LTD",
    ("IN", "HDFC0004051"): "HDFC BANK - INDIRANAGAR KRISHNA TEMPLE ROAD",
    ("KE", "BARCKENXMDR"): "ABSA BANK KENYA PLC",
    ("KR", "SGSEKRSLXXX"): "SG SECURITIES KOREA CO., LTD.",
    ("LK", "AAAALKLXXXX-7010999"): "BANK OF CEYLON",
    ("SA", "RIBLSARIXXX"): "RIYAD BANK",
    ("TR", "ADABTRIS"): "DUNYA KATILIM BANKASI A.S.",
    ("US", "122105155"): "US BANK NA",
    ("UY", "999"): "Otros Bancos",
    ("VN", "01101100"): "STATE BANK OF VIETNAM",
    ("ZA", "FIRNZAJJ"): "FIRSTRAND BANK LIMITED",
}
ACCOUNT_TYPES: Mapping[str, str] = {"CL": "checking", "CO": "savings", "JP": "futsu"}


def shown_routing(country: str, routing: str | None) -> str | None:
    """The routing number as it is shown: IBANs have the test bank's, codes of eight letters end in XXX."""
    if routing is None:
        return _SHOWN_ROUTING.get(country, TEST_ROUTING)
    if country in _SHOWN_ROUTING and routing.replace("-", "").replace(" ", "") == "110000":
        return _SHOWN_ROUTING[country]
    plain = routing.replace("-", "") if country == "AZ" else _SHOWN_BIC.get(routing, routing)
    return f"{plain}XXX" if _BIC.match(plain) and country not in _SHORT_BICS else plain


# --- tokens -------------------------------------------------------------------------------------------------------

_BANK_TOKEN = re.compile(r"btok_([a-z]{2})(?:_([a-z]{3}))?\Z", re.ASCII)
_TOPUP_TOKENS: Mapping[str, str] = {
    "btok_us_verified": US_SUCCESS,
    "btok_us_verified_noAccount": "000111111116",
    "btok_us_verified_accountClosed": "000111111113",
    "btok_us_verified_insufficientFunds": "000222222227",
    "btok_us_verified_debitNotAuthorized": "000333333335",
    "btok_us_verified_invalidCurrency": "000444444440",
}


class BankToken(NamedTuple):
    """The bank account of a test token."""

    country: str
    currency: str
    number: str
    routing: str | None


def bank_token(token: str) -> BankToken | None:
    """The bank account of a test token such as `btok_us` or `btok_de_eur`, None for any other text."""
    if token in _TOPUP_TOKENS:
        return BankToken("US", "usd", _TOPUP_TOKENS[token], TEST_ROUTING)
    match = _BANK_TOKEN.match(token)
    country = match[1].upper() if match else ""
    if match is None or (country not in countries.PROCESSING and country not in countries.RECIPIENTS):
        return None
    return BankToken(country, match[2] or countries.currency_of(country), *sample_number(country))


class Card(NamedTuple):
    """A card of test mode. `payable` is whether payouts can go to it."""

    brand: str
    funding: Literal["credit", "debit", "prepaid"]
    last4: str
    country: str = "US"
    payable: bool = True


CARD_WITHOUT_INSTANT = "4000056755665555"
# By number.
CARDS: Mapping[str, Card] = {
    "4000056655665556": Card("Visa", "debit", "5556"),
    "4000056655665572": Card("Visa", "debit", "5572"),
    "4000056755665555": Card("Visa", "debit", "5555"),
    "5200828282828210": Card("MasterCard", "debit", "8210"),
    "6011981111111113": Card("Discover", "debit", "1113"),
    "4242424242424242": Card("Visa", "credit", "4242", payable=False),
    "5555555555554444": Card("MasterCard", "credit", "4444", payable=False),
    "5105105105105100": Card("MasterCard", "prepaid", "5100", payable=False),
    "378282246310005": Card("American Express", "credit", "0005", payable=False),
}
CREDIT = "4242424242424242"
_CREDIT_TOKEN = re.compile(r"tok_visa_credit_(ae|au)\Z", re.ASCII)
_CARD_TOKENS: Mapping[str, str] = {
    "tok_amex": "378282246310005",
    "tok_mastercard": "5555555555554444",
    "tok_mastercard_prepaid": "5105105105105100",
    "tok_visa": "4242424242424242",
    "tok_visa_debit": "4000056655665556",
    "tok_discover_debit_us_transferSuccess": "6011981111111113",
}
_DEBIT_TOKEN = re.compile(
    r"tok_(visa|mastercard)_debit_([a-z]{2})_(transferSuccess|transferFail|instantPayoutUnsupported)\Z", re.ASCII
)
_DEBIT_NUMBERS: Mapping[tuple[str, str], str] = {
    ("visa", "transferSuccess"): "4000056655665556",
    ("visa", "transferFail"): "4000056655665572",
    ("visa", "instantPayoutUnsupported"): "4000056755665555",
    ("mastercard", "transferSuccess"): "5200828282828210",
}


def card_token(token: str) -> tuple[str, Card] | None:
    """The number and the card of a test token, None for any other text."""
    if token in _CARD_TOKENS:
        return _CARD_TOKENS[token], CARDS[_CARD_TOKENS[token]]
    match = _CREDIT_TOKEN.match(token)
    if match:
        return CREDIT, CARDS[CREDIT]._replace(country=match[1].upper())
    match = _DEBIT_TOKEN.match(token)
    number = _DEBIT_NUMBERS.get((match[1], match[3])) if match else None
    known = match and match[2].upper() in countries.PROCESSING
    return (number, CARDS[number]._replace(country=match[2].upper())) if match and known and number else None
