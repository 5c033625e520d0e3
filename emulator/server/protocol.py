"""uvicorn's HTTP protocol, with a shorter way for most requests, and with bounds.

A request to Stripe's API that has arrived in one piece, as nearly all do, is answered where it is, without a task or
messages. Anything else takes the way of ASGI, with one extension. An answer that is whole goes to the socket in one
piece: Stripe sends more than twenty headers, and uvicorn checks each of them against two patterns on every response and
writes the head apart from the body. The extension `emulator.whole` takes the bytes of a complete answer; what offers no
such extension (another server, an in-process client) gets plain ASGI.

What no application sees is answered here with the pages of Stripe's proxy: a head that is no HTTP or too large, one
connection too many. A client that is slow to send its request, or to read its answers, is dropped without a word.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, MutableMapping
from typing import TYPE_CHECKING, Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from emulator.http import WHOLE
from emulator.http.message import Headers, Request, Response, joined
from emulator.http.proxy import LONGEST_LINE, page

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_EXTENSIONS: dict[str, dict[object, object]] = {WHOLE: {}}
# The bytes of a head: four buffers of nginx, each of the size at which Stripe's answers 414 (our choice).
LONGEST_HEAD = 4 * LONGEST_LINE
TOO_LARGE = 400  # what nginx answers to a head that fits no buffer (our choice: not 431)
MOST_LEAVING = 16  # answers of a connection that leave together
MOST_WAITING = 1000  # requests that a client may send ahead of their answers; uvicorn itself would queue any number
Answer = Response | Coroutine[object, object, Response]
# What comes after a body has no use, and is not kept.
_NOWHERE = cast("list[tuple[bytes, bytes]]", deque(maxlen=0))


class WholeResponseCycle(RequestResponseCycle):
    """One request and its answer."""

    async def send(self, message: MutableMapping[str, Any]) -> None:  # type: ignore[override]
        """ASGI's messages, and `{"type": "emulator.whole", "raw": bytes, "close": bool}`, which stands alone."""
        if message["type"] != WHOLE:
            await super().send(message)  # type: ignore[arg-type]
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected or self.transport.is_closing():
            self.disconnected = True  # uvicorn tells that to the last request of a connection only
            return
        self.response_started = self.response_complete = True
        self.transport.write(message["raw"])
        self.message_event.set()
        if message["close"] or not self.keep_alive:
            self.transport.close()
        self.on_response()


