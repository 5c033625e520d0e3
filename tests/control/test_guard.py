"""The access rules of the routes of the control API, for every spelling of a path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from emulator.app import Emulator
from emulator.control.app import ROUTES
from emulator.control.guard import Access, ControlRoute
from emulator.settings import Settings

EVERY_PAGE = {f"/_emulator/connect/{call}" for call in ("claim", "logout", "mount", "view", "act", "poll", "report")}
NO_TOKEN = {"/_emulator/", "/_emulator/dashboard/{name}", "/_emulator/health", "/_emulator/tls/ca.pem"}
# Statuses with which nothing is done and nothing is shown.
REFUSED = (401, 403)
HARMLESS = (*REFUSED, 307, 308, 404, 405)


def mutations(path: str) -> Iterator[str]:
    """A path and others that may be confused with it, percent-encoded."""
    yield path
    head, _, last = path.rpartition("/")
    for end in (
        "\n",
        "\r",
        "\r\n",
        "\0",
        " ",
        "\t",
        "/",
        "//",
        "/.",
        "/..",
        "?",
        "#",
        ";",
        ".",
        "%",
        "\u2028",
        "\x85",
        "\x0b",
    ):
        yield path + quote(end)
        yield head + quote(end) + "/" + last
        yield head + "/" + quote(end) + last
    yield path.upper()
    yield path.replace("/", "//")
    yield path.replace("/", "%2F").replace("%2F", "/", 1)
    yield head + "/" + "".join(f"%{ord(letter):02x}" for letter in last)
    for start in (
        "/_emulator/connect/claim/..",
        "/_emulator/connect/x/../..",
        "/_emulator/dashboard/..",
        "/_emulator/.",
    ):
        yield start + path.removeprefix("/_emulator")
    yield path + "?x=/_emulator/connect/claim"


def raw_client(settings: Settings) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=Emulator(settings), raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


def example(route: ControlRoute) -> str:
    return re.sub(r"\{\w+\}", "x", route.path)


def test_the_table_of_routes_says_who_may_use_them() -> None:
    assert {route.path for route in ROUTES if route.access is Access.EVERY_PAGE} == EVERY_PAGE
    assert {route.path for route in ROUTES if route.access is Access.NO_TOKEN} == NO_TOKEN


@pytest.mark.asyncio
@pytest.mark.parametrize("path", sorted({example(route) for route in ROUTES if route.access is Access.TOKEN}))
async def test_no_way_to_write_a_path_passes_the_guard(path: str) -> None:
    """A page of another origin, and a program without the token, get nothing done."""
    key = {"authorization": "Bearer sk_test_guard"}
    async with raw_client(Settings(control_token="secret")) as client:
        for mutated in mutations(path):
            for method in ("GET", "POST", "DELETE", "OPTIONS", "HEAD"):
                for headers in ({}, {"origin": "https://example.com", "host": "localhost"}):
                    response = await client.request(method, mutated, headers={**key, **headers})
                    if not mutated.startswith("/_emulator"):
                        continue  # Stripe's API
                    assert response.status_code in HARMLESS, (method, mutated, headers, response.text)


@pytest.mark.asyncio
async def test_a_newline_ends_no_path() -> None:
    headers = {"authorization": "Bearer sk_test_guard", "x-emulator-token": "secret"}
    async with raw_client(Settings(control_token="secret")) as client:
        for path in ("/_emulator/clock", "/_emulator/connect/next_error", "/_emulator/connect/log"):
            assert (await client.get(path, headers=headers)).status_code == 200
            assert (await client.get(f"{path}%0A", headers=headers)).status_code == 404
        assert (await client.get("/_emulator/connect/log%0A")).status_code == 401
