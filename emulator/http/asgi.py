"""The one place that reads from a socket and writes to it: ASGI messages to a Request, a Response to messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING
from urllib.parse import quote

from emulator.http import CUT, WHOLE
from emulator.http.access_log import log_request
from emulator.http.context import RequestContext
from emulator.http.faults import Postponed
from emulator.http.message import NOTHING, Cut, Request, Response, joined
from emulator.http.pipeline import Pipeline

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class CannotCut(ConnectionError):
    """What a server that is not ours gets where a fault ends a connection: it does what it does on failures."""

    def __init__(self) -> None:
        super().__init__("a fault ends the connection here")


class StripeApi:
    """The ASGI application of Stripe's API. Plain ASGI: a middleware would cost more than the request itself."""

    def __init__(self, pipeline: Pipeline, body_limit: int) -> None:
        self._ladder = pipeline
        self._body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive, self._body_limit)
        if body is None:
            return
        request = _request(scope, body)
        answer = self.at_once(request)
        response = answer if isinstance(answer, Response) else await answer
        await send_response(scope, send, request, response)

    def at_once(self, request: Request) -> Response | Coroutine[object, object, Response]:
        """The answer; or, where a fault makes time pass first, what has it then."""
        if len(request.body) > self._body_limit:
            request.body, request.too_large = request.body[: self._body_limit], True
        started = time.perf_counter()
        try:
            response, trace = self._ladder.answer(request)
        except Postponed as later:
            return self._postponed(request, later, started)
        if response.delay:
            return self._delayed(request, response, trace, started)
        log_request(request, response.status, time.perf_counter() - started, trace)
        return response

    async def _postponed(self, request: Request, later: Postponed, started: float) -> Response:
        try:
            await asyncio.sleep(later.seconds)
        finally:
            self._ladder.land(later.trace)
        response, trace = self._ladder.answer(request, later.trace.struck)
        return await self._delayed(request, response, trace, started)

    async def _delayed(self, request: Request, response: Response, trace: RequestContext, started: float) -> Response:
        try:
            await asyncio.sleep(response.delay)
        finally:
            self._ladder.land(trace)
        log_request(request, response.status, time.perf_counter() - started, trace)
        return response


def _request(scope: Scope, body: bytes) -> Request:
    raw: bytes | None = scope.get("raw_path")
    headers = joined(list(scope["headers"]))
    return Request(
        method=scope["method"],
        path=raw.decode("latin-1") if raw else quote(scope["path"]),
        query=scope["query_string"],
        headers=headers,
        body=body,
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


async def send_response(scope: Scope, send: Send, request: Request, response: Response) -> None:
    """Sends an answer; in one piece where the server can. Raises CannotCut where it cannot end a connection."""
    extensions = scope.get("extensions", ())
    if WHOLE in extensions or (CUT in extensions and response.unusual):
        raw = response.raw(head_only=request.method == "HEAD")
        close = response.ends or not request.keep_alive
        await send({"type": WHOLE if WHOLE in extensions else CUT, "raw": raw, "close": close})
        return
    if response.status == NOTHING:
        raise CannotCut
    await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
    if response.cut is Cut.HALF:
        await send({"type": "http.response.body", "body": response.half(), "more_body": True})
        raise CannotCut
    await send({"type": "http.response.body", "body": response.body})
