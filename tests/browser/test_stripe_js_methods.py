"""Payment methods other than cards with the stand-in for Stripe.js, in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .pages import ORIGIN, Platform
from .test_stripe_js import CSP, opened, rejection
from .test_stripe_js_payments import called, intent, retrieved

OWNER = {"name": "Jenny Rosen", "email": "jenny.rosen@example.com"}
IBAN = "DE89370400440532013000"


@pytest.mark.parametrize(
    ("function", "kind", "currency", "details"),
    [
        ("confirmIdealPayment", "ideal", "eur", {"ideal": {"bank": "ing"}}),
        ("confirmBancontactPayment", "bancontact", "eur", {}),
        ("confirmP24Payment", "p24", "pln", {}),
        ("confirmKlarnaPayment", "klarna", "eur", {}),
        ("confirmEpsPayment", "eps", "eur", {}),
        ("confirmGrabPayPayment", "grabpay", "sgd", {}),
        ("confirmAfterpayClearpayPayment", "afterpay_clearpay", "usd", {}),
        ("confirmPayPalPayment", "paypal", "eur", {}),
    ],
)
def test_a_redirect_leads_to_the_page_of_the_bank_and_back(
    platform: Platform, function: str, kind: str, currency: str, details: dict[str, Any]
) -> None:
    page = opened(platform)
    made = intent(platform, currency=currency, payment_method_types=[kind])
    address = {"line1": "1 Main Street", "city": "Berlin", "postal_code": "10115", "country": "DE"}
    method = {**details, "billing_details": {**OWNER, "address": address}}
    sent = {"payment_method": method, "return_url": f"{ORIGIN}/done", "shipping": {"name": "Jenny", "address": address}}
    # The call never resolves: the page is left.
    page.evaluate(
        "([name, secret, data]) => { stripe.then((it) => it[name](secret, data)); }",
        [function, made.client_secret, sent],
    )
    with page.expect_request(re.compile("redirect_status=succeeded")):
        page.get_by_text("Authorize Test Payment").click()
    paid = retrieved(platform, made.id)
    v1: Any = platform.handle.client.v1
    assert (paid.status, v1.payment_methods.retrieve(paid.payment_method).type) == ("succeeded", kind)


def test_a_debit_resolves_while_it_is_processed(platform: Platform) -> None:
    platform.csp = CSP
    page, made = opened(platform), intent(platform, currency="eur", payment_method_types=["sepa_debit"])
    data = {"payment_method": {"sepa_debit": {"iban": IBAN}, "billing_details": OWNER}}
    result = called(page, "it.confirmSepaDebitPayment(a, b)", made.client_secret, data)
    assert (set(result), result["paymentIntent"]["status"]) == ({"paymentIntent"}, "processing")
    assert platform.complaints == []


def test_an_action_that_comes_later_resolves(platform: Platform) -> None:
    """The holder of a bank account verifies it days later, by the values of small deposits."""
    page, made = opened(platform), intent(platform, payment_method_types=["us_bank_account"])
    account = {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "individual"}
    data = {"payment_method": {"us_bank_account": account, "billing_details": OWNER}}
    waits = called(page, "it.confirmUsBankAccountPayment(a, b)", made.client_secret, data)["paymentIntent"]
    assert (waits["status"], waits["next_action"]["type"]) == ("requires_action", "verify_with_microdeposits")
    verified = called(page, "it.verifyMicrodepositsForPayment(a, {descriptor_code: 'SM11AA'})", made.client_secret)
    assert verified["paymentIntent"]["status"] == "processing"


def test_without_actions_a_redirect_waits(platform: Platform) -> None:
    page, made = opened(platform), intent(platform, currency="eur", payment_method_types=["ideal"])
    sent = "it.confirmIdealPayment(a, {return_url: 'https://platform.test/'}, {handleActions: false})"
    result = called(page, sent, made.client_secret)["paymentIntent"]
    assert (result["status"], result["next_action"]["type"]) == ("requires_action", "redirect_to_url")
    assert page.url == f"{ORIGIN}/"


def test_a_type_that_the_api_does_not_emulate_is_an_error_by_name(platform: Platform) -> None:
    page, made = opened(platform), intent(platform, currency="pln", payment_method_types=["blik"])
    result = called(page, "it.confirmBlikPayment(a, {payment_method: {blik: {}}})", made.client_secret)
    assert set(result) == {"error"}
    assert (result["error"]["type"], result["error"]["message"]) == (
        "api_error",
        "The emulator does not emulate the parameter payment_method. Stripe has it; FIDELITY.md lists what is emulated.",
    )


def test_the_older_names_for_cards_confirm(platform: Platform) -> None:
    page, made = opened(platform), intent(platform)
    result = called(page, "it.handleCardPayment(a, {payment_method: 'pm_card_visa'})", made.client_secret)
    assert result["paymentIntent"]["status"] == "succeeded"


def test_there_is_no_wallet(platform: Platform) -> None:
    page = opened(platform)
    options = "{country: 'US', currency: 'usd', total: {label: 'Tea', amount: 500}}"
    assert called(page, f"it.paymentRequest({options}).on('cancel', () => {{}}).canMakePayment()") is None
    assert rejection(page, f"it.paymentRequest({options}).show()") == [
        "IntegrationError",
        "The Stripe emulator has no wallet, as canMakePayment() says: paymentRequest.show() cannot show one.",
    ]
