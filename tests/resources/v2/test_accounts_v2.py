"""Accounts v2: whole objects as observed, errors, and one account in both APIs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from emulator import catalog
from emulator.resources.connect import accounts
from emulator.resources.v2.params import NOT_EMULATED
from emulator.schema import spec

from ...api import NEWEST, Answer, Api

NOON = 1_893_499_200  # 2030-01-01 12:00:00
STAMP = "2030-01-01T12:00:00.000Z"
PLATFORM = {"fees_collector": "application", "losses_collector": "application"}
STRIPE = {"fees_collector": "stripe", "losses_collector": "stripe"}
CARDS: dict[str, Any] = {"capabilities": {"card_payments": {"requested": True}}}
TRANSFERS: dict[str, Any] = {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
RECIPIENT: dict[str, Any] = {
    "contact_email": "jenny@example.com",
    "dashboard": "express",
    "identity": {"country": "au", "entity_type": "individual"},
    "configuration": {"recipient": TRANSFERS},
    "defaults": {"responsibilities": PLATFORM},
}
SELLER: dict[str, Any] = {
    "contact_email": "jenny@example.com",
    "dashboard": "none",
    "identity": {"country": "us"},
    "configuration": {"merchant": CARDS, "recipient": TRANSFERS},
    "defaults": {"responsibilities": PLATFORM},
}
EVERYTHING = [
    "configuration.customer",
    "configuration.merchant",
    "configuration.recipient",
    "defaults",
    "future_requirements",
    "identity",
    "requirements",
]
PERSON: dict[str, Any] = {
    "given_name": "Jenny",
    "surname": "Rosen",
    "email": "jenny@example.com",
    "phone": "0000000000",
    "date_of_birth": {"day": 1, "month": 1, "year": 1902},
    "address": {
        "line1": "address_full_match",
        "city": "New York",
        "state": "NY",
        "postal_code": "10001",
        "country": "us",
    },
    "id_numbers": [{"type": "us_ssn", "value": "222222222"}],
}
COMPLETE: dict[str, Any] = {
    **SELLER,
    "configuration": {"merchant": {"mcc": "7299", "statement_descriptor": {"descriptor": "FUREVER"}, **CARDS}},
    "defaults": {"responsibilities": PLATFORM, "profile": {"business_url": "https://furever.dev"}},
    "identity": {
        "country": "US",
        "entity_type": "individual",
        "attestations": {"terms_of_service": {"account": {"date": "2025-01-01T00:00:00Z", "ip": "127.0.0.1"}}},
        "individual": PERSON,
    },
}
BANK = {
    "object": "bank_account",
    "country": "US",
    "currency": "usd",
    "routing_number": "110000000",
    "account_number": "000123456789",
}


@pytest.fixture
def api(api: Api) -> Api:
    """An emulator with a frozen clock."""
    clock = sandbox(api).clock
    clock.freeze()
    clock.set(NOON)
    return api


def sandbox(api: Api) -> Any:
    api.get("/v1/account")
    (found,) = api.emulator.sandboxes._sandboxes.values()
    return found


def new_account(api: Api, params: Mapping[str, Any], **more: Any) -> Any:
    return api.v2("POST", "/core/accounts", {**params, **more}).result


def shown(api: Api, identifier: str, *include: str) -> Any:
    query = "&".join(f"include[{place}]={name}" for place, name in enumerate(include))
    return api.v2("GET", f"/core/accounts/{identifier}?{query}").body


def updated(api: Api, identifier: str, **params: Any) -> Answer:
    return api.v2("POST", f"/core/accounts/{identifier}", params)


def names(account: Any) -> list[str]:
    return [entry["description"] for entry in account["requirements"]["entries"]]


def refusal(response: Answer) -> tuple[int, str, str]:
    assert set(response.body) == {"error"}
    error = response.body["error"]
    assert error.get("user_message", error["message"]) == error["message"]
    return response.status, error["code"], error["message"]


# --- objects ----------------------------------------------------------------------------------------------------------


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
    owner_sandbox = sandbox(api)  # the page of the link is opened over HTTP elsewhere; here its owner completes it
    accounts.onboard(owner_sandbox, owner_sandbox.accounts.get(body["id"]))
    after = shown(api, body["id"], *include)
    assert after["requirements"] == {"entries": [], "summary": None}
    assert after["configuration"]["recipient"]["capabilities"] == {
        "stripe_balance": {"payouts": ACTIVE, "stripe_transfers": ACTIVE}
    }
    v1 = api.get(f"/v1/accounts/{body['id']}").body
    assert [v1[name] for name in ("charges_enabled", "payouts_enabled", "details_submitted")] == [False, True, True]
    assert v1["external_accounts"]["total_count"] == 1
    assert link["url"].split("/")[3:6] == ["setup", "e", body["id"]]


def linked(account: str, *configurations: str, **more: Any) -> dict[str, Any]:
    wanted = {"configurations": list(configurations), "refresh_url": "https://example.com/again", **more}
    return {"account": account, "use_case": {"type": "account_onboarding", "account_onboarding": wanted}}


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
    sandbox(api).clock.advance(60)
    after = shown(api, body["id"], "configuration.merchant", "requirements")
    assert after["requirements"] == {"entries": [], "summary": None}
    assert after["configuration"]["merchant"]["capabilities"]["stripe_balance"] == {"payouts": ACTIVE}
    v1 = api.get(f"/v1/accounts/{body['id']}").body
    assert [v1[name] for name in ("charges_enabled", "payouts_enabled", "business_type")] == [True, True, "individual"]
    assert (v1["individual"]["first_name"], v1["business_profile"]["url"]) == ("Jenny", "https://furever.dev")
    assert api.session(body["id"], {"payments": {"enabled": "true"}}).status == 200


# --- what is sent is shown -----------------------------------------------------------------------------------------


SAMPLES: Mapping[str, Any] = {
    "business_url": "https://example.com",
    "contact_email": "other@example.com",
    "contact_phone": "0000000000",
    "country": "US",
    "currency": "usd",
    "date": "2025-01-01T00:00:00.000Z",
    "day": 1,
    "descriptor": "FUREVER",
    "email": "other@example.com",
    "files": ["file_identity_document_success"],
    "front": "file_identity_document_success",
    "back": "file_identity_document_success",
    "ip": "127.0.0.1",
    "mcc": "7299",
    "month": 2,
    "percent_ownership": "25.5",
    "phone": "0000000000",
    "postal_code": "10001",
    "prefix": "FUR",
    "primary_color": "#5469d4",
    "secondary_color": "#fff",
    "fiscal_year_end": "2023-12-31",
    "start_time": "09:00",
    "end_time": "17:30",
    "state": "NY",
    "nationalities": ["us"],
    "url": "https://example.com",
    "year": 1990,
}
# Parameters with rules of their own, or that are never shown.
APART = {"include", "applied", "capabilities", "dashboard", "account_token", "person_token", "storer", "crypto_storer"}


TOGETHER = {"account", "front_back", "kana", "kanji", "shipping"}


def sample(name: str, kind: spec.Type) -> Any:
    if name in SAMPLES:
        return SAMPLES[name]
    if isinstance(kind, spec.Object):
        whole = {inner: sample(inner, param.type) for inner, param in kind.params.items()}
        return {**whole, "country": "JP"} if name in ("kana", "kanji") and "country" in whole else whole
    if isinstance(kind, spec.Array):
        return [numbered(kind.item) if name == "id_numbers" else sample(name, kind.item)]
    if isinstance(kind, spec.Map):
        return {"a": "b"}
    if isinstance(kind, spec.Enum):
        return kind.values[0]
    return True if isinstance(kind, spec.Boolean) else 7 if isinstance(kind, spec.Integer) else "text"


def numbered(kind: spec.Type) -> Any:
    """An id number of the US."""
    types = kind.params["type"].type if isinstance(kind, spec.Object) else kind
    return {"type": "us_ein" if "us_ein" in getattr(types, "values", ()) else "us_ssn", "value": "000000000"}


def leaves(kind: spec.Object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every parameter that can be sent alone. Parameters that require each other are sent together."""
    for name, param in kind.params.items():
        place = (*path, name)
        if name in APART or place in NOT_EMULATED:
            continue
        inner = param.type
        if isinstance(inner, spec.Gap):  # 501 by name
            continue
        alone = isinstance(inner, spec.Object) and not inner.required and name not in TOGETHER
        if isinstance(inner, spec.Object) and alone:
            yield from leaves(inner, place)
        else:
            yield place, sample(name, inner)


def at(tree: Any, path: Sequence[str]) -> Any:
    for name in path:
        tree = tree[name]
    return tree


def as_shown(value: Any) -> Any:
    """A sent value as it is shown: without id numbers, and with other names of files."""
    if isinstance(value, dict):
        return {name: as_shown(inner) for name, inner in value.items() if name not in ("back", "front", "value")}
    return [as_shown(each) for each in value] if isinstance(value, list) else value


