"""Accounts v2: idempotency keys, content types, times and terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ....api import NEWEST, Api
from .samples import (
    CARDS,
    EVERYTHING,
    PLATFORM,
    RECIPIENT,
    SELLER,
    STRIPE,
    merged,
    new_account,
    refusal,
    shown,
    updated,
)

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
    api.sandbox.clock.advance(30 * 86_400)
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
