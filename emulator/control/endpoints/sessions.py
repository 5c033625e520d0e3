"""Account sessions: their state, the attempts to claim them, and the component events of the pages that did."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.component_log import render as render_event
from emulator.control.endpoints.reading import excerpt, fields_of, limit_of, optional_text, query_of, sandbox_of
from emulator.control.endpoints.responses import ControlError, respond
from emulator.resources.connect.account_sessions.components import layout
from emulator.resources.connect.account_sessions.render import enabled_components
from emulator.sandbox.component_log import ComponentEvent
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Session
from emulator.wire.json import Json

STATES = ("open", "claimed", "expired")


async def list_all(request: Request) -> Response:
    """GET /_emulator/account_sessions?account=&state=&limit= : newest first."""
    sandbox = sandbox_of(request)
    query = query_of(request, "account", "state", "limit")
    account, wanted = query.get("account"), query.get("state")
    if wanted is not None and wanted not in STATES:
        message = f"There is no state {excerpt(wanted)}."
        raise ControlError(400, "invalid_state", message, f"Use one of {', '.join(STATES)}.")
    now = sandbox.clock.now()
    component_events = sandbox.component_log.by_session()
    found = (
        render(sandbox, session, now, component_events.get(session.client_secret, ()))
        for session in sandbox.sessions.newest_first()
        if account in (None, session.account) and wanted in (None, state_of(sandbox, session, now))
    )
    return respond({"data": list(islice(found, limit_of(query))), "total": len(sandbox.sessions)})


async def retrieve(request: Request) -> Response:
    """GET /_emulator/account_sessions/:client_secret"""
    sandbox = sandbox_of(request)
    session = sandbox.sessions.get(request.path_params["client_secret"])
    if session is None:
        raise _not_found()
    component_events = sandbox.component_log.of(session.client_secret)
    return respond(render(sandbox, session, sandbox.clock.now(), component_events))


async def end(request: Request) -> Response:
    """POST /_emulator/account_sessions/end with a `client_secret`, or for all: pages then fetch a new secret."""
    sandbox, body = sandbox_of(request), await fields_of(request, "client_secret")
    secret = optional_text(body, "client_secret")
    if secret is not None and sandbox.sessions.get(secret) is None:
        raise _not_found()
    secrets = [secret] if secret else [session.client_secret for session in sandbox.sessions.newest_first()]
    now = sandbox.clock.now()
    return respond({"ended": sum(sandbox.sessions.end(each, now) for each in secrets)})


def _not_found() -> ControlError:
    return ControlError(
        404,
        "account_session_not_found",
        "This sandbox has no account session with this client secret.",
        "Use the key that created it. Ended sessions are kept for a limited time, and a reset deletes all.",
    )


def state_of(sandbox: Sandbox, session: Session, now: int) -> str:
    """`claimed` once it was claimed, at any time; otherwise `expired` from `expires_at` on, and `open` before."""
    if sandbox.sessions.claimed(session.client_secret):
        return "claimed"
    return "expired" if now >= session.expires_at else "open"


def render(sandbox: Sandbox, session: Session, now: int, component_events: Sequence[ComponentEvent]) -> Json:
    """One account session with its enabled components, its claim attempts and its component events."""
    browser = sandbox.sessions.claimed(session.client_secret)
    attempts = sandbox.sessions.attempts(session.client_secret)
    return {
        "client_secret": session.client_secret,
        "account": session.account,
        "components": enabled_components(layout(session.layout), session.enabled, session.features),
        "created": session.created,
        "expires_at": session.expires_at,
        "state": state_of(sandbox, session, now),
        "claimed_at": browser.created if browser else None,
        "session_expires_at": browser.expires_at if browser else None,
        "claim_attempts": [{"at": attempt.at, "outcome": attempt.outcome} for attempt in attempts],
        "origin": browser.origin if browser else None,
        "mounted": [event.component for event in component_events if event.kind == "mounted"],
        "events": [render_event(event) for event in component_events if event.kind == "event"],
        "errors": [render_event(event) for event in component_events if event.kind == "error"],
    }
