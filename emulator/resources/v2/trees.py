"""Hashes of the two APIs: moving values between them by name, and filling an answer's shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import floor

from emulator import catalog, errors
from emulator.schema import shape
from emulator.schema.check import Params, Value
from emulator.wire.json import Json

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = -62_135_596_800, 253_402_300_799  # the years 1 to 9999
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


def timestamp(seconds: int) -> str:
    """A unix second as v2 prints it, with milliseconds: `2025-06-09T21:16:03.000Z` (observed).

    Beyond the years 1 to 9999, which v1 may have been told, it is their first or last second (our choice).
    """
    moment = _EPOCH + timedelta(seconds=min(max(seconds, _FIRST), _LAST))
    return f"{moment.replace(tzinfo=None).isoformat()}.000Z"


def seconds(text: str, path: str) -> int:
    """The unix second of an RFC 3339 time. Raises StripeError."""
    return floor(moment(text, path))


def moment(text: str, path: str) -> float:
    """The same with what is beyond the second. Raises StripeError."""
    try:
        if not _MOMENT.match(text):
            raise ValueError(text)
        return datetime.fromisoformat(text).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        raise errors.v2_invalid(path, "a date and time such as 2025-06-09T21:16:03.000Z") from None


def nested(path: str, value: Value) -> Params:
    """A tree of one leaf at a dotted path."""
    *outer, last = path.split(".")
    tree: Params = {last: value}
    for name in reversed(outer):
        tree = {name: tree}
    return tree


def overlaid(tree: Mapping[str, Value], more: Mapping[str, Value]) -> Params:
    """Two trees as one, without leaving out what is empty."""
    result = dict(tree)
    for name, value in more.items():
        before = result.get(name)
        result[name] = overlaid(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def renamed(tree: Mapping[str, Value], names: Mapping[str, str]) -> Params:
    """The leaves that have another name, in a tree of those names. A hash that is cleared clears all under it."""
    result: Params = {}
    for path, other in names.items():
        value = _leaf(tree, _parts(path))
        if value is not None:
            _put(result, _parts(other), value)
    return result


@lru_cache(maxsize=1024)
def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _put(tree: Params, path: tuple[str, ...], value: Value) -> None:
    """Puts a leaf into a tree that nobody else holds."""
    *outer, last = path
    for name in outer:
        inner = tree.get(name)
        if not isinstance(inner, dict):
            inner = tree[name] = {}
        tree = inner
    tree[last] = value


def _leaf(tree: Mapping[str, Value], path: tuple[str, ...]) -> Value | None:
    found: Value | None = tree.get(path[0])
    for name in path[1:]:
        if found == "":
            return ""
        found = found.get(name) if isinstance(found, dict) else None
    return found


def without(tree: Mapping[str, Value], names: Mapping[str, str]) -> Params:
    """A tree without the leaves that have another name."""
    result: Params = dict(tree)
    for path in names:
        if _leaf(result, _parts(path)) is not None:
            result = _cut(result, path.split("."))
    return result


def _cut(tree: Params, path: list[str]) -> Params:
    name, *rest = path
    inner = tree.get(name)
    if not rest or not isinstance(inner, dict):
        return {key: value for key, value in tree.items() if key != name} if not rest else tree
    left = _cut(inner, rest)
    if left or not inner:
        return {**tree, name: left}
    return {key: value for key, value in tree.items() if key != name}


def schema(name: str, *path: str) -> shape.Object:
    """The shape of an object of Stripe's document, or of a hash inside it. Raises TypeError."""
    found = catalog.schema(name)
    for part in path:
        found = found.properties[part].type if isinstance(found, shape.Object) else found
    if not isinstance(found, shape.Object):
        raise TypeError(f"{name} is no object")
    return found


def filled(kind: shape.Object, value: Mapping[str, Json]) -> dict[str, Json]:
    """An object with every name of its shape, null where there is nothing (that none is absent was observed).

    `id` and `object` stand first, all else in alphabetical order.
    """
    first = [name for name in ("id", "object") if name in kind.properties]
    rest = sorted(name for name in kind.properties if name not in first)
    return {name: _filled(kind.properties[name].type, value.get(name)) for name in (*first, *rest)}


def _filled(kind: shape.Shape, value: Json) -> Json:
    if isinstance(kind, shape.Object) and isinstance(value, Mapping):
        return filled(kind, value)
    if isinstance(kind, shape.Array) and isinstance(value, list):
        return [_filled(kind.item, each) for each in value]
    return value
