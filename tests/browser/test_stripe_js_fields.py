"""The Elements of Stripe.js that are not of cards, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from ..chromium import wait_until
from ..clients import install, transcript
from .pages import ORIGIN, Platform
from .test_stripe_js import CSP, opened, rejection
from .test_stripe_js_methods import IBAN, OWNER
from .test_stripe_js_payments import called, intent, payment_element, retrieved

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOUNT = """async ([type, options]) => {
  const it = await stripe;
  window.group = window.group || it.elements();
  window.events = [];
  window.element = group.create(type, options);
  for (const name of ["ready", "change"]) element.on(name, (event) => events.push([name, event]));
  const ready = new Promise((done) => element.once("ready", done));
  const place = document.createElement("div");
  document.body.append(place);
  element.mount(place);
  await ready;
}"""


def mounted(page: Page, kind: str, title: str, options: object = None) -> Any:
    """The frame of a mounted Element of a kind."""
    page.evaluate(MOUNT, [kind, options or {}])
    return page.frame_locator(f'iframe[title="{title}"]')


def test_an_iban_pays(platform: Platform) -> None:
    platform.csp = CSP
    page, made = opened(platform), intent(platform, currency="eur", payment_method_types=["sepa_debit"])
    frame = mounted(page, "iban", "Secure IBAN input frame", {"supportedCountries": ["SEPA"]})
    frame.get_by_label("IBAN").fill("DE89 3704 0044 0532 0130 00")
    wait_until(page, "events.at(-1)[1].complete")
    assert page.evaluate("JSON.parse(JSON.stringify(events.at(-1)[1]))") == {
        "elementType": "iban",
        "empty": False,
        "complete": True,
        "bankName": "",
        "country": "DE",
    }
    data = "{payment_method: {sepa_debit: element, billing_details: b}}"
    result = called(page, f"it.confirmSepaDebitPayment(a, {data})", made.client_secret, OWNER)
    assert result["paymentIntent"]["status"] == "processing"
    assert IBAN not in page.content()
    assert platform.complaints == []


def test_an_incomplete_iban_is_an_error_without_a_request(platform: Platform) -> None:
    page, made = opened(platform), intent(platform, currency="eur", payment_method_types=["sepa_debit"])
    mounted(page, "iban", "Secure IBAN input frame").get_by_label("IBAN").fill("DE89")
    data = "{payment_method: {sepa_debit: element, billing_details: b}}"
    result = called(page, f"it.confirmSepaDebitPayment(a, {data})", made.client_secret, OWNER)
    assert result == {
        "error": {"type": "validation_error", "code": "incomplete_iban", "message": "Your IBAN is incomplete."}
    }
    assert not any("/v1/payment_methods" in line for line in platform.log)


@pytest.mark.parametrize(
    ("kind", "function", "method", "bank"),
    [
        ("idealBank", "confirmIdealPayment", "ideal", "ing"),
        ("p24Bank", "confirmP24Payment", "p24", "ing"),
        ("epsBank", "confirmEpsPayment", "eps", "bank_austria"),
    ],
)
def test_a_bank_is_selected(platform: Platform, kind: str, function: str, method: str, bank: str) -> None:
    page, made = opened(platform), intent(platform, currency="eur", payment_method_types=[method])
    mounted(page, kind, "Secure bank selection frame").get_by_label("Bank").select_option(bank)
    wait_until(page, "events.at(-1)[1].complete")
    assert page.evaluate("events.at(-1)[1].value") == bank
    sent = f"{{payment_method: {{{method}: element, billing_details: b}}, return_url: '{ORIGIN}/done'}}"
    page.evaluate(f"([a, b]) => {{ stripe.then((it) => it.{function}(a, {sent})); }}", [made.client_secret, OWNER])
    with page.expect_request(re.compile("redirect_status=succeeded")):
        page.get_by_text("Authorize Test Payment").click()
    v1: Any = platform.handle.client.v1
    paid = v1.payment_methods.retrieve(retrieved(platform, made.id).payment_method)
    assert (paid.type, paid[method]["bank"]) == (method, bank)


def test_an_email_and_an_address_go_with_the_payment(platform: Platform) -> None:
    page, made = opened(platform), intent(platform)
    payment_element(page, made.client_secret)
    page.evaluate("window.group = elements")
    mounted(page, "linkAuthentication", "Secure email input frame").get_by_label("Email").fill(OWNER["email"])
    wait_until(page, "events.length > 1")
    assert page.evaluate("events.at(-1)[1]") == {
        "elementType": "linkAuthentication",
        "empty": False,
        "complete": True,
        "value": {"email": "jenny.rosen@example.com"},
    }
    address = mounted(page, "address", "Secure address input frame", {"mode": "shipping"})
    for label, text in (("Full name", "Jenny Rosen"), ("Address line 1", "1 Main St"), ("City", "Berlin")):
        address.get_by_label(label).fill(text)
    address.get_by_label("ZIP code").fill("10115")
    address.get_by_label("Country or region").select_option("DE")
    wait_until(page, "events.at(-1)[1].complete")
    place = {
        "line1": "1 Main St",
        "line2": None,
        "city": "Berlin",
        "state": "",
        "postal_code": "10115",
        "country": "DE",
    }
    assert page.evaluate("element.getValue()") == {
        "complete": True,
        "isNewAddress": True,
        "value": {"name": "Jenny Rosen", "address": place},
    }
    result = called(page, "it.confirmPayment({elements, redirect: 'if_required'})")
    assert result["paymentIntent"]["status"] == "succeeded"
    paid = retrieved(platform, made.id)
    v1: Any = platform.handle.client.v1
    assert v1.payment_methods.retrieve(paid.payment_method).billing_details.email == OWNER["email"]
    assert (paid.shipping.name, paid.shipping.address.city) == ("Jenny Rosen", "Berlin")


def test_an_express_checkout_is_ready_without_a_wallet(platform: Platform) -> None:
    page = opened(platform)
    mounted(page, "expressCheckout", "Secure express checkout frame")
    assert page.evaluate("events") == [["ready", {"elementType": "expressCheckout"}]]


@pytest.mark.parametrize("package", ["@stripe/stripe-js", "stripe-js-v3"])
def test_every_element_of_the_types_works_or_is_refused_by_its_name(platform: Platform, package: str) -> None:
    types = next((transcript.installed(install.BROWSER) / "node_modules" / package).glob("**/elements-group.d.ts"))
    names = sorted(set(re.findall(r"elementType: '(\w+)',?\n", types.read_text())))
    assert len(names) > 15
    page = opened(platform)
    script = """async (names) => {
      const it = await stripe;
      return names.map((name) => {
        try { it.elements().create(name, {mode: "billing"}); return [name, null]; }
        catch (e) { return [name, `${e.name}: ${e.message}`]; }
      });
    }"""
    found = dict(page.evaluate(script, names))
    refusals = {
        name: f"IntegrationError: The Stripe emulator does not emulate the {name} Element."
        for name, message in found.items()
        if message
    }
    assert {name: message for name, message in found.items() if message} == refusals
    working = {"address", "auBankAccount", "card", "expressCheckout", "iban", "linkAuthentication", "payment"}
    assert working <= {name for name, message in found.items() if message is None}


def test_an_unknown_element_is_refused(platform: Platform) -> None:
    assert rejection(opened(platform), "it.elements().create('tea')") == [
        "IntegrationError",
        "The Stripe emulator does not emulate the tea Element.",
    ]
