"""Finds the operation of a method and a path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from urllib.parse import unquote_plus

from emulator.catalog.model import Operation
from emulator.wire.dataclasses import dataclass

MAX_SEGMENTS = 16
"""Twice the longest path of the API; a path with more segments matches nothing."""

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Route:
    """An operation and the values of its path's templates, percent-decoded."""

    operation: Operation
    path_params: Mapping[str, str]


class Router:
    """A tree of path segments. Literal segments take precedence over templates, from the left."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._literal: dict[str, Route] = {}
        self._roots: dict[str, _Node] = {}
        for operation in operations:
            self._add(operation)

    def route(self, method: str, path: str) -> Route | None:
        """The operation of a request. `path` is as sent, percent-encoded, without the query."""
        return self._literal.get(f"{method} {path}") or self._templated(method, path)

    def _add(self, operation: Operation) -> None:
        if "{" not in operation.path:
            self._literal[f"{operation.method} {operation.path}"] = Route(operation, _NONE)
            return
        node = self._roots.setdefault(operation.method, _Node())
        for segment in operation.path.split("/")[1:]:
            node = node.child(segment)
        node.operation = operation

    def _templated(self, method: str, path: str) -> Route | None:
        root = self._roots.get(method)
        segments = path.split("/", MAX_SEGMENTS)
        if root is None or segments[0] or not all(segments[1:]):
            return None
        operation = root.find(segments, 1)
        return Route(operation, _values(operation.path, segments)) if operation else None


class _Node:
    """The segments that may follow the beginning of a path."""

    __slots__ = ("literals", "operation", "template")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.template: _Node | None = None
        self.operation: Operation | None = None

    def child(self, segment: str) -> _Node:
        if not segment.startswith("{"):
            return self.literals.setdefault(segment, _Node())
        self.template = self.template or _Node()
        return self.template

    def find(self, segments: list[str], position: int) -> Operation | None:
        if position == len(segments):
            return self.operation
        literal = self.literals.get(segments[position])
        found = literal.find(segments, position + 1) if literal else None
        if found or self.template is None:
            return found
        return self.template.find(segments, position + 1)


def _values(template: str, segments: list[str]) -> Mapping[str, str]:
    pairs = zip(template.split("/"), segments, strict=True)
    return MappingProxyType({name[1:-1]: unquote_plus(value) for name, value in pairs if name.startswith("{")})
