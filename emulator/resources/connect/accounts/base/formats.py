"""Formats: checks of email addresses, websites, currencies, phones, countries and the numbers of persons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from emulator import errors
from emulator.resources.connect.accounts.base import countries
from emulator.schema.check import Params
from emulator.schema.trees import dig, hash_at
from emulator.store.rows import Account
from emulator.wire.path import ParamPath, format_path
from emulator.wire.urls import is_unsafe

EMAILS = (("email",), ("business_profile", "support_email"))
WEBSITES = (("business_profile", "url"), ("business_profile", "support_url"))
_EMAIL = re.compile(r"[^@\s<>,;]+@([^@\s.<>,;][^@\s<>,;]*)\Z")
_CURRENCY = re.compile(r"[A-Za-z]{3}\Z", re.ASCII)
_PHONE = re.compile(r"\+?[0-9](?:[ ().-]*[0-9]){3,16}\Z", re.ASCII)
_ABROAD = re.compile(r"\+(?!1)")
_FOUR_DIGITS = re.compile(r"[0-9]{4}\Z", re.ASCII)
# The form of a person's number, by the country of the account, and the error of other forms (observed).
_NUMBERS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "CA": (re.compile(r".{9}\Z"), "CA ID numbers must be 9 characters long"),
    "US": (re.compile(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}\Z", re.ASCII), "US tax IDs must have 9 digits"),
}
_SUPPORT = ("business_profile", "support_phone")
_PLACES = ("address", "address_kana", "address_kanji", "registered_address")
_COUNTRIES_OF_PERSON = (("nationality",), *((place, "country") for place in _PLACES))
_COUNTRIES_OF_BUSINESS = (
    ("business_profile", "support_address", "country"),
    *(("company", place, "country") for place in _PLACES),
)


def check_details(params: Params) -> None:
    """Refuse email addresses, websites and currencies that cannot be ones. Raises StripeError."""
    for path in EMAILS:
        check_email(params, path)
    for path in WEBSITES:
        value = dig(params, path)
        if isinstance(value, str) and value and not is_website(value):
            raise errors.url_invalid(path)
    currency = params.get("default_currency")
    if isinstance(currency, str) and not _CURRENCY.match(currency):
        raise errors.currency_invalid(("default_currency",), currency)


def check_email(params: Params, path: ParamPath, at: ParamPath = ()) -> None:
    """Refuse a value that is no email address; the parameters stand at `at` in the request. Raises StripeError."""
    value = dig(params, path)
    if isinstance(value, str) and value and not is_email(value):
        raise errors.email_invalid((*at, *path), value)


def is_email(text: str) -> bool:
    """Whether a text has an at sign, and behind it names with dots between them."""
    domain = found[1] if (found := _EMAIL.match(text)) else ""
    return "." in domain and ".." not in domain and not domain.endswith(".")


def is_website(text: str) -> bool:
    """Whether a host with a dot is named, with or without a scheme; so not `http://localhost` (observed)."""
    try:
        host = urlsplit(text if "://" in text else f"https://{text}").hostname or ""
    except ValueError:
        return False
    return "." in host.strip(".") and not re.search(r"\s", text) and not is_unsafe(text)


def check_business(account: Account, params: Params) -> None:
    """Refuse phones and countries that the details of an account cannot have. Raises StripeError."""
    for path in (_SUPPORT, ("company", "phone")):
        check_phone(params, path)
    support = dig(params, _SUPPORT)
    if isinstance(support, str) and is_abroad(account.country, support):
        raise errors.phone_invalid(_SUPPORT, support)
    for place in _COUNTRIES_OF_BUSINESS:
        check_country(params, place)


def check_person(account: Account, params: Params, at: ParamPath) -> None:
    """The same of a person, and its numbers, which v2 checks by their kinds. Raises StripeError."""
    check_phone(params, ("phone",), at)
    for path in _COUNTRIES_OF_PERSON:
        check_country(params, path, at)
    if "id_numbers" not in hash_at(params, "v2"):
        _check_numbers(params, account.country, at)


def _check_numbers(params: Params, country: str, at: ParamPath) -> None:
    number, last = params.get("id_number"), params.get("ssn_last_4")
    if country in _NUMBERS and isinstance(number, str) and number and not _NUMBERS[country][0].match(number):
        raise errors.id_number_invalid(_NUMBERS[country][1], format_path((*at, "id_number")))
    if isinstance(last, str) and last and not _FOUR_DIGITS.match(last):
        raise errors.ssn_last_4_invalid(format_path((*at, "ssn_last_4")))


def check_phone(params: Params, path: ParamPath, at: ParamPath = ()) -> None:
    """Refuse a value that is no phone number. Raises StripeError."""
    value = dig(params, path)
    if isinstance(value, str) and value and not is_phone(value):
        raise errors.phone_invalid((*at, *path), value)


def is_phone(text: str) -> bool:
    """Whether it has the digits of a phone, and no letters."""
    return bool(_PHONE.match(text))


def is_abroad(country: str, support: str) -> bool:
    """Whether the phone of support of an account in US is one of another country (observed)."""
    return country == "US" and bool(_ABROAD.match(support))


def check_country(params: Params, path: ParamPath, at: ParamPath = ()) -> None:
    """Refuse a value that is no country code, in either case (our choice). Raises StripeError."""
    value = dig(params, path)
    if isinstance(value, str) and value and not countries.is_known(value.upper()):
        raise errors.country_unknown(value, format_path((*at, *path)))
