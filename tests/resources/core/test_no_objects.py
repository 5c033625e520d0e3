"""Operations whose responses are no objects."""

from __future__ import annotations

from ...api import Api


def test_the_pdf_of_a_finalized_quote_is_a_document() -> None:
    api = Api()
    quote = api.post("/v1/quotes").body["id"]
    draft = api.get(f"/v1/quotes/{quote}/pdf")
    assert (draft.status, draft.headers["content-type"]) == (400, "application/json")
    api.post(f"/v1/quotes/{quote}/finalize")
    found = api.get(f"/v1/quotes/{quote}/pdf")
    assert (found.status, found.headers["content-type"]) == (200, "application/pdf")
    assert (found.raw[:5], found.raw[-6:]) == (b"%PDF-", b"%%EOF\n")
    missing = api.get("/v1/quotes/qt_none/pdf")
    assert (missing.status, missing.error["message"]) == (404, "No such quote: 'qt_none'")
