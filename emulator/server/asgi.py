"""ASGI applications as the emulator's own server runs them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from emulator.http import CUT, WHOLE
from emulator.http.message import Request, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


def until_shutdown(app: ASGIApp) -> ASGIApp:
    """The application, whose requests end without an error when the server ends while they are running."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            await send({"type": WHOLE if WHOLE in scope.get("extensions", ()) else CUT, "raw": b"", "close": True})

    return run


def responding(request: Request, response: Coroutine[object, object, Response]) -> ASGIApp:
    """An application that sends one response, once it is there."""

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        from emulator.http.asgi import send_response  # noqa: PLC0415

        await send_response(scope, send, request, await response)

    return app
