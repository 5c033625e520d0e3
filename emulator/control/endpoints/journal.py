"""The journal of one sandbox, and what in it deserves a warning."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.requests import secret_key, world
from emulator.control.endpoints.responses import ControlError, answer
from emulator.control.endpoints.warnings import warnings_of
from emulator.sandbox.journal import Entry, masked
from emulator.wire.json import Json
from emulator.wire.match import path_matches

FILTERS: dict[str, Callable[[Entry, str], bool]] = {
    "method": lambda entry, value: entry.method == value.upper(),
    "path": lambda entry, value: path_matches(value, entry.path),
    "status": lambda entry, value: str(entry.status) == value,
    "account": lambda entry, value: entry.account == value,
    "error": lambda entry, value: entry.error == value,
    "request_id": lambda entry, value: entry.request_id == value,
    "version": lambda entry, value: entry.version == value,
    "idempotency_key": lambda entry, value: entry.idempotency_key == value,
    "replayed": lambda entry, value: str(entry.replayed).lower() == value,
    "fault": lambda entry, value: entry.fault == value,
    "user_agent": lambda entry, value: path_matches(value, entry.user_agent or ""),
}


async def listing(request: Request) -> Response:
    """GET /_emulator/requests: the last requests of the sandbox and their answers, oldest first, filtered.

    `forgotten` is how many came before them.
    """
    sandbox = world(request).sandboxes.of(secret_key(request))
    asked = dict(request.query_params)
    unknown = [name for name in asked if name not in FILTERS]
    if unknown:
        hint = f"Filter by {', '.join(FILTERS)}; path and user_agent may hold *."
        raise ControlError(400, "invalid_filter", f"Requests have no {', '.join(unknown)[:100]}.", hint)
    journal = sandbox.journal
    entries = [e for e in journal if all(FILTERS[name](e, value) for name, value in asked.items())]
    return answer({"data": [show(entry) for entry in entries], "forgotten": journal.total - len(journal)})


async def warnings(request: Request) -> Response:
    """GET /_emulator/warnings: what passed here and may hurt later."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    return answer({"data": [{"kind": w.kind, "message": w.message} for w in warnings_of(sandbox)]})


def show(entry: Entry) -> Json:
    """One request, its secrets shortened."""
    shown: dict[str, Json] = {
        "at": entry.at,
        "method": entry.method,
        "path": entry.path,
        "status": entry.status,
        "request_id": entry.request_id,
        "account": entry.account,
        "error": entry.error,
        "version": entry.version,
        "idempotency_key": entry.idempotency_key,
        "replayed": entry.replayed,
        "fault": entry.fault,
        "user_agent": entry.user_agent,
        "request_body": masked(entry.request),
        "response_body": masked(entry.response),
    }
    return shown
