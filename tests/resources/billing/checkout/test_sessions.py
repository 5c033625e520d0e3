"""Checkout sessions and payment links: line items and totals."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api

DONE = "https://shop.example/done?session={CHECKOUT_SESSION_ID}"

RECURRING = (
    "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only "
    "one-time prices."
)


def made(api: Api, path: str, **params: Any) -> Any:
    response = api.post(f"/v1/{path}", params)
    assert response.status == 200, response.body
    return response.body


def price(api: Api, amount: int = 500, **params: Any) -> str:
    data = {"name": "Tea"}
    return str(made(api, "prices", currency="usd", unit_amount=str(amount), product_data=data, **params)["id"])


def test_a_session_adds_up_its_line_items_and_lists_them() -> None:
    api = Api()
    items = [
        {"price": price(api), "quantity": "2"},
        {"price_data": {"currency": "usd", "product_data": {"name": "Mug"}, "unit_amount": "700"}, "quantity": "1"},
    ]
    session = made(api, "checkout/sessions", mode="payment", success_url=DONE, line_items=items)
    assert (session["amount_subtotal"], session["amount_total"], session["currency"]) == (1700, 1700, "usd")
    assert session["total_details"] == {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}
    assert (session["status"], session["payment_status"], session["success_url"]) == ("open", "unpaid", DONE)
    assert (session["expires_at"] - session["created"], session["customer_creation"]) == (86_400, "if_required")
    assert "line_items" not in session
    listed = api.get(f"/v1/checkout/sessions/{session['id']}/line_items").body
    assert [(one["description"], one["quantity"], one["amount_total"]) for one in listed["data"]] == [
        ("Tea", 2, 1000),
        ("Mug", 1, 700),
    ]
    assert listed["data"][0]["id"][:3] == "li_"
    assert api.get(f"/v1/checkout/sessions/{session['id']}?expand[]=line_items").body["line_items"] == listed


def test_the_line_items_of_a_session_are_paged() -> None:
    api = Api()
    items = [{"price": price(api, amount), "quantity": "1"} for amount in (100, 200, 300)]
    session = made(api, "checkout/sessions", mode="payment", success_url=DONE, line_items=items)["id"]
    first = api.get(f"/v1/checkout/sessions/{session}/line_items?limit=2").body
    assert ([one["amount_total"] for one in first["data"]], first["has_more"]) == ([100, 200], True)
    last = first["data"][-1]["id"]
    rest = api.get(f"/v1/checkout/sessions/{session}/line_items?starting_after={last}").body
    assert ([one["amount_total"] for one in rest["data"]], rest["has_more"]) == ([300], False)
    missing = api.get("/v1/checkout/sessions/cs_none/line_items")
    assert (missing.status, missing.error["message"], missing.error["param"]) == (
        404,
        "No such checkout.session: 'cs_none'",
        "session",
    )


def test_coupons_and_tax_rates_change_the_total() -> None:
    api = Api()
    coupon = made(api, "coupons", percent_off="25")["id"]
    added = made(api, "tax_rates", display_name="VAT", inclusive="false", percentage="10")["id"]
    item = {"price": price(api), "quantity": "2", "tax_rates": [added]}
    session = made(
        api, "checkout/sessions", mode="payment", success_url=DONE, line_items=[item], discounts=[{"coupon": coupon}]
    )
    assert (session["amount_subtotal"], session["amount_total"]) == (1000, 825)
    assert session["total_details"] == {"amount_discount": 250, "amount_shipping": 0, "amount_tax": 75}


@pytest.mark.parametrize(("amount_off", "shares"), [("500", [166, 334]), ("1", [0, 1]), ("9000", [1000, 2000])])
def test_an_amount_off_is_shared_by_the_lines_and_the_last_takes_the_rest(amount_off: str, shares: list[int]) -> None:
    api = Api()
    coupon = made(api, "coupons", amount_off=amount_off, currency="usd")["id"]
    items = [{"price": price(api, 1000), "quantity": "1"}, {"price": price(api, 2000), "quantity": "1"}]
    session = made(
        api, "checkout/sessions", mode="payment", success_url=DONE, line_items=items, discounts=[{"coupon": coupon}]
    )
    listed = api.get(f"/v1/checkout/sessions/{session['id']}/line_items").body["data"]
    assert [one["amount_discount"] for one in listed] == shares


@pytest.mark.parametrize(("tiers_mode", "amount"), [("graduated", 10 * 5 + 5 * 3 + 100), ("volume", 15 * 3 + 100)])
def test_tiers_are_added_up_by_their_mode(tiers_mode: str, amount: int) -> None:
    api = Api()
    tiers = [{"up_to": "10", "unit_amount": "5"}, {"up_to": "inf", "unit_amount": "3", "flat_amount": "100"}]
    params = {"billing_scheme": "tiered", "tiers_mode": tiers_mode, "tiers": tiers, "recurring": {"interval": "month"}}
    tiered = made(api, "prices", currency="usd", product_data={"name": "Calls"}, **params)["id"]
    session = made(
        api,
        "checkout/sessions",
        mode="subscription",
        success_url=DONE,
        line_items=[{"price": tiered, "quantity": "15"}],
    )
    assert (session["amount_total"], session["customer_creation"]) == (amount, "always")


def test_a_session_of_mode_setup_has_no_amounts() -> None:
    session = made(Api(), "checkout/sessions", mode="setup", currency="usd", success_url=DONE)
    assert (session["amount_total"], session["payment_status"], session["total_details"]) == (
        None,
        "no_payment_required",
        None,
    )


@pytest.mark.parametrize(
    ("params", "message", "param"),
    [
        ({"mode": "payment", "success_url": DONE}, "Missing required param: line_items.", "line_items"),
        ({"mode": "payment", "line_items": "one"}, "Missing required param: success_url.", "success_url"),
        (
            {"mode": "payment", "success_url": "done", "line_items": "one"},
            "Not a valid URL",
            "success_url",
        ),
        (
            {"mode": "payment", "success_url": DONE, "line_items": "monthly"},
            RECURRING,
            "line_items[0]",
        ),
        (
            {"mode": "subscription", "success_url": DONE, "line_items": "one"},
            "You must provide at least one recurring price in `subscription` mode when using prices.",
            None,
        ),
        (
            {"mode": "payment", "success_url": DONE, "line_items": "unknown"},
            "No such price: 'price_none'",
            "line_items[0][price]",
        ),
        (
            {"mode": "payment", "success_url": DONE, "line_items": "archived"},
            "The price specified is inactive. This field only accepts active prices.",
            "line_items[0][price]",
        ),
        (
            {
                "mode": "payment",
                "success_url": DONE,
                "line_items": "one",
                "customer": "@",
                "customer_email": "jenny@example.com",
            },
            "You may only specify one of these parameters: customer, customer_email.",
            "customer",
        ),
    ],
)
def test_a_session_that_stripe_refuses_is_refused_in_its_words(
    params: dict[str, Any], message: str, param: str | None
) -> None:
    api = Api()
    archived = price(api)
    made(api, f"prices/{archived}", active="false")
    prices = {
        "one": price(api),
        "monthly": price(api, recurring={"interval": "month"}),
        "unknown": "price_none",
        "archived": archived,
    }
    sent = dict(params)
    if "line_items" in sent:
        sent["line_items"] = [{"price": prices[sent["line_items"]], "quantity": "1"}]
    if "customer" in sent:
        sent["customer"] = made(api, "customers")["id"]
    refused = api.post("/v1/checkout/sessions", sent)
    assert (refused.status, refused.error["message"], refused.error.get("param")) == (400, message, param)


def test_a_session_expires_once() -> None:
    api = Api()
    items = [{"price": price(api), "quantity": "1"}]
    session = made(api, "checkout/sessions", mode="payment", success_url=DONE, line_items=items)["id"]
    expired = made(api, f"checkout/sessions/{session}/expire")
    assert (expired["status"], expired["url"]) == ("expired", None)
    assert api.get("/v1/events?type=checkout.session.expired").body["data"][0]["data"]["object"]["id"] == session
    again = api.post(f"/v1/checkout/sessions/{session}/expire")
    assert again.error["message"] == (
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
        "`expired`."
    )


def test_a_payment_link_has_its_line_items_and_one_event() -> None:
    api = Api()
    link = made(api, "payment_links", line_items=[{"price": price(api), "quantity": "3"}])
    assert (link["currency"], link["active"], link["customer_creation"]) == ("usd", True, "if_required")
    listed = api.get(f"/v1/payment_links/{link['id']}/line_items").body["data"]
    assert [(one["quantity"], one["amount_total"]) for one in listed] == [(3, 1500)]
    kinds = [event["type"] for event in api.get("/v1/events").body["data"]]
    assert [kind for kind in kinds if kind.startswith("payment_link")] == ["payment_link.created"]
