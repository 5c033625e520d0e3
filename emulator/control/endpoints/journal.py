"""The journal of one sandbox, and the warnings derived from it."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.reading import flag, number, query_of, sandbox_of, state
from emulator.control.endpoints.responses import ControlError, respond
from emulator.control.endpoints.warnings import operation_of, warnings_of
from emulator.sandbox.journal import Entry, masked
from emulator.settings import MILLION
from emulator.wire.json import Json
from emulator.wire.mask import mask, mask_path
from emulator.wire.match import Wildcard

Filter = Callable[[Entry], bool]


def _path(value: str) -> Filter:
    path = Wildcard(value)
    return lambda entry: path.matches(entry.path)


def _user_agent(value: str) -> Filter:
    user_agent = Wildcard(value)
    return lambda entry: user_agent.matches(entry.user_agent or "")


FILTERS: dict[str, Callable[[str], Filter]] = {
    "method": lambda value: lambda entry: entry.method == value.upper(),
    "path": _path,
    "status": lambda value: lambda entry: str(entry.status) == value,
    "account": lambda value: lambda entry: entry.account == value,
    "error": lambda value: lambda entry: entry.error == value,
    "request_id": lambda value: lambda entry: entry.request_id == value,
    "version": lambda value: lambda entry: entry.version == value,
    "idempotency_key": lambda value: lambda entry: entry.idempotency_key == value,
    "replayed": lambda value: lambda entry: str(entry.replayed).lower() == value,
    "fault": lambda value: lambda entry: entry.fault == value,
    "user_agent": _user_agent,
    "fidelity": lambda value: lambda entry: entry.fidelity == value,
    "operation": lambda value: lambda entry: operation_of(entry) == value,
}


async def list_requests(request: Request) -> Response:
    """GET /_emulator/requests: the last requests of the sandbox with their responses, oldest first, filtered.

    `limit` keeps the newest of those that match, whose number is `total`. `dropped` is the number of older requests
    that are no longer in the journal.
    """
    journal, wanted = sandbox_of(request).journal, dict(request.query_params)
    limit = number(wanted, "limit", len(journal), 0, MILLION)
    wanted.pop("limit", None)
    unknown = [name for name in wanted if name not in FILTERS]
    if unknown:
        hint = f"Filter by {', '.join(FILTERS)}; path and user_agent may hold *. `limit` is a number of requests."
        raise ControlError(400, "invalid_filter", f"Requests have no {', '.join(unknown)[:100]}.", hint)
    filters = [FILTERS[name](value) for name, value in wanted.items()]
    entries = [entry for entry in journal if all(matches(entry) for matches in filters)]
    newest: list[Json] = [render(entry) for entry in entries[max(len(entries) - limit, 0) :]]
    return respond({"data": newest, "total": len(entries), "dropped": journal.total - len(journal)})


async def list_warnings(request: Request) -> Response:
    """GET /_emulator/warnings: likely mistakes that no error names."""
    return respond({"data": [warning._asdict() for warning in warnings_of(sandbox_of(request))]})


async def list_operations(request: Request) -> Response:
    """GET /_emulator/operations: how often operations were requested that are not emulated, or are generic.

    `all=true` counts the requests of all sandboxes, dropped ones included, and needs no key.
    """
    everything = flag(dict(query_of(request, "all")), "all")
    gaps = state(request).sandboxes.gaps if everything else sandbox_of(request).gaps
    return respond({"not_emulated": gaps.not_emulated, "generic": gaps.generic})


def render(entry: Entry) -> Json:
    """One request and its response, with secrets masked."""
    return {
        "at": entry.at,
        "method": entry.method,
        "path": mask_path(entry.path),
        "status": entry.status,
        "request_id": entry.request_id,
        "account": _masked(entry.account),
        "error": entry.error,
        "version": mask(entry.version),
        "idempotency_key": _masked(entry.idempotency_key),
        "replayed": entry.replayed,
        "fault": entry.fault,
        "user_agent": _masked(entry.user_agent),
        "fidelity": entry.fidelity,
        "operation": operation_of(entry),
        "hint": entry.hint,
        "request_body": masked(entry.request),
        "response_body": masked(entry.response),
    }


def _masked(text: str | None) -> str | None:
    return None if text is None else mask(text)
