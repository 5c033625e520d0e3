"""Invoices: items, lines, totals, states, and their events."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api
from ...payments.intents.helpers import complete

PAYING = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
NOT_OPEN = "You can only pass in open invoices. This invoice isn't open."
NOT_EDITABLE = "Invalid invoice: This invoice is no longer editable"


def customer(api: Api, **params: Any) -> str:
    return str(api.posted("customers", **{"email": "jenny@example.com", **params})["id"])


def price(api: Api, amount: int = 500) -> str:
    return str(api.posted("prices", currency="usd", unit_amount=str(amount), product_data={"name": "Tea"})["id"])


def item(api: Api, of: str, **params: Any) -> Any:
    return api.posted("invoiceitems", customer=of, **({"amount": "1000", "currency": "usd"} | params))


def draft(api: Api, **params: Any) -> Any:
    """A draft of 1000."""
    of = customer(api)
    item(api, of)
    return api.posted("invoices", customer=of, pending_invoice_items_behavior="include", **params)


def opened(api: Api) -> str:
    invoice = draft(api)["id"]
    api.posted(f"invoices/{invoice}/finalize")
    return str(invoice)


def events(api: Api, begin: str = "invoice.") -> list[str]:
    found = [event["type"] for event in api.get("/v1/events?limit=100").body["data"]]
    return [each for each in found if each.startswith(begin)][::-1]


def sums(invoice: Any) -> tuple[int, int, int, int]:
    return invoice["subtotal"], invoice["total"], invoice["amount_due"], invoice["amount_remaining"]


def test_an_item_has_an_amount_or_a_price_in_a_quantity() -> None:
    api = Api()
    of = customer(api)
    amount = item(api, of, description="Fee")
    assert (amount["amount"], amount["currency"], amount["invoice"], amount["quantity"]) == (1000, "usd", None, 1)
    assert amount["pricing"]["unit_amount_decimal"] == "1000"
    assert amount["period"] == {"end": amount["date"], "start": amount["date"]}
    again = item(api, of, description="Fee")
    assert again["pricing"] == amount["pricing"]
    tea = price(api)
    priced = api.posted("invoiceitems", customer=of, pricing={"price": tea}, quantity="3")
    assert (priced["amount"], priced["quantity_decimal"]) == (1500, "3")
    assert priced["pricing"]["price_details"]["price"] == tea
    third = api.posted("invoiceitems", customer=of, unit_amount_decimal="0.5", quantity="3", currency="usd")
    assert third["amount"] == 2
    changed = api.posted(f"invoiceitems/{priced['id']}", quantity="4")
    assert changed["amount"] == 2000
    pending = [one["id"] for one in api.get(f"/v1/invoiceitems?customer={of}&pending=true").body["data"]]
    assert pending == [third["id"], priced["id"], again["id"], amount["id"]]


def test_a_draft_takes_the_pending_items_only_when_it_is_told_to_newest_first() -> None:
    api = Api()
    of = customer(api, email="jenny@example.com", name="Jenny")
    item(api, of, description="first")
    item(api, of, description="second", amount="500")
    empty = api.posted("invoices", customer=of)
    assert (sums(empty), empty["lines"]["data"]) == ((0, 0, 0, 0), [])
    whole = api.posted("invoices", customer=of, pending_invoice_items_behavior="include")
    assert (sums(whole), whole["status"], whole["number"]) == ((1500, 1500, 1500, 1500), "draft", None)
    assert [line["description"] for line in whole["lines"]["data"]] == ["second", "first"]
    assert (whole["customer_email"], whole["customer_name"], whole["billing_reason"]) == (
        "jenny@example.com",
        "Jenny",
        "manual",
    )
    assert whole["lines"]["total_count"] == 2
    assert api.get(f"/v1/invoices/{whole['id']}/lines").body["data"] == whole["lines"]["data"]
    items = api.get(f"/v1/invoiceitems?invoice={whole['id']}").body["data"]
    assert [each["description"] for each in items] == ["second", "first"]
    assert api.get("/v1/invoiceitems?pending=true").body["data"] == []


def test_discounts_and_taxes_are_added_up_line_by_line() -> None:
    api = Api()
    of = customer(api)
    half, tenth = api.posted("coupons", percent_off="50")["id"], api.posted("coupons", percent_off="10")["id"]
    added = api.posted("tax_rates", display_name="VAT", inclusive="false", percentage="5")["id"]
    included = api.posted("tax_rates", display_name="GST", inclusive="true", percentage="25")["id"]
    item(api, of, amount="2000", tax_rates=[added], discounts=[{"coupon": half}])
    item(api, of, amount="1000", tax_rates=[included])
    invoice = api.posted(
        "invoices",
        customer=of,
        pending_invoice_items_behavior="include",
        discounts=[{"coupon": tenth}],
    )
    second, first = invoice["lines"]["data"]
    assert [one["amount"] for one in first["discount_amounts"]] == [1000, 100]
    assert [(one["amount"], one["tax_behavior"], one["taxable_amount"]) for one in first["taxes"]] == [
        (45, "exclusive", 900)
    ]
    assert [(one["amount"], one["tax_behavior"], one["taxable_amount"]) for one in second["taxes"]] == [
        (180, "inclusive", 720)
    ]
    assert (invoice["subtotal"], invoice["total"], invoice["total_excluding_tax"]) == (2000, 1845, 1620)
    assert [one["amount"] for one in invoice["total_discount_amounts"]] == [200, 1000]
    assert [one["amount"] for one in invoice["total_taxes"]] == [180, 45]


def test_an_item_of_a_draft_changes_its_lines_and_total() -> None:
    api = Api()
    invoice = draft(api)
    added = api.posted("invoiceitems", invoice=invoice["id"], amount="200", description="More")
    assert (added["customer"], added["currency"]) == (invoice["customer"], "usd")
    now = api.get(f"/v1/invoices/{invoice['id']}").body
    assert (now["total"], now["lines"]["data"][0]["description"]) == (1200, "More")
    api.posted(f"invoiceitems/{added['id']}", amount="300")
    assert api.get(f"/v1/invoices/{invoice['id']}").body["total"] == 1300
    assert api.delete(f"/v1/invoiceitems/{added['id']}").body["deleted"] is True
    assert api.get(f"/v1/invoices/{invoice['id']}").body["total"] == 1000
    api.posted(f"invoices/{invoice['id']}/finalize")
    last = api.get(f"/v1/invoiceitems?invoice={invoice['id']}").body["data"][0]["id"]
    refused = api.delete(f"/v1/invoiceitems/{last}")
    assert (refused.status, refused.error["message"]) == (
        400,
        "Can't delete an invoice item that is attached to an invoice that is no longer editable",
    )
    closed = api.post("/v1/invoiceitems", {"invoice": invoice["id"], "amount": "1"})
    assert (closed.error["message"], closed.error["code"]) == (NOT_EDITABLE, "invoice_not_editable")
    missing = api.get("/v1/invoiceitems/ii_none")
    assert (missing.status, missing.error["message"]) == (404, "No such Invoice Item: 'ii_none'(livemode=false)")


def test_lines_are_added_updated_and_removed() -> None:
    api = Api()
    invoice = draft(api)["id"]
    added = api.posted(f"invoices/{invoice}/add_lines", lines=[{"amount": "50", "description": "Top"}])
    top, bottom = added["lines"]["data"]
    assert (top["description"], added["total"]) == ("Top", 1050)
    updated = api.posted(f"invoices/{invoice}/update_lines", lines=[{"id": top["id"], "amount": "80"}])
    assert (updated["total"], updated["lines"]["data"][0]["id"]) == (1080, top["id"])
    line = api.posted(f"invoices/{invoice}/lines/{bottom['id']}", description="Bottom", amount="900")
    assert (line["object"], line["description"], line["amount"]) == ("line_item", "Bottom", 900)
    assert api.get(f"/v1/invoices/{invoice}").body["total"] == 980
    removals = [{"id": top["id"], "behavior": "delete"}, {"id": bottom["id"], "behavior": "unassign"}]
    removed = api.posted(f"invoices/{invoice}/remove_lines", lines=removals)
    assert (removed["total"], removed["lines"]["data"]) == (0, [])
    items = api.get("/v1/invoiceitems?pending=true").body["data"]
    assert [each["amount"] for each in items] == [1000]


def test_lines_that_are_refused_are_refused_in_stripes_words() -> None:
    api = Api()
    invoice = draft(api)["id"]
    both = api.post(f"/v1/invoices/{invoice}/add_lines", {"lines": [{"amount": "5", "quantity": "2"}]})
    assert (both.error["message"], both.error["param"]) == (
        "You may only specify one of these parameters: amount, quantity.",
        "lines[0][amount]",
    )
    line = api.get(f"/v1/invoices/{invoice}/lines").body["data"][0]["id"]
    alone = api.post(f"/v1/invoices/{invoice}/lines/{line}", {"amount": "5", "quantity": "2"})
    assert (alone.error["message"], alone.error["param"]) == (both.error["message"], "amount")
    missing = api.post(f"/v1/invoices/{invoice}/remove_lines", {"lines": [{"id": "il_none"}]})
    assert (missing.error["code"], missing.error["param"]) == ("parameter_missing", "lines[0][behavior]")
    api.posted(f"invoices/{invoice}/finalize")
    for verb in ("add_lines", "update_lines", "remove_lines"):
        lines = [{"id": "il_none", "behavior": "delete"}] if verb == "remove_lines" else [{"id": "il_none"}]
        sent = [{"amount": "5"}] if verb == "add_lines" else lines
        refused = api.post(f"/v1/invoices/{invoice}/{verb}", {"lines": sent})
        assert (refused.status, refused.error["message"]) == (400, NOT_EDITABLE)


def test_a_draft_is_finalized_once_and_gets_the_next_number() -> None:
    api = Api()
    invoice = draft(api)
    done = api.posted(f"invoices/{invoice['id']}/finalize")
    assert (done["status"], done["attempted"], done["amount_due"]) == ("open", False, 1000)
    assert done["effective_at"] == done["status_transitions"]["finalized_at"]
    customer = api.get(f"/v1/customers/{invoice['customer']}").body
    prefix = customer["invoice_prefix"]
    assert (done["number"], customer["next_invoice_sequence"]) == (f"{prefix}-0001", 2)
    assert events(api) == ["invoice.created", "invoice.finalized"]
    again = api.post(f"/v1/invoices/{invoice['id']}/finalize")
    assert (again.status, again.error["message"]) == (
        400,
        "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
    )
    item(api, invoice["customer"])
    second = api.posted("invoices", customer=invoice["customer"], pending_invoice_items_behavior="include")["id"]
    assert api.posted(f"invoices/{second}/finalize")["number"] == f"{prefix}-0002"


def test_only_events_of_updates_have_previous_attributes() -> None:
    api = Api()
    invoice = draft(api)["id"]
    api.posted(f"invoices/{invoice}", description="Tea")
    api.posted(f"invoices/{invoice}/finalize")
    api.posted(f"invoices/{invoice}/void")
    found = api.get("/v1/events?types[]=invoice.updated&types[]=invoice.finalized&types[]=invoice.voided").body["data"]
    assert [(event["type"], event["data"].get("previous_attributes")) for event in found] == [
        ("invoice.voided", None),
        ("invoice.finalized", None),
        ("invoice.updated", {"description": None}),
    ]


def test_numbers_go_on_from_the_sequence_and_the_prefix_that_a_customer_is_given() -> None:
    api = Api()
    invoice = draft(api)
    of = f"customers/{invoice['customer']}"
    api.posted(of, invoice_prefix="SHOP", next_invoice_sequence="41")
    assert api.posted(f"invoices/{invoice['id']}/finalize")["number"] == "SHOP-0041"
    assert api.get(f"/v1/{of}").body["next_invoice_sequence"] == 42


def test_an_invoice_of_nothing_is_paid_when_it_is_finalized() -> None:
    api = Api()
    invoice = api.posted("invoices", customer=customer(api))["id"]
    paid = api.posted(f"invoices/{invoice}/finalize")
    assert (paid["status"], paid["attempted"], paid["attempt_count"]) == ("paid", True, 0)
    assert events(api) == ["invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"]


def test_a_payment_out_of_band_pays_an_invoice() -> None:
    api = Api()
    invoice = opened(api)
    unpayable = api.post(f"/v1/invoices/{invoice}/pay")
    assert (unpayable.status, unpayable.error["code"]) == (400, "missing")
    paid = api.posted(f"invoices/{invoice}/pay", paid_out_of_band="true")
    assert (paid["status"], paid["amount_paid"], paid["amount_remaining"]) == ("paid", 1000, 0)
    assert (paid["attempted"], paid["attempt_count"], paid["auto_advance"]) == (False, 0, False)
    assert events(api)[-2:] == ["invoice.paid", "invoice.payment_succeeded"]
    again = api.post(f"/v1/invoices/{invoice}/pay", {"paid_out_of_band": "true"})
    assert again.error["message"] == "Invoice is already paid"


def unpaid(api: Api, method: str) -> tuple[str, str]:
    """An open invoice of a customer with a payment method, and the method."""
    of = customer(api)
    attached = api.posted(f"payment_methods/{method}/attach", customer=of)["id"]
    item(api, of)
    invoice = api.posted("invoices", customer=of, pending_invoice_items_behavior="include")["id"]
    api.posted(f"invoices/{invoice}/finalize")
    return str(invoice), str(attached)


def test_a_payment_method_pays_an_invoice_with_a_charge() -> None:
    api = Api()
    invoice, method = unpaid(api, "pm_card_visa")
    paid = api.posted(f"invoices/{invoice}/pay", payment_method=method)
    assert (paid["status"], paid["attempt_count"], paid["attempted"]) == ("paid", 1, True)
    payment = api.get(f"/v1/invoices/{invoice}?expand[]=payments").body["payments"]["data"][0]
    assert (payment["status"], payment["amount_paid"], payment["is_default"]) == ("paid", 1000, True)
    intent = api.get(f"/v1/payment_intents/{payment['payment']['payment_intent']}").body
    assert (intent["status"], intent["amount_received"], intent["description"]) == (
        "succeeded",
        1000,
        "Payment for Invoice",
    )
    assert [each["amount"] for each in api.get("/v1/charges").body["data"]] == [1000]


def test_a_declined_payment_leaves_an_open_invoice_with_an_attempt() -> None:
    api = Api()
    invoice, method = unpaid(api, "pm_card_chargeCustomerFail")
    declined = api.post(f"/v1/invoices/{invoice}/pay", {"payment_method": method})
    assert (declined.status, declined.error["code"]) == (402, "card_declined")
    left = api.get(f"/v1/invoices/{invoice}").body
    assert (left["status"], left["attempt_count"], left["amount_remaining"]) == ("open", 1, 1000)
    assert events(api)[-1] == "invoice.payment_failed"


def test_a_payment_that_must_be_authenticated_leaves_an_open_invoice() -> None:
    api = Api()
    invoice, method = unpaid(api, "pm_card_threeDSecure2Required")
    refused = api.post(f"/v1/invoices/{invoice}/pay", {"payment_method": method})
    assert (refused.status, refused.error["code"]) == (402, "invoice_payment_intent_requires_action")
    left = api.get(f"/v1/invoices/{invoice}").body
    assert (left["status"], left["attempted"], left["attempt_count"]) == ("open", True, 0)
    assert events(api)[-1] == "invoice.payment_action_required"
    payments = api.get(f"/v1/invoice_payments?invoice={invoice}").body["data"]
    assert [(each["status"], each["amount_paid"]) for each in payments] == [("open", None)]
    complete(api, payments[0]["payment"]["payment_intent"])
    paid = api.get(f"/v1/invoices/{invoice}").body
    assert (paid["status"], paid["attempted"], paid["attempt_count"]) == ("paid", True, 1)


def test_a_draft_that_is_paid_is_finalized_first() -> None:
    api = Api()
    paid = api.posted(f"invoices/{draft(api)['id']}/pay", paid_out_of_band="true")
    assert (paid["status"], paid["number"] is None) == ("paid", False)
    assert events(api) == ["invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"]


def test_a_payment_record_pays_what_it_guarantees() -> None:
    api = Api()
    invoice = opened(api)
    report = {
        "initiated_at": "1700000000",
        "outcome": "guaranteed",
        "guaranteed": {"guaranteed_at": "1700000000"},
        "payment_method_details": {"type": "custom"},
    }
    part = api.posted("payment_records/report_payment", amount_requested={"currency": "usd", "value": "400"}, **report)
    first = api.posted(f"invoices/{invoice}/attach_payment", payment_record=part["id"])
    assert (first["status"], first["amount_paid"], first["amount_remaining"]) == ("open", 400, 600)
    rest = api.posted("payment_records/report_payment", amount_requested={"currency": "usd", "value": "900"}, **report)
    paid = api.posted(f"invoices/{invoice}/attach_payment", payment_record=rest["id"])
    assert (paid["status"], paid["amount_paid"], paid["amount_remaining"]) == ("paid", 1000, 0)
    payments = api.get(f"/v1/invoice_payments?invoice={invoice}").body["data"]
    assert [(each["amount_paid"], each["status"]) for each in payments] == [
        (900, "paid"),
        (400, "paid"),
        (None, "canceled"),
    ]
    assert paid["amount_overpaid"] == 300
    assert api.get(f"/v1/customers/{paid['customer']}").body["balance"] == -300
    assert events(api)[-3:] == ["invoice.paid", "invoice.payment_succeeded", "invoice.overpaid"]
    missing = api.post(f"/v1/invoices/{opened(api)}/attach_payment", {"payment_record": "pr_none"})
    assert missing.error["code"] == "resource_missing"


def test_only_an_open_invoice_is_voided_or_marked_uncollectible() -> None:
    api = Api()
    invoice = draft(api)["id"]
    for verb in ("void", "mark_uncollectible"):
        early = api.post(f"/v1/invoices/{invoice}/{verb}")
        assert (early.status, early.error["message"]) == (400, NOT_OPEN)
    api.posted(f"invoices/{invoice}/finalize")
    marked = api.posted(f"invoices/{invoice}/mark_uncollectible")
    assert (marked["status"], events(api)[-1]) == ("uncollectible", "invoice.marked_uncollectible")
    assert api.post(f"/v1/invoices/{invoice}/mark_uncollectible").error["message"] == (
        "This invoice has already been marked uncollectible."
    )
    other = opened(api)
    assert api.posted(f"invoices/{other}/void")["status"] == "void"
    assert api.post(f"/v1/invoices/{other}/pay").error["message"] == NOT_OPEN
    third = opened(api)
    api.posted(f"invoices/{third}/pay", paid_out_of_band="true")
    assert api.post(f"/v1/invoices/{third}/void").error["message"] == (
        "Invoices with `paid` payments cannot be voided."
    )


def test_sending_finalizes_a_draft_and_has_an_event_each_time() -> None:
    api = Api()
    invoice = draft(api, collection_method="send_invoice", days_until_due="30")
    assert invoice["due_date"] - invoice["created"] == 30 * 86_400
    assert api.posted(f"invoices/{invoice['id']}/send")["status"] == "open"
    assert events(api) == ["invoice.created", "invoice.finalized", "invoice.sent"]
    api.posted(f"invoices/{invoice['id']}/send")
    assert events(api)[-1] == "invoice.sent"
    api.posted(f"invoices/{invoice['id']}/pay", paid_out_of_band="true")
    refused = api.post(f"/v1/invoices/{invoice['id']}/send")
    assert refused.error["message"].startswith("This invoice cannot be sent right now.")


def test_a_draft_alone_is_deleted_and_changed() -> None:
    api = Api()
    invoice = draft(api)["id"]
    assert api.posted(f"invoices/{invoice}", description="x", auto_advance="true")["automatically_finalizes_at"]
    api.posted(f"invoices/{invoice}/finalize")
    assert api.delete(f"/v1/invoices/{invoice}").error["message"] == "You can only delete draft invoices."
    refused = api.post(f"/v1/invoices/{invoice}", {"description": "y"})
    assert (refused.error["message"], refused.error["param"]) == (
        "Finalized invoices can't be updated in this way",
        "description",
    )
    assert api.posted(f"invoices/{invoice}", metadata={"a": "1"})["metadata"] == {"a": "1"}
    other = draft(api)["id"]
    assert api.delete(f"/v1/invoices/{other}").body == {"id": other, "object": "invoice", "deleted": True}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"collection_method": "send_invoice"},
            "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'.",
        ),
        (
            {"days_until_due": "3"},
            "You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'.",
        ),
    ],
)
def test_a_due_date_belongs_to_an_invoice_that_is_sent(params: dict[str, str], message: str) -> None:
    api = Api()
    refused = api.post("/v1/invoices", {"customer": customer(api), **params})
    assert (refused.status, refused.error["message"]) == (400, message)


def test_a_preview_is_computed_and_leaves_nothing_behind() -> None:
    api = Api()
    of = customer(api)
    item(api, of)
    product = api.posted("products", name="Tea")["id"]
    data = {"currency": "usd", "product": product, "unit_amount": "50"}
    before = events(api, "")
    preview = api.posted("invoices/create_preview", customer=of, invoice_items=[{"price_data": data, "quantity": "2"}])
    assert (preview["id"][:12], preview["status"], preview["billing_reason"]) == ("upcoming_in_", "draft", "upcoming")
    assert ([line["amount"] for line in preview["lines"]["data"]], preview["total"]) == ([100, 1000], 1100)
    assert (events(api, ""), api.get("/v1/prices").body["data"]) == (before, [])
    assert api.get(f"/v1/invoices/{preview['id']}").status == 404
    nothing = api.post("/v1/invoices/create_preview", {"customer": customer(api)})
    assert (nothing.status, nothing.error["code"]) == (404, "invoice_upcoming_none")


def test_a_preview_of_a_subscription_is_its_next_period() -> None:
    api = Api()
    of = customer(api, **PAYING)
    params = {"currency": "usd", "unit_amount": "1000", "recurring": {"interval": "month"}}
    monthly = api.posted("prices", product_data={"name": "Tea"}, **params)["id"]
    one = api.posted("subscriptions", customer=of, items=[{"price": monthly, "quantity": "2"}])
    preview = api.posted("invoices/create_preview", subscription=one["id"])
    line = preview["lines"]["data"][0]
    assert (preview["total"], line["description"]) == (2000, "2 \u00d7 Tea (at $10.00 / month)")
    assert line["period"]["start"] == one["items"]["data"][0]["current_period_end"]


def test_a_list_of_invoices_is_filtered_by_its_state() -> None:
    api = Api()
    invoice = opened(api)
    assert [one["id"] for one in api.get("/v1/invoices?status=open").body["data"]] == [invoice]
    assert api.get("/v1/invoices?status=paid").body["data"] == []
    refused = api.get("/v1/invoices?status=lost")
    assert (refused.status, refused.error["message"], refused.error["param"]) == (
        400,
        "Invalid status: must be one of draft, open, void, paid, or uncollectible",
        "status",
    )


def test_the_item_of_a_deleted_draft_cannot_be_changed() -> None:
    api = Api()
    invoice = api.posted("invoices", customer=customer(api))["id"]
    added = api.posted("invoiceitems", invoice=invoice, amount="5", currency="usd")["id"]
    assert api.delete(f"/v1/invoices/{invoice}").body["deleted"] is True
    refused = api.post(f"/v1/invoiceitems/{added}", {"amount": "7"})
    assert (refused.status, refused.error["message"]) == (400, "This invoice item has been deleted.")


@pytest.mark.parametrize(
    ("method", "path", "param"),
    [
        ("GET", "invoices/in_none", "invoice"),
        ("DELETE", "invoices/in_none", "invoice"),
        ("POST", "invoices/in_none/send", "invoice"),
        ("POST", "invoices/in_none/add_lines", "invoice"),
        ("POST", "invoices/in_none", "id"),
        ("POST", "invoices/in_none/pay", "id"),
        ("POST", "invoices/in_none/finalize", "id"),
        ("POST", "invoices/in_none/void", "id"),
        ("POST", "invoices/in_none/mark_uncollectible", "id"),
    ],
)
def test_an_unknown_invoice_is_named_by_the_parameter_of_its_action(method: str, path: str, param: str) -> None:
    body = b"lines[0][amount]=5" if path.endswith("add_lines") else b""
    missing = Api().send(method, f"/v1/{path}", body)
    assert (missing.status, missing.error["message"], missing.error["param"]) == (
        404,
        "No such invoice: 'in_none'",
        param,
    )


def test_invoices_are_found_by_the_fields_of_a_search() -> None:
    api = Api()
    invoice = opened(api)
    number = api.get(f"/v1/invoices/{invoice}").body["number"]
    recurring = {"currency": "usd", "unit_amount": "1000", "recurring": {"interval": "month"}}
    monthly = api.posted("prices", product_data={"name": "Tea"}, **recurring)["id"]
    one = api.posted("subscriptions", customer=customer(api, **PAYING), items=[{"price": monthly}])

    def found(query: str) -> list[str]:
        return [each["id"] for each in api.get(f"/v1/invoices/search?query={query}").body["data"]]

    assert found(f"number:'{number}'") == [invoice]
    assert found("total>999 AND status:'open'") == [invoice]
    assert found(f"subscription:'{one['id']}'") == [one["latest_invoice"]]
    assert found("last_finalization_error_code:'amount_too_large'") == []


def test_lines_of_an_invoice_have_one_currency() -> None:
    api = Api()
    invoice = draft(api)["id"]
    refused = api.post("/v1/invoiceitems", {"invoice": invoice, "amount": "5", "currency": "eur"})
    assert (refused.status, refused.error) == (
        400,
        {
            "message": "You cannot combine currencies on a single invoice. This invoice has invoice items currency eur "
            "that conflicts with the invoice currency usd.",
            "type": "invalid_request_error",
        },
    )
    assert api.get(f"/v1/invoices/{invoice}").body["total"] == 1000
    assert len(api.get(f"/v1/invoiceitems?invoice={invoice}").body["data"]) == 1


def test_only_an_invoice_that_is_to_be_sent_is_sent() -> None:
    api = Api()
    refused = api.post(f"/v1/invoices/{draft(api)['id']}/send")
    assert (refused.status, refused.error["message"]) == (
        400,
        "You can only manually send an invoice if its collection method is 'send_invoice'.",
    )


def test_the_default_payment_method_is_one_of_the_customer() -> None:
    api = Api()
    other = api.posted("payment_methods/pm_card_visa/attach", customer=customer(api))["id"]
    of = customer(api)
    message = (
        f"The customer does not have a payment method with the ID {other}. The payment method must be attached to the "
        "customer."
    )
    for path in ("invoices", f"invoices/{api.posted('invoices', customer=of)['id']}"):
        sent = {"default_payment_method": other, **({"customer": of} if path == "invoices" else {})}
        refused = api.post(f"/v1/{path}", sent)
        assert (refused.status, refused.error["message"], refused.error["param"]) == (
            400,
            message,
            "default_payment_method",
        )
