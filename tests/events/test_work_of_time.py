"""The work of what happens with time: counted in calls and renders, which are the same on every machine."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable

import pytest

from emulator.resources.billing.invoices import urls
from emulator.store.table import Row

from ..api import Api

START = 1_700_000_000  # 2023-11-14 22:13:20
MONTH = 31 * 86_400


async def subscribed(count: int) -> Api:
    """An emulator with monthly subscriptions, which have been renewed once."""
    api = Api()
    await api.control("POST", "/clock", {"freeze": START})
    recurring = {"currency": "usd", "unit_amount": "1000", "recurring": {"interval": "month"}}
    price = api.post("/v1/prices", {**recurring, "product_data": {"name": "Gold"}}).body["id"]
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    for _ in range(count):
        customer = api.post("/v1/customers", card).body["id"]
        body = api.post("/v1/subscriptions", {"customer": customer, "items": [{"price": price}]}).body
        assert body["status"] == "active"
    await advance(api, MONTH)
    return api


async def advance(api: Api, seconds: int) -> None:
    assert (await api.control("POST", "/clock", {"advance": seconds})).status_code == 200


async def calls_of_a_month(count: int) -> int:
    """The number of calls of functions in which a month passes for so many subscriptions."""
    api, calls = await subscribed(count), 0

    def counted(_: object, kind: str, __: object) -> None:
        nonlocal calls
        calls += kind == "call"

    sys.setprofile(counted)
    try:
        await advance(api, MONTH)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.asyncio
async def test_a_renewal_takes_no_more_work_among_many_subscriptions() -> None:
    few, many = await calls_of_a_month(4), await calls_of_a_month(32)
    assert many < 8 * few * 1.1


@pytest.mark.asyncio
async def test_an_invoice_is_rendered_once_for_all_events_of_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    api, rendered = await subscribed(1), Counter[tuple[bytes, int]]()
    render: Callable[..., object] = urls.of_invoice

    def counted(sandbox: object, row: Row[bytes], now: int) -> object:
        rendered[row.data, now] += 1
        return render(sandbox, row, now)

    monkeypatch.setattr(urls, "of_invoice", counted)
    await advance(api, 2 * MONTH)
    assert set(rendered.values()) == {1}
    assert len(api.get("/v1/invoices?status=paid").body["data"]) == 4


def test_a_row_that_is_shown_in_two_ways_has_events_of_both() -> None:
    api = Api()
    sent = {"currency": "usd", "amount": 1000, "interval": "month", "product": {"name": "Gold"}}
    assert api.post("/v1/plans", sent).status == 200
    found = {each["type"]: each["data"]["object"]["object"] for each in api.get("/v1/events").body["data"]}
    assert found == {"plan.created": "plan", "price.created": "price", "product.created": "product"}
