"""Subscriptions by checkout sessions, and invoices of payments: paid before they exist, in the order of Stripe."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api
from .shop import DONE, advance, confirm, events, found, price, session

REFUSED = "This promotion code cannot be redeemed because the associated"


def test_a_visitor_subscribes() -> None:
    api = Api()
    data = {"description": "Tea club", "metadata": {"club": "tea"}}
    opened = session(api, "subscription", subscription_data=data)
    assert (opened["customer_creation"], opened["payment_method_collection"]) == ("always", "always")
    assert confirm(api, opened["id"]).body["status"] == "complete"
    done = found(api, opened["id"], "subscription", "invoice", "customer")
    subscription, invoice = done["subscription"], done["invoice"]
    assert (done["status"], done["payment_status"], done["payment_intent"], done["url"]) == (
        "complete",
        "paid",
        None,
        None,
    )
    assert (subscription["status"], subscription["description"], subscription["metadata"]) == (
        "active",
        "Tea club",
        {"club": "tea"},
    )
    assert (invoice["status"], invoice["amount_paid"], invoice["billing_reason"]) == (
        "paid",
        1500,
        "subscription_create",
    )
    methods = api.get(f"/v1/payment_methods?customer={done['customer']['id']}").body["data"]
    assert [each["id"] for each in methods] == [subscription["default_payment_method"]]
    assert done["customer"]["invoice_settings"]["default_payment_method"] is None
    [intent] = api.get("/v1/payment_intents").body["data"]
    assert (intent["description"], intent["setup_future_usage"], intent["payment_details"]["order_reference"]) == (
        "Subscription creation",
        "off_session",
        invoice["id"],
    )
    assert events(api) == [
        "customer.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_method.attached",
        "payment_intent.succeeded",
        "customer.updated",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.subscription.created",
        "checkout.session.completed",
    ]
    assert [
        each["id"] for each in api.get(f"/v1/checkout/sessions?subscription={subscription['id']}").body["data"]
    ] == [opened["id"]]


def test_a_declined_card_leaves_no_subscription() -> None:
    api = Api()
    opened = session(api, "subscription")["id"]
    assert confirm(api, opened, "pm_card_chargeDeclined").status == 402
    assert api.get("/v1/subscriptions").body["data"] == api.get("/v1/invoices").body["data"] == []
    assert confirm(api, opened, "pm_card_threeDSecure2Required").body["status"] == "open"
    assert confirm(api, opened).body["status"] == "complete"
    assert (len(api.get("/v1/subscriptions").body["data"]), len(api.get("/v1/customers").body["data"])) == (1, 1)
    assert len(api.get("/v1/payment_intents").body["data"]) == 1


@pytest.mark.parametrize("method", ["pm_card_visa", None])
def test_a_trial_begins_without_a_payment(method: str | None) -> None:
    api = Api()
    sent: dict[str, Any] = {"subscription_data": {"trial_period_days": "7"}}
    sent |= {} if method else {"payment_method_collection": "if_required"}
    opened = session(api, "subscription", **sent)
    assert (opened["amount_subtotal"], opened["amount_total"]) == (0, 0)
    if method:
        assert confirm(api, opened["id"], None).status == 400
    assert confirm(api, opened["id"], method).body["status"] == "complete"
    done = found(api, opened["id"], "subscription")
    assert (done["payment_status"], done["setup_intent"], done["subscription"]["status"]) == (
        "no_payment_required",
        None,
        "trialing",
    )
    assert done["subscription"]["trial_end"] - done["subscription"]["trial_start"] == 7 * 86_400
    assert bool(done["subscription"]["default_payment_method"]) is bool(method)
    assert api.get("/v1/payment_intents").body["data"] == []


def test_one_time_items_and_discounts_are_on_the_first_invoice() -> None:
    api = Api()
    coupon = api.posted("coupons", percent_off="50", duration="forever")["id"]
    lines = [
        {"price": price(api, 2000, recurring={"interval": "month"}), "quantity": "2"},
        {"price": price(api, 700), "quantity": "1"},
    ]
    opened = session(api, "subscription", line_items=lines, discounts=[{"coupon": coupon}])
    assert (opened["amount_subtotal"], opened["amount_total"]) == (4700, 2350)
    confirm(api, opened["id"])
    done = found(api, opened["id"], "subscription", "invoice")
    assert (done["invoice"]["total"], done["invoice"]["status"]) == (2350, "paid")
    assert sorted(line["amount"] for line in done["invoice"]["lines"]["data"]) == [700, 4000]
    assert [each["quantity"] for each in done["subscription"]["items"]["data"]] == [2]
    assert len(done["subscription"]["discounts"]) == 1
    assert api.get(f"/v1/coupons/{coupon}").body["times_redeemed"] == 1


def test_a_subscription_renews_with_the_card_of_the_page() -> None:
    api = Api()
    opened = session(api, "subscription")["id"]
    confirm(api, opened)
    advance(api, 32 * 86_400)
    invoices = api.get("/v1/invoices").body["data"]
    assert [(each["billing_reason"], each["status"], each["amount_paid"]) for each in invoices] == [
        ("subscription_cycle", "paid", 1500),
        ("subscription_create", "paid", 1500),
    ]


@pytest.mark.anyio
async def test_an_account_is_paid_its_share() -> None:
    api = Api()
    capabilities = {"card_payments": {"requested": "true"}, "transfers": {"requested": "true"}}
    account = api.account(type="custom", country="US", capabilities=capabilities)
    await api.control("POST", f"/accounts/{account}/complete_onboarding")
    data = {"application_fee_percent": "10", "transfer_data": {"destination": account}}
    opened = session(api, "subscription", subscription_data=data)["id"]
    assert confirm(api, opened).status == 200
    [charge] = api.get("/v1/charges").body["data"]
    assert (charge["application_fee_amount"], charge["destination"]) == (150, account)


@pytest.mark.parametrize(
    ("params", "total"),
    [({}, 1500), ({"discounts": "half"}, 750), ({"shipping_options": "post"}, 2200)],
)
def test_a_payment_makes_an_invoice_on_request(params: dict[str, Any], total: int) -> None:
    api = Api()
    coupon = api.posted("coupons", percent_off="50")["id"]
    fixed = {"amount": "700", "currency": "usd"}
    rate = {"display_name": "Post", "type": "fixed_amount", "fixed_amount": fixed}
    given = {"half": [{"coupon": coupon}], "post": [{"shipping_rate_data": rate}]}
    creation = {"enabled": "true", "invoice_data": {"metadata": {"order": "7"}, "footer": "Thanks"}}
    sent: dict[str, Any] = {name: given[value] for name, value in params.items()}
    opened = session(api, invoice_creation=creation, **sent)["id"]
    confirm(api, opened)
    done = found(api, opened, "invoice")
    invoice = done["invoice"]
    assert (invoice["total"], invoice["status"], invoice["metadata"], invoice["footer"]) == (
        total,
        "paid",
        {"order": "7"},
        "Thanks",
    )
    assert (done["amount_total"], invoice["customer"]) == (total, done["customer"])
    assert len(api.get("/v1/payment_intents").body["data"]) == 1
    assert api.get(f"/v1/coupons/{coupon}").body["times_redeemed"] == (1 if "discounts" in params else 0)


def test_a_price_is_charged_in_another_of_its_currencies() -> None:
    api = Api()
    options = {"eur": {"unit_amount": "1300"}}
    tea = price(api, 1500, currency_options=options)
    line = {"price": tea, "quantity": "2"}
    opened = api.posted("checkout/sessions", mode="payment", success_url=DONE, line_items=[line], currency="eur")
    assert (opened["currency"], opened["amount_total"]) == ("eur", 2600)
    confirm(api, opened["id"])
    assert api.get("/v1/charges").body["data"][0]["currency"] == "eur"


@pytest.mark.parametrize(
    ("restrictions", "message"),
    [
        (
            {"minimum_amount": "5000", "minimum_amount_currency": "usd"},
            f"{REFUSED} purchase does not meet the minimum amount requirement.",
        ),
        (
            {"first_time_transaction": "true"},
            f"{REFUSED} customer has prior transactions.",
        ),
    ],
)
def test_a_promotion_code_that_is_not_for_this_purchase_is_refused(restrictions: dict[str, str], message: str) -> None:
    api = Api()
    customer = api.posted("customers", email="ada@example.com")["id"]
    confirm(api, session(api, customer=customer)["id"])
    coupon = api.posted("coupons", percent_off="20")["id"]
    promotion = {"type": "coupon", "coupon": coupon}
    code = api.posted("promotion_codes", promotion=promotion, restrictions=restrictions)["id"]
    line = {"price": price(api, 1500), "quantity": "1"}
    sent = {"mode": "payment", "success_url": "https://shop.example", "line_items": [line], "customer": customer}
    refused = api.post("/v1/checkout/sessions", {**sent, "discounts": [{"promotion_code": code}]})
    assert (refused.status, refused.error["message"]) == (400, message)


def test_a_customer_has_one_currency() -> None:
    api = Api()
    first = session(api, "subscription")["id"]
    confirm(api, first)
    customer = found(api, first)["customer"]
    line = {"price": price(api, 1500, "eur", recurring={"interval": "month"}), "quantity": "1"}
    sent = {"mode": "subscription", "success_url": DONE, "line_items": [line], "customer": customer}
    refused = api.post("/v1/checkout/sessions", sent)
    assert (refused.status, refused.error["message"][:52]) == (
        400,
        "You cannot combine currencies on a single customer. ",
    )


@pytest.mark.parametrize(
    ("balance", "item", "charged"),
    [("-500", None, 1000), ("-2000", None, None), ("0", "300", 1800)],
)
def test_the_balance_and_the_pending_items_of_a_customer_are_charged(
    balance: str, item: str | None, charged: int | None
) -> None:
    api = Api()
    customer = api.posted("customers", email="ada@example.com", balance=balance)["id"]
    if item:
        api.posted("invoiceitems", customer=customer, amount=item, currency="usd")
    opened = session(api, "subscription", customer=customer)["id"]
    assert confirm(api, opened).body["status"] == "complete"
    done = found(api, opened, "subscription", "invoice")
    assert (done["subscription"]["status"], done["invoice"]["status"]) == ("active", "paid")
    assert [each["amount"] for each in api.get("/v1/charges").body["data"]] == ([charged] if charged else [])


def test_what_cannot_be_subscribed_any_more_is_refused_before_it_is_paid() -> None:
    api = Api()
    coupon = api.posted("coupons", percent_off="50", max_redemptions="1")["id"]
    first, second = (session(api, "subscription", discounts=[{"coupon": coupon}])["id"] for _ in range(2))
    assert confirm(api, first).status == 200
    refused = confirm(api, second)
    assert (refused.status, refused.error["code"]) == (400, "coupon_expired")
    assert (found(api, second)["status"], len(api.get("/v1/charges").body["data"])) == ("open", 1)


def test_default_tax_rates_and_test_clocks_are_respected() -> None:
    api = Api()
    rate = api.posted("tax_rates", display_name="VAT", inclusive="false", percentage="10")["id"]
    clock = api.posted("test_helpers/test_clocks", frozen_time="1700000000")["id"]
    customer = api.posted("customers", email="ada@example.com", test_clock=clock)["id"]
    data = {"default_tax_rates": [rate]}
    opened = session(api, "subscription", customer=customer, subscription_data=data)
    assert (opened["amount_total"], opened["total_details"]["amount_tax"]) == (1650, 150)
    confirm(api, opened["id"])
    done = found(api, opened["id"], "subscription", "invoice")
    assert (done["subscription"]["created"], done["subscription"]["test_clock"]) == (1_700_000_000, clock)
    assert (done["invoice"]["total"], done["invoice"]["status"], done["payment_status"]) == (1650, "paid", "paid")
