"""Operations whose responses are no objects."""

from __future__ import annotations

from ...api import Api


def test_the_pdf_of_a_finalized_quote_is_a_document() -> None:
    api = Api()
    price = {"currency": "usd", "unit_amount": "250", "product_data": {"name": "Tea (green)"}}
    line = {"price": api.post("/v1/prices", price).body["id"], "quantity": "2"}
    customer = api.post("/v1/customers").body["id"]
    quote = api.post("/v1/quotes", {"customer": customer, "line_items": [line]}).body["id"]
    draft = api.get(f"/v1/quotes/{quote}/pdf")
    assert (draft.status, draft.headers["content-type"]) == (400, "application/json")
    api.post(f"/v1/quotes/{quote}/finalize")
    found = api.get(f"/v1/quotes/{quote}/pdf")
    assert (found.status, found.headers["content-type"]) == (200, "application/pdf")
    assert (found.raw[:5], found.raw[-6:]) == (b"%PDF-", b"%%EOF\n")
    assert b"(2 x Tea \\(green\\): 500 usd) Tj" in found.raw
    assert b"(Total: 500 usd) Tj" in found.raw
    missing = api.get("/v1/quotes/qt_none/pdf")
    assert (missing.status, missing.error["message"]) == (404, "No such quote: 'qt_none'")
