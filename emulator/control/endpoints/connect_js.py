"""Requests of the connect.js stand-in: claim, logout, and those of its components.

They name a session by its token, or a sandbox by its publishable key, and pages of any origin may send them, as pages
of any origin may use the real components. Stripe's own requests are not public, so all of this is our choice.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import cast

import orjson
from starlette.requests import Request
from starlette.responses import Response

from emulator.auth import keys
from emulator.auth.keys import redact
from emulator.connect_js.access import Grant, find_element, grant
from emulator.connect_js.actions import run_action
from emulator.connect_js.refusals import Refused
from emulator.connect_js.views import revision, view
from emulator.control.endpoints.reading import Body, body_of, excerpt, state, text
from emulator.control.endpoints.responses import ControlError, error_body, respond
from emulator.errors import StripeError
from emulator.events import Origin, Transaction, catch_up
from emulator.http.hints import different_sandboxes
from emulator.resources.connect.account_sessions.claims import REFUSALS, ClaimRefused, origin_of
from emulator.resources.connect.account_sessions.claims import claim as claim_secret
from emulator.resources.connect.account_sessions.components import layout
from emulator.resources.connect.account_sessions.render import enabled_components
from emulator.sandbox.component_log import ComponentEvent, Kind
from emulator.sandbox.journal import Entry
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import BrowserSession, Session
from emulator.wire.json import Json
from emulator.wire.mask import mask

log = logging.getLogger("emulator")
MAX_NAME = 100
MAX_DETAIL = 1000
CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST, OPTIONS",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "300",
}
Run = Callable[[Request, Body], Awaitable[Json]]


async def preflight(_: Request) -> Response:
    """OPTIONS /_emulator/connect/...: allows pages of any origin to send these requests."""
    return Response(status_code=204, headers=CORS)


def _endpoint(run: Run) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint whose responses, errors included, can be read by pages of any origin."""

    async def endpoint(request: Request) -> Response:
        try:
            return respond(await run(request, await body_of(request)), 200, CORS)
        except ClaimRefused as refused:
            return respond(error_body(ControlError(400, refused.code, *REFUSALS[refused.code])), 400, CORS)
        except Refused as refused:
            found = refused.refusal
            return respond(_error(refused.code, found.message, found.load_error, hint=found.hint), found.status, CORS)
        except ControlError as error:
            plain = run in (_claim, _logout)  # their refusals have no load error
            body = error_body(error) if plain else _error(error.code, error.message, hint=error.hint)
            return respond(body, error.status, CORS)
        except StripeError as error:
            stripe = error.body
            return respond(_error(stripe.code or stripe.type, stripe.message, param=stripe.param), stripe.status, CORS)

    endpoint.__doc__ = run.__doc__
    return endpoint


def _error(code: str, message: str, load_error: str = "invalid_request_error", **more: Json) -> Json:
    """The body of an error; `load_error` is the type that the page's onLoadError receives."""
    return {"error": {"code": code, "message": message, **more, "load_error": load_error}}


# --- sessions ---------------------------------------------------------------------------------------------------


