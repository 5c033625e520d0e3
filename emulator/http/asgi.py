"""The one place that reads from a socket and writes to it: ASGI messages to a Request, a Response to messages."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from emulator.http import WHOLE
from emulator.http.access import log_request
from emulator.http.breakdown import Postponed, Resumed
from emulator.http.ladder import Ladder
from emulator.http.message import Request, Response
from emulator.http.trace import Trace

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class StripeApi:
    """The ASGI application of Stripe's API. Plain ASGI: a middleware would cost more than the request itself."""

    def __init__(self, ladder: Ladder, body_limit: int) -> None:
        self._ladder = ladder
        self._body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        body = await _read(receive, self._body_limit)
        if body is None:
            return
        request = _request(scope, body, self._body_limit)
        try:
            response, trace = self._ladder.answer(request)
        except Postponed as later:
            await asyncio.sleep(later.seconds)
            response, trace = self._ladder.answer(request, Resumed(later.fault))
        if response.delay:
            await self._wait(response, trace)
        await _send(scope, send, request, response)
        log_request(request, response.status, time.perf_counter() - started, trace)

    async def _wait(self, response: Response, trace: Trace) -> None:
        try:
            await asyncio.sleep(response.delay)
        finally:
            self._ladder.delivered(trace)


def _request(scope: Scope, body: bytes, limit: int) -> Request:
    raw: bytes | None = scope.get("raw_path")
    headers = dict(scope["headers"])
    return Request(
        method=scope["method"],
        path=raw.decode("latin-1") if raw else quote(scope["path"]),
        query=scope["query_string"],
        headers=headers,
        body=body[:limit],
        too_large=len(body) > limit,
        keep_alive=scope["http_version"] == "1.1" and b"close" not in headers.get(b"connection", b"").lower(),
        secure=scope.get("scheme") == "https",
    )


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The body, chunked or not, up to a little over the limit; None when the client went away."""
    message = await receive()
    if message["type"] == "http.disconnect":
        return None
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
    return body


async def _send(scope: Scope, send: Send, request: Request, response: Response) -> None:
    if WHOLE in scope.get("extensions", ()):
        raw = response.raw(head_only=request.method == "HEAD")
        await send({"type": WHOLE, "raw": raw, "close": response.cut is not None or not request.keep_alive})
        return
    await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
    await send({"type": "http.response.body", "body": response.body})
