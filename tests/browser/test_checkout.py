"""Checkout in a real browser: the hosted page in all modes, and the embedded page with the stand-in for Stripe.js."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ..chromium import wait_until
from ..clients import install, transcript
from .pages import ORIGIN, Platform
from .test_stripe_js import opened, rejection

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

NO_LONGER = (
    "stripe.redirectToCheckout is no longer supported in this version of Stripe.js. See the changelog for more details: "
    "https://docs.stripe.com/changelog/clover/2025-09-30/remove-redirect-to-checkout."
)
PAY = "[data-testid=hosted-payment-submit-button]"


def session(platform: Platform, mode: str = "payment", **params: Any) -> Any:
    v1: Any = platform.handle.client.v1
    sent: dict[str, Any] = {"mode": mode, **params}
    if "ui_mode" not in params:
        sent["success_url"] = f"{ORIGIN}/?session={{CHECKOUT_SESSION_ID}}"
    if mode == "setup":
        sent["currency"] = "usd"
    else:
        recurring = {"recurring": {"interval": "month"}} if mode == "subscription" else {}
        data = {"currency": "usd", "unit_amount": 1_500, "product_data": {"name": "Tea"}, **recurring}
        sent["line_items"] = [{"price_data": data, "quantity": 1}]
    return v1.checkout.sessions.create(sent)


def retrieved(platform: Platform, identifier: str) -> Any:
    v1: Any = platform.handle.client.v1
    return v1.checkout.sessions.retrieve(identifier)


def fill(page: Page | FrameLocator, number: str) -> None:
    """The form, by the ids that Stripe's page has."""
    values = {"cardNumber": number, "cardExpiry": "12 / 34", "cardCvc": "123", "billingName": "Ada"}
    for name, value in {"email": "ada@example.com", **values}.items():
        page.locator(f"#{name}").fill(value)
    page.locator(PAY).click()


@pytest.mark.parametrize("mode", ["payment", "setup", "subscription"])
def test_a_visitor_is_declined_authenticates_and_returns(platform: Platform, mode: str) -> None:
    page, made = opened(platform), session(platform, mode)
    platform.files[f"/?session={made.id}"] = ("text/html", "<!doctype html><title>Done</title>")
    page.goto(made.url)
    fill(page, "4000 0000 0000 0002")
    assert page.get_by_role("alert").inner_text() == "Your card was declined."
    fill(page, "4000 0025 0000 3155")
    page.locator("#test-source-authorize-3ds").click()
    page.wait_for_url(f"{ORIGIN}/?session={made.id}")
    done = retrieved(platform, made.id)
    assert (done.status, done.payment_status) == ("complete", "no_payment_required" if mode == "setup" else "paid")
    assert platform.handle.webhooks.wait("checkout.session.completed")["data"]["object"]["id"] == made.id
    assert bool(done.subscription) is (mode == "subscription")


def test_redirect_to_checkout_leaves_for_the_page_until_clover(platform: Platform) -> None:
    page, made = opened(platform), session(platform)
    assert rejection(page, "it.redirectToCheckout({sessionId: 'cs_test_1'})") == ["IntegrationError", NO_LONGER]
    html = '<!doctype html><title>Platform</title><script src="https://js.stripe.com/v3/"></script>'
    platform.files["/"] = ("text/html", html)
    page.goto(f"{ORIGIN}/")
    call = "async ([key, given]) => { try { await Stripe(key).redirectToCheckout(given); } catch (e) { return e.message; } }"
    wrong = "stripe.redirectToCheckout: You must provide one of lineItems, items, or sessionId."
    assert page.evaluate(call, [platform.handle.publishable_key, {}]) == wrong
    begin = "([key, sessionId]) => { Stripe(key).redirectToCheckout({sessionId}); }"
    page.evaluate(begin, [platform.handle.publishable_key, made.id])
    page.wait_for_url(f"{platform.handle.url}/c/pay/**")
    assert page.locator("#total").inner_text() == "$15.00"


@pytest.mark.parametrize(("redirect", "stays"), [("always", False), ("never", True)])
def test_an_embedded_page_is_paid_in_its_frame(platform: Platform, redirect: str, stays: bool) -> None:
    back = {} if stays else {"return_url": f"{ORIGIN}/?session={{CHECKOUT_SESSION_ID}}"}
    made = session(platform, ui_mode="embedded_page", redirect_on_completion=redirect, **back)
    page = opened(platform)
    platform.files[f"/?session={made.id}"] = ("text/html", "<!doctype html><title>Done</title>")
    page.evaluate(
        "async (clientSecret) => { const it = await stripe; window.completed = 0;"
        " const fetchClientSecret = async () => clientSecret, onComplete = () => { window.completed += 1; };"
        " const more = {fetchClientSecret, onComplete: STAYS ? onComplete : undefined};"
        " const checkout = await it.createEmbeddedCheckoutPage(more); checkout.mount('#card'); }".replace(
            "STAYS", str(stays).lower()
        ),
        made.client_secret,
    )
    again = "it.initEmbeddedCheckout({clientSecret: 'cs_test_1_secret_2'})"
    assert rejection(page, again) == ["IntegrationError", "You cannot have multiple Embedded Checkout objects."]
    frame = page.frame_locator("iframe[name=embedded-checkout][src*=embedded-checkout-inner]")
    fill(frame, "4000 0000 0000 0002")
    assert frame.get_by_role("alert").inner_text() == "Your card was declined."
    fill(frame, "4000 0025 0000 3155")
    frame.locator("#test-source-authorize-3ds").click()
    if stays:
        wait_until(page, "window.completed === 1")
        assert page.url == f"{ORIGIN}/"
    else:
        page.wait_for_url(f"{ORIGIN}/?session={made.id}")
    assert retrieved(platform, made.id).status == "complete"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_phone_and_axe_finds_nothing(platform: Platform, scheme: Any) -> None:
    v1: Any = platform.handle.client.v1
    made = session(
        platform,
        "subscription",
        allow_promotion_codes=True,
        billing_address_collection="required",
        cancel_url=f"{ORIGIN}/",
        consent_collection={"terms_of_service": "required", "promotions": "auto"},
        custom_fields=[{"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": "text"}],
        payment_method_types=["card", "us_bank_account"],
        phone_number_collection={"enabled": True},
        shipping_address_collection={"allowed_countries": ["US", "DE"]},
        tax_id_collection={"enabled": True},
    )
    page = platform.page()
    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(color_scheme=scheme)
    axe = (transcript.installed(install.BROWSER) / "node_modules" / "axe-core" / "axe.min.js").read_text()

    def checked(url: str) -> None:
        page.goto(url)
        page.evaluate(axe)
        assert (
            page.evaluate("axe.run().then(({violations}) => violations.map(({id, nodes}) => [id, nodes[0].html]))")
            == []
        )
        assert page.evaluate("document.documentElement.scrollWidth") == 320

    checked(made.url)
    done = platform.handle.complete_checkout(made)
    portal = v1.billing_portal.sessions.create({"customer": done["customer"], "return_url": f"{ORIGIN}/"})
    for path in ("", f"/subscriptions/{done['subscription']}/cancel", "/payment-methods"):
        checked(f"{portal.url}{path}")