def covers(found: Any, sent: Any) -> bool:
    if isinstance(sent, dict):
        return all(covers(found.get(name), value) for name, value in sent.items())
    if isinstance(sent, list) and sent and isinstance(sent[0], dict):
        return len(found) == len(sent) and all(map(covers, found, sent))
    return bool(found == sent)


def merged(tree: dict[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(tree))
    inner = copy
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
    inner[path[-1]] = value
    return copy


MONEY = {"annual_revenue", "monthly_estimated_revenue"}  # their `value` is an amount, no secret


def test_every_parameter_of_an_account_is_shown_as_it_was_sent(api: Api) -> None:
    base = {**SELLER, "configuration": {"customer": {}, "merchant": {}, "recipient": {}}}
    operation = catalog.operation("PostV2CoreAccountsId")
    tried = 0
    for path, value in leaves(operation.params):
        kind = "individual" if path[:2] == ("identity", "individual") else "company"
        identifier = new_account(api, merged(base, ("identity", "entity_type"), kind))["id"]
        response = updated(api, identifier, **merged({"include": EVERYTHING}, path, value))
        assert response.status == 200, (path, response.body)
        wanted = value if MONEY & set(path) else as_shown(value)
        assert covers(at(response.body, path), wanted), (path, value, at(response.body, path))
        tried += 1
    assert tried > 120


def test_every_parameter_of_a_person_is_shown_as_it_was_sent(api: Api) -> None:
    company = merged(SELLER, ("identity", "entity_type"), "company")
    for path, value in leaves(catalog.operation("PostV2CoreAccountsAccountIdPersons").params):
        identifier = new_account(api, company)["id"]
        sent = merged({}, path, value)
        if path in (("relationship", "legal_guardian"), ("additional_terms_of_service", "account")):
            api.v2("POST", f"/core/accounts/{identifier}/persons", {"relationship": {"representative": True}})
            sent = {"relationship": {"legal_guardian": True}, **sent}
        response = api.v2("POST", f"/core/accounts/{identifier}/persons", sent)
        assert response.status == 200, (path, response.body)
        assert covers(at(response.body, path), as_shown(value)), (path, value, at(response.body, path))


# --- refusals ---------------------------------------------------------------------------------------------------------


def date(year: int, month: int, day: int) -> dict[str, int]:
    return {"year": year, "month": month, "day": day}


UNSUPPORTED = (
    "account_controller_unsupported_configuration",
    (
        "This account configuration is not supported. Please reference "
        "https://docs.stripe.com/connect/design-an-integration."
    ),
)
IMMUTABLE = "immutable_identity_param"


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (
            {"identity": {}},
            "identity_country_required",
            "The `identity.country` value is required but not provided.",
        ),
        (
            {"contact_email": None},
            "invalid_fields",
            (
                "Some fields in the request were invalid: 'configuration.recipient: If configuration.recipient is supplied, the "
                "Account must have a contact email.'"
            ),
        ),
        (
            {"defaults": None},
            "configuration_creation_invalid",
            "`defaults.responsibilities` is required for the configurations of this account.",
        ),
        ({"dashboard": "express", "defaults": {"responsibilities": STRIPE}}, *UNSUPPORTED),
        ({"dashboard": "full"}, *UNSUPPORTED),
        (
            {
                "dashboard": "express",
                "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "stripe"}},
            },
            *UNSUPPORTED,
        ),
        (
            {
                "configuration": {"recipient": {}},
                "dashboard": "full",
                "defaults": {"responsibilities": STRIPE},
            },
            *UNSUPPORTED,
        ),
        (
            {
                "configuration": {"recipient": {}},
                "dashboard": "express",
                "defaults": {"responsibilities": STRIPE},
            },
            "account_controller_unsupported_configuration",
            "Losses collector can only be 'application' for the set of configurations this account has.",
        ),
        (
            {"defaults": {"responsibilities": {"fees_collector": "stripe", "losses_collector": "application"}}},
            "account_controller_stripe_pricing_platform_liable",
            "If `losses_collector` is `application`, `fees_collector` must also be `application`.",
        ),
        (
            {"configuration": {"customer": {}}},
            "unsupported_field_for_configs",
            "Cannot set responsibilities on the current configurations.",
        ),
        (
            {"identity": {"country": "jm"}},
            "capability_not_available_in_country",
            "stripe_transfers is not available in country JM",
        ),
        (
            {"identity": {"country": "jm"}, "configuration": {"merchant": {}}},
            "cross_border_connected_account_creation_not_allowed",
            "Cross-border connected account creation is not allowed for this platform/account country combination.",
        ),
        (
            {
                "identity": {"country": "in"},
                "configuration": {"merchant": {"capabilities": {"card_payments": {"requested": True}}}},
            },
            "capability_not_available_in_country",
            "The card_payments capability is not supported for this account type and this account's country (IN).",
        ),
        (
            {"identity": {"country": "in"}, "configuration": {"merchant": {}}},
            "cross_border_connected_account_creation_not_allowed",
            "Cross-border connected account creation is not allowed for this platform/account country combination.",
        ),
        ({"identity": {"country": "kp"}}, "country_unsupported", "KP is not currently supported by Stripe."),
        (
            {
                "dashboard": "express",
                "identity": {
                    "country": "us",
                    "attestations": {"terms_of_service": {"account": {"date": STAMP, "ip": "::1"}}},
                },
            },
            "tos_acceptance_on_behalf_not_allowed",
            "You cannot accept the Terms of Service on behalf of accounts where requirement collection is owned by Stripe",
        ),
        (
            {"defaults": {"responsibilities": PLATFORM, "profile": {"business_url": "http://localhost"}}},
            "url_invalid",
            "Invalid URL: defaults.profile.business_url.",
        ),
        ({"contact_email": "jenny"}, "email_invalid", "Invalid email address: contact_email."),
        (
            {"identity": {"country": "us", "individual": {"email": "jenny"}}},
            "email_invalid",
            "Invalid email address: identity.individual.email.",
        ),
        (
            {"identity": {"country": "us", "individual": {"date_of_birth": {"day": 31, "month": 2, "year": 1990}}}},
            "date_of_birth_invalid",
            "Date of birth is an invalid date or a future date.",
        ),
        (
            {"identity": {"country": "us", "individual": {"date_of_birth": {"day": 2, "month": 1, "year": 2030}}}},
            "date_of_birth_invalid",
            "Date of birth is an invalid date or a future date.",
        ),
        (
            {"identity": {"country": "us", "individual": {"id_numbers": [{"type": "us_ssn", "value": "1"}]}}},
            "id_number_invalid",
            "Provided ID number is of the wrong format for the given type.",
        ),
        (
            {
                "identity": {
                    "country": "us",
                    "individual": {
                        "documents": {
                            "primary_verification": {"type": "front_back", "front_back": {"front": "file_123"}}
                        }
                    },
                }
            },
            "document_invalid",
            "Provided file tokens for documents are invalid, not found, deleted, or belong to a different account.",
        ),
        (
            {
                "identity": {
                    "country": "us",
                    "attestations": {"terms_of_service": {"account": {"date": STAMP, "ip": "home"}}},
                }
            },
            "ip_address_invalid",
            "Invalid IP address is provided.",
        ),
        (
            {
                "identity": {
                    "country": "us",
                    "attestations": {"terms_of_service": {"account": {"date": "today", "ip": "::1"}}},
                }
            },
            "invalid_fields",
            (
                "Some fields in the request were invalid: 'identity.attestations.terms_of_service.account.date: Expected a "
                "date and time such as 2025-06-09T21:16:03.000Z.'"
            ),
        ),
        *(
            (merged(SELLER, path.split("."), value), code, message)
            for path, value, code, message in (
                ("contact_phone", "abc", "phone_invalid", "Phone number is invalid."),
                ("configuration.merchant.support.phone", "123", "phone_invalid", "Phone number is invalid."),
                (
                    "configuration.merchant.support.phone",
                    "+4930123456",
                    "phone_invalid",
                    "Phone number is invalid.",
                ),
                (
                    "configuration.merchant.konbini_payments.support.phone",
                    "none",
                    "invalid_konbini_payments_support_phone_number",
                    "Konbini Payments Support Phone Number is Invalid.",
                ),
                (
                    "configuration.merchant.konbini_payments.support.hours.start_time",
                    "24:00",
                    "invalid_konbini_payments_support_hours",
                    "Konbini Payments Support Hours is Invalid.",
                ),
                (
                    "configuration.merchant.branding.primary_color",
                    "red",
                    "invalid_fields",
                    (
                        "Some fields in the request were invalid: 'configuration.merchant.branding.primary_color: Expected a "
                        "color in hexadecimal such as #5469d4.'"
                    ),
                ),
                (
                    "configuration.merchant.statement_descriptor.prefix",
                    "FUREVER SHOP",
                    "statement_descriptor_invalid",
                    "Statement descriptor is invalid.",
                ),
                (
                    "configuration.customer.billing.invoice.prefix",
                    "fur",
                    "invalid_fields",
                    (
                        "Some fields in the request were invalid: 'configuration.customer.billing.invoice.prefix: Expected 3 to "
                        "12 uppercase letters or numbers.'"
                    ),
                ),
                (
                    "configuration.customer.billing.invoice.custom_fields",
                    [{"name": str(number), "value": "a"} for number in range(5)],
                    "invalid_fields",
                    (
                        "Some fields in the request were invalid: 'configuration.customer.billing.invoice.custom_fields: At most "
                        "4 values are allowed.'"
                    ),
                ),
                (
                    "configuration.customer.billing.invoice.custom_fields",
                    [{"name": "a" * 41, "value": "a"}],
                    "invalid_fields",
                    (
                        "Some fields in the request were invalid: "
                        "'configuration.customer.billing.invoice.custom_fields[0].name: Expected at most 40 characters.'"
                    ),
                ),
                (
                    "configuration.customer.shipping.name",
                    "Jenny",
                    "shipping_address_required",
                    "Shipping address is required within the shipping hash.",
                ),
                (
                    "configuration.customer.shipping.address.country",
                    "us",
                    "shipping_name_required",
                    "Shipping name is required within the shipping hash.",
                ),
            )
        ),
        *(
            ({"identity": {"country": "us", **identity}}, code, message)
            for identity, code, message in (
                (
                    {"entity_type": "company", "business_details": {"registration_date": date(2030, 1, 2)}},
                    "registration_date_invalid",
                    "Registration date must be in the past.",
                ),
                (
                    {"entity_type": "company", "business_details": {"registration_date": date(10**15, 1, 2)}},
                    "registration_date_invalid",
                    "Registration date must be in the past.",
                ),
                (
                    {"entity_type": "individual", "individual": {"date_of_birth": date(2017, 1, 2)}},
                    "date_of_birth_age_restriction",
                    "Representative date of birth does not meet the age limit.",
                ),
                (
                    {"business_details": {"id_numbers": [{"type": "gb_crn", "value": "1"}]}},
                    "incorrect_id_number_for_country",
                    "Incorrect ID number is provided for a country.",
                ),
                (
                    {"individual": {"id_numbers": [{"type": "gb_nino", "value": "1"}]}},
                    "incorrect_id_number_for_country",
                    "Incorrect ID number is provided for a country.",
                ),
                (
                    {"business_details": {"id_numbers": [{"type": "us_ein", "value": "000000000", "registrar": "x"}]}},
                    "invalid_id_number_registrar",
                    "The `identity.business_details.id_numbers.registrar` value is an invalid DE registrar.",
                ),
                (
                    {"individual": {"address": {"country": "gb"}}},
                    "address_country_identity_country_mismatch",
                    "Address country doesn't match identity country.",
                ),
                (
                    {"business_details": {"address": {"country": "us", "state": "Bavaria"}}},
                    "address_state_invalid",
                    "Address state is invalid.",
                ),
                (
                    {"business_details": {"address": {"country": "us", "postal_code": "SW1A 1AA"}}},
                    "address_postal_code_invalid",
                    "Address postal code is invalid.",
                ),
                (
                    {"business_details": {"script_addresses": {"kana": {"country": "us"}}}},
                    "non_jp_kana_kanji_address",
                    "Kana Kanji script addresses must have JP country.",
                ),
                (
                    {"country": "jp", "individual": {"address": {"country": "jp", "city": "x"}}},
                    "postal_code_required_for_jp_address",
                    "Postal code is required for Japanese addresses.",
                ),
                (
                    {"country": "de", "entity_type": "government_entity"},
                    "entity_type_not_supported_in_country",
                    "The `identity.entity_type` value is not supported in a given `identity.country`.",
                ),
                (
                    {"country": "ae", "entity_type": "individual"},
                    "entity_type_not_supported_in_country",
                    "The `identity.entity_type` value is not supported in a given `identity.country`.",
                ),
                (
                    {"attestations": {"directorship_declaration": {"date": STAMP, "ip": "::1"}}},
                    "directorship_declaration_not_allowed_during_account_creation",
                    "Directorship declaration is not allowed during account creation.",
                ),
                (
                    {"attestations": {"ownership_declaration": {"date": STAMP, "ip": "::1"}}},
                    "ownership_declaration_not_allowed_during_account_creation",
                    "Ownership declaration is not allowed during account creation.",
                ),
                (
                    {"business_details": {"annual_revenue": {"amount": {"currency": "usd", "value": -1}}}},
                    "invalid_fields",
                    (
                        "Some fields in the request were invalid: 'identity.business_details.annual_revenue.amount.value: "
                        "Expected a number that is not negative.'"
                    ),
                ),
                (
                    {"individual": {"nationalities": ["us", "zz"]}},
                    "invalid_fields",
                    None,
                ),
            )
        ),
        (
            {"defaults": {"currency": "bgn", "responsibilities": PLATFORM}},
            "bgn_bank_accounts_unsupported",
            (
                "Creating accounts with the BGN currency is no longer supported, as Bulgaria is now using the Euro as of "
                "2026-01-01."
            ),
        ),
        (
            {"configuration": {"merchant": {"mcc": "12"}}},
            "mcc_invalid",
            "MCC is invalid for `configuration.merchant.mcc`.",
        ),
        (
            {"configuration": {"merchant": {"statement_descriptor": {"descriptor": "1234567"}}}},
            "statement_descriptor_invalid",
            "Statement descriptor is invalid.",
        ),
        (
            {"dashboard": "half"},
            "invalid_fields",
            (
                "Some fields in the request were invalid: 'dashboard: Unrecognized enum value 'half', valid values are: "
                "express, full, none.'"
            ),
        ),
        (
            {"display_name": 5},
            "invalid_fields",
            "Some fields in the request were invalid: 'display_name: Expected a string.'",
        ),
        (
            {"peer_email": "x"},
            "invalid_fields",
            "Some fields in the request were invalid: 'peer_email: Unknown field.'",
        ),
        (
            {"identity": {"country": "us", "individual": {"name": "x", "dob": "y"}}},
            "invalid_fields",
            (
                "Some fields in the request were invalid: 'identity.individual.name: Unknown field.', "
                "'identity.individual.dob: Unknown field.'"
            ),
        ),
        (
            {"include": ["identity", "persons"]},
            "invalid_fields",
            (
                "Some fields in the request were invalid: 'include[1]: Unrecognized enum value 'persons', valid values are: "
                "configuration.customer, configuration.merchant, configuration.recipient, defaults, future_requirements, "
                "identity, requirements.'"
            ),
        ),
    ],
)
def test_invalid_accounts_are_refused(api: Api, more: Mapping[str, Any], code: str, message: str | None) -> None:
    response = api.v2("POST", "/core/accounts", {**SELLER, **more})
    status, found, words = refusal(response)
    assert (status, found) == (400, code)
    assert words == (message or words)
    assert len(sandbox(api).accounts) == 0


