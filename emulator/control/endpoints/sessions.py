"""Account sessions as a test sees them: what was minted, what was claimed, what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.browser import happened
from emulator.control.endpoints.requests import fields_of, limit_of, query_of, secret_key, text, world
from emulator.control.endpoints.responses import ControlError, answer
from emulator.resources.connect.account_sessions.components import layout
from emulator.resources.connect.account_sessions.render import enabled_components
from emulator.sandbox.component_log import ComponentEvent
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Session
from emulator.wire.json import Json

STATES = ("open", "claimed", "expired")


async def listing(request: Request) -> Response:
    """GET /_emulator/account_sessions?account=&state=&limit= : the newest first."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    query = query_of(request, "account", "state", "limit")
    account, wanted = query.get("account"), query.get("state")
    if wanted is not None and wanted not in STATES:
        raise ControlError(400, "invalid_state", f"There is no state {wanted!r}.", f"Use one of {', '.join(STATES)}.")
    now = sandbox.clock.now()
    happenings = sandbox.component_log.by_session()
    found = (
        show(sandbox, session, now, happenings.get(session.client_secret, ()))
        for session in sandbox.sessions.newest_first()
        if account in (None, session.account) and wanted in (None, state(sandbox, session, now))
    )
    return answer({"data": list(islice(found, limit_of(query))), "total": len(sandbox.sessions)})


async def one(request: Request) -> Response:
    """GET /_emulator/account_sessions/:client_secret"""
    sandbox = world(request).sandboxes.of(secret_key(request))
    session = sandbox.sessions.get(request.path_params["client_secret"])
    if session is None:
        raise _unknown()
    happenings = sandbox.component_log.of(session.client_secret)
    return answer(show(sandbox, session, sandbox.clock.now(), happenings))


async def end(request: Request) -> Response:
    """POST /_emulator/account_sessions/end: of `client_secret`, or of all; pages then ask for a new secret."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    body = await fields_of(request, "client_secret")
    secret = text(body, "client_secret") if body.get("client_secret") is not None else None
    if secret is not None and sandbox.sessions.get(secret) is None:
        raise _unknown()
    every = [session.client_secret for session in sandbox.sessions.newest_first()]
    now = sandbox.clock.now()
    return answer({"ended": sum(sandbox.sessions.end(each, now) for each in ([secret] if secret else every))})


def _unknown() -> ControlError:
    return ControlError(
        404,
        "account_session_not_found",
        "This sandbox has no account session with this client secret.",
        "Use the key that created it. Ended sessions are kept for a while only, and a reset forgets all.",
    )


def state(sandbox: Sandbox, session: Session, now: int) -> str:
    """`claimed` once claimed, whatever the time; else `expired` from `expires_at` on; else `open`."""
    if sandbox.sessions.claimed(session.client_secret):
        return "claimed"
    return "expired" if now >= session.expires_at else "open"


def show(sandbox: Sandbox, session: Session, now: int, happenings: Sequence[ComponentEvent]) -> Json:
    """One account session, with its enabled components and their features, and what the page did with it."""
    browser = sandbox.sessions.claimed(session.client_secret)
    attempts = sandbox.sessions.attempts(session.client_secret)
    return {
        "client_secret": session.client_secret,
        "account": session.account,
        "components": enabled_components(layout(session.layout), session.enabled, session.features),
        "created": session.created,
        "expires_at": session.expires_at,
        "state": state(sandbox, session, now),
        "claimed_at": browser.created if browser else None,
        "session_expires_at": browser.expires_at if browser else None,
        "claim_attempts": [{"at": attempt.at, "outcome": attempt.outcome} for attempt in attempts],
        "origin": browser.origin if browser else None,
        "mounted": [happening.component for happening in happenings if happening.kind == "mounted"],
        "events": [happened(happening) for happening in happenings if happening.kind == "event"],
        "errors": [happened(happening) for happening in happenings if happening.kind == "error"],
    }
