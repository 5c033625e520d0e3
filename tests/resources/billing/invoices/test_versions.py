"""Invoices and their items in versions before basil."""

from __future__ import annotations

from typing import Any

from ....api import Api
from .test_invoices import PAYING, customer, price, unpaid

OLD = "2024-06-20"


def old(api: Api, path: str) -> Any:
    response = api.get(f"/v1/{path}", stripe_version=OLD)
    assert response.status == 200, response.body
    return response.body


def test_an_invoice_names_its_payment_and_its_charge_which_can_be_expanded() -> None:
    api = Api()
    invoice, method = unpaid(api, "pm_card_visa")
    api.posted(f"invoices/{invoice}/pay", payment_method=method)
    shown = old(api, f"invoices/{invoice}")
    intent, charge = api.get("/v1/payment_intents").body["data"][0]["id"], api.get("/v1/charges").body["data"][0]["id"]
    names = ("application_fee_amount", "charge", "discount", "paid", "paid_out_of_band", "payment_intent", "quote")
    more = ("subscription", "subscription_details", "tax", "total_tax_amounts", "transfer_data")
    assert {name: shown[name] for name in names + more} == {
        "application_fee_amount": None,
        "charge": charge,
        "discount": None,
        "paid": True,
        "paid_out_of_band": False,
        "payment_intent": intent,
        "quote": None,
        "subscription": None,
        "subscription_details": {"metadata": None},
        "tax": None,
        "total_tax_amounts": [],
        "transfer_data": None,
    }
    assert list(shown)[2:] == sorted(list(shown)[2:])
    expanded = old(api, f"invoices/{invoice}?expand[]=payment_intent&expand[]=charge")
    assert (expanded["payment_intent"]["amount"], expanded["charge"]["amount"]) == (1000, 1000)
    assert expanded["payment_intent"]["invoice"] == expanded["charge"]["invoice"] == invoice
    assert "payment_intent" not in api.get(f"/v1/invoices/{invoice}").body
    refused = api.get(f"/v1/invoices/{invoice}?expand[]=payment_intent")
    assert (refused.status, "cannot be expanded" in refused.error["message"]) == (400, True)


def test_an_invoice_that_was_paid_out_of_band_says_so() -> None:
    api = Api()
    invoice, _ = unpaid(api, "pm_card_visa")
    api.posted(f"invoices/{invoice}/pay", paid_out_of_band="true")
    shown = old(api, f"invoices/{invoice}")
    assert (shown["paid"], shown["paid_out_of_band"], shown["charge"]) == (True, True, None)


def test_the_latest_invoice_of_a_subscription_has_its_payment_expanded() -> None:
    api = Api()
    recurring = {"currency": "usd", "unit_amount": "1000", "recurring": {"interval": "month"}}
    monthly = api.posted("prices", product_data={"name": "Tea"}, **recurring)["id"]
    sent = {"items": [{"price": monthly}], "expand": ["latest_invoice.payment_intent"]}
    response = api.post("/v1/subscriptions", {"customer": customer(api, **PAYING), **sent}, stripe_version=OLD)
    assert response.status == 200, response.body
    latest = response.body["latest_invoice"]
    assert (latest["subscription"], latest["payment_intent"]["status"]) == (response.body["id"], "succeeded")
    [line] = latest["lines"]["data"]
    assert (line["type"], line["subscription"], line["price"]["id"], line["plan"]["id"]) == (
        "subscription",
        response.body["id"],
        monthly,
        monthly,
    )


def test_lines_and_items_have_taxes_discounts_and_whole_prices() -> None:
    api = Api()
    of, tea = customer(api), price(api)
    rate = api.posted("tax_rates", display_name="VAT", inclusive="false", percentage="20")["id"]
    half = api.posted("coupons", percent_off="50")["id"]
    sent = {"customer": of, "price": tea, "quantity": "2", "tax_rates": [rate]}
    item = api.post("/v1/invoiceitems", sent, stripe_version=OLD).body
    assert (item["amount"], item["price"]["id"], item["unit_amount"], item["subscription"]) == (1000, tea, 500, None)
    unknown = api.post("/v1/invoiceitems", sent)
    assert (unknown.status, unknown.error["code"]) == (400, "parameter_unknown")
    invoice = api.posted(
        "invoices", customer=of, pending_invoice_items_behavior="include", discounts=[{"coupon": half}]
    )["id"]
    shown = old(api, f"invoices/{invoice}")
    assert (shown["tax"], shown["discount"]["coupon"]["id"]) == (100, half)
    tax = {"amount": 100, "inclusive": False, "tax_rate": rate, "taxability_reason": None, "taxable_amount": 500}
    assert shown["total_tax_amounts"] == [tax]
    [line] = shown["lines"]["data"]
    assert (line["type"], line["invoice_item"], line["proration"], line["price"]["id"], line["plan"]) == (
        "invoiceitem",
        item["id"],
        False,
        tea,
        None,
    )
    assert (line["tax_amounts"], [each["id"] for each in line["tax_rates"]]) == ([tax], [rate])
    assert (line["amount_excluding_tax"], line["unit_amount_excluding_tax"]) == (1000, "500")
    amount = {"customer": of, "unit_amount": "7", "quantity": "3", "currency": "usd"}
    assert api.post("/v1/invoiceitems", amount, stripe_version=OLD).body["amount"] == 21


