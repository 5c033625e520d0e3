"""Faults and rate limits of one sandbox: add, list, remove."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.reading import Body, body_of, excerpt, fields_of, flag, integer, number, sandbox_of
from emulator.control.endpoints.responses import ControlError, respond
from emulator.errors import CONSTRUCTORS, by_name
from emulator.errors.by_name import STATUSES, BadError, NamedError, UnknownError
from emulator.errors.by_name import Arguments as AnyRequest
from emulator.sandbox.faults import (
    CONNECTIONS,
    MAX_LATENCY_SECONDS,
    METHODS,
    MOMENTS,
    BadFault,
    Connection,
    Effect,
    Fault,
    Match,
    Moment,
)
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.form import leaves
from emulator.wire.json import Json
from emulator.wire.match import Expected, Wildcard, expectations
from emulator.wire.path import format_path

FIELDS = (
    "method", "path", "account", "params", "error", "arguments", "status", "latency", "connection", "moment", "times",
    "probability", "seed", "required",
)  # fmt: skip
HINT = (
    "Match requests by method, path (with *), account and params. Set the effect by error (with arguments), status, "
    f"latency in seconds and connection ({', '.join(CONNECTIONS)}), its moment ({', '.join(MOMENTS)}), its times (null "
    "for no limit) and its probability (with seed). required makes a test fail if no request matches."
)
NAMES_HINT = "GET /_emulator/faults/errors lists them."
ARGUMENTS_HINT = 'Send them by name, as in {"error": "rate_limited", "arguments": {"reason": "endpoint-rate"}}.'
MAX_PARAMS, MAX_NAME = 100, 1000
MAX_TIMES = MAX_LIMIT = 999_999_999


async def list_all(request: Request) -> Response:
    """GET /_emulator/faults: the faults of the sandbox with their number of hits, oldest first."""
    return respond({"data": [render(fault) for fault in sandbox_of(request).faults.all()]})


async def errors(_: Request) -> Response:
    """GET /_emulator/faults/errors: the valid values of `error`, and the arguments of the errors that take some."""
    names = sorted(CONSTRUCTORS)
    arguments: Json = {
        name: {"required": required, "optional": optional}
        for name in names
        if [*(required := by_name.required(name)), *(optional := by_name.optional(name))]
    }
    return respond({"data": names, "arguments": arguments})


async def add(request: Request) -> Response:
    """POST /_emulator/faults"""
    sandbox, body = sandbox_of(request), await body_of(request)
    try:
        fault = _fault(sandbox, body)
        sandbox.faults.add(fault)
    except UnknownError as unknown:
        raise _invalid(unknown, NAMES_HINT) from None
    except BadError as bad:
        raise _invalid(bad, ARGUMENTS_HINT) from None
    except BadFault as bad:
        raise _invalid(bad, HINT) from None
    return respond(render(fault))


def _invalid(error: ValueError, hint: str) -> ControlError:
    message = str(error).removesuffix(".")
    end = "" if message.endswith("?") else "."
    return ControlError(400, "invalid_fault", f"{message[:1].upper()}{message[1:]}{end}", hint)


async def remove(request: Request) -> Response:
    """DELETE /_emulator/faults/:id, or without an id for all faults."""
    sandbox = sandbox_of(request)
    identifier = request.path_params.get("id")
    if identifier is None:
        removed = sandbox.faults.all()
        sandbox.faults.clear()
        return respond({"data": [render(fault) for fault in removed]})
    fault = sandbox.faults.remove(identifier)
    if fault is None:
        hint = "GET /_emulator/faults lists them; a reset removes them."
        raise ControlError(404, "fault_not_found", f"This sandbox has no fault {excerpt(identifier)}.", hint)
    return respond(render(fault))


async def set_limits(request: Request) -> Response:
    """POST /_emulator/limits with `total` and `endpoint`, in requests per second; 0 is no limit."""
    sandbox, body = sandbox_of(request), await fields_of(request, "total", "endpoint")
    limits = sandbox.limits
    total = number(body, "total", limits.total, 0, MAX_LIMIT)
    limits.total, limits.endpoint = total, number(body, "endpoint", limits.endpoint, 0, MAX_LIMIT)
    return respond({"total": limits.total, "endpoint": limits.endpoint})


def render(fault: Fault) -> Json:
    """One fault as JSON."""
    effect, match = fault.effect, fault.match
    return {
        "id": fault.id,
        "match": {
            "method": match.method,
            "path": match.path.pattern,
            "account": match.account,
            "params": {format_path(path): text for path, text in match.params},
        },
        "effect": {
            **_render_error(effect.error),
            "status": effect.status,
            "latency": effect.latency,
            "connection": effect.connection,
        },
        "moment": fault.moment,
        "times": fault.times,
        "probability": fault.probability,
        "required": fault.required,
        "hits": fault.hits,
    }


def _render_error(error: NamedError | None) -> dict[str, Json]:
    """An error's name, its message, and the code that clients see."""
    body = error.body(AnyRequest()) if error else None
    return {
        "error": error.name if error else None,
        "message": body.message if body else None,
        "code": (body.code or body.type) if body else None,
    }


