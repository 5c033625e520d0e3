"""The journal of one sandbox, and the warnings derived from it."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.requests import sandbox_of
from emulator.control.endpoints.responses import ControlError, respond
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
    "fidelity": lambda entry, value: entry.fidelity == value,
}


async def list_requests(request: Request) -> Response:
    """GET /_emulator/requests: the last requests of the sandbox with their responses, oldest first, filtered.

    `dropped` is the number of older requests that are no longer in the journal.
    """
    journal, filters = sandbox_of(request).journal, dict(request.query_params)
    unknown = [name for name in filters if name not in FILTERS]
    if unknown:
        hint = f"Filter by {', '.join(FILTERS)}; path and user_agent may hold *."
        raise ControlError(400, "invalid_filter", f"Requests have no {', '.join(unknown)[:100]}.", hint)
    entries = [entry for entry in journal if all(FILTERS[name](entry, value) for name, value in filters.items())]
    return respond({"data": [render(entry) for entry in entries], "dropped": journal.total - len(journal)})


async def list_warnings(request: Request) -> Response:
    """GET /_emulator/warnings: accepted requests that are likely mistakes."""
    return respond({"data": [warning._asdict() for warning in warnings_of(sandbox_of(request))]})


def render(entry: Entry) -> Json:
    """One request and its response, with secrets masked."""
    return {
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
        "fidelity": entry.fidelity,
        "request_body": masked(entry.request),
        "response_body": masked(entry.response),
    }
