"""Customers: the fields of a new one, the changes by updates, and the stub of a deleted one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.model.declaration import registry

from ....api import Api

NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def events(api: Api) -> list[Any]:
    return list(reversed(api.get("/v1/events?limit=100").body["data"]))


def types(api: Api) -> list[str]:
    return [event["type"] for event in events(api)]


def test_a_customer_of_whom_nothing_is_known(api: Api) -> None:
    answer = api.post("/v1/customers")
    body = answer.body
    assert answer.headers["emulator-fidelity"] == "modelled"
    assert (body["id"][:4], len(body["id"])) == ("cus_", 18)
    assert (len(body["invoice_prefix"]), body["invoice_prefix"].isalnum()) == (8, True)
    assert body["invoice_prefix"] == body["invoice_prefix"].upper()
    shown = {name: value for name, value in body.items() if name not in ("id", "created", "invoice_prefix")}
    assert shown == {
        "object": "customer",
        "address": None,
        "balance": 0,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    assert list(body) == ["id", "object", *sorted(set(body) - {"id", "object"})]
    assert api.get(f"/v1/customers/{body['id']}").body == body
    assert [(event["type"], event["data"]) for event in events(api)] == [("customer.created", {"object": body})]


def test_nested_details_are_whole_and_change_leaf_by_leaf(api: Api) -> None:
    created = api.posted(
        "customers", address={"city": "Bern"}, shipping={"name": "Jenny", "address": {"line1": "1 Main St"}}
    )
    assert created["address"] == {**NO_ADDRESS, "city": "Bern"}
    assert created["shipping"] == {"address": {**NO_ADDRESS, "line1": "1 Main St"}, "name": "Jenny", "phone": None}
    path = f"/v1/customers/{created['id']}"
    changed = api.posted(path, address={"country": "CH"}, metadata={"a": "1"})
    assert changed["address"] == {**NO_ADDRESS, "city": "Bern", "country": "CH"}
    assert events(api)[-1]["data"] == {
        "object": changed,
        "previous_attributes": {"address": {"country": None}, "metadata": {"a": None}},
    }
    assert api.posted(path, address="")["address"] is None


def test_old_names_of_the_currency_and_lists_come_with_old_versions(api: Api) -> None:
    customer = api.posted("customers")["id"]
    path = f"/v1/customers/{customer}"
    assert "default_currency" not in api.get(path).body
    assert api.get(path, stripe_version="2020-08-27").body["default_currency"] is None
    assert "sources" not in api.get(path, stripe_version="2020-08-27").body
    old = api.get(path, stripe_version="2020-03-02").body
    assert [old[name]["url"] for name in ("sources", "subscriptions", "tax_ids")] == [
        f"{path}/sources",
        f"{path}/subscriptions",
        f"{path}/tax_ids",
    ]


@pytest.mark.parametrize(
    ("params", "error"),
    [
        (
            {"email": "jenny"},
            {
                "code": "email_invalid",
                "doc_url": "https://stripe.com/docs/error-codes/email-invalid",
                "message": "Invalid email address: jenny",
                "param": "email",
            },
        ),
        (
            {"invoice_prefix": "abc-1"},
            {"message": "Invoice number prefix must be 1\u201312 uppercase letters or numbers."},
        ),
        (
            {"invoice_settings": {"default_payment_method": "pm_card_visa"}},
            {
                "code": "resource_missing",
                "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
                "message": "The customer does not have a payment method with the ID pm_card_visa. The payment method "
                "must be attached to the customer.",
                "param": "invoice_settings[default_payment_method]",
            },
        ),
        (
            {"tax_exempt": "partly"},
            {"message": "Invalid tax_exempt: must be one of none, reverse, or exempt", "param": "tax_exempt"},
        ),
    ],
)
def test_details_that_no_customer_can_have_are_refused(api: Api, params: Any, error: dict[str, str]) -> None:
    customer = api.posted("customers")["id"]
    for path in ("/v1/customers", f"/v1/customers/{customer}"):
        refused = api.post(path, params)
        assert (refused.status, refused.error) == (400, {**error, "type": "invalid_request_error"})
    assert types(api) == ["customer.created"]


def test_a_prefix_of_invoices_belongs_to_one_customer(api: Api) -> None:
    first, second = api.posted("customers", invoice_prefix="ABC"), api.posted("customers")
    refused = api.post(f"/v1/customers/{second['id']}", {"invoice_prefix": "ABC"})
    assert (refused.status, refused.error) == (
        400,
        {
            "message": f"This invoice number prefix is taken by customer: {first['id']}. Please enter a different prefix.",
            "param": "invoice_prefix",
            "type": "invalid_request_error",
        },
    )
    assert api.posted(f"customers/{first['id']}", invoice_prefix="ABC")["invoice_prefix"] == "ABC"


# --- payment methods and sources ------------------------------------------------------------------------------------


def test_a_payment_method_is_attached_and_may_be_the_default(api: Api) -> None:
    named = {"default_payment_method": "pm_card_visa"}
    customer = api.posted("customers", payment_method="pm_card_visa", invoice_settings=named)
    (method,) = api.get(f"/v1/customers/{customer['id']}/payment_methods").body["data"]
    assert (customer["default_source"], customer["invoice_settings"]["default_payment_method"]) == (None, method["id"])
    assert method["card"]["checks"]["cvc_check"] == "pass"
    assert types(api) == ["customer.created", "payment_method.attached"]
    plain = api.posted("customers", payment_method="pm_card_visa")
    assert plain["invoice_settings"]["default_payment_method"] is None


def test_of_a_declined_payment_method_no_customer_is_left(api: Api) -> None:
    for params in ({"payment_method": "pm_card_chargeDeclined"}, {"source": "tok_chargeDeclined"}):
        refused = api.post("/v1/customers", params)
        assert (refused.status, refused.error["code"], refused.error["param"]) == (402, "card_declined", "")
    assert api.get("/v1/customers").body["data"] == []
    assert types(api) == []


def test_a_source_is_the_default_of_a_new_customer(api: Api) -> None:
    token = api.post(
        "/v1/tokens", {"card": {"number": "4242424242424242", "exp_month": 9, "exp_year": 2034, "cvc": "314"}}
    )
    customer = api.posted("customers", source=token.body["id"], expand=["sources"])
    source = customer["sources"]["data"][0]
    assert customer["default_source"] == source["id"] == token.body["card"]["id"]
    assert customer["sources"] == {
        "object": "list",
        "data": [source],
        "has_more": False,
        "total_count": 1,
        "url": f"/v1/customers/{customer['id']}/sources",
    }
    assert {name: value for name, value in source.items() if name not in ("id", "fingerprint")} == {
        "object": "card",
        "address_city": None,
        "address_country": None,
        "address_line1": None,
        "address_line1_check": None,
        "address_line2": None,
        "address_state": None,
        "address_zip": None,
        "address_zip_check": None,
        "allow_redisplay": "unspecified",
        "brand": "Visa",
        "country": "US",
        "customer": customer["id"],
        "cvc_check": "pass",
        "dynamic_last4": None,
        "email": None,
        "exp_month": 9,
        "exp_year": 2034,
        "funding": "credit",
        "last4": "4242",
        "metadata": {},
        "name": None,
        "phone": None,
        "regulated_status": "unregulated",
        "tokenization_method": None,
        "wallet": None,
    }
    assert types(api) == ["customer.created", "customer.source.created", "payment_method.attached"]
    assert events(api)[0]["data"]["object"]["default_source"] == source["id"]
    assert api.posted("customers", card="tok_visa")["default_source"].startswith("card_1")


def test_an_update_replaces_the_default_source(api: Api) -> None:
    customer = api.posted("customers", source="tok_visa")
    path = f"/v1/customers/{customer['id']}"
    changed = api.posted(path, source="tok_mastercard")
    (source,) = api.get(f"{path}/sources").body["data"]
    assert (changed["default_source"], source["brand"]) == (source["id"], "MasterCard")
    second = api.posted(f"{path}/sources", source="tok_amex")["id"]
    assert api.get(path).body["default_source"] == source["id"]
    assert api.posted(path, default_source=second)["default_source"] == second
    assert api.posted(path, default_card=source["id"])["default_source"] == source["id"]
    refused = api.post(path, {"default_source": "card_1"})
    assert (refused.status, refused.error["code"], refused.error["param"]) == (
        400,
        "resource_missing",
        "default_source",
    )


def test_a_deleted_customer_leaves_a_stub_and_nothing_to_pay_with(api: Api) -> None:
    customer = api.posted("customers", source="tok_visa", payment_method="pm_card_visa")
    path = f"/v1/customers/{customer['id']}"
    (method,) = (each["id"] for each in api.get(f"{path}/payment_methods").body["data"] if each["id"][:3] == "pm_")
    stub = {"id": customer["id"], "object": "customer", "deleted": True}
    assert api.delete(path).body == stub
    assert api.get(path).body == stub
    assert events(api)[-1]["data"] == {"object": customer}
    assert api.get(f"/v1/payment_methods/{method}").body["customer"] is None
    assert api.get(f"/v1/payment_methods/{customer['default_source']}").status == 404
    again = api.delete(path)
    assert (again.status, again.error["message"]) == (404, f"No such customer: '{customer['id']}'")
    assert api.post(path, {"name": "Jenny"}).status == 404
    other = api.post(f"/v1/payment_methods/{method}/attach", {"customer": customer["id"]})
    assert (other.status, other.error["param"]) == (400, "customer")
    assert api.get("/v1/customers").body["data"] == []


def test_subscriptions_end_with_their_customer(api: Api) -> None:
    named = {"default_payment_method": "pm_card_visa"}
    customer = api.posted("customers", payment_method="pm_card_visa", invoice_settings=named)["id"]
    product = api.posted("products", name="Tea")["id"]
    price = api.posted("prices", currency="usd", unit_amount="500", product=product, recurring={"interval": "month"})
    subscription = api.posted("subscriptions", customer=customer, items=[{"price": price["id"]}])["id"]
    api.delete(f"/v1/customers/{customer}")
    assert api.get(f"/v1/subscriptions/{subscription}").body["status"] == "canceled"
    assert "customer.subscription.deleted" in types(api)


def test_lists_are_filtered_by_the_exact_email(api: Api) -> None:
    jenny = api.posted("customers", email="jenny@example.com")
    api.posted("customers", email="Jenny@example.com")
    assert api.get("/v1/customers?email=jenny@example.com").body["data"] == [jenny]


# --- credit -----------------------------------------------------------------------------------------------------------


def test_a_balance_gives_the_customer_a_currency_and_a_transaction(api: Api) -> None:
    customer = api.posted("customers", balance=-500)
    assert (customer["balance"], customer["currency"]) == (-500, "usd")
    path = f"/v1/customers/{customer['id']}"
    assert api.posted(path, balance=100)["balance"] == 100
    newest, first = api.get(f"{path}/balance_transactions").body["data"]
    assert (newest["amount"], newest["ending_balance"], newest["type"]) == (600, 100, "adjustment")
    assert (first["amount"], first["ending_balance"], first["type"]) == (-500, -500, "initial")


def test_transactions_change_the_balance_in_one_currency(api: Api) -> None:
    customer = api.posted("customers")["id"]
    path = f"/v1/customers/{customer}/balance_transactions"
    transaction = api.posted(path, amount=-500, currency="eur", description="Credit", metadata={"a": "1"})
    assert {name: value for name, value in transaction.items() if name not in ("id", "created")} == {
        "object": "customer_balance_transaction",
        "amount": -500,
        "checkout_session": None,
        "credit_note": None,
        "currency": "eur",
        "customer": customer,
        "customer_account": None,
        "description": "Credit",
        "ending_balance": -500,
        "invoice": None,
        "livemode": False,
        "metadata": {"a": "1"},
        "type": "adjustment",
    }
    assert transaction["id"].startswith("cbtxn_1")
    shown = api.get(f"/v1/customers/{customer}").body
    assert (shown["balance"], shown["currency"]) == (-500, "eur")
    changed = api.posted(f"{path}/{transaction['id']}", description="More", metadata={"b": "2"})
    assert (changed["description"], changed["metadata"]) == ("More", {"a": "1", "b": "2"})
    refused = api.post(path, {"amount": 1, "currency": "usd"})
    assert (refused.status, refused.error) == (
        400,
        {
            "message": "You cannot combine currencies on a single customer. This customer has had a subscription, "
            "coupon, or invoice item with currency eur",
            "type": "invalid_request_error",
        },
    )


@pytest.mark.parametrize(
    ("path", "param"),
    [("cus_1/balance_transactions", "customer"), ("{}/balance_transactions/cbtxn_1", "transaction")],
)
def test_unknown_transactions(api: Api, path: str, param: str) -> None:
    answer = api.get(f"/v1/customers/{path.format(api.posted('customers')['id'])}")
    assert (answer.status, answer.error["code"], answer.error["param"]) == (404, "resource_missing", param)


# --- cash -------------------------------------------------------------------------------------------------------------


def test_a_bank_transfer_fills_the_cash_balance(api: Api) -> None:
    customer = api.posted("customers")["id"]
    path = f"/v1/customers/{customer}/cash_balance"
    empty = {
        "object": "cash_balance",
        "available": None,
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "settings": {"reconciliation_mode": "automatic", "using_merchant_default": True},
    }
    assert api.get(path).body == empty
    fund = f"/v1/test_helpers/customers/{customer}/fund_cash_balance"
    funded = api.posted(fund, amount=500, currency="eur", reference="ABC")
    assert (funded["type"], funded["net_amount"], funded["ending_balance"]) == ("funded", 500, 500)
    assert funded["funded"]["bank_transfer"]["type"] == "eu_bank_transfer"
    assert api.posted(fund, amount=100, currency="eur")["ending_balance"] == 600
    assert api.get(path).body == {**empty, "available": {"eur": 600}}
    manual = {"reconciliation_mode": "manual", "using_merchant_default": False}
    assert api.posted(path, settings={"reconciliation_mode": "manual"})["settings"] == manual
    shown = api.get(f"/v1/customers/{customer}?expand[]=cash_balance").body["cash_balance"]
    assert (shown["available"], shown["settings"]) == ({"eur": 600}, manual)
    moves = api.get(f"/v1/customers/{customer}/cash_balance_transactions").body["data"]
    assert [each["net_amount"] for each in moves] == [100, 500]
    assert types(api)[-2:] == ["customer_cash_balance_transaction.created", "cash_balance.funds_available"]
    assert api.post(fund, {"amount": 0, "currency": "eur"}).error["code"] == "parameter_invalid_integer"


# --- tax --------------------------------------------------------------------------------------------------------------


async def _advance(api: Api, seconds: int) -> None:
    assert (await api.control("POST", "/clock", {"advance": seconds})).status_code == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("DE000000000", "verified"),
        ("DE111111111", "unverified"),
        ("DE222222222", "pending"),
        ("DE123456789", "pending"),
    ],
)
async def test_tax_ids_are_verified_by_their_digits(api: Api, value: str, status: str) -> None:
    customer = api.posted("customers", tax_id_data=[{"type": "eu_vat", "value": value}], expand=["tax_ids"])
    (tax_id,) = customer["tax_ids"]["data"]
    assert list(tax_id["owner"]) == ["customer", "customer_account", "type"]
    assert {name: each for name, each in tax_id.items() if name not in ("id", "created")} == {
        "object": "tax_id",
        "country": "DE",
        "customer": customer["id"],
        "customer_account": None,
        "livemode": False,
        "owner": {"customer": customer["id"], "customer_account": None, "type": "customer"},
        "type": "eu_vat",
        "value": value,
        "verification": {"status": "pending", "verified_address": None, "verified_name": None},
    }
    await _advance(api, 2)
    found = api.get(f"/v1/customers/{customer['id']}/tax_ids/{tax_id['id']}").body
    assert found["verification"]["status"] == status
    changed = ["customer.tax_id.updated"] if status != "pending" else []
    assert types(api) == ["customer.created", "customer.tax_id.created", *changed]


@pytest.mark.parametrize(("kind", "value"), [("eu_vat", "XX123456789"), ("gb_vat", "12"), ("us_ein", "abc")])
def test_a_tax_id_has_the_form_of_its_type(api: Api, kind: str, value: str) -> None:
    customer = api.posted("customers")["id"]
    refused = api.post(f"/v1/customers/{customer}/tax_ids", {"type": kind, "value": value})
    assert (refused.status, refused.error) == (
        400,
        {
            "code": "tax_id_invalid",
            "doc_url": "https://stripe.com/docs/error-codes/tax-id-invalid",
            "message": f"Invalid value for {kind}.",
            "param": "value",
            "type": "invalid_request_error",
        },
    )


def test_a_customer_has_at_most_five_tax_ids(api: Api) -> None:
    customer = api.posted("customers")["id"]
    for digit in range(5):
        api.posted(f"customers/{customer}/tax_ids", type="eu_vat", value=f"DE12345678{digit}")
    refused = api.post(f"/v1/customers/{customer}/tax_ids", {"type": "eu_vat", "value": "DE123456785"})
    assert (refused.status, refused.error) == (
        400,
        {"message": "A customer can have at most 5 tax IDs.", "type": "invalid_request_error"},
    )


def test_the_account_has_tax_ids_of_its_own(api: Api) -> None:
    customer = api.posted("customers")["id"]
    own = api.posted("tax_ids", type="us_ein", value="12-3456789")
    theirs = api.posted("tax_ids", type="no_vat", value="123456789", owner={"type": "customer", "customer": customer})
    assert (own["owner"], own["customer"], own["country"]) == (
        {"customer": None, "customer_account": None, "type": "self"},
        None,
        "US",
    )
    assert own["verification"] == {"status": "unavailable", "verified_address": None, "verified_name": None}
    assert api.get("/v1/tax_ids").body["data"] == [own]
    assert api.get(f"/v1/tax_ids?owner[type]=customer&owner[customer]={customer}").body["data"] == [theirs]
    assert api.get(f"/v1/customers/{customer}/tax_ids").body["data"] == [theirs]
    assert api.delete(f"/v1/tax_ids/{own['id']}").body == {"id": own["id"], "object": "tax_id", "deleted": True}
    assert types(api)[-1] == "customer.tax_id.deleted"


def test_a_list_inside_a_customer_shows_ten_and_counts_all_but_renders_no_more(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = api.posted("products", name="Gold")["id"]
    price = api.posted("prices", currency="usd", product=product, unit_amount=500, recurring={"interval": "month"})
    customer = api.posted(
        "customers", payment_method="pm_card_visa", invoice_settings={"default_payment_method": "pm_card_visa"}
    )["id"]
    for _ in range(15):
        api.posted("subscriptions", customer=customer, items=[{"price": price["id"]}])
    kind, rendered = registry.resource("subscription"), list[str]()
    assert kind is not None

    def render(sandbox: Any, row: Any, now: int) -> Any:
        rendered.append(row.id)
        return kind.render(sandbox, row, now)

    known = registry.resource
    counting = replace(kind, render=render)
    monkeypatch.setattr(registry, "resource", lambda name: counting if name == "subscription" else known(name))
    found = api.get(f"/v1/customers/{customer}?expand[]=subscriptions").body["subscriptions"]
    assert (len(found["data"]), found["has_more"], found["total_count"]) == (10, True, 15)
    assert len(rendered) == 11
