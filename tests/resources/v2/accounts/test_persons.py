"""Persons of accounts v2, in both APIs."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api
from .samples import PERSON, SELLER, STAMP, merged, names, new_account, refusal, shown, updated


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
    api.sandbox.clock.advance(60)
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
    api.sandbox.clock.advance(60)
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
