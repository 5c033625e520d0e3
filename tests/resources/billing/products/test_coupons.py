"""Coupons, promotion codes and tax rates."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api

PAST = (
    "The parameter `redeem_by` expects a unix timestamp representing a date and time in the future. You specified the "
    "value `1000` which is in the past."
)


@pytest.mark.parametrize(
    ("params", "message", "param"),
    [
        ({}, "Must provide percent_off or amount_off.", None),
        (
            {"percent_off": "10", "amount_off": "5", "currency": "usd"},
            "Received both percent_off and amount_off parameters. Please pass in only one.",
            None,
        ),
        ({"amount_off": "5"}, "You must pass currency when passing amount_off", "currency"),
        (
            {"percent_off": "5", "duration": "repeating"},
            "The duration_in_months param must be set when creating a coupon with a repeating duration",
            "duration",
        ),
        (
            {"percent_off": "0"},
            "This value must be greater than or equal to 0.01 (it currently is '0.0').",
            "percent_off",
        ),
        (
            {"percent_off": "5", "redeem_by": "1000"},
            PAST,
            "redeem_by",
        ),
        (
            {"percent_off": "5", "currency_options": {"eur": {"amount_off": "5"}}},
            "You may only specify one of these parameters: currency_options, percent_off.",
            "currency_options",
        ),
        (
            {"amount_off": "5", "currency": "usd", "currency_options": {"EUR": {"amount_off": "5"}}},
            "Currencies must be lowercase when used as keys in a map. Use `eur` instead of `EUR`.",
            "currency_options",
        ),
    ],
)
def test_a_coupon_that_stripe_refuses_is_refused_in_its_words(
    params: dict[str, Any], message: str, param: str | None
) -> None:
    refused = Api().post("/v1/coupons", params)
    assert (refused.status, refused.error["message"], refused.error.get("param")) == (400, message, param)


@pytest.mark.asyncio
async def test_a_coupon_is_valid_until_its_time_is_over() -> None:
    api = Api()
    now = api.post("/v1/customers").body["created"]
    coupon = api.post("/v1/coupons", {"percent_off": "22.5", "redeem_by": str(now + 60)}).body
    assert (coupon["valid"], coupon["percent_off"], coupon["duration"]) == (True, 22.5, "once")
    await api.control("POST", "/clock", {"advance": 61})
    assert api.get(f"/v1/coupons/{coupon['id']}").body["valid"] is False


def code(api: Api, **params: Any) -> Any:
    coupon = api.post("/v1/coupons", {"percent_off": "10"}).body["id"]
    return api.post("/v1/promotion_codes", {"promotion": {"type": "coupon", "coupon": coupon}, **params})


def test_a_promotion_code_is_minted_and_its_code_is_unique_among_the_active_ones() -> None:
    api = Api()
    minted = code(api).body
    assert (len(minted["code"]), minted["code"].upper() == minted["code"], minted["active"]) == (8, True, True)
    assert minted["restrictions"] == {
        "first_time_transaction": False,
        "minimum_amount": None,
        "minimum_amount_currency": None,
    }
    given = code(api, code="Tea-1").body
    refused = code(api, code="tea-1")
    assert (refused.status, refused.error["message"]) == (
        400,
        "An active promotion code with `code: tea-1` already exists.",
    )
    coupon = given["promotion"]["coupon"]
    assert [one["id"] for one in api.get(f"/v1/promotion_codes?coupon={coupon}").body["data"]] == [given["id"]]
    api.post(f"/v1/promotion_codes/{given['id']}", {"active": "false"})
    assert code(api, code="tea-1").status == 200
    assert api.post(f"/v1/promotion_codes/{given['id']}", {"active": "true"}).status == 400


@pytest.mark.parametrize(
    ("params", "message", "param"),
    [
        (
            {"promotion": {"type": "coupon"}},
            "You must pass promotion.coupon when passing promotion",
            "promotion.coupon",
        ),
        (
            {"promotion": {"type": "coupon", "coupon": "none"}},
            "No such coupon: 'none'",
            "promotion[coupon]",
        ),
        (
            {"code": "two words"},
            "This value must match the regex pattern. (/\\A[a-zA-Z0-9\\-_]+\\z/ does not match for the value two words).",
            "code",
        ),
        (
            {"expires_at": "9999999999"},
            "Invalid timestamp: can be no more than five years in the future.",
            "expires_at",
        ),
    ],
)
def test_a_promotion_code_that_stripe_refuses_is_refused_in_its_words(
    params: dict[str, Any], message: str, param: str
) -> None:
    refused = code(Api(), **params)
    assert (refused.status, refused.error["message"], refused.error["param"]) == (400, message, param)


def test_the_effective_percentage_of_a_tax_rate_is_its_own() -> None:
    rate = Api().post("/v1/tax_rates", {"display_name": "VAT", "inclusive": "false", "percentage": "8.875"}).body
    assert (rate["percentage"], rate["effective_percentage"], rate["rate_type"]) == (8.875, 8.875, "percentage")


def test_a_tax_rate_is_a_part_of_a_hundred() -> None:
    refused = Api().post("/v1/tax_rates", {"display_name": "VAT", "inclusive": "true", "percentage": "-100"})
    assert (refused.status, refused.error["param"]) == (400, "percentage")


def test_a_customer_has_no_single_discount() -> None:
    api = Api()
    customer = api.post("/v1/customers").body["id"]
    for response in (api.get(f"/v1/customers/{customer}/discount"), api.delete(f"/v1/customers/{customer}/discount")):
        assert (response.status, response.error["code"]) == (404, "resource_missing")
