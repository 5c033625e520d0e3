"""Accounts v2: changes by both APIs, and the end of an account."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api
from .samples import (
    CARDS,
    COMPLETE,
    IMMUTABLE,
    RECIPIENT,
    SELLER,
    STRIPE,
    TRANSFERS,
    new_account,
    refusal,
    shown,
    updated,
)


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
