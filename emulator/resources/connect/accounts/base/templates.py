"""Templates: the hashes inside an account before anything is sent, in alphabetical order, and how values fill them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from emulator.wire.json import Json

Template = Mapping[str, Json]
_EMPTY: Template = {}

ADDRESS: Template = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
JAPANESE_ADDRESS: Template = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state", "town"))
_IN_JAPAN: Template = {name: {**JAPANESE_ADDRESS, "country": "JP"} for name in ("address_kana", "address_kanji")}
DATE: Template = dict.fromkeys(("day", "month", "year"))
ACCEPTANCE: Template = dict.fromkeys(("date", "ip", "user_agent"))
DOCUMENT: Template = dict.fromkeys(("back", "details", "details_code", "front"))

BUSINESS_PROFILE: Template = dict.fromkeys(
    """
annual_revenue estimated_worker_count mcc minority_owned_business_designation name product_description
specified_commercial_transactions_act_url support_address support_email support_phone support_url url
""".split()
)
# Null unless sent, and then a hash of their own.
BUSINESS_PROFILE_HASHES: Mapping[str, Template] = {
    "annual_revenue": dict.fromkeys(("amount", "currency", "fiscal_year_end")),
    "support_address": ADDRESS,
}

_COMPANY: Template = {
    "directors_provided": False,
    "executives_provided": False,
    "name": None,
    "owners_provided": False,
    "tax_id_provided": False,
    "verification": {"document": DOCUMENT},
}
# Shown besides in the countries that show every name.
_COMPANY_ABROAD: Template = {
    **dict.fromkeys(("directorship_declaration", "name_kana", "name_kanji", "ownership_declaration")),
    "vat_id_provided": False,
}
# Shown in Japan, instead of `address` (observed).
_JAPANESE_COMPANY: Template = {**dict.fromkeys(("name_kana", "name_kanji")), **_IN_JAPAN}
# Absent unless sent.
COMPANY_HASHES: Mapping[str, Template] = {
    "address_kana": JAPANESE_ADDRESS,
    "address_kanji": JAPANESE_ADDRESS,
    "directorship_declaration": ACCEPTANCE,
    "ownership_declaration": ACCEPTANCE,
    "registration_date": DATE,
    "representative_declaration": ACCEPTANCE,
}

_PERSON: Template = {
    **dict.fromkeys(("account", "created", "future_requirements", "metadata", "requirements")),
    "dob": DATE,
    "first_name": None,
    "last_name": None,
    "relationship": {
        "authorizer": False,
        "director": False,
        "executive": False,
        "legal_guardian": False,
        "owner": False,
        "percent_ownership": None,
        "representative": False,
        "title": None,
    },
    "verification": {
        "additional_document": DOCUMENT,
        "details": None,
        "details_code": None,
        "document": DOCUMENT,
        "status": "unverified",
    },
}
_JAPANESE_NAMES = "first_name_kana first_name_kanji last_name_kana last_name_kanji".split()
_PERSON_ABROAD: Template = dict.fromkeys((*_JAPANESE_NAMES, "gender", "maiden_name", "nationality"))
_JAPANESE_PERSON: Template = {**_IN_JAPAN, **dict.fromkeys((*_JAPANESE_NAMES, "gender"))}
# Absent unless sent.
PERSON_HASHES: Mapping[str, Template] = {"registered_address": ADDRESS}

PAYOUTS: Template = {"debit_negative_balances": True, "schedule": {}, "statement_descriptor": None}
SETTINGS: Template = {
    "bacs_debit_payments": {"display_name": None, "service_user_number": None},
    "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
    "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
    "card_payments": {
        "decline_on": {"avs_failure": False, "cvc_failure": False},
        "statement_descriptor_prefix": None,
        "statement_descriptor_prefix_kana": None,
        "statement_descriptor_prefix_kanji": None,
    },
    "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
    "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": "offer"},
    "payments": {
        "statement_descriptor": None,
        "statement_descriptor_kana": None,
        "statement_descriptor_kanji": None,
    },
    "payouts": PAYOUTS,
    "sepa_debit_payments": {},
}


@cache
def company(country: str, *, every_name: bool) -> Template:
    """The `company` hash of an account in a country."""
    abroad = _COMPANY_ABROAD if every_name else {}
    return _in_order({**_COMPANY, **abroad, **(_JAPANESE_COMPANY if country == "JP" else _address(country))})


@cache
def person(country: str, *, every_name: bool, acceptances: bool) -> Template:
    """A person of an account in a country."""
    abroad = _PERSON_ABROAD if every_name else {}
    accepted: Template = {"additional_tos_acceptances": {"account": ACCEPTANCE}} if acceptances else {}
    return _in_order({**_PERSON, **abroad, **accepted, **(_JAPANESE_PERSON if country == "JP" else _address(country))})


def _address(country: str) -> Template:
    return {"address": {**ADDRESS, "country": country}}


def fill(
    template: Template, sent: Mapping[str, Json], hashes: Mapping[str, Template] = MappingProxyType({})
) -> Template:
    """The values that were sent over those of a template, at every depth, in alphabetical order.

    `hashes` are the templates of names that the template itself lacks or has as null. Hashes that are as in the
    template are shared with it: nobody changes a hash that is filled.
    """
    if not sent:
        return template
    filled: dict[str, Json] = dict(template)
    for name, value in sent.items():
        base = filled.get(name)
        if base is None and name in hashes:
            base = filled[name] = hashes[name]
        if isinstance(base, dict):
            filled[name] = fill(base, value) if isinstance(value, dict) else base
        elif isinstance(value, dict):
            filled[name] = fill(_EMPTY, value)
        elif value is not None or name not in filled:
            filled[name] = value
    return filled if len(filled) == len(template) else dict(sorted(filled.items()))


def inner(template: Template, name: str) -> Template:
    """A hash inside a template, an empty one when there is none."""
    found = template.get(name)
    return found if isinstance(found, dict) else _EMPTY


def _in_order(template: Template) -> dict[str, Json]:
    return {name: _in_order(value) if isinstance(value, dict) else value for name, value in sorted(template.items())}
