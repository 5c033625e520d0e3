"""Stripe's API as an ASGI application: ASGI messages to a Request, a Response to ASGI messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING
from urllib.parse import quote

from emulator.events import catch_up
from emulator.http import CUT, WHOLE
from emulator.http.access_log import log_request
from emulator.http.context import RequestContext
from emulator.http.faults import Postponed
from emulator.http.message import NOTHING, Cut, Request, Response, joined
from emulator.http.pipeline import Behind, Pipeline
from emulator.http.reading import limit_of

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


ROUND_SECONDS = 0.005


class CannotCut(ConnectionError):
    """Raised where a fault ends a connection of a server other than the emulator's own, which handles it as failure."""

    def __init__(self) -> None:
        super().__init__("a fault ends the connection here")


class Turns:
    """Shares the event loop: requests that wait for a turn take a few milliseconds of each of its rounds together.

    So the first request of a connection, which does not wait, is responded to however many others are pipelined.
    """

    def __init__(self) -> None:
        self._spent = 0.0

    async def wait(self) -> None:
        """Return when this round has time left."""
        while self._spent >= ROUND_SECONDS:
            await asyncio.sleep(0)

    def spend(self, seconds: float) -> None:
        """Count the time of a request to this round."""
        if not self._spent:
            asyncio.get_running_loop().call_soon(self._begin)
        self._spent += seconds

    def _begin(self) -> None:
        self._spent = 0.0


class StripeApi:
    """The ASGI application of Stripe's API. Plain ASGI: a middleware would cost more than the request itself."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(receive, limit_of(request_of(scope, b"")))
        if body is None:
            return
        request = request_of(scope, body)
        await self._turns.wait()
        started = time.perf_counter()
        outcome = self.respond(request)
        self._turns.spend(time.perf_counter() - started)
        await send_response(scope, send, request, await _done(outcome))

    def respond(self, request: Request) -> Response | Coroutine[object, object, Response]:
        """The response; where a fault or due timers delay it, a coroutine that returns it."""
        limit = limit_of(request)
        if len(request.body) > limit:
            request.body, request.too_large = request.body[:limit], True
        return self._respond(request, None, time.perf_counter())

    def _respond(
        self, request: Request, resumed: RequestContext | None, started: float
    ) -> Response | Coroutine[object, object, Response]:
        try:
            response, context = self._pipeline.respond(request, resumed, in_slices=True)
        except Postponed as postponed:
            return self._postponed(request, postponed, started)
        except Behind as behind:
            return self._caught_up(request, behind, started)
        if response.delay:
            return self._delayed(request, response, context, started)
        log_request(request, response.status, time.perf_counter() - started, context)
        return response

    async def _postponed(self, request: Request, postponed: Postponed, started: float) -> Response:
        try:
            await asyncio.sleep(postponed.seconds)
        finally:
            self._pipeline.end(postponed.context)
        return await _done(self._respond(request, postponed.context, started))

    async def _caught_up(self, request: Request, behind: Behind, started: float) -> Response:
        await asyncio.sleep(0)
        await catch_up(behind.sandbox)
        return await _done(self._respond(request, behind.context, started))

    async def _delayed(self, request: Request, response: Response, context: RequestContext, started: float) -> Response:
        try:
            await asyncio.sleep(response.delay)
        finally:
            self._pipeline.end(context)
        log_request(request, response.status, time.perf_counter() - started, context)
        return response


async def _done(outcome: Response | Coroutine[object, object, Response]) -> Response:
    return outcome if isinstance(outcome, Response) else await outcome


def request_of(scope: Scope, body: bytes) -> Request:
    """The request of an ASGI scope and its body."""
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


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """The body, chunked or not, up to a little over the limit; None if the client has disconnected."""
    message = await receive()
    if message["type"] == "http.disconnect":
        return None
    first: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return first
    body = bytearray(first)
    while message.get("more_body") and len(body) <= limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
    return bytes(body)


async def send_response(scope: Scope, send: Send, request: Request, response: Response) -> None:
    """Send a response; in one piece where the server can. Raises CannotCut where it cannot end a connection."""
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