def _fault(sandbox: Sandbox, body: Body) -> Fault:
    unknown = [name for name in body if name not in FIELDS]
    if unknown:
        raise BadFault(f"a fault has no {', '.join(unknown)[:100]}")
    seed = body.get("seed")
    return Fault(
        id=f"fault_{sandbox.ids.token(14)}",
        match=_match(body),
        effect=_effect(body),
        moment=cast("Moment", _word(body, "moment", MOMENTS) or "before"),
        times=_integer(body, "times", 1, (1, MAX_TIMES), f"a whole number from 1 to {MAX_TIMES}, or null"),
        probability=_decimal(body, "probability", 1.0, 1.0),
        required=flag(body, "required"),
        chance=random.Random() if seed is None else random.Random(str(seed)),  # noqa: S311
    )


def _match(body: Body) -> Match:
    method = _word({**body, "method": str(body["method"]).upper()} if body.get("method") else {}, "method", METHODS)
    path = _text(body, "path") or "*"
    if not path.startswith(("/", "*")) or "?" in path:
        raise BadFault(f"path must be one such as /v1/accounts or /v1/*, without host and query, not {excerpt(path)}")
    return Match(method, Wildcard(path), _text(body, "account"), _params(body))


def _params(body: Body) -> Expected:
    params = body.get("params") or {}
    if not isinstance(params, Mapping):
        raise BadFault("params must be an object of values, nested or by names in brackets")
    for count, (name, _) in enumerate(leaves(params), 1):
        if count > MAX_PARAMS or len(name) > MAX_NAME:
            raise BadFault(f"params has at most {MAX_PARAMS} values, with names of at most {MAX_NAME} characters")
    return expectations(params)


def _effect(body: Body) -> Effect:
    effect = Effect(
        error=_error(body),
        status=_integer(body, "status", None, (STATUSES.start, STATUSES.stop - 1), "from 400 to 599"),
        latency=_decimal(body, "latency", 0.0, MAX_LATENCY_SECONDS),
        connection=cast("Connection | None", _word(body, "connection", CONNECTIONS)),
    )
    if effect == Effect():
        raise BadFault("a fault needs one of error, status, latency and connection")
    if effect.error is not None and effect.status is not None:
        raise BadFault("a fault has an error of Stripe's API or a status of its proxy, not both")
    return effect


def _error(body: Body) -> NamedError | None:
    name, arguments = _text(body, "error"), body.get("arguments") or {}
    if not isinstance(arguments, Mapping):
        raise BadFault("arguments must be an object")
    if name is None and arguments:
        raise BadFault("arguments belong to an error, and the fault has none")
    return by_name.named_error(name, arguments) if name else None


def _integer(body: Body, name: str, default: int | None, bounds: tuple[int, int], expected: str) -> int | None:
    given = body.get(name, default)
    found = integer(given, *bounds)
    if given is not None and found is None:
        raise BadFault(f"{name} must be {expected}, not {excerpt(given)}")
    return found


def _decimal(body: Body, name: str, default: float, most: float) -> float:
    given = body.get(name)
    try:
        value = default if given is None else float(given) if isinstance(given, str | int | float) else -1.0
    except (ValueError, OverflowError):
        value = -1.0
    if isinstance(given, bool) or not 0 <= value <= most:
        raise BadFault(f"{name} must be a number from 0 to {most:g}, not {excerpt(given)}")
    return value


def _text(body: Body, name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadFault(f"{name} must be text, not {excerpt(value)}")
    return value or None


def _word(body: Body, name: str, words: tuple[str, ...]) -> str | None:
    value = _text(body, name)
    if value is not None and value not in words:
        raise BadFault(f"{name} must be one of {', '.join(words)}, not {excerpt(value)}")
    return value
