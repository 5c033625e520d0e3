"""Requests for invoices and their items, as Stripe answers them."""

from __future__ import annotations

import pytest

from ....api import Api

NO_EMAIL = {
    "message": (
        "Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email."
    ),
    "type": "invalid_request_error",
}
MONTHLY = {"currency": "usd", "unit_amount": "2000", "recurring": {"interval": "month"}}


def test_an_item_of_a_price_is_described_by_the_name_of_its_product() -> None:
    api = Api()
    customer = api.posted("customers")["id"]
    price = api.posted("prices", currency="usd", unit_amount="700", product_data={"name": "Mug"})["id"]
    assert api.posted("invoiceitems", customer=customer, pricing={"price": price})["description"] == "Mug"
    described = api.posted("invoiceitems", customer=customer, pricing={"price": price}, description="A blue mug")
    assert described["description"] == "A blue mug"


def test_an_invoice_has_the_currency_of_a_pending_item_that_it_leaves() -> None:
    api = Api()
    customer = api.posted("customers")["id"]
    api.posted("invoiceitems", customer=customer, amount="500", currency="cad")
    invoice = api.posted("invoices", customer=customer)
    assert (invoice["currency"], invoice["lines"]["data"]) == ("cad", [])


@pytest.mark.parametrize("path", ["invoices", "subscriptions"])
def test_nothing_is_sent_to_a_customer_without_an_email(path: str) -> None:
    api = Api()
    product = api.posted("products", name="Tea")["id"]
    items = {"items": [{"price_data": {**MONTHLY, "product": product}}]} if path == "subscriptions" else {}
    sent = {"collection_method": "send_invoice", "days_until_due": "30", **items}
    customer = api.posted("customers")["id"]
    refused = api.post(f"/v1/{path}", {"customer": customer, **sent})
    assert (refused.status, refused.error) == (400, NO_EMAIL)
    api.posted(f"customers/{customer}", email="jenny@example.com")
    assert api.posted(path, customer=customer, **sent)["collection_method"] == "send_invoice"


def test_a_draft_does_not_change_to_be_sent_without_an_email() -> None:
    api = Api()
    draft = api.posted("invoices", customer=api.posted("customers")["id"])["id"]
    refused = api.post(f"/v1/invoices/{draft}", {"collection_method": "send_invoice", "days_until_due": "30"})
    assert (refused.status, refused.error) == (400, NO_EMAIL)


def test_an_item_that_an_invoice_of_a_subscription_takes_names_the_subscription() -> None:
    api = Api()
    customer = api.posted("customers", email="jenny@example.com")["id"]
    api.posted("invoiceitems", customer=customer, amount="500", currency="usd")
    product = api.posted("products", name="Tea")["id"]
    one = api.posted(
        "subscriptions",
        customer=customer,
        items=[{"price_data": {**MONTHLY, "product": product}}],
        collection_method="send_invoice",
        days_until_due="30",
    )
    invoice = api.get(f"/v1/invoices/{one['latest_invoice']}").body
    parents = [line["parent"] for line in invoice["lines"]["data"]]
    assert [each["type"] for each in parents] == ["invoice_item_details", "subscription_item_details"]
    assert parents[0]["invoice_item_details"]["subscription"] == one["id"]
    assert [each["license_fee_subscription_details"] for each in parents] == [None, None]


@pytest.mark.parametrize(
    ("mode", "unit", "description"),
    [
        ("classic", "user", "Trial period for Gold (per user)"),
        ("classic", None, "Trial period for Gold"),
        ("flexible", "user", "Free trial for 1 user \u00d7 Gold"),
        ("flexible", None, "Free trial for 1 \u00d7 Gold"),
    ],
)
def test_the_line_of_a_trial_is_described_by_billing_mode_and_unit(
    mode: str, unit: str | None, description: str
) -> None:
    api = Api()
    product = api.posted("products", name="Gold", **({"unit_label": unit} if unit else {}))["id"]
    one = api.posted(
        "subscriptions",
        customer=api.posted("customers")["id"],
        items=[{"price_data": {**MONTHLY, "product": product}}],
        billing_mode={"type": mode},
        trial_period_days="14",
    )
    [line] = api.get(f"/v1/invoices/{one['latest_invoice']}").body["lines"]["data"]
    assert (line["description"], line["amount"]) == (description, 0)


def test_a_plan_without_an_amount_and_a_preview_without_a_subscription_say_so() -> None:
    api = Api()
    plan = {"currency": "usd", "interval": "month", "product": api.posted("products", name="Tea")["id"]}
    refused = api.post("/v1/plans", plan)
    message = "Plans require an `amount` parameter to be set."
    assert (refused.status, refused.error) == (400, {"message": message, "type": "invalid_request_error"})
    details = {"subscription_details": {"proration_date": "1767225600"}}
    refused = api.post("/v1/invoices/create_preview", {"customer": api.posted("customers")["id"], **details})
    message = (
        "When previewing changes to a subscription, you must specify either `subscription` or `subscription_items`"
    )
    assert (refused.status, refused.error) == (400, {"message": message, "type": "invalid_request_error"})
