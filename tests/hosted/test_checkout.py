"""The pages of checkout sessions and payment links: the order, the form, declines, 3D Secure, and where they lead."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from ..api import Api
from ..resources.billing.checkout.shop import advance, events, found, price, session

pytestmark = pytest.mark.anyio
CARD = {"cardNumber": "4242 4242 4242 4242", "cardExpiry": "12 / 34", "cardCvc": "123", "billingName": "Ada"}
FORM = {"email": "ada@example.com", **CARD}
RATE = {"display_name": "Express", "type": "fixed_amount", "fixed_amount": {"amount": "900", "currency": "usd"}}


async def visit(api: Api, url: str, **form: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=api.emulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:12111") as client:
        return await client.request("POST" if form else "GET", url, data=form or None)


def problem(page: httpx.Response) -> str:
    found_text = re.search(r"<p class=problem role=alert>([^<]*)</p>", page.text)
    return found_text[1] if found_text else ""


def problems(page: httpx.Response) -> dict[str, str]:
    """The errors of inputs, each of which is marked and names its error."""
    found_texts = dict(re.findall(r'<p class=error id="([^"]*)-error">([^<]*)</p>', page.text))
    for name in found_texts:
        assert f'name="{name}" aria-invalid=true aria-describedby="{name}-error"' in page.text
    return found_texts


def total(page: httpx.Response) -> str:
    found_text = re.search(r"id=total>([^<]*)<", page.text)
    return found_text[1] if found_text else ""


async def test_a_visitor_pays_and_returns_to_the_shop() -> None:
    api = Api()
    opened = session(api, cancel_url="https://shop.example/cart")
    page = await visit(api, opened["url"])
    assert (page.status_code, page.headers["cache-control"], total(page)) == (200, "no-store", "$15.00")
    assert 'href="https://shop.example/cart"' in page.text
    assert f'action="/c/pay/{opened["id"]}"' in page.text
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    paid = await visit(api, opened["url"], action="pay", **FORM)
    assert (paid.status_code, paid.headers["location"]) == (303, f"https://shop.example/done?session={opened['id']}")
    done = found(api, opened["id"])
    assert (done["status"], done["customer_details"]["email"], done["customer_details"]["name"]) == (
        "complete",
        "ada@example.com",
        "Ada",
    )
    assert (await visit(api, opened["url"])).headers["location"] == f"https://shop.example/done?session={opened['id']}"
    events_of_page = api.get("/v1/events?type=checkout.session.completed").body["data"][0]
    assert events_of_page["request"] == {"id": None, "idempotency_key": None}


@pytest.mark.parametrize(
    ("form", "status", "message", "at"),
    [
        ({**FORM, "cardNumber": "4000000000000002"}, 402, "Your card was declined.", ""),
        ({**FORM, "cardNumber": "4000000000009995"}, 402, "Your card has insufficient funds.", ""),
        ({**FORM, "cardNumber": "4000000000000127"}, 402, "Your card&#x27;s security code is incorrect.", "cardCvc"),
        ({**FORM, "cardNumber": "4242424242424241"}, 402, "Your card number is incorrect.", "cardNumber"),
        ({**FORM, "cardNumber": "4242"}, 400, "Your card number is incomplete.", "cardNumber"),
        ({**FORM, "cardExpiry": "12/20"}, 402, "Your card&#x27;s expiration year is invalid.", "cardExpiry"),
        (CARD, 400, "Required", "email"),
        ({**FORM, "email": "nobody"}, 400, "Invalid email address: nobody", "email"),
    ],
)
async def test_the_form_says_what_is_wrong_and_keeps_what_was_entered(
    form: dict[str, str], status: int, message: str, at: str
) -> None:
    api = Api()
    opened = session(api)
    page = await visit(api, opened["url"], action="pay", **form)
    assert (page.status_code, problem(page)) == (status, "" if at else message)
    assert problems(page) == ({at: message} if at else {})
    assert f'value="{form["cardNumber"]}"' in page.text
    assert found(api, opened["id"])["status"] == "open"
    assert (await visit(api, opened["url"], action="pay", **FORM)).status_code == 303


@pytest.mark.parametrize(("answer", "status"), [("complete", "complete"), ("fail", "open")])
async def test_a_visitor_authenticates_the_payment_at_the_bank(answer: str, status: str) -> None:
    api = Api()
    opened = session(api)
    form = {**FORM, "cardNumber": "4000002500003155"}
    bank = (await visit(api, opened["url"], action="pay", **form)).headers["location"]
    assert bank.startswith("http://127.0.0.1:12111/3d_secure_2/hosted?")
    back = (await visit(api, bank, action=answer)).headers["location"]
    assert back.startswith(f"http://127.0.0.1:12111/c/pay/{opened['id']}?")
    page = await visit(api, back)
    assert found(api, opened["id"])["status"] == status
    if status == "complete":
        assert page.headers["location"] == f"https://shop.example/done?session={opened['id']}"
    else:
        assert (page.status_code, problem(page)[:45]) == (200, "The provided PaymentMethod has failed authent")


async def test_a_payment_method_that_redirects_leads_to_its_page() -> None:
    api = Api()
    opened = session(api, currency="eur", payment_method_types=["ideal", "card"])
    bank = (await visit(api, opened["url"], action="pay", email="ada@example.com", paymentMethod="ideal")).headers[
        "location"
    ]
    assert "/authorize/hosted?" in bank
    await visit(api, bank, action="complete")
    assert found(api, opened["id"])["payment_status"] == "paid"


@pytest.mark.parametrize(
    ("locale", "language", "amount"),
    [
        ("auto", "en", "€1,500.00"),
        ("en-GB", "en-GB", "€1,500.00"),
        ("de", "de", "1.500,00\u00a0€"),
        ("fr", "fr", "1\u202f500,00\u00a0€"),
        ("sv", "sv", "1\u00a0500,00\u00a0€"),
        ("nl", "nl", "€\u00a01.500,00"),
        ("ja", "ja", "€1,500.00"),
    ],
)
async def test_a_page_is_for_the_language_of_its_locale_and_marks_its_words_as_english(
    locale: str, language: str, amount: str
) -> None:
    api = Api()
    data = {"currency": "eur", "unit_amount": "150000", "product_data": {"name": "Tea"}}
    page = await visit(api, session(api, locale=locale, line_items=[{"price_data": data, "quantity": "1"}])["url"])
    assert f"<html lang={language}>" in page.text
    assert total(page) == amount
    assert ("<main class=checkout lang=en>" in page.text) is (language != "en")


async def test_a_promotion_code_is_applied_and_removed() -> None:
    api = Api()
    coupon = api.posted("coupons", percent_off="20")["id"]
    code = api.posted("promotion_codes", promotion={"type": "coupon", "coupon": coupon}, code="TEA20")["id"]
    opened = session(api, allow_promotion_codes="true")
    wrong = await visit(api, opened["url"], action="apply_code", promotionCode="TEA21", **FORM)
    assert (wrong.status_code, problems(wrong), total(wrong)) == (
        400,
        {"promotionCode": "This code is invalid."},
        "$15.00",
    )
    right = await visit(api, opened["url"], action="apply_code", promotionCode="tea20", **FORM)
    assert (right.status_code, total(right)) == (200, "$12.00")
    assert found(api, opened["id"])["discounts"] == [{"coupon": None, "promotion_code": code}]
    removed = await visit(api, opened["url"], action="remove_code", **FORM)
    assert (total(removed), found(api, opened["id"])["discounts"]) == ("$15.00", [])
    plain = await visit(api, session(api)["url"], action="apply_code", promotionCode="TEA20")
    assert problem(plain) == "This Checkout Session does not accept promotion codes."


async def test_shipping_and_quantities_are_chosen() -> None:
    api = Api()
    line = {"price": price(api), "quantity": "1", "adjustable_quantity": {"enabled": "true", "maximum": "5"}}
    rates = [api.posted("shipping_rates", **{**RATE, "display_name": name})["id"] for name in ("Post", "Express")]
    shipping = {"allowed_countries": ["US", "DE"]}
    options = [{"shipping_rate": rate} for rate in rates]
    opened = session(api, line_items=[line], shipping_options=options, shipping_address_collection=shipping)
    [item] = api.get(f"/v1/checkout/sessions/{opened['id']}/line_items").body["data"]
    quantity = f"quantity_{item['id']}"
    page = await visit(api, opened["url"], action="update", shippingRate=rates[1], **{quantity: "3"})
    assert total(page) == "$24.00"
    refused = await visit(api, opened["url"], action="update", **{quantity: "6"})
    assert problem(refused) == "The quantity of this line item cannot be changed to this value."
    address = {"shippingName": "Ada", "shippingLine1": "1 Main St", "shippingCity": "Berlin", "shippingPostalCode": "1"}
    abroad = await visit(api, opened["url"], action="pay", shippingCountry="FR", **address, **FORM)
    assert problems(abroad) == {"shippingCountry": "This Checkout Session does not ship to FR."}
    bare = await visit(api, opened["url"], action="pay", **FORM)
    missing = ("shippingName", "shippingLine1", "shippingCity", "shippingPostalCode")
    assert problems(bare) == dict.fromkeys(missing, "Required")
    await visit(api, opened["url"], action="pay", shippingCountry="DE", **address, **FORM)
    paid = found(api, opened["id"], "payment_intent")
    assert (paid["amount_total"], paid["shipping_cost"]["shipping_rate"]) == (2400, rates[1])
    assert paid["collected_information"]["shipping_details"] == {
        "address": {
            "city": "Berlin",
            "country": "DE",
            "line1": "1 Main St",
            "line2": None,
            "postal_code": "1",
            "state": None,
        },
        "name": "Ada",
    }
    assert paid["payment_intent"]["shipping"]["name"] == "Ada"


@pytest.mark.parametrize(
    ("field", "answers"),
    [
        ({"type": "text", "text": {"minimum_length": "2", "maximum_length": "4"}}, ("abc", "a", "abcde", "")),
        ({"type": "numeric"}, ("12", "x", "1.5", "")),
        (
            {"type": "dropdown", "dropdown": {"options": [{"label": "Small", "value": "s"}]}},
            ("s", "m", "Small", ""),
        ),
    ],
)
async def test_custom_fields_take_what_they_say(field: dict[str, Any], answers: tuple[str, ...]) -> None:
    api = Api()
    label = {"type": "custom", "custom": "A <i>question</i>"}
    opened = session(api, custom_fields=[{"key": "size", "label": label, **field}])
    assert "A &lt;i&gt;question&lt;/i&gt;" in (await visit(api, opened["url"])).text
    right, *wrong = answers
    for each in wrong:
        page = await visit(api, opened["url"], action="pay", custom_size=each, **FORM)
        assert problems(page) == {"custom_size": "The value of size is invalid." if each else "Required"}
    await visit(api, opened["url"], action="pay", custom_size=right, **FORM)
    [answered] = found(api, opened["id"])["custom_fields"]
    assert answered[field["type"]]["value"] == right


async def test_consent_phone_and_tax_ids_are_collected() -> None:
    api = Api()
    opened = session(
        api,
        consent_collection={"terms_of_service": "required", "promotions": "auto"},
        phone_number_collection={"enabled": "true"},
        tax_id_collection={"enabled": "true"},
        customer_creation="always",
    )
    page = await visit(api, opened["url"], action="pay", cardNumber="4242 4242 4242 4242")
    assert list(problems(page).items()) == [  # all at once, in the order of the page
        ("email", "Required"),
        ("phone", "Required"),
        ("cardExpiry", "Your card&#x27;s expiration date is incomplete."),
        ("cardCvc", "Your card&#x27;s security code is incomplete."),
        ("terms", "Required"),
    ]
    more = {
        "phone": "+4930123",
        "terms": "on",
        "taxIdType": "eu_vat",
        "taxId": "DE123456789",
        "businessName": "Tea Ltd",
    }
    assert (await visit(api, opened["url"], action="pay", **more, **FORM)).status_code == 303
    done = found(api, opened["id"])
    assert done["consent"] == {"promotions": "opt_out", "terms_of_service": "accepted"}
    details = done["customer_details"]
    assert (details["phone"], details["business_name"], details["tax_ids"]) == (
        "+4930123",
        "Tea Ltd",
        [{"type": "eu_vat", "value": "DE123456789"}],
    )
    tax_ids = api.get(f"/v1/customers/{done['customer']}/tax_ids").body["data"]
    assert [each["value"] for each in tax_ids] == ["DE123456789"]


async def test_a_customer_pays_with_a_saved_card() -> None:
    api = Api()
    customer = api.posted("customers", email="ada@example.com")["id"]
    card = api.posted("payment_methods", type="card", card={"token": "tok_visa"}, allow_redisplay="always")["id"]
    api.posted(f"payment_methods/{card}/attach", customer=customer)
    opened = session(api, customer=customer)
    page = (await visit(api, opened["url"])).text
    assert "Visa •••• 4242" in page
    assert 'value="ada@example.com"' in page
    assert (await visit(api, opened["url"], action="pay", paymentMethod=card)).status_code == 303
    assert found(api, opened["id"], "payment_intent")["payment_intent"]["payment_method"] == card


async def test_a_session_that_is_over_says_so() -> None:
    api = Api()
    opened = session(api, after_expiration={"recovery": {"enabled": "true"}})
    advance(api, 86_400)
    assert (await visit(api, opened["url"])).status_code == 410
    assert (await visit(api, opened["url"], action="pay", **FORM)).status_code == 410
    again = await visit(api, f"/r/{opened['id']}")
    copy = again.headers["location"].rpartition("/")[2]
    assert (await visit(api, again.headers["location"], action="pay", **FORM)).status_code == 303
    assert (found(api, copy)["recovered_from"], found(api, copy)["status"]) == (opened["id"], "complete")
    assert (await visit(api, "/c/pay/cs_test_none")).status_code == 404
    assert (await visit(api, f"/r/{copy}")).status_code == 410


async def test_a_test_card_fills_in_all_that_is_missing() -> None:
    api = Api()
    opened = session(api, phone_number_collection={"enabled": "true"})
    assert (await visit(api, opened["url"], action="pay_test")).status_code == 303
    assert found(api, opened["id"])["customer_details"]["email"] == "jenny.rosen@example.com"


async def test_a_payment_link_leads_to_a_session_and_ends_as_it_says() -> None:
    api = Api()
    line = {"price": price(api, 1500), "quantity": "1"}
    thanks = {"type": "redirect", "redirect": {"url": "https://shop.example/thanks?id={CHECKOUT_SESSION_ID}"}}
    link = api.posted("payment_links", line_items=[line], after_completion=thanks)
    opened = (await visit(api, f"{link['url']}?prefilled_email=ada%40example.com&client_reference_id=7")).headers[
        "location"
    ]
    identifier = opened.rpartition("/")[2]
    paid = await visit(api, opened, action="pay", **CARD)
    assert paid.headers["location"] == f"https://shop.example/thanks?id={identifier}"
    done = found(api, identifier)
    assert (done["client_reference_id"], done["customer_details"]["email"]) == ("7", "ada@example.com")
    plain = api.posted("payment_links", line_items=[line], inactive_message="Sold <b>out</b>")
    page = await visit(api, (await visit(api, plain["url"])).headers["location"], action="pay", **FORM)
    assert (page.status_code, "A payment to the shop will appear on your statement." in page.text) == (200, True)
    api.posted(f"payment_links/{plain['id']}", active="false")
    over = await visit(api, plain["url"])
    assert (over.status_code, "Sold &lt;b&gt;out&lt;/b&gt;" in over.text) == (410, True)
    assert (await visit(api, "/b/test_none")).status_code == 404
    assert events(api).count("checkout.session.completed") == 2


async def head(api: Api, url: str) -> int:
    transport = httpx.ASGITransport(app=api.emulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:12111") as client:
        return (await client.head(url)).status_code


async def test_head_makes_no_session() -> None:
    api = Api()
    link = api.posted("payment_links", line_items=[{"price": price(api), "quantity": "1"}])
    opened = session(api, after_expiration={"recovery": {"enabled": "true"}})
    advance(api, 86_400)
    assert [await head(api, url) for url in (link["url"], f"/r/{opened['id']}", "/b/test_none")] == [200, 200, 404]
    assert [each["id"] for each in api.get("/v1/checkout/sessions").body["data"]] == [opened["id"]]


@pytest.mark.parametrize("url", ["https://shop.example/back", "shop-app://back"])
async def test_a_link_back_leads_to_pages_and_apps(url: str) -> None:
    api = Api()
    page = await visit(api, session(api, cancel_url=url)["url"])
    assert f'href="{url}"' in page.text
    customer = api.posted("customers", email="ada@example.com")["id"]
    page = await visit(api, api.posted("billing_portal/sessions", customer=customer, return_url=url)["url"])
    assert f'href="{url}"' in page.text


async def test_the_page_of_a_bank_says_when_the_session_has_expired_meanwhile() -> None:
    api = Api()
    paid = await visit(api, session(api)["url"], action="pay", **{**FORM, "cardNumber": "4000002500003155"})
    advance(api, 86_400)
    assert (await visit(api, paid.headers["location"], action="complete")).status_code == 410


async def test_a_method_that_the_page_does_not_offer_is_refused() -> None:
    api = Api()
    page = await visit(api, session(api, "setup")["url"], action="pay", **{**FORM, "paymentMethod": "sepa_debit"})
    assert (page.status_code, "Choose one of the payment methods." in page.text) == (400, True)
