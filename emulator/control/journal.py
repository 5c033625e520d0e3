"""The journal of one sandbox."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.answers import answer
from emulator.control.requests import secret_key, world
from emulator.journal import Entry, masked
from emulator.wire.json import Json


async def listing(request: Request) -> Response:
    """GET /_emulator/requests: the last requests of the sandbox and their answers, oldest first."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    return answer({"data": [show(entry) for entry in sandbox.journal]})


def show(entry: Entry) -> Json:
    """One request, its secrets shortened."""
    return {
        "at": entry.at,
        "method": entry.method,
        "path": entry.path,
        "status": entry.status,
        "request_id": entry.request_id,
        "account": entry.account,
        "error": entry.error,
        "request_body": masked(entry.request),
        "response_body": masked(entry.response),
    }
