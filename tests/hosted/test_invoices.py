"""The page of an invoice: its content, paying by card, 3D Secure, and the PDF documents."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from ..api import Api
from .test_payments import visit

pytestmark = pytest.mark.anyio
CARD = {"cardExpiry": "12 / 34", "cardCvc": "123"}


HOME = {"line1": "1 Main St", "postal_code": "12345", "city": "Springfield", "state": "OR", "country": "US"}


def invoiced(api: Api, **params: Any) -> Any:
    """An open invoice of $30.00."""
    customer = api.posted("customers", name="<Jenny> & Co", email="jenny@example.com", address=HOME)["id"]
    item = {"currency": "usd", "unit_amount_decimal": "1500", "quantity": "2", "description": "Cups (blue)"}
    api.posted("invoiceitems", customer=customer, **item)
    draft = api.posted("invoices", customer=customer, pending_invoice_items_behavior="include", **params)
    return api.posted(f"invoices/{draft['id']}/finalize")


def path(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]


async def pay(api: Api, invoice: Any, **form: str) -> httpx.Response:
    return await visit(api, "POST", invoice["hosted_invoice_url"], action="pay", **{**CARD, **form})


async def test_the_page_shows_the_lines_the_sums_and_who_owes_whom(api: Api) -> None:
    invoice = invoiced(api, description="Thank you", footer="Shop & Sons")
    page = await visit(api, "GET", invoice["hosted_invoice_url"])
    assert page.status_code == 200
    for text in (
        f"Invoice {invoice['number']}",
        "$30.00",
        "Payment due",
        "&lt;Jenny&gt; &amp; Co",
        "jenny@example.com",
        "Cups (blue)",
        "2 \u00d7 $15.00",
        "Thank you",
        "Shop &amp; Sons",
    ):
        assert text in page.text
    assert "<Jenny>" not in page.text
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


async def test_every_read_has_another_url_which_leads_to_the_same_page(api: Api) -> None:
    invoice = invoiced(api)
    assert re.fullmatch(
        rf"http://\S+/i/{api.get('/v1/account').body['id']}/test_[A-Za-z0-9_-]+0200[A-Za-z0-9]{{8}}\?s=ap",
        invoice["hosted_invoice_url"],
    )
    [sandbox] = api.emulator.sandboxes.newest_first()
    sandbox.clock.advance(5)
    again = api.get(f"/v1/invoices/{invoice['id']}").body["hosted_invoice_url"]
    assert again != invoice["hosted_invoice_url"]
    for url in (again, invoice["hosted_invoice_url"]):
        assert invoice["number"] in (await visit(api, "GET", url)).text


async def test_a_card_pays_the_invoice(api: Api) -> None:
    invoice = invoiced(api)
    paid = await pay(api, invoice, cardNumber="4242 4242 4242 4242")
    assert (paid.status_code, path(paid.headers["location"])) == (303, path(invoice["hosted_invoice_url"]))
    found = api.get(f"/v1/invoices/{invoice['id']}").body
    assert (found["status"], found["attempt_count"], found["amount_paid"]) == ("paid", 1, 3000)
    page = await visit(api, "GET", invoice["hosted_invoice_url"])
    assert "Pay this invoice" not in page.text
    again = await pay(api, invoice, cardNumber="4242 4242 4242 4242")
    assert again.status_code == 410
    assert len(api.get("/v1/charges").body["data"]) == 1


async def test_the_button_for_tests_needs_no_card(api: Api) -> None:
    invoice = invoiced(api)
    assert (await visit(api, "POST", invoice["hosted_invoice_url"], action="pay_test")).status_code == 303
    assert api.get(f"/v1/invoices/{invoice['id']}").body["status"] == "paid"


async def test_a_decline_is_shown_and_counted_and_another_card_pays(api: Api) -> None:
    invoice = invoiced(api)
    declined = await pay(api, invoice, cardNumber="4000 0000 0000 0002")
    assert (declined.status_code, "Your card was declined." in declined.text) == (402, True)
    assert "4000 0000 0000 0002" in declined.text
    found = api.get(f"/v1/invoices/{invoice['id']}").body
    assert (found["status"], found["attempt_count"]) == ("open", 1)
    wrong = await pay(api, invoice, cardNumber="1234")
    assert (wrong.status_code, "Your card number is incomplete." in wrong.text) == (400, True)
    assert (await pay(api, invoice, cardNumber="4242424242424242")).status_code == 303


async def test_a_card_that_asks_for_3d_secure_goes_to_the_bank_and_returns(api: Api) -> None:
    invoice = invoiced(api)
    asked = await pay(api, invoice, cardNumber="4000 0000 0000 3220")
    assert asked.status_code == 303
    bank = asked.headers["location"]
    assert "/3d_secure_2/hosted" in bank
    waiting = await visit(api, "GET", invoice["hosted_invoice_url"])
    assert "Confirm it" in waiting.text
    done = await visit(api, "POST", bank, action="complete")
    assert path(done.headers["location"]).startswith(path(invoice["hosted_invoice_url"]).partition("?")[0])
    assert api.get(f"/v1/invoices/{invoice['id']}").body["status"] == "paid"


async def test_a_failed_authentication_is_a_failed_payment(api: Api) -> None:
    invoice = invoiced(api)
    bank = (await pay(api, invoice, cardNumber="4000 0000 0000 3220")).headers["location"]
    await visit(api, "POST", bank, action="fail")
    found = api.get(f"/v1/invoices/{invoice['id']}").body
    assert (found["status"], found["attempt_count"]) == ("open", 1)
    kinds = [event["type"] for event in api.get("/v1/events").body["data"]]
    assert kinds[0] == "invoice.payment_failed"


async def test_a_void_invoice_is_shown_and_cannot_be_paid(api: Api) -> None:
    invoice = invoiced(api)
    api.posted(f"invoices/{invoice['id']}/void")
    page = await visit(api, "GET", invoice["hosted_invoice_url"])
    assert ("Void" in page.text, "Pay this invoice" in page.text) == (True, False)
    assert (await pay(api, invoice, cardNumber="4242424242424242")).status_code == 410


async def test_the_pdf_of_an_invoice_and_of_a_credit_note(api: Api) -> None:
    invoice = invoiced(api)
    document = await visit(api, "GET", invoice["invoice_pdf"])
    assert (document.status_code, document.headers["content-type"]) == (200, "application/pdf")
    assert document.headers["content-disposition"] == f'attachment; filename="Invoice-{invoice["number"]}.pdf"'
    assert document.content.startswith(b"%PDF-1.4\n")
    assert document.content.endswith(b"%%EOF\n")
    assert b"Cups \\(blue\\)" in document.content
    assert b"$30.00" in document.content
    for text in (
        b"(From)",
        b"(Bill to)",
        b"(1 Main St)",
        b"(12345 Springfield OR)",
        b"(United States)",
        b"(2)",
        b"($15.00)",
        b"(Qty)",
    ):
        assert text in document.content
    assert b"/BaseFont /Helvetica " in document.content
    assert f"/URI ({invoice['hosted_invoice_url']})".encode() in document.content
    note = api.posted("credit_notes", invoice=invoice["id"], amount="500", memo="Broken")
    document = await visit(api, "GET", note["pdf"])
    assert document.status_code == 200
    for text in (b"($5.00 credited)", b"(Broken)", b"(<Jenny> & Co)", b"(1 Main St)", invoice["number"].encode()):
        assert text in document.content


@pytest.mark.parametrize(
    ("end", "headline", "link"),
    [
        ("", b"($30.00 due December 14, 2023)", b"(Pay online)"),
        ("pay", b"($30.00 paid)", b"(View online)"),
        ("void", b"($30.00, void)", b"(View online)"),
        ("mark_uncollectible", b"($30.00 due December 14, 2023)", b"(Pay online)"),
    ],
)
async def test_the_pdf_of_an_invoice_says_what_is_due_or_was_paid(
    api: Api, end: str, headline: bytes, link: bytes
) -> None:
    await api.control("POST", "/clock", {"freeze": 1_700_000_000})
    invoice = invoiced(api, collection_method="send_invoice", days_until_due="30")
    if end:
        api.posted(f"invoices/{invoice['id']}/{end}", **({"paid_out_of_band": "true"} if end == "pay" else {}))
    document = await visit(api, "GET", invoice["invoice_pdf"])
    assert (headline in document.content, link in document.content) == (True, True)


async def test_the_pdf_names_the_address_of_the_seller_and_has_as_many_pages_as_it_needs(api: Api) -> None:
    profile = {
        "name": "Tea & Sons",
        "support_address": {**HOME, "line1": "2 Mill Lane", "city": "Leeds", "country": "GB"},
    }
    seller = api.posted("accounts", type="custom", country="US", business_profile=profile)["id"]
    headers = {"stripe_account": seller}
    customer = api.post("/v1/customers", {"email": "a@example.com"}, **headers).body["id"]
    for number in range(60):
        item = {"customer": customer, "currency": "usd", "amount": "100", "description": f"Cup {number}"}
        api.post("/v1/invoiceitems", item, **headers)
    params = {"customer": customer, "pending_invoice_items_behavior": "include"}
    draft = api.post("/v1/invoices", params, **headers).body["id"]
    invoice = api.post(f"/v1/invoices/{draft}/finalize", **headers).body
    document = await visit(api, "GET", invoice["invoice_pdf"])
    for text in (
        b"(Tea & Sons)",
        b"(2 Mill Lane)",
        b"(12345 Leeds OR)",
        b"(United Kingdom)",
        b"/Count 2 ",
        b"(Cup 59)",
    ):
        assert text in document.content


async def test_unknown_links_and_methods(api: Api) -> None:
    invoice = invoiced(api)
    url = invoice["hosted_invoice_url"]
    for wrong in ("http://127.0.0.1/i/acct_1/test_x", "http://127.0.0.1/i/", url.replace("/i/acct_", "/i/acct_x")):
        assert (await visit(api, "GET", wrong)).status_code == 404
    assert (await visit(api, "PUT", url)).status_code == 405
    assert (await visit(api, "POST", invoice["invoice_pdf"])).status_code == 405
    assert (await visit(api, "POST", url, action="steal")).status_code == 400


async def test_the_name_of_a_pdf_has_only_what_headers_can_hold(api: Api) -> None:
    invoice = invoiced(api, number='A/"é中\n7')
    document = await visit(api, "GET", invoice["invoice_pdf"])
    assert document.headers["content-disposition"] == 'attachment; filename="Invoice-A7.pdf"'
