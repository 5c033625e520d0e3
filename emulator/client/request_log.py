"""The log of requests for a test's assertions: filters, counts, and near misses in failure messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from emulator.wire import form
from emulator.wire.dataclasses import dataclass
from emulator.wire.match import at, expectations, holds, wildcard_matches
from emulator.wire.path import format_path

SHOWN = 5
VALUE_SHOWN = 80


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request and its response, secrets masked. `status` is 0 if a fault prevented the response.

    `operation` is `GET /v1/accounts/{account}`, None for an unknown URL; `hint` names the likely cause, in addition to
    Stripe's error.
    """

    at: int
    method: str
    path: str
    status: int
    request_id: str
    account: str | None
    error: str | None
    version: str
    idempotency_key: str | None
    replayed: bool
    fault: str | None
    user_agent: str | None
    fidelity: str
    request_body: str
    response_body: str
    operation: str | None = None
    hint: str | None = None

    @property
    def params(self) -> form.Tree:
        """The parameters as a tree of text: `{"components": {"payments": {"enabled": "true"}}}`, or empty."""
        with suppress(ValueError, RecursionError):  # cut short, or refused as it could not be read
            if self.request_body.startswith("{"):
                tree = form.text_tree(json.loads(self.request_body))
                return tree if isinstance(tree, dict) else {}
            return form.parse(self.request_body.encode())
        return {}

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status} {self.error or ''}".rstrip()


class RequestLog(list[RecordedRequest]):
    """A list of requests, oldest first. `dropped` is the number of older requests that are no longer in the journal."""

    dropped = 0
    _filter: tuple[RequestLog, Mapping[str, object]] | None = None

    def where(self, **expected: object) -> RequestLog:
        """The requests that match in every given field; `path` may contain `*`.

        `params` is a part of the tree, with None for a parameter that must not be sent. Raises TypeError for an
        unknown field.
        """
        known = {*RecordedRequest.__dataclass_fields__, "params"}
        unknown = set(expected) - known
        if unknown:
            raise TypeError(f"requests have no {', '.join(sorted(unknown))}: they have {', '.join(sorted(known))}")
        matching = RequestLog(request for request in self if not mismatches(request, expected))
        unfiltered, before = self._filter or (self, {})
        matching._filter = (unfiltered, {**before, **expected})
        matching.dropped = self.dropped
        return matching

    def one(self) -> RecordedRequest:
        """The only request. Raises AssertionError with the nearest requests."""
        if len(self) != 1:
            raise AssertionError(f"expected 1 request{self._expected()}, got {len(self)}{self._found()}{self._note()}")
        return self[0]

    def none(self) -> None:
        """Raise AssertionError if there is a request, or if one may have been dropped."""
        if self or self.dropped:
            raise AssertionError(f"expected no request{self._expected()}, got {len(self)}{listed(self)}{self._note()}")

    def _expected(self) -> str:
        if self._filter is None:
            return ""
        return " with " + ", ".join(f"{name}={value!r}" for name, value in self._filter[1].items())

    def _found(self) -> str:
        if self or self._filter is None:
            return listed(self) or ", and there are no others"
        return near_misses(*self._filter)

    def _note(self) -> str:
        older = f"{self.dropped} older requests were" if self.dropped > 1 else "1 older request was"
        return f"\n{older} dropped: the setting journal_size limits the journal" if self.dropped else ""


def listed(requests: Sequence[RecordedRequest]) -> str:
    """The first requests, one per line; empty if there are none."""
    return ":" + _lines([str(request) for request in requests]) if requests else ""


def near_misses(requests: Sequence[RecordedRequest], expected: Mapping[str, object]) -> str:
    """The nearest requests, each with its differences from the expected one."""
    if not requests:
        return ", and there are no others"
    reasons = sorted(((mismatches(request, expected), request) for request in requests), key=lambda pair: len(pair[0]))
    return ". The nearest:" + _lines([f"{request} ({'; '.join(why) or 'matches'})" for why, request in reasons])


def _lines(lines: Sequence[str]) -> str:
    more = [f"... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "".join(f"\n  {line}" for line in [*lines[:SHOWN], *more])


def mismatches(request: RecordedRequest, expected: Mapping[str, object]) -> list[str]:
    """The differences of a request from the expected one, in words; empty if it matches."""
    return [why for name, value in expected.items() for why in _MISMATCHES.get(name, _other)(request, name, value)]


def _other(request: RecordedRequest, name: str, value: object) -> Iterator[str]:
    if getattr(request, name) != value:
        yield f"{name} is {_short(getattr(request, name))}"


def _method(request: RecordedRequest, name: str, value: object) -> Iterator[str]:
    yield from _other(request, name, str(value).upper())


def _path(request: RecordedRequest, _: str, value: object) -> Iterator[str]:
    if not wildcard_matches(str(value), request.path):
        yield f"path is {_short(request.path)}"


def _params(request: RecordedRequest, _: str, value: object) -> Iterator[str]:
    params = request.params
    for place, text in expectations(value):
        if not holds(params, place, text):
            found = ", ".join(map(_short, at(params, place)))
            yield f"{format_path(('params', *place))} {f'is {found}' if found else 'is missing'}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= VALUE_SHOWN else f"{text[:VALUE_SHOWN]}..."


_MISMATCHES: dict[str, Callable[[RecordedRequest, str, Any], Iterator[str]]] = {
    "method": _method,
    "path": _path,
    "params": _params,
}
