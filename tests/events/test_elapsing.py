"""Time that passes: what is due happens in slices, between which others are served, and within bounds."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from typing import Any

import httpx
import pytest

from emulator.app import Emulator
from emulator.auth import keys
from emulator.events import catch_up, elapsing
from emulator.http import message
from emulator.http.asgi import StripeApi
from emulator.http.message import Response
from emulator.sandbox.sandbox import Sandbox
from emulator.server import Server
from emulator.settings import Settings

from ..api import KEY, Api

START = 1_700_000_000  # 2023-11-14 22:13:20
CENTURY = 100 * 31_557_600
AUTHORIZATION = {"authorization": f"Bearer {KEY}"}


@pytest.fixture(autouse=True)
def one_timer_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elapsing, "SLICE_SECONDS", 0)


def sandbox_of(emulator: Emulator) -> Sandbox:
    key = keys.parse(KEY)
    assert key is not None
    return emulator.sandboxes.of(key)


async def subscribed(api: Api, interval: str = "month") -> str:
    """The id of a subscription that began at START, on a frozen clock."""
    assert (await api.control("POST", "/clock", {"freeze": START})).status_code == 200
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = api.post("/v1/customers", card).body["id"]
    recurring = {"currency": "usd", "unit_amount": "1000", "recurring": {"interval": interval}}
    price = api.post("/v1/prices", {**recurring, "product_data": {"name": "Gold"}}).body["id"]
    response = api.post("/v1/subscriptions", {"customer": customer, "items": [{"price": price}]})
    assert response.body["status"] == "active"
    return str(response.body["id"])


def request(path: str) -> message.Request:
    return message.Request("GET", path, b"", {b"authorization": f"Bearer {KEY}".encode()}, b"")


@pytest.mark.asyncio
async def test_others_are_served_while_a_clock_is_advanced() -> None:
    api, order = Api(), list[str]()
    await subscribed(api, "day")

    async def advance() -> None:
        assert (await api.control("POST", "/clock", {"advance": 30 * 86_400})).status_code == 200
        order.append("clock")

    advancing = asyncio.create_task(advance())
    while sandbox_of(api.emulator).timers.popped < 3:
        await asyncio.sleep(0)
    health = await api.control("GET", "/health", key=None)
    order.append("health")
    other = await api.control("GET", "/clock", key="sk_test_other")
    order.append("other")
    await advancing
    assert (health.status_code, other.status_code) == (200, 200)
    assert order == ["health", "other", "clock"]


@pytest.mark.asyncio
async def test_a_request_waits_until_what_is_due_in_its_sandbox_has_happened() -> None:
    api = Api()
    await subscribed(api)
    server = StripeApi(api.pipeline)
    clock = sandbox_of(api.emulator).clock
    clock.advance(365 * 86_400)
    outcome = server.respond(request("/v1/invoices"))
    assert not isinstance(outcome, Response)
    body: Any = httpx.Response(200, content=(await outcome).body).json()
    assert len(body["data"]) == 10
    assert body["has_more"] is True
    again = server.respond(request("/v1/invoices"))
    assert isinstance(again, Response)


@pytest.mark.asyncio
async def test_a_request_that_waits_is_one_request() -> None:
    api = Api(Settings(id_seed="waits"))
    await subscribed(api)
    ids = []
    for days in (365, 0):
        sandbox_of(api.emulator).clock.advance(days * 86_400)
        outcome = StripeApi(api.pipeline).respond(request("/v1/balance"))
        response = outcome if isinstance(outcome, Response) else await outcome
        ids.append(re.search(rb"req_\w+", response.head)[0].decode())  # type: ignore[index]
    other = Api(Settings(id_seed="waits"))
    await subscribed(other)
    assert ids == [other.get("/v1/balance").headers["request-id"] for _ in range(2)]


@pytest.mark.asyncio
async def test_one_request_advances_over_ten_years_of_renewals_and_no_more() -> None:
    api = Api()
    subscription = await subscribed(api)
    refused = await api.control("POST", "/clock", {"advance": CENTURY})
    reached = (await api.control("GET", "/clock")).json()["now"]
    assert refused.status_code == 400
    assert refused.json() == {
        "error": {
            "code": "too_many_changes",
            "message": "Objects change with time, and one request moves over at most 10 years and 50000 of their changes: "
            f"the clock was advanced to {reached} only.",
            "hint": "Advance it again from there.",
        }
    }
    assert START + 10 * 365 * 86_400 < reached < START + 10 * 366 * 86_400 + 31 * 86_400
    item = api.get(f"/v1/subscriptions/{subscription}").body["items"]["data"][0]
    assert item["current_period_start"] <= reached < item["current_period_end"]
    assert (await api.control("POST", "/clock", {"advance": 31 * 86_400})).status_code == 200


@pytest.mark.asyncio
async def test_a_clock_moves_by_centuries_where_nothing_renews() -> None:
    api = Api()
    await api.control("POST", "/clock", {"freeze": START})
    api.account(type="custom", country="US")
    moved = await api.control("POST", "/clock", {"advance": 10 * CENTURY})
    assert (moved.status_code, moved.json()["now"]) == (200, START + 10 * CENTURY)


@pytest.mark.asyncio
async def test_time_that_is_cancelled_stands_between_two_changes() -> None:
    api = Api()
    await subscribed(api)
    sandbox = sandbox_of(api.emulator)
    sandbox.clock.advance(365 * 86_400)
    catching_up = asyncio.create_task(catch_up(sandbox))
    await asyncio.sleep(0)
    catching_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await catching_up
    assert not sandbox.changes
    assert sandbox.timers.next() is not None
    assert api.get("/v1/invoices?limit=100").body["data"][-1]["status"] == "paid"


@pytest.mark.asyncio
async def test_a_reset_ends_the_time_of_what_it_deletes() -> None:
    api = Api()
    await subscribed(api)
    advancing = asyncio.create_task(api.control("POST", "/clock", {"advance": 5 * 365 * 86_400}))
    before = sandbox_of(api.emulator)
    while before.timers.popped < 3:
        await asyncio.sleep(0)
    assert (await api.control("POST", "/reset")).status_code == 200
    assert (await advancing).status_code == 200
    assert before.timers.popped == 0
    assert api.get("/v1/invoices").body["data"] == []


def test_a_server_stops_while_time_passes(caplog: pytest.LogCaptureFixture) -> None:
    with Server(Settings(port=0)) as server:
        client = httpx.Client(base_url=server.url, headers=AUTHORIZATION, timeout=60)
        customer = client.post("/v1/customers", data={"name": "Jenny Rosen"}).json()["id"]
        price = client.post(
            "/v1/prices",
            data={"currency": "usd", "unit_amount": "0", "recurring[interval]": "day", "product_data[name]": "Gold"},
        ).json()["id"]
        made = client.post("/v1/subscriptions", data={"customer": customer, "items[0][price]": price})
        assert made.json()["status"] == "active"
        sandbox = sandbox_of(server.emulator)
        ended = threading.Event()

        def advance() -> None:
            with pytest.raises(httpx.TransportError):
                client.post("/_emulator/clock", json={"advance": CENTURY})
            ended.set()

        thread = threading.Thread(target=advance)
        thread.start()
        while sandbox.timers.popped < 5:
            assert httpx.get(f"{server.url}/_emulator/health").status_code == 200
    assert ended.wait(30)
    thread.join()
    assert sandbox.timers.popped < 3_653
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
