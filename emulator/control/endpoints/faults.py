"""Faults and limits of one sandbox: declare, look, remove."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.requests import Body, body_of, fields_of, flag, secret_key, shown, whole, world
from emulator.control.endpoints.responses import ControlError, answer
from emulator.errors import CONSTRUCTORS, by_name
from emulator.errors.by_name import STATUSES, BadError, NamedError, UnknownError
from emulator.errors.by_name import Request as AnyRequest
from emulator.sandbox.faults import (
    CONNECTIONS,
    LONGEST_SECONDS,
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
from emulator.wire.json import Json
from emulator.wire.match import Expected, expectations
from emulator.wire.path import format_path

FIELDS = (
    "method", "path", "account", "params", "error", "arguments", "status", "latency", "connection", "moment", "times",
    "probability", "seed", "required",
)  # fmt: skip
HINT = (
    "Match by method, path (with *), account and params; say what happens by error (with arguments), status, latency "
    f"in seconds and connection ({', '.join(CONNECTIONS)}); when by moment ({', '.join(MOMENTS)}); how often by times "
    "(null is without end) and probability with seed; required makes a test fail if it is never hit."
)
NAMES = "GET /_emulator/faults/errors lists them."
ARGUMENTS = 'Send them by name, as in {"error": "rate_limited", "arguments": {"reason": "endpoint-rate"}}.'


async def listing(request: Request) -> Response:
    """GET /_emulator/faults: all of the sandbox's, with how often each was hit."""
    return answer({"data": [show(fault) for fault in _sandbox(request).faults.all()]})


async def errors(_: Request) -> Response:
    """GET /_emulator/faults/errors: the names that `error` can have, and the arguments of those that take some."""
    names = sorted(CONSTRUCTORS)
    arguments: Json = {
        name: {"needed": needed, "optional": optional}
        for name in names
        if [*(needed := by_name.required(name)), *(optional := by_name.optional(name))]
    }
    return answer({"data": names, "arguments": arguments})


async def declare(request: Request) -> Response:
    """POST /_emulator/faults"""
    sandbox = _sandbox(request)
    body = await body_of(request)
    try:
        fault = _fault(sandbox, body)
        sandbox.faults.add(fault)
    except UnknownError as unknown:
        raise _invalid(unknown, NAMES) from None
    except BadError as bad:
        raise _invalid(bad, ARGUMENTS) from None
    except BadFault as bad:
        raise _invalid(bad, HINT) from None
    return answer(show(fault))


def _invalid(error: ValueError, hint: str) -> ControlError:
    said = str(error).removesuffix(".")
    return ControlError(400, "invalid_fault", f"{said[:1].upper()}{said[1:]}{'' if said.endswith('?') else '.'}", hint)


async def remove(request: Request) -> Response:
    """DELETE /_emulator/faults/:id, or all of them without an id."""
    sandbox = _sandbox(request)
    identifier = request.path_params.get("id")
    if identifier is None:
        removed = sandbox.faults.all()
        sandbox.faults.clear()
        return answer({"data": [show(fault) for fault in removed]})
    fault = sandbox.faults.remove(identifier)
    if fault is None:
        hint = "GET /_emulator/faults lists them; a reset removes them."
        raise ControlError(404, "fault_not_found", f"This sandbox has no fault {shown(identifier)}.", hint)
    return answer(show(fault))


async def limits(request: Request) -> Response:
    """POST /_emulator/limits with `total` and `endpoint`, requests a second; 0 is no limit."""
    sandbox = _sandbox(request)
    body = await fields_of(request, "total", "endpoint")
    for name, value in body.items():
        if whole(value) is None:
            hint = "Send total and endpoint as whole numbers of requests a second; 0 is no limit."
            raise ControlError(400, "invalid_limit", f"{name} cannot be {shown(value)}.", hint)
    for name, value in body.items():
        setattr(sandbox.limits, name, whole(value))
    return answer({"total": sandbox.limits.total, "endpoint": sandbox.limits.endpoint})


def _sandbox(request: Request) -> Sandbox:
    return world(request).sandboxes.of(secret_key(request))


def show(fault: Fault) -> Json:
    """One fault as it is kept."""
    effect, match = fault.effect, fault.match
    return {
        "id": fault.id,
        "match": {
            "method": match.method,
            "path": match.path,
            "account": match.account,
            "params": {format_path(path): text for path, text in match.params},
        },
        "effect": {
            **_told(effect.error),
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


def _told(error: NamedError | None) -> dict[str, Json]:
    """An error by its name, its message, and the code that clients see."""
    body = error.body(AnyRequest()) if error else None
    return {
        "name": error.name if error else None,
        "error": body.message if body else None,
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
        times=_times(body),
        probability=_number(body, "probability", 1.0, 1.0),
        required=flag(body, "required"),
        chance=random.Random() if seed is None else random.Random(str(seed)),  # noqa: S311
    )


def _match(body: Body) -> Match:
    method = _word({**body, "method": str(body["method"]).upper()} if body.get("method") else {}, "method", METHODS)
    path = _text(body, "path") or "*"
    if not path.startswith(("/", "*")) or "?" in path:
        raise BadFault(f"path must be one such as /v1/accounts or /v1/*, without host and query, not {shown(path)}")
    return Match(method, path, _text(body, "account"), _params(body))


def _params(body: Body) -> Expected:
    params = body.get("params") or {}
    if not isinstance(params, Mapping):
        raise BadFault("params must be an object of values, nested or by names in brackets")
    return expectations(params)


def _effect(body: Body) -> Effect:
    effect = Effect(
        error=_error(body),
        status=_status(body),
        latency=_number(body, "latency", 0.0, LONGEST_SECONDS),
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
        raise BadFault("arguments are those of an error, and there is none")
    return by_name.named_error(name, arguments) if name else None


def _status(body: Body) -> int | None:
    given = body.get("status")
    if given is not None and whole(given) not in STATUSES:
        raise BadFault(f"status must be from 400 to 599, not {shown(given)}")
    return whole(given)


def _times(body: Body) -> int | None:
    given = body.get("times", 1)
    if given is not None and not whole(given):
        raise BadFault(f"times must be a whole number of at least 1, or null, not {shown(given)}")
    return whole(given)


def _number(body: Body, name: str, default: float, most: float) -> float:
    given = body.get(name)
    try:
        value = default if given is None else float(given) if isinstance(given, str | int | float) else -1.0
    except (ValueError, OverflowError):
        value = -1.0
    if isinstance(given, bool) or not 0 <= value <= most:
        raise BadFault(f"{name} must be a number from 0 to {most:g}, not {shown(given)}")
    return value


def _text(body: Body, name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadFault(f"{name} must be text, not {shown(value)}")
    return value or None


def _word(body: Body, name: str, words: tuple[str, ...]) -> str | None:
    value = _text(body, name)
    if value is not None and value not in words:
        raise BadFault(f"{name} must be one of {', '.join(words)}, not {shown(value)}")
    return value