class WholeResponseProtocol(HttpToolsProtocol):
    """A connection."""

    arriving = True  # the client is to send the rest of a request, or its first one
    waited = 0  # how many ticks it has been
    in_head = True
    head = 0  # the bytes of the head so far
    offer: list[bytes] | None = None  # the lines of a head that offers an upgrade
    held: list[bytes] | None = None  # the body of a request that has not begun: it may be answered at once
    ending = False  # nothing is read any more once the last answer is on its way

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """One connection too many is answered 503 before it asks."""
        self.respond: Callable[[Request], Answer | None] | None = getattr(self.app, "respond", None)
        self.leaving: list[bytes] = []
        most, self.limit_concurrency = self.limit_concurrency, None
        super().connection_made(transport)
        if most is not None and len(self.connections) > most:
            self._refuse(503)

    def tick(self, most: int) -> None:
        """A part of the time that a client has. Counted rather than measured: a moved clock drops nobody."""
        self.waited = self.waited + 1 if self.arriving or self.flow.write_paused else 0
        if self.waited > most:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Feeds the parser. An offer to upgrade, as of `curl --http2`, is declined by not hearing it."""
        self._unset_keepalive_if_required()
        if self.in_head:
            self.head += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._decline(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self.held = None
            self._refuse(self._refusal())
        if self.held is not None and not self.ending:
            self._begin(self.held, self.app)
        if self.in_head and self.head > LONGEST_HEAD:
            self._refuse(self._refusal())

    def _refusal(self) -> int:
        """nginx tells a request line that is too long from headers that are."""
        return 414 if len(getattr(self, "url", b"")) > LONGEST_LINE else TOO_LARGE

    def _refuse(self, status: int) -> None:
        self._flush()
        if not self.transport.is_closing():
            request = Request("GET", "/", b"", {}, b"", keep_alive=False)
            self.transport.write(page(request, status).raw(head_only=False))
            self.transport.close()

    def _decline(self, rest: bytes) -> None:
        """Starts the request again without its offer: after one, the parser takes the body for another protocol."""
        lines, self.offer = self.offer or [], None
        self.parser = httptools.HttpRequestParser(self)
        self.in_head, self.head = True, 0
        self.data_received(b"\r\n".join(lines) + rest if lines else b"\0")

    def on_message_begin(self) -> None:
        self.arriving, self.waited = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():
            self.offer = self._without_offer()
            return
        if self.head > LONGEST_HEAD and _size(self.url, self.headers) > LONGEST_HEAD:
            raise ValueError("the head is too large")
        self.in_head, self.waited = False, 0
        self.held, self.headers = [], _NOWHERE

    def on_body(self, body: bytes) -> None:
        if self.held is None:
            super().on_body(body)
        else:
            self.held.append(body)

    def _begin(self, body: list[bytes], app: ASGIApp) -> None:
        """The way of ASGI, with what has arrived of the body so far."""
        self.held, self.app, usual = None, app, self.app
        self.scope["extensions"] = _EXTENSIONS
        before = self.cycle
        super().on_headers_complete()
        self.app = usual
        if len(self.pipeline) > MOST_WAITING:
            self.transport.abort()
        if self.cycle is not before:
            self.cycle.__class__ = WholeResponseCycle
        for part in body:
            super().on_body(part)

    def _answer(self, body: list[bytes]) -> bool:
        """Answers a whole request at once. False when it must take the way of ASGI."""
        if self.ending:
            self.held = None
            return True
        if self.respond is None or self.transport.is_closing() or self.flow.write_paused:
            return False
        if self.pipeline or not (self.cycle is None or self.cycle.response_complete):
            return False
        request = self._request(b"".join(body))
        answer = self.respond(request)
        if answer is None:
            return False
        if not isinstance(answer, Response):
            self._begin([], _later(request, answer))
            super().on_message_complete()
            return True
        self.held = None
        self.ending = answer.ends or not request.keep_alive
        self._send(answer.raw(head_only=request.method == "HEAD"))
        self.on_response_complete()
        return True

    def _send(self, raw: bytes) -> None:
        """Sends an answer after all requests that are there are answered: then their clients are woken up once.

        The answers to one connection do not wait for more than a few of its own.
        """
        if not self.leaving:
            self.loop.call_soon(self._flush)
        self.leaving.append(raw)
        if len(self.leaving) >= MOST_LEAVING:
            self._flush()

    def _flush(self) -> None:
        leaving, self.leaving = self.leaving, []
        if leaving and not self.transport.is_closing():
            self.transport.writelines(leaving)
            if self.ending:
                self.transport.close()

    def _request(self, body: bytes) -> Request:
        url = httptools.parse_url(self.url)
        return Request(
            method=self.parser.get_method().decode("ascii"),
            path=url.path.decode("latin-1"),
            query=url.query or b"",
            headers=joined(cast("Headers", self.scope["headers"])),
            body=body,
            keep_alive=self.parser.get_http_version() == "1.1" and self.parser.should_keep_alive(),
            secure=self.scheme == "https",
        )

    def _without_offer(self) -> list[bytes]:
        """The head once more, its offer under another name; nothing for CONNECT, which is nothing but an offer."""
        method = self.parser.get_method()
        if method == b"CONNECT":
            return []
        first = b"%b %b HTTP/%b" % (method, self.url, self.parser.get_http_version().encode())
        headers = ((b"x-upgrade" if name == b"upgrade" else name, value) for name, value in self.headers)
        return [first, *(b"%b: %b" % header for header in headers), b"", b""]

    def on_message_complete(self) -> None:
        if self.offer is not None:
            return
        self.arriving, self.in_head, self.head = False, True, 0
        if self.held is not None and self._answer(self.held):
            return
        if self.held is not None:
            self._begin(self.held, self.app)
        super().on_message_complete()


def _later(request: Request, answer: Coroutine[object, object, Response]) -> ASGIApp:
    """An application that has this one answer, once it is there."""

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        from emulator.http.asgi import send_response  # noqa: PLC0415

        await send_response(scope, send, request, await answer)

    return app


def _size(url: bytes, headers: list[tuple[bytes, bytes]]) -> int:
    return len(url) + sum(len(name) + len(value) + 4 for name, value in headers)
