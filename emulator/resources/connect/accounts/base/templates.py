"""The hashes inside an account as they look with nothing in them, and how what was sent fills them."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.wire.json import Json

Template = Mapping[str, Json]

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

COMPANY: Template = {
    "address": ADDRESS,
    "directors_provided": False,
    "executives_provided": False,
    "name": None,
    "owners_provided": False,
    "tax_id_provided": False,
    "verification": {"document": DOCUMENT},
}
# Shown besides in the countries that show every name.
COMPANY_ABROAD: Template = {
    **dict.fromkeys(("directorship_declaration", "name_kana", "name_kanji", "ownership_declaration")),
    "vat_id_provided": False,
}
# Shown in Japan, instead of `address` (observed).
JAPANESE_COMPANY: Template = {**dict.fromkeys(("name_kana", "name_kanji")), **_IN_JAPAN}
# Absent unless sent.
COMPANY_HASHES: Mapping[str, Template] = {
    "address_kana": JAPANESE_ADDRESS,
    "address_kanji": JAPANESE_ADDRESS,
    "directorship_declaration": ACCEPTANCE,
    "ownership_declaration": ACCEPTANCE,
    "registration_date": DATE,
    "representative_declaration": ACCEPTANCE,
}

INDIVIDUAL: Template = {
    "address": ADDRESS,
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
        "representative": True,
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
JAPANESE_INDIVIDUAL: Template = {
    **{name: value for name, value in INDIVIDUAL.items() if name != "address"},
    **_IN_JAPAN,
    **dict.fromkeys((*_JAPANESE_NAMES, "gender")),
}
INDIVIDUAL_ABROAD: Template = dict.fromkeys((*_JAPANESE_NAMES, "gender", "maiden_name", "nationality"))
INDIVIDUAL_HASHES: Mapping[str, Template] = {"registered_address": ADDRESS}

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
    "payouts": {"debit_negative_balances": True, "schedule": {}, "statement_descriptor": None},
    "sepa_debit_payments": {},
}


def filled(template: Template, sent: Mapping[str, Json], hashes: Mapping[str, Template] | None = None) -> Template:
    """A template with what was sent laid over it, at every depth, in alphabetical order.

    `hashes` are the templates of names that the template itself does not open. The result shares no hash with either.
    """
    closed = [name for name in hashes or {} if name in sent and template.get(name) is None]
    opened = {**template, **{name: (hashes or {})[name] for name in closed}}
    return {name: _filled(opened.get(name), sent.get(name)) for name in sorted({*opened, *sent})}


def inner(template: Template, name: str) -> Template:
    """A hash inside a template, an empty one when there is none."""
    found = template.get(name)
    return found if isinstance(found, Mapping) else {}


def _filled(template: Json, sent: Json) -> Json:
    if isinstance(template, Mapping):
        return filled(template, sent if isinstance(sent, Mapping) else {})
    if isinstance(sent, Mapping):
        return filled({}, sent)
    return template if sent is None else sent