def test_values_next_to_the_refused_ones_are_accepted() -> None:
    """The nearest valid values are accepted, so that no rule is too strict."""
    api = Api()
    sandbox(api).clock.freeze()
    sandbox(api).clock.set(NOON)
    for path, value in (
        ("contact_phone", "+49 (0)30 - 123.45.6"),
        ("configuration.merchant.support.phone", "12345"),
        ("configuration.merchant.konbini_payments.support.hours.start_time", "23:59"),
        ("configuration.merchant.branding.primary_color", "#ABC"),
        ("configuration.merchant.statement_descriptor.prefix", "FUREVER-CO"),
        ("configuration.customer.billing.invoice.prefix", "FUR"),
        ("configuration.customer.shipping", {"name": "Jenny", "address": {"city": "x"}}),
        ("identity.business_details.registration_date", date(2030, 1, 1)),
        ("identity.individual.date_of_birth", date(2017, 1, 1)),
        ("identity.individual.address", {"country": "US", "state": "california", "postal_code": "94107-1234"}),
        ("identity.business_details.address", {"country": "us", "state": "PR", "postal_code": "00901"}),
        ("identity.individual.nationalities", ["de", "FR"]),
        ("identity.individual.metadata", {"country": "Narnia"}),
        ("identity.entity_type", "government_entity"),
        ("identity.attestations.representative_declaration", {"date": STAMP, "ip": "::1"}),
    ):
        assert new_account(api, merged(SELLER, path.split("."), value))["id"], path


def test_an_empty_value_removes_a_custom_field_of_invoices(api: Api) -> None:
    include = ["configuration.customer"]

    def invoiced(*fields: tuple[str, str]) -> Any:
        return {"customer": {"billing": {"invoice": {"custom_fields": [{"name": n, "value": v} for n, v in fields]}}}}

    identifier = new_account(api, {"configuration": invoiced(("PO", "1"), ("VAT", "2"))})["id"]
    response = updated(api, identifier, configuration=invoiced(("PO", ""), ("VAT", "2")), include=include)
    invoice = response.body["configuration"]["customer"]["billing"]["invoice"]
    assert invoice["custom_fields"] == [{"name": "VAT", "value": "2"}]
    refused = updated(api, identifier, identity={"business_details": {"id_numbers": [{"type": "us_ein", "value": ""}]}})
    said = "'identity.business_details.id_numbers[0].value: Cannot be empty or null.'"
    assert refusal(refused) == (400, "invalid_fields", f"Some fields in the request were invalid: {said}")


