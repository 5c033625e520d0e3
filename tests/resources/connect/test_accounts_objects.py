"""The account object: every name, its place and its value, for the kinds of accounts that exist."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from emulator.auth import keys
from emulator.resources.connect import accounts
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.settings import Settings
from emulator.wire.json import Json

from ...samples import NO_REQUIREMENTS

NOW = 1_785_715_143
ID = "acct_1U09HWKhILOLbcdm"
BOTH: Params = {"card_payments": {"requested": True}, "transfers": {"requested": True}}


def emulation(country: str = "US") -> Sandbox:
    key = keys.parse("sk_test_objects")
    assert key
    return Sandbox(key, Settings(platform_country=country, id_seed="objects"))


def new_account(params: Params) -> dict[str, Any]:
    return dict(accounts.render(accounts.create_account(emulation(), NOW, params, account_id=ID)))


def assert_same(actual: Json, expected: Json) -> None:
    """Equal, with every name in its place at every depth."""
    assert json.dumps(actual, indent=1) == json.dumps(expected, indent=1)


STANDARD_REQUIRED = [
    "business_profile.product_description",
    "business_profile.support_phone",
    "business_profile.url",
    "external_account",
    "tos_acceptance.date",
    "tos_acceptance.ip",
]
PROFILE: dict[str, Any] = {
    "annual_revenue": None,
    "estimated_worker_count": None,
    "mcc": None,
    "minority_owned_business_designation": None,
    "name": None,
    "product_description": None,
    "specified_commercial_transactions_act_url": None,
    "support_address": None,
    "support_email": None,
    "support_phone": None,
    "support_url": None,
    "url": None,
}
SETTINGS: dict[str, Any] = {
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
    "payouts": {
        "debit_negative_balances": True,
        "schedule": {"delay_days": 2, "interval": "daily"},
        "statement_descriptor": None,
    },
    "sepa_debit_payments": {},
}
STANDARD: dict[str, Any] = {
    "id": ID,
    "object": "account",
    "business_profile": PROFILE,
    "business_type": None,
    "capabilities": {},
    "charges_enabled": False,
    "controller": {
        "fees": {"payer": "account"},
        "is_controller": True,
        "losses": {"payments": "stripe"},
        "requirement_collection": "stripe",
        "stripe_dashboard": {"type": "full"},
        "type": "application",
    },
    "country": "AU",
    "created": NOW,
    "default_currency": "aud",
    "details_submitted": False,
    "email": "jenny.rosen@example.com",
    "external_accounts": {
        "object": "list",
        "data": [],
        "has_more": False,
        "total_count": 0,
        "url": f"/v1/accounts/{ID}/external_accounts",
    },
    "future_requirements": NO_REQUIREMENTS,
    "metadata": {},
    "payouts_enabled": False,
    "requirements": {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": STANDARD_REQUIRED,
        "disabled_reason": "requirements.past_due",
        "errors": [],
        "eventually_due": STANDARD_REQUIRED,
        "past_due": STANDARD_REQUIRED,
        "pending_verification": [],
    },
    "settings": SETTINGS,
    "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
    "type": "standard",
}


def test_a_new_standard_account_is_complete() -> None:
    assert_same(new_account({"type": "standard", "country": "AU", "email": "jenny.rosen@example.com"}), STANDARD)


PERSON_REQUIRED = [
    "address.city",
    "address.line1",
    "address.postal_code",
    "address.state",
    "dob.day",
    "dob.month",
    "dob.year",
    "first_name",
    "last_name",
    "phone",
    "ssn_last_4",
]
CUSTOM_REQUIRED = ["external_account", *(f"individual.{name}" for name in PERSON_REQUIRED)]
ADDRESS = {"city": None, "country": "US", "line1": None, "line2": None, "postal_code": None, "state": None}
DOCUMENT = {"back": None, "details": None, "details_code": None, "front": None}
CUSTOM: dict[str, Any] = {
    "id": ID,
    "object": "account",
    "business_profile": {
        **PROFILE,
        "mcc": "5734",
        "product_description": "Dog walks",
        "url": "https://furever.dev",
    },
    "business_type": "individual",
    "capabilities": {"card_payments": "inactive", "transfers": "inactive"},
    "charges_enabled": False,
    "company": {
        "address": ADDRESS,
        "directors_provided": True,
        "executives_provided": True,
        "name": None,
        "owners_provided": True,
        "tax_id_provided": False,
        "verification": {"document": DOCUMENT},
    },
    "controller": {
        "fees": {"payer": "application_custom"},
        "is_controller": True,
        "losses": {"payments": "application"},
        "requirement_collection": "application",
        "stripe_dashboard": {"type": "none"},
        "type": "application",
    },
    "country": "US",
    "created": NOW,
    "default_currency": "usd",
    "details_submitted": False,
    "email": None,
    "external_accounts": STANDARD["external_accounts"],
    "future_requirements": {
        "alternatives": [],
        "current_deadline": 1_717_516_800,
        "currently_due": CUSTOM_REQUIRED,
        "disabled_reason": None,
        "errors": [],
        "eventually_due": sorted([*CUSTOM_REQUIRED, "individual.id_number"]),
        "past_due": ["external_account", "individual.first_name", "individual.last_name"],
        "pending_verification": [],
    },
    "individual": {
        "id": "person_",
        "object": "person",
        "account": ID,
        "address": ADDRESS,
        "created": NOW,
        "dob": {"day": None, "month": None, "year": None},
        "email": "jenny.rosen@example.com",
        "first_name": None,
        "future_requirements": {
            "alternatives": [],
            "currently_due": PERSON_REQUIRED,
            "errors": [],
            "eventually_due": sorted([*PERSON_REQUIRED, "id_number"]),
            "past_due": ["first_name", "last_name"],
            "pending_verification": [],
        },
        "id_number_provided": False,
        "last_name": None,
        "metadata": {},
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
        "requirements": {
            "alternatives": [],
            "currently_due": PERSON_REQUIRED,
            "errors": [],
            "eventually_due": PERSON_REQUIRED,
            "past_due": PERSON_REQUIRED,
            "pending_verification": [],
        },
        "ssn_last_4_provided": False,
        "verification": {
            "additional_document": DOCUMENT,
            "details": None,
            "details_code": None,
            "document": DOCUMENT,
            "status": "unverified",
        },
    },
    "metadata": {"a": "2", "b": "1"},
    "payouts_enabled": False,
    "requirements": {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": CUSTOM_REQUIRED,
        "disabled_reason": "requirements.past_due",
        "errors": [],
        "eventually_due": CUSTOM_REQUIRED,
        "past_due": CUSTOM_REQUIRED,
        "pending_verification": [],
    },
    "settings": {
        **SETTINGS,
        "card_payments": {**SETTINGS["card_payments"], "statement_descriptor_prefix": "FUREVER.DE"},
        "dashboard": {**SETTINGS["dashboard"], "display_name": "Furever"},
        "payments": {**SETTINGS["payments"], "statement_descriptor": "FUREVER.DEV"},
        "payouts": {**SETTINGS["payouts"], "debit_negative_balances": False},
    },
    "tos_acceptance": {"date": 1_785_715_000, "ip": "8.8.8.8", "user_agent": None},
    "type": "custom",
}
CUSTOM_SENT: Params = {
    "type": "custom",
    "business_type": "individual",
    "capabilities": BOTH,
    "individual": {"email": "jenny.rosen@example.com", "address": {"country": "US"}},
    "business_profile": {"url": "https://furever.dev", "product_description": "Dog walks"},
    "tos_acceptance": {"date": 1_785_715_000, "ip": "8.8.8.8"},
    "metadata": {"b": "1", "a": "2"},
}


def test_a_new_custom_account_of_an_individual_is_complete() -> None:
    account = new_account(CUSTOM_SENT)
    assert account["individual"]["id"].startswith("person_1U09H")
    assert account["individual"]["id"][13:23] == ID[-10:]
    account["individual"] = {**account["individual"], "id": "person_"}
    assert_same(account, CUSTOM)


# Requirements of new accounts, with both capabilities unless stated otherwise.
EXPRESS_US = """
business_profile.mcc business_profile.url business_type external_account representative.dob.day representative.dob.month
representative.dob.year representative.email representative.first_name representative.last_name
settings.payments.statement_descriptor tos_acceptance.date tos_acceptance.ip
""".split()
EXPRESS_GB = """
business_profile.mcc business_profile.url business_type external_account representative.address.city
representative.address.line1 representative.address.postal_code representative.dob.day representative.dob.month
representative.dob.year representative.email representative.first_name representative.last_name representative.phone
tos_acceptance.date tos_acceptance.ip
""".split()
EXPRESS_AU = sorted([*EXPRESS_GB, "representative.address.state"])
NO_CAPABILITY_US = """
business_profile.mcc business_profile.url business_type external_account representative.first_name
representative.last_name tos_acceptance.date tos_acceptance.ip
""".split()
TRANSFERS_US = ["business_profile.url", "external_account", "individual.first_name", "individual.last_name"]
COMPANY: Params = {
    "address": {"city": "C", "line1": "L", "postal_code": "P", "state": "S"},
    "directors_provided": True,
    "executives_provided": True,
    "name": "N",
    "phone": "0000000000",
    "tax_id": "000000000",
}
REQUIRED: list[tuple[Params, list[str]]] = [
    ({"type": "express", "country": "US", "capabilities": BOTH}, EXPRESS_US),
    ({"type": "express", "country": "DE", "capabilities": BOTH}, EXPRESS_GB),
    ({"type": "express", "country": "GB", "capabilities": BOTH}, EXPRESS_GB),
    ({"type": "express", "country": "AU", "capabilities": BOTH}, EXPRESS_AU),
    ({"type": "express", "country": "US"}, NO_CAPABILITY_US),
    (
        {
            "type": "custom",
            "country": "US",
            "business_type": "individual",
            "capabilities": {"transfers": {"requested": True}},
            "tos_acceptance": {"date": 1_700_000_000, "ip": "8.8.8.8"},
        },
        TRANSFERS_US,
    ),
    (
        {
            "type": "custom",
            "country": "MX",
            "business_type": "company",
            "capabilities": {"transfers": {"requested": True}},
            "tos_acceptance": {"date": 1_700_000_000, "ip": "8.8.8.8", "service_agreement": "recipient"},
        },
        ["external_account"],
    ),
]


@pytest.mark.parametrize(("params", "expected"), REQUIRED, ids=lambda value: str(value)[:60])
def test_the_requirements_of_a_new_account_follow_its_type_and_country(params: Params, expected: list[str]) -> None:
    requirements = new_account(params)["requirements"]
    assert requirements["currently_due"] == requirements["past_due"] == expected


@pytest.mark.parametrize(
    ("country", "now", "in_time"), [("US", 17, 26), ("GB", 22, 22), ("CH", 22, 22), ("SG", 14, 14), ("AE", 24, 29)]
)
def test_a_company_without_persons_requires_its_representative_and_owners(country: str, now: int, in_time: int) -> None:
    requirements = new_account(
        {
            "type": "custom",
            "country": country,
            "business_type": "company",
            "capabilities": BOTH,
            "company": COMPANY,
            "business_profile": {"url": "https://furever.dev", "product_description": "Dog walks"},
            "tos_acceptance": {"date": 1_700_000_000, "ip": "8.8.8.8"},
        }
    )["requirements"]
    bank_account = 1
    assert len(requirements["currently_due"]) == now + bank_account
    assert len(requirements["eventually_due"]) == in_time + bank_account
    assert set(requirements["currently_due"]) <= set(requirements["eventually_due"])


def test_a_description_may_stand_for_the_website_in_us() -> None:
    sent: Params = {"type": "express", "country": "US", "capabilities": BOTH}
    assert new_account(sent)["requirements"]["alternatives"] == [
        {
            "alternative_fields_due": ["business_profile.product_description"],
            "original_fields_due": ["business_profile.url"],
        }
    ]
    described = new_account({**sent, "business_profile": {"product_description": "Dog walks"}})["requirements"]
    assert described["alternatives"] == []
    assert "business_profile.url" not in described["currently_due"]
    empty = new_account({**sent, "business_profile": {"product_description": ""}})["requirements"]
    assert "business_profile.url" in empty["currently_due"]
    assert len(empty["alternatives"]) == 1


def test_a_provided_field_leaves_every_list() -> None:
    sandbox = emulation()
    account = accounts.create_account(sandbox, NOW, CUSTOM_SENT, account_id=ID)
    changed = accounts.update_account(
        sandbox, NOW, account, {"individual": {"dob": {"day": 1}, "id_number": "000000000"}}
    )
    requirements: Any = accounts.render(changed)["requirements"]
    gone = {"individual.dob.day", "individual.ssn_last_4"}
    left = [name for name in CUSTOM_REQUIRED if name not in gone]
    assert [requirements[name] for name in ("currently_due", "eventually_due", "past_due")] == [left, left, left]


def test_an_account_becomes_able_to_charge_when_only_the_bank_account_is_missing() -> None:
    sandbox = emulation()
    row = accounts.create_account(
        sandbox,
        NOW,
        {
            **CUSTOM_SENT,
            "individual": {
                "address": {"city": "C", "line1": "L", "postal_code": "P", "state": "NY"},
                "dob": {"day": 1, "month": 1, "year": 1901},
                "email": "jenny.rosen@example.com",
                "first_name": "Jenny",
                "last_name": "Rosen",
                "phone": "0000000000",
                "ssn_last_4": "0000",
            },
        },
    )
    account: Any = accounts.render(row, now=NOW + 30)
    assert account["requirements"]["currently_due"] == ["external_account"]
    assert account["capabilities"] == {"card_payments": "active", "transfers": "active"}
    flags = ("charges_enabled", "payouts_enabled", "details_submitted")
    assert [account[name] for name in flags] == [True, False, False]
    person = account["individual"]
    assert (person["phone"], person["ssn_last_4_provided"], person["verification"]["status"]) == (
        "+10000000000",
        True,
        "verified",
    )
    assert "ssn_last_4" not in person


def test_an_onboarded_account_has_no_requirements_and_can_do_everything() -> None:
    sandbox = emulation()
    account = accounts.create_account(sandbox, NOW, {"type": "standard"})
    shown: Any = accounts.render(accounts.onboard(sandbox, account))
    assert shown["requirements"] == NO_REQUIREMENTS
    assert shown["capabilities"] == {"card_payments": "active", "transfers": "active"}
    assert [shown[name] for name in ("charges_enabled", "payouts_enabled", "details_submitted")] == [True, True, True]


def test_the_platform_is_an_active_standard_account_that_controls_itself() -> None:
    sandbox = emulation("DE")
    shown: Any = accounts.render(accounts.platform(sandbox), own=True)
    expected = {
        **STANDARD,
        "id": sandbox.platform_id,
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": "DE",
        "created": 1_577_836_800,
        "default_currency": "eur",
        "details_submitted": True,
        "email": None,
        "external_accounts": {
            **STANDARD["external_accounts"],
            "url": f"/v1/accounts/{sandbox.platform_id}/external_accounts",
        },
        "payouts_enabled": True,
        "requirements": NO_REQUIREMENTS,
        "settings": {
            **SETTINGS,
            "payouts": {**SETTINGS["payouts"], "schedule": {"delay_days": 7, "interval": "manual"}},
        },
    }
    assert_same(shown, expected)


def test_an_express_account_lists_its_login_links() -> None:
    account = new_account({"type": "express"})
    assert list(account)[list(account).index("future_requirements") :][:3] == [
        "future_requirements",
        "login_links",
        "metadata",
    ]
    assert account["login_links"]["url"] == f"/v1/accounts/{ID}/login_links"


@pytest.mark.parametrize(
    ("country", "sent", "expected"),
    [
        ("JP", {}, {"delay_days": 4, "interval": "weekly", "weekly_anchor": "friday"}),
        ("JP", {"interval": "daily"}, {"delay_days": 4, "interval": "daily"}),
        ("GB", {"delay_days": "minimum"}, {"delay_days": 7, "interval": "daily"}),
        ("US", {"interval": "monthly", "monthly_anchor": 31}, {"delay_days": 2, "interval": "monthly", "monthly_anchor": 31}),
    ],
)  # fmt: skip
def test_the_payout_schedule_starts_from_that_of_the_country(
    country: str, sent: Params, expected: dict[str, Any]
) -> None:
    account = new_account({"type": "express", "country": country, "settings": {"payouts": {"schedule": sent}}})
    assert account["settings"]["payouts"]["schedule"] == expected


def test_numbers_and_hashes_of_a_company_show_as_stripe_shows_them() -> None:
    company = new_account(
        {
            "type": "custom",
            "business_type": "company",
            "company": {
                "tax_id": "000000000",
                "vat_id": "1",
                "registration_date": {"day": 1, "month": 2, "year": 2020},
            },
        }
    )["company"]
    assert_same(
        company,
        {
            "address": ADDRESS,
            "directors_provided": False,
            "executives_provided": False,
            "name": None,
            "owners_provided": False,
            "registration_date": {"day": 1, "month": 2, "year": 2020},
            "tax_id_provided": True,
            "vat_id_provided": True,
            "verification": {"document": DOCUMENT},
        },
    )


def test_a_company_of_a_standard_account_shows_once_the_business_type_is_known() -> None:
    assert "company" not in new_account({"type": "standard"})
    assert "company" in new_account({"type": "standard", "business_type": "company"})


def test_a_sole_proprietorship_has_neither_owners_nor_roles() -> None:
    sent: Params = {"type": "custom", "business_type": "company", "capabilities": BOTH}
    owed = new_account({**sent, "company": {"structure": "sole_proprietorship"}})["requirements"]["currently_due"]
    assert [name for name in owed if name.startswith(("owners.", "representative.relationship."))] == []
    assert "company.owners_provided" not in owed
    assert "representative.ssn_last_4" in owed


def test_the_document_of_an_individual_recipient_is_due_eventually() -> None:
    requirements = new_account(
        {
            "type": "custom",
            "country": "AL",
            "business_type": "individual",
            "capabilities": {"transfers": {"requested": True}},
            "tos_acceptance": {"service_agreement": "recipient"},
        }
    )["requirements"]
    assert set(requirements["eventually_due"]) - set(requirements["currently_due"]) == {
        "individual.verification.document"
    }


def test_the_reason_why_an_account_is_disabled_is_the_first_that_applies() -> None:
    sandbox = emulation()
    account = accounts.create_account(sandbox, NOW, CUSTOM_SENT)
    done = accounts.onboard(sandbox, account)
    reasons = {
        "rejected.fraud": replace(account, rejected="fraud"),
        "requirements.past_due": account,
        "action_required.requested_capabilities": replace(done, capabilities=()),
        None: done,
    }
    for reason, row in reasons.items():
        shown: Any = accounts.render(row)
        assert shown["requirements"]["disabled_reason"] == reason
