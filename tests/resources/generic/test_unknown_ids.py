"""Ids that nobody created: refused, or created on first use as tests written for stripe-mock expect."""

from __future__ import annotations

import re

import pytest

from emulator.catalog import Operation, operations
from emulator.model.answering import endpoints
from emulator.model.declaration import registry
from emulator.settings import BadSetting, Settings

from ...api import Api


def creating() -> Api:
    return Api(Settings(unknown_ids="create"))


def test_an_unknown_id_is_refused_by_default() -> None:
    refused = Api().get("/v1/customers/cus_123")
    assert (refused.status, refused.error["code"]) == (404, "resource_missing")
    assert "stripe-mock-version" not in refused.headers


def test_a_retrieve_creates_the_object_that_it_names_and_remembers_it() -> None:
    api = creating()
    first = api.get("/v1/customers/cus_123")
    assert (first.status, first.body["id"], first.body["object"]) == (200, "cus_123", "customer")
    assert first.body["metadata"] == {}
    assert [each["id"] for each in api.get("/v1/customers").body["data"]] == ["cus_123"]
    assert api.get("/v1/customers/cus_123").body == first.body


def test_an_update_creates_the_object_that_it_changes() -> None:
    api = creating()
    assert api.post("/v1/products/prod_123", {"name": "Tea"}).body["name"] == "Tea"
    assert api.get("/v1/products/prod_123").body["name"] == "Tea"


def test_an_action_creates_its_object_in_its_first_state() -> None:
    assert creating().post("/v1/quotes/qt_123/finalize").body["status"] == "open"


def test_an_object_that_nobody_created_is_there_again_after_its_deletion() -> None:
    api = creating()
    stub = {"id": "cus_123", "object": "customer", "deleted": True}
    api.post("/v1/customers/cus_123", {"name": "Jenny"})
    assert api.delete("/v1/customers/cus_123").body == stub
    assert api.get("/v1/customers").body["data"] == []
    assert api.get("/v1/customers/cus_123").body["name"] is None
    assert api.delete("/v1/customers/cus_123").body == stub


def test_a_deleted_customer_that_was_created_stays_deleted() -> None:
    api = creating()
    customer = api.post("/v1/customers").body["id"]
    stub = {"id": customer, "object": "customer", "deleted": True}
    assert api.delete(f"/v1/customers/{customer}").body == stub
    assert api.get(f"/v1/customers/{customer}").body == stub
    assert api.post(f"/v1/customers/{customer}", {"name": "Jenny"}).status == 404


def test_an_object_that_nobody_created_begins_anew_where_its_state_refuses_a_request() -> None:
    api = creating()
    for verb, status in (("cancel", "canceled"), ("cancel", "canceled"), ("finalize", "open"), ("accept", "accepted")):
        acted = api.post(f"/v1/quotes/qt_123/{verb}")
        assert (acted.status, acted.body["status"]) == (200, status)


def test_an_object_that_was_created_is_refused_in_a_wrong_state() -> None:
    api = creating()
    quote = api.post("/v1/quotes").body["id"]
    assert api.post(f"/v1/quotes/{quote}/cancel").status == 200
    assert api.post(f"/v1/quotes/{quote}/cancel").status == 400


def test_a_parameter_that_names_an_object_that_was_deleted_creates_it_again() -> None:
    api = creating()
    api.delete("/v1/customers/cus_123")
    assert api.post("/v1/invoices", {"customer": "cus_123"}).status == 200


def test_a_refusal_for_another_reason_changes_nothing() -> None:
    api = creating()
    api.post("/v1/products/prod_123", {"name": "Tea"})
    assert api.post("/v1/prices", {"currency": "usd", "product": "prod_123", "tax_behavior": "none"}).status == 400
    assert api.get("/v1/products/prod_123").body["name"] == "Tea"


def test_an_object_below_another_one_names_it() -> None:
    assert creating().get("/v1/customers/cus_123/tax_ids/txi_123").body["customer"] == "cus_123"


def test_what_was_never_set_can_be_deleted() -> None:
    deleted = creating().delete("/v1/subscriptions/sub_123/discount")
    assert (deleted.status, deleted.body["deleted"]) == (200, True)


