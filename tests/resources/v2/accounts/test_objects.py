"""Accounts v2: whole objects as observed, from nothing to payouts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from emulator.resources.connect import accounts

from ....api import Api
from .samples import (
    BANK,
    CARDS,
    COMPLETE,
    EVERYTHING,
    PERSON,
    PLATFORM,
    RECIPIENT,
    SELLER,
    STAMP,
    STRIPE,
    TRANSFERS,
    linked,
    names,
    new_account,
    shown,
)


def test_a_bare_account(api: Api) -> None:
    body = new_account(api, {})
    assert body == {
        "id": body["id"],
        "object": "v2.core.account",
        "applied_configurations": [],
        "closed": False,
        "configuration": None,
        "contact_email": None,
        "contact_phone": None,
        "created": STAMP,
        "dashboard": None,
        "defaults": None,
        "display_name": None,
        "future_requirements": None,
        "identity": None,
        "livemode": False,
        "metadata": {},
        "requirements": None,
    }
    assert list(body) == ["id", "object", *sorted(set(body) - {"id", "object"})]


def past_due(description: str, *capabilities: str) -> dict[str, Any]:
    return {
        "awaiting_action_from": "user",
        "description": description,
        "errors": [],
        "impact": {
            "restricts_capabilities": [
                {
                    "capability": f"stripe_balance.{name}",
                    "configuration": "recipient",
                    "deadline": {"status": "past_due"},
                }
                for name in capabilities
            ]
        },
        "minimum_deadline": {"status": "past_due"},
        "reference": None,
        "requested_reasons": [{"code": "routine_onboarding"}],
    }


RESTRICTED = {
    "status": "restricted",
    "status_details": [{"code": "requirements_past_due", "resolution": "provide_info"}],
}


ACTIVE: dict[str, Any] = {"status": "active", "status_details": []}


BOTH = ("payouts", "stripe_transfers")


def test_a_recipient_from_nothing_to_payouts(api: Api) -> None:
    include = ["configuration.recipient", "defaults", "requirements"]
    body = new_account(api, RECIPIENT, include=include)
    assert body["configuration"] == {
        "customer": None,
        "merchant": None,
        "recipient": {
            "applied": True,
            "capabilities": {"stripe_balance": {"payouts": RESTRICTED, "stripe_transfers": RESTRICTED}},
        },
    }
    assert body["defaults"] == {
        "currency": "aud",
        "locales": None,
        "profile": None,
        "responsibilities": {**PLATFORM, "requirements_collector": "stripe"},
    }
    assert body["requirements"] == {
        "entries": [
            past_due("defaults.profile.business_url", *BOTH),
            past_due("external_account", "payouts"),
            past_due("identity.attestations.terms_of_service.account.date", *BOTH),
            past_due("identity.attestations.terms_of_service.account.ip", *BOTH),
            past_due("identity.individual.address.city", *BOTH),
            past_due("identity.individual.address.line1", *BOTH),
            past_due("identity.individual.address.postal_code", *BOTH),
            past_due("identity.individual.address.state", *BOTH),
            past_due("identity.individual.date_of_birth.day", *BOTH),
            past_due("identity.individual.date_of_birth.month", *BOTH),
            past_due("identity.individual.date_of_birth.year", *BOTH),
            past_due("identity.individual.given_name", *BOTH),
            past_due("identity.individual.surname", *BOTH),
        ],
        "summary": {"minimum_deadline": {"status": "past_due", "time": None}},
    }
    before = api.get(f"/v1/accounts/{body['id']}").body
    assert (before["type"], before["capabilities"], before["external_accounts"]["total_count"]) == (
        "none",
        {"transfers": "inactive"},
        None,
    )
    assert before["settings"]["payouts"] == {
        "debit_negative_balances": True,
        "schedule": {"delay_days": 2, "interval": "daily"},
        "statement_descriptor": None,
    }
    link = api.v2("POST", "/core/account_links", linked(body["id"], "recipient")).body
    account = api.sandbox.accounts.get(body["id"])
    assert account is not None
    accounts.onboard(api.sandbox, account)  # the page of the link is opened over HTTP elsewhere
    after = shown(api, body["id"], *include)
    assert after["requirements"] == {"entries": [], "summary": None}
    assert after["configuration"]["recipient"]["capabilities"] == {
        "stripe_balance": {"payouts": ACTIVE, "stripe_transfers": ACTIVE}
    }
    v1 = api.get(f"/v1/accounts/{body['id']}").body
    assert [v1[name] for name in ("charges_enabled", "payouts_enabled", "details_submitted")] == [False, True, True]
    assert v1["external_accounts"]["total_count"] == 1
    assert link["url"].split("/")[3:6] == ["setup", "e", body["id"]]


def test_a_company_that_sells(api: Api) -> None:
    params = {**SELLER, "dashboard": "express", "identity": {"country": "DE", "entity_type": "company"}}
    body = new_account(api, params, metadata={"publisher": "1"}, include=EVERYTHING)
    assert body["applied_configurations"] == ["recipient", "merchant"]
    merchant = body["configuration"]["merchant"]
    capabilities = {name: value for name, value in merchant.pop("capabilities").items() if value is not None}
    assert capabilities == {"card_payments": RESTRICTED, "stripe_balance": {"payouts": RESTRICTED}}
    assert merchant == {
        "applied": True,
        "bacs_debit_payments": None,
        "branding": None,
        "card_payments": {"decline_on": {"avs_failure": False, "cvc_failure": False}},
        "konbini_payments": None,
        "mcc": None,
        "script_statement_descriptor": None,
        "sepa_debit_payments": None,
        "statement_descriptor": {"descriptor": None, "prefix": None},
        "support": {
            "address": {
                "city": None,
                "country": None,
                "line1": None,
                "line2": None,
                "postal_code": None,
                "state": None,
                "town": None,
            },
            "email": None,
            "phone": None,
            "url": None,
        },
    }
    assert body["identity"] == {
        "attestations": {
            "directorship_declaration": None,
            "ownership_declaration": None,
            "persons_provided": {
                "directors": False,
                "executives": False,
                "owners": False,
                "ownership_exemption_reason": None,
            },
            "representative_declaration": None,
            "terms_of_service": None,
        },
        "business_details": None,
        "country": "DE",
        "entity_type": "company",
        "individual": None,
    }
    assert body["future_requirements"] == {"entries": [], "minimum_transition_date": None, "summary": None}
    assert body["metadata"] == {"publisher": "1"}


def test_a_customer(api: Api) -> None:
    tax = {"capabilities": {"automatic_indirect_tax": {"requested": True}}}
    body = new_account(
        api,
        {
            "contact_email": "a@example.com",
            "display_name": "Furever",
            "identity": {"country": "us", "business_details": {"address": {"country": "us", "state": "NY"}}},
            "configuration": {"customer": tax},
            "include": ["configuration.customer", "defaults", "requirements"],
        },
    )
    assert body["configuration"]["customer"] == {
        "applied": True,
        "automatic_indirect_tax": {
            "exempt": "none",
            "ip_address": None,
            "location": {"country": "US", "state": "NY"},
            "location_source": "identity_address",
        },
        "billing": {
            "default_payment_method": None,
            "invoice": {
                "custom_fields": [],
                "footer": None,
                "next_sequence": 1,
                "prefix": body["configuration"]["customer"]["billing"]["invoice"]["prefix"],
                "rendering": None,
            },
        },
        "capabilities": {"automatic_indirect_tax": ACTIVE},
        "shipping": None,
        "test_clock": None,
    }
    assert body["defaults"] == {"currency": "usd", "locales": None, "profile": None, "responsibilities": None}
    assert body["requirements"] == {"entries": [], "summary": None}


@pytest.mark.parametrize(
    ("params", "count"),
    [
        (SELLER, 13),
        (
            {
                **SELLER,
                "identity": {"country": "us", "entity_type": "individual"},
                "defaults": {"responsibilities": PLATFORM, "profile": {"business_url": "https://furever.dev"}},
            },
            17,
        ),
        (
            {
                **SELLER,
                "dashboard": "full",
                "identity": {"country": "us", "entity_type": "individual"},
                "defaults": {"responsibilities": STRIPE},
            },
            20,
        ),
        (
            {
                **SELLER,
                "dashboard": "full",
                "identity": {"country": "us", "entity_type": "individual"},
                "configuration": {
                    "merchant": {
                        "mcc": "5734",
                        "statement_descriptor": {"descriptor": "FUREVER"},
                        "support": {"phone": "0000000000"},
                        **CARDS,
                    },
                    "recipient": TRANSFERS,
                },
                "defaults": {
                    "responsibilities": STRIPE,
                    "profile": {"business_url": "https://furever.dev", "product_description": "Dogs"},
                },
            },
            15,
        ),
        ({**RECIPIENT, "identity": {"country": "lt", "entity_type": "individual"}, "dashboard": "none"}, 12),
    ],
)
def test_the_number_of_requirements_is_the_observed_one(api: Api, params: Mapping[str, Any], count: int) -> None:
    listed = names(new_account(api, params, include=["requirements"]))
    assert len(listed) == count
    assert listed == sorted(listed)


def test_a_seller_is_onboarded_by_the_api_alone(api: Api) -> None:
    body = new_account(api, COMPLETE, include=EVERYTHING)
    assert names(body) == ["external_account", "defaults.profile.business_url"]
    assert [entry["awaiting_action_from"] for entry in body["requirements"]["entries"]] == ["user", "stripe"]
    assert body["identity"]["individual"] == {
        "id": body["identity"]["individual"]["id"],
        "object": "v2.core.account_person",
        "account": body["id"],
        "additional_addresses": [],
        "additional_names": [],
        "additional_terms_of_service": None,
        "address": {**PERSON["address"], "line2": None, "town": None},
        "created": STAMP,
        "date_of_birth": {"day": 1, "month": 1, "year": 1902},
        "documents": None,
        "email": "jenny@example.com",
        "given_name": "Jenny",
        "id_numbers": [{"type": "us_ssn"}],
        "legal_gender": None,
        "metadata": {},
        "nationalities": [],
        "phone": "0000000000",
        "political_exposure": None,
        "relationship": {
            "authorizer": None,
            "director": None,
            "executive": None,
            "legal_guardian": None,
            "owner": None,
            "percent_ownership": None,
            "representative": True,
            "title": None,
        },
        "script_addresses": None,
        "script_names": None,
        "surname": "Rosen",
        "updated": STAMP,
    }
    terms = body["identity"]["attestations"]["terms_of_service"]["account"]
    assert terms == {"date": "2025-01-01T00:00:00.000Z", "ip": "127.0.0.1", "user_agent": None}
    payouts = body["configuration"]["merchant"]["capabilities"]["stripe_balance"]["payouts"]
    assert (body["configuration"]["merchant"]["capabilities"]["card_payments"], payouts) == (ACTIVE, RESTRICTED)
    assert api.post(f"/v1/accounts/{body['id']}/external_accounts", {"external_account": BANK}).status == 200
    api.sandbox.clock.advance(60)
    after = shown(api, body["id"], "configuration.merchant", "requirements")
    assert after["requirements"] == {"entries": [], "summary": None}
    assert after["configuration"]["merchant"]["capabilities"]["stripe_balance"] == {"payouts": ACTIVE}
    v1 = api.get(f"/v1/accounts/{body['id']}").body
    assert [v1[name] for name in ("charges_enabled", "payouts_enabled", "business_type")] == [True, True, "individual"]
    assert (v1["individual"]["first_name"], v1["business_profile"]["url"]) == ("Jenny", "https://furever.dev")
    assert api.session(body["id"], {"payments": {"enabled": "true"}}).status == 200