def test_only_german_numbers_have_a_registrar(api: Api) -> None:
    number = {"type": "de_hrn", "value": "HRB 1", "registrar": "Amtsgericht"}
    identity = {"country": "de", "entity_type": "company", "business_details": {"id_numbers": [number]}}
    shown = new_account(api, {**SELLER, "identity": identity}, include=["identity"])["identity"]["business_details"]
    assert shown["id_numbers"] == [{"type": "de_hrn", "registrar": "Amtsgericht"}]


CUSTOMER = "Cannot set identity fields when the Account is only configured as a customer."


@pytest.mark.parametrize("configuration", [{"customer": {}}, {}], ids=["a customer", "nothing"])
def test_an_account_that_is_only_a_customer_has_the_identity_of_customers(api: Api, configuration: Any) -> None:
    base = {"configuration": configuration, "contact_email": "jenny@example.com"}
    refused: list[dict[str, Any]] = [
        {"individual": {"email": "jenny@example.com"}},
        {"individual": {"date_of_birth": date(1990, 1, 1)}},
        {"business_details": {"structure": "public_corporation"}},
        {"attestations": {"persons_provided": {"owners": True}}},
    ]
    for identity in refused:
        response = api.v2("POST", "/core/accounts", {**base, "identity": {"country": "us", **identity}})
        assert refusal(response) == (400, "unsupported_identity_field_for_configs", CUSTOMER)
    person = {"given_name": "Jenny", "surname": "Rosen", "phone": "0000000000", "address": {"country": "us"}}
    identity = {"country": "us", "entity_type": "individual", "individual": {**person, "email": None}}
    assert new_account(api, {**base, "identity": identity})["id"]


def test_additional_fields_of_errors(api: Api) -> None:
    """Additional fields of these errors (official)."""
    young = merged(SELLER, ("identity", "individual"), {"date_of_birth": date(2020, 1, 1)})
    assert api.v2("POST", "/core/accounts", young).body["error"]["age_limit"] == "13"
    company = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))["id"]
    persons = f"/core/accounts/{company}/persons"
    jenny = {"given_name": "Jenny", "surname": "Rosen", "date_of_birth": date(1990, 1, 1)}
    first = api.v2("POST", persons, jenny).body["id"]
    twin = {**jenny, "given_name": "JENNY"}
    message = "Duplicate person is added to an account."
    assert api.v2("POST", persons, twin).body["error"] == {
        "code": "duplicate_person_not_allowed",
        "message": message,
        "duplicate_person_id": first,
        "user_message": message,
    }
    second = api.v2("POST", persons, {**jenny, "surname": "Doe"}).body["id"]
    assert refusal(api.v2("POST", f"{persons}/{second}", {"surname": "Rosen"}))[1] == "duplicate_person_not_allowed"
    assert api.v2("POST", f"{persons}/{first}", jenny).status == 200
    assert api.v2("POST", persons, {"given_name": "Jenny", "surname": "Rosen"}).status == 200


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (
            {
                "address": {"country": "gb"},
                "additional_addresses": [{"country": "us", "purpose": "registered"}],
            },
            "address_country_mismatch",
        ),
        (
            {
                "address": {"country": "us"},
                "script_addresses": {"kana": {"country": "jp", "postal_code": "1500001"}},
            },
            "address_country_mismatch",
        ),
        ({"phone": "x"}, "phone_invalid"),
        ({"id_numbers": [{"type": "de_stn", "value": "1"}]}, "incorrect_id_number_for_country"),
        ({"date_of_birth": date(2017, 1, 2)}, "date_of_birth_age_restriction"),
        ({"date_of_birth": date(1799, 1, 1)}, "invalid_fields"),
        (
            {"additional_terms_of_service": {"account": {"date": STAMP, "ip": "::1"}}},
            "additional_tos_only_allowed_for_legal_guardian",
        ),
        ({"address": {"country": "us", "state": "XX"}}, "address_state_invalid"),
        ({"address": {"country": "us", "postal_code": "1"}}, "address_postal_code_invalid"),
        ({"address": {"country": "jp"}}, "postal_code_required_for_jp_address"),
        ({"address": {"country": "gb"}}, None),
        ({"date_of_birth": date(2017, 1, 1)}, None),
    ],
)
def test_invalid_persons_are_refused(api: Api, sent: Any, code: str | None) -> None:
    company = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))["id"]
    response = api.v2("POST", f"/core/accounts/{company}/persons", sent)
    assert (response.status, response.body.get("error", {}).get("code")) == (400 if code else 200, code)
    assert len(sandbox(api).accounts.get(company).persons) == (0 if code else 1)


# The collectors of fees and losses, and the outcome: `a` and `s` are who collects the requirements, `u` is not
# supported, `l` losses that must be the platform's, `f` fees that must be, too, `c` no responsibilities.
COLLECTED = [(fees, losses) for fees in ("stripe", "application") for losses in ("stripe", "application")]
COMBINATIONS: Mapping[tuple[str, str | None], str] = {
    ("merchant", "full"): "sfsu",
    ("merchant", "express"): "ufus",
    ("merchant", "none"): "sfsa",
    ("merchant", None): "sfsa",
    ("merchant recipient", "full"): "sfsu",
    ("merchant recipient", "express"): "ufus",
    ("merchant recipient", "none"): "sfsa",
    ("recipient", "full"): "ufuu",
    ("recipient", "express"): "lfls",
    ("recipient", "none"): "lfla",
    ("recipient", None): "lfla",
    ("customer", "none"): "cccc",
    ("", None): "cccc",
}
OUTCOMES = {
    "application": "a",
    "stripe": "s",
    "This account configuration is not supported. Please reference "
    "https://docs.stripe.com/connect/design-an-integration.": "u",
    "Losses collector can only be 'application' for the set of configurations this account has.": "l",
    "If `losses_collector` is `application`, `fees_collector` must also be `application`.": "f",
    "Cannot set responsibilities on the current configurations.": "c",
}


@pytest.mark.parametrize(("configurations", "dashboard"), COMBINATIONS)
def test_every_combination_of_responsibilities(api: Api, configurations: str, dashboard: str | None) -> None:
    found = ""
    for fees, losses in COLLECTED:
        params = {
            **SELLER,
            "dashboard": dashboard,
            "configuration": {name: {} for name in configurations.split()},
            "defaults": {"responsibilities": {"fees_collector": fees, "losses_collector": losses}},
            "include": ["defaults"],
        }
        body = api.v2("POST", "/core/accounts", params).body
        who = body["error"]["message"] if "error" in body else body["defaults"]["responsibilities"]
        found += OUTCOMES[who if isinstance(who, str) else who["requirements_collector"]]
    assert found == COMBINATIONS[configurations, dashboard]


def test_errors_of_responsibilities_name_them(api: Api) -> None:
    error = api.v2("POST", "/core/accounts", {**SELLER, "dashboard": "full"}).body["error"]
    assert error["invalid_permutation"] == {"dashboard": "full", **PLATFORM}
    assert error["doc_url"] == "https://docs.stripe.com/connect/design-an-integration"


def test_express_with_losses_collected_by_stripe_is_a_preview(api: Api) -> None:
    params = {
        **SELLER,
        "dashboard": "express",
        "defaults": {"responsibilities": STRIPE},
        "configuration": {"merchant": CARDS},
    }
    response = api.v2("POST", "/core/accounts", params, stripe_version="2026-10-28.preview")
    assert response.status == 200
    account = api.get(f"/v1/accounts/{response.body['id']}").body
    assert account["controller"] == {
        "fees": {"payer": "account"},
        "is_controller": True,
        "losses": {"payments": "stripe"},
        "requirement_collection": "stripe",
        "stripe_dashboard": {"type": "express"},
        "type": "application",
    }


def test_ids_of_other_objects_are_refused(api: Api) -> None:
    old = api.account(type="express", country="US")
    own = api.get("/v1/account").body["id"]
    v1 = (400, "v1_account_instead_of_v2_account", "V1 Account ID cannot be used in V2 Account APIs.")
    for path in (f"/core/accounts/{old}", f"/core/accounts/{old}/persons", f"/core/accounts/{own}"):
        assert refusal(api.v2("GET", path)) == v1
    assert refusal(api.v2("GET", "/core/accounts/cus_123")) == (
        400,
        "v1_customer_instead_of_v2_account",
        "V1 Customer ID cannot be used in V2 Account APIs.",
    )
    assert refusal(api.v2("GET", "/core/accounts/acct_123")) == (404, "not_found", "No such account: 'acct_123'")
    new = new_account(api, SELLER)["id"]
    assert refusal(api.v2("GET", f"/core/accounts/{new}/persons/person_1")) == (
        404,
        "not_found",
        "No such person: 'person_1'",
    )
    response = api.v2("GET", f"/core/accounts/{new}", stripe_account=new)
    assert (response.status, response.body["error"]["code"]) == (403, "forbidden")


