"""Credit notes of open and of paid invoices."""

from __future__ import annotations

from typing import Any

from ....api import Api
from ..invoices.test_invoices import draft, events, opened, unpaid


def test_a_credit_note_of_an_open_invoice_lowers_what_is_left() -> None:
    api = Api()
    invoice = opened(api)
    line = api.get(f"/v1/invoices/{invoice}/lines").body["data"][0]["id"]
    lines = [
        {"type": "invoice_line_item", "invoice_line_item": line, "amount": "300"},
        {"type": "custom_line_item", "description": "Late", "unit_amount": "50", "quantity": "2"},
    ]
    note = api.posted("credit_notes", invoice=invoice, lines=lines, reason="order_change")
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
    voided = api.posted(f"credit_notes/{note['id']}/void")
    assert (voided["status"], voided["voided_at"] is None) == ("void", False)
    assert api.get(f"/v1/invoices/{invoice}").body["amount_remaining"] == 1000
    assert api.post(f"/v1/credit_notes/{note['id']}/void").status == 400
    assert events(api, "credit_note.") == ["credit_note.created", "credit_note.voided"]
    event = api.get("/v1/events?type=credit_note.voided").body["data"][0]["data"]
    assert (list(event), event["object"]["status"]) == (["object"], "void")


def test_an_invoice_with_nothing_left_is_paid() -> None:
    api = Api()
    invoice = opened(api)
    api.posted("credit_notes", invoice=invoice, amount="1000")
    assert api.get(f"/v1/invoices/{invoice}").body["status"] == "paid"


def test_a_credit_note_of_a_paid_invoice_is_settled_out_of_band_or_refused() -> None:
    api = Api()
    invoice = opened(api)
    unpaid = api.post("/v1/credit_notes", {"invoice": invoice, "amount": "200", "credit_amount": "200"})
    assert unpaid.error["message"] == (
        "The sum of credit amount, refund amount and out of band amount ($2.00) must equal the credit note amount ($0.00)."
    )
    api.posted(f"invoices/{invoice}/pay", paid_out_of_band="true")
    differing = api.post("/v1/credit_notes", {"invoice": invoice, "amount": "200", "out_of_band_amount": "100"})
    assert differing.error["message"] == (
        "The sum of credit amount, refund amount and out of band amount ($1.00) must equal the credit note amount ($2.00)."
    )
    unpaid = api.post("/v1/credit_notes", {"invoice": invoice, "amount": "200", "refund_amount": "200"})
    assert (unpaid.status, unpaid.error["param"]) == (400, "refund_amount")
    note = api.posted("credit_notes", invoice=invoice, amount="200", out_of_band_amount="200")
    assert (note["type"], note["post_payment_amount"], note["out_of_band_amount"]) == ("post_payment", 200, 200)
    assert api.get(f"/v1/invoices/{invoice}").body["post_payment_credit_notes_amount"] == 200
    assert (
        api.post("/v1/credit_notes", {"invoice": invoice, "amount": "900", "out_of_band_amount": "900"}).status == 400
    )


def test_a_credit_note_refunds_the_payment_of_an_invoice() -> None:
    api = Api()
    invoice, method = unpaid(api, "pm_card_visa")
    api.posted(f"invoices/{invoice}/pay", payment_method=method)
    lines = [{"type": "custom_line_item", "description": "Refund", "quantity": "1", "unit_amount": "500"}]
    note = api.posted("credit_notes", invoice=invoice, refund_amount="500", lines=lines)
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


def test_a_credit_note_credits_the_balance_of_the_customer() -> None:
    api = Api()
    invoice, method = unpaid(api, "pm_card_visa")
    customer = api.posted(f"invoices/{invoice}/pay", payment_method=method)["customer"]
    note = api.posted("credit_notes", invoice=invoice, amount="300", credit_amount="200", out_of_band_amount="100")
    moved = api.get(f"/v1/customers/{customer}/balance_transactions").body["data"]
    assert note["customer_balance_transaction"] == moved[0]["id"]
    assert {name: moved[0][name] for name in ("amount", "credit_note", "ending_balance", "invoice", "type")} == {
        "amount": -200,
        "credit_note": note["id"],
        "ending_balance": -200,
        "invoice": invoice,
        "type": "credit_note",
    }
    assert api.get(f"/v1/customers/{customer}").body["balance"] == -200
    refused = api.post(f"/v1/credit_notes/{note['id']}/void")
    assert refused.error["message"] == "You can only void a credit note if the associated invoice is open."


def test_a_credit_note_names_refunds_that_were_made_before() -> None:
    api = Api()
    invoice, method = unpaid(api, "pm_card_visa")
    api.posted(f"invoices/{invoice}/pay", payment_method=method)
    payment = api.get(f"/v1/invoice_payments?invoice={invoice}").body["data"][0]["payment"]["payment_intent"]
    refund = api.posted("refunds", payment_intent=payment, amount="400")["id"]
    note = api.posted("credit_notes", invoice=invoice, amount="400", refunds=[{"refund": refund}])
    assert note["refunds"] == [
        {"amount_refunded": 400, "payment_record_refund": None, "refund": refund, "type": "refund"}
    ]
    assert len(api.get("/v1/refunds").body["data"]) == 1
    unknown = api.post("/v1/credit_notes", {"invoice": invoice, "amount": "5", "refunds": [{"refund": "re_none"}]})
    assert (unknown.status, unknown.error["param"]) == (400, "refunds[0][refund]")


