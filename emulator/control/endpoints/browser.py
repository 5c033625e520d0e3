"""The script's own requests, what tests force on it, and the record of what pages did.

The requests of the script name a session by its token, or a sandbox by the publishable key; those of a test come with
the secret key. None of it is Stripe's: its own requests are not public.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

import orjson
from starlette.requests import Request
from starlette.responses import Response

from emulator.auth import keys
from emulator.connect_js.access import Grant, element_of, grant
from emulator.connect_js.actions import act as carry_out
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
    """An endpoint for pages of any origin: every answer, a refusal too, can be read by the script."""

    async def endpoint(request: Request) -> Response:
        try:
            return answer(await run(request, await body_of(request)), 200, CORS)
        except Refused as refused:
            words = refused.words
            return answer(_error(refused.code, words.message, words.hint, words.load_error), words.status, CORS)
        except ControlError as error:
            body = _error(error.code, error.message, error.hint, "invalid_request_error")
            return answer(body, error.status, CORS)
        except StripeError as error:
            return answer(_of_stripe(error.body), error.body.status, CORS)

    endpoint.__doc__ = run.__doc__
    return endpoint


def _error(code: str, message: str, hint: str, load_error: str) -> Json:
    return {"error": {"code": code, "message": message, "hint": hint, "load_error": load_error}}


def _of_stripe(error: ErrorBody) -> Json:
    """What the rules of the API say of what an owner has typed, in Stripe's words; `param` names the field."""
    code = error.code or error.type
    said: Json = {"code": code, "message": error.message, "param": error.param, "load_error": "invalid_request_error"}
    return {"error": said}


# --- what the script asks ---------------------------------------------------------------------------------------


def _living(request: Request, body: Body) -> tuple[Sandbox, Session, BrowserSession, int]:
    """The session of the request's token, and the time. Raises Refused."""
    token = text(body, "session_token")
    sandbox = world(request).sandboxes.of_token(token)
    now = sandbox.clock.now() if sandbox else 0
    browser = sandbox.sessions.browser_session(token, now) if sandbox else None
    session = sandbox.sessions.get(browser.client_secret) if sandbox and browser else None
    if sandbox is None or browser is None or session is None:
        raise Refused("session_ended")
    return sandbox, session, browser, now


def _granted(request: Request, body: Body) -> tuple[Grant, BrowserSession]:
    sandbox, session, browser, now = _living(request, body)
    props = body.get("props")
    granted = grant(sandbox, session, text(body, "component"), props if isinstance(props, dict) else {}, now)
    return granted, browser


def _happening(granted: Grant, browser: BrowserSession, kind: Kind, name: str = "", detail: str = "") -> ComponentEvent:
    secret, component = browser.client_secret, granted.element.name
    return ComponentEvent(granted.now, kind, component, name, detail[:DETAIL_KEPT], secret, browser.origin)


