"""uvicorn's HTTP protocol, with a shorter path for most requests, and with bounds.

A request to Stripe's API that has arrived completely when its head is parsed, as nearly all do, gets its response
without a task and ASGI messages. All others go through ASGI, with one extension: a complete response is written to the
socket in one piece. (Stripe sends more than twenty headers. uvicorn checks each of them against two patterns for every
response, and writes the head apart from the body.)

Requests that no application sees get the pages of Stripe's proxy: a head that is not HTTP or too large, a connection
above the limit. A client that is slow to send its request or to read its response is disconnected without a response.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, MutableMapping
from typing import TYPE_CHECKING, Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from emulator.http import WHOLE
from emulator.http.message import Request, Response
from emulator.http.proxy import LONGEST_LINE, page
from emulator.server.asgi import responding, until_shutdown

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_EXTENSIONS: dict[str, dict[object, object]] = {WHOLE: {}}
# Bytes of a head: four buffers of nginx, each as large as the longest request line of Stripe (our choice).
LONGEST_HEAD = 4 * LONGEST_LINE
TOO_LARGE = 400  # nginx's status for a head that fits no buffer (our choice: not 431)
MOST_OUTGOING = 16  # responses of a connection that are sent together
MOST_PIPELINED = 1000  # requests that a client may send before their responses; uvicorn has no limit
Outcome = Response | Coroutine[object, object, Response]


class WholeResponseCycle(RequestResponseCycle):
    """One request and its response, by ASGI."""

    async def send(self, message: MutableMapping[str, Any]) -> None:  # type: ignore[override]
        """ASGI's messages, and `{"type": "emulator.whole", "raw": bytes, "close": bool}` for a complete response."""
        if self.flow.write_paused and not self.transport.is_closing():
            await self.flow.drain()
        if self.disconnected or self.transport.is_closing():
            self.disconnected = True  # uvicorn sets this for the last request of a connection only
            return
        if message["type"] != WHOLE:
            await super().send(message)  # type: ignore[arg-type]
            return
        self.response_started = self.response_complete = True
        self.transport.write(message["raw"])
        self.message_event.set()
        if message["close"] or not self.keep_alive:
            self.transport.close()
        self.on_response()