def test_a_part_of_a_line_has_its_part_of_the_discounts_and_taxes() -> None:
    api = Api()
    of = api.posted("customers")["id"]
    rate = api.posted("tax_rates", display_name="VAT", inclusive="false", percentage="20")["id"]
    half = api.posted("coupons", percent_off="50")["id"]
    item = {"unit_amount_decimal": "1000", "quantity": "2", "currency": "usd", "description": "Seats"}
    api.posted("invoiceitems", customer=of, tax_rates=[rate], **item)
    params = {"pending_invoice_items_behavior": "include", "discounts": [{"coupon": half}]}
    invoice = api.posted("invoices", customer=of, **params)
    assert (invoice["subtotal"], invoice["total"]) == (2000, 1200)
    api.posted(f"invoices/{invoice['id']}/finalize")
    line = invoice["lines"]["data"][0]
    sent = {"type": "invoice_line_item", "invoice_line_item": line["id"], "quantity": "1"}
    note = api.posted("credit_notes", invoice=invoice["id"], lines=[sent])
    assert (note["subtotal"], note["discount_amount"], note["total"], note["total_excluding_tax"]) == (
        1000,
        500,
        600,
        500,
    )
    [credited] = note["lines"]["data"]
    assert (credited["amount"], credited["discount_amount"], credited["quantity"], credited["unit_amount"]) == (
        1000,
        500,
        1,
        1000,
    )
    assert [(one["amount"], one["taxable_amount"]) for one in credited["taxes"]] == [(100, 500)]
    assert api.get(f"/v1/invoices/{invoice['id']}").body["amount_remaining"] == 600


def test_a_custom_line_has_the_taxes_of_rates_or_of_amounts() -> None:
    api = Api()
    invoice = opened(api)
    rate = api.posted("tax_rates", display_name="VAT", inclusive="false", percentage="10")["id"]
    custom = {"type": "custom_line_item", "description": "Late", "unit_amount": "200", "quantity": "1"}
    amounts = [{"amount": "30", "tax_rate": rate, "taxable_amount": "200"}]
    lines = [{**custom, "tax_rates": [rate]}, {**custom, "tax_amounts": amounts}]
    note = api.posted("credit_notes", invoice=invoice, lines=lines)
    assert (note["subtotal"], note["total"], [one["amount"] for one in note["total_taxes"]]) == (400, 450, [50])


def test_a_credit_note_of_an_open_invoice_lowers_its_payment_intent() -> None:
    api = Api()
    invoice = opened(api)
    api.posted("credit_notes", invoice=invoice, amount="300")
    params = "expand[]=payments.data.payment.payment_intent"
    [payment] = api.get(f"/v1/invoices/{invoice}?{params}").body["payments"]["data"]
    assert (payment["amount_requested"], payment["payment"]["payment_intent"]["amount"]) == (700, 700)
    api.posted("credit_notes", invoice=invoice, amount="700")
    [payment] = api.get(f"/v1/invoices/{invoice}?{params}").body["payments"]["data"]
    assert (payment["status"], payment["payment"]["payment_intent"]["status"]) == ("canceled", "canceled")
    assert api.get(f"/v1/invoices/{invoice}").body["status"] == "paid"


def test_the_memo_and_the_metadata_of_a_credit_note_are_updated() -> None:
    api = Api()
    note = api.posted("credit_notes", invoice=opened(api), amount="5")
    changed = api.posted(f"credit_notes/{note['id']}", memo="Sorry", metadata={"case": "7"})
    assert (changed["memo"], changed["metadata"]) == ("Sorry", {"case": "7"})
    assert events(api, "credit_note.") == ["credit_note.created", "credit_note.updated"]


def test_the_event_of_a_credit_note_follows_those_of_what_it_changes() -> None:
    api = Api()
    invoice, method = unpaid(api, "pm_card_visa")
    api.posted(f"invoices/{invoice}/pay", payment_method=method)
    before = len(events(api, ""))
    api.posted("credit_notes", invoice=invoice, amount="300", refund_amount="100", credit_amount="200")
    seen = [name for name in events(api, "")[before:] if not name.startswith("refund.")]
    assert seen == ["charge.refunded", "invoice.updated", "customer.updated", "credit_note.created"]


def test_versions_before_basil_name_one_refund_and_taxes_apart() -> None:
    api = Api()
    invoice = draft(api)["id"]
    api.posted(f"invoices/{invoice}/pay", payment_method="pm_card_visa")
    rate = api.posted("tax_rates", display_name="VAT", inclusive="true", percentage="25")["id"]
    line = {
        "type": "custom_line_item",
        "description": "Late",
        "unit_amount": "250",
        "quantity": "2",
        "tax_rates": [rate],
    }
    note = api.posted("credit_notes", invoice=invoice, lines=[line], refund_amount="500")
    assert not {"refund", "tax_amounts"} & note.keys()
    shown = api.get(f"/v1/credit_notes/{note['id']}", stripe_version="2025-02-24.acacia").body
    tax = {"amount": 100, "inclusive": True, "tax_rate": rate, "taxability_reason": None, "taxable_amount": 400}
    assert (shown["refund"], shown["refunds"], shown["tax_amounts"]) == (
        note["refunds"][0]["refund"],
        note["refunds"],
        [tax],
    )
    [old] = shown["lines"]["data"]
    assert (old["amount_excluding_tax"], old["unit_amount_excluding_tax"], old["tax_amounts"]) == (400, "200", [tax])
