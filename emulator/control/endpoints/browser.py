"""The requests of the browser script, and those of tests: forced errors, and the log of component events.

The script names a session by its token, or a sandbox by the publishable key; tests send the secret key. None of it
is Stripe's: the requests of its own script are not public.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

import orjson
from starlette.requests import Request
from starlette.responses import Response

from emulator.auth import keys
from emulator.connect_js.access import Grant, find_element, grant
from emulator.connect_js.actions import run_action
from emulator.connect_js.elements import BY_KEY, ELEMENTS, LOAD_ERRORS
from emulator.connect_js.refusals import Refused
from emulator.connect_js.views import revision, view
from emulator.control.endpoints.claims import CORS
from emulator.control.endpoints.requests import Body, body_of, fields_of, flag, secret_key, text, world
from emulator.control.endpoints.responses import ControlError, answer
from emulator.errors import ErrorBody, StripeError
from emulator.events import Origin, Transaction
from emulator.resources.connect.account_sessions.claims import origin_of
from emulator.sandbox.component_log import FORCED_KEPT, ComponentEvent, Forced, Kind
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import BrowserSession, Session
from emulator.wire.json import Json

NAME_KEPT = 100
DETAIL_KEPT = 1000
LONGEST_DELAY_MS = 60_000
FORCIBLE = ("type", "message", "component", "account", "delay_ms", "before_loader_start")
Run = Callable[[Request, Body], Awaitable[Json]]


def _for_pages(run: Run) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for pages of any origin: the script can read every response, refusals too."""

    async def endpoint(request: Request) -> Response:
        try:
            return answer(await run(request, await body_of(request)), 200, CORS)
        except Refused as refused:
            found = refused.refusal
            return answer(_error(refused.code, found.message, found.hint, found.load_error), found.status, CORS)
        except ControlError as error:
            body = _error(error.code, error.message, error.hint, "invalid_request_error")
            return answer(body, error.status, CORS)
        except StripeError as error:
            return answer(_stripe_error(error.body), error.body.status, CORS)

    endpoint.__doc__ = run.__doc__
    return endpoint


def _error(code: str, message: str, hint: str, load_error: str) -> Json:
    return {"error": {"code": code, "message": message, "hint": hint, "load_error": load_error}}


def _stripe_error(error: ErrorBody) -> Json:
    """An error of the API, in Stripe's words, about a value that an owner has typed; `param` names the field."""
    code = error.code or error.type
    body: Json = {"code": code, "message": error.message, "param": error.param, "load_error": "invalid_request_error"}
    return {"error": body}


# --- requests of the script ----------------------------------------------------------------------------------------


def _session(request: Request, body: Body) -> tuple[Sandbox, Session, BrowserSession, int]:
    """The session that the request's token names, and the time. Raises Refused."""
    token = text(body, "session_token")
    sandbox = world(request).sandboxes.of_token(token)
    now = sandbox.clock.now() if sandbox else 0
    browser = sandbox.sessions.browser_session(token, now) if sandbox else None
    session = sandbox.sessions.get(browser.client_secret) if sandbox and browser else None
    if sandbox is None or browser is None or session is None:
        raise Refused("session_ended")
    return sandbox, session, browser, now


def _grant(request: Request, body: Body) -> tuple[Grant, BrowserSession]:
    sandbox, session, browser, now = _session(request, body)
    props = body.get("props")
    access = grant(sandbox, session, text(body, "component"), props if isinstance(props, dict) else {}, now)
    return access, browser


def _component_event(
    access: Grant, browser: BrowserSession, kind: Kind, name: str = "", detail: str = ""
) -> ComponentEvent:
    secret, component = browser.client_secret, access.element.name
    return ComponentEvent(access.now, kind, component, name, detail[:DETAIL_KEPT], secret, browser.origin)


