"""Operations whose responses are no objects."""

from __future__ import annotations

import re

import pytest

from ...api import Api


@pytest.mark.anyio
async def test_the_pdf_of_a_finalized_quote_has_both_parties_and_all_its_texts() -> None:
    api = Api()
    await api.control("POST", "/clock", {"freeze": 1_700_000_000})
    price = {"currency": "usd", "unit_amount": "250", "product_data": {"name": "Tea (green)"}}
    line = {"price": api.post("/v1/prices", price).body["id"], "quantity": "2"}
    home = {"line1": "1 Main St", "postal_code": "12345", "city": "Springfield", "state": "OR", "country": "US"}
    customer = api.post("/v1/customers", {"name": "Jenny", "email": "jenny@example.com", "address": home}).body["id"]
    sent = {"customer": customer, "line_items": [line], "header": "For you", "footer": "Thank you"}
    quote = api.post("/v1/quotes", sent).body["id"]
    draft = api.get(f"/v1/quotes/{quote}/pdf")
    assert (draft.status, draft.headers["content-type"]) == (400, "application/json")
    api.post(f"/v1/quotes/{quote}/finalize")
    found = api.get(f"/v1/quotes/{quote}/pdf")
    assert (found.status, found.headers["content-type"]) == (200, "application/pdf")
    assert (found.raw[:5], found.raw[-6:]) == (b"%PDF-", b"%%EOF\n")
    shown = [text.decode() for text in re.findall(rb"\((.*)\) Tj", found.raw)]
    assert [text for text in shown if text][3:] == [
        *("Status", "Open", "Date of issue", "November 14, 2023", "Valid until", "December 14, 2023"),
        *("From", "Bill to", "Sandbox", "Jenny", "1 Main St", "12345 Springfield OR", "United States"),
        *("jenny@example.com", "$5.00", "For you", "Description", "Qty", "Unit price", "Amount"),
        *("Tea \\(green\\)", "2", "$2.50", "$5.00", "Subtotal", "$5.00", "Total", "$5.00", "Thank you"),
    ]
    missing = api.get("/v1/quotes/qt_none/pdf")
    assert (missing.status, missing.error["message"]) == (404, "No such quote: 'qt_none'")
