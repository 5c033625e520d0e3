"""The control API: every route under /_emulator, in one table."""

from __future__ import annotations

import difflib
import platform
from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from emulator import __version__
from emulator.catalog import versions
from emulator.control.dashboard.page import asset, page
from emulator.control.dashboard.stream import stream
from emulator.control.endpoints import (
    accounts,
    browser,
    claims,
    clock,
    faults,
    journal,
    keys,
    seeds,
    sessions,
    webhooks,
)
from emulator.control.endpoints import versions as api_versions
from emulator.control.endpoints.requests import ControlState, fields_of, flag, secret_key, world
from emulator.control.endpoints.responses import ControlError, answer, error_body, on_control_error
from emulator.control.guard import Guard

PREFIX = "/_emulator"


async def health(request: Request) -> Response:
    """GET /_emulator/health"""
    return answer({"status": "ok", "sandboxes": len(world(request).sandboxes)})


async def version(_: Request) -> Response:
    """GET /_emulator/version"""
    return answer({"version": __version__, "api_version": versions.NEWEST, "python": platform.python_version()})


async def certificate(request: Request) -> Response:
    """GET /_emulator/tls/ca.pem"""
    found = world(request).ca
    if not found:
        raise ControlError(404, "no_tls", "The emulator does not speak https.", "Start it with --tls.")
    return Response(found[-1], media_type="application/x-pem-file")


async def reset(request: Request) -> Response:
    """POST /_emulator/reset: the calling key's sandbox, or with {"all": true} every one."""
    body = await fields_of(request, "all")
    if flag(body, "all"):
        world(request).sandboxes.reset_all()
        return answer({"reset": "all"})
    key = secret_key(request)
    world(request).sandboxes.reset(key)
    return answer({"reset": key.sandbox})


