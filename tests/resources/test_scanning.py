"""Lists and searches that read many rows for few: in slices, between which other requests are served."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import orjson
import pytest

from emulator.http.asgi import StripeApi
from emulator.http.message import Request, Response
from emulator.model.answering import scanning

from ..api import KEY, Api


@pytest.fixture(autouse=True)
def few_rows_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "SLICE_SECONDS", 0)
    monkeypatch.setattr(scanning, "ROWS_BETWEEN", 2)


@pytest.fixture(scope="module")
def api() -> Api:
    made = Api()
    for number in range(9):
        params = {
            "name": "Jenny" if number % 3 == 0 else "Other",
            "email": f"{number}@example.com",
            "id": f"cus_{number}",
        }
        customer = made.post("/v1/customers", {name: params[name] for name in ("name", "email")})
        assert customer.status == 200
        made.post(f"/v1/customers/{customer.body['id']}", {"metadata": {"number": number}})
    return made


def begun(api: Api, path: str) -> Response | Coroutine[object, object, Response]:
    target, _, query = path.partition("?")
    headers = {b"authorization": f"Bearer {KEY}".encode()}
    return StripeApi(api.pipeline).respond(Request("GET", target, query.encode(), headers, b""))


async def sliced(api: Api, path: str) -> Any:
    response = begun(api, path)
    assert not isinstance(response, Response)
    return orjson.loads((await response).body)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers?created[gt]=5&limit=7",
        "/v1/customers?created[lt]=5",
        "/v1/customers/search?query=name:'jenny'",
        "/v1/customers/search?query=name:'jenny'&limit=1",
        "/v1/customers/search?query=name:'jenny'&limit=1&page=MQ==&expand[]=total_count",
        "/v1/customers/search?query=metadata['number']:'3' OR email~'example'",
    ],
)
async def test_a_read_in_slices_has_the_result_of_one_in_one_piece(api: Api, path: str) -> None:
    assert await sliced(api, path.replace(" ", "%20")) == api.get(path.replace(" ", "%20")).body


@pytest.mark.asyncio
async def test_a_page_before_a_row_is_read_in_slices(api: Api) -> None:
    oldest = api.get("/v1/customers?limit=100").body["data"][-1]["id"]
    path = f"/v1/customers?created[gt]=5&ending_before={oldest}&limit=4"
    assert await sliced(api, path) == api.get(path).body


@pytest.mark.asyncio
async def test_rows_that_go_or_change_between_two_slices_are_not_shown_as_they_were() -> None:
    api = Api()
    made = [api.post("/v1/customers", {"name": "Jenny"}).body["id"] for _ in range(8)]
    response = begun(api, "/v1/customers/search?query=name:'jenny'")
    assert not isinstance(response, Response)
    reading = asyncio.create_task(response)
    await asyncio.sleep(0)
    api.delete(f"/v1/customers/{made[7]}")
    api.post(f"/v1/customers/{made[6]}", {"name": "Other"})
    api.delete(f"/v1/customers/{made[0]}")
    api.post("/v1/customers", {"name": "Jenny"})
    shown = [each["id"] for each in orjson.loads((await reading).body)["data"]]
    assert shown == made[5:0:-1]


@pytest.mark.asyncio
async def test_a_reset_between_two_slices_leaves_nothing_to_show() -> None:
    api = Api()
    for _ in range(8):
        api.post("/v1/customers", {"name": "Jenny"})
    response = begun(api, "/v1/customers/search?query=name:'jenny'")
    assert not isinstance(response, Response)
    reading = asyncio.create_task(response)
    await asyncio.sleep(0)
    assert (await api.control("POST", "/reset")).status_code == 200
    assert orjson.loads((await reading).body)["data"] == []


@pytest.mark.asyncio
async def test_a_request_in_slices_counts_once() -> None:
    api = Api()
    for _ in range(8):
        api.post("/v1/customers", {"name": "Jenny"})
    before = (await api.control("GET", "/requests")).json()
    await sliced(api, "/v1/customers/search?query=name:'nobody'")
    after = (await api.control("GET", "/requests")).json()
    assert len(after["data"]) == len(before["data"]) + 1
