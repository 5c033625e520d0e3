"""Payments and set-ups with the stand-in for Stripe.js, in a real browser: Elements, 3D Secure, and redirects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .pages import ORIGIN, Platform
from .test_stripe_js import CSP, card_of, fill, opened, rejection

if TYPE_CHECKING:
    from playwright.sync_api import Page

CARD: Any = {"payment_method_types": ["card"]}
CHALLENGED = "4000002760003184"


def intent(platform: Platform, **params: Any) -> Any:
    v1: Any = platform.handle.client.v1
    return v1.payment_intents.create({"amount": 1000, "currency": "usd", **CARD, **params})


def retrieved(platform: Platform, identifier: str) -> Any:
    v1: Any = platform.handle.client.v1
    return v1.payment_intents.retrieve(identifier)


def called(page: Page, expression: str, *arguments: object) -> Any:
    """The result of a call of `it`, the Stripe object, with `a` and so on as arguments."""
    names = ", ".join("abc"[: len(arguments)])
    return page.evaluate(f"async ([{names}]) => {{ const it = await stripe; return {expression}; }}", list(arguments))


def challenge(page: Page, button: str) -> None:
    """Press a button of the page of 3D Secure."""
    outer = page.frame_locator('iframe[name^="__privateStripeFrame"][src*="three-ds-2-challenge"]')
    outer.frame_locator('iframe[name="stripe-challenge-frame"]').locator(f"#test-source-{button}-3ds").click()


def test_a_card_element_pays(platform: Platform) -> None:
    platform.csp = CSP
    page, made = opened(platform), intent(platform)
    fill(card_of(page), number="4242424242424242")
    sent = "it.confirmCardPayment(a, {payment_method: {card, billing_details: {name: 'Jenny Rosen'}}})"
    result = called(page, sent, made.client_secret)
    assert (set(result), result["paymentIntent"]["status"]) == ({"paymentIntent"}, "succeeded")
    paid = retrieved(platform, made.id)
    v1: Any = platform.handle.client.v1
    details = v1.payment_methods.retrieve(paid.payment_method).billing_details
    assert (paid.status, details.name, details.address.postal_code) == ("succeeded", "Jenny Rosen", "94107")
    assert page.content().count("4242424242424242") == 0
    assert platform.complaints == []


def test_a_decline_is_an_error_with_the_intent(platform: Platform) -> None:
    page, made = opened(platform), intent(platform)
    result = called(page, "it.confirmCardPayment(a, {payment_method: 'pm_card_chargeDeclined'})", made.client_secret)
    error = result["error"]
    assert (set(result), error["type"], error["code"]) == ({"error"}, "card_error", "card_declined")
    assert error["payment_intent"]["status"] == "requires_payment_method"


@pytest.mark.parametrize(("button", "status"), [("authorize", "succeeded"), ("fail", "requires_payment_method")])
def test_3d_secure_opens_over_the_page(platform: Platform, button: str, status: str) -> None:
    platform.csp = CSP
    page, made = opened(platform), intent(platform)
    fill(card_of(page), number=CHALLENGED)
    page.evaluate(
        "async (secret) => { const it = await stripe;"
        " window.result = it.confirmCardPayment(secret, {payment_method: {card}}); }",
        made.client_secret,
    )
    challenge(page, button)
    result = page.evaluate("window.result")
    assert retrieved(platform, made.id).status == status
    if button == "authorize":
        assert result["paymentIntent"]["status"] == status
    else:
        assert (result["error"]["code"], result["error"]["message"]) == (
            "payment_intent_authentication_failure",
            (
                "We are unable to authenticate your payment method. Please choose a different payment method and try "
                "again."
            ),
        )
    assert page.locator("iframe[src*=three-ds]").count() == 0
    assert platform.complaints == []


def test_without_actions_the_intent_waits(platform: Platform) -> None:
    page, made = opened(platform), intent(platform)
    sent = "it.confirmCardPayment(a, {payment_method: 'pm_card_authenticationRequired'}, {handleActions: false})"
    result = called(page, sent, made.client_secret)
    assert result["paymentIntent"]["status"] == "requires_action"
    page.evaluate(
        "async (secret) => { const it = await stripe; window.result = it.handleNextAction({clientSecret: secret}); }",
        made.client_secret,
    )
    challenge(page, "authorize")
    assert page.evaluate("window.result")["paymentIntent"]["status"] == "succeeded"


def payment_element(page: Page, secret: str, number: str = "4242424242424242") -> None:
    page.evaluate(
        """async (secret) => {
          const it = await stripe;
          window.elements = it.elements({clientSecret: secret});
          window.payment = elements.create("payment");
          window.changes = [];
          payment.on("change", (event) => changes.push(event));
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


def test_a_payment_element_pays_and_stays(platform: Platform) -> None:
    page, made = opened(platform), intent(platform)
    payment_element(page, made.client_secret)
    assert page.evaluate("changes.at(-1)") == {
        "elementType": "payment",
        "collapsed": False,
        "value": {"type": "card"},
        "empty": False,
        "complete": True,
    }
    assert called(page, "elements.submit()") == {"selectedPaymentMethod": "card"}
    result = called(page, "it.confirmPayment({elements, redirect: 'if_required'})")
    assert result["paymentIntent"]["status"] == "succeeded"


def test_a_payment_element_leads_to_the_return_url(platform: Platform) -> None:
    page, made = (
        opened(platform),
        intent(platform, automatic_payment_methods={"enabled": True}, payment_method_types=[]),
    )
    payment_element(page, made.client_secret, CHALLENGED)
    page.evaluate(
        "async (url) => { const it = await stripe;"
        " it.confirmPayment({elements, confirmParams: {return_url: url}}).then(() => (window.resolved = true)); }",
        f"{ORIGIN}/done?order=7",
    )
    with page.expect_request(f"{ORIGIN}/done?**") as returned:
        challenge(page, "authorize")
    assert returned.value.url == (
        f"{ORIGIN}/done?order=7&payment_intent={made.id}&payment_intent_client_secret={made.client_secret}"
        "&redirect_status=succeeded"
    )


def test_an_incomplete_payment_element_is_an_error(platform: Platform) -> None:
    page, made = opened(platform), intent(platform)
    payment_element(page, made.client_secret)
    page.evaluate("payment.clear()")
    error = {"type": "validation_error", "code": "incomplete_number", "message": "Your card number is incomplete."}
    assert called(page, "elements.submit()") == {"error": error}
    assert called(page, "it.confirmPayment({elements, redirect: 'if_required'})") == {"error": error}


def test_a_card_is_set_up(platform: Platform) -> None:
    page = opened(platform)
    v1: Any = platform.handle.client.v1
    made = v1.setup_intents.create(CARD)
    fill(card_of(page), number="4242424242424242")
    result = called(page, "it.confirmCardSetup(a, {payment_method: {card}})", made.client_secret)
    assert result["setupIntent"]["status"] == "succeeded"
    found = called(page, "it.retrieveSetupIntent(a)", made.client_secret)
    assert found["setupIntent"]["id"] == made.id


def test_a_payment_method_and_an_intent_by_itself(platform: Platform) -> None:
    page, made = opened(platform), intent(platform)
    fill(card_of(page), number="5555555555554444")
    method = called(page, "it.createPaymentMethod({type: 'card', card, billing_details: {name: 'Jenny'}})")
    shown = method["paymentMethod"]
    assert (shown["card"]["last4"], shown["billing_details"]["name"]) == ("4444", "Jenny")
    assert called(page, "it.retrievePaymentIntent(a)", made.client_secret)["paymentIntent"]["id"] == made.id


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "it.confirmCardPayment('pi_1')",
            (
                "Invalid value for stripe.confirmCardPayment intent secret: value should be a client secret of the form "
                "${id}_secret_${secret}. You specified: pi_1."
            ),
        ),
        (
            "it.elements({clientSecret: 'x'})",
            (
                "Invalid value for elements(): clientSecret should be a client secret of the form ${id}_secret_${secret}. "
                "You specified: x."
            ),
        ),
        (
            "it.confirmPayment({elements: it.elements(), clientSecret: 'pi_1_secret_2'})",
            (
                "Invalid value for stripe.confirmPayment(): elements should have a mounted Payment Element or Express "
                "Checkout Element."
            ),
        ),
        ("it.confirmPayment({})", "You must pass in a clientSecret when calling stripe.confirmPayment()."),
        (
            (
                "Promise.all([it.handleNextAction({clientSecret: 'pi_1_secret_2'}),"
                " it.handleNextAction({clientSecret: 'pi_1_secret_2'})])"
            ),
            (
                "You have an in-flight handleNextAction! Please be sure to disable your form submit button when "
                "handleNextAction is called."
            ),
        ),
    ],
)
def test_wrong_use_is_an_integration_error(platform: Platform, expression: str, message: str) -> None:
    assert rejection(opened(platform), expression) == ["IntegrationError", message]
