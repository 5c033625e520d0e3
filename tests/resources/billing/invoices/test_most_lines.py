"""An invoice has at most 250 lines; more pending items wait for the next one."""

from __future__ import annotations

import pytest

from ....api import Api

FULL = {
    "message": "An invoice can have at most 250 line items.",
    "type": "invalid_request_error",
}


def pending(api: Api, customer: str, count: int) -> None:
    for number in range(count):
        item = {"customer": customer, "amount": 100 + number, "currency": "usd"}
        assert api.post("/v1/invoiceitems", item).status == 200


def amounts(api: Api, invoice: str) -> list[int]:
    """The amounts of all lines."""
    found: list[dict[str, object]] = []
    while True:
        after = f"&starting_after={found[-1]['id']}" if found else ""
        page = api.get(f"/v1/invoices/{invoice}/lines?limit=100{after}").body
        found += page["data"]
        if not page["has_more"]:
            return [int(str(each["amount"])) for each in found]


def test_a_line_too_many_is_refused_and_leaves_nothing_behind() -> None:
    api = Api()
    customer = api.post("/v1/customers").body["id"]
    invoice = api.post("/v1/invoices", {"customer": customer}).body["id"]
    full = api.post(f"/v1/invoices/{invoice}/add_lines", {"lines": [{"amount": 100}] * 250})
    assert (full.status, full.body["lines"]["total_count"]) == (200, 250)
    more = api.post(f"/v1/invoices/{invoice}/add_lines", {"lines": [{"amount": 100}]})
    assert (more.status, more.error) == (400, FULL)
    item = {"customer": customer, "invoice": invoice, "amount": 100, "currency": "usd"}
    refused = api.post("/v1/invoiceitems", item)
    assert (refused.status, refused.error) == (400, FULL)
    assert api.get(f"/v1/invoices/{invoice}").body["total"] == 25_000
    assert api.get("/v1/invoiceitems?pending=true").body["data"] == []


@pytest.mark.parametrize("preview", [False, True])
def test_an_invoice_takes_the_oldest_250_pending_items(preview: bool) -> None:
    api = Api()
    customer = api.post("/v1/customers").body["id"]
    pending(api, customer, 253)
    sent = {"customer": customer, "pending_invoice_items_behavior": "include"}
    oldest = sum(range(100, 350))
    if preview:
        assert api.post("/v1/invoices/create_preview", {"customer": customer}).body["total"] == oldest
    first = api.post("/v1/invoices", sent).body
    assert (first["total"], first["lines"]["total_count"]) == (oldest, 250)
    assert amounts(api, first["id"]) == [*range(349, 99, -1)]
    second = api.post("/v1/invoices", sent).body
    assert amounts(api, second["id"]) == [352, 351, 350]


def test_the_invoice_of_a_subscription_leaves_room_for_its_own_lines() -> None:
    api = Api()
    customer = api.post("/v1/customers", {"email": "jenny@example.com"}).body["id"]
    pending(api, customer, 215)
    price = {"currency": "usd", "unit_amount": 5, "recurring": {"interval": "month"}}
    price_id = api.post("/v1/prices", {**price, "product_data": {"name": "Tea"}}).body["id"]
    sent = {"customer": customer, "items": [{"price": price_id}], "collection_method": "send_invoice"}
    subscription = api.post("/v1/subscriptions", {**sent, "days_until_due": 5}).body
    assert len(amounts(api, subscription["latest_invoice"])) == 211
    assert len(api.get("/v1/invoiceitems?pending=true&limit=100").body["data"]) == 5


def test_an_item_that_leaves_a_draft_waits_again() -> None:
    api = Api()
    customer = api.post("/v1/customers").body["id"]
    pending(api, customer, 2)
    sent = {"customer": customer, "pending_invoice_items_behavior": "include"}
    draft = api.post("/v1/invoices", sent).body
    newest = draft["lines"]["data"][0]["id"]
    lines = {"lines": [{"id": newest, "behavior": "unassign"}]}
    assert api.post(f"/v1/invoices/{draft['id']}/remove_lines", lines).body["total"] == 100
    assert amounts(api, api.post("/v1/invoices", sent).body["id"]) == [101]
