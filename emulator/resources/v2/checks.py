"""What v2 refuses in words of its own, by the place of a value. The rules themselves are v1's where v1 has them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime

from emulator import errors
from emulator.errors import StripeError
from emulator.resources.accounts import magic
from emulator.resources.accounts.details import dig, hash_at, is_email, is_website
from emulator.schema.check import Params, Value

_EMAILS = (
    "contact_email",
    "configuration.merchant.support.email",
    "configuration.merchant.konbini_payments.support.email",
)
_WEBSITES = ("defaults.profile.business_url", "configuration.merchant.support.url")
_SIGNED = tuple(
    f"identity.attestations.{each}.ip"
    for each in (
        "directorship_declaration", "ownership_declaration", "representative_declaration", "terms_of_service.account",
    )
)  # fmt: skip
_MCC = re.compile(r"[0-9]{4}\Z", re.ASCII)
_DESCRIPTOR = re.compile(r"(?=.*[A-Za-z])[^<>\\'\"*]{5,22}\Z")
_NUMBERS: Mapping[str, re.Pattern[str]] = {
    "us_ein": re.compile(r"[0-9]{2}-?[0-9]{7}\Z", re.ASCII),
    "us_itin": re.compile(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}\Z", re.ASCII),
    "us_itin_last_4": re.compile(r"[0-9]{4}\Z", re.ASCII),
    "us_ssn": re.compile(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}\Z", re.ASCII),
    "us_ssn_last_4": re.compile(r"[0-9]{4}\Z", re.ASCII),
}
Raise = Callable[[str], StripeError]


def check_account(params: Params, now: int) -> None:
    """Refuses values of an account that cannot be ones. Raises StripeError."""
    _each(params, _EMAILS, is_email, errors.v2_email_invalid)
    _each(params, _WEBSITES, is_website, errors.v2_url_invalid)
    _each(params, _SIGNED, _is_address, lambda _: errors.v2_ip_address_invalid())
    _each(params, ("configuration.merchant.mcc",), _MCC.match, lambda _: errors.v2_mcc_invalid())
    _each(
        params,
        ("configuration.merchant.statement_descriptor.descriptor",),
        _DESCRIPTOR.match,
        lambda _: errors.v2_statement_descriptor_invalid(),
    )
    business = hash_at(params, "identity", "business_details")
    _check_numbers(business)
    _check_files(hash_at(business, "documents"))
    check_person(hash_at(params, "identity", "individual"), now, "identity.individual.")


def check_person(params: Params, now: int, prefix: str = "") -> None:
    """Refuses values of a person that cannot be ones. Raises StripeError."""
    _each(params, ("email",), is_email, lambda path: errors.v2_email_invalid(prefix + path))
    accepted = ("additional_terms_of_service.account.ip",)
    _each(params, accepted, _is_address, lambda _: errors.v2_ip_address_invalid())
    _check_birth(hash_at(params, "date_of_birth"), now)
    _check_numbers(params)
    _check_files(hash_at(params, "documents"))


def _each(params: Params, paths: tuple[str, ...], fits: Callable[[str], object], error: Raise) -> None:
    for path in paths:
        value = dig(params, tuple(path.split(".")))
        if isinstance(value, str) and value and not fits(value):
            raise error(path)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _check_birth(sent: Params, now: int) -> None:
    parts = [sent.get(name) for name in ("year", "month", "day")]
    whole = [part for part in parts if isinstance(part, int)]
    if len(whole) != len(parts):
        return
    try:
        born = date(whole[0], whole[1], whole[2])
    except ValueError:
        raise errors.v2_date_of_birth_invalid() from None
    if born > datetime.fromtimestamp(now, UTC).date():
        raise errors.v2_date_of_birth_invalid()


def _check_numbers(sent: Params) -> None:
    """The formats of US alone (our choice: the others are not published)."""
    listed = sent.get("id_numbers")
    for each in listed if isinstance(listed, list) else ():
        kind = str(each.get("type")) if isinstance(each, dict) else ""
        if kind in _NUMBERS and isinstance(each, dict) and not _NUMBERS[kind].match(str(each.get("value"))):
            raise errors.v2_id_number_invalid()


def _check_files(sent: Params) -> None:
    """Only the files of test mode exist (our choice)."""
    if any(file not in magic.DOCUMENTS for file in _files(sent)):
        raise errors.v2_document_invalid()


def _files(tree: Value) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name in ("back", "files", "front"):
                yield from (str(file) for file in (value if isinstance(value, list) else [value]) if file)
            else:
                yield from _files(value)