async def _mount(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/mount: what a component meets that is about to mount, if a test has forced anything."""
    component = element_of(text(body, "component")).name
    sandbox, secret = _whose(request, body)
    if sandbox is None:
        return {"forced": None, "ask_again": False}
    session = sandbox.sessions.get(secret) if secret else None
    if session is None and sandbox.component_log.asks_for_account(component):
        return {"forced": None, "ask_again": True}
    forced = sandbox.component_log.meet(component, session.account if session else None)
    return {"forced": _forced(forced) if forced else None, "ask_again": False}


async def _view(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/view: what a component shows; with `mounted`, for the first time, which is recorded."""
    granted, browser = _granted(request, body)
    shown = view(granted)
    if body.get("mounted") is True:
        granted.sandbox.component_log.tell(_happening(granted, browser, "mounted"))
    return {**shown, "revision": revision(granted.sandbox, granted.account.id, granted.now)}


async def _act(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/act: a button's action, recorded as an event. The answer is the component's new view."""
    granted, browser = _granted(request, body)
    name, params = text(body, "action"), body.get("params")
    with Transaction(granted.sandbox, Origin(granted.now)):
        performed = carry_out(granted, name, params if isinstance(params, dict) else {})
    granted.sandbox.component_log.tell(_happening(granted, browser, "event", name, _told(params)))
    again, _ = _granted(request, body)
    return {"performed": performed, "view": view(again)}


async def _pulse(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/pulse: whether the session lives, by the sandbox's clock, and its account's revision."""
    sandbox, session, browser, now = _living(request, body)
    return {"now": now, "expires_at": browser.expires_at, "revision": revision(sandbox, session.account, now)}


async def _report(request: Request, body: Body) -> Json:
    """POST /_emulator/connect/report: the events and errors that the page saw, in `told`, oldest first."""
    told = body.get("told")
    if not isinstance(told, list) or not all(isinstance(said, dict) for said in told):
        raise ControlError(400, "missing_field", "The body has no told.", "Send told as a list of objects.")
    sandbox, secret = _whose(request, body)
    now = sandbox.clock.now() if sandbox else 0
    origin = origin_of(body.get("origin"), request.headers.get("origin"))
    happenings = [_seen(said, now, secret, origin) for said in told]
    if sandbox is not None:
        for happening in happenings:
            sandbox.component_log.tell(happening)
    return {"recorded": sandbox is not None}


def _seen(said: Body, now: int, secret: str | None, origin: str | None) -> ComponentEvent:
    """One event or error of a report. Raises ControlError."""
    kind = text(said, "kind")
    if kind not in ("event", "error"):
        raise ControlError(400, "invalid_kind", f"There is no kind {kind!r}.", "Send event or error.")
    component, name = text(said, "component")[:NAME_KEPT], str(said.get("name", ""))[:NAME_KEPT]
    return ComponentEvent(
        now, cast("Kind", kind), component, name, str(said.get("detail", ""))[:DETAIL_KEPT], secret, origin
    )


def _whose(request: Request, body: Body) -> tuple[Sandbox | None, str | None]:
    """The sandbox that a request of a page is about, and the secret that stands behind it, living or not."""
    sandboxes, secret = world(request).sandboxes, body.get("client_secret")
    holder = sandboxes.of_token(str(body.get("session_token", "")))
    if holder is None:
        key = keys.parse(str(body.get("publishable_key", "")))
        holder = sandboxes.find(key) if key else None
    if isinstance(secret, str) and secret and (holder is None or holder.sessions.get(secret) is None):
        holder = sandboxes.holding(secret) or holder
    known = holder is not None and isinstance(secret, str) and holder.sessions.get(secret) is not None
    return holder, str(secret) if known else None


mount, look, act = _for_pages(_mount), _for_pages(_view), _for_pages(_act)
pulse, report = _for_pages(_pulse), _for_pages(_report)


# --- what a test asks -------------------------------------------------------------------------------------------


async def force(request: Request) -> Response:
    """POST /_emulator/connect/next_error: what the next component meets, or the next `times` of them."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    body = await fields_of(request, *FORCIBLE, "times")
    forced, times = _read(body), _number(body, "times", 1, 1, FORCED_KEPT)
    sandbox.component_log.force(forced, times)
    return answer({"forced": {**_forced(forced), "times": times}})


async def waiting(request: Request) -> Response:
    """GET /_emulator/connect/next_error: what nobody has met yet."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    return answer({"data": [{**_forced(forced), "times": times} for forced, times in sandbox.component_log.waiting()]})


async def calm(request: Request) -> Response:
    """DELETE /_emulator/connect/next_error: forgets what was forced."""
    return answer({"forgotten": world(request).sandboxes.of(secret_key(request)).component_log.calm()})


async def record(request: Request) -> Response:
    """GET /_emulator/connect/record: sessions minted and claimed, and what pages did, oldest first."""
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
    """What to force. Raises ControlError."""
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
    """Its name in the browser; the one in an account session will do."""
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


def _told(params: object) -> str:
    """An action's parameters as JSON; of what was typed into a form, the names of its fields only."""
    shown = {name: value for name, value in params.items() if name != "values"} if isinstance(params, dict) else {}
    values = params.get("values") if isinstance(params, dict) else None
    shown |= {"fields": sorted(map(str, values))} if isinstance(values, dict) else {}
    return orjson.dumps(shown).decode() if shown else ""