@pytest.mark.parametrize("path", sorted(".".join(path) for path in NOT_EMULATED))
def test_parameters_that_are_not_emulated_are_refused_by_name(api: Api, path: str) -> None:
    value = "auto" if path.endswith("validate_location") else "text"
    account = new_account(api, {"configuration": {"customer": {}}})["id"]
    response = updated(api, account, **merged({}, path.split("."), value))
    assert (response.status, response.body["error"]["code"]) == (501, "emulator_not_emulated")


# --- changes ----------------------------------------------------------------------------------------------------------


def test_null_clears_and_nothing_else_changes(api: Api) -> None:
    body = new_account(api, COMPLETE, display_name="Furever", metadata={"a": "1", "b": "2"}, include=["defaults"])
    response = updated(api, body["id"], display_name=None, metadata={"a": None, "c": "3"}, include=["defaults"])
    assert response.body == {**body, "display_name": None, "metadata": {"b": "2", "c": "3"}}
    cleared = updated(api, body["id"], defaults={"profile": None}, include=["defaults"]).body
    assert cleared["defaults"] == {**body["defaults"], "profile": None}


def test_a_configuration_is_applied_removed_and_restored(api: Api) -> None:
    identifier = new_account(api, {**SELLER, "configuration": {"merchant": CARDS}})["id"]
    response = updated(api, identifier, configuration={"recipient": TRANSFERS}, include=["configuration.recipient"])
    assert response.body["applied_configurations"] == ["recipient", "merchant"]
    away = updated(
        api,
        identifier,
        configuration={"merchant": {"applied": False}},
        include=["configuration.merchant", "configuration.recipient"],
    ).body
    assert away["applied_configurations"] == ["recipient"]
    assert (away["configuration"]["merchant"]["applied"], away["configuration"]["merchant"]["capabilities"]) == (
        False,
        None,
    )
    assert api.get(f"/v1/accounts/{identifier}").body["capabilities"] == {"transfers": "inactive"}
    assert refusal(updated(api, identifier, configuration={"merchant": {"mcc": "7299"}})) == (
        400,
        "configuration_cannot_be_updated_while_deactivated",
        "Configuration cannot be updated while deactivated.",
    )
    again = updated(api, identifier, configuration={"merchant": {"applied": True, "mcc": "7299", **CARDS}})
    assert again.body["applied_configurations"] == ["recipient", "merchant"]


def test_immutable_fields(api: Api) -> None:
    identifier = new_account(api, COMPLETE)["id"]

    def refused(**params: Any) -> str:
        status, code, message = refusal(updated(api, identifier, **params))
        assert status == 400
        return f"{code}: {message}"

    state = "cannot be changed in the current state of the account."
    assert refused(identity={"country": "de"}) == f"{IMMUTABLE}: `identity.country` {state}"
    assert refused(identity={"entity_type": "company"}) == f"{IMMUTABLE}: `identity.entity_type` {state}"
    assert refused(identity={"entity_type": None}) == f"{IMMUTABLE}: `identity.entity_type` {state}"
    assert refused(identity=None) == f"{IMMUTABLE}: `identity.entity_type` {state}"
    assert refused(defaults={"currency": "eur"}) == (
        "default_currency_immutable: Cannot change `defaults.currency` post account activation."
    )
    assert updated(api, identifier, identity={"country": "us", "entity_type": "individual"}).status == 200
    express = new_account(api, RECIPIENT)["id"]
    assert updated(api, express, identity={"individual": {"given_name": "Jenny"}}).status == 200
    assert api.session(express, {"account_onboarding": {"enabled": "true"}}).status == 200
    locked = updated(api, express, identity={"individual": {"given_name": "Jane"}})
    assert refusal(locked) == (
        400,
        IMMUTABLE,
        "Identity cannot be changed by the platform once Stripe has begun to collect it.",
    )
    assert refusal(updated(api, express, identity=None)) == refusal(locked)
    assert updated(api, express, metadata={"a": "b"}, display_name="Jenny").status == 200


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"business_profile": {"support_phone": "+4930123456"}}, '"+4930123456" is not a valid phone number'),
        ({"company": {"phone": "abc"}}, '"abc" is not a valid phone number'),
        ({"individual": {"phone": "abc"}}, '"abc" is not a valid phone number'),
    ],
)
def test_v1_checks_parameters_of_accounts_created_by_v2(api: Api, sent: Any, message: str) -> None:
    response = api.post(f"/v1/accounts/{new_account(api, SELLER)['id']}", sent)
    assert (response.status, response.error["message"]) == (400, message)


def test_both_apis_change_one_account(api: Api) -> None:
    identifier = new_account(api, COMPLETE)["id"]
    sent = {
        "business_profile": {"url": "https://example.com"},
        "individual": {"last_name": "Doe"},
        "metadata": {"a": "b"},
    }
    assert api.post(f"/v1/accounts/{identifier}", sent).status == 200
    body = shown(api, identifier, "defaults", "identity")
    assert body["defaults"]["profile"]["business_url"] == "https://example.com"
    assert (body["identity"]["individual"]["surname"], body["metadata"]) == ("Doe", {"a": "b"})
    updated(api, identifier, defaults={"profile": {"doing_business_as": "Furever"}})
    assert api.get(f"/v1/accounts/{identifier}").body["business_profile"]["name"] == "Furever"
    assert identifier in [each["id"] for each in api.get("/v1/accounts").body["data"]]


# --- closing ----------------------------------------------------------------------------------------------------------


def test_closing_requires_the_applied_configurations(api: Api) -> None:
    identifier = new_account(api, SELLER)["id"]
    wrong = api.v2("POST", f"/core/accounts/{identifier}/close", {"applied_configurations": ["merchant"]})
    assert refusal(wrong) == (
        400,
        "configs_must_match_to_close",
        "The configurations in the request must match the applied configurations on the account in order to close it.",
    )
    assert wrong.body["error"]["applied_configurations"] == ["recipient", "merchant"]
    path = f"/core/accounts/{identifier}/close"
    closed = api.v2("POST", path, {"applied_configurations": ["merchant", "recipient"]}).body
    assert (closed["closed"], closed) == (True, shown(api, identifier))
    assert api.get(f"/v1/accounts/{identifier}").body["error"]["code"] == "account_invalid"
    assert refusal(updated(api, identifier, display_name="x")) == (
        404,
        "not_found",
        f"No such account: '{identifier}'",
    )


def test_accounts_whose_losses_stripe_collects_cannot_be_closed(api: Api) -> None:
    params = {**SELLER, "dashboard": "full", "defaults": {"responsibilities": STRIPE}}
    identifier = new_account(api, params)["id"]
    response = api.v2(
        "POST", f"/core/accounts/{identifier}/close", {"applied_configurations": ["merchant", "recipient"]}
    )
    assert refusal(response) == (
        400,
        "stripe_loss_liable_cannot_be_deleted",
        "Account with Stripe-owned loss liability and dashboard cannot be deleted.",
    )


def test_deleting_by_v1_closes_an_account(api: Api) -> None:
    identifier = new_account(api, SELLER)["id"]
    assert api.delete(f"/v1/accounts/{identifier}").body == {"id": identifier, "object": "account", "deleted": True}
    assert shown(api, identifier)["closed"] is True
    assert api.v2("GET", "/core/accounts").body["data"] == []
    assert [each["id"] for each in api.v2("GET", "/core/accounts?closed=true").body["data"]] == [identifier]


# --- lists ------------------------------------------------------------------------------------------------------------


def test_pages_link_to_the_next_and_the_previous_one(api: Api) -> None:
    ids = [new_account(api, SELLER)["id"] for _ in range(25)][::-1]
    api.account(type="express", country="US")  # no account of v2
    seen, url, pages = [], "/v2/core/accounts?limit=8", []
    while url:
        page = api.v2("GET", url.removeprefix("/v2")).body
        assert set(page) == {"data", "next_page_url", "previous_page_url"}
        pages.append(page)
        seen += [each["id"] for each in page["data"]]
        url = page["next_page_url"]
    assert (seen, [len(page["data"]) for page in pages]) == (ids, [8, 8, 8, 1])
    assert pages[0]["previous_page_url"] is None
    assert pages[1]["next_page_url"].startswith("/v2/core/accounts?limit=8&page=page_")
    back: list[str] = []
    url = pages[-1]["previous_page_url"]
    while url:
        page = api.v2("GET", url.removeprefix("/v2")).body
        back = [each["id"] for each in page["data"]] + back
        url = page["previous_page_url"]
    assert back == ids[:24]


def test_lists_have_ten_accounts_by_default_and_at_most_twenty(api: Api) -> None:
    for _ in range(21):
        new_account(api, {})
    assert len(api.v2("GET", "/core/accounts").body["data"]) == 10
    assert len(api.v2("GET", "/core/accounts?limit=20").body["data"]) == 20
    for wrong in ("0", "21", "-1"):
        assert refusal(api.v2("GET", f"/core/accounts?limit={wrong}"))[1:] == (
            "invalid_fields",
            "Some fields in the request were invalid: 'limit: Expected a number from 1 to 20.'",
        )