def test_a_reference_creates_the_object_that_it_names() -> None:
    api = creating()
    created = api.post("/v1/invoices", {"customer": "cus_123"})
    assert (created.status, created.body["customer"]) == (200, "cus_123")
    assert [each["id"] for each in api.get("/v1/customers").body["data"]] == ["cus_123"]


def test_a_refused_request_creates_nothing() -> None:
    api = creating()
    assert api.post("/v1/customers/cus_123", {"nothing": "1"}).status == 400
    assert api.get("/v1/customers").body["data"] == []


def test_an_account_that_nobody_created_is_onboarded() -> None:
    api = creating()
    account = api.get("/v1/accounts/acct_123").body
    assert (account["id"], account["type"], account["charges_enabled"]) == ("acct_123", "custom", True)
    assert api.delete("/v1/accounts/acct_123").body == {"id": "acct_123", "object": "account", "deleted": True}
    assert api.post("/v1/accounts/acct_123", {"email": "jenny@example.com"}).body["email"] == "jenny@example.com"


def test_a_request_acts_as_an_account_that_nobody_created() -> None:
    api = creating()
    customer = api.post("/v1/customers", stripe_account="acct_123").body["id"]
    assert api.get(f"/v1/customers/{customer}", stripe_account="acct_123").status == 200
    assert [each["id"] for each in api.get("/v1/accounts").body["data"]] == ["acct_123"]


def test_a_refused_request_creates_no_account_either() -> None:
    api = creating()
    assert api.post("/v1/customers", {"nothing": "1"}, stripe_account="acct_123").status == 400
    assert api.post("/v1/accounts/acct_123", {"nothing": "1"}).status == 400
    assert api.get("/v1/accounts").body["data"] == []


def test_account_sessions_and_links_name_accounts_that_nobody_created() -> None:
    api = creating()
    assert api.session("acct_123", {"account_onboarding": {"enabled": True}}).status == 200
    urls = {"refresh_url": "https://example.com/a", "return_url": "https://example.com/b"}
    assert api.post("/v1/account_links", {"account": "acct_124", "type": "account_onboarding", **urls}).status == 200


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("persons/person_123", {"first_name": "Jenny"}),
        ("external_accounts/ba_123", {"metadata": {"a": "1"}}),
        ("external_accounts/card_123", {"metadata": {"a": "1"}}),
    ],
)
def test_parts_of_accounts_that_nobody_created_are_there(path: str, params: dict[str, object]) -> None:
    api, identifier = creating(), path.rpartition("/")[2]
    path = f"/v1/accounts/acct_123/{path}"
    assert api.get(path).body["id"] == identifier
    assert api.post(path, params).status == 200
    assert api.delete(path).body["deleted"] is True
    assert api.get(path).body["id"] == identifier


# Events and tokens say what happened or was sent.
NEVER_MADE = {"event", "token"}
RETRIEVED = [each for each in operations() if each.verb == "retrieve" and not each.v2 and endpoints.endpoint(each)]
LISTED = [each for each in operations() if each.verb == "list" and not each.v2 and endpoints.endpoint(each)]


def test_an_object_that_nobody_created_is_in_a_state_that_allows_the_action() -> None:
    api = creating()
    assert api.post("/v1/quotes/qt_123/accept").body["status"] == "accepted"
    assert api.post("/v1/charges/ch_123/capture").body["captured"] is True
    assert api.post("/v1/refunds", {"charge": "ch_123", "amount": "500"}).body["status"] == "succeeded"
    assert api.post("/v1/payment_intents/pi_123/capture").body["status"] == "succeeded"
    assert api.post("/v1/payment_intents/pi_124/confirm").body["status"] == "succeeded"
    assert api.post("/v1/payment_intents/pi_125/cancel").body["status"] == "canceled"
    raised = api.post("/v1/payment_intents/pi_127/increment_authorization", {"amount": "2099"}).body
    assert (raised["status"], raised["amount"]) == ("requires_capture", 2099)
    assert api.post("/v1/refunds", {"payment_intent": "pi_126"}).body["payment_intent"] == "pi_126"


def test_an_account_that_nobody_created_has_the_dashboard_that_a_login_link_leads_to() -> None:
    api = creating()
    assert api.get("/v1/accounts/acct_123").body["type"] == "custom"
    assert api.post("/v1/accounts/acct_123/login_links").status == 200


