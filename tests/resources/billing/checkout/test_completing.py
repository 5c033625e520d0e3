"""Completing checkout sessions: the objects of each mode, declines, 3D Secure, debits, and the events in order."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api
from .shop import BILLING, advance, confirm, events, found, session


def card(api: Api, token: str = "tok_visa") -> str:
    return str(api.posted("payment_methods", type="card", card={"token": token}, billing_details=BILLING)["id"])


def debit(api: Api, iban: str) -> str:
    sent = {"type": "sepa_debit", "sepa_debit": {"iban": iban}, "billing_details": BILLING}
    return str(api.posted("payment_methods", **sent)["id"])


def test_a_guest_pays_once() -> None:
    api = Api()
    data = {"description": "Order 7", "metadata": {"order": "7"}, "statement_descriptor_suffix": "TEA"}
    opened = session(api, payment_intent_data=data, metadata={"cart": "1"})
    assert (opened["payment_intent"], opened["customer_creation"]) == (None, "if_required")
    page = confirm(api, opened["id"], card(api), expected_amount="1500")
    assert (page.status, page.body["status"], page.body["id"][:6]) == (200, "complete", "ppage_")
    paid = found(api, opened["id"], "payment_intent")
    intent = paid.pop("payment_intent")
    assert paid == {
        **{name: value for name, value in opened.items() if name != "payment_intent"},
        "customer_details": {
            "address": {
                "city": None,
                "country": "DE",
                "line1": None,
                "line2": None,
                "postal_code": "10115",
                "state": None,
            },
            "business_name": None,
            "email": "ada@example.com",
            "individual_name": None,
            "name": "Ada Lovelace",
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
        "payment_status": "paid",
        "status": "complete",
        "url": None,
    }
    assert (intent["amount"], intent["status"], intent["customer"], intent["description"], intent["metadata"]) == (
        1500,
        "succeeded",
        None,
        "Order 7",
        {"order": "7"},
    )
    assert (intent["payment_method_types"], intent["statement_descriptor_suffix"]) == (["card", "link"], "TEA")
    assert events(api) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    event = api.get("/v1/events?type=checkout.session.completed").body["data"][0]
    assert event["data"] == {"object": {**paid, "payment_intent": intent["id"]}}
    again = confirm(api, opened["id"])
    assert (again.status, again.error["message"]) == (
        400,
        "This Checkout Session is no longer open: it has a status of `complete`.",
    )


@pytest.mark.parametrize(
    "params",
    [
        {"customer_creation": "always"},
        {"payment_intent_data": {"setup_future_usage": "off_session"}},
        {"invoice_creation": {"enabled": "true"}},
    ],
)
def test_a_session_makes_a_customer_where_it_must(params: dict[str, Any]) -> None:
    api = Api()
    opened = session(api, **params)
    assert confirm(api, opened["id"], card(api)).status == 200
    paid = found(api, opened["id"], "customer", "payment_intent")
    assert (paid["customer"]["email"], paid["customer"]["name"]) == ("ada@example.com", "Ada Lovelace")
    assert paid["payment_intent"]["customer"] == paid["customer"]["id"]
    methods = api.get(f"/v1/payment_methods?customer={paid['customer']['id']}").body["data"]
    assert len(methods) == (1 if "payment_intent_data" in params else 0)
    assert events(api)[0] == "customer.created"


def test_a_declined_payment_leaves_the_session_open_for_another_card() -> None:
    api = Api()
    opened = session(api)["id"]
    declined = confirm(api, opened, "pm_card_chargeDeclined")
    assert (declined.status, declined.error["code"], declined.error["message"]) == (
        402,
        "card_declined",
        "Your card was declined.",
    )
    waiting = found(api, opened)
    assert (waiting["status"], waiting["payment_status"], waiting["payment_intent"][:3]) == ("open", "unpaid", "pi_")
    assert confirm(api, opened).body["status"] == "complete"
    assert found(api, opened)["payment_intent"] == waiting["payment_intent"]
    assert events(api) == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_payment_that_must_be_authenticated_completes_the_session_later() -> None:
    api = Api()
    opened = session(api)["id"]
    page = confirm(api, opened, "pm_card_threeDSecure2Required").body
    assert (page["status"], page["payment_intent"]["status"]) == ("open", "requires_action")
    assert page["payment_intent"]["next_action"]["type"] == "redirect_to_url"
    assert confirm(api, opened).body["status"] == "complete"
    assert found(api, opened)["payment_status"] == "paid"


def test_a_held_payment_is_unpaid_until_it_is_captured() -> None:
    api = Api()
    opened = session(api, payment_intent_data={"capture_method": "manual"})["id"]
    confirm(api, opened)
    held = found(api, opened)
    assert (held["status"], held["payment_status"]) == ("complete", "unpaid")
    api.posted(f"payment_intents/{held['payment_intent']}/capture")
    assert found(api, opened)["payment_status"] == "paid"
    assert [kind for kind in events(api) if kind.startswith("checkout")] == ["checkout.session.completed"]


@pytest.mark.parametrize(
    ("iban", "status", "event"),
    [
        ("AT611904300234573201", "paid", "checkout.session.async_payment_succeeded"),
        ("AT861904300235473202", "unpaid", "checkout.session.async_payment_failed"),
        ("IT60X0542811101000000123456", "unpaid", "checkout.session.async_payment_failed"),
    ],
)
def test_a_debit_ends_after_the_visit(iban: str, status: str, event: str) -> None:
    api = Api()
    opened = session(api, currency="eur", payment_method_types=["sepa_debit"])["id"]
    page = confirm(api, opened, debit(api, iban)).body
    assert (page["status"], page["payment_status"]) == ("complete", "unpaid")
    advance(api, 10 * 86_400)
    assert found(api, opened)["payment_status"] == status
    assert [kind for kind in events(api) if kind.startswith("checkout")] == ["checkout.session.completed", event]


def test_a_payment_method_is_set_up_for_a_new_customer() -> None:
    api = Api()
    data = {"description": "Card on file", "metadata": {"plan": "x"}}
    opened = session(api, "setup", setup_intent_data=data)
    assert (opened["id"][:10], opened["setup_intent"][:5], opened["payment_status"]) == (
        "cs_test_c1",
        "seti_",
        "no_payment_required",
    )
    assert confirm(api, opened["id"], card(api)).status == 200
    done = found(api, opened["id"], "setup_intent", "customer")
    assert (done["status"], done["payment_status"], done["url"]) == ("complete", "no_payment_required", None)
    intent = done["setup_intent"]
    assert (intent["status"], intent["description"], intent["metadata"]) == (
        "succeeded",
        "Card on file",
        {"plan": "x"},
    )
    methods = api.get(f"/v1/payment_methods?customer={done['customer']['id']}").body["data"]
    assert [each["id"] for each in methods] == [intent["payment_method"]]
    assert events(api) == [
        "setup_intent.created",
        "customer.created",
        "payment_method.attached",
        "setup_intent.succeeded",
        "checkout.session.completed",
    ]


def test_an_existing_customer_keeps_what_it_has_unless_the_session_updates_it() -> None:
    api = Api()
    plain = api.posted("customers", name="Old")["id"]
    confirm(api, session(api, customer=plain)["id"], card(api))
    kept = api.get(f"/v1/customers/{plain}").body
    assert (kept["name"], kept["email"], kept["address"]) == ("Old", "ada@example.com", None)
    updates = {"name": "auto", "address": "auto"}
    confirm(api, session(api, customer=plain, customer_update=updates)["id"], card(api))
    changed = api.get(f"/v1/customers/{plain}").body
    assert (changed["name"], changed["address"]["country"]) == ("Ada Lovelace", "DE")


def test_nothing_is_paid_where_nothing_is_due() -> None:
    api = Api()
    coupon = api.posted("coupons", percent_off="100")["id"]
    opened = session(api, discounts=[{"coupon": coupon}])
    assert (opened["amount_total"], opened["payment_status"]) == (0, "no_payment_required")
    assert confirm(api, opened["id"], None).body["status"] == "complete"
    done = found(api, opened["id"])
    assert (done["payment_intent"], done["payment_status"]) == (None, "no_payment_required")
    assert events(api) == ["checkout.session.completed"]


def test_a_confirmation_of_another_amount_or_without_a_payment_method_is_refused() -> None:
    api = Api()
    opened = session(api)["id"]
    wrong = confirm(api, opened, expected_amount="1")
    assert (wrong.status, wrong.error["code"], wrong.error["param"]) == (
        400,
        "checkout_amount_mismatch",
        "expected_amount",
    )
    bare = confirm(api, opened, None)
    assert (bare.status, bare.error["message"]) == (400, "Missing required param: payment_method.")
    unknown = confirm(api, "cs_test_none")
    assert (unknown.status, unknown.error["message"]) == (404, "No such checkout.session: 'cs_test_none'")
    assert events(api) == []


@pytest.mark.anyio
async def test_a_session_of_an_account_pays_that_account() -> None:
    api = Api()
    account = api.account(type="custom", country="US", capabilities={"card_payments": {"requested": "true"}})
    await api.control("POST", f"/accounts/{account}/complete_onboarding")
    seller = {**api.headers, "stripe-account": account}
    shop = Api(settings=api.settings, headers=seller)
    shop.emulator, shop.pipeline = api.emulator, api.pipeline
    opened = session(shop)["id"]
    assert confirm(shop, opened).body["status"] == "complete"
    assert shop.get("/v1/charges").body["data"][0]["amount"] == 1500
    assert api.get("/v1/charges").body["data"] == []
    event = shop.get("/v1/events?type=checkout.session.completed").body["data"][0]
    assert event["data"]["object"]["id"] == opened
    assert api.get("/v1/events?type=checkout.session.completed").body["data"] == []


@pytest.mark.parametrize(
    ("mode", "kind", "reason"), [("payment", "payment_intents", "automatic"), ("setup", "setup_intents", "abandoned")]
)
def test_a_session_that_expires_cancels_its_intent(mode: str, kind: str, reason: str) -> None:
    api = Api()
    opened = session(api, mode)["id"]
    confirm(api, opened, "pm_card_threeDSecure2Required")
    waiting = found(api, opened)
    path = f"/v1/{kind}/{waiting['payment_intent'] or waiting['setup_intent']}"
    refused = api.post(f"{path}/cancel")
    assert (refused.status, "created by Checkout." in refused.error["message"]) == (400, True)
    api.posted(f"checkout/sessions/{opened}/expire")
    intent = api.get(path).body
    assert (intent["status"], intent["cancellation_reason"]) == ("canceled", reason)
    assert events(api)[-1] == "checkout.session.expired"


@pytest.mark.parametrize("mode", ["payment", "subscription"])
def test_a_customer_who_was_deleted_meanwhile_pays_nothing(mode: str) -> None:
    api = Api()
    customer = api.posted("customers", email="ada@example.com")["id"]
    opened = session(api, mode, customer=customer)["id"]
    api.delete(f"/v1/customers/{customer}")
    refused = confirm(api, opened)
    assert (refused.status, refused.error["message"]) == (400, f"No such customer: '{customer}'")
    assert (found(api, opened)["status"], api.get("/v1/charges").body["data"]) == ("open", [])


@pytest.mark.parametrize("mode", ["payment", "subscription"])
@pytest.mark.parametrize("kind", ["coupon", "promotion_code"])
def test_a_discount_for_one_is_redeemed_by_one_of_three_open_sessions(mode: str, kind: str) -> None:
    api = Api()
    limit = {"max_redemptions": "1"}
    coupon = api.posted("coupons", percent_off="50", **(limit if kind == "coupon" else {}))["id"]
    code = api.posted("promotion_codes", promotion={"type": "coupon", "coupon": coupon}, **limit)["id"]
    discounts = [{kind: coupon if kind == "coupon" else code}]
    opened = [session(api, mode, discounts=discounts)["id"] for _ in range(3)]
    answers = [confirm(api, each) for each in opened]
    assert [each.status for each in answers] == [200, 400, 400]
    message = (
        f"Coupon expired: {coupon}"
        if kind == "coupon"
        else "This promotion code cannot be redeemed because it is not active."
    )
    assert [each.error["message"] for each in answers[1:]] == [message] * 2
    assert [found(api, each)["status"] for each in opened] == ["complete", "open", "open"]
    assert api.get(f"/v1/coupons/{coupon}").body["times_redeemed"] == 1
    assert len(api.get("/v1/charges").body["data"]) == 1