def test_lists_can_be_filtered(api: Api) -> None:
    both, one = new_account(api, SELLER)["id"], new_account(api, RECIPIENT)["id"]
    for query, expected in {
        "": [one, both],
        "applied_configurations[0]=recipient": [one, both],
        "applied_configurations[0]=merchant&applied_configurations[1]=recipient": [both],
        "applied_configurations[0]=customer": [],
        "closed=false": [one, both],
        "closed=true": [],
    }.items():
        found = api.v2("GET", f"/core/accounts?{query}").body
        assert [each["id"] for each in found["data"]] == expected, query
    assert refusal(api.v2("GET", "/core/accounts?applied_configurations[]=merchant"))[1:] == (
        "invalid_fields",
        (
            "Some fields in the request were invalid: 'applied_configurations: Number the values of an array, as in "
            "applied_configurations[0].'"
        ),
    )


def test_a_page_token_is_valid_for_one_list_and_one_day(api: Api) -> None:
    for _ in range(3):
        new_account(api, SELLER)
    url = api.v2("GET", "/core/accounts?limit=2").body["next_page_url"]
    token = url.partition("page=")[2]
    invalid = (
        400,
        "invalid_fields",
        "Some fields in the request were invalid: 'page: Invalid page token. Start again from the first page.'",
    )
    for wrong in (f"closed=true&page={token}", "page=page_", "page=x", f"page={token}AAAA", "page=page_é"):
        assert refusal(api.v2("GET", f"/core/accounts?{wrong}")) == invalid
    assert api.v2("GET", f"/core/accounts?limit=1&page={token}").status == 200
    sandbox(api).clock.advance(86_399)
    assert api.v2("GET", url.removeprefix("/v2")).status == 200
    sandbox(api).clock.advance(1)
    assert refusal(api.v2("GET", url.removeprefix("/v2"))) == invalid


# --- persons ----------------------------------------------------------------------------------------------------------


def test_persons(api: Api) -> None:
    account = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))["id"]
    url = f"/core/accounts/{account}/persons"
    roles = {"representative": True, "owner": True, "percent_ownership": "0.8", "title": "CEO"}
    person = api.v2("POST", url, {**PERSON, "relationship": roles, "metadata": {"a": "b"}}).body
    assert (person["livemode"], person["created"], person["updated"]) == (False, STAMP, STAMP)
    assert person["relationship"] == {
        "authorizer": None,
        "director": None,
        "executive": None,
        "legal_guardian": None,
        **roles,
    }
    sandbox(api).clock.advance(60)
    after = api.v2("POST", f"{url}/{person['id']}", {"surname": "Doe", "metadata": {"a": None}}).body
    assert after == {**person, "surname": "Doe", "metadata": {}, "updated": "2030-01-01T12:01:00.000Z"}
    assert api.v2("GET", f"{url}/{person['id']}").body == after
    other = api.v2("POST", url, {"given_name": "Jane"}).body
    listed = api.v2("GET", f"{url}?limit=1").body
    assert ([each["id"] for each in listed["data"]], listed["next_page_url"].partition("?")[0]) == (
        [other["id"]],
        f"/v2{url}",
    )
    assert api.v2("DELETE", f"{url}/{other['id']}").body == {"id": other["id"], "object": "v2.core.account_person"}
    assert api.v2("GET", f"{url}/{other['id']}").status == 404
    assert api.v2("DELETE", f"{url}/{person['id']}").status == 400
    v1 = api.get(f"/v1/accounts/{account}/persons/{person['id']}").body
    assert (v1["last_name"], v1["relationship"]["percent_ownership"]) == ("Doe", 0.8)


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ({"representative": True}, {"representative": True}, "additional_representative_not_allowed"),
        ({"representative": True}, {"representative": True, "legal_guardian": True}, None),
        ({"representative": True}, {"legal_guardian": True}, ""),
        ({}, {"legal_guardian": True}, "legal_guardian_requires_existing_representative"),
        ({}, {"legal_guardian": True, "representative": True}, "legal_guardian_representative_not_allowed"),
        ({"authorizer": True}, {"authorizer": True}, "authorizer_duplicate"),
        ({}, {"authorizer": True, "representative": True}, "authorizer_relationship_invalid_for_representative"),
        ({}, {"owner": True, "percent_ownership": "0"}, "person_percent_ownership_invalid"),
        (
            {"owner": True, "percent_ownership": "60"},
            {"owner": True, "percent_ownership": "41"},
            "total_person_ownership_exceeded",
        ),
        ({"owner": True, "percent_ownership": "60"}, {"owner": True, "percent_ownership": "40"}, ""),
    ],
)
def test_combinations_of_roles(api: Api, first: Any, second: Any, code: str | None) -> None:
    url = f"/core/accounts/{new_account(api, merged(SELLER, ('identity', 'entity_type'), 'company'))['id']}/persons"
    assert api.v2("POST", url, {"relationship": first}).status == 200
    response = api.v2("POST", url, {"relationship": second})
    assert response.status == (200 if code == "" else 400)
    if code:
        assert refusal(response)[1] == code
    assert len(api.v2("GET", url).body["data"]) == (2 if code == "" else 1)


def test_an_individual_has_one_person(api: Api) -> None:
    account = new_account(api, merged(SELLER, ("identity", "entity_type"), "individual"))["id"]
    url = f"/core/accounts/{account}/persons"
    person = api.v2("POST", url, {"given_name": "Jenny"}).body
    assert person["relationship"]["representative"] is True
    assert shown(api, account, "identity")["identity"]["individual"]["id"] == person["id"]
    assert refusal(api.v2("POST", url, {"given_name": "Jane"})) == (
        400,
        "individual_additional_person_not_allowed",
        "Additional persons cannot be added to an account of an individual.",
    )


@pytest.mark.parametrize(
    ("share", "number"),
    [
        ("33.3333333", 33.3333333),
        ("0.00001", 0.00001),
        ("12.345678", 12.345678),
        ("1", 1.0),
        ("100.00", 100.0),
    ],
)
def test_a_share_keeps_its_digits(api: Api, share: str, number: float) -> None:
    account = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))["id"]
    person = api.v2("POST", f"/core/accounts/{account}/persons", {"relationship": {"percent_ownership": share}}).body
    assert person["relationship"]["percent_ownership"] == share
    v1 = api.get(f"/v1/accounts/{account}/persons/{person['id']}").body
    assert v1["relationship"]["percent_ownership"] == number


@pytest.mark.parametrize(
    ("sent", "share"), [("0.00001", "0.00001"), ("33.30", "33.3"), ("50", "50"), ("100.0", "100"), ("", None)]
)
def test_a_share_sent_to_v1_is_shown_without_exponent(api: Api, sent: str, share: str | None) -> None:
    account = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))["id"]
    url = f"/core/accounts/{account}/persons"
    person = api.v2("POST", url, {"relationship": {"percent_ownership": "12.50", "owner": True}}).body["id"]
    roles = {"relationship": {"percent_ownership": sent}}
    assert api.post(f"/v1/accounts/{account}/persons/{person}", roles).status == 200
    assert api.v2("GET", f"{url}/{person}").body["relationship"]["percent_ownership"] == share


@pytest.mark.parametrize("roles", [{"owner": True}, {"owner": False}, {}])
@pytest.mark.parametrize("share", ["-5", "-0.1", "100.1", "150"])
def test_a_share_is_between_0_and_100(api: Api, roles: Any, share: str) -> None:
    account = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))["id"]
    sent = {"relationship": {**roles, "percent_ownership": share}}
    words = "`relationship.percent_ownership` must be between 0 and 100."
    assert refusal(api.v2("POST", f"/core/accounts/{account}/persons", sent)) == (
        400,
        "person_percent_ownership_invalid",
        words,
    )
    individual = merged(SELLER, ("identity",), {"country": "us", "entity_type": "individual", "individual": sent})
    assert refusal(api.v2("POST", "/core/accounts", individual))[1:] == ("person_percent_ownership_invalid", words)


def test_replaced_id_numbers_are_removed_in_both_apis(api: Api) -> None:
    account = new_account(api, merged(SELLER, ("identity",), {"country": "gb", "entity_type": "company"}))["id"]

    def company(*kinds: str) -> tuple[list[str], bool, bool]:
        numbers = [{"type": kind, "value": "000000000"} for kind in kinds]
        response = updated(api, account, identity={"business_details": {"id_numbers": numbers}}, include=["identity"])
        listed = response.body["identity"]["business_details"]["id_numbers"]
        v1 = api.get(f"/v1/accounts/{account}").body["company"]
        return [each["type"] for each in listed], v1["tax_id_provided"], v1.get("vat_id_provided", False)

    assert company("gb_crn") == (["gb_crn"], True, False)
    assert company("gb_vat") == (["gb_vat"], False, True)
    assert company("gb_crn", "gb_vat") == (["gb_crn", "gb_vat"], True, True)
    assert company() == ([], False, False)

    account = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))["id"]
    url = f"/core/accounts/{account}/persons"
    person = api.v2("POST", url, {"id_numbers": [{"type": "us_ssn", "value": "000000000"}]}).body
    assert person["id_numbers"] == [{"type": "us_ssn"}]
    sent = {"id_numbers": [{"type": "us_ssn_last_4", "value": "0000"}]}
    assert api.v2("POST", f"{url}/{person['id']}", sent).body["id_numbers"] == [{"type": "us_ssn_last_4"}]
    v1 = api.get(f"/v1/accounts/{account}/persons/{person['id']}").body
    assert (v1["id_number_provided"], v1["ssn_last_4_provided"]) == (False, True)


