"""Responses and errors of the control API: JSON; each error has a code, a message and a hint."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response

from emulator.wire.json import Json


class ControlError(Exception):
    """A refused request to the control API."""

    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint


def respond(value: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Indented JSON with a final newline, to be readable in a terminal."""
    body = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return Response(body, status, {"cache-control": "no-store", **(headers or {})}, "application/json")


def error_body(error: ControlError) -> dict[str, Json]:
    """The body of every error of the control API."""
    return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}


async def on_control_error(_: Request, error: Exception) -> Response:
    """Starlette's handler for ControlError."""
    if not isinstance(error, ControlError):
        raise error
    return respond(error_body(error), error.status)
