"""Prices that are charged in another currency than their own."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api

MISMATCH = "The currency of the selected prices (usd) does not match the customer currency (gbp)."


def price(api: Api, **params: Any) -> str:
    data = {
        "currency": "usd",
        "unit_amount": "1000",
        "product_data": {"name": "Tea"},
        "currency_options": {"eur": {"unit_amount": "900"}},
        **params,
    }
    return str(api.posted("prices", **data)["id"])


def payer(api: Api) -> str:
    settings = {"default_payment_method": "pm_card_visa"}
    return str(api.posted("customers", payment_method="pm_card_visa", invoice_settings=settings)["id"])


MONTHLY = {"recurring": {"interval": "month"}}


def test_a_subscription_is_charged_in_the_currency_of_its_request() -> None:
    api = Api()
    items = [{"price": price(api, **MONTHLY), "quantity": "2"}]
    customer = payer(api)
    subscription = api.posted("subscriptions", customer=customer, items=items, currency="eur")
    assert (subscription["currency"], subscription["items"]["data"][0]["price"]["currency"]) == ("eur", "usd")
    invoice = api.get(f"/v1/invoices/{subscription['latest_invoice']}").body
    assert (invoice["currency"], invoice["amount_paid"]) == ("eur", 1800)
    line = invoice["lines"]["data"][0]
    assert (line["currency"], line["pricing"]["unit_amount_decimal"]) == ("eur", "900")
    assert api.get(f"/v1/customers/{customer}").body["currency"] == "eur"
    second = api.posted("subscriptions", customer=customer, items=items)
    assert second["currency"] == "eur"


def test_a_currency_that_a_price_lacks_is_refused() -> None:
    api = Api()
    items = [{"price": price(api, **MONTHLY)}]
    refused = api.post("/v1/subscriptions", {"customer": payer(api), "items": items, "currency": "gbp"})
    assert (refused.status, refused.error["message"]) == (400, MISMATCH)


def test_a_checkout_session_is_paid_in_the_currency_of_its_request() -> None:
    api = Api()
    sent = {
        "mode": "payment",
        "currency": "eur",
        "line_items": [{"price": price(api), "quantity": "3"}],
        "success_url": "https://example.com",
    }
    session = api.posted("checkout/sessions", **sent)
    assert (session["currency"], session["amount_total"]) == ("eur", 2700)
    refused = api.post("/v1/checkout/sessions", {**sent, "currency": "gbp"})
    assert (refused.status, refused.error["message"]) == (400, MISMATCH)


@pytest.mark.parametrize(("currency", "amount"), [("eur", 900), ("usd", 1000)])
def test_an_invoice_item_has_the_amount_of_its_currency(currency: str, amount: int) -> None:
    api = Api()
    item = api.posted("invoiceitems", customer=payer(api), pricing={"price": price(api)}, currency=currency)
    assert (item["currency"], item["amount"]) == (currency, amount)


def test_a_coupon_for_some_products_discounts_their_lines_of_a_session() -> None:
    api = Api()
    tea, milk = price(api), price(api, product_data={"name": "Milk"})
    product = api.get(f"/v1/prices/{milk}").body["product"]
    coupon = api.posted("coupons", percent_off="50", applies_to={"products": [product]})["id"]
    session = api.posted(
        "checkout/sessions",
        mode="payment",
        line_items=[{"price": tea, "quantity": "1"}, {"price": milk, "quantity": "1"}],
        discounts=[{"coupon": coupon}],
        success_url="https://example.com",
    )
    assert (session["amount_total"], session["total_details"]["amount_discount"]) == (1500, 500)
    lines = api.get(f"/v1/checkout/sessions/{session['id']}/line_items").body["data"]
    assert sorted(each["amount_discount"] for each in lines) == [0, 500]


def test_a_promotion_code_with_a_minimum_is_refused_for_less() -> None:
    api = Api()
    coupon = api.posted("coupons", percent_off="50")["id"]
    restrictions = {"minimum_amount": "2000", "minimum_amount_currency": "usd"}
    code = api.posted("promotion_codes", promotion={"type": "coupon", "coupon": coupon}, restrictions=restrictions)[
        "id"
    ]
    sent = {
        "mode": "payment",
        "line_items": [{"price": price(api), "quantity": "1"}],
        "discounts": [{"promotion_code": code}],
        "success_url": "https://example.com",
    }
    refused = api.post("/v1/checkout/sessions", sent)
    assert (refused.status, refused.error["message"]) == (
        400,
        (
            "This promotion code cannot be redeemed because the associated purchase does not meet the minimum amount "
            "requirement."
        ),
    )
    enough = api.posted("checkout/sessions", **{**sent, "line_items": [{"price": price(api), "quantity": "2"}]})
    assert enough["amount_total"] == 1000
