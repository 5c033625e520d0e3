"""Checkout sessions of versions before 2022-08-01, whose payment intent is made with them."""

from __future__ import annotations

from typing import Any

from ....api import Api
from .shop import DONE, confirm, found, price

OLD = "2020-08-27"


def opened(api: Api, **params: Any) -> Any:
    item = {"price": price(api, 1500), "quantity": "1"}
    sent = {"mode": "payment", "success_url": DONE, "cancel_url": DONE, "line_items": [item], **params}
    answer = api.post("/v1/checkout/sessions", sent, stripe_version=OLD)
    assert answer.status == 200, answer.body
    return answer.body


def test_an_old_session_of_a_payment_has_its_intent_at_once() -> None:
    api = Api()
    session = opened(api, payment_intent_data={"description": "Order 7", "capture_method": "manual"})
    intent = api.get(f"/v1/payment_intents/{session['payment_intent']}").body

    assert (session["customer_creation"], session["payment_method_collection"]) == ("always", "always")
    assert (intent["amount"], intent["currency"], intent["status"]) == (1500, "usd", "requires_payment_method")
    assert (intent["description"], intent["capture_method"], intent["customer"]) == ("Order 7", "manual", None)


def test_its_visitor_pays_that_intent_and_becomes_a_customer() -> None:
    api = Api()
    session = opened(api)
    item = {"price": price(api, 700), "quantity": "2"}
    api.posted(f"checkout/sessions/{session['id']}", line_items=[item])
    billing = {"name": "Ada", "email": "ada@example.com"}
    method = api.posted("payment_methods", type="card", card={"token": "tok_visa"}, billing_details=billing)["id"]
    assert confirm(api, session["id"], method).status == 200

    paid = found(api, session["id"], "payment_intent")
    intent = paid["payment_intent"]
    assert (paid["status"], paid["payment_status"]) == ("complete", "paid")
    assert (intent["id"], intent["amount"], intent["status"]) == (session["payment_intent"], 1400, "succeeded")
    assert intent["customer"] == paid["customer"]
    assert paid["customer"].startswith("cus_")


def test_its_end_cancels_that_intent() -> None:
    api = Api()
    session = opened(api)
    api.posted(f"checkout/sessions/{session['id']}/expire")
    assert api.get(f"/v1/payment_intents/{session['payment_intent']}").body["status"] == "canceled"


def test_other_modes_and_later_versions_have_no_intent_before_the_visit() -> None:
    api = Api()
    item = {"price": price(api, 1500, recurring={"interval": "month"}), "quantity": "1"}
    assert opened(api, mode="subscription", line_items=[item])["payment_intent"] is None
    once = {"price": price(api, 1500), "quantity": "1"}
    sent = {"mode": "payment", "success_url": DONE, "line_items": [once]}
    later = api.post("/v1/checkout/sessions", sent, stripe_version="2022-08-01").body
    assert (later["payment_intent"], later["customer_creation"]) == (None, "if_required")


def test_a_sum_that_a_decline_left_behind_follows_the_order() -> None:
    api = Api()
    session = api.posted(
        "checkout/sessions", mode="payment", success_url=DONE, line_items=[{"price": price(api), "quantity": "1"}]
    )
    billing = {"name": "Ada", "email": "ada@example.com"}
    declined = {"type": "card", "card": {"token": "tok_chargeCustomerFail"}, "billing_details": billing}
    assert confirm(api, session["id"], api.posted("payment_methods", **declined)["id"]).status == 402
    api.posted(f"checkout/sessions/{session['id']}", line_items=[{"price": price(api, 900), "quantity": "1"}])
    taken = {"type": "card", "card": {"token": "tok_visa"}, "billing_details": billing}
    assert confirm(api, session["id"], api.posted("payment_methods", **taken)["id"]).status == 200

    paid = found(api, session["id"], "payment_intent")
    assert (paid["amount_total"], paid["payment_intent"]["amount_received"]) == (900, 900)


def test_a_line_of_an_old_session_may_have_an_amount_and_a_name() -> None:
    api = Api()
    images = ["https://shop.example/tea.png"]
    line = {"name": "Tea", "amount": "700", "currency": "usd", "description": "Green", "images": images}
    session = opened(api, line_items=[{**line, "quantity": "2"}])
    listed = api.get(f"/v1/checkout/sessions/{session['id']}/line_items").body["data"]
    product = api.get(f"/v1/products/{listed[0]['price']['product']}").body

    assert (session["amount_total"], session["currency"]) == (1400, "usd")
    assert [(each["description"], each["quantity"], each["price"]["unit_amount"]) for each in listed] == [
        ("Tea", 2, 700)
    ]
    assert (product["name"], product["description"], product["images"]) == ("Tea", "Green", images)
    nameless = {name: value for name, value in line.items() if name != "name"}
    sent = {"mode": "payment", "success_url": DONE, "cancel_url": DONE}
    refused = api.post(
        "/v1/checkout/sessions", {**sent, "line_items": [{**nameless, "quantity": "1"}]}, stripe_version=OLD
    )
    assert refused.error["message"] == "Missing required param: line_items[0][name]."
    later = api.post("/v1/checkout/sessions", {**sent, "line_items": [line]}, stripe_version="2022-08-01")
    assert later.error["message"].startswith("Received unknown parameters: line_items[0][")


def test_the_data_of_an_old_subscription_may_have_its_plans() -> None:
    api = Api()
    plan = price(api, 900, recurring={"interval": "month"})
    data = {"items": [{"plan": plan, "quantity": "3"}], "metadata": {"order": "7"}}
    sent = {"success_url": DONE, "cancel_url": DONE, "subscription_data": data}
    answer = api.post("/v1/checkout/sessions", sent, stripe_version=OLD)
    assert answer.status == 200, answer.body
    assert (answer.body["mode"], answer.body["amount_total"]) == ("subscription", 2700)
    billing = {"name": "Ada", "email": "ada@example.com"}
    method = api.posted("payment_methods", type="card", card={"token": "tok_visa"}, billing_details=billing)["id"]
    assert confirm(api, answer.body["id"], method).status == 200
    subscription = found(api, answer.body["id"], "subscription")["subscription"]
    [item] = subscription["items"]["data"]
    assert (item["price"]["id"], item["quantity"], subscription["metadata"]) == (plan, 3, {"order": "7"})


def test_an_unknown_plan_is_named_where_it_was_sent() -> None:
    sent = {"success_url": DONE, "cancel_url": DONE, "subscription_data": {"items": [{"plan": "gold"}]}}
    refused = Api().post("/v1/checkout/sessions", sent, stripe_version=OLD)
    assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
        400,
        "resource_missing",
        "subscription_data[items][0][plan]",
        "No such plan: 'gold'",
    )
