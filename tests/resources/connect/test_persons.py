"""Persons: their properties, errors, lists and removal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ...api import Api

COMPANY = {"type": "custom", "business_type": "company", "country": "US"}
DOCUMENT = {"back": None, "details": None, "details_code": None, "front": None}
NOTHING: dict[str, list[Any]] = {
    "alternatives": [],
    "currently_due": [],
    "errors": [],
    "eventually_due": [],
    "past_due": [],
    "pending_verification": [],
}


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def company(api: Api) -> str:
    return api.account(**COMPANY)


def make(api: Api, account: str, **params: Any) -> Any:
    answer = api.post(f"/v1/accounts/{account}/persons", params)
    assert answer.status == 200, answer.body
    return answer.body


def test_a_new_person_is_complete(api: Api, company: str) -> None:
    person = make(
        api,
        company,
        first_name="Jenny",
        relationship={"owner": "true", "percent_ownership": "40.5"},
        additional_tos_acceptances={"account": {"date": "1", "ip": "8.8.8.8"}},
        metadata={"b": "1", "a": "2"},
    )
    expected = {
        "id": person["id"],
        "object": "person",
        "account": company,
        "additional_tos_acceptances": {"account": {"date": 1, "ip": "8.8.8.8", "user_agent": None}},
        "address": {"city": None, "country": "US", "line1": None, "line2": None, "postal_code": None, "state": None},
        "created": person["created"],
        "dob": {"day": None, "month": None, "year": None},
        "first_name": "Jenny",
        "future_requirements": NOTHING,
        "id_number_provided": False,
        "last_name": None,
        "metadata": {"a": "2", "b": "1"},
        "relationship": {
            "authorizer": False,
            "director": False,
            "executive": False,
            "legal_guardian": False,
            "owner": True,
            "percent_ownership": 40.5,
            "representative": False,
            "title": None,
        },
        "requirements": {
            **NOTHING,
            **{name: ["email", "last_name"] for name in ("currently_due", "past_due")},
            "eventually_due": [
                "address.city",
                "address.line1",
                "address.postal_code",
                "address.state",
                "dob.day",
                "dob.month",
                "dob.year",
                "email",
                "last_name",
                "phone",
            ],
        },
        "ssn_last_4_provided": False,
        "verification": {
            "additional_document": DOCUMENT,
            "details": None,
            "details_code": None,
            "document": DOCUMENT,
            "status": "unverified",
        },
    }
    assert json.dumps(person, indent=1) == json.dumps(expected, indent=1)
    assert person["id"].startswith("person_1")
    assert api.get(f"/v1/accounts/{company}/persons/{person['id']}").body == person


def test_an_update_merges_and_keeps_the_share_of_who_is_no_owner_any_more(api: Api, company: str) -> None:
    person = make(api, company, first_name="A", relationship={"owner": "true", "percent_ownership": "100"})
    path = f"/v1/accounts/{company}/persons/{person['id']}"
    changed = api.post(path, {"last_name": "B", "relationship": {"owner": "false"}, "metadata": {"x": "1"}}).body
    assert (changed["first_name"], changed["last_name"], changed["metadata"]) == ("A", "B", {"x": "1"})
    assert (changed["relationship"]["owner"], changed["relationship"]["percent_ownership"]) == (False, 100.0)
    zero = api.post(path, {"relationship": {"percent_ownership": "0"}}).body
    assert zero["relationship"]["percent_ownership"] == 0.0
    assert api.post(path, {"metadata": ""}).body["metadata"] == {}


def test_persons_are_listed_newest_first_and_by_their_roles(api: Api, company: str) -> None:
    roles = [{"owner": "true"}, {"director": "true"}, {"owner": "true", "director": "true"}]
    made = [make(api, company, relationship=each)["id"] for each in roles]
    url = f"/v1/accounts/{company}/persons"
    every = api.get(url).body
    assert list(every) == ["object", "data", "has_more", "url"]
    assert ([row["id"] for row in every["data"]], every["url"]) == (made[::-1], url)
    vectors = {
        "relationship[owner]=true": [made[2], made[0]],
        "relationship[owner]=true&relationship[director]=false": [made[0]],
        "relationship[representative]=true": [],
        f"limit=1&starting_after={made[2]}": [made[1]],
    }
    for query, expected in vectors.items():
        assert [row["id"] for row in api.get(f"{url}?{query}").body["data"]] == expected, query


def test_the_old_name_of_the_path_is_the_same_collection(api: Api, company: str) -> None:
    person = api.post(f"/v1/accounts/{company}/people", {"first_name": "A"}).body
    assert api.get(f"/v1/accounts/{company}/persons/{person['id']}").body == person
    assert api.delete(f"/v1/accounts/{company}/people/{person['id']}").body["deleted"] is True


def test_a_deleted_person_leaves_a_stub_and_is_gone(api: Api, company: str) -> None:
    person = make(api, company, relationship={"director": "true"})["id"]
    path = f"/v1/accounts/{company}/persons/{person}"
    assert list(api.delete(path).body.items()) == [("id", person), ("object", "person"), ("deleted", True)]
    gone = api.get(path)
    assert (gone.status, gone.error["message"], gone.error["code"], gone.error["param"]) == (
        404,
        f"No such person: '{person}'",
        "resource_missing",
        "person",
    )


REFUSED: list[tuple[dict[str, Any], str, str | None]] = [
    (
        {"relationship": {"owner": "true", "percent_ownership": "0.5"}},
        "The total combined ownership of the company would exceed 100 percent.",
        None,
    ),
    (
        {"relationship": {"representative": "true"}},
        "This account already has a representative. An account can only have one representative.",
        "relationship[representative]",
    ),
    ({"id_number": "12345"}, "US tax IDs must have 9 digits", "id_number"),
    ({"email": "nobody"}, "Invalid email address: nobody", "email"),
    (
        {"verification": {"document": {"front": "file_1"}}},
        "No such file upload: 'file_1'",
        "verification[document][front]",
    ),
    ({"documents": {"passport": {"files": ["file_1"]}}}, "No such file upload: 'file_1'", "documents[passport][files][0]"),
    ({"dob": {"day": "1"}}, "Missing required param: dob[month].", "dob[month]"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "message", "param"), REFUSED, ids=[row[1][:40] for row in REFUSED])
def test_invalid_parameters_are_refused_and_nothing_is_stored(
    api: Api, company: str, sent: dict[str, Any], message: str, param: str | None
) -> None:
    make(api, company, relationship={"representative": "true", "owner": "true", "percent_ownership": "100"})
    refused = api.post(f"/v1/accounts/{company}/persons", sent)
    assert (refused.status, refused.error["message"], refused.error.get("param")) == (400, message, param)
    assert len(api.get(f"/v1/accounts/{company}/persons").body["data"]) == 1


def test_the_representative_cannot_be_deleted(api: Api, company: str) -> None:
    person = make(api, company, relationship={"representative": "true"})["id"]
    refused = api.delete(f"/v1/accounts/{company}/persons/{person}")
    assert (refused.status, refused.error["message"]) == (400, "You cannot delete the representative of an account.")


def test_the_individual_of_an_account_is_one_of_its_persons(api: Api) -> None:
    account = api.account(type="custom", business_type="individual", individual={"first_name": "Jenny"})
    shown = api.get(f"/v1/accounts/{account}").body["individual"]
    [person] = api.get(f"/v1/accounts/{account}/persons").body["data"]
    assert {name: value for name, value in person.items() if name != "additional_tos_acceptances"} == shown
    assert shown["relationship"]["representative"] is True
    api.post(f"/v1/accounts/{account}/persons/{person['id']}", {"last_name": "Rosen"})
    assert api.get(f"/v1/accounts/{account}").body["individual"]["last_name"] == "Rosen"


def test_a_person_token_that_is_none_is_refused(api: Api, company: str) -> None:
    assert api.post(f"/v1/accounts/{company}/persons", {"person_token": "cpt_1"}).error["code"] == "resource_missing"


def test_a_deleted_account_takes_its_persons_along(api: Api, company: str) -> None:
    make(api, company)
    api.post(f"/v1/accounts/{company}", {"external_account": "btok_us"})
    person = api.get(f"/v1/accounts/{company}/persons").body["data"][0]["id"]
    assert api.get(f"/v1/accounts/{company}/persons/{person}").status == 200
    api.delete(f"/v1/accounts/{company}")
    assert api.get(f"/v1/accounts/{company}/persons/{person}").status == 403


@pytest.mark.parametrize("roles", [{"owner": "true"}, {}])
@pytest.mark.parametrize("share", ["-5", "100.1"])
def test_a_share_is_of_a_hundred(api: Api, company: str, roles: Any, share: str) -> None:
    sent = {"relationship": {**roles, "percent_ownership": share}}
    answer = api.post(f"/v1/accounts/{company}/persons", sent)
    assert (answer.status, answer.error["param"], answer.error["message"]) == (
        400,
        "relationship[percent_ownership]",
        "The percentage of ownership must be between 0 and 100.",
    )


IMPOSSIBLE: list[tuple[dict[str, str], str, str, str | None]] = [
    ({"phone": "abc"}, '"abc" is not a valid phone number', "phone", None),
    ({"phone": "12"}, '"12" is not a valid phone number', "phone", None),
    ({"ssn_last_4": "12"}, "The last digits of a number must be 4 digits", "ssn_last_4", "tax_id_invalid"),
    ({"id_number": "12"}, "US tax IDs must have 9 digits", "id_number", "tax_id_invalid"),
]


@pytest.mark.parametrize(("sent", "message", "param", "code"), IMPOSSIBLE, ids=[row[1] for row in IMPOSSIBLE])
def test_impossible_parameters_of_a_person_are_refused(
    api: Api, company: str, sent: dict[str, str], *, message: str, param: str, code: str | None
) -> None:
    answer = api.post(f"/v1/accounts/{company}/persons", sent)
    error = answer.error
    assert (answer.status, error["message"], error["param"], error.get("code")) == (400, message, param, code)


@pytest.mark.parametrize("sent", [{"address": {"country": "XX"}}, {"nationality": "Foo"}])
def test_a_country_that_there_is_not_is_refused_by_name(api: Api, company: str, sent: dict[str, Any]) -> None:
    answer = api.post(f"/v1/accounts/{company}/persons", sent)
    assert answer.status == 400
    assert answer.error["message"].startswith("Country '")
    assert answer.error["param"] in ("address[country]", "nationality")
    assert api.get(f"/v1/accounts/{company}/persons").body["data"] == []


def test_a_number_of_canada_has_nine_characters(api: Api) -> None:
    answer = api.post(
        "/v1/accounts",
        {"type": "custom", "country": "CA", "business_type": "individual", "individual": {"id_number": "12345678"}},
    )
    assert (answer.status, answer.error["message"], answer.error["param"]) == (
        400,
        "CA ID numbers must be 9 characters long",
        "individual[id_number]",
    )


def test_the_support_phone_of_an_account_of_us_is_one_of_us(api: Api) -> None:
    answer = api.post("/v1/accounts", {"type": "custom", "business_profile": {"support_phone": "+441332412251"}})
    assert (answer.status, answer.error) == (
        400,
        {
            "message": '"+441332412251" is not a valid phone number',
            "param": "business_profile[support_phone]",
            "type": "invalid_request_error",
        },
    )
