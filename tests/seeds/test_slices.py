"""Loading and exporting much does not hold up other requests, and brings everything back."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from emulator.seeds import files

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
    started = time.process_time()
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
