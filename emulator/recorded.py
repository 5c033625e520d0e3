"""Requests as a test asserts on them: filtered, counted, and with near misses when there is not the one expected."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from emulator.wire import form

SHOWN = 5


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
        """What was sent, as a tree of text: `{"components": {"payments": {"enabled": "true"}}}`."""
        if self.request_body.startswith("{"):
            return dict(json.loads(self.request_body))
        return form.parse(form.Limits(), self.request_body.encode())

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status} {self.error or ''}".rstrip()


class Requests(list[RecordedRequest]):
    """Some requests, oldest first: a list with three questions."""

    def where(self, **expected: object) -> Requests:
        """Those that fit: by any field, `path` with `*`, and `params` as a part of the tree.

        Raises TypeError for a field that requests do not have.
        """
        known = {*RecordedRequest.__dataclass_fields__, "params"}
        unknown = set(expected) - known
        if unknown:
            raise TypeError(f"requests have no {', '.join(sorted(unknown))}: they have {', '.join(sorted(known))}")
        fitting = Requests(request for request in self if not _misfits(request, expected))
        fitting._asked = (self, expected)
        return fitting

    def one(self) -> RecordedRequest:
        """The only one. Raises AssertionError with what came near."""
        if len(self) != 1:
            raise AssertionError(f"expected 1 request{self._wanted()}, got {len(self)}{self._seen()}")
        return self[0]

    def none(self) -> None:
        """Raises AssertionError unless there is none."""
        if self:
            raise AssertionError(f"expected no request{self._wanted()}, got {len(self)}:{self.listed()}")

    _asked: tuple[Requests, Mapping[str, object]] | None = None

    def _wanted(self) -> str:
        return (
            " with " + ", ".join(f"{name}={value!r}" for name, value in self._asked[1].items()) if self._asked else ""
        )

    def _seen(self) -> str:
        if self:
            return f":{self.listed()}"
        if self._asked is None or not self._asked[0]:
            return ", and no others either"
        others, expected = self._asked
        nearest = sorted(others, key=lambda request: len(_misfits(request, expected)))[:SHOWN]
        lines = [f"\n  {request} (not {'; not '.join(_misfits(request, expected))})" for request in nearest]
        return ". The nearest:" + "".join(lines)

    def listed(self) -> str:
        """The last five, a line each."""
        return "".join(f"\n  {request}" for request in self[-SHOWN:])


def _misfits(request: RecordedRequest, expected: Mapping[str, object]) -> list[str]:
    """The expectations that a request does not meet, in words."""
    return [
        f"{name}={value!r}" for name, value in expected.items() if not _FITS.get(name, _equal)(request, name, value)
    ]


def _equal(request: RecordedRequest, name: str, value: object) -> bool:
    return bool(getattr(request, name) == value)


def _path(request: RecordedRequest, _: str, value: object) -> bool:
    return fnmatchcase(request.path, str(value))


def _params(request: RecordedRequest, _: str, value: object) -> bool:
    return _holds(request.params, form.parse(form.Limits(), form.encode(value).encode()))


def _holds(whole: form.Node, part: form.Node) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            name in whole and _holds(whole[name], child) for name, child in part.items()
        )
    return whole == part


_FITS: dict[str, Callable[[RecordedRequest, str, Any], bool]] = {"path": _path, "params": _params}
