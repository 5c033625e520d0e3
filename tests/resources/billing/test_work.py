"""Requests about billing take no more work than their answers are long, whatever has been stored before."""

from __future__ import annotations

from typing import Any

import pytest

from ...api import Api
from ...work import calls_of

NOW = 1_700_000_000  # 2023-11-14 22:13:20


def subscribing(api: Api, interval: str) -> dict[str, Any]:
    """The parameters of a new subscription."""
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = api.post("/v1/customers", card).body["id"]
    recurring = {"currency": "usd", "unit_amount": 1000, "recurring": {"interval": interval}}
    price = api.post("/v1/prices", {**recurring, "product_data": {"name": "Tea"}}).body["id"]
    return {"customer": customer, "items": [{"price": price}]}


@pytest.mark.parametrize("interval", ["day", "week", "month"])
@pytest.mark.asyncio
async def test_a_subscription_that_began_in_1970_takes_no_more_work_than_one_of_last_year(interval: str) -> None:
    api = Api()
    await api.control("POST", "/clock", {"freeze": NOW})
    sent = subscribing(api, interval)

    def backdated(start: int) -> int:
        return calls_of(lambda: api.post("/v1/subscriptions", {**sent, "backdate_start_date": start}))

    assert backdated(1) < backdated(NOW - 366 * 86_400) * 1.2


@pytest.mark.asyncio
async def test_a_subscription_is_billed_for_all_periods_since_1970() -> None:
    api = Api()
    await api.control("POST", "/clock", {"freeze": 31 * 86_400})  # 1970-02-01
    sent = subscribing(api, "day")
    subscription = api.post("/v1/subscriptions", {**sent, "backdate_start_date": 43_200}).body
    lines = api.get(f"/v1/invoices/{subscription['latest_invoice']}/lines").body["data"]
    assert [(each["amount"], each["period"]) for each in lines] == [
        (30_500, {"end": 31 * 86_400, "start": 43_200}),
        (1_000, {"end": 32 * 86_400, "start": 31 * 86_400}),
    ]


def test_an_invoice_takes_no_more_work_for_each_line_that_is_added() -> None:
    api = Api()
    customer = api.post("/v1/customers").body["id"]

    def added(count: int) -> int:
        def run() -> None:
            invoice = api.post("/v1/invoices", {"customer": customer}).body["id"]
            body = api.post(f"/v1/invoices/{invoice}/add_lines", {"lines": [{"amount": 100}] * count}).body
            assert body["lines"]["total_count"] == count

        return calls_of(run)

    assert added(240) < added(60) * 4.2
