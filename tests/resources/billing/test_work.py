"""Requests about billing take no more work than their answers are long, whatever has been stored before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from emulator.model.stored import stored

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


def counting(api: Api) -> tuple[str, str]:
    """The ids of a meter that adds up, and of a customer who pays for what it counts."""
    aggregation = {"default_aggregation": {"formula": "sum"}}
    meter = api.post("/v1/billing/meters", {"display_name": "Calls", "event_name": "calls", **aggregation}).body["id"]
    return meter, api.post("/v1/customers").body["id"]


def test_usage_takes_no_more_work_for_each_event_that_was_counted() -> None:
    api = Api()
    meter, customer = counting(api)
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter}
    sent = {"currency": "usd", "unit_amount": 10, "recurring": recurring, "product_data": {"name": "Calls"}}
    price = api.post("/v1/prices", sent).body["id"]
    sent = {"customer": customer, "items": [{"price": price}], "collection_method": "send_invoice"}
    api.post(f"/v1/customers/{customer}", {"email": "jenny@example.com"})
    subscription = api.post("/v1/subscriptions", {**sent, "days_until_due": 5}).body["id"]
    threshold = {"meter": meter, "gte": 100_000, "recurrence": "one_time"}
    api.post("/v1/billing/alerts", {"title": "Many", "alert_type": "usage_threshold", "usage_threshold": threshold})
    event = {"event_name": "calls", "payload": {"stripe_customer_id": customer, "value": 2}}
    every = f"customer={customer}&start_time=0&end_time=8640000000"
    reads = {
        "summary": lambda: api.get(f"/v1/billing/meters/{meter}/event_summaries?{every}"),
        "hours": lambda: api.get(f"/v1/billing/meters/{meter}/event_summaries?{every}&value_grouping_window=hour"),
        "preview": lambda: api.post("/v1/invoices/create_preview", {"subscription": subscription}),
        "event": lambda: api.post("/v1/billing/meter_events", event),
    }
    few = {name: calls_of(read) for name, read in reads.items()}
    for _ in range(1_000):
        assert api.post("/v1/billing/meter_events", event).status == 200
    many = {name: calls_of(read) for name, read in reads.items()}
    assert {name: many[name] - few[name] < 1_500 for name in reads} == dict.fromkeys(reads, True)
    assert api.get(f"/v1/billing/meters/{meter}/event_summaries?{every}").body["data"][0]["aggregated_value"] == 2_008


@pytest.fixture(scope="module")
def subscribed() -> Api:
    """An emulator with 40 subscriptions of 20 items, all of the same prices."""
    api = Api()
    data = {"currency": "usd", "unit_amount": 1000, "recurring": {"interval": "month"}}
    sent = {**data, "product_data": {"name": "Tea"}}
    prices = [api.post("/v1/prices", sent).body["id"] for _ in range(20)]
    items = {"items": [{"price": each} for each in prices], "collection_method": "send_invoice", "days_until_due": 5}
    for _ in range(40):
        customer = api.post("/v1/customers", {"email": "jenny@example.com"}).body["id"]
        assert api.post("/v1/subscriptions", {"customer": customer, **items}).status == 200
    return api


@pytest.mark.parametrize("version", ["2026-10-28.endive", "2022-11-15", "2019-02-19"])
@pytest.mark.parametrize(
    "path",
    ["/v1/subscriptions", "/v1/invoices", "/v1/customers?expand[]=data.subscriptions"],
)
def test_a_list_renders_a_price_once_however_many_items_have_it(subscribed: Api, path: str, version: str) -> None:
    limited = f"{path}{'&' if '?' in path else '?'}limit="
    few = calls_of(lambda: subscribed.get(f"{limited}10", stripe_version=version))
    many = calls_of(lambda: subscribed.get(f"{limited}40", stripe_version=version))
    assert many - few < 30 * 2_200


def test_the_records_of_a_page_are_parsed_once(subscribed: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = list[bytes]()

    def loads(data: bytes) -> Any:
        parsed.append(data)
        return orjson.loads(data)

    stored._recent.clear()
    monkeypatch.setattr(stored, "orjson", SimpleNamespace(loads=loads, dumps=orjson.dumps))
    assert len(subscribed.get("/v1/subscriptions?limit=40").body["data"]) == 40
    assert len(parsed) == len(set(map(id, parsed))) <= 40 + 20
