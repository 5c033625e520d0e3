"""The control API: the table of all routes under /_emulator."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from emulator.control.dashboard.page import asset, page
from emulator.control.dashboard.stream import stream
from emulator.control.endpoints import (
    accounts,
    checkout,
    clock,
    component_log,
    connect_js,
    faults,
    journal,
    keys,
    money,
    oauth,
    payments,
    seeds,
    server,
    sessions,
    webhooks,
)
from emulator.control.endpoints.reading import ControlState
from emulator.control.endpoints.responses import ControlError, error_body, on_control_error, respond
from emulator.control.guard import PREFIX, Access, ControlRoute, Guard

SIMILAR = 0.6  # how much of a path must be equal for "did you mean", as difflib measures it
SAME_START = 0.2  # more where the first word is right
MAX_PATH, MAX_PARTS = 200, 6  # of a path that is compared, which takes longest where characters repeat
CALLS_OF_PAGES = {
    "claim": connect_js.claim,
    "logout": connect_js.logout,
    "mount": connect_js.mount,
    "view": connect_js.show,
    "act": connect_js.act,
    "poll": connect_js.poll,
    "report": connect_js.report,
}


def _of_pages() -> Iterator[ControlRoute]:
    """The requests of connect.js, each with its preflight."""
    for name, call in CALLS_OF_PAGES.items():
        yield ControlRoute(f"{PREFIX}/connect/{name}", call, methods=["POST"], access=Access.EVERY_PAGE)
        yield ControlRoute(
            f"{PREFIX}/connect/{name}", connect_js.preflight, methods=["OPTIONS"], access=Access.EVERY_PAGE
        )


ROUTES: tuple[ControlRoute, ...] = (
    ControlRoute(f"{PREFIX}/", page, methods=["GET"], access=Access.NO_TOKEN),
    ControlRoute(f"{PREFIX}/dashboard/{{name}}", asset, methods=["GET"], access=Access.NO_TOKEN),
    ControlRoute(f"{PREFIX}/stream", stream, methods=["GET"]),
    ControlRoute(f"{PREFIX}/health", server.health, methods=["GET"], access=Access.NO_TOKEN),
    ControlRoute(f"{PREFIX}/sandboxes", server.sandboxes, methods=["GET"]),
    ControlRoute(f"{PREFIX}/version", server.version, methods=["GET"]),
    ControlRoute(f"{PREFIX}/version", server.set_api_version, methods=["POST"]),
    ControlRoute(f"{PREFIX}/tls/ca.pem", server.certificate, methods=["GET"], access=Access.NO_TOKEN),
    ControlRoute(f"{PREFIX}/reset", server.reset, methods=["POST"]),
    ControlRoute(f"{PREFIX}/clock", clock.retrieve, methods=["GET"]),
    ControlRoute(f"{PREFIX}/clock", clock.change, methods=["POST"]),
    ControlRoute(f"{PREFIX}/keys", keys.change, methods=["POST"]),
    ControlRoute(f"{PREFIX}/oauth", oauth.application, methods=["GET"]),
    ControlRoute(f"{PREFIX}/oauth", oauth.declare, methods=["POST"]),
    ControlRoute(f"{PREFIX}/seeds", seeds.list_all, methods=["GET"]),
    ControlRoute(f"{PREFIX}/seeds", seeds.load, methods=["POST"]),
    ControlRoute(f"{PREFIX}/export", seeds.export, methods=["GET"]),
    ControlRoute(f"{PREFIX}/accounts", accounts.list_all, methods=["GET"]),
    ControlRoute(f"{PREFIX}/accounts/{{account}}/complete_onboarding", accounts.complete_onboarding, methods=["POST"]),
    ControlRoute(f"{PREFIX}/accounts/{{account}}/requirements", accounts.add_requirement, methods=["POST"]),
    ControlRoute(f"{PREFIX}/accounts/{{account}}/capabilities/{{name}}", accounts.set_capability, methods=["POST"]),
    ControlRoute(f"{PREFIX}/accounts/{{account}}/verify", accounts.verify, methods=["POST"]),
    ControlRoute(f"{PREFIX}/accounts/{{account}}/reject", accounts.reject, methods=["POST"]),
    ControlRoute(f"{PREFIX}/accounts/{{account}}/disconnect", accounts.disconnect, methods=["POST"]),
    *(ControlRoute(f"{PREFIX}/{name}", money.list_all, methods=["GET"]) for name in money.LISTS),
    ControlRoute(f"{PREFIX}/payments/{{id}}/ledger", money.ledger, methods=["GET"]),
    *(ControlRoute(f"{PREFIX}{path}", run, methods=["POST"]) for path, run in payments.ENDPOINTS.items()),
    *(ControlRoute(f"{PREFIX}{path}", run, methods=["POST"]) for path, run in checkout.ENDPOINTS.items()),
    ControlRoute(f"{PREFIX}/account_sessions", sessions.list_all, methods=["GET"]),
    ControlRoute(f"{PREFIX}/account_sessions/end", sessions.end, methods=["POST"]),
    ControlRoute(f"{PREFIX}/account_sessions/{{client_secret}}", sessions.retrieve, methods=["GET"]),
    ControlRoute(f"{PREFIX}/faults", faults.list_all, methods=["GET"]),
    ControlRoute(f"{PREFIX}/faults", faults.add, methods=["POST"]),
    ControlRoute(f"{PREFIX}/faults", faults.remove, methods=["DELETE"]),
    ControlRoute(f"{PREFIX}/faults/errors", faults.errors, methods=["GET"]),
    ControlRoute(f"{PREFIX}/faults/{{id}}", faults.remove, methods=["DELETE"]),
    ControlRoute(f"{PREFIX}/limits", faults.set_limits, methods=["POST"]),
    ControlRoute(f"{PREFIX}/events", webhooks.list_events, methods=["GET"]),
    ControlRoute(f"{PREFIX}/webhooks", webhooks.list_endpoints, methods=["GET"]),
    ControlRoute(f"{PREFIX}/webhooks/resend", webhooks.resend, methods=["POST"]),
    ControlRoute(f"{PREFIX}/requests", journal.list_requests, methods=["GET"]),
    ControlRoute(f"{PREFIX}/operations", journal.list_operations, methods=["GET"]),
    ControlRoute(f"{PREFIX}/warnings", journal.list_warnings, methods=["GET"]),
    ControlRoute(f"{PREFIX}/connect/next_error", component_log.force, methods=["POST"]),
    ControlRoute(f"{PREFIX}/connect/next_error", component_log.pending, methods=["GET"]),
    ControlRoute(f"{PREFIX}/connect/next_error", component_log.clear, methods=["DELETE"]),
    ControlRoute(f"{PREFIX}/connect/log", component_log.log, methods=["GET"]),
    *_of_pages(),
)


async def on_http_error(request: Request, error: Exception) -> Response:
    """404 for an unknown path and 405 for another verb; the hint names the known ones."""
    if not isinstance(error, HTTPException):
        raise error
    path = request.url.path
    message = f"The control API has no {request.method} {path}."
    return respond(
        error_body(ControlError(error.status_code, "route_not_found", message, _hint(path))), error.status_code
    )


def _hint(path: str) -> str:
    """The verbs of a known path, otherwise the most similar path, otherwise all routes."""
    verbs = _verbs(route for route in ROUTES if route.path_regex.match(path))
    if verbs:
        return f"There is {' and '.join(verbs)}."
    meant = _nearest(path)
    if meant:
        return f"Did you mean {' or '.join(_verbs(route for route in ROUTES if route.path == meant))} {meant}?"
    known = sorted(f"{verb} {route.path}" for route in ROUTES for verb in _verbs([route]))
    return f"It has {', '.join(known)}."


def _nearest(path: str) -> str | None:
    """The path of the most similar route, if one is similar enough."""
    parts = path.removeprefix(PREFIX).strip("/").split("/")
    if len(path) > MAX_PATH or len(parts) > MAX_PARTS:
        return None
    paths = [route.path for route in ROUTES if route.path != f"{PREFIX}/"]
    similarity, meant = max((_similarity(path.removeprefix(PREFIX), parts), path) for path in paths)
    return meant if similarity >= SIMILAR else None


def _similarity(route: str, parts: Sequence[str]) -> float:
    """How similar a path is to that of a route, apart from the parts where the route has parameters. 1 is equal."""
    pairs = list(zip_longest(route.strip("/").split("/"), parts, fillvalue=""))
    words = [(name, part) for name, part in pairs if not (name.startswith("{") and part)]
    known, given = ("/".join(texts) for texts in zip(*words, strict=True))
    ratio = difflib.SequenceMatcher(None, known, given).ratio()
    return ratio + SAME_START if pairs[0][0] == pairs[0][1] else ratio


def _verbs(routes: Iterable[ControlRoute]) -> list[str]:
    return sorted({verb for route in routes for verb in route.methods or ()} - {"HEAD", "OPTIONS"})


def control_app(state: ControlState) -> ASGIApp:
    """The application of the control API, behind its guard."""
    app = Starlette(
        routes=list(ROUTES),
        exception_handlers={ControlError: on_control_error, HTTPException: on_http_error},
    )
    app.state.control = state
    return Guard(app, state.settings, ROUTES)
