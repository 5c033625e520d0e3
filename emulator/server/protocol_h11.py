"""The protocol where httptools is not installed, as on PyPy: uvicorn's other one, with bounds for slow clients.

It has the ASGI extension `emulator.cut`, which ends a connection in the middle of an answer.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from emulator.http import CUT


class CutResponseCycle(RequestResponseCycle):
    """One request and its answer."""

    async def send(self, message: MutableMapping[str, Any]) -> None:  # type: ignore[override]
        """ASGI's messages, and `{"type": "emulator.cut", "raw": bytes}`, which stands alone."""
        if message["type"] != CUT:
            await super().send(message)  # type: ignore[arg-type]
        elif not self.disconnected:
            self.response_started = self.response_complete = True
            self.transport.write(message["raw"])
            self.message_event.set()
            self.transport.close()


class BoundedProtocol(H11Protocol):
    """A connection."""

    waited = 0  # how many ticks the client has been slow
    awaited: object = None  # the part of a request that was missing then

    def tick(self, most: int) -> None:
        """A part of the time that a client has for a head, and then for a body; between requests it may rest."""
        missing = self._missing()
        slow = missing is not None or self.flow.write_paused
        self.waited = self.waited + 1 if slow and missing == self.awaited else int(slow)
        self.awaited = missing
        if self.waited > most:
            self.transport.abort()

    def _missing(self) -> object:
        """What the client is sending, None when that is nothing: the first head, another one, or a body."""
        if self.conn.their_state is h11.SEND_BODY:
            return self.cycle
        resting = self.cycle is not None and not self.conn.trailing_data[0]
        return None if resting or self.conn.their_state is not h11.IDLE else h11.IDLE

    def handle_events(self) -> None:
        """Goes on as uvicorn does; the answer to a request that has begun can be cut."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not None and self.cycle is not before:
            self.scope["extensions"] = {CUT: {}}
            self.cycle.__class__ = CutResponseCycle