def test_a_person_changed_by_v1_is_shown_by_v2(api: Api) -> None:
    account = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))["id"]
    sent = {
        "full_name_aliases": ["Jen"],
        "id_number": "000000000",
        "nationality": "US",
        "ssn_last_4": "0000",
        "additional_tos_acceptances": {"account": {"date": "1700000000", "ip": "1.2.3.4"}},
        "verification": {"document": {"front": "file_identity_document_success"}},
    }
    url = f"/v1/accounts/{account}/persons"
    identifier = api.post(url, sent).body["id"]
    person = api.v2("GET", f"/core/accounts/{account}/persons/{identifier}").body
    assert person["additional_names"] == [
        {"full_name": "Jen", "given_name": None, "purpose": "alias", "surname": None},
    ]
    assert person["id_numbers"] == [{"type": "us_ssn"}, {"type": "us_ssn_last_4"}]
    assert person["nationalities"] == ["US"]
    assert person["additional_terms_of_service"] == {
        "account": {"date": "2023-11-14T22:13:20.000Z", "ip": "1.2.3.4", "user_agent": None}
    }
    assert person["documents"]["primary_verification"]["type"] == "front_back"
    cleared = api.post(f"{url}/{identifier}", {"full_name_aliases": "", "nationality": "CA"})
    assert cleared.status == 200, cleared.body
    person = api.v2("GET", f"/core/accounts/{account}/persons/{identifier}").body
    assert (person["additional_names"], person["nationalities"]) == ([], ["CA"])


@pytest.mark.parametrize(
    ("country", "sent", "types"),
    [
        ("US", {"tax_id": "000000000"}, ["us_ein"]),
        ("GB", {"tax_id": "12345678", "vat_id": "GB1"}, ["gb_crn", "gb_vat"]),
        ("CA", {"tax_id": "12345678"}, None),
    ],
)
def test_a_company_changed_by_v1_is_shown_by_v2(api: Api, country: str, sent: Any, types: list[str] | None) -> None:
    identity = {"country": country, "entity_type": "company"}
    account = new_account(api, merged(SELLER, ("identity",), identity))["id"]
    assert api.post(f"/v1/accounts/{account}", {"company": sent}).status == 200
    details = shown(api, account, "identity")["identity"]["business_details"]
    assert (details and [each["type"] for each in details["id_numbers"]]) == types


def test_a_person_changed_by_v2_is_shown_by_v1(api: Api) -> None:
    account = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))["id"]
    names: list[dict[str, Any]] = [
        {"purpose": "maiden", "surname": "Doe", "given_name": None},
        {"purpose": "alias", "full_name": "Jen"},
        {"purpose": "alias", "given_name": "J", "surname": "R"},
    ]
    sent = {
        "additional_names": names,
        "additional_terms_of_service": {"account": {"date": "2023-11-14T23:13:20+01:00", "ip": "1.2.3.4"}},
        "nationalities": ["us", "ca"],
        "relationship": {"legal_guardian": True},
    }
    api.v2("POST", f"/core/accounts/{account}/persons", {"relationship": {"representative": True}})
    person = api.v2("POST", f"/core/accounts/{account}/persons", sent).body
    assert person["additional_names"] == [
        {"full_name": None, "given_name": None, "surname": None, **each} for each in names
    ]
    assert person["additional_terms_of_service"]["account"]["date"] == "2023-11-14T22:13:20.000Z"
    url = f"/v1/accounts/{account}/persons/{person['id']}"
    v1 = api.get(url).body
    assert (v1["full_name_aliases"], v1["nationality"]) == (["Jen", "J R"], "us")
    assert v1["additional_tos_acceptances"]["account"] == {"date": 1_700_000_000, "ip": "1.2.3.4", "user_agent": None}
    api.post(url, {"full_name_aliases": ["Jen"]})
    path = f"/core/accounts/{account}/persons/{person['id']}"
    assert [each["purpose"] for each in api.v2("GET", path).body["additional_names"]] == ["maiden", "alias"]
    cleared = api.v2("POST", path, {"additional_names": [], "nationalities": None}).body
    assert (cleared["additional_names"], cleared["nationalities"]) == ([], [])
    assert ("full_name_aliases" in api.get(url).body, "nationality" in api.get(url).body) == (False, False)


def test_updated_is_the_last_change_by_either_api(api: Api) -> None:
    account = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))["id"]
    person = api.v2("POST", f"/core/accounts/{account}/persons", {"given_name": "Jenny"}).body
    path = f"/core/accounts/{account}/persons/{person['id']}"
    sandbox(api).clock.advance(60)
    assert api.v2("POST", path, {"given_name": "Jenny"}).body == person
    newest = api.v2("GET", "/core/events?limit=1").body["data"][0]
    assert newest["type"] == "v2.core.account_person.created"
    api.post(f"/v1/accounts/{account}/persons/{person['id']}", {"first_name": "Jenny"})
    assert api.v2("GET", path).body["updated"] == STAMP
    api.post(f"/v1/accounts/{account}/persons/{person['id']}", {"first_name": "Jane"})
    assert api.v2("GET", path).body["updated"] == "2030-01-01T12:01:00.000Z"


def test_the_id_numbers_of_an_ae_company_are_two_requirements(api: Api) -> None:
    account = new_account(api, merged(SELLER, ("identity",), {"country": "AE", "entity_type": "company"}))["id"]
    found = [name for name in names(shown(api, account, "requirements")) if "business_details.id_numbers" in name]
    assert found == [
        "identity.business_details.id_numbers.ae_crn",
        "identity.business_details.id_numbers.ae_vat",
    ]


# --- account links ----------------------------------------------------------------------------------------------------


def test_an_account_link(api: Api) -> None:
    account = new_account(api, {**SELLER, "dashboard": "express"})["id"]
    sent = linked(
        account,
        "merchant",
        "recipient",
        return_url="https://example.com/back",
        collection_options={"fields": "eventually_due"},
    )
    body = api.v2("POST", "/core/account_links", sent).body
    assert body == {
        "object": "v2.core.account_link",
        "account": account,
        "created": STAMP,
        "expires_at": "2030-01-01T12:05:00.000Z",
        "livemode": False,
        "url": body["url"],
        "use_case": {
            "account_onboarding": {
                "collection_options": {"fields": "eventually_due", "future_requirements": "omit"},
                "configurations": ["merchant", "recipient"],
                "refresh_url": "https://example.com/again",
                "return_url": "https://example.com/back",
            },
            "account_update": None,
            "type": "account_onboarding",
        },
    }
    plain = api.v2("POST", "/core/account_links", linked(account, "merchant", "recipient")).body
    wanted = plain["use_case"]["account_onboarding"]
    assert (wanted["collection_options"], wanted["return_url"]) == (None, None)


def test_invalid_account_links_are_refused(api: Api) -> None:
    account = new_account(api, SELLER)["id"]

    def refused(params: Any) -> tuple[int, str, str]:
        return refusal(api.v2("POST", "/core/account_links", params))

    assert refused(linked(account, "merchant")) == (
        400,
        "configs_must_match_to_use_account_links",
        (
            "The configurations in the request must match the applied configurations on the account in order to use "
            "v2/core/account_links."
        ),
    )
    assert refused(linked("acct_123", "merchant")) == (404, "not_found", "No such account: 'acct_123'")
    assert refused({"account": account, "use_case": {"type": "account_onboarding"}}) == (
        400,
        "invalid_fields",
        "Some fields in the request were invalid: 'use_case.account_onboarding: Missing required field.'",
    )
    wrong = linked(account, "merchant", "recipient", return_url="nowhere")
    assert refused(wrong) == (
        400,
        "invalid_fields",
        (
            "Some fields in the request were invalid: 'use_case: return_url must be a valid URL and start with https:// or, "
            "during testing, http://. localhost is only allowed in testmode.'"
        ),
    )
    update = {
        "account": account,
        "use_case": {
            "type": "account_update",
            "account_update": {
                "configurations": ["merchant", "recipient"],
                "refresh_url": "https://example.com/again",
            },
        },
    }
    assert refused(update)[0] == 400


# --- the platform layer -----------------------------------------------------------------------------------------------


REUSED = (
    409,
    "idempotency_error",
    "Idempotency keys can only be reused with the same parameters they were first used with.",
)


