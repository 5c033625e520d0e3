"""Checks of single values that have errors of their own in v2. The rules are those of v1 where v1 has them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime

from emulator import errors
from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Scope
from emulator.resources.connect.accounts.base.dates_of_birth import YOUNGEST_YEARS, is_too_young
from emulator.resources.connect.accounts.base.formats import is_email, is_phone, is_website
from emulator.resources.connect.accounts.persons import documents
from emulator.resources.connect.accounts.requirements import test_values
from emulator.resources.v2.accounts import addresses, configurations
from emulator.schema.check import Params, Value
from emulator.schema.trees import dig, hash_at, split_path

_MERCHANT = "configuration.merchant"
_KONBINI = f"{_MERCHANT}.konbini_payments.support"
_DETAILS = "identity.business_details"
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z", re.ASCII)
_MCC = re.compile(r"[0-9]{4}\Z", re.ASCII)
_COLOR = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})\Z", re.ASCII | re.IGNORECASE)
_DESCRIPTOR = re.compile(r"(?=.*[A-Za-z])[^<>\\'\"*]{5,22}\Z")
_PREFIX = re.compile(r"(?=.*[A-Za-z])[^<>\\'\"*]{2,10}\Z")
_NUMBERS: Mapping[str, re.Pattern[str]] = {
    "us_ein": re.compile(r"[0-9]{2}-?[0-9]{7}\Z", re.ASCII),
    "us_itin": re.compile(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}\Z", re.ASCII),
    "us_itin_last_4": re.compile(r"[0-9]{4}\Z", re.ASCII),
    "us_ssn": re.compile(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}\Z", re.ASCII),
    "us_ssn_last_4": re.compile(r"[0-9]{4}\Z", re.ASCII),
}


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


Rule = tuple[tuple[str, ...], Callable[[str], object], Callable[[str], StripeError]]
# Paths of texts, the rule that they must satisfy, and the error if they do not.
_TEXTS: tuple[Rule, ...] = (
    (
        ("contact_email", f"{_MERCHANT}.support.email", f"{_KONBINI}.email", "identity.individual.email"),
        is_email,
        errors.v2_email_invalid,
    ),
    (("defaults.profile.business_url", f"{_MERCHANT}.support.url"), is_website, errors.v2_url_invalid),
    (
        ("contact_phone", f"{_MERCHANT}.support.phone", f"{_DETAILS}.phone", "identity.individual.phone"),
        is_phone,
        lambda _: errors.v2_phone_invalid(),
    ),
    ((f"{_KONBINI}.phone",), is_phone, lambda _: errors.v2_konbini_phone_invalid()),
    (
        (f"{_KONBINI}.hours.start_time", f"{_KONBINI}.hours.end_time"),
        _HOUR.match,
        lambda _: errors.v2_konbini_hours_invalid(),
    ),
    (
        tuple(
            f"identity.attestations.{each}.ip"
            for each in (
                "directorship_declaration", "ownership_declaration", "representative_declaration",
                "terms_of_service.account",
            )
        ),
        _is_address,
        lambda _: errors.v2_ip_address_invalid(),
    ),
    ((f"{_MERCHANT}.mcc",), _MCC.match, lambda _: errors.v2_mcc_invalid()),
    (
        tuple(f"{_MERCHANT}.branding.{name}_color" for name in ("primary", "secondary")),
        _COLOR.match,
        lambda path: errors.v2_invalid(path, "a color in hexadecimal such as #5469d4"),
    ),
    (
        (f"{_MERCHANT}.statement_descriptor.descriptor",),
        _DESCRIPTOR.match,
        lambda _: errors.v2_statement_descriptor_invalid(),
    ),
    (
        (f"{_MERCHANT}.statement_descriptor.prefix",),
        _PREFIX.match,
        lambda _: errors.v2_statement_descriptor_invalid(),
    ),
    (
        (f"{_DETAILS}.annual_revenue.fiscal_year_end",),
        _is_day,
        lambda path: errors.v2_invalid(path, "a date such as 2023-12-31"),
    ),
    (("defaults.currency",), lambda text: text.lower() != "bgn", lambda _: errors.v2_bgn_unsupported()),
)  # fmt: skip
_TEXTS_OF_PERSONS: tuple[Rule, ...] = (
    (("email",), is_email, errors.v2_email_invalid),
    (("phone",), is_phone, lambda _: errors.v2_phone_invalid()),
    (("additional_terms_of_service.account.ip",), _is_address, lambda _: errors.v2_ip_address_invalid()),
)
_AMOUNTS = tuple(f"{_DETAILS}.{name}.amount.value" for name in ("annual_revenue", "monthly_estimated_revenue"))


def check_account(params: Params, scope: Scope) -> None:
    """Refuses invalid values of an account. Raises StripeError."""
    addresses.check_countries(params)
    _check_texts(params, _TEXTS)
    for path in _AMOUNTS:
        amount = dig(params, split_path(path))
        if isinstance(amount, int) and amount < 0:
            raise errors.v2_invalid(path, "a number that is not negative")
    business = hash_at(params, "identity", "business_details")
    _check_past(hash_at(business, "registration_date"), scope.now, errors.v2_registration_date_invalid)
    _check_numbers(business)
    _check_files(scope, hash_at(business, "documents"))
    _check_person(hash_at(params, "identity", "individual"), scope)
    configurations.check_customer(hash_at(params, "configuration", "customer"))


def check_person(params: Params, scope: Scope) -> None:
    """Refuses invalid values of a person. Raises StripeError."""
    addresses.check_countries(params)
    _check_texts(params, _TEXTS_OF_PERSONS)
    _check_person(params, scope)


def _check_person(params: Params, scope: Scope) -> None:
    born = hash_at(params, "date_of_birth")
    _check_past(born, scope.now, errors.v2_date_of_birth_invalid)
    if is_too_young(born, scope.now):
        raise errors.v2_too_young(str(YOUNGEST_YEARS))
    _check_numbers(params)
    _check_files(scope, hash_at(params, "documents"))


def _check_texts(params: Params, rules: tuple[Rule, ...]) -> None:
    for paths, fits, error in rules:
        for path in paths:
            value = dig(params, split_path(path))
            if isinstance(value, str) and value and not fits(value):
                raise error(path)


def _check_past(sent: Params, now: int, error: Callable[[], StripeError]) -> None:
    """Refuses a date that does not exist or is in the future."""
    whole = [part for part in map(sent.get, ("year", "month", "day")) if isinstance(part, int)]
    if len(whole) != 3:
        return
    try:
        day = date(whole[0], whole[1], whole[2])
    except (ValueError, OverflowError):
        raise error() from None
    if day > datetime.fromtimestamp(now, UTC).date():
        raise error()


def _check_numbers(sent: Params) -> None:
    """Refuses id numbers in invalid formats of the US; other formats are not published (our choice)."""
    listed = sent.get("id_numbers")
    for each in listed if isinstance(listed, list) else ():
        kind = str(each.get("type")) if isinstance(each, dict) else ""
        if kind in _NUMBERS and isinstance(each, dict) and not _NUMBERS[kind].match(str(each.get("value"))):
            raise errors.v2_id_number_invalid()


def _check_files(scope: Scope, sent: Params) -> None:
    """Refuses files that are neither those of test mode nor uploads of documents (the purposes are our choice)."""
    uploads = [file for file in _files(sent) if file not in test_values.DOCUMENTS]
    if any(documents.purpose_of(scope, file) not in documents.PURPOSES for file in uploads):
        raise errors.v2_document_invalid()


def _files(tree: Value) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name in ("back", "files", "front"):
                yield from (str(file) for file in (value if isinstance(value, list) else [value]) if file)
            else:
                yield from _files(value)
