"""Reading a request to the control API: its sandbox, its query, and the fields of its body."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import field
from typing import TypeVar

from starlette.requests import Request

from emulator.auth import keys
from emulator.auth.keys import Key
from emulator.control.endpoints.responses import ControlError
from emulator.http.authentication import credentials
from emulator.http.pipeline import Pipeline
from emulator.sandbox.observers import Observers
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.settings import Settings
from emulator.wire import form
from emulator.wire.dataclasses import dataclass
from emulator.wire.form import LIMITS, Limits
from emulator.wire.json import load

Body = dict[str, object]
Default = TypeVar("Default", int, None)
BODY_LIMIT = 1_048_576
MAX_ROWS = 1000
MAX_DEPTH = 64
EXCERPT_LENGTH = 100
MOST_NAMED = 20
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")  # as many digits as v1 reads


@dataclass(frozen=True, slots=True)
class ControlState:
    """The parts of a server that the control API acts on."""

    settings: Settings
    sandboxes: Sandboxes
    pipeline: Pipeline
    ca: list[bytes] = field(default_factory=list)
    observers: Observers = field(default_factory=Observers)


def state(request: Request) -> ControlState:
    """The control state of the server that received the request."""
    found: ControlState = request.app.state.control
    return found


def sandbox_of(request: Request) -> Sandbox:
    """The sandbox of the request's secret key. Raises ControlError."""
    return state(request).sandboxes.of(secret_key(request))


@asynccontextmanager
async def sandbox_with_clock(request: Request) -> AsyncIterator[Sandbox]:
    """The sandbox of the request's secret key, whose clock no other request moves meanwhile. Raises ControlError.

    One that is reset while this waits is replaced by the new one.
    """
    sandbox = sandbox_of(request)
    await sandbox.clock_lock.acquire()
    while (newest := sandbox_of(request)) is not sandbox:
        sandbox.clock_lock.release()
        sandbox = newest
        await sandbox.clock_lock.acquire()
    try:
        yield sandbox
    finally:
        sandbox.clock_lock.release()


def secret_key(request: Request) -> Key:
    """The secret key of the request, which names the sandbox. Raises ControlError."""
    text = credentials(request.headers.get("authorization"))
    key = keys.parse(text) if text else None
    if key is None or not key.opens_one:
        raise ControlError(
            401,
            "secret_key_required",
            "This request is about one sandbox, and a sandbox belongs to a secret key.",
            "Send the key that your tests use: 'Authorization: Bearer sk_test_...'.",
        )
    if key.livemode and not state(request).settings.allow_live_keys:
        raise ControlError(
            401,
            "live_keys_refused",
            "This is a live key, and the emulator refuses live keys.",
            "Use a key that starts with sk_test_, or start the emulator with --allow-live-keys.",
        )
    return key


async def body_of(request: Request, limit: int = BODY_LIMIT, values: int = LIMITS.pairs) -> Body:
    """The fields of the body, a JSON object or a form, of at most `limit` bytes and `values`. Raises ControlError."""
    raw = await _read(request, limit)
    if not raw.strip():
        return {}
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    if is_form and not raw.lstrip().startswith(b"{"):  # `curl -d '{...}'` declares JSON as a form
        try:
            return dict(form.parse(raw))
        except form.FormError as error:
            raise _unreadable(str(error)) from None
    try:
        body = load(raw, Limits(pairs=values, depth=MAX_DEPTH))
    except form.TooLarge as error:
        raise _unreadable(f"it has {error.limit}") from None
    except ValueError as error:
        raise _unreadable(str(error)) from None
    if not isinstance(body, dict):
        raise _unreadable(f"a {type(body).__name__} where an object is expected")
    return body


async def _read(request: Request, limit: int) -> bytes:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > limit:
            raise ControlError(413, "body_too_large", "The body is too large.", f"Send at most {limit} bytes.")
    return raw


def _unreadable(reason: str) -> ControlError:
    return ControlError(
        400, "invalid_body", f"The body cannot be read: {reason}.", "Send a JSON object, or a urlencoded form."
    )


async def fields_of(request: Request, *known: str) -> Body:
    """The fields of the body. An unknown field is an error, since a typo would have no effect. Raises ControlError."""
    body = await body_of(request)
    _check_names(request, body, known)
    return body


def query_of(request: Request, *known: str) -> Mapping[str, str]:
    """The parameters of the query; an unknown one is an error. Raises ControlError."""
    _check_names(request, request.query_params, known)
    return request.query_params


def _check_names(request: Request, given: Iterable[str], known: Sequence[str]) -> None:
    unknown = [name[:EXCERPT_LENGTH] for name in given if name not in known]
    if unknown:
        more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
        message = f"{request.method} {request.url.path} has no {', '.join(unknown[:MOST_NAMED])}{more}."
        raise ControlError(400, "unknown_field", message, f"It has {', '.join(known) or 'no fields'}.")


def limit_of(query: Mapping[str, str]) -> int:
    """The `limit` of a list, 1 to 1000, 100 by default. Raises ControlError."""
    return number(query, "limit", 100, 1, MAX_ROWS)


def number(fields: Mapping[str, object], name: str, default: Default, least: int, most: int) -> int | Default:
    """A field that is a whole number within bounds, or absent or null. Raises ControlError."""
    value = fields.get(name)
    if value is None:
        return default
    found = integer(value, least, most)
    if found is None:
        hint = f"Send a number from {least} to {most}."
        raise ControlError(400, f"invalid_{name}", f"{name} cannot be {excerpt(value)}.", hint)
    return found


def integer(value: object, least: int, most: int) -> int | None:
    """A whole number from JSON or from a form, within bounds, else None. The only reader of whole numbers here."""
    if isinstance(value, str) and _INTEGER.match(value):
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most else None


def flag(body: Body, name: str) -> bool:
    """A boolean field, false by default. Raises ControlError."""
    value = body.get(name)
    if value not in (True, "true", False, "false", None):
        raise ControlError(400, f"invalid_{name}", f"{name} cannot be {excerpt(value)}.", "Send true or false.")
    return value in (True, "true")


def text(body: Body, name: str) -> str:
    """A required, non-empty string field. Raises ControlError."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ControlError(400, "missing_field", f"The body has no {name}.", f"Send {name} as a non-empty string.")
    return value


def optional_text(body: Body, name: str) -> str | None:
    """A string field that may be absent or null, but not empty. Raises ControlError."""
    return text(body, name) if body.get(name) is not None else None


def excerpt(value: object) -> str:
    """The beginning of a received value, for an error message."""
    return repr(value)[:EXCERPT_LENGTH]