async def _claim(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/claim with `client_secret` and `publishable_key`."""
    origin = origin_of(body.get("origin"), request.headers.get("origin"))
    key = str(body.get("publishable_key", ""))
    try:
        granted = claim_secret(state(request).sandboxes, text(body, "client_secret"), key, origin)
    except ClaimRefused as refused:
        if refused.holder is not None and refused.code == "publishable_key_mismatch":
            _explain(request, refused, refused.holder, body)
        raise
    session, browser = granted.session, granted.browser
    return {
        "account": session.account,
        "components": enabled_components(layout(session.layout), session.enabled, session.features),
        "session_token": browser.token,
        "created": browser.created,
        "expires_at": browser.expires_at,
        "livemode": granted.sandbox.livemode,
    }


def _explain(request: Request, refused: ClaimRefused, holder: Sandbox, body: Body) -> None:
    """Log that keys are not paired, and add the claim to the journal of the sandbox that created the secret."""
    key, secret = redact(str(body["publishable_key"])), mask(str(body["client_secret"]))
    hint = different_sandboxes(f"The client secret {secret}", key, holder)
    log.warning("%s", hint)
    holder.journal.add(
        Entry(
            at=holder.clock.now(),
            method=request.method,
            path=request.url.path,
            status=400,
            request_id=holder.ids.request(v2=False),
            account=None,
            error=refused.code,
            version=holder.api_version,
            idempotency_key=None,
            replayed=False,
            fault=None,
            user_agent=request.headers.get("user-agent"),
            fidelity="modelled",
            request=orjson.dumps({"client_secret": secret, "publishable_key": key}),
            response=b"",
            hint=hint,
        )
    )


async def _logout(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/logout with `session_token`: revokes the token and logs the logout."""
    token = text(body, "session_token")
    sandbox = state(request).sandboxes.find_by_token(token)
    if sandbox is None:
        return {"revoked": False}
    now = sandbox.clock.now()
    browser = sandbox.sessions.browser_session(token, now)
    if browser is not None:
        sandbox.component_log.add(ComponentEvent(now, "event", "", "logout", "", browser.client_secret, browser.origin))
    return {"revoked": sandbox.sessions.revoke(token)}


def _session(request: Request, body: Body) -> tuple[Sandbox, Session, BrowserSession, int]:
    """The live session of the request's token, and the time. Raises Refused."""
    token = text(body, "session_token")
    sandbox = state(request).sandboxes.find_by_token(token)
    now = sandbox.clock.now() if sandbox else 0
    browser = sandbox.sessions.browser_session(token, now) if sandbox else None
    session = sandbox.sessions.get(browser.client_secret) if sandbox and browser else None
    if sandbox is None or browser is None or session is None:
        raise Refused("session_ended")
    return sandbox, session, browser, now


# --- components -------------------------------------------------------------------------------------------------


async def _mount(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/mount: the error or delay that a test has forced on a component about to mount.

    `retry_with_session`: the forced error depends on the account, so the script calls again once it has a session.
    """
    component = find_element(text(body, "component")).name
    sandbox, secret = _sandbox_and_secret(request, body)
    if sandbox is None:
        return {"forced": None, "retry_with_session": False}
    session = sandbox.sessions.get(secret) if secret else None
    if session is None and sandbox.component_log.depends_on_account(component):
        return {"forced": None, "retry_with_session": True}
    forced = sandbox.component_log.take_error(component, session.account if session else None)
    return {"forced": forced._asdict() if forced else None, "retry_with_session": False}


async def _view(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/view: the contents of a component; `mounted` logs that it is ready for the first time."""
    granted, browser = _grant(request, body)
    shown = view(granted)
    if body.get("mounted") is True:
        granted.sandbox.component_log.add(_component_event(granted, browser, "mounted"))
    return {**shown, "revision": revision(granted.sandbox, granted.account.id, granted.now)}


async def _act(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/act: performs and logs the action of a button; returns the component's new view."""
    await catch_up(_session(request, body)[0])
    granted, browser = _grant(request, body)
    name, params = text(body, "action"), body.get("params")
    with Transaction(granted.sandbox, Origin(granted.now)):
        done = run_action(granted, name, params if isinstance(params, dict) else {})
    granted.sandbox.component_log.add(_component_event(granted, browser, "event", name, _detail(params)))
    again, _ = _grant(request, body)
    result = {"id": done["id"]} if isinstance(done, dict) else None
    return {"performed": done is not False, "result": result, "view": view(again)}


async def _poll(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/poll: the end of the session by the sandbox's clock, and its account's revision."""
    sandbox, session, browser, now = _session(request, body)
    return {"now": now, "expires_at": browser.expires_at, "revision": revision(sandbox, session.account, now)}


async def _report(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/report: logs `events`, the callbacks and errors of a page, oldest first."""
    reported = body.get("events")
    if not isinstance(reported, list) or not all(isinstance(item, dict) for item in reported):
        raise ControlError(400, "missing_field", "The body has no events.", "Send events as a list of objects.")
    sandbox, secret = _sandbox_and_secret(request, body)
    now = sandbox.clock.now() if sandbox else 0
    origin = origin_of(body.get("origin"), request.headers.get("origin"))
    component_events = [_reported(item, now, secret, origin) for item in reported]
    if sandbox is not None:
        for event in component_events:
            sandbox.component_log.add(event)
    return {"recorded": sandbox is not None}


def _grant(request: Request, body: Body) -> tuple[Grant, BrowserSession]:
    """The component of the request in its session. Raises Refused."""
    sandbox, session, browser, now = _session(request, body)
    props = body.get("props")
    granted = grant(sandbox, session, text(body, "component"), props if isinstance(props, dict) else {}, now)
    return granted, browser


def _component_event(
    granted: Grant, browser: BrowserSession, kind: Kind, name: str = "", detail: str = ""
) -> ComponentEvent:
    secret, component = browser.client_secret, granted.element.name
    return ComponentEvent(granted.now, kind, component, name, detail[:MAX_DETAIL], secret, browser.origin)


def _reported(item: Body, now: int, secret: str | None, origin: str | None) -> ComponentEvent:
    """One event or error of a report. Raises ControlError."""
    kind = text(item, "kind")
    if kind not in ("event", "error"):
        raise ControlError(400, "invalid_kind", f"There is no kind {excerpt(kind)}.", "Send event or error.")
    component, name = text(item, "component")[:MAX_NAME], str(item.get("name", ""))[:MAX_NAME]
    detail = str(item.get("detail", ""))[:MAX_DETAIL]
    return ComponentEvent(now, cast("Kind", kind), component, name, detail, secret, origin)


def _sandbox_and_secret(request: Request, body: Body) -> tuple[Sandbox | None, str | None]:
    """The sandbox of a page's request, and its client secret if that sandbox created it, whatever its state."""
    sandboxes, secret = state(request).sandboxes, body.get("client_secret")
    holder = sandboxes.find_by_token(str(body.get("session_token", "")))
    if holder is None:
        key = keys.parse(str(body.get("publishable_key", "")))
        holder = sandboxes.find(key) if key else None
    if isinstance(secret, str) and secret and (holder is None or holder.sessions.get(secret) is None):
        holder = sandboxes.find_by_secret(secret) or holder
    known = holder is not None and isinstance(secret, str) and holder.sessions.get(secret) is not None
    return holder, str(secret) if known else None


def _detail(params: object) -> str:
    """The parameters of an action as JSON; of the values of a form, the names of the fields only."""
    if not isinstance(params, dict):
        return ""
    shown = {name: value for name, value in params.items() if name != "values"}
    values = params.get("values")
    if isinstance(values, dict):
        shown["fields"] = sorted(map(str, values))
    return orjson.dumps(shown).decode() if shown else ""


claim, logout = _endpoint(_claim), _endpoint(_logout)
mount, show, act = _endpoint(_mount), _endpoint(_view), _endpoint(_act)
poll, report = _endpoint(_poll), _endpoint(_report)
