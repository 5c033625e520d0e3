"""Faults and limits of one sandbox: declare, look, remove."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from emulator import faults
from emulator.control.answers import ControlError, answer
from emulator.control.requests import Body, body_of, flag, secret_key, world
from emulator.faults import (
    CONNECTIONS,
    LONGEST_SECONDS,
    MOMENTS,
    BadFault,
    Connection,
    Effect,
    Fault,
    Match,
    Moment,
    UnknownError,
)
from emulator.sandbox import Sandbox
from emulator.wire.json import Json

FIELDS = (
    "method", "path", "account", "params", "error", "arguments", "status", "latency", "connection", "moment", "times",
    "probability", "seed", "required",
)  # fmt: skip
HINT = (
    "Match by method, path (with *), account and params; say what happens by error (with arguments), status, latency "
    f"in seconds and connection ({', '.join(CONNECTIONS)}); when by moment ({', '.join(MOMENTS)}); how often by times "
    "(null is without end) and probability with seed; required makes a test fail if it is never hit."
)


async def listing(request: Request) -> Response:
    """GET /_emulator/faults: all of the sandbox's, with how often each was hit."""
    return answer({"data": [show(fault) for fault in _sandbox(request).faults.all()]})


async def errors(_: Request) -> Response:
    """GET /_emulator/faults/errors: the names that `error` can have."""
    return answer({"data": sorted(faults.constructors())})


async def declare(request: Request) -> Response:
    """POST /_emulator/faults"""
    sandbox = _sandbox(request)
    body = await body_of(request)
    try:
        fault = _fault(sandbox, body)
        sandbox.faults.add(fault)
    except UnknownError as unknown:
        raise ControlError(400, "invalid_fault", str(unknown), "GET /_emulator/faults/errors lists them.") from None
    except BadFault as bad:
        raise ControlError(400, "invalid_fault", f"{str(bad)[:1].upper()}{str(bad)[1:]}.", HINT) from None
    return answer(show(fault))


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
        raise ControlError(404, "fault_not_found", f"This sandbox has no fault {identifier!r}.", hint)
    return answer(show(fault))


async def limits(request: Request) -> Response:
    """POST /_emulator/limits with `total` and `endpoint`, requests a second; 0 is no limit."""
    sandbox = _sandbox(request)
    body = await body_of(request)
    for name, value in body.items():
        if name not in ("total", "endpoint") or not (str(value).isascii() and str(value).isdigit()):
            hint = "Send total and endpoint as whole numbers of requests a second; 0 is no limit."
            raise ControlError(400, "invalid_limit", f"{name} cannot be {value!r}.", hint)
    for name, value in body.items():
        setattr(sandbox.limits, name, int(str(value)[:9]))
    return answer({"total": sandbox.limits.total, "endpoint": sandbox.limits.endpoint})


def _sandbox(request: Request) -> Sandbox:
    return world(request).sandboxes.of(secret_key(request))


def show(fault: Fault) -> Json:
    """One fault as it is kept."""
    effect, match = fault.effect, fault.match
    return {
        "id": fault.id,
        "match": {"method": match.method, "path": match.path, "account": match.account, "params": dict(match.params)},
        "effect": {
            "error": effect.error.message if effect.error else None,
            "code": (effect.error.code or effect.error.type) if effect.error else None,
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


def _fault(sandbox: Sandbox, body: Body) -> Fault:
    unknown = [name for name in body if name not in FIELDS]
    if unknown:
        raise BadFault(f"a fault has no {', '.join(unknown)}")
    probability = _number(body, "probability", 1.0, 1.0)
    return Fault(
        id=f"fault_{sandbox.ids.token(14)}",
        match=_match(body),
        effect=_effect(body),
        moment=cast("Moment", _word(body, "moment", MOMENTS) or "before"),
        times=_times(body),
        probability=probability,
        required=flag(body, "required"),
        chance=random.Random(str(body["seed"])) if "seed" in body else random.Random(),  # noqa: S311
    )


def _match(body: Body) -> Match:
    params = body.get("params") or {}
    if not isinstance(params, Mapping):
        raise BadFault("params must be an object of names in brackets and values")
    texts = {str(name): str(value).lower() if isinstance(value, bool) else str(value) for name, value in params.items()}
    method = _text(body, "method")
    return Match(method.upper() if method else None, _text(body, "path") or "*", _text(body, "account"), texts)


def _effect(body: Body) -> Effect:
    arguments = body.get("arguments") or {}
    if not isinstance(arguments, Mapping):
        raise BadFault("arguments must be an object")
    name, status = _text(body, "error"), body.get("status")
    if status is not None and not re.fullmatch("[45][0-9]{2}", str(status)):
        raise BadFault(f"status must be from 400 to 599, not {status!r}")
    effect = Effect(
        error=faults.named_error(name, arguments) if name else None,
        status=int(str(status)) if status is not None else None,
        latency=_number(body, "latency", 0.0, LONGEST_SECONDS),
        connection=cast("Connection | None", _word(body, "connection", CONNECTIONS)),
    )
    if effect == Effect():
        raise BadFault("a fault needs one of error, status, latency and connection")
    return effect


def _times(body: Body) -> int | None:
    times = body.get("times", 1)
    if times is None:
        return None
    if isinstance(times, bool) or not str(times).isdecimal() or int(str(times)[:9]) < 1:
        raise BadFault(f"times must be a whole number of at least 1, or null, not {times!r}")
    return int(str(times)[:9])


def _number(body: Body, name: str, default: float, most: float) -> float:
    try:
        value = float(str(body.get(name, default)))
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise BadFault(f"{name} must be a number from 0 to {most:g}, not {body.get(name)!r}")
    return value


def _text(body: Body, name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadFault(f"{name} must be text, not {value!r}")
    return value or None


def _word(body: Body, name: str, words: tuple[str, ...]) -> str | None:
    value = _text(body, name)
    if value is not None and value not in words:
        raise BadFault(f"{name} must be one of {', '.join(words)}, not {value!r}")
    return value
