"""uvicorn's HTTP protocol, with one ASGI extension: an answer that is whole goes to the socket in one piece.

Stripe sends more than twenty headers. uvicorn checks each of them against two patterns on every response and writes
the head apart from the body, which took a third of the time of a request. The extension `emulator.whole` takes the
bytes of a complete answer; what offers no such extension (another server, an in-process client) gets plain ASGI.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from emulator.http.asgi import WHOLE

_EXTENSIONS: dict[str, dict[object, object]] = {WHOLE: {}}


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


_UPGRADE = re.compile(rb"\r\nupgrade:", re.IGNORECASE)


class WholeResponseProtocol(HttpToolsProtocol):
    """A connection."""

    def data_received(self, data: bytes) -> None:
        """Hides an offer to upgrade, such as that of `curl --http2`: uvicorn would drop the body after it."""
        if (self.cycle is None or self.cycle.response_complete) and b"pgrade:" in data:
            head, end, rest = data.partition(b"\r\n\r\n")
            data = _UPGRADE.sub(b"\r\nx-upgrade:", head) + end + rest
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self.scope["extensions"] = _EXTENSIONS
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.cycle.__class__ = WholeResponseCycle
