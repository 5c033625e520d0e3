"""Server-sent events for the dashboard: a message with the clock and the counts after each change of a sandbox.

A stream is woken by a callback and sends the current state. So it stays live under a frozen clock, where only the
heartbeats stop, and a slow reader gets fewer messages rather than a backlog.
"""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.auth.keys import Key
from emulator.control.endpoints.money import counts
from emulator.control.endpoints.reading import ControlState, secret_key, state
from emulator.control.endpoints.responses import ControlError
from emulator.control.endpoints.warnings import warnings_of
from emulator.sandbox.journal import Entry
from emulator.sandbox.observers import MAX_OBSERVERS
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.json import Json

HEARTBEAT_SECONDS = 15
HEARTBEAT = b": alive\n\n"
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no", "x-content-type-options": "nosniff"}


async def stream(request: Request) -> Response:
    """GET /_emulator/stream: `change` events with `now`, `mode`, `offset` and `counts`; the first is sent at once.

    Raises ControlError.
    """
    key, control = secret_key(request), state(request)
    if control.observers.full:
        hint = "Close a page of the dashboard, and try again."
        raise ControlError(503, "too_many_streams", f"{MAX_OBSERVERS} streams are open, which is the maximum.", hint)
    return Stream(key, control)


class Stream(Response):
    """A response that ends when the client disconnects or the server stops."""

    media_type = "text/event-stream"

    def __init__(self, key: Key, control: ControlState) -> None:
        super().__init__(None, 200, HEADERS)
        del self.headers["content-length"]
        self._key = key
        self._control = control
        self._notified = asyncio.Event()
        self._changed = True
        self._seen: Entry | None = None

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        disconnected = asyncio.ensure_future(_disconnected(receive))
        self._control.observers.add(self._notify)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            while not disconnected.done():
                await self._send_message(send)
                await self._wait(disconnected)
        except asyncio.CancelledError:
            pass  # the server stops; uvicorn would log this as a failure
        finally:
            self._control.observers.remove(self._notify)
            disconnected.cancel()
        await send({"type": "http.response.body", "body": b""})

    def _notify(self, changed: bool) -> None:
        self._changed = self._changed or changed
        self._notified.set()

    async def _send_message(self, send: Send) -> None:
        """Send a message after a change, and a heartbeat when the wait has timed out."""
        notified = self._notified.is_set()
        self._notified.clear()
        sandbox = self._control.sandboxes.of(self._key)
        newest = sandbox.journal.newest
        if self._changed or newest is not self._seen:
            self._changed, self._seen = False, newest
            await send({"type": "http.response.body", "body": message(summary(sandbox)), "more_body": True})
        elif not notified:
            await send({"type": "http.response.body", "body": HEARTBEAT, "more_body": True})

    async def _wait(self, disconnected: asyncio.Future[None]) -> None:
        """Wait for a notification, the disconnect, or the heartbeat, which may never be due under a frozen clock."""
        notified = asyncio.ensure_future(self._notified.wait())
        try:
            either: set[asyncio.Future[Any]] = {disconnected, notified}
            await asyncio.wait(either, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            notified.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def summary(sandbox: Sandbox) -> Json:
    """The clock of a sandbox and the number of objects in each view of the dashboard."""
    return {
        "now": sandbox.clock.now(),
        "mode": sandbox.clock.mode,
        "offset": sandbox.clock.offset,
        "counts": {
            "requests": len(sandbox.journal),
            "sessions": len(sandbox.sessions),
            "accounts": len(sandbox.accounts),
            **dict(counts(sandbox)),
            "events": len(sandbox.events),
            "webhooks": len(sandbox.deliveries),
            "faults": len(sandbox.faults.all()),
            "warnings": len(warnings_of(sandbox)),
        },
    }


def message(value: Json) -> bytes:
    """One server-sent event, in a single data line, since the JSON contains no line break."""
    return b"event: change\ndata: %b\n\n" % orjson.dumps(value)
