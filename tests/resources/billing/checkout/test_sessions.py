"""Checkout sessions and payment links: line items and totals."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ....api import Api
from .shop import advance, events

DONE = "https://shop.example/done?session={CHECKOUT_SESSION_ID}"

FEE = (
    "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key or "
    "Stripe-Account header) or destination payment (using `transfer_data[destination]`)."
)
RECURRING = (
    "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only "
    "one-time prices."
)


def price(api: Api, amount: int = 500, **params: Any) -> str:
    data = {"name": "Tea"}
    return str(api.posted("prices", currency="usd", unit_amount=str(amount), product_data=data, **params)["id"])


def test_a_session_adds_up_its_line_items_and_lists_them() -> None:
    api = Api()
    items = [
        {"price": price(api), "quantity": "2"},
        {"price_data": {"currency": "usd", "product_data": {"name": "Mug"}, "unit_amount": "700"}, "quantity": "1"},
    ]
    session = api.posted("checkout/sessions", mode="payment", success_url=DONE, line_items=items)
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
    session = api.posted("checkout/sessions", mode="payment", success_url=DONE, line_items=items)["id"]
    first = api.get(f"/v1/checkout/sessions/{session}/line_items?limit=2").body
    assert ([one["amount_total"] for one in first["data"]], first["has_more"]) == ([100, 200], True)
    last = first["data"][-1]["id"]
    rest = api.get(f"/v1/checkout/sessions/{session}/line_items?starting_after={last}").body
    assert ([one["amount_total"] for one in rest["data"]], rest["has_more"]) == ([300], False)
    missing = api.get("/v1/checkout/sessions/cs_none/line_items")
    assert missing.status == 404
    assert missing.error == {
        "code": "resource_missing",
        "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
        "message": "No such checkout.session: cs_none",
        "type": "invalid_request_error",
    }


def test_coupons_and_tax_rates_change_the_total() -> None:
    api = Api()
    coupon = api.posted("coupons", percent_off="25")["id"]
    added = api.posted("tax_rates", display_name="VAT", inclusive="false", percentage="10")["id"]
    item = {"price": price(api), "quantity": "2", "tax_rates": [added]}
    session = api.posted(
        "checkout/sessions", mode="payment", success_url=DONE, line_items=[item], discounts=[{"coupon": coupon}]
    )
    assert (session["amount_subtotal"], session["amount_total"]) == (1000, 825)
    assert session["total_details"] == {"amount_discount": 250, "amount_shipping": 0, "amount_tax": 75}


@pytest.mark.parametrize(("amount_off", "shares"), [("500", [166, 334]), ("1", [0, 1]), ("9000", [1000, 2000])])
def test_an_amount_off_is_shared_by_the_lines_and_the_last_takes_the_rest(amount_off: str, shares: list[int]) -> None:
    api = Api()
    coupon = api.posted("coupons", amount_off=amount_off, currency="usd")["id"]
    items = [{"price": price(api, 1000), "quantity": "1"}, {"price": price(api, 2000), "quantity": "1"}]
    session = api.posted(
        "checkout/sessions", mode="payment", success_url=DONE, line_items=items, discounts=[{"coupon": coupon}]
    )
    listed = api.get(f"/v1/checkout/sessions/{session['id']}/line_items").body["data"]
    assert [one["amount_discount"] for one in listed] == shares


@pytest.mark.parametrize(("tiers_mode", "amount"), [("graduated", 10 * 5 + 5 * 3 + 100), ("volume", 15 * 3 + 100)])
def test_tiers_are_added_up_by_their_mode(tiers_mode: str, amount: int) -> None:
    api = Api()
    tiers = [{"up_to": "10", "unit_amount": "5"}, {"up_to": "inf", "unit_amount": "3", "flat_amount": "100"}]
    params = {"billing_scheme": "tiered", "tiers_mode": tiers_mode, "tiers": tiers, "recurring": {"interval": "month"}}
    tiered = api.posted("prices", currency="usd", product_data={"name": "Calls"}, **params)["id"]
    session = api.posted(
        "checkout/sessions",
        mode="subscription",
        success_url=DONE,
        line_items=[{"price": tiered, "quantity": "15"}],
    )
    assert (session["amount_total"], session["customer_creation"]) == (amount, "always")


def test_a_session_of_mode_setup_has_no_amounts() -> None:
    session = Api().posted("checkout/sessions", mode="setup", currency="usd", success_url=DONE)
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
            {"mode": "setup", "success_url": DONE, "currency": "usd", "line_items": "one"},
            "You can not pass `line_items` in `setup` mode.",
            "line_items",
        ),
        (
            {"mode": "setup", "success_url": DONE},
            "You must pass `currency` in `setup` mode when `payment_method_types` is not passed.",
            "currency",
        ),
        (
            {"mode": "subscription", "success_url": DONE, "line_items": "monthly", "customer_creation": "always"},
            "`customer_creation` can only be used in `payment` mode.",
            "customer_creation",
        ),
        (
            {
                "mode": "subscription",
                "success_url": DONE,
                "line_items": "monthly",
                "payment_intent_data": {"description": "Tea"},
            },
            "You can not pass `payment_intent_data` in `subscription` mode.",
            "payment_intent_data",
        ),
        (
            {
                "mode": "payment",
                "success_url": DONE,
                "line_items": "one",
                "payment_intent_data": {"application_fee_amount": "100"},
            },
            FEE,
            "payment_intent_data[application_fee_amount]",
        ),
        (
            {"mode": "payment", "success_url": DONE, "line_items": "cheap"},
            "The Checkout Session's total amount due must add up to at least $0.50 usd",
            None,
        ),
        (
            {"mode": "payment", "success_url": DONE, "line_items": "one", "expires_at": "in 29 minutes"},
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            "expires_at",
        ),
        (
            {"mode": "payment", "success_url": DONE, "line_items": "one", "expires_at": "in 25 hours"},
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            "expires_at",
        ),
        (
            {"mode": "payment", "ui_mode": "embedded_page", "success_url": DONE, "line_items": "one"},
            "The following parameters are not supported with 'ui_mode: embedded_page': success_url.",
            "success_url",
        ),
        (
            {"mode": "payment", "ui_mode": "embedded_page", "line_items": "one"},
            "Missing required param: return_url.",
            "return_url",
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
    api.posted(f"prices/{archived}", active="false")
    prices = {
        "one": price(api),
        "cheap": price(api, 49),
        "monthly": price(api, recurring={"interval": "month"}),
        "unknown": "price_none",
        "archived": archived,
    }
    sent = dict(params)
    if "line_items" in sent:
        sent["line_items"] = [{"price": prices[sent["line_items"]], "quantity": "1"}]
    if "customer" in sent:
        sent["customer"] = api.posted("customers")["id"]
    if "expires_at" in sent:
        seconds = {"in 29 minutes": 29 * 60, "in 25 hours": 25 * 3600}[sent["expires_at"]]
        sent["expires_at"] = str(int(time.time()) + seconds)
    refused = api.post("/v1/checkout/sessions", sent)
    assert (refused.status, refused.error["message"], refused.error.get("param")) == (400, message, param)


def test_a_session_expires_once() -> None:
    api = Api()
    items = [{"price": price(api), "quantity": "1"}]
    session = api.posted("checkout/sessions", mode="payment", success_url=DONE, line_items=items)["id"]
    expired = api.posted(f"checkout/sessions/{session}/expire")
    assert (expired["status"], expired["url"]) == ("expired", None)
    assert api.get("/v1/events?type=checkout.session.expired").body["data"][0]["data"]["object"]["id"] == session
    again = api.post(f"/v1/checkout/sessions/{session}/expire")
    assert again.error["message"] == (
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
        "`expired`."
    )


def test_a_payment_link_has_its_line_items_and_one_event() -> None:
    api = Api()
    link = api.posted("payment_links", line_items=[{"price": price(api), "quantity": "3"}])
    assert (link["currency"], link["active"], link["customer_creation"]) == ("usd", True, "if_required")
    listed = api.get(f"/v1/payment_links/{link['id']}/line_items").body["data"]
    assert [(one["quantity"], one["amount_total"]) for one in listed] == [(3, 1500)]
    kinds = [event["type"] for event in api.get("/v1/events").body["data"]]
    assert [kind for kind in kinds if kind.startswith("payment_link")] == ["payment_link.created"]


@pytest.mark.parametrize(
    ("line", "message", "param"),
    [
        ({}, "Quantity is required. Add `quantity` to `line_items[0]`", "line_items[0]"),
        ({"quantity": "0"}, "This value must be greater than or equal to 1.", "line_items[0][quantity]"),
    ],
)
def test_a_line_item_needs_a_quantity(line: dict[str, str], message: str, param: str) -> None:
    api = Api()
    sent = {"mode": "payment", "success_url": DONE, "line_items": [{"price": price(api), **line}]}
    refused = api.post("/v1/checkout/sessions", sent)
    assert (refused.status, refused.error["message"], refused.error["param"]) == (400, message, param)


def test_a_session_expires_by_itself_and_can_be_recovered() -> None:
    api = Api()
    items = [{"price": price(api), "quantity": "1"}]
    recovery = {"recovery": {"enabled": "true", "allow_promotion_codes": "true"}}
    opened = api.posted(
        "checkout/sessions", mode="payment", success_url=DONE, line_items=items, after_expiration=recovery
    )
    assert opened["after_expiration"]["recovery"]["url"] is None
    advance(api, 86_400)
    expired = api.get(f"/v1/checkout/sessions/{opened['id']}").body
    assert (expired["status"], expired["url"], expired["payment_status"]) == ("expired", None, "unpaid")
    url = expired["after_expiration"]["recovery"]["url"]
    assert url == f"http://127.0.0.1:12111/r/{opened['id']}"
    assert events(api) == ["checkout.session.expired"]


@pytest.mark.parametrize(
    ("version", "sent", "shown"),
    [
        ("2025-09-30.clover", "embedded", "embedded"),
        ("2025-09-30.clover", "custom", "custom"),
        ("2026-03-25.dahlia", "embedded_page", "embedded_page"),
        ("2026-03-25.dahlia", "elements", "elements"),
    ],
)
def test_a_session_inside_a_page_has_a_client_secret_and_no_url(version: str, sent: str, shown: str) -> None:
    api = Api()
    line = {"price": price(api), "quantity": "1"}
    params = {"mode": "payment", "ui_mode": sent, "return_url": DONE, "line_items": [line]}
    body = api.post("/v1/checkout/sessions", params, stripe_version=version).body
    assert (body["ui_mode"], body["url"], body["return_url"]) == (shown, None, DONE)
    assert body["client_secret"].startswith(f"{body['id']}_secret_")
    other = {"embedded": "embedded_page", "embedded_page": "embedded"}.get(
        sent, "hosted_page" if sent == "custom" else "custom"
    )
    refused = api.post("/v1/checkout/sessions", {**params, "ui_mode": other}, stripe_version=version)
    assert refused.error["param"] == "ui_mode"


def test_shipping_options_are_part_of_the_total() -> None:
    api = Api()
    rate = {"display_name": "Post", "type": "fixed_amount", "fixed_amount": {"amount": "700", "currency": "usd"}}
    second = api.posted("shipping_rates", **{**rate, "fixed_amount": {"amount": "900", "currency": "usd"}})["id"]
    options = [{"shipping_rate_data": rate}, {"shipping_rate": second}]
    items = [{"price": price(api), "quantity": "1"}]
    opened = api.posted(
        "checkout/sessions", mode="payment", success_url=DONE, line_items=items, shipping_options=options
    )
    first = opened["shipping_options"][0]["shipping_rate"]
    assert opened["shipping_options"] == [
        {"shipping_amount": 700, "shipping_rate": first},
        {"shipping_amount": 900, "shipping_rate": second},
    ]
    assert opened["shipping_cost"] == {
        "amount_subtotal": 700,
        "amount_tax": 0,
        "amount_total": 700,
        "shipping_rate": first,
    }
    assert (opened["amount_subtotal"], opened["amount_total"]) == (500, 1200)
    assert opened["total_details"] == {"amount_discount": 0, "amount_shipping": 700, "amount_tax": 0}


def test_an_update_changes_items_and_an_address() -> None:
    api = Api()
    items = [{"price": price(api), "quantity": "1"}]
    opened = api.posted("checkout/sessions", mode="payment", success_url=DONE, line_items=items)["id"]
    [item] = api.get(f"/v1/checkout/sessions/{opened}/line_items").body["data"]
    lines = [{"id": item["id"], "quantity": "3"}, {"price": price(api, 700), "quantity": "1"}]
    address = {"name": "Ada", "address": {"line1": "1 Main St", "country": "US"}}
    changed = api.posted(
        f"checkout/sessions/{opened}",
        line_items=lines,
        metadata={"a": "1"},
        collected_information={"shipping_details": address},
    )
    assert (changed["amount_total"], changed["metadata"]) == (2200, {"a": "1"})
    assert changed["collected_information"]["shipping_details"]["address"]["line1"] == "1 Main St"
    api.posted(f"checkout/sessions/{opened}/expire")
    assert api.post(f"/v1/checkout/sessions/{opened}", {"metadata": {"b": "2"}}).body["metadata"] == {
        "a": "1",
        "b": "2",
    }
    refused = api.post(f"/v1/checkout/sessions/{opened}", {"line_items": lines})
    assert (refused.status, refused.error["message"]) == (
        400,
        "This Checkout Session is no longer open: it has a status of `expired`.",
    )


SAVED = {"allow_redisplay_filters": ["always"], "payment_method_remove": "disabled", "payment_method_save": None}
COLLECTED = {"business_name": None, "individual_name": None, "shipping_details": None}


@pytest.mark.parametrize(
    ("mode", "payer", "shown"),
    [
        ("payment", {}, (None, None, None, "if_required")),
        ("payment", {"customer_email": "ada@example.com"}, (None, COLLECTED, "ada@example.com", "if_required")),
        ("payment", {"customer": "@"}, (SAVED, None, None, None)),
        ("payment", {"customer": "ada@example.com"}, (SAVED, COLLECTED, "ada@example.com", None)),
        ("setup", {}, (None, None, None, "if_required")),
    ],
)
def test_a_session_shows_what_is_known_of_its_payer(mode: str, payer: dict[str, str], shown: tuple[Any, ...]) -> None:
    api = Api()
    sent: dict[str, Any] = {"mode": mode, "success_url": DONE, **payer}
    if "customer" in payer:
        known = {} if payer["customer"] == "@" else {"email": payer["customer"]}
        sent["customer"] = api.posted("customers", **known)["id"]
    items = [{"price": price(api), "quantity": "1"}]
    one = api.posted("checkout/sessions", **sent, **({"currency": "usd"} if mode == "setup" else {"line_items": items}))
    details = one["customer_details"]
    assert (
        one["saved_payment_method_options"],
        one["collected_information"],
        details and details["email"],
        one["customer_creation"],
    ) == shown
    assert one["managed_payments"] == {"enabled": False}


def test_a_total_below_the_minimum_is_refused_in_the_currency_as_it_was_sent() -> None:
    api = Api()
    data = {"currency": "USD", "unit_amount": "1", "product_data": {"name": "Tea"}}
    sent = {"mode": "payment", "success_url": DONE, "line_items": [{"price_data": data, "quantity": "1"}]}
    message = "The Checkout Session's total amount due must add up to at least $0.50 USD"
    assert api.post("/v1/checkout/sessions", sent).error["message"] == message
