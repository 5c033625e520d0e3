"""The control API: every route under /_emulator, in one table."""

from __future__ import annotations

import platform

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulator import versions
from emulator.control import clock, connect, journal, keys, sessions
from emulator.control.answers import ControlError, answer, error_body, on_control_error
from emulator.control.requests import World, body_of, secret_key, world
from emulator.version import __version__

PREFIX = "/_emulator"


async def health(request: Request) -> Response:
    """GET /_emulator/health"""
    return answer({"status": "ok", "sandboxes": len(world(request).sandboxes)})


async def version(_: Request) -> Response:
    """GET /_emulator/version"""
    return answer({"version": __version__, "api_version": versions.NEWEST, "python": platform.python_version()})


async def reset(request: Request) -> Response:
    """POST /_emulator/reset: the calling key's sandbox, or with {"all": true} every one."""
    body = await body_of(request)
    if body.get("all") in (True, "true"):
        world(request).sandboxes.reset_all()
        return answer({"reset": "all"})
    key = secret_key(request)
    world(request).sandboxes.reset(key)
    return answer({"reset": key.world})


ROUTES: tuple[Route, ...] = (
    Route(f"{PREFIX}/health", health, methods=["GET"]),
    Route(f"{PREFIX}/version", version, methods=["GET"]),
    Route(f"{PREFIX}/reset", reset, methods=["POST"]),
    Route(f"{PREFIX}/clock", clock.show, methods=["GET"]),
    Route(f"{PREFIX}/clock", clock.change, methods=["POST"]),
    Route(f"{PREFIX}/keys", keys.change, methods=["POST"]),
    Route(f"{PREFIX}/account_sessions", sessions.listing, methods=["GET"]),
    Route(f"{PREFIX}/account_sessions/{{client_secret}}", sessions.one, methods=["GET"]),
    Route(f"{PREFIX}/requests", journal.listing, methods=["GET"]),
    Route(f"{PREFIX}/connect/claim", connect.claim, methods=["POST"]),
    Route(f"{PREFIX}/connect/claim", connect.preflight, methods=["OPTIONS"]),
    Route(f"{PREFIX}/connect/logout", connect.logout, methods=["POST"]),
    Route(f"{PREFIX}/connect/logout", connect.preflight, methods=["OPTIONS"]),
)


async def on_http_error(request: Request, error: Exception) -> Response:
    """No such route, or another verb: names what there is."""
    if not isinstance(error, HTTPException):
        raise error
    known = sorted(
        {f"{method} {route.path}" for route in ROUTES for method in (route.methods or ()) if method != "HEAD"}
    )
    message = f"The control API has no {request.method} {request.url.path}."
    return answer(error_body("no_such_route", message, f"It has {', '.join(known)}."), error.status_code)


def control_app(state: World) -> Starlette:
    """The Starlette application of the control API."""
    app = Starlette(
        routes=list(ROUTES),
        exception_handlers={ControlError: on_control_error, HTTPException: on_http_error},
    )
    app.state.world = state
    return app