def test_what_a_subscription_needs_is_made_with_it() -> None:
    api = creating()
    subscription = api.get("/v1/subscriptions/sub_123").body
    assert (subscription["customer"], subscription["collection_method"]) == ("cus_123", "send_invoice")
    assert api.get("/v1/subscription_items/si_123").body["id"] == "si_123"
    assert api.get("/v1/customers/cus_124/subscriptions/sub_124").body["customer"] == "cus_124"


def test_an_invoice_that_nobody_created_can_be_sent_after_it_was_voided() -> None:
    api = creating()
    assert api.get("/v1/invoices/in_123").body["collection_method"] == "charge_automatically"
    for verb, status in (("send", "open"), ("void", "void"), ("send", "open")):
        acted = api.post(f"/v1/invoices/in_123/{verb}")
        assert (acted.status, acted.body["status"]) == (200, status)


def test_an_invoice_that_nobody_created_has_the_line_that_a_request_names() -> None:
    api = creating()
    changed = api.post("/v1/invoices/in_123/lines/il_123", {"metadata": {"key": "value"}})
    assert (changed.status, changed.body["id"], changed.body["metadata"]) == (200, "il_123", {"key": "value"})
    line = {"type": "invoice_line_item", "invoice_line_item": "il_124", "quantity": "1"}
    credited = api.post("/v1/credit_notes", {"invoice": "in_124", "lines": [line]})
    assert (credited.status, credited.body["amount"]) == (200, 1000)
    assert credited.body["lines"]["data"][0]["invoice_line_item"] == "il_124"


def test_a_line_that_an_invoice_does_not_have_is_refused() -> None:
    api = creating()
    invoice = api.post("/v1/invoices", {"customer": "cus_123"}).body["id"]
    refused = api.post(f"/v1/invoices/{invoice}/lines/il_123", {"metadata": {"key": "value"}})
    assert (refused.status, refused.error["message"]) == (404, "No such invoice line item: 'il_123'")


def test_an_item_that_nobody_created_is_not_the_last_one_of_its_subscription() -> None:
    api = creating()
    stub = {"id": "si_123", "object": "subscription_item", "deleted": True}
    assert [api.delete("/v1/subscription_items/si_123").body for _ in range(2)] == [stub, stub]


def test_the_last_item_of_a_subscription_that_was_created_stays() -> None:
    api = creating()
    terms = {"collection_method": "send_invoice", "days_until_due": "30"}
    items = [{"price": "price_123"}]
    subscription = api.post("/v1/subscriptions", {"customer": "cus_123", "items": items, **terms}).body
    assert api.delete(f"/v1/subscription_items/{subscription['items']['data'][0]['id']}").status == 400


def test_a_price_that_nobody_created_is_monthly_or_due_once_as_a_request_requires() -> None:
    api = creating()
    session = {"success_url": "https://example.com", "line_items": [{"price": "price_123", "quantity": "1"}]}
    for mode in ("payment", "subscription", "payment"):
        assert api.post("/v1/checkout/sessions", {**session, "mode": mode}).body["mode"] == mode
    assert api.get("/v1/prices/price_123").body["type"] == "one_time"
    assert api.get("/v1/prices/price_124").body["type"] == "recurring"


def test_only_a_product_that_was_created_is_kept_by_its_prices() -> None:
    api = creating()
    price = {"currency": "usd", "unit_amount": "500"}
    product = api.post("/v1/products", {"name": "Tea"}).body["id"]
    for each, status in (("prod_123", 200), (product, 400)):
        assert api.post("/v1/prices", {"product": each, **price}).status == 200
        assert api.delete(f"/v1/products/{each}").status == status


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("submit", "submitted"),
        ("ship", "shipped"),
        ("deliver", "delivered"),
        ("return", "returned"),
        ("fail", "failure"),
    ],
)
def test_an_issuing_card_that_nobody_created_takes_each_step_of_its_shipment(verb: str, status: str) -> None:
    moved = creating().post(f"/v1/test_helpers/issuing/cards/ic_123/shipping/{verb}")
    assert (moved.status, moved.body["shipping"]["status"]) == (200, status)


