"""The holds of all that is not Stripe's API: the control API, pages of links, scripts, in the sandbox of the search."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from typing import Any

from emulator.app import Emulator
from emulator.control.app import ROUTES

from .fuzz_control import STRIPE_JS, Asked, ask
from .stepping import Holds
from .valid import KEY

SIZE = 65_000
TRIES = 4
ENDLESS = ("/_emulator/stream",)
LAST = ("/_emulator/reset", "/_emulator/keys", "/_emulator/clock")  # after which the sandbox is another one
_URL = re.compile(rb'"(\w*(?:url|pdf))": "http://127\.0\.0\.1:\d+(/[^"]+)"')
BODIES: dict[str, bytes] = {
    "no body": b"",
    "unknown fields": json.dumps({f"unknown{number}": 1 for number in range(4000)}).encode(),
    "a long text": json.dumps({"name": "a." * (SIZE // 2)}).encode(),
    "many lists": json.dumps({"fixtures": [[]] * (SIZE // 4)}).encode(),
    "a form": b"&".join(b"name%d=1" % number for number in range(5000)),
    "fixtures": json.dumps(
        {
            "fixtures": [
                {"name": f"c{number}", "path": "/v1/customers", "method": "post", "params": {"name": "a"}}
                for number in range(700)
            ]
        }
    ).encode(),
}
Keep = Callable[[str, str, float], None]
Visit = tuple[str, str, Asked]  # a place, what is sent there, and the request


def links_of(body: bytes) -> dict[str, str]:
    """The paths of pages that a response names, by the beginning of each."""
    found = {f"{name.decode()} {path.decode().split('/')[1]}": path.decode() for name, path in _URL.findall(body)}
    return {name: path for name, path in found.items() if not path.startswith(("/_emulator", "/v1/"))}


def search(app: Emulator, visits: Iterable[Visit], keep: Keep) -> None:
    """Makes visits, and keeps the longest hold of each."""
    asyncio.run(_search(app, visits, keep))


async def _search(app: Emulator, visits: Iterable[Visit], keep: Keep) -> None:
    for place, name, asked in visits:
        times = list[float]()
        while len(times) < TRIES and (not times or times[-1] > 0.025):
            seconds, status = await _held(app, asked)
            times.append(seconds)
        keep(place, f"{name} ({status})", min(times))


async def _held(app: Emulator, asked: Asked) -> tuple[float, int]:
    """The longest step of the application for a request, and the status."""
    longest = 0.0

    async def measured(scope: MutableMapping[str, Any], receive: Awaitable[Any], send: Awaitable[Any]) -> None:
        nonlocal longest
        holds = Holds(app(scope, receive, send))  # type: ignore[arg-type]
        try:
            await holds
        finally:
            longest = holds.longest

    reply = await ask(measured, asked)
    return longest, reply.status


def visits(ids: dict[str, str], links: dict[str, str]) -> Iterator[Visit]:
    """Everything that can be visited, the last ones of which leave another sandbox."""
    headers = ((b"authorization", f"Bearer {KEY}".encode()), (b"content-type", b"application/json"))
    for name, path in links.items():
        target, _, query = path.partition("?")
        for method in ("GET", "POST"):
            body = BODIES["a form"] if method == "POST" else b""
            yield f"{method} a page", name, Asked(method, target, query.encode(), headers, body)
    for path in STRIPE_JS:
        yield f"GET {path}", "script", Asked("GET", path, b"", headers)
    for route in sorted(ROUTES, key=lambda each: each.path in LAST):
        path = re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], "none"), route.path)
        if path in ENDLESS:
            continue
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
            for name, body in BODIES.items() if method == "POST" else [("plain", b"")]:
                yield f"{method} {route.path}", name, Asked(method, path, b"", headers, body)
            if method == "GET":
                yield f"{method} {route.path}", "limit 100", Asked(method, path, b"limit=100", headers)
