"""Accounts v2: what is refused, with codes and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from emulator.resources.v2.params import NOT_EMULATED

from ....api import Api
from .samples import (
    CARDS,
    NOON,
    PLATFORM,
    SELLER,
    STAMP,
    STRIPE,
    date,
    merged,
    new_account,
    refusal,
    updated,
)

UNSUPPORTED = (
    "account_controller_unsupported_configuration",
    (
        "This account configuration is not supported. Please reference "
        "https://docs.stripe.com/connect/design-an-integration."
    ),
)


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
    assert len(api.sandbox.accounts) == 0


def test_values_next_to_the_refused_ones_are_accepted() -> None:
    """The nearest valid values are accepted, so that no rule is too strict."""
    api = Api()
    api.sandbox.clock.freeze()
    api.sandbox.clock.set(NOON)
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
    stored = api.sandbox.accounts.get(company)
    assert stored is not None
    assert len(stored.persons) == (0 if code else 1)


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
