"""Checkout with Elements of the page's own: initCheckoutElementsSdk, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..clients import install, transcript
from .pages import ORIGIN, Platform
from .test_stripe_js import CSP, opened, rejection
from .test_stripe_js_payments import challenge

if TYPE_CHECKING:
    from playwright.sync_api import Page


def session(platform: Platform, **params: Any) -> Any:
    v1: Any = platform.handle.client.v1
    price = {"currency": "usd", "unit_amount": 500, "product_data": {"name": "Tea"}}
    shown = {"ui_mode": "elements", "return_url": f"{ORIGIN}/done?session={{CHECKOUT_SESSION_ID}}"}
    items = [{"price_data": price, "quantity": 2}]
    return v1.checkout.sessions.create({"mode": "payment", "line_items": items, **shown, **params})


def checkout(page: Page, secret: str, number: str) -> None:
    """The page's `actions`, with a payment Element that is filled in."""
    page.evaluate(
        """async (secret) => {
          const it = await stripe;
          window.checkout = it.initCheckoutElementsSdk({clientSecret: Promise.resolve(secret)});
          window.changes = [];
          checkout.on("change", (session) => changes.push(session));
          window.actions = (await checkout.loadActions()).actions;
          const payment = checkout.createPaymentElement();
          const ready = new Promise((done) => payment.on("ready", done));
          payment.mount("#card");
          await ready;
        }""",
        secret,
    )
    frame = page.frame_locator('iframe[title="Secure payment input frame"]')
    frame.get_by_label("Card number").fill(number)
    frame.get_by_label("Expiration date").fill("1240")
    frame.get_by_label("Security code").fill("123")
    frame.get_by_label("ZIP code").fill("94107")
    page.locator("#card.StripeElement--complete").wait_for()


def test_a_session_is_paid_and_its_page_left(platform: Platform) -> None:
    platform.csp = CSP
    page, made = opened(platform), session(platform)
    checkout(page, made.client_secret, "4242424242424242")
    found = page.evaluate("actions.getSession()")
    assert (found["id"], found["total"]["total"], found["status"]) == (
        made.id,
        {"minorUnitsAmount": 1000, "amount": "$10.00"},
        {"type": "open"},
    )
    assert [(line["name"], line["quantity"]) for line in found["lineItems"]] == [("Tea", 2)]
    updated = page.evaluate("actions.updateEmail('jenny.rosen@example.com')")
    assert (updated["type"], updated["session"]["email"]) == ("success", "jenny.rosen@example.com")
    with page.expect_request(re.compile(f"done\\?session={made.id}$")):
        page.evaluate("void actions.confirm()")
    v1: Any = platform.handle.client.v1
    paid = v1.checkout.sessions.retrieve(made.id)
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert paid.customer_details.email == "jenny.rosen@example.com"
    assert platform.complaints == []


def test_a_session_is_paid_and_the_page_stays_after_3d_secure(platform: Platform) -> None:
    page, made = opened(platform), session(platform)
    checkout(page, made.client_secret, "4000002760003184")
    page.evaluate("void (window.result = actions.confirm({redirect: 'if_required', email: 'jenny.rosen@example.com'}))")
    challenge(page, "authorize")
    result = page.evaluate("window.result")
    assert (result["type"], result["session"]["status"]) == ("success", {"type": "complete", "paymentStatus": "paid"})


def test_a_decline_is_an_error_of_the_result(platform: Platform) -> None:
    page, made = opened(platform), session(platform)
    checkout(page, made.client_secret, "4000000000009995")
    result = page.evaluate("actions.confirm({email: 'jenny.rosen@example.com'})")
    assert result == {
        "type": "error",
        "error": {
            "message": "Your card has insufficient funds.",
            "code": "paymentFailed",
            "paymentFailed": {"declineCode": "insufficient_funds"},
        },
    }


def test_a_wrong_secret_is_an_error_of_the_result(platform: Platform) -> None:
    page = opened(platform)
    result = page.evaluate("stripe.then((it) => it.initCheckoutElementsSdk({clientSecret: 'cs_1'}).loadActions())")
    assert result == {
        "type": "error",
        "error": {"message": "clientSecret must be the client secret of a Checkout Session.", "code": None},
    }


def test_every_function_of_the_types_exists(platform: Platform) -> None:
    types = transcript.installed(install.BROWSER) / "node_modules/@stripe/stripe-js/dist/stripe-js/checkout.d.ts"
    text = types.read_text()
    body = text.partition("export interface StripeCheckoutElementsSdk {")[2].partition("\n}")[0]
    names = sorted(set(re.findall(r"^  (\w+)[(:]", body, re.MULTILINE)))
    actions = text.partition("type StripeCheckoutLoadActionsSuccess = {")[2].partition("\n}")[0]
    wanted = sorted(set(re.findall(r"^  (\w+): \(", actions, re.MULTILINE)))
    assert (len(names) > 20, len(wanted) > 12) == (True, True)
    page, made = opened(platform), session(platform)
    checkout(page, made.client_secret, "4242424242424242")
    missing = "([names, wanted]) => [...names.filter((n) => !checkout[n]), ...wanted.filter((n) => !actions[n])]"
    assert page.evaluate(missing, [names, wanted]) == []
    assert rejection(page, "actions.applyPromotionCode('TEA')") == [
        "IntegrationError",
        "The Stripe emulator does not emulate the action applyPromotionCode() of Checkout.",
    ]
