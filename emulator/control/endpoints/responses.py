"""The control API's own answers and errors: plain JSON that says what to do next."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response

from emulator.wire.json import Json


class ControlError(Exception):
    """A request to the control API that cannot be carried out."""

    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint


def answer(value: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON with indent and a newline, so that it reads well in a terminal."""
    body = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return Response(body, status, {"cache-control": "no-store", **(headers or {})}, "application/json")


def error_body(code: str, message: str, hint: str) -> Json:
    """The shape of every error of the control API."""
    return {"error": {"code": code, "message": message, "hint": hint}}


async def on_control_error(_: Request, error: Exception) -> Response:
    """Starlette's handler for ControlError."""
    if not isinstance(error, ControlError):
        raise error
    return answer(error_body(error.code, error.message, error.hint), error.status)