class WholeResponseProtocol(HttpToolsProtocol):
    """A connection whose responses are written whole, which closes when its client is too slow or sends too much."""

    receiving = True  # the client has to send the rest of a request, or its first one
    slow_ticks = 0  # for how long the client has been slow
    idle_ticks = 0  # for how long it has sent no request
    fields: dict[bytes, bytes]  # the headers of the head that is being received, by name in lower case
    in_head = True
    head_size = 0  # bytes of the head so far
    joined = 0  # bytes of the head that joining the values of a name saves
    upgrade: list[bytes] | None = None  # the lines of a head that requests an upgrade, without that request
    early_body: list[bytes] | None = None  # the body of a request that has not begun yet
    responded = False  # to a request of the data that are being parsed
    closing = False  # nothing is read after the last response

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Register the connection; one above the limit gets 503 before any request."""
        emulator, self.app = self.app, until_shutdown(self.app)
        self.respond: Callable[[Request], Outcome | None] | None = getattr(emulator, "respond", None)
        self.outgoing: list[bytes] = []
        most, self.limit_concurrency = self.limit_concurrency, None
        super().connection_made(transport)
        if most is not None and len(self.connections) > most:
            self._refuse(503)

    def tick(self, most: int, most_idle: int) -> None:
        """Count a tick, and disconnect a client that is slow or idle. Time is not read, as a clock may be moved."""
        self.slow_ticks = self.slow_ticks + 1 if self.receiving or self.flow.write_paused else 0
        busy = self.receiving or (self.cycle is not None and not self.cycle.response_complete)
        self.idle_ticks = 0 if busy else self.idle_ticks + 1
        if self.slow_ticks > most:
            self.transport.abort()
        elif self.idle_ticks > most_idle:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Parse data. One request of them is processed at once; the next ones wait until other clients had a turn."""
        self.responded = False
        if self.in_head:
            self.head_size += len(data)
        try:
            self.parser.feed_data(data)
            if self.early_body is not None and not self.closing:
                self._begin(self.early_body, self.app)
        except httptools.HttpParserUpgrade as upgrade:
            self._ignore_upgrade(data[upgrade.args[0] :])
        except (httptools.HttpParserError, ValueError):
            self.early_body = None
            self._refuse(self._status_of_bad_head())
        if self.in_head and self.head_size > LONGEST_HEAD:
            self._refuse(self._status_of_bad_head())

    def _status_of_bad_head(self) -> int:
        """nginx has different statuses for a request line that is too long and for headers that are."""
        return 414 if len(getattr(self, "url", b"")) > LONGEST_LINE else TOO_LARGE

    def _refuse(self, status: int) -> None:
        self._flush()
        if not self.transport.is_closing():
            request = Request("GET", "/", b"", {}, b"", keep_alive=False)
            self.transport.write(page(request, status).raw(head_only=False))
            self.transport.close()

    def _ignore_upgrade(self, rest: bytes) -> None:
        """Parse the head again without the upgrade, which would make the parser stop before the body."""
        lines, self.upgrade = self.upgrade or [], None
        self.parser = httptools.HttpRequestParser(self)
        self.in_head, self.head_size = True, 0
        self.data_received(b"\r\n".join(lines) + rest if lines else b"\0")

    def on_message_begin(self) -> None:
        self.receiving, self.slow_ticks = True, 0
        self.url, self.fields, self.joined = b"", {}, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header; one that is sent more than once has all its values, joined by commas (observed).

        Trailers are ignored.
        """
        if not self.in_head:
            return
        name, fields = name.lower(), self.fields
        if name in fields:
            self.joined += len(name) + 2
            value = b"%b, %b" % (fields[name], value)
        fields[name] = value

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():
            self.upgrade = self._without_upgrade()
            return
        if self.head_size > LONGEST_HEAD and _size(self.url, self.fields) + self.joined > LONGEST_HEAD:
            raise ValueError("the head is too large")
        self.target = httptools.parse_url(self.url)
        if self.target.path is None:
            raise ValueError("the URL has no path")
        self.in_head, self.slow_ticks = False, 0
        self.early_body, self.sent_headers = [], self.fields

    def on_body(self, body: bytes) -> None:
        if self.early_body is None:
            super().on_body(body)
        else:
            self.early_body.append(body)

    def _begin(self, body: list[bytes], app: ASGIApp) -> None:
        """Begin a request by ASGI, with the part of its body that has arrived, as uvicorn does while it parses."""
        self.early_body, self.app, usual = None, app, self.app
        url, before = self.url, self.cycle
        super().on_message_begin()
        super().on_url(url)
        for name, value in self.sent_headers.items():
            super().on_header(name, value)
        self.scope["extensions"] = _EXTENSIONS
        super().on_headers_complete()
        self.app = usual
        if len(self.pipeline) > MOST_PIPELINED:
            self.transport.abort()
        if self.cycle is not before:
            self.cycle.__class__ = WholeResponseCycle
        for part in body:
            super().on_body(part)

    def on_message_complete(self) -> None:
        if self.upgrade is not None:
            return
        self.receiving, self.in_head, self.head_size = False, True, 0
        if self.early_body is not None:
            if self.closing:
                self.early_body = None
                return
            if self._responds_at_once(self.early_body):
                return
            self._begin(self.early_body, self.app)
        super().on_message_complete()

    def _responds_at_once(self, body: list[bytes]) -> bool:
        """Respond to a complete request. False if it must go through ASGI."""
        if self.respond is None or self.responded or self.transport.is_closing() or self.flow.write_paused:
            return False
        if self.pipeline or not (self.cycle is None or self.cycle.response_complete):
            return False
        request = self._request(b"".join(body))
        outcome = self.respond(request)
        if outcome is None:
            return False
        self.responded = True
        if isinstance(outcome, Response):
            self.early_body = None
            self.closing = outcome.ends or not request.keep_alive
            self._send(outcome.raw(head_only=request.method == "HEAD"))
        else:
            self._begin([], until_shutdown(responding(request, outcome)))
            super().on_message_complete()
        return True

    def _send(self, raw: bytes) -> None:
        """Send a response once all requests that have arrived have theirs, so that clients wake up once.

        The responses of one connection wait for a few of its own at most.
        """
        self.idle_ticks = 0
        if not self.outgoing:
            self.loop.call_soon(self._flush)
        self.outgoing.append(raw)
        if len(self.outgoing) >= MOST_OUTGOING:
            self._flush()

    def _flush(self) -> None:
        outgoing, self.outgoing = self.outgoing, []
        if outgoing and not self.transport.is_closing():
            self.transport.write(b"".join(outgoing))
            if self.closing:
                self.transport.close()

    def on_response_complete(self) -> None:
        """Begin the next request of the pipeline. Ticks replace uvicorn's timer of idle connections."""
        super().on_response_complete()
        self._unset_keepalive_if_required()

    def _request(self, body: bytes) -> Request:
        return Request(
            self.parser.get_method().decode("ascii"),
            self.target.path.decode("latin-1"),
            self.target.query or b"",
            self.sent_headers,
            body,
            self.parser.get_http_version() == "1.1" and self.parser.should_keep_alive(),
            self.scheme == "https",
        )

    def _without_upgrade(self) -> list[bytes]:
        """The head with the header Upgrade under another name; empty for CONNECT, which is an upgrade by itself."""
        method = self.parser.get_method()
        if method == b"CONNECT":
            return []
        first = b"%b %b HTTP/%b" % (method, self.url, self.parser.get_http_version().encode())
        headers = ((b"x-upgrade" if name == b"upgrade" else name, value) for name, value in self.fields.items())
        return [first, *(b"%b: %b" % header for header in headers), b"", b""]


def _size(url: bytes, fields: dict[bytes, bytes]) -> int:
    return len(url) + sum(len(name) + len(value) + 4 for name, value in fields.items())
