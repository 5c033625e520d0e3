"""Tokens: made in a browser with a publishable key, used once by the platform."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.settings import Settings

from ...api import PUBLISHABLE, Answer, Api
from ...samples import BANK_ACCOUNT

BROWSER = f"Bearer {PUBLISHABLE}"
CARD = {"number": "4000056655665556", "exp_month": 12, "exp_year": 2030, "cvc": "123", "name": "Jenny Rosen"}
PERSON = {"first_name": "Jenny", "last_name": "Rosen", "dob": {"day": 1, "month": 1, "year": 1901}}
STAMP = "2030-01-01T12:00:00.000Z"


def token(api: Api, **params: Any) -> Any:
    answer = api.post("/v1/tokens", params, authorization=BROWSER)
    assert answer.status == 200, answer.body
    return answer.body


def sandbox(api: Api) -> Any:
    api.get("/v1/account")
    (world,) = api.emulator.sandboxes._sandboxes.values()
    return world


@pytest.fixture
def account(api: Api) -> str:
    return api.account(type="custom", country="US")


# --- v1 ---------------------------------------------------------------------------------------------------------------


def test_a_bank_account(api: Api, account: str) -> None:
    made = token(api, bank_account=BANK_ACCOUNT)
    assert (made["id"][:6], made["bank_account"]["id"][:4]) == ("btok_1", "ba_1")
    assert made == {
        "id": made["id"],
        "object": "token",
        "bank_account": {
            "id": made["bank_account"]["id"],
            "object": "bank_account",
            "account_holder_name": "Jenny Rosen",
            "account_holder_type": "individual",
            "account_type": None,
            "bank_name": "STRIPE TEST BANK",
            "country": "US",
            "currency": "usd",
            "fingerprint": made["bank_account"]["fingerprint"],
            "last4": "6789",
            "routing_number": "110000000",
            "status": "new",
        },
        "client_ip": None,
        "created": made["created"],
        "livemode": False,
        "type": "bank_account",
        "used": False,
    }
    row = api.post(f"/v1/accounts/{account}/external_accounts", {"external_account": made["id"]}).body
    assert (row["id"], row["account"], row["last4"]) == (made["bank_account"]["id"], account, "6789")
    assert api.get(f"/v1/tokens/{made['id']}").body == {**made, "used": True}
    again = api.post(f"/v1/accounts/{account}/external_accounts", {"external_account": made["id"]})
    assert (again.status, again.error) == (
        400,
        {
            "code": "token_already_used",
            "doc_url": "https://stripe.com/docs/error-codes/token-already-used",
            "message": f"You cannot use a Stripe token more than once: {made['id']}.",
            "type": "invalid_request_error",
        },
    )


def test_a_card(api: Api, account: str) -> None:
    made = token(api, card=CARD)
    assert (made["type"], made["card"]["brand"], made["card"]["last4"], "account" in made["card"]) == (
        "card",
        "Visa",
        "5556",
        False,
    )
    row = api.post(f"/v1/accounts/{account}/external_accounts", {"external_account": made["id"]}).body
    assert (row["id"], row["object"]) == (made["card"]["id"], "card")
    credit = token(api, card={**CARD, "number": "4242424242424242"})["id"]
    refused = api.post(f"/v1/accounts/{account}/external_accounts", {"external_account": credit})
    assert (refused.status, refused.error["code"]) == (400, "invalid_card_type")
    assert api.get(f"/v1/tokens/{credit}").body["used"] is False


def test_an_account_and_its_person(api: Api) -> None:
    made = token(api, account={"business_type": "individual", "individual": PERSON, "tos_shown_and_accepted": "true"})
    assert (made["id"][:4], made["type"]) == ("ct_1", "account")
    account = api.post("/v1/accounts", {"type": "custom", "account_token": made["id"]}).body
    assert (account["business_type"], account["individual"]["last_name"]) == ("individual", "Rosen")
    assert account["tos_acceptance"] == {"date": account["created"], "ip": "127.0.0.1", "user_agent": None}
    later = token(api, account={"individual": {"last_name": "Doe"}})["id"]
    assert api.post(f"/v1/accounts/{account['id']}", {"account_token": later}).body["individual"]["last_name"] == "Doe"


def test_a_person(api: Api, account: str) -> None:
    made = token(api, person={**PERSON, "relationship": {"owner": "true"}})
    assert (made["id"][:5], made["type"]) == ("cpt_1", "person")
    url = f"/v1/accounts/{account}/persons"
    person = api.post(url, {"person_token": made["id"], "metadata": {"a": "b"}}).body
    assert (person["first_name"], person["relationship"]["owner"], person["metadata"]) == ("Jenny", True, {"a": "b"})
    changed = token(api, person={"first_name": "Jane"})["id"]
    assert api.post(f"{url}/{person['id']}", {"person_token": changed}).body["first_name"] == "Jane"


@pytest.mark.parametrize(
    ("params", "status", "message"),
    [
        (
            {},
            400,
            "You must supply either a card, customer, PII data, bank account, or account legal entity to create a token.",
        ),
        ({"bank_account": {"country": "US"}}, 400, "Missing required param: bank_account[account_number]."),
        (
            {"bank_account": {**BANK_ACCOUNT, "account_number": "1"}},
            400,
            (
                "You must use a test bank account number in test mode. Try 000123456789 or see more options at "
                "https://stripe.com/docs/connect/testing#account-numbers."
            ),
        ),
        ({"person": {"email": "jenny"}}, 400, "Invalid email address: jenny"),
        (
            {"pii": {"id_number": "000000000"}},
            501,
            "The emulator does not emulate the parameter pii. Stripe has it; FIDELITY.md lists what is emulated.",
        ),
    ],
)
def test_invalid_parameters_of_a_token_are_refused(api: Api, params: Any, status: int, message: str) -> None:
    answer = api.post("/v1/tokens", params, authorization=BROWSER)
    assert (answer.status, answer.error["message"]) == (status, message)


def test_a_token_is_for_its_own_kind(api: Api, account: str) -> None:
    person, bank = token(api, person=PERSON)["id"], token(api, bank_account=BANK_ACCOUNT)["id"]
    for path, params in (
        ("/v1/accounts", {"type": "custom", "account_token": person}),
        (f"/v1/accounts/{account}/persons", {"person_token": bank}),
        (f"/v1/accounts/{account}/external_accounts", {"external_account": person}),
    ):
        (name,) = (name for name in params if name != "type")
        refused = api.post(path, params)
        assert (refused.status, refused.error["code"], refused.error["param"]) == (400, "resource_missing", name)
    beside = {
        "type": "custom",
        "account_token": token(api, account={"company": {"name": "x"}})["id"],
        "business_type": "company",
    }
    assert api.post("/v1/accounts", beside).error["message"] == (
        "You cannot pass `business_type` when `account_token` is provided."
    )


def test_a_request_that_fails_uses_no_token_up(api: Api) -> None:
    made = token(api, account={"business_type": "company"})["id"]
    assert api.post("/v1/accounts", {"type": "custom", "account_token": made, "country": "KP"}).status == 400
    assert api.get(f"/v1/tokens/{made}").body["used"] is False
    assert api.post("/v1/accounts", {"type": "custom", "account_token": made}).status == 200


def test_tokens_are_bounded(api: Api) -> None:
    first = token(api, person=PERSON)["id"]
    for _ in range(1000):
        token(api, person=PERSON)
    assert len(sandbox(api).tokens) == 1000
    assert api.get(f"/v1/tokens/{first}").status == 404


# --- v2 ---------------------------------------------------------------------------------------------------------------

SELLER: dict[str, Any] = {
    "dashboard": "none",
    "configuration": {"merchant": {"capabilities": {"card_payments": {"requested": True}}}},
    "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
}
TOLD: dict[str, Any] = {
    "contact_email": "jenny@example.com",
    "display_name": "Jenny",
    "identity": {
        "country": "us",
        "entity_type": "company",
        "attestations": {
            "terms_of_service": {"account": {"shown_and_accepted": True}},
            "persons_provided": {"owners": True},
        },
    },
}


@pytest.fixture
def noon(api: Api) -> Api:
    """Its clock stands still at noon of 2030-01-01."""
    clock = sandbox(api).clock
    clock.freeze()
    clock.set(1_893_499_200)
    return api


def v2_token(api: Api, path: str, params: Any) -> Any:
    answer = api.v2("POST", path, params, authorization=BROWSER)
    assert answer.status == 200, answer.body
    return answer.body


def code(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["error"]["code"]


def test_an_account_token_of_v2(noon: Api) -> None:
    told = {**TOLD, "identity": {name: TOLD["identity"][name] for name in ("entity_type", "attestations")}}
    made = v2_token(noon, "/core/account_tokens", told)
    assert made == {
        "id": made["id"],
        "object": "v2.core.account_token",
        "created": STAMP,
        "expires_at": "2030-01-01T12:10:00.000Z",
        "livemode": False,
        "used": False,
    }
    assert made["id"].startswith("accttok_")
    seller = {**SELLER, "account_token": made["id"], "include": ["identity"], "identity": {"country": "us"}}
    account = noon.v2("POST", "/core/accounts", seller).body
    mark = {"date": STAMP, "ip": "127.0.0.1", "user_agent": None}
    assert (account["contact_email"], account["display_name"]) == ("jenny@example.com", "Jenny")
    attestations = account["identity"]["attestations"]
    assert attestations["terms_of_service"] == {"account": mark}
    assert (attestations["ownership_declaration"], attestations["persons_provided"]["owners"]) == (None, True)
    assert noon.v2("GET", f"/core/account_tokens/{made['id']}").body == {**made, "used": True}
    assert code(noon.v2("POST", "/core/accounts", seller)) == (400, "token_already_used")
    owned = {"identity": {"attestations": {"ownership_declaration": {"attested": True}}}}
    early = {**SELLER, "account_token": v2_token(noon, "/core/account_tokens", owned)["id"]}
    early |= {"identity": {"country": "us"}}
    refused = noon.v2("POST", "/core/accounts", early)
    assert code(refused) == (400, "ownership_declaration_not_allowed_during_account_creation")
    later = {"account_token": early["account_token"], "include": ["identity"]}
    declared = noon.v2("POST", f"/core/accounts/{account['id']}", later).body
    assert declared["identity"]["attestations"]["ownership_declaration"] == mark


def test_a_person_token_of_v2(noon: Api) -> None:
    seller = {**SELLER, "contact_email": "a@example.com", "identity": {"country": "us", "entity_type": "company"}}
    one, other = (noon.v2("POST", "/core/accounts", seller).body["id"] for _ in range(2))
    path = f"/core/accounts/{one}/person_tokens"
    told = {"given_name": "Jenny", "relationship": {"owner": True}}
    made = v2_token(noon, path, told)
    assert (made["object"], made["id"][:8]) == ("v2.core.account_person_token", "perstok_")
    beside = {"person_token": made["id"], "surname": "Rosen"}
    assert code(noon.v2("POST", f"/core/accounts/{one}/persons", beside)) == (400, "param_alongside_person_token")
    sent = {"person_token": made["id"]}
    assert code(noon.v2("POST", f"/core/accounts/{other}/persons", sent)) == (400, "incorrect_account_for_person_token")
    person = noon.v2("POST", f"/core/accounts/{one}/persons", sent).body
    assert (person["given_name"], person["relationship"]["owner"]) == ("Jenny", True)
    assert noon.v2("GET", f"{path}/{made['id']}").body["used"] is True
    assert code(noon.v2("GET", f"/core/accounts/{other}/person_tokens/{made['id']}")) == (404, "not_found")


def test_a_secret_key_makes_tokens_in_test_mode_alone() -> None:
    test = Api()
    account = test.v2("POST", "/core/accounts", {}).body["id"]
    assert test.post("/v1/tokens", {"account": {"business_type": "company"}}).status == 200
    assert test.v2("POST", "/core/account_tokens", {}).status == 200
    assert test.v2("POST", f"/core/accounts/{account}/person_tokens", {}).status == 200

    live = Api(Settings(allow_live_keys=True), {"authorization": "Bearer sk_live_0123456789abcdefghijklmn"})
    account = live.v2("POST", "/core/accounts", {}).body["id"]
    words = "Token must be created with publishable key."
    refused = {"code": "token_must_be_created_with_publishable_key", "message": words}
    for path in ("/core/account_tokens", f"/core/accounts/{account}/person_tokens"):
        answer = live.v2("POST", path, {})
        assert (answer.status, answer.body) == (400, {"error": refused})
    for kind in ("account", "person"):
        answer = live.post(
            "/v1/tokens", {kind: {"first_name": "Jenny"} if kind == "person" else {"business_type": "company"}}
        )
        assert (answer.status, answer.error) == (400, {"message": words, "type": "invalid_request_error"})
    assert live.post("/v1/tokens", {"bank_account": BANK_ACCOUNT}).status == 200
    browser = "Bearer pk_live_0123456789abcdefghijklmn"
    assert live.v2("POST", "/core/account_tokens", {}, authorization=browser).status == 200


def test_v2_refuses_invalid_tokens(noon: Api) -> None:
    def refused(identifier: str, **more: Any) -> tuple[int, str]:
        return code(noon.v2("POST", "/core/accounts", {"account_token": identifier, **more}))

    made = v2_token(noon, "/core/account_tokens", {"contact_email": "a@example.com"})["id"]
    assert refused(made, display_name="x") == (400, "param_alongside_account_token")
    assert refused("accttok_1") == (403, "invalid_account_token")
    assert refused(token(noon, account={"company": {"name": "x"}})["id"]) == (400, "v1_token_invalid_in_v2")
    account = noon.v2("POST", "/core/accounts", {}).body["id"]
    person = v2_token(noon, f"/core/accounts/{account}/person_tokens", {"given_name": "Jenny"})["id"]
    assert refused(person) == (400, "incorrect_token_wrong_type")
    assert code(noon.v2("POST", f"/core/accounts/{account}/persons", {"person_token": "perstok_1"})) == (
        403,
        "invalid_person_token",
    )
    assert code(noon.v2("GET", "/core/account_tokens/accttok_1")) == (404, "not_found")
    sandbox(noon).clock.advance(600)
    assert refused(made) == (400, "token_expired")


@pytest.mark.parametrize("seconds", [0, 600])
def test_v1_knows_no_token_of_v2(noon: Api, account: str, seconds: int) -> None:
    told = {"contact_email": "a@example.com", "identity": {"entity_type": "individual"}}
    owner = noon.v2("POST", "/core/accounts", {}).body["id"]
    one = v2_token(noon, "/core/account_tokens", told)["id"]
    other = v2_token(noon, f"/core/accounts/{owner}/person_tokens", {"given_name": "Jenny"})["id"]
    sandbox(noon).clock.advance(seconds)
    for path, name, made in (
        ("/v1/accounts", "account_token", one),
        (f"/v1/accounts/{account}", "account_token", one),
        (f"/v1/accounts/{account}/persons", "person_token", other),
        (f"/v1/accounts/{owner}/persons", "person_token", other),
    ):
        refused = noon.post(path, {name: made, **({"type": "custom"} if path == "/v1/accounts" else {})})
        assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
            400,
            "resource_missing",
            name,
            f"No such token: '{made}'",
        )
    assert noon.v2("GET", f"/core/account_tokens/{one}").body["used"] is False
    assert noon.v2("GET", f"/core/accounts/{owner}/person_tokens/{other}").body["used"] is False


def test_v2_takes_no_token_of_v1(noon: Api) -> None:
    owner = noon.v2("POST", "/core/accounts", {}).body["id"]
    one, other = token(noon, account={"company": {"name": "x"}})["id"], token(noon, person=PERSON)["id"]
    for path, sent in (
        ("/core/accounts", {"account_token": one}),
        (f"/core/accounts/{owner}", {"account_token": one}),
        (f"/core/accounts/{owner}/persons", {"person_token": other}),
    ):
        assert code(noon.v2("POST", path, sent)) == (400, "v1_token_invalid_in_v2")
    assert [noon.get(f"/v1/tokens/{each}").body["used"] for each in (one, other)] == [False, False]


@pytest.mark.parametrize("country", ["us", "CA"])
def test_a_token_makes_a_merchant_with_its_country_beside_it(noon: Api, country: str) -> None:
    told = {**TOLD, "identity": {name: TOLD["identity"][name] for name in ("entity_type", "attestations")}}
    made = v2_token(noon, "/core/account_tokens", told)["id"]
    sent = {**SELLER, "account_token": made, "metadata": {"a": "b"}, "include": ["identity"]}
    for beside in ({}, {"country": country, "entity_type": "company"}, {"entity_type": "company"}):
        refused = noon.v2("POST", "/core/accounts", {**sent, "identity": beside})
        assert code(refused) == (400, "param_alongside_account_token")
    beside_email = {**sent, "contact_email": "b@example.com", "identity": {"country": country}}
    assert code(noon.v2("POST", "/core/accounts", beside_email)) == (400, "param_alongside_account_token")
    account = noon.v2("POST", "/core/accounts", {**sent, "identity": {"country": country}}).body
    identity = account["identity"]
    assert (account["contact_email"], account["applied_configurations"], account["metadata"]) == (
        "jenny@example.com",
        ["merchant"],
        {"a": "b"},
    )
    assert (identity["country"], identity["entity_type"]) == (country.upper(), "company")
    assert identity["attestations"]["terms_of_service"]["account"]["date"] == STAMP


def test_terms_that_a_person_accepts_in_a_browser_are_signed_when_they_are_used(noon: Api) -> None:
    shown = {"account": {"shown_and_accepted": True}}
    seller = {**SELLER, "contact_email": "a@example.com", "identity": {"country": "us", "entity_type": "company"}}
    owner = noon.v2("POST", "/core/accounts", seller).body["id"]
    path = f"/core/accounts/{owner}"
    guardian = {"relationship": {"legal_guardian": True}}
    told = {"given_name": "Jenny", "additional_terms_of_service": shown, **guardian}
    noon.v2("POST", f"{path}/persons", {"relationship": {"representative": True}})
    made = v2_token(noon, f"{path}/person_tokens", told)["id"]
    mark = {"date": STAMP, "ip": "127.0.0.1", "user_agent": None}
    person = noon.v2("POST", f"{path}/persons", {"person_token": made}).body
    assert person["additional_terms_of_service"] == {"account": mark}
    assert noon.v2("DELETE", f"{path}/persons/{person['id']}").status == 200
    other = v2_token(noon, f"{path}/person_tokens", {"given_name": "Jane", "additional_terms_of_service": shown})["id"]
    refused = noon.v2("POST", f"{path}/persons", {"person_token": other})
    assert code(refused) == (400, "additional_tos_only_allowed_for_legal_guardian")
    declined = v2_token(
        noon, f"{path}/person_tokens", {"additional_terms_of_service": {"account": {"shown_and_accepted": False}}}
    )["id"]
    assert noon.v2("POST", f"{path}/persons", {"person_token": declined}).body["additional_terms_of_service"] is None
