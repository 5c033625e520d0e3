"""Loading and exporting much does not hold up other requests, and brings everything back."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from emulator.seeds import files

from ..api import Api
from .test_exports import control, frozen, shown

MANY = 400


def test_many_fixtures_are_run_and_exported_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = 0

    async def counted(seconds: float) -> None:
        nonlocal pauses
        pauses += 1
        await sleep(seconds)

    sleep = asyncio.sleep
    monkeypatch.setattr("emulator.control.endpoints.seeds.asyncio.sleep", counted)
    made = {"path": "/v1/accounts", "method": "post", "params": {"type": "custom", "country": "US"}}
    api, other = frozen(), frozen()
    control(frozen(), "POST", "/seeds", {"fixtures": [{**made, "name": "first"}]})  # which loads the modules
    pauses, started = 0, time.process_time()
    control(api, "POST", "/seeds", {"fixtures": [{**made, "name": f"a{number}"} for number in range(MANY)]})
    assert pauses >= (time.process_time() - started) / 0.05
    document = control(api, "GET", "/export")
    control(other, "POST", "/seeds", document)
    assert len(document["fixtures"]) == MANY
    assert shown(other) == shown(api)


def test_an_export_that_is_too_large_to_load_has_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    api = frozen()
    api.account(type="custom")
    monkeypatch.setattr(files, "LARGEST", 100)
    assert control(api, "GET", "/export")["_left_out"] == [
        "that it is larger than 100 bytes, which is the most that can be loaded"
    ]


def test_a_document_of_several_megabytes_can_be_loaded() -> None:
    api = frozen()
    text = {f"k{number}": "x" * 500 for number in range(50)}
    made = {"path": "/v1/accounts", "method": "post", "params": {"type": "custom", "metadata": text}}
    document = {"fixtures": [made] * 60}
    assert 1_400_000 < len(json.dumps(document)) < files.LARGEST
    control(api, "POST", "/seeds", document)
    refused = asyncio.run(api.control("POST", "/seeds", {"fixtures": [made] * 200}))
    assert refused.status_code == 413


def customers(count: int) -> dict[str, object]:
    made = {"path": "/v1/customers", "method": "post", "params": {}}
    return {
        "fixtures": [{**made, "name": f"c{number}", "_at": 1_700_000_000} for number in range(count)],
        "_at": 1_700_000_000,
    }


@pytest.fixture
def one_fixture_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.control.endpoints.seeds.SLICE_SECONDS", 0)


@pytest.mark.usefixtures("one_fixture_a_slice")
@pytest.mark.asyncio
async def test_two_seeds_that_are_loaded_at_once_leave_the_clock_running() -> None:
    api = Api()
    loads = (api.control("POST", "/seeds", customers(5)) for _ in range(2))
    assert [each.status_code for each in await asyncio.gather(*loads)] == [200, 200]
    assert (await api.control("GET", "/clock")).json()["mode"] == "running"
    assert len(api.get("/v1/customers").body["data"]) == 10


@pytest.mark.usefixtures("one_fixture_a_slice")
@pytest.mark.asyncio
async def test_an_advance_during_a_load_follows_it() -> None:
    api = Api()
    load = asyncio.create_task(api.control("POST", "/seeds", customers(50)))
    while not api.get("/v1/customers").body["data"] and not load.done():
        await asyncio.sleep(0)
    advanced = await api.control("POST", "/clock", {"advance": 1_000_000})
    assert (load.done(), (await load).status_code) == (True, 200)
    clock = (await api.control("GET", "/clock")).json()
    assert (advanced.json()["offset"], clock["offset"], clock["mode"]) == (1_000_000, 1_000_000, "running")


@pytest.mark.usefixtures("one_fixture_a_slice")
@pytest.mark.parametrize("body", [{}, {"all": True}])
@pytest.mark.asyncio
async def test_a_reset_during_a_load_ends_it(body: dict[str, bool]) -> None:
    api = Api()
    load = asyncio.create_task(api.control("POST", "/seeds", customers(50)))
    while not api.get("/v1/customers").body["data"] and not load.done():
        await asyncio.sleep(0)
    next_load = asyncio.create_task(api.control("POST", "/seeds", customers(3)))
    assert (await api.control("POST", "/reset", body)).status_code == 200
    ended, waited = await load, await next_load
    assert (ended.status_code, ended.json()["error"]["code"]) == (409, "sandbox_reset")
    assert (waited.status_code, len(api.get("/v1/customers").body["data"])) == (200, 3)


def test_a_document_has_a_bounded_number_of_values() -> None:
    """Each is an object of Python, and all are made at once: 4 MiB can hold a million."""
    answer = asyncio.run(frozen().control("POST", "/seeds", {"fixtures": [[]] * 200_001}))
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["message"]) == (
        400,
        "invalid_body",
        "The body cannot be read: it has more than 200000 parameters.",
    )