ROUTES: tuple[Route, ...] = (
    Route(f"{PREFIX}/", page, methods=["GET"]),
    Route(f"{PREFIX}/dashboard/{{name}}", asset, methods=["GET"]),
    Route(f"{PREFIX}/stream", stream, methods=["GET"]),
    Route(f"{PREFIX}/health", health, methods=["GET"]),
    Route(f"{PREFIX}/version", version, methods=["GET"]),
    Route(f"{PREFIX}/version", api_versions.change, methods=["POST"]),
    Route(f"{PREFIX}/tls/ca.pem", certificate, methods=["GET"]),
    Route(f"{PREFIX}/reset", reset, methods=["POST"]),
    Route(f"{PREFIX}/clock", clock.show, methods=["GET"]),
    Route(f"{PREFIX}/clock", clock.change, methods=["POST"]),
    Route(f"{PREFIX}/keys", keys.change, methods=["POST"]),
    Route(f"{PREFIX}/seeds", seeds.shipped, methods=["GET"]),
    Route(f"{PREFIX}/seeds", seeds.load, methods=["POST"]),
    Route(f"{PREFIX}/export", seeds.export, methods=["GET"]),
    Route(f"{PREFIX}/accounts", accounts.listing, methods=["GET"]),
    Route(f"{PREFIX}/accounts/{{account}}/complete_onboarding", accounts.complete_onboarding, methods=["POST"]),
    Route(f"{PREFIX}/accounts/{{account}}/requirements", accounts.require, methods=["POST"]),
    Route(f"{PREFIX}/accounts/{{account}}/capabilities/{{name}}", accounts.capability, methods=["POST"]),
    Route(f"{PREFIX}/accounts/{{account}}/verify", accounts.verify, methods=["POST"]),
    Route(f"{PREFIX}/accounts/{{account}}/reject", accounts.reject, methods=["POST"]),
    Route(f"{PREFIX}/accounts/{{account}}/disconnect", accounts.disconnect, methods=["POST"]),
    Route(f"{PREFIX}/account_sessions", sessions.listing, methods=["GET"]),
    Route(f"{PREFIX}/account_sessions/end", sessions.end, methods=["POST"]),
    Route(f"{PREFIX}/account_sessions/{{client_secret}}", sessions.one, methods=["GET"]),
    Route(f"{PREFIX}/faults", faults.listing, methods=["GET"]),
    Route(f"{PREFIX}/faults", faults.declare, methods=["POST"]),
    Route(f"{PREFIX}/faults", faults.remove, methods=["DELETE"]),
    Route(f"{PREFIX}/faults/errors", faults.errors, methods=["GET"]),
    Route(f"{PREFIX}/faults/{{id}}", faults.remove, methods=["DELETE"]),
    Route(f"{PREFIX}/limits", faults.limits, methods=["POST"]),
    Route(f"{PREFIX}/events", webhooks.listing, methods=["GET"]),
    Route(f"{PREFIX}/webhooks", webhooks.endpoints, methods=["GET"]),
    Route(f"{PREFIX}/webhooks/resend", webhooks.resend, methods=["POST"]),
    Route(f"{PREFIX}/requests", journal.listing, methods=["GET"]),
    Route(f"{PREFIX}/warnings", journal.warnings, methods=["GET"]),
    Route(f"{PREFIX}/connect/claim", claims.claim, methods=["POST"]),
    Route(f"{PREFIX}/connect/claim", claims.preflight, methods=["OPTIONS"]),
    Route(f"{PREFIX}/connect/logout", claims.logout, methods=["POST"]),
    Route(f"{PREFIX}/connect/logout", claims.preflight, methods=["OPTIONS"]),
    Route(f"{PREFIX}/connect/mount", browser.mount, methods=["POST"]),
    Route(f"{PREFIX}/connect/view", browser.show, methods=["POST"]),
    Route(f"{PREFIX}/connect/act", browser.act, methods=["POST"]),
    Route(f"{PREFIX}/connect/poll", browser.poll, methods=["POST"]),
    Route(f"{PREFIX}/connect/report", browser.report, methods=["POST"]),
    Route(f"{PREFIX}/connect/{{call}}", claims.preflight, methods=["OPTIONS"]),
    Route(f"{PREFIX}/connect/next_error", browser.force, methods=["POST"]),
    Route(f"{PREFIX}/connect/next_error", browser.waiting, methods=["GET"]),
    Route(f"{PREFIX}/connect/next_error", browser.calm, methods=["DELETE"]),
    Route(f"{PREFIX}/connect/record", browser.record, methods=["GET"]),
)


async def on_http_error(request: Request, error: Exception) -> Response:
    """No such route, or another verb: names what there is."""
    if not isinstance(error, HTTPException):
        raise error
    path = request.url.path
    message = f"The control API has no {request.method} {path}."
    return answer(error_body("no_such_route", message, _what_there_is(path)), error.status_code)


def _what_there_is(path: str) -> str:
    """The verbs of a path, or else the path that was meant, or else all of them."""
    verbs = _verbs(route for route in ROUTES if route.path_regex.match(path))
    if verbs:
        return f"There is {' and '.join(verbs)}."
    ends = {route.path.removeprefix(PREFIX): route.path for route in ROUTES}
    near = difflib.get_close_matches(path.removeprefix(PREFIX), ends, n=1, cutoff=0.8)
    if near:
        meant = ends[near[0]]
        return f"Did you mean {' or '.join(_verbs(route for route in ROUTES if route.path == meant))} {meant}?"
    known = sorted(f"{verb} {route.path}" for route in ROUTES for verb in _verbs([route]))
    return f"It has {', '.join(known)}."


def _verbs(routes: Iterable[Route]) -> list[str]:
    return sorted({verb for route in routes for verb in route.methods or ()} - {"HEAD", "OPTIONS"})


def control_app(state: ControlState) -> ASGIApp:
    """The application of the control API, behind its guard."""
    app = Starlette(
        routes=list(ROUTES),
        exception_handlers={ControlError: on_control_error, HTTPException: on_http_error},
    )
    app.state.world = state
    return Guard(app, state.settings)