def test_an_idempotency_key_creates_one_account_in_thirty_days(api: Api) -> None:
    first = api.v2("POST", "/core/accounts", SELLER, idempotency_key="k")
    again = api.v2("POST", "/core/accounts", SELLER, idempotency_key="k")
    assert (again.status, again.body) == (200, first.body)
    assert again.headers["idempotent-replayed"] == "true"
    other = api.v2("POST", "/core/accounts", RECIPIENT, idempotency_key="k")
    assert refusal(other) == REUSED
    assert (other.error["type"], other.headers["stripe-should-retry"]) == ("idempotency_error", "false")
    sandbox(api).clock.advance(30 * 86_400)
    assert api.v2("POST", "/core/accounts", RECIPIENT, idempotency_key="k").body["id"] != first.body["id"]


def test_a_failure_is_not_replayed(api: Api) -> None:
    wrong = api.v2("POST", "/core/accounts", {**SELLER, "contact_email": "jenny"}, idempotency_key="k")
    assert (wrong.status, wrong.body["error"]["code"]) == (400, "email_invalid")
    right = api.v2("POST", "/core/accounts", SELLER, idempotency_key="k")
    assert (right.status, "idempotent-replayed" in right.headers) == (200, False)
    assert api.v2("POST", "/core/accounts", SELLER, idempotency_key="k").body == right.body


def test_an_idempotency_key_is_bound_to_the_verb_and_to_json_in_any_order(api: Api) -> None:
    text = {"stripe_version": NEWEST, "content_type": "application/json", "idempotency_key": "k"}
    first = api.send(
        "POST", "/v2/core/accounts", b'{"display_name": "x&1&2", "contact_email": "a@example.com"}', **text
    )
    again = api.send("POST", "/v2/core/accounts", b'{"contact_email":"a@example.com","display_name":"x&1&2"}', **text)
    assert (first.status, again.body, again.headers["idempotent-replayed"]) == (200, first.body, "true")
    other = api.send("POST", "/v2/core/accounts", b'{"contact_email":"a@example.com","display_name":"x&2&1"}', **text)
    assert refusal(other) == REUSED
    person = f"/core/accounts/{new_account(api, SELLER)['id']}/persons"
    person += f"/{api.v2('POST', person, {'given_name': 'Jenny'}).body['id']}"
    assert api.v2("DELETE", person, idempotency_key="d").status == 200
    assert refusal(api.v2("POST", person, idempotency_key="d")) == REUSED
    assert refusal(api.v2("POST", "/core/account_tokens", {}, idempotency_key="k")) == REUSED


@pytest.mark.parametrize("sent", ["application/x-www-form-urlencoded", "text/plain"])
def test_a_body_requires_the_content_type_of_json(api: Api, sent: str) -> None:
    response = api.v2("POST", "/core/accounts", {}, content_type=sent)
    message = "Invalid request body: the Content-Type header must be application/json."
    assert (response.status, response.body) == (400, {"error": {"code": "invalid_fields", "message": message}})
    assert api.v2("POST", "/core/accounts", {}, content_type="application/json; charset=utf-8").status == 200


def test_an_account_without_capabilities_has_submitted_no_details(api: Api) -> None:
    identifier = new_account(api, {"configuration": {"customer": {}}})["id"]
    assert api.get(f"/v1/accounts/{identifier}").body["details_submitted"] is False
    seller = {**SELLER, "configuration": {"merchant": CARDS}}
    assert updated(api, identifier, **seller).status == 200
    shown_by_v1 = api.get(f"/v1/accounts/{identifier}").body
    assert (shown_by_v1["details_submitted"], shown_by_v1["requirements"]["disabled_reason"]) == (
        False,
        "requirements.past_due",
    )


def test_v1_requests_no_capability_whose_configuration_is_not_applied(api: Api) -> None:
    sent = {"capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}}}
    identifier = new_account(api, {"configuration": {"customer": {}}})["id"]
    message = (
        "The capability card_payments belongs to the merchant configuration, which is not applied to account "
        f"{identifier}. Apply it with POST /v2/core/accounts/{identifier}."
    )
    refused = {"message": message, "param": "capabilities[card_payments]", "type": "invalid_request_error"}
    assert api.post(f"/v1/accounts/{identifier}", sent).error == refused
    single = api.post(f"/v1/accounts/{identifier}/capabilities/card_payments", "requested=true")
    assert single.error == refused
    shown_by_v1 = api.get(f"/v1/accounts/{identifier}").body
    assert (shown_by_v1["capabilities"], shown_by_v1["charges_enabled"]) == ({}, False)


def test_the_lock_ends_when_stripe_no_longer_collects_requirements(api: Api) -> None:
    defaults = {"responsibilities": STRIPE}
    identifier = new_account(
        api, {**SELLER, "dashboard": "full", "configuration": {"merchant": CARDS}, "defaults": defaults}
    )["id"]
    assert api.session(identifier, {"account_onboarding": {"enabled": True}}).status == 200
    refused = {"code": "immutable_identity_param"}
    assert updated(api, identifier, identity={"entity_type": "company"}).body["error"].items() >= refused.items()
    assert updated(api, identifier, dashboard="none", defaults={"responsibilities": PLATFORM}).status == 200
    assert updated(api, identifier, identity={"entity_type": "company"}).status == 200
    assert api.post(f"/v1/accounts/{identifier}", "email=new@example.com").status == 200
    persons = f"/core/accounts/{identifier}/persons"
    person = api.v2("POST", persons, {"given_name": "Jenny"})
    assert person.status == 200
    assert api.v2("DELETE", f"{persons}/{person.body['id']}").status == 200


@pytest.mark.parametrize("country", ["xx", "USA", "1", "é", "  "])
@pytest.mark.parametrize("params", [{}, SELLER], ids=["nothing applied", "a seller"])
def test_unknown_countries_are_refused(api: Api, params: Mapping[str, Any], country: str) -> None:
    response = api.v2("POST", "/core/accounts", {**params, "identity": {"country": country}})
    said = f"'identity.country: Unrecognized enum value '{country}', valid values are: ad, ae, af, "
    assert (response.status, response.body["error"]["code"]) == (400, "invalid_fields")
    assert said in response.body["error"]["message"]


@pytest.mark.parametrize("date", ["2008-12-31T23:59:59Z", "2099-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_terms_were_accepted_between_2009_and_now(api: Api, date: str) -> None:
    account = new_account(api, SELLER)["id"]
    accepted = {"attestations": {"terms_of_service": {"account": {"date": date, "ip": "127.0.0.1"}}}}
    response = updated(api, account, identity=accepted)
    assert (response.status, response.body["error"]["message"]) == (
        400,
        (
            "Some fields in the request were invalid: 'identity.attestations.terms_of_service.account.date: ToS "
            "acceptance date is not valid. Dates are expected to be integers, measured in seconds, not in the future, "
            "and after 2009'"
        ),
    )


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_times_outside_the_calendar_are_refused(api: Api, date: str) -> None:
    declared = {"attestations": {"ownership_declaration": {"date": date, "ip": "127.0.0.1"}}}
    response = updated(api, new_account(api, SELLER)["id"], identity=declared)
    assert (response.status, response.body["error"]["code"]) == (400, "invalid_fields")
    assert "Expected a date and time such as" in response.body["error"]["message"]


@pytest.mark.parametrize(
    ("second", "text"),
    [
        (253_402_300_799, "9999-12-31T23:59:59.000Z"),
        (-46_388_678_400, "0500-01-01T00:00:00.000Z"),
        (-62_135_596_800, "0001-01-01T00:00:00.000Z"),
    ],
)
def test_any_time_sent_to_v1_can_be_shown(api: Api, second: int, text: str) -> None:
    identifier = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))["id"]
    sent = {"company": {"ownership_declaration": {"date": second, "ip": "127.0.0.1"}}}
    assert api.post(f"/v1/accounts/{identifier}", sent).status == 200
    attested = shown(api, identifier, "identity")["identity"]["attestations"]
    assert attested["ownership_declaration"]["date"] == text


@pytest.mark.parametrize(
    "sent",
    [{"defaults": None}, {"identity": None}, {"identity": {"attestations": {"terms_of_service": None}}}],
)
def test_null_clears_whole_hashes_and_accepts_no_terms(api: Api, sent: Any) -> None:
    params = {**SELLER, "dashboard": "full", "configuration": {"merchant": CARDS}}
    account = new_account(api, {**params, "defaults": {"responsibilities": STRIPE}})["id"]
    assert updated(api, account, **sent).status == 200


def test_a_refused_account_is_not_stored(api: Api) -> None:
    account = new_account(api, merged(SELLER, ("identity", "entity_type"), "company"))
    before = shown(api, account["id"], *EVERYTHING)
    params = {"display_name": "x", "identity": {"business_details": {"id_numbers": [{"type": "us_ein", "value": "1"}]}}}
    assert updated(api, account["id"], **params).status == 400
    assert shown(api, account["id"], *EVERYTHING) == before
