"""Component events of the pages of a sandbox, and load errors that a test forces on the next components."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from emulator.connect_js.elements import BY_KEY, ELEMENTS, LOAD_ERRORS
from emulator.control.endpoints.reading import Body, excerpt, fields_of, flag, number, optional_text, sandbox_of
from emulator.control.endpoints.responses import ControlError, respond
from emulator.sandbox.component_log import MAX_FORCED, ComponentEvent, ForcedError
from emulator.wire.json import Json

MAX_TEXT = 1000
MAX_DELAY_MS = 60_000
FIELDS = ("type", "message", "component", "account", "delay_ms", "before_loader_start")


async def force(request: Request) -> Response:
    """POST /_emulator/connect/next_error: forces a load error, a delay or both on the next `times` components."""
    sandbox, body = sandbox_of(request), await fields_of(request, *FIELDS, "times")
    forced, times = _forced(body), number(body, "times", 1, 1, MAX_FORCED)
    sandbox.component_log.force(forced, times)
    return respond({"forced": {**forced._asdict(), "times": times}})


async def pending(request: Request) -> Response:
    """GET /_emulator/connect/next_error: the forced errors that no component has met yet."""
    errors = sandbox_of(request).component_log.pending()
    return respond({"data": [{**forced._asdict(), "times": times} for forced, times in errors]})


async def clear(request: Request) -> Response:
    """DELETE /_emulator/connect/next_error: clears the forced errors."""
    return respond({"cleared": sandbox_of(request).component_log.clear_errors()})


async def log(request: Request) -> Response:
    """GET /_emulator/connect/log: how many sessions were created and claimed, and all component events in order."""
    sandbox = sandbox_of(request)
    secrets = [session.client_secret for session in sandbox.sessions.newest_first()]
    claimed = sum(sandbox.sessions.claimed(secret) is not None for secret in secrets)
    data = [render(event) for event in sandbox.component_log]
    return respond({"created": len(secrets), "claimed": claimed, "data": data})


def render(event: ComponentEvent) -> dict[str, Json]:
    """A component event as JSON."""
    return event._asdict()


def _forced(body: Body) -> ForcedError:
    """The error that a test forces. Raises ControlError."""
    kind, delay = body.get("type"), number(body, "delay_ms", 0, 0, MAX_DELAY_MS)
    if kind is None and not delay:
        raise ControlError(400, "missing_field", "The body has neither type nor delay_ms.", "Send one of them.")
    if kind is not None and kind not in LOAD_ERRORS:
        hint = f"Use one of {', '.join(LOAD_ERRORS)}."
        raise ControlError(400, "invalid_type", f"There is no load error {excerpt(kind)}.", hint)
    return ForcedError(
        type=None if kind is None else str(kind),
        message=_short(body, "message"),
        component=_component(body),
        account=_short(body, "account"),
        delay_ms=delay,
        before_loader_start=flag(body, "before_loader_start"),
    )


def _component(body: Body) -> str | None:
    """The element's name of a component, given by that name or by the name in account sessions."""
    name = _short(body, "component")
    if name is None or name in ELEMENTS:
        return name
    if name not in BY_KEY:
        hint = "Use a name such as account-onboarding or account_onboarding."
        raise ControlError(400, "invalid_component", f"There is no component {excerpt(name)}.", hint)
    return BY_KEY[name].name


def _short(body: Body, name: str) -> str | None:
    value = optional_text(body, name)
    return None if value is None else value[:MAX_TEXT]
