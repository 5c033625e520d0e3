"""Configurations of payment methods, from which payments without types take theirs."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api

PATH = "/v1/payment_method_configurations"
OFF = {"available": False, "display_preference": {"overridable": None, "preference": "none", "value": "off"}}
ON = {"display_preference": {"preference": "on"}}


def types_of(api: Api, **params: Any) -> Any:
    return api.posted("payment_intents", **{"amount": 1000, "currency": "eur", **params})["payment_method_types"]


def test_an_account_has_a_configuration_from_the_start(api: Api) -> None:
    (default,) = api.get(PATH).body["data"]
    assert (default["object"], default["active"], default["is_default"], default["name"], default["parent"]) == (
        "payment_method_configuration",
        True,
        True,
        "Default",
        None,
    )
    assert default["klarna"] == OFF
    accepted = {"overridable": None, "preference": "none", "value": "on"}
    assert default["card"] == {"available": True, "display_preference": accepted}
    assert api.get(f"{PATH}/{default['id']}").body == default
    intent = api.posted("payment_intents", amount=1000, currency="usd")
    assert intent["payment_method_configuration_details"] == {"id": default["id"], "parent": None}
    assert intent["payment_method_types"] == ["card", "link"]


def test_a_payment_accepts_what_the_default_configuration_does(api: Api) -> None:
    (default,) = api.get(PATH).body["data"]
    changed = api.posted(
        f"{PATH}/{default['id']}",
        klarna=ON,
        bancontact=ON,
        cashapp=ON,
        link={"display_preference": {"preference": "off"}},
    )
    assert changed["klarna"]["display_preference"] == {"overridable": None, "preference": "on", "value": "on"}
    assert types_of(api) == ["card", "bancontact", "klarna"]
    assert types_of(api, excluded_payment_method_types=["klarna"]) == ["card", "bancontact"]
    no_redirects = {"enabled": True, "allow_redirects": "never"}
    assert types_of(api, automatic_payment_methods=no_redirects) == ["card"]
    assert types_of(api, currency="usd") == ["card", "cashapp", "klarna"]


def test_a_payment_may_name_another_configuration(api: Api) -> None:
    other = api.posted(PATH, name="Shop", ideal=ON)
    assert (other["is_default"], other["name"], other["id"][:5]) == (False, "Shop", "pmc_1")
    assert types_of(api, payment_method_configuration=other["id"]) == ["card", "ideal", "link"]
    assert types_of(api) == ["card", "link"]
    assert api.posted(f"{PATH}/{other['id']}", active="false", name="Old shop")["name"] == "Old shop"
    assert [each["is_default"] for each in api.get(f"{PATH}?active=true").body["data"]] == [True]


@pytest.mark.parametrize(
    ("path", "params", "status", "param"),
    [
        (f"{PATH}/pmc_1", None, 404, "configuration"),
        (
            "/v1/payment_intents",
            {"amount": 1000, "currency": "usd", "payment_method_configuration": "pmc_1"},
            400,
            "payment_method_configuration",
        ),
    ],
)
def test_an_unknown_configuration(api: Api, path: str, params: Any, status: int, param: str) -> None:
    answer = api.post(path, params) if params else api.get(path)
    error = answer.error
    assert (answer.status, error["param"], error["message"]) == (
        status,
        param,
        "No such payment_method_configuration: 'pmc_1'",
    )


def test_a_connected_account_has_its_own(api: Api) -> None:
    account = api.account(type="custom", country="US")
    (own,) = api.get(PATH, stripe_account=account).body["data"]
    (platforms,) = api.get(PATH).body["data"]
    assert own["id"] != platforms["id"]