def test_an_issuing_transaction_that_nobody_created_can_be_refunded() -> None:
    api = creating()
    refund = api.post("/v1/test_helpers/issuing/transactions/ipi_123/refund", {"refund_amount": "50"}).body
    assert (refund["type"], refund["amount"], refund["currency"]) == ("refund", 50, "usd")
    assert api.get("/v1/issuing/transactions/ipi_123").body["amount"] == -1000


def test_a_token_that_nobody_created_is_a_card_or_a_bank_account() -> None:
    api = creating()
    charge = api.post("/v1/charges", {"amount": "500", "currency": "usd", "source": "tok_123"}).body
    assert charge["payment_method_details"]["card"]["brand"] == "visa"
    bank = api.post("/v1/accounts/acct_123/external_accounts", {"external_account": "btok_123"}).body
    assert (bank["object"], bank["country"]) == ("bank_account", "US")
    declined = api.post("/v1/charges", {"amount": "500", "currency": "usd", "source": "tok_chargeDeclined"})
    assert declined.status == 402


def test_a_review_that_nobody_created_is_open() -> None:
    assert creating().post("/v1/reviews/prv_123/approve").body["open"] is False


def test_money_that_nobody_created_is_in_the_balance() -> None:
    api = creating()
    api.get("/v1/charges/ch_123")
    transactions = api.get("/v1/balance_transactions").body["data"]
    assert [(each["source"], each["amount"]) for each in transactions] == [("ch_123", 2000)]


def test_a_balance_that_is_too_low_is_filled() -> None:
    api = creating()
    assert api.post("/v1/transfers", {"amount": "500", "currency": "usd", "destination": "acct_123"}).status == 200
    assert api.get("/v1/balance").body["available"][0]["amount"] > 0


def prefix_of(operation: Operation) -> str:
    resource = registry.resource(operation.object)
    return (resource.prefix if resource else "") or "thing"


@pytest.mark.parametrize("operation", RETRIEVED, ids=lambda each: each.path)
def test_every_object_that_a_path_names_is_made(operation: Operation) -> None:
    found = creating().get(path := re.sub(r"{\w+}$", f"{prefix_of(operation)}_123", operation.path))
    if operation.object == "capability":
        assert (found.status, found.body["id"]) == (200, "card_payments")
    elif operation.object in NEVER_MADE:
        assert (found.status, found.error["code"]) == (404, "resource_missing")
    else:
        assert (found.status, found.body.get("id")) == (200, path.rpartition("/")[2])


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/nothing", "/v1/charges/ch_123", "/"])
def test_every_response_has_the_header_that_suites_of_sdks_require(path: str) -> None:
    assert creating().get(path).headers["stripe-mock-version"] == "master"
    assert creating().get(path, authorization=None).headers["stripe-mock-version"] == "master"


def test_lists_begin_with_one_example_where_the_setting_says_so() -> None:
    api = Api(Settings(unknown_ids="examples"))
    assert [each["id"] for each in api.get("/v1/customers").body["data"]] == ["cus_123"]
    assert [each["customer"] for each in api.get("/v1/customers/cus_1/tax_ids").body["data"]] == ["cus_1"]
    assert [each["id"] for each in api.get("/v1/accounts").body["data"]] == ["acct_123"]
    assert [each["id"] for each in api.get("/v1/coupons").body["data"]] == ["coupon_123"]
    assert [each["source"] for each in api.get("/v1/balance_transactions").body["data"]] != []
    assert api.delete("/v1/customers/cus_123").status == 200
    created = api.post("/v1/customers").body["id"]
    assert [each["id"] for each in api.get("/v1/customers").body["data"]] == [created, "cus_1"]
    assert creating().get("/v1/customers").body["data"] == []


def test_a_list_of_a_filter_that_the_example_does_not_have_is_empty() -> None:
    api = Api(Settings(unknown_ids="examples"))
    assert api.get("/v1/charges?customer=cus_9").body["data"] == []


@pytest.mark.parametrize("operation", LISTED, ids=lambda each: each.path)
def test_no_list_fails_with_examples(operation: Operation) -> None:
    api = Api(Settings(unknown_ids="examples"))
    assert api.get(re.sub(r"{\w+}", "thing_123", operation.path)).status in {200, 400, 404}


def test_other_values_are_refused() -> None:
    with pytest.raises(BadSetting, match="unknown_ids"):
        Settings(unknown_ids="maybe")
