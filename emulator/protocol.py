"""uvicorn's HTTP protocol, with one ASGI extension and with bounds.

An answer that is whole goes to the socket in one piece: Stripe sends more than twenty headers, and uvicorn checks each
of them against two patterns on every response and writes the head apart from the body, which took a third of the time
of a request. The extension `emulator.whole` takes the bytes of a complete answer; what offers no such extension
(another server, an in-process client) gets plain ASGI.

What no application sees is answered here with the pages of Stripe's proxy: a head that is no HTTP or too large, one
connection too many. A client that is slow to send its request, or to read its answers, is dropped without a word.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import MutableMapping
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from emulator.http import WHOLE
from emulator.http.message import Request
from emulator.http.proxy import LONGEST_TARGET, page

_EXTENSIONS: dict[str, dict[object, object]] = {WHOLE: {}}
# The bytes of a head: four buffers of nginx, each of the size at which Stripe's answers 414 (our choice).
LONGEST_HEAD = 4 * LONGEST_TARGET
TOO_LARGE = 400  # what nginx answers to a head that fits no buffer (our choice: not 431)
MOST_WAITING = 1000  # requests that a client may send ahead of their answers; uvicorn itself would queue any number
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
        if self.disconnected:
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

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """One connection too many is answered 503 before it asks."""
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
            self._refuse(self._refusal())
        if self.in_head and self.head > LONGEST_HEAD:
            self._refuse(self._refusal())

    def _refusal(self) -> int:
        """nginx tells a request line that is too long from headers that are."""
        return 414 if len(getattr(self, "url", b"")) > LONGEST_TARGET else TOO_LARGE

    def _refuse(self, status: int) -> None:
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
        self.scope["extensions"] = _EXTENSIONS
        before = self.cycle
        super().on_headers_complete()
        self.headers = _NOWHERE
        if len(self.pipeline) > MOST_WAITING:
            self.transport.abort()
        if self.cycle is not before:
            self.cycle.__class__ = WholeResponseCycle

    def _without_offer(self) -> list[bytes]:
        """The head once more, its offer under another name; nothing for CONNECT, which is nothing but an offer."""
        method = self.parser.get_method()
        if method == b"CONNECT":
            return []
        first = b"%b %b HTTP/%b" % (method, self.url, self.parser.get_http_version().encode())
        headers = ((b"x-upgrade" if name == b"upgrade" else name, value) for name, value in self.headers)
        return [first, *(b"%b: %b" % header for header in headers), b"", b""]

    def on_message_complete(self) -> None:
        if self.offer is None:
            self.arriving, self.in_head, self.head = False, True, 0
            super().on_message_complete()


def _size(url: bytes, headers: list[tuple[bytes, bytes]]) -> int:
    return len(url) + sum(len(name) + len(value) + 4 for name, value in headers)