def test_an_amount_has_a_price_of_its_own() -> None:
    api = Api()
    sent = {"customer": customer(api), "amount": "2500", "currency": "usd", "description": "Setup"}
    item = api.post("/v1/invoiceitems", sent, stripe_version=OLD).body
    whole = item["price"]
    assert whole == {
        "id": item["pricing"]["price_details"]["price"],
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": item["date"],
        "currency": "usd",
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": item["pricing"]["price_details"]["product"],
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": 2500,
        "unit_amount_decimal": "2500",
    }
    invoice = api.posted("invoices", customer=sent["customer"], pending_invoice_items_behavior="include")["id"]
    [line] = old(api, f"invoices/{invoice}")["lines"]["data"]
    assert (line["price"], line["plan"]) == (whole, None)
    assert api.post("/v1/invoiceitems", sent, stripe_version=OLD).body["price"] == whole
    parts = {**sent, "unit_amount_decimal": "0.5", "quantity": "5"}
    del parts["amount"]
    priced = api.post("/v1/invoiceitems", parts, stripe_version=OLD).body["price"]
    assert (priced["unit_amount"], priced["unit_amount_decimal"]) == (None, "0.5")
    assert api.get("/v1/prices").body["data"] == []


def test_the_upcoming_invoice_is_a_preview() -> None:
    api = Api()
    recurring = {"currency": "usd", "unit_amount": "1000", "recurring": {"interval": "month"}}
    monthly = api.posted("prices", product_data={"name": "Tea"}, **recurring)["id"]
    of = customer(api, **PAYING)
    one = api.posted("subscriptions", customer=of, items=[{"price": monthly}])
    found = old(api, f"invoices/upcoming?subscription={one['id']}")
    assert (found["total"], found["subscription"], found["paid"]) == (1000, one["id"], False)
    item = one["items"]["data"][0]["id"]
    changed = f"subscription_items[0][id]={item}&subscription_items[0][quantity]=3&subscription_proration_behavior=none"
    assert old(api, f"invoices/upcoming?customer={of}&subscription={one['id']}&{changed}")["total"] == 3000
    tea = api.posted("plans", amount="2500", currency="usd", interval="month", product={"name": "Green tea"})["id"]
    for changed, total in (
        ("subscription_quantity=3&subscription_prorate=false", 3000),
        (f"subscription_plan={tea}&subscription_prorate=false", 2500),
        (f"subscription_plan={tea}&subscription_quantity=2&subscription_proration_behavior=none", 5000),
    ):
        assert old(api, f"invoices/upcoming?subscription={one['id']}&{changed}")["total"] == total
    assert old(api, f"invoices/upcoming?customer={of}&subscription_plan={tea}&subscription_quantity=2")["total"] == 5000
    both = f"subscription={one['id']}&subscription_items[0][id]={item}&subscription_quantity=2"
    refused = api.get(f"/v1/invoices/upcoming?{both}", stripe_version=OLD)
    assert refused.error["message"] == "Received both items and quantity parameters. Please pass in only one."
    assert old(api, f"subscriptions/{one['id']}")["quantity"] == 1
    nobody = api.get("/v1/invoices/upcoming", stripe_version=OLD)
    assert (nobody.status, nobody.error["message"]) == (
        400,
        "You must either provide a `customer` or a `subscription` to the upcoming invoice endpoint.",
    )
    for query in ("", f"?customer={of}"):
        gone = api.get(f"/v1/invoices/upcoming{query}")
        assert (gone.status, gone.error["message"]) == (404, "No such invoice: 'upcoming'")
    unknown = api.get(f"/v1/invoices/{one['latest_invoice']}?customer={of}&subscription=sub_1")
    assert (unknown.status, unknown.error["message"]) == (400, "Received unknown parameters: customer, subscription")
    other = api.get(f"/v1/invoices/{one['latest_invoice']}?customer={of}", stripe_version=OLD)
    assert (other.status, other.error["code"]) == (400, "parameter_unknown")
