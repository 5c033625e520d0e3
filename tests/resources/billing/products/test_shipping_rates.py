"""Shipping rates: their fields, amounts in other currencies, lists, and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api
from ..checkout.shop import DONE, price

FIXED = {"amount": "500", "currency": "usd"}
RATE: dict[str, Any] = {"display_name": "Ground shipping", "type": "fixed_amount", "fixed_amount": FIXED}


def test_a_rate_has_the_fields_of_stripe() -> None:
    api = Api()
    rate = api.posted("shipping_rates", **RATE)
    assert rate.pop("id").startswith("shr_1")
    assert rate.pop("created")
    assert rate == {
        "object": "shipping_rate",
        "active": True,
        "delivery_estimate": None,
        "display_name": "Ground shipping",
        "fixed_amount": {"amount": 500, "currency": "usd"},
        "livemode": False,
        "metadata": {},
        "tax_behavior": "unspecified",
        "tax_code": None,
        "type": "fixed_amount",
    }


def test_rates_are_archived_and_listed() -> None:
    api = Api()
    first = api.posted("shipping_rates", **RATE)["id"]
    euros = api.posted("shipping_rates", **{**RATE, "fixed_amount": {"amount": "400", "currency": "eur"}})["id"]
    api.posted(f"shipping_rates/{first}", active="false", metadata={"a": "1"})
    listed = {
        query: [each["id"] for each in api.get(f"/v1/shipping_rates?{query}").body["data"]]
        for query in ("active=true", "active=false", "currency=eur")
    }
    assert listed == {"active=true": [euros], "active=false": [first], "currency=eur": [euros]}
    missing = api.get("/v1/shipping_rates/shr_none")
    assert (missing.status, missing.error["message"]) == (404, "No such shipping rate: 'shr_none'")


def test_a_rate_is_charged_in_the_currency_of_the_session() -> None:
    api = Api()
    rate = api.posted("shipping_rates", **RATE)["id"]
    line = {"price": price(api, 1500, "eur"), "quantity": "1"}
    sent = {"mode": "payment", "success_url": DONE, "line_items": [line], "shipping_options": [{"shipping_rate": rate}]}
    refused = api.post("/v1/checkout/sessions", sent)
    assert (refused.status, refused.error["param"]) == (400, "shipping_options[0][shipping_rate]")
    api.posted(f"shipping_rates/{rate}", fixed_amount={"currency_options": {"eur": {"amount": "450"}}})
    assert api.posted("checkout/sessions", **sent)["amount_total"] == 1950


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"display_name": "Post"}, "fixed_amount"),
        ({**RATE, "fixed_amount": {"amount": "-1", "currency": "usd"}}, "fixed_amount[amount]"),
        ({**RATE, "fixed_amount": {"amount": "1", "currency": "doge"}}, "fixed_amount[currency]"),
    ],
)
def test_a_rate_without_a_valid_amount_is_refused(params: dict[str, Any], param: str) -> None:
    refused = Api().post("/v1/shipping_rates", params)
    assert (refused.status, refused.error["param"]) == (400, param)