async def _mount(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/mount: the forced error of a component that is about to mount."""
    component = find_element(text(body, "component")).name
    sandbox, secret = _sandbox_and_secret(request, body)
    if sandbox is None:
        return {"forced": None, "retry_with_session": False}
    session = sandbox.sessions.get(secret) if secret else None
    if session is None and sandbox.component_log.asks_for_account(component):
        return {"forced": None, "retry_with_session": True}
    forced = sandbox.component_log.meet(component, session.account if session else None)
    return {"forced": _forced(forced) if forced else None, "retry_with_session": False}


async def _view(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/view: the content of a component; `mounted` logs that it is shown for the first time."""
    access, browser = _grant(request, body)
    shown = view(access)
    if body.get("mounted") is True:
        access.sandbox.component_log.tell(_component_event(access, browser, "mounted"))
    return {**shown, "revision": revision(access.sandbox, access.account.id, access.now)}


async def _act(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/act: run and log a button's action. Responds with the component's new content."""
    access, browser = _grant(request, body)
    name, params = text(body, "action"), body.get("params")
    with Transaction(access.sandbox, Origin(access.now)):
        performed = run_action(access, name, params if isinstance(params, dict) else {})
    access.sandbox.component_log.tell(_component_event(access, browser, "event", name, _loggable(params)))
    again, _ = _grant(request, body)
    return {"performed": performed, "view": view(again)}


async def _poll(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/poll: whether the session is alive by the sandbox's clock, and its account's revision."""
    sandbox, session, browser, now = _session(request, body)
    return {"now": now, "expires_at": browser.expires_at, "revision": revision(sandbox, session.account, now)}


async def _report(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/report: log the events and errors of a page, in `events`, oldest first."""
    events = body.get("events")
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise ControlError(400, "missing_field", "The body has no events.", "Send events as a list of objects.")
    sandbox, secret = _sandbox_and_secret(request, body)
    now = sandbox.clock.now() if sandbox else 0
    origin = origin_of(body.get("origin"), request.headers.get("origin"))
    reported = [_reported(event, now, secret, origin) for event in events]
    if sandbox is not None:
        for event in reported:
            sandbox.component_log.tell(event)
    return {"recorded": sandbox is not None}


def _reported(event: Body, now: int, secret: str | None, origin: str | None) -> ComponentEvent:
    """One event or error of a report. Raises ControlError."""
    kind = text(event, "kind")
    if kind not in ("event", "error"):
        raise ControlError(400, "invalid_kind", f"There is no kind {kind!r}.", "Send event or error.")
    component, name = text(event, "component")[:NAME_KEPT], str(event.get("name", ""))[:NAME_KEPT]
    return ComponentEvent(
        now, cast("Kind", kind), component, name, str(event.get("detail", ""))[:DETAIL_KEPT], secret, origin
    )


def _sandbox_and_secret(request: Request, body: Body) -> tuple[Sandbox | None, str | None]:
    """The sandbox of a page's request, and the client secret of its session, alive or not."""
    sandboxes, secret = world(request).sandboxes, body.get("client_secret")
    holder = sandboxes.of_token(str(body.get("session_token", "")))
    if holder is None:
        key = keys.parse(str(body.get("publishable_key", "")))
        holder = sandboxes.find(key) if key else None
    if isinstance(secret, str) and secret and (holder is None or holder.sessions.get(secret) is None):
        holder = sandboxes.holding(secret) or holder
    known = holder is not None and isinstance(secret, str) and holder.sessions.get(secret) is not None
    return holder, str(secret) if known else None


mount, show, act = _for_pages(_mount), _for_pages(_view), _for_pages(_act)
poll, report = _for_pages(_poll), _for_pages(_report)


# --- requests of tests -------------------------------------------------------------------------------------------


async def force(request: Request) -> Response:
    """POST /_emulator/connect/next_error: force a load error or a delay on the next component, or the next `times`."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    body = await fields_of(request, *FORCIBLE, "times")
    forced, times = _read(body), _number(body, "times", 1, 1, FORCED_KEPT)
    sandbox.component_log.force(forced, times)
    return answer({"forced": {**_forced(forced), "times": times}})


async def waiting(request: Request) -> Response:
    """GET /_emulator/connect/next_error: the forced errors that no component has met yet."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    return answer({"data": [{**_forced(forced), "times": times} for forced, times in sandbox.component_log.waiting()]})


async def calm(request: Request) -> Response:
    """DELETE /_emulator/connect/next_error: remove the forced errors."""
    return answer({"forgotten": world(request).sandboxes.of(secret_key(request)).component_log.calm()})


async def record(request: Request) -> Response:
    """GET /_emulator/connect/record: numbers of sessions, and the component events, oldest first."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    secrets = [session.client_secret for session in sandbox.sessions.newest_first()]
    claimed = sum(sandbox.sessions.claimed(secret) is not None for secret in secrets)
    happenings = [happened(happening) for happening in sandbox.component_log]
    return answer({"minted": len(secrets), "claimed": claimed, "happenings": happenings})


def happened(happening: ComponentEvent) -> dict[str, Json]:
    """A happening as tests see it."""
    return {
        "at": happening.at,
        "kind": happening.kind,
        "component": happening.component,
        "name": happening.name,
        "detail": happening.detail,
        "client_secret": happening.client_secret,
        "origin": happening.origin,
    }


def _forced(forced: Forced) -> dict[str, Json]:
    return {
        "type": forced.type,
        "message": forced.message,
        "component": forced.component,
        "account": forced.account,
        "delay_ms": forced.delay_ms,
        "before_loader_start": forced.before_loader_start,
    }


def _read(body: Body) -> Forced:
    """Read a forced error. Raises ControlError."""
    kind, delay = body.get("type"), _number(body, "delay_ms", 0, 0, LONGEST_DELAY_MS)
    if kind is None and not delay:
        raise ControlError(400, "missing_field", "The body has neither type nor delay_ms.", "Send one of them.")
    if kind is not None and kind not in LOAD_ERRORS:
        hint = f"Use one of {', '.join(LOAD_ERRORS)}."
        raise ControlError(400, "invalid_type", f"There is no load error {kind!r}.", hint)
    before = flag(body, "before_loader_start")
    return Forced(
        None if kind is None else str(kind),
        _text_or_none(body, "message"),
        _component(body),
        _text_or_none(body, "account"),
        delay,
        before,
    )


def _component(body: Body) -> str | None:
    """The component's name in the browser; that of account sessions is accepted too."""
    name = _text_or_none(body, "component")
    if name is None or name in ELEMENTS:
        return name
    if name not in BY_KEY:
        hint = "Use a name such as account-onboarding or account_onboarding."
        raise ControlError(400, "component_unknown", f"There is no component {name!r}.", hint)
    return BY_KEY[name].name


def _text_or_none(body: Body, name: str) -> str | None:
    return text(body, name)[:DETAIL_KEPT] if body.get(name) is not None else None


def _number(body: Body, name: str, default: int, least: int, most: int) -> int:
    given = str(body.get(name, default))
    if not given.isascii() or not given.isdigit() or not least <= int(given[:9]) <= most:
        raise ControlError(400, f"invalid_{name}", f"{name} cannot be {given!r}.", f"Send a number, {least} to {most}.")
    return int(given)


def _loggable(params: object) -> str:
    """An action's parameters as JSON; of the values of a form, only the names of their fields."""
    shown = {name: value for name, value in params.items() if name != "values"} if isinstance(params, dict) else {}
    values = params.get("values") if isinstance(params, dict) else None
    shown |= {"fields": sorted(map(str, values))} if isinstance(values, dict) else {}
    return orjson.dumps(shown).decode() if shown else ""
