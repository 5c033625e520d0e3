"""Numbers that lead out of range are refused, and never fail."""

from __future__ import annotations

from typing import Any

import pytest

from ...api import Api

BIG = "9" * 18
DATA = {"name": "Tea"}


@pytest.mark.parametrize(
    ("interval", "count", "status"),
    [("month", "36", 200), ("month", "37", 400), ("year", "4", 400), ("week", "157", 400), ("day", BIG, 400)],
)
def test_a_period_has_at_most_three_years(interval: str, count: str, status: int) -> None:
    recurring = {"interval": interval, "interval_count": count}
    response = Api().post(
        "/v1/prices", {"currency": "usd", "unit_amount": "5", "product_data": DATA, "recurring": recurring}
    )
    assert response.status == status


@pytest.mark.parametrize(
    "params",
    [{"trial_period_days": BIG}, {"trial_end": BIG}, {"collection_method": "send_invoice", "days_until_due": BIG}],
)
def test_a_time_out_of_range_is_refused(params: dict[str, Any]) -> None:
    api = Api()
    customer = api.post("/v1/customers").body["id"]
    sent = {"currency": "usd", "unit_amount": "500", "product_data": DATA, "recurring": {"interval": "month"}}
    price = api.post("/v1/prices", sent).body["id"]
    refused = api.post("/v1/subscriptions", {"customer": customer, "items": [{"price": price}], **params})
    assert (refused.status, refused.error["type"]) == (400, "invalid_request_error")


def test_an_amount_out_of_range_is_refused() -> None:
    api = Api()
    customer = api.post("/v1/customers").body["id"]
    price = api.post("/v1/prices", {"currency": "usd", "unit_amount": BIG, "product_data": DATA}).body["id"]
    items = {"line_items": [{"price": price, "quantity": BIG}]}
    many = [{"amount": BIG}] * 20
    for path, params in (
        ("invoiceitems", {"customer": customer, "pricing": {"price": price}, "quantity": BIG}),
        ("quotes", items),
        ("payment_links", items),
        ("tax/calculations", {"currency": "usd", "customer": customer, "line_items": many}),
        ("invoices", {"customer": customer, "collection_method": "send_invoice", "days_until_due": BIG}),
    ):
        refused = api.post(f"/v1/{path}", params)
        assert (refused.status, refused.error["type"]) == (400, "invalid_request_error"), path
