"""Bodies of the control API are bounded in values, names and decoded size."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ..api import Api


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/faults", {"params": {"a": [[]] * 100_000}, "status": 500}, "it has more than 10000 parameters"),
        ("/faults", {"params": {"a" * 900_000: {str(n): 1 for n in range(5000)}}, "status": 500}, "at most 100 values"),
        ("/faults", {"params": {str(n): 1 for n in range(101)}, "status": 500}, "at most 100 values"),
        ("/clock", {"advance": [1] * 300_000}, "it has more than 10000 parameters"),
        ("/keys", {str(n): 1 for n in range(5000)}, "and 4980 more."),
        ("/connect/claim", {"client_secret": [[]] * 200_000}, "it has more than 10000 parameters"),
        (
            "/seeds",
            {"fixtures": [{"name": "a", "path": "/v1/accounts", "method": "post", "params": {"a" * 900_000: {str(n): "1" for n in range(5000)}}}]},
            "its params are more than 1048576 bytes",
        ),
    ],
)  # fmt: skip
async def test_a_body_is_bounded(api: Api, path: str, body: Any, message: str) -> None:
    started = time.thread_time()
    response = await api.control("POST", path, body)
    assert response.status_code == 400
    assert message in response.json()["error"]["message"]
    assert len(response.content) < 5000
    assert time.thread_time() - started < 1


@pytest.mark.asyncio
@pytest.mark.parametrize("version", ["9" * 6000, "0" * 6000 + "1", "\u00b2", "\u00b3.1"])
async def test_no_version_of_an_sdk_breaks_the_warnings(api: Api, version: str) -> None:
    api.get("/v1/account", user_agent=f"Stripe/v1 PythonBindings/{version}")
    response = await api.control("GET", "/warnings")
    assert (response.status_code, response.json()) == (200, {"data": []})
