"""Credit notes of open and of paid invoices."""

from __future__ import annotations

from typing import Any

from ....api import Api
from .test_invoices import draft, events, made, opened, unpaid


def test_a_credit_note_of_an_open_invoice_lowers_what_is_left() -> None:
    api = Api()
    invoice = opened(api)
    line = api.get(f"/v1/invoices/{invoice}/lines").body["data"][0]["id"]
    lines = [
        {"type": "invoice_line_item", "invoice_line_item": line, "amount": "300"},
        {"type": "custom_line_item", "description": "Late", "unit_amount": "50", "quantity": "2"},
    ]
    note = made(api, "credit_notes", invoice=invoice, lines=lines, reason="order_change")
    assert (note["amount"], note["type"], note["pre_payment_amount"], note["status"]) == (
        400,
        "pre_payment",
        400,
        "issued",
    )
    number = api.get(f"/v1/invoices/{invoice}").body["number"]
    assert note["number"] == f"{number}-CN-01"
    assert [(one["amount"], one["type"]) for one in note["lines"]["data"]] == [
        (300, "invoice_line_item"),
        (100, "custom_line_item"),
    ]
    assert api.get(f"/v1/credit_notes/{note['id']}/lines").body["data"] == note["lines"]["data"]
    left = api.get(f"/v1/invoices/{invoice}").body
    assert (left["amount_remaining"], left["pre_payment_credit_notes_amount"], left["status"]) == (600, 400, "open")
    voided = made(api, f"credit_notes/{note['id']}/void")
    assert (voided["status"], voided["voided_at"] is None) == ("void", False)
    assert api.get(f"/v1/invoices/{invoice}").body["amount_remaining"] == 1000
    assert api.post(f"/v1/credit_notes/{note['id']}/void").status == 400
    assert events(api, "credit_note.") == ["credit_note.created", "credit_note.voided"]


def test_an_invoice_with_nothing_left_is_paid() -> None:
    api = Api()
    invoice = opened(api)
    made(api, "credit_notes", invoice=invoice, amount="1000")
    assert api.get(f"/v1/invoices/{invoice}").body["status"] == "paid"


def test_a_credit_note_of_a_paid_invoice_is_settled_out_of_band_or_refused() -> None:
    api = Api()
    invoice = opened(api)
    made(api, f"invoices/{invoice}/pay", paid_out_of_band="true")
    differing = api.post("/v1/credit_notes", {"invoice": invoice, "amount": "200", "out_of_band_amount": "100"})
    assert differing.error["message"] == (
        "The sum of credit amount, refund amount and out of band amount ($1.00) must equal the credit note amount ($2.00)."
    )
    refused = api.post("/v1/credit_notes", {"invoice": invoice, "amount": "200", "credit_amount": "200"})
    assert (refused.status, refused.error["param"]) == (501, "credit_amount")
    unpaid = api.post("/v1/credit_notes", {"invoice": invoice, "amount": "200", "refund_amount": "200"})
    assert (unpaid.status, unpaid.error["param"]) == (400, "refund_amount")
    note = made(api, "credit_notes", invoice=invoice, amount="200", out_of_band_amount="200")
    assert (note["type"], note["post_payment_amount"], note["out_of_band_amount"]) == ("post_payment", 200, 200)
    assert api.get(f"/v1/invoices/{invoice}").body["post_payment_credit_notes_amount"] == 200
    assert (
        api.post("/v1/credit_notes", {"invoice": invoice, "amount": "900", "out_of_band_amount": "900"}).status == 400
    )


def test_a_credit_note_refunds_the_payment_of_an_invoice() -> None:
    api = Api()
    invoice, method = unpaid(api, "pm_card_visa")
    made(api, f"invoices/{invoice}/pay", payment_method=method)
    lines = [{"type": "custom_line_item", "description": "Refund", "quantity": "1", "unit_amount": "500"}]
    note = made(api, "credit_notes", invoice=invoice, refund_amount="500", lines=lines)
    refund = api.get("/v1/refunds").body["data"][0]
    assert note["refunds"] == [
        {"amount_refunded": 500, "payment_record_refund": None, "refund": refund["id"], "type": "refund"}
    ]
    assert (refund["amount"], note["type"], note["post_payment_amount"]) == (500, "post_payment", 500)


def test_drafts_unknown_invoices_and_unknown_lines_are_refused() -> None:
    api = Api()
    early = api.post("/v1/credit_notes", {"invoice": draft(api)["id"], "amount": "5"})
    assert (early.status, early.error["param"]) == (400, "invoice")
    missing = api.post("/v1/credit_notes", {"invoice": "in_none", "amount": "5"})
    assert (missing.status, missing.error["message"], missing.error["param"]) == (
        400,
        "No such invoice: 'in_none'",
        "invoice",
    )
    line: dict[str, Any] = {"type": "invoice_line_item", "invoice_line_item": "il_none"}
    unknown = api.post("/v1/credit_notes", {"invoice": opened(api), "lines": [line]})
    assert (unknown.error["code"], unknown.error["param"]) == ("resource_missing", "lines[0][invoice_line_item]")


def test_a_preview_is_computed_and_leaves_nothing_behind() -> None:
    api = Api()
    invoice = opened(api)
    preview = api.get(f"/v1/credit_notes/preview?invoice={invoice}&amount=200").body
    assert (preview["object"], preview["amount"], preview["type"]) == ("credit_note", 200, "pre_payment")
    lines = api.get(f"/v1/credit_notes/preview/lines?invoice={invoice}&amount=200").body["data"]
    assert [one["amount"] for one in lines] == [200]
    assert api.get("/v1/credit_notes").body["data"] == []
    assert api.get(f"/v1/invoices/{invoice}").body["amount_remaining"] == 1000
