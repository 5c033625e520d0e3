"""Types of JSON: a body of v2 must have `5` for a number and `"5"` for text."""

from __future__ import annotations

from typing import NamedTuple

from emulator.schema import spec
from emulator.wire.path import ParamPath


class Mismatch(NamedTuple):
    """A value of the wrong type, and the name of the expected type."""

    path: ParamPath
    expected: str


def mismatch(value: object, kind: spec.Type, path: ParamPath = ()) -> Mismatch | None:
    """The first value in a JSON tree that has the wrong type. Null is valid for every type: it clears.

    Unknown parameters have no type; the checker reports them.
    """
    if value is None:
        return None
    if isinstance(kind, spec.AnyOf):
        found = [mismatch(value, option, path) for option in kind.options]
        return found[0] if found and all(found) else None
    native, expected = _NATIVE[type(kind)]
    if not isinstance(value, native) or (isinstance(value, bool) and native is not bool):
        return Mismatch(path, expected)
    return _inside(value, kind, path)


_NATIVE: dict[type, tuple[type | tuple[type, ...], str]] = {
    spec.Boolean: (bool, "a boolean"),
    spec.Integer: (int, "an integer"),
    spec.Decimal: ((int, float), "a number"),
    spec.String: (str, "a string"),
    spec.Enum: (str, "a string"),
    spec.Array: (list, "an array"),
    spec.Object: (dict, "an object"),
    spec.Map: (dict, "an object"),
}


def _inside(value: object, kind: spec.Type, path: ParamPath) -> Mismatch | None:
    for name, child, inner in _children(value, kind):
        found = mismatch(child, inner, (*path, name))
        if found is not None:
            return found
    return None


def _children(value: object, kind: spec.Type) -> list[tuple[str, object, spec.Type]]:
    if isinstance(kind, spec.Array) and isinstance(value, list):
        return [(str(index), child, kind.item) for index, child in enumerate(value)]
    if isinstance(kind, spec.Map) and isinstance(value, dict):
        return [(str(name), child, kind.value) for name, child in value.items()]
    if isinstance(kind, spec.Object) and isinstance(value, dict):
        return [(name, child, kind.params[name].type) for name, child in value.items() if name in kind.params]
    return []
