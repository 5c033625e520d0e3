"""What older API versions show, and which `expand` paths they take."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emulator.catalog.versions import DATED, RELEASES, parse
from emulator.model.declaration import versions
from emulator.model.declaration.versions import at_version
from emulator.resources import table

from ..api import Api

ACACIA, BASIL = "2025-02-24.acacia", "2025-03-31.basil"
DECLARED = re.compile(r"^@(before|with_beta)\(", re.MULTILINE)
CARD = {"id": "card_1", "object": "card"}
SOURCES = {
    "object": "list",
    "data": [CARD, {"id": "ba_1", "object": "bank_account"}],
    "has_more": False,
    "total_count": 2,
    "url": "/v1/customers/cus_1/sources",
}
CARDS = {
    "object": "list",
    "data": [CARD],
    "has_more": False,
    "total_count": 1,
    "url": "/v1/customers/cus_1/cards",
}
CUSTOMER = {"object": "customer", "balance": -500, "currency": "usd", "default_source": "card_1", "sources": SOURCES}
CHARGE = {"object": "charge", "source": CARD, "statement_descriptor": "SHOP", "status": "succeeded"}
PLAN = {"object": "plan", "product": "prod_1"}
SUBSCRIPTION = {"object": "subscription", "collection_method": "send_invoice", "start_date": 1700000000}
INVOICE = {"object": "invoice", "collection_method": "send_invoice", "rendering": {"amount_tax_display": "exclude_tax"}}
RENEWAL = {"id": "il_1", "object": "line_item", "subscription": "sub_1", "type": "subscription"}
EXTRA = {"id": "il_1", "object": "line_item", "invoice_item": "ii_1", "type": "invoiceitem"}
SESSION: Any = {
    "object": "checkout.session",
    "mode": "payment",
    "shipping_cost": {"shipping_rate": "shr_1"},
    "ui_mode": "hosted_page",
}


@pytest.mark.parametrize(
    ("until", "shown", "more"),
    [
        ("2025-03-31", {"object": "payment_intent"}, {"invoice": None}),
        ("2025-03-31", CHARGE, {"invoice": None}),
        ("2025-03-31", PLAN, {"aggregate_usage": None}),
        ("2024-04-10", CHARGE, {"amount_updates": []}),
        ("2024-04-10", INVOICE, {"rendering_options": {"amount_tax_display": "exclude_tax"}}),
        ("2024-04-10", {**INVOICE, "rendering": None}, {"rendering_options": None}),
        (
            "2024-04-10",
            {"object": "account", "settings": {"payouts": {}}},
            {"settings": {"capital": {}, "payouts": {}}},
        ),
        ("2022-11-15", CHARGE, {"refunds": None}),
        ("2022-08-01", CUSTOMER, {"default_currency": "usd"}),
        ("2022-08-01", SESSION, {"shipping": None, "shipping_rate": "shr_1"}),
        ("2020-08-27", PLAN, {"tiers": None}),
        ("2020-08-27", SUBSCRIPTION, {"tax_percent": None}),
        ("2020-08-27", INVOICE, {"tax_percent": None}),
        ("2019-12-03", CUSTOMER, {"tax_info": None, "tax_info_verification": None}),
        (
            "2019-12-03",
            SUBSCRIPTION,
            {"invoice_customer_balance_settings": {"consume_applied_balance_on_void": True}},
        ),
        ("2019-12-03", RENEWAL, {"id": "sli_1", "unique_id": "il_1"}),
        ("2019-12-03", EXTRA, {"id": "ii_1", "unique_id": "il_1"}),
        ("2019-10-17", CUSTOMER, {"account_balance": -500}),
        ("2019-10-17", SUBSCRIPTION, {"billing": "send_invoice", "start": 1700000000}),
        ("2019-10-17", INVOICE, {"billing": "send_invoice"}),
        ("2018-05-21", RENEWAL, {"id": "sub_1"}),
        ("2018-02-05", PLAN, {"name": None, "statement_descriptor": None}),
        ("2015-02-18", CUSTOMER, {"cards": CARDS, "default_card": "card_1"}),
        ("2015-02-18", CHARGE, {"card": CARD, "status": "paid"}),
        ("2015-02-18", {"object": "token", "card": CARD}, {"card": {**CARD, "customer": None}}),
        ("2014-12-17", CHARGE, {"statement_description": "SHOP"}),
        ("2014-12-17", PLAN, {"statement_description": None}),
        ("2014-12-17", INVOICE, {"statement_description": None}),
    ],
)
def test_versions_before_a_date_show_more(until: str, shown: Any, more: dict[str, Any]) -> None:
    version = next(name for name in reversed(("2011-01-01", *DATED)) if name < until)
    first = next(name for name in (*DATED, *RELEASES) if name >= until)
    before: Any = at_version(parse(version), shown)
    after: Any = at_version(parse(first), shown)
    assert {name: before[name] for name in more} == more
    assert all(name not in after or after[name] != value for name, value in more.items())


def test_before_2022_08_01_a_session_has_no_shipping_cost_and_details() -> None:
    old: Any = at_version(parse("2020-08-27"), SESSION)
    assert old == {
        "object": "checkout.session",
        "mode": "payment",
        "shipping": None,
        "shipping_rate": "shr_1",
        "ui_mode": "hosted",
    }


def test_deleted_objects_are_the_same_in_all_versions() -> None:
    for name in ("customer", "plan", "invoice", "invoiceitem"):
        stub = {"id": "x_1", "object": name, "deleted": True}
        assert at_version(parse("2014-12-08"), stub) == stub


def test_changes_are_known_in_a_new_process_whatever_was_used_before() -> None:
    code = (
        "from emulator.model.declaration import registry; from emulator.resources.table import TABLE\n"
        "registry.install(TABLE)\n"
        "from emulator.catalog.versions import parse; from emulator.model.declaration.versions import at_version\n"
        "print(at_version(parse('2019-08-14'), {'data': {'object': 'invoice', 'lines': [{'object': 'plan'}]}}))"
    )
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert "'billing': 'charge_automatically'" in printed
    assert "'tiers': None" in printed


def test_changes_are_declared_in_the_modules_that_the_first_old_version_loads() -> None:
    root = Path(table.__file__).parent
    declaring = {path for path in root.rglob("*.py") if DECLARED.search(path.read_text())}
    known = {root / f"{name.replace('.', '/')}.py" for name in table.CHANGES}
    assert declaring == known, "name the module in CHANGES of emulator/resources/table.py"


def test_the_newest_version_loads_no_changes() -> None:
    code = (
        "from emulator.model.declaration import registry; from emulator.resources.table import TABLE\n"
        "registry.install(TABLE)\n"
        "import sys; from emulator.catalog.versions import parse; from emulator.model.declaration.versions import at_version\n"
        "at_version(parse('2026-10-28.endive'), {'object': 'charge'})\n"
        "print([name for name in sys.modules if 'before_' in name or '.old_' in name])"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"


def test_a_change_after_the_latest_one_says_where_to_note_it() -> None:
    with pytest.raises(ValueError, match=r"LATEST in emulator/model/declaration/versions\.py must be 2099-01-01"):
        versions.before("2099-01-01", "charge")


# --- expand -------------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(api: Api) -> dict[str, str]:
    """A customer with a subscription whose first invoice is paid, and has a tax and a promotion code."""
    customer = api.post(
        "/v1/customers",
        {
            "email": "jenny.rosen@example.com",
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        },
    ).body["id"]
    product = api.post("/v1/products", {"name": "Gold"}).body["id"]
    price = {"product": product, "currency": "usd", "unit_amount": 2000, "recurring": {"interval": "month"}}
    price_id = api.post("/v1/prices", price).body["id"]
    rate = {"display_name": "VAT", "percentage": "10", "inclusive": "false"}
    rate_id = api.post("/v1/tax_rates", rate).body["id"]
    coupon = api.post("/v1/coupons", {"percent_off": 50, "duration": "forever"}).body["id"]
    code = api.post("/v1/promotion_codes", {"promotion": {"type": "coupon", "coupon": coupon}}).body["id"]
    sent = {
        "customer": customer,
        "items": [{"price": price_id}],
        "default_tax_rates": [rate_id],
        "discounts": [{"promotion_code": code}],
    }
    made = api.post("/v1/subscriptions", {**sent, "expand": ["latest_invoice.payment_intent"]}, stripe_version=ACACIA)
    assert made.status == 200, made.body
    invoice = made.body["latest_invoice"]
    return {
        "code": code,
        "discount": made.body["discount"]["id"],
        "customer": customer,
        "charge": invoice["payment_intent"]["latest_charge"],
        "intent": invoice["payment_intent"]["id"],
        "invoice": invoice["id"],
        "rate": rate_id,
        "subscription": made.body["id"],
    }


@pytest.mark.parametrize(
    ("path", "expand", "name", "unknown"),  # what is unknown at basil
    [
        ("charges/{charge}", "invoice", "invoice", "invoice"),
        ("charges/{charge}", "payment_intent.invoice", "invoice", "payment_intent.invoice"),
        ("charges/{charge}", "payment_intent.invoice.subscription", "subscription", "payment_intent.invoice"),
        ("payment_intents/{intent}", "invoice", "invoice", "invoice"),
        ("payment_intents/{intent}", "invoice.subscription.customer", "customer", "invoice"),
        ("payment_intents/{intent}", "latest_charge.invoice", "invoice", "latest_charge.invoice"),
        ("subscriptions/{subscription}", "latest_invoice.charge.invoice", "invoice", "latest_invoice.charge"),
        ("subscriptions/{subscription}", "latest_invoice.payment_intent", "intent", "latest_invoice.payment_intent"),
        ("subscriptions/{subscription}", "discount", "discount", "discount"),
        ("subscriptions/{subscription}", "discount.promotion_code", "code", "discount"),
        ("invoices/{invoice}", "discount.promotion_code", "code", "discount"),
        ("invoices/{invoice}", "subscription", "subscription", "subscription"),
    ],
)
def test_an_expansion_of_a_name_that_basil_removed(  # noqa: PLR0917 - two fixtures, four values
    api: Api, shop: dict[str, str], path: str, expand: str, name: str, unknown: str
) -> None:
    url = f"/v1/{path.format(**shop)}?expand[]={expand}"
    node: Any = api.get(url, stripe_version=ACACIA).body
    for part in expand.split("."):
        node = node[part]
    assert node["id"] == shop[name]
    assert api.get(url, stripe_version=BASIL).error == {
        "message": f"This property cannot be expanded ({unknown}).",
        "type": "invalid_request_error",
    }


def test_an_expansion_of_five_levels_is_refused_in_old_versions_too(api: Api, shop: dict[str, str]) -> None:
    expand = "payment_intent.invoice.subscription.customer.sources"
    refused = api.get(f"/v1/charges/{shop['charge']}?expand[]={expand}", stripe_version=ACACIA)
    assert refused.status == 400
    assert "4 levels" in refused.error["message"]


@pytest.mark.parametrize("version", ["2020-08-27", "2023-10-16", ACACIA])
def test_tax_rates_of_an_invoice_expand_in_its_amounts_and_lines(api: Api, shop: dict[str, str], version: str) -> None:
    expand = "expand[]=total_tax_amounts.tax_rate&expand[]=lines.data.tax_amounts.tax_rate"
    invoice = api.get(f"/v1/invoices/{shop['invoice']}?{expand}", stripe_version=version).body
    assert [tax["tax_rate"]["id"] for tax in invoice["total_tax_amounts"]] == [shop["rate"]]
    assert [tax["tax_rate"]["object"] for tax in invoice["lines"]["data"][0]["tax_amounts"]] == ["tax_rate"]
    nested = f"/v1/subscriptions/{shop['subscription']}?expand[]=latest_invoice.total_tax_amounts.tax_rate"
    shown = api.get(nested, stripe_version=version).body["latest_invoice"]
    assert [tax["tax_rate"]["display_name"] for tax in shown["total_tax_amounts"]] == ["VAT"]


def test_a_list_expands_the_names_that_basil_removed(api: Api, shop: dict[str, str]) -> None:
    listed = api.get("/v1/charges?expand[]=data.invoice.subscription", stripe_version=ACACIA).body["data"]
    assert [charge["invoice"]["subscription"]["id"] for charge in listed] == [shop["subscription"]]
    assert api.get("/v1/charges?expand[]=data.invoice", stripe_version=BASIL).error == {
        "message": "This property cannot be expanded (data.invoice).",
        "type": "invalid_request_error",
    }


def test_before_2022_11_15_expanded_payments_show_their_charges_and_refunds(api: Api, shop: dict[str, str]) -> None:
    url = f"/v1/subscriptions/{shop['subscription']}?expand[]=latest_invoice.payment_intent"
    intent = api.get(url, stripe_version="2022-08-01").body["latest_invoice"]["payment_intent"]
    assert [charge["id"] for charge in intent["charges"]["data"]] == [shop["charge"]]
    assert intent["charges"]["data"][0]["refunds"]["data"] == []
    assert intent["charges"]["data"][0]["invoice"] == shop["invoice"]
    charge = api.get(url.replace("payment_intent", "charge"), stripe_version="2022-08-01").body
    assert charge["latest_invoice"]["charge"]["refunds"]["url"] == f"/v1/charges/{shop['charge']}/refunds"
    assert "charges" not in api.get(url, stripe_version="2022-11-15").body["latest_invoice"]["payment_intent"]
    deeper = "expand[]=charges.data.balance_transaction"
    inside = api.get(f"/v1/payment_intents/{shop['intent']}?{deeper}", stripe_version="2022-08-01").body
    assert inside["charges"]["data"][0]["balance_transaction"]["amount"] == 1100


def test_aggregate_usage_shows_in_the_lines_of_invoices(api: Api, shop: dict[str, str]) -> None:
    line = api.get(f"/v1/invoices/{shop['invoice']}", stripe_version=ACACIA).body["lines"]["data"][0]
    assert line["plan"]["aggregate_usage"] is None
    assert line["price"]["recurring"]["aggregate_usage"] is None
    item = api.get(f"/v1/subscriptions/{shop['subscription']}", stripe_version=ACACIA).body["items"]["data"][0]
    assert "aggregate_usage" in item["plan"]
    assert "aggregate_usage" in item["price"]["recurring"]


def test_customers_of_2014_show_cards_inside_other_objects_too(api: Api) -> None:
    customer = api.post("/v1/customers", {"source": "tok_visa"}).body
    url = f"/v1/customers/{customer['id']}"
    old = api.get(url, stripe_version="2014-12-08").body
    assert [card["object"] for card in old["cards"]["data"]] == ["card"]
    assert old["cards"]["url"] == f"{url}/cards"
    assert (old["default_card"], old["account_balance"]) == (customer["default_source"], 0)
    assert list(old) == ["id", "object", *sorted(set(old) - {"id", "object"})]
    sent = {"amount": 1000, "currency": "usd", "customer": customer["id"], "expand": ["customer"]}
    charge = api.post("/v1/charges", sent, stripe_version="2014-12-08").body
    assert (charge["status"], charge["card"]["id"]) == ("paid", customer["default_source"])
    assert charge["customer"] == old | {"currency": charge["customer"]["currency"]}


@pytest.mark.parametrize("version", ["2020-08-27", "2023-10-16", "2026-10-28.endive"])
def test_the_credit_balance_of_a_customer_is_expanded_in_all_versions(api: Api, version: str) -> None:
    params = {"email": "jenny.rosen@example.com", "expand": ["invoice_credit_balance"]}
    made = api.post("/v1/customers", params, stripe_version=version).body
    url = f"/v1/customers/{made['id']}"
    changed = api.post(url, {"name": "Jenny", "expand": ["invoice_credit_balance"]}, stripe_version=version).body
    shown = api.get(f"{url}?expand[]=invoice_credit_balance", stripe_version=version).body
    bodies = (made, changed, shown)
    assert [body["invoice_credit_balance"] for body in bodies] == [{}, {}, {}]
    assert "invoice_credit_balance" not in api.get(url, stripe_version=version).body


def test_the_payment_intent_of_an_error_shows_its_invoice_before_basil(api: Api) -> None:
    customer = api.post("/v1/customers", {"email": "jenny.rosen@example.com"}).body["id"]
    api.post("/v1/invoiceitems", {"customer": customer, "amount": 1000, "currency": "usd"})
    sent = {"customer": customer, "pending_invoice_items_behavior": "include"}
    invoice = api.post("/v1/invoices", sent).body["id"]
    finalized = api.post(f"/v1/invoices/{invoice}/finalize", {}, stripe_version=ACACIA).body
    url = f"/v1/payment_intents/{finalized['payment_intent']}/confirm"
    refused = api.post(url, {"payment_method": "pm_card_visa_chargeDeclined"}, stripe_version=ACACIA).body["error"]
    assert refused["code"] == "card_declined"
    assert refused["payment_intent"]["invoice"] == invoice
    later = api.post(url, {"payment_method": "pm_card_visa_chargeDeclined"}, stripe_version=BASIL).body["error"]
    assert "invoice" not in later["payment_intent"]


def test_before_2020_08_27_unknown_ids_stand_without_quotes(api: Api) -> None:
    get, post = api.get("/v1/customers/cus_abc", stripe_version="2020-03-02"), {"customer": "cus_abc"}
    assert get.error["message"] == "No such customer: cus_abc"
    created = api.post("/v1/payment_intents", {"amount": 100, "currency": "usd", **post}, stripe_version="2018-05-21")
    assert created.error["message"] == "No such customer: cus_abc"
    later = api.get("/v1/customers/cus_abc", stripe_version="2020-08-27")
    assert later.error["message"] == "No such customer: 'cus_abc'"


@pytest.mark.parametrize(("version", "lines"), [("2020-08-27", 1), ("2022-08-01", 0)])
def test_before_2022_08_01_an_invoice_pulls_pending_items_in(api: Api, version: str, lines: int) -> None:
    customer = api.post("/v1/customers", {"email": "jenny.rosen@example.com"}).body["id"]
    api.post("/v1/invoiceitems", {"customer": customer, "amount": 1000, "currency": "usd"})
    invoice = api.post("/v1/invoices", {"customer": customer}, stripe_version=version).body
    assert len(invoice["lines"]["data"]) == lines


@pytest.mark.parametrize("sent", [{}, {"pending_invoice_items_behavior": "include_and_require"}])
def test_before_2022_08_01_an_invoice_requires_pending_items(api: Api, sent: dict[str, str]) -> None:
    customer = api.post("/v1/customers", {"email": "jenny.rosen@example.com"}).body["id"]
    params = {"customer": customer, **sent}
    assert api.post("/v1/invoices", params, stripe_version="2020-08-27").error == {
        "code": "invoice_no_customer_line_items",
        "doc_url": "https://stripe.com/docs/error-codes/invoice-no-customer-line-items",
        "message": "Nothing to invoice for customer",
        "param": "customer",
        "type": "invalid_request_error",
    }
    api.post("/v1/invoiceitems", {"customer": customer, "amount": 1000, "currency": "usd"})
    invoice = api.post("/v1/invoices", params, stripe_version="2020-08-27").body
    assert [line["amount"] for line in invoice["lines"]["data"]] == [1000]


def test_before_2022_08_01_an_invoice_of_a_subscription_requires_pending_items(api: Api) -> None:
    customer = api.post("/v1/customers", {"source": "tok_visa"}).body["id"]
    price = {"currency": "usd", "unit_amount": 1000, "recurring": {"interval": "month"}}
    of = api.post("/v1/prices", {**price, "product_data": {"name": "Tea"}}).body["id"]
    one = api.post("/v1/subscriptions", {"customer": customer, "items": [{"price": of}]}).body["id"]
    error = api.post("/v1/invoices", {"customer": customer, "subscription": one}, stripe_version="2020-08-27").error
    assert (error["code"], error["message"], error["param"]) == (
        "invoice_no_subscription_line_items",
        "Nothing to invoice for subscription",
        "subscription",
    )


def test_since_2022_08_01_an_invoice_cannot_require_pending_items(api: Api) -> None:
    customer = api.post("/v1/customers", {"email": "jenny.rosen@example.com"}).body["id"]
    sent = {"customer": customer, "pending_invoice_items_behavior": "include_and_require"}
    error = api.post("/v1/invoices", sent, stripe_version="2022-08-01").error
    assert error["message"] == "Invalid pending_invoice_items_behavior: must be one of exclude or include"


def test_before_2019_10_17_the_balance_of_a_customer_is_its_account_balance(api: Api) -> None:
    old = {"stripe_version": "2019-10-08"}
    customer = api.post("/v1/customers", {"account_balance": -500}, **old).body
    url = f"/v1/customers/{customer['id']}"
    assert (customer["account_balance"], api.get(url).body["balance"]) == (-500, -500)
    assert api.post(url, {"account_balance": 0}, **old).body["account_balance"] == 0
    amounts = [each["amount"] for each in api.get(f"{url}/balance_transactions").body["data"]]
    assert amounts == [500, -500]
    refused = api.post(url, {"account_balance": 1}, stripe_version="2019-10-17")
    assert refused.error["message"] == "Received unknown parameter: account_balance"


@pytest.mark.parametrize("version", ["2017-08-15", "2026-10-28.endive"])
def test_an_unknown_country_has_quotes_in_all_versions(api: Api, version: str) -> None:
    answer = api.get("/v1/country_specs/nope", stripe_version=version)
    assert (answer.status, answer.error["message"]) == (404, "Country 'nope' is unknown")
