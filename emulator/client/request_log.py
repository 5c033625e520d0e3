"""Requests as a test asserts on them: filtered, counted, and with near misses when there is not the one expected."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from emulator.wire import form
from emulator.wire.match import at, expectations, holds, path_matches
from emulator.wire.path import format_path

SHOWN = 5
VALUE_SHOWN = 80


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request and its answer. `status` 0 is an answer that a fault kept from being sent; secrets are shortened."""

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
    request_body: str
    response_body: str

    @property
    def params(self) -> form.Tree:
        """What was sent, as a tree of text: `{"components": {"payments": {"enabled": "true"}}}`; empty if no tree."""
        with suppress(ValueError, RecursionError):  # cut short, or refused as it could not be read
            if self.request_body.startswith("{"):
                tree = form.text_tree(json.loads(self.request_body))
                return tree if isinstance(tree, dict) else {}
            return form.parse(self.request_body.encode())
        return {}

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status} {self.error or ''}".rstrip()


class Requests(list[RecordedRequest]):
    """Some requests, oldest first: a list with three questions. `forgotten` is how many older ones were not kept."""

    forgotten = 0
    _asked: tuple[Requests, Mapping[str, object]] | None = None

    def where(self, **expected: object) -> Requests:
        """Those that fit: by any field, `path` with `*`, and `params` as a part of the tree, None for what is not sent.

        Raises TypeError for a field that requests do not have.
        """
        known = {*RecordedRequest.__dataclass_fields__, "params"}
        unknown = set(expected) - known
        if unknown:
            raise TypeError(f"requests have no {', '.join(sorted(unknown))}: they have {', '.join(sorted(known))}")
        fitting = Requests(request for request in self if not misfits(request, expected))
        among, before = self._asked or (self, {})
        fitting._asked = (among, {**before, **expected})
        fitting.forgotten = self.forgotten
        return fitting

    def one(self) -> RecordedRequest:
        """The only one. Raises AssertionError with what came near."""
        if len(self) != 1:
            raise AssertionError(f"expected 1 request{self._wanted()}, got {len(self)}{self._seen()}{self._lost()}")
        return self[0]

    def none(self) -> None:
        """Raises AssertionError unless there is none, and none that may have been one and is forgotten."""
        if self or self.forgotten:
            raise AssertionError(f"expected no request{self._wanted()}, got {len(self)}{listed(self)}{self._lost()}")

    def _wanted(self) -> str:
        return (
            " with " + ", ".join(f"{name}={value!r}" for name, value in self._asked[1].items()) if self._asked else ""
        )

    def _seen(self) -> str:
        if self or self._asked is None:
            return listed(self) or ", and no others either"
        return near_misses(*self._asked)

    def _lost(self) -> str:
        older = f"{self.forgotten} older requests are" if self.forgotten > 1 else "1 older request is"
        return f"\n{older} forgotten: the setting journal_size says how many are kept" if self.forgotten else ""


def listed(requests: Sequence[RecordedRequest]) -> str:
    """The first of some requests, one a line; nothing when there are none."""
    return ":" + _lines([str(request) for request in requests]) if requests else ""


def near_misses(requests: Sequence[RecordedRequest], expected: Mapping[str, object]) -> str:
    """The requests that fit best, each with what it has instead of what was expected."""
    if not requests:
        return ", and no others either"
    reasons = sorted(((misfits(request, expected), request) for request in requests), key=lambda pair: len(pair[0]))
    return ". The nearest:" + _lines([f"{request} ({'; '.join(why) or 'fits'})" for why, request in reasons])


def _lines(lines: Sequence[str]) -> str:
    more = [f"... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "".join(f"\n  {line}" for line in [*lines[:SHOWN], *more])


def misfits(request: RecordedRequest, expected: Mapping[str, object]) -> list[str]:
    """What a request has instead of what is expected, in words; nothing when it fits."""
    return [why for name, value in expected.items() for why in _MISFITS.get(name, _other)(request, name, value)]


def _other(request: RecordedRequest, name: str, value: object) -> Iterator[str]:
    if getattr(request, name) != value:
        yield f"{name} is {_short(getattr(request, name))}"


def _method(request: RecordedRequest, name: str, value: object) -> Iterator[str]:
    yield from _other(request, name, str(value).upper())


def _path(request: RecordedRequest, _: str, value: object) -> Iterator[str]:
    if not path_matches(str(value), request.path):
        yield f"path is {_short(request.path)}"


def _params(request: RecordedRequest, _: str, value: object) -> Iterator[str]:
    params = request.params
    for place, text in expectations(value):
        if not holds(params, place, text):
            found = ", ".join(map(_short, at(params, place)))
            yield f"{format_path(('params', *place))} {f'is {found}' if found else 'is not there'}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= VALUE_SHOWN else f"{text[:VALUE_SHOWN]}..."


_MISFITS: dict[str, Callable[[RecordedRequest, str, Any], Iterator[str]]] = {
    "method": _method,
    "path": _path,
    "params": _params,
}
