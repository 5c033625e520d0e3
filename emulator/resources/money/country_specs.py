"""`/v1/country_specs`: what accounts of a country can do, and what is required of them."""

from __future__ import annotations

from collections.abc import Iterable

from emulator import errors
from emulator.model.answering import paging
from emulator.model.declaration import unknown
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields, Resource
from emulator.resources.connect.accounts.base import controllers, countries
from emulator.resources.connect.accounts.requirements.required import missing
from emulator.resources.connect.accounts.requirements.rules import names
from emulator.resources.money.currencies import SUPPORTED
from emulator.store.rows import Account
from emulator.wire.json import Json

SPEC = "country_spec"
_HOME = "US"
# The countries that can accept transfers from the US, in Stripe's order: by their codes, then those that came later
# (official). Three countries of accounts are not among them.
_LATER = "BD BJ MC NE SM AZ BN BT AO DZ TW BS BW GA LA MZ KZ PK".split()
_NOT_FROM_US = frozenset({"BR", "GI", "IN"})
# What is required in the US (official).
_PERSON = names(
    "address.city address.line1 address.postal_code address.state dob email first_name id_number last_name phone "
    "ssn_last_4 verification.document"
)
_BUSINESS = names("business_profile.mcc business_profile.url business_type external_account")
_TERMS = names("tos_acceptance.date tos_acceptance.ip")
_COMPANY = names("address.city address.line1 address.postal_code address.state name owners_provided phone tax_id")
_ROLES = names("relationship.executive relationship.title")


def _list(call: Call) -> Json:
    """GET /v1/country_specs. Raises StripeError."""
    page = paging.page(call, paging.SequenceSource(sorted(countries.PROCESSING), str), noun="country")
    return paging.listing([_spec(each) for each in page.rows], call.url, has_more=page.has_more)


def _retrieve(call: Call) -> Json:
    """GET /v1/country_specs/{country}. Raises StripeError."""
    country = call.path["country"]
    if country not in countries.PROCESSING and unknown.are_created(call.sandbox):
        return {**_spec(_HOME), "id": country}
    if country in countries.RECIPIENTS:
        raise errors.effect_not_emulated(f"the specification of {country}, where accounts are only recipients")
    if country not in countries.PROCESSING:
        raise errors.country_spec_unknown(country)
    return _spec(country)


def _spec(country: str) -> Fields:
    return {
        "id": country,
        "object": SPEC,
        "default_currency": countries.currency_of(country),
        "supported_bank_account_currencies": {countries.currency_of(country): [country]},
        "supported_payment_currencies": list(SUPPORTED),
        "supported_payment_methods": [*(["ach"] if country == _HOME else []), "card", "stripe"],
        "supported_transfer_countries": [country, *(each for each in _reached(country) if each != country)],
        "verification_fields": {
            kind: {"additional": [], "minimum": sorted(_required(country, kind))} for kind in ("company", "individual")
        },
    }


def _reached(country: str) -> Iterable[str]:
    """The countries that accept transfers from a country, but for itself."""
    if country != _HOME:
        return sorted(countries.TOGETHER) if country in countries.TOGETHER else ()
    known = {*countries.PROCESSING, *countries.RECIPIENTS} - _NOT_FROM_US
    return [*sorted(known.difference(_LATER)), *_LATER]


def _required(country: str, kind: str) -> Iterable[str]:
    """The fields that are required of an account with payments and transfers, whoever collects them."""
    if country == _HOME:
        return _required_at_home(kind)
    account = Account(
        id="",
        created=0,
        type="custom",
        controller=controllers.TYPES["custom"],
        country=country,
        default_currency=countries.currency_of(country),
        business_type=kind,
        capabilities=("card_payments", "transfers"),
    )
    found = missing(account)
    return {*found.now, *found.later, "business_type"}


def _required_at_home(kind: str) -> Iterable[str]:
    yield from (*_BUSINESS, *_TERMS)
    if kind == "individual":
        yield from _below("individual", _PERSON)
        return
    yield from _below("company", _COMPANY)
    yield from _below("owners", _PERSON)
    yield from _below("representative", (*_PERSON, *_ROLES))


def _below(prefix: str, fields: Iterable[str]) -> Iterable[str]:
    return (f"{prefix}.{name}" for name in fields)


COUNTRY_SPECS: Resource[bytes] = Resource(name=SPEC, noun="country", verbs={"list": _list, "retrieve": _retrieve})
RESOURCES = (COUNTRY_SPECS,)
