"""The most line items of a checkout session."""

from __future__ import annotations

import pytest

from ....api import Api


@pytest.mark.parametrize(("recurring", "once", "status"), [(20, 20, 200), (21, 0, 400), (1, 21, 400)])
def test_a_session_of_a_subscription_has_at_most_20_items_of_each_kind(recurring: int, once: int, status: int) -> None:
    data = {"currency": "usd", "unit_amount": 100, "product_data": {"name": "Tea"}}
    monthly = {"price_data": {**data, "recurring": {"interval": "month"}}, "quantity": 1}
    items = [*[monthly] * recurring, *[{"price_data": data, "quantity": 1}] * once]
    sent = {"mode": "subscription", "success_url": "https://example.com", "line_items": items}
    response = Api().post("/v1/checkout/sessions", sent)
    assert response.status == status
    if status == 400:
        assert response.error == {
            "message": (
                "You may only specify up to 20 line items with recurring prices, and as many with one-time prices, in "
                "`subscription` mode."
            ),
            "param": "line_items",
            "type": "invalid_request_error",
        }
