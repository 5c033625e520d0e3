"""Previews of invoices: of subscriptions, of their changes, of new ones, of items; nothing is kept."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api
from .test_invoices import PAYING
from .test_life import DAY, START

MONTH = 30 * DAY  # November has thirty days


@pytest.fixture
def api() -> Api:
    return Api()


def monthly(api: Api, amount: int = 1000) -> str:
    data = {"currency": "usd", "unit_amount": str(amount), "recurring": {"interval": "month"}}
    return str(api.posted("prices", product_data={"name": "Tea"}, **data)["id"])


def subscribed(api: Api, price: str, **params: Any) -> Any:
    clock = api.posted("test_helpers/test_clocks", frozen_time=str(START))["id"]
    customer = api.posted("customers", test_clock=clock, **PAYING)["id"]
    return api.posted("subscriptions", customer=customer, items=[{"price": price}], **params)


def previewed(api: Api, **params: Any) -> Any:
    """A preview, which leaves nothing behind."""
    before = [event["id"] for event in api.get("/v1/events?limit=100").body["data"]]
    found = api.posted("invoices/create_preview", **params)
    assert [event["id"] for event in api.get("/v1/events?limit=100").body["data"]] == before
    assert api.get(f"/v1/invoices/{found['id']}").status == 404
    return found


def shown(invoice: Any) -> list[tuple[str, int]]:
    return [(line["description"], line["amount"]) for line in invoice["lines"]["data"]]


def test_the_next_invoice_of_a_subscription(api: Api) -> None:
    one = subscribed(api, monthly(api))
    found = previewed(api, subscription=one["id"])
    assert shown(found) == [("1 \u00d7 Tea (at $10.00 / month)", 1000)]
    assert (found["id"][:12], found["status"], found["number"]) == ("upcoming_in_", "draft", None)
    assert (found["billing_reason"], found["customer"]) == ("upcoming", one["customer"])
    assert (found["created"], found["next_payment_attempt"]) == (START + MONTH, START + MONTH + 3600)
    assert (found["total"], found["amount_due"], found["amount_remaining"]) == (1000, 1000, 1000)
    assert found["parent"]["subscription_details"]["subscription"] == one["id"]
    [line] = found["lines"]["data"]
    assert (line["invoice"], line["period"]["start"]) == (found["id"], START + MONTH)
    of_customer = previewed(api, customer=one["customer"])
    assert shown(of_customer) == shown(found)


def test_a_change_is_prorated_on_the_next_invoice_at_once_or_not(api: Api) -> None:
    one, dear = subscribed(api, monthly(api)), monthly(api, 3000)
    items = [{"id": one["items"]["data"][0]["id"], "price": dear}]
    half = {"proration_date": str(START + MONTH // 2)}
    later = previewed(api, subscription=one["id"], subscription_details={"items": items, **half})
    assert shown(later) == [
        ("Unused time on Tea after 29 Nov 2023", -500),
        ("Remaining time on Tea after 29 Nov 2023", 1500),
        ("1 \u00d7 Tea (at $30.00 / month)", 3000),
    ]
    assert later["total"] == 4000
    recurring = previewed(
        api, subscription=one["id"], preview_mode="recurring", subscription_details={"items": items, **half}
    )
    assert shown(recurring) == [("1 \u00d7 Tea (at $30.00 / month)", 3000)]
    at_once = {"items": items, "proration_behavior": "always_invoice", **half}
    now = previewed(api, subscription=one["id"], subscription_details=at_once)
    assert (now["total"], [amount for _, amount in shown(now)]) == (1000, [-500, 1500])
    none = previewed(api, subscription=one["id"], subscription_details={"items": items, "proration_behavior": "none"})
    assert (none["total"], len(none["lines"]["data"])) == (3000, 1)
    assert api.get(f"/v1/subscriptions/{one['id']}").body["items"]["data"][0]["price"]["unit_amount"] == 1000


def test_a_new_subscription_of_a_customer_or_of_somebody(api: Api) -> None:
    price = monthly(api)
    items = [{"price": price, "quantity": "2"}]
    customer = api.posted("customers", email="jenny@example.com")["id"]
    found = previewed(api, customer=customer, subscription_details={"items": items})
    assert (found["total"], found["customer"], found["customer_email"]) == (2000, customer, "jenny@example.com")
    nobody = previewed(api, customer_details={"tax_exempt": "none"}, subscription_details={"items": items})
    assert (nobody["total"], nobody["customer"]) == (2000, None)
    assert len(api.get("/v1/customers").body["data"]) == 1
    trial = previewed(
        api, customer=customer, subscription_details={"items": items, "trial_end": str(found["created"] + 9 * DAY)}
    )
    assert (trial["total"], shown(trial)[0][1]) == (0, 0)
    wrong = api.post(
        "/v1/invoices/create_preview",
        {"customer": customer, "subscription_details": {"items": [{"price": "price_none"}]}},
    )
    assert (wrong.status, wrong.error["message"], wrong.error["param"]) == (
        400,
        "No such price: 'price_none'",
        "subscription_details[items][0][price]",
    )


def test_items_and_discounts_of_the_request(api: Api) -> None:
    one = subscribed(api, monthly(api))
    pending = api.posted("invoiceitems", customer=one["customer"], amount="300", currency="usd", description="Late")
    items = [{"amount": "200", "currency": "usd", "description": "Cup"}]
    found = previewed(api, subscription=one["id"], invoice_items=items)
    assert sorted(amount for _, amount in shown(found)) == [200, 300, 1000]
    changed = previewed(api, subscription=one["id"], invoice_items=[{"invoiceitem": pending["id"], "amount": "100"}])
    assert sorted(amount for _, amount in shown(changed)) == [100, 1000]
    half = api.posted("coupons", percent_off="50")["id"]
    discounted = previewed(api, subscription=one["id"], discounts=[{"coupon": half}])
    assert (discounted["subtotal"], discounted["total"]) == (1300, 650)
    assert api.get(f"/v1/coupons/{half}").body["times_redeemed"] == 0


def test_a_subscription_that_ends_has_no_next_invoice(api: Api) -> None:
    one = subscribed(api, monthly(api))
    api.posted(f"subscriptions/{one['id']}", cancel_at_period_end="true")
    refused = api.post("/v1/invoices/create_preview", {"subscription": one["id"]})
    assert (refused.status, refused.error["code"], refused.error["message"]) == (
        404,
        "invoice_upcoming_none",
        f"No upcoming invoices for customer: {one['customer']}",
    )


def test_a_subscription_that_is_canceled_now_credits_the_rest(api: Api) -> None:
    one = subscribed(api, monthly(api))
    clock = one["test_clock"]
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time=str(START + MONTH // 2))
    found = previewed(api, subscription=one["id"], subscription_details={"cancel_now": "true"})
    assert (found["total"], found["amount_due"]) == (-500, 0)
    assert api.get(f"/v1/subscriptions/{one['id']}").body["status"] == "active"
