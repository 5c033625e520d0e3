"""What a control request says: the sandbox it means, and its body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from starlette.requests import Request

from emulator.auth import keys
from emulator.auth.keys import Key
from emulator.control.endpoints.responses import ControlError
from emulator.http.authentication import credentials
from emulator.http.pipeline import Pipeline
from emulator.sandbox.observers import Observers
from emulator.sandbox.sandbox import Sandboxes
from emulator.settings import Settings
from emulator.wire import form

Body = dict[str, object]
BODY_LIMIT = 1_048_576
MOST = 1000  # rows of a listing
DEEPEST = 64
SHOWN = 100


@dataclass(frozen=True, slots=True)
class ControlState:
    """What the control API acts on."""

    settings: Settings
    sandboxes: Sandboxes
    pipeline: Pipeline
    ca: list[bytes] = field(default_factory=list)
    observers: Observers = field(default_factory=Observers)


def world(request: Request) -> ControlState:
    """The world of the server that got the request."""
    state: ControlState = request.app.state.world
    return state


def secret_key(request: Request) -> Key:
    """The key that names the sandbox. Raises ControlError."""
    text = credentials(request.headers.get("authorization"))
    key = keys.parse(text) if text else None
    if key is None or not key.opens_one:
        raise ControlError(
            401,
            "secret_key_required",
            "This request is about one sandbox, and a sandbox belongs to a secret key.",
            "Send the key that your tests use: 'Authorization: Bearer sk_test_...'.",
        )
    if key.livemode and not world(request).settings.allow_live_keys:
        raise ControlError(
            401,
            "live_keys_refused",
            "This is a live key, and the emulator refuses live keys.",
            "Use a key that starts with sk_test_, or start the emulator with --allow-live-keys.",
        )
    return key


async def body_of(request: Request) -> Body:
    """The body's fields, from JSON or from a form. Raises ControlError."""
    raw = await _read(request)
    if not raw.strip():
        return {}
    form_sent = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    if form_sent and not raw.lstrip().startswith(b"{"):  # curl -d '{...}' says that it sends a form
        try:
            return dict(form.parse(raw))
        except form.FormError as error:
            raise _unreadable(str(error)) from None
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _unreadable(str(error)) from None
    if not isinstance(body, dict):
        raise _unreadable(f"a {type(body).__name__} where an object is expected")
    if _is_deep(body):
        raise _unreadable(f"it has more than {DEEPEST} levels")
    return body


def _is_deep(value: object) -> bool:
    """Whether JSON is nested too far for what walks through it. Goes level by level itself."""
    level = [value]
    for _ in range(DEEPEST):
        level = [child for node in level for child in _children(node)]
    return bool(level)


def _children(node: object) -> Iterable[object]:
    return node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()


async def _read(request: Request) -> bytes:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_LIMIT:
            raise ControlError(413, "body_too_large", "The body is too large.", f"Send at most {BODY_LIMIT} bytes.")
    return raw


def _unreadable(reason: str) -> ControlError:
    return ControlError(
        400, "invalid_body", f"The body cannot be read: {reason}.", "Send a JSON object, or a urlencoded form."
    )


async def fields_of(request: Request, *known: str) -> Body:
    """The fields of the body, all of them known to the route: a slip would go unnoticed. Raises ControlError."""
    body = await body_of(request)
    _check_names(request, body, known)
    return body


def query_of(request: Request, *known: str) -> Mapping[str, str]:
    """The parameters of the query, likewise. Raises ControlError."""
    _check_names(request, request.query_params, known)
    return request.query_params


def _check_names(request: Request, given: Iterable[str], known: Sequence[str]) -> None:
    unknown = [name[:100] for name in given if name not in known]
    if unknown:
        message = f"{request.method} {request.url.path} has no {', '.join(unknown)}."
        raise ControlError(400, "unknown_field", message, f"It has {', '.join(known) or 'no fields'}.")


def limit_of(query: Mapping[str, str]) -> int:
    """How many rows of a listing are asked for. Raises ControlError."""
    given = query.get("limit", "100")
    if not given.isascii() or not given.isdigit() or not 1 <= int(given[:9]) <= MOST:
        raise ControlError(400, "invalid_limit", f"limit cannot be {given!r}.", f"Send a number from 1 to {MOST}.")
    return int(given)


def flag(body: Body, name: str) -> bool:
    """A field that is true or false, which it is when it is left out. Raises ControlError."""
    value = body.get(name)
    if value not in (True, "true", False, "false", None):
        raise ControlError(400, f"invalid_{name}", f"{name} cannot be {value!r}.", "Send true or false.")
    return value in (True, "true")


def text(body: Body, name: str) -> str:
    """A field that must be there and be text. Raises ControlError."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ControlError(400, "missing_field", f"The body has no {name}.", f"Send {name} as a non-empty string.")
    return value


def whole(value: object) -> int | None:
    """A whole number of up to nine digits, from JSON or from a form; None when it is none."""
    digits = "" if isinstance(value, bool) else str(value) if isinstance(value, int | str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None


def shown(value: object) -> str:
    """What was sent, short enough to be told back."""
    return repr(value)[:SHOWN]
