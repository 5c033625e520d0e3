"""Server-sent events for the dashboard: one whenever something happened in a sandbox, and how much there is of what.

Nothing here waits for time to pass: a bell wakes a stream, which tells what is there now. So it stays live under a
frozen clock, where only the heartbeats stop, and a page that reads slowly gets fewer messages rather than a backlog.
"""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.auth.keys import Key
from emulator.control.endpoints.requests import ControlState, secret_key, world
from emulator.control.endpoints.responses import ControlError
from emulator.sandbox.journal import Entry
from emulator.sandbox.observers import MOST
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.json import Json

HEARTBEAT_SECONDS = 15
HEARTBEAT = b": alive\n\n"
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no", "x-content-type-options": "nosniff"}


async def stream(request: Request) -> Response:
    """GET /_emulator/stream: `change` events with `now`, `mode`, `offset` and `counts`; the first one at once.

    Raises ControlError.
    """
    key, state = secret_key(request), world(request)
    if state.observers.full:
        hint = "Close a page of the dashboard, and try again."
        raise ControlError(503, "too_many_streams", f"{MOST} streams are open, and there may be no more.", hint)
    return Stream(key, state)


class Stream(Response):
    """The answer that does not end before the client goes, or the server."""

    media_type = "text/event-stream"

    def __init__(self, key: Key, state: ControlState) -> None:
        super().__init__(None, 200, HEADERS)
        del self.headers["content-length"]
        self._key = key
        self._state = state
        self._rung = asyncio.Event()
        self._surely = True
        self._seen: Entry | None = None

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(_gone(receive))
        self._state.observers.join(self._ring)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            while not gone.done():
                await self._tell(send)
                await self._rest(gone)
        except asyncio.CancelledError:
            pass  # the server stops: an orderly end, which uvicorn would log as a failure
        finally:
            self._state.observers.leave(self._ring)
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    def _ring(self, surely: bool) -> None:
        self._surely = self._surely or surely
        self._rung.set()

    async def _tell(self, send: Send) -> None:
        """Sends a message if something has changed, else a sign of life if it was not the bell that woke this."""
        rung = self._rung.is_set()
        self._rung.clear()
        sandbox = self._state.sandboxes.of(self._key)
        newest = sandbox.journal.newest
        if self._surely or newest is not self._seen:
            self._surely, self._seen = False, newest
            await send({"type": "http.response.body", "body": message(summary(sandbox)), "more_body": True})
        elif not rung:
            await send({"type": "http.response.body", "body": HEARTBEAT, "more_body": True})

    async def _rest(self, gone: asyncio.Future[None]) -> None:
        """Until the bell, the client's leave, or the next heartbeat; under a frozen clock that one may never come."""
        rung = asyncio.ensure_future(self._rung.wait())
        try:
            either: set[asyncio.Future[Any]] = {gone, rung}
            await asyncio.wait(either, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rung.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def summary(sandbox: Sandbox) -> Json:
    """What the top of the page shows: the time, and how much there is of everything."""
    return {
        "now": sandbox.clock.now(),
        "mode": sandbox.clock.mode,
        "offset": sandbox.clock.offset,
        "counts": {
            "requests": len(sandbox.journal),
            "sessions": len(sandbox.sessions),
            "accounts": len(sandbox.accounts),
            "events": len(sandbox.events),
            "webhooks": len(sandbox.deliveries),
            "faults": len(sandbox.faults.all()),
        },
    }


def message(value: Json) -> bytes:
    """One event; JSON holds no line break, so it is one line."""
    return b"event: change\ndata: %b\n\n" % orjson.dumps(value)
