"""The protocol where httptools is not installed, as on PyPy: uvicorn's other one, with bounds for slow clients.

It has the ASGI extension `emulator.cut`, which ends a connection in the middle of a response.
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from emulator.http import CUT
from emulator.server.asgi import until_shutdown


class CutResponseCycle(RequestResponseCycle):
    """One request and its response."""

    async def send(self, message: MutableMapping[str, Any]) -> None:  # type: ignore[override]
        """ASGI's messages, and `{"type": "emulator.cut", "raw": bytes}`, the only one of a response."""
        if self.disconnected or self.transport.is_closing():
            self.disconnected = True
        elif message["type"] != CUT:
            await super().send(message)  # type: ignore[arg-type]
        else:
            self.response_started = self.response_complete = True
            self.transport.write(message["raw"])
            self.message_event.set()
            self.transport.close()


class BoundedProtocol(H11Protocol):
    """A connection by the parser in Python, with the same bounds as `WholeResponseProtocol`."""

    slow_ticks = 0  # for how long the client has been slow
    slow_part: object = None  # the part of a request that it was sending then

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app = until_shutdown(self.app)
        super().connection_made(transport)

    def tick(self, most: int, _: int) -> None:
        """Count a tick, and disconnect a client that is slow with a head or a body. uvicorn times idle ones."""
        part = self._part_to_receive()
        slow = part is not None or self.flow.write_paused
        self.slow_ticks = self.slow_ticks + 1 if slow and part == self.slow_part else int(slow)
        self.slow_part = part
        if self.slow_ticks > most:
            self.transport.abort()

    def _part_to_receive(self) -> object:
        """The part that the client has to send: the first head, another one, or a body; None if there is none."""
        if self.conn.their_state is h11.SEND_BODY:
            return self.cycle
        resting = self.cycle is not None and not self.conn.trailing_data[0]
        return None if resting or self.conn.their_state is not h11.IDLE else h11.IDLE

    def handle_events(self) -> None:
        """Process parsed events as uvicorn does; the response to a request that has begun can be cut."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not None and self.cycle is not before:
            self.scope["extensions"] = {CUT: {}}
            self.cycle.__class__ = CutResponseCycle
