"""Types of JSON: a body of v2 must have `5` for a number and `"5"` for text."""

from __future__ import annotations

from emulator.schema import spec
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.path import ParamPath


class Mismatch(NamedTuple):
    """A value of the wrong type, and the name of the expected type."""

    path: ParamPath
    expected: str


def mismatch(value: object, kind: spec.Type) -> Mismatch | None:
    """The first value in a JSON tree that has the wrong type. Null is valid for every type: it clears.

    Unknown parameters have no type; the checker reports them.
    """
    if value is None or isinstance(kind, spec.Gap):  # a gap takes any value: the checker refuses it by name
        return None
    if isinstance(kind, spec.AnyOf):
        found = [mismatch(value, option) for option in kind.options]
        return found[0] if found and all(found) else None
    types, expected = _TYPES[type(kind)]
    if type(value) not in types:
        return Mismatch((), expected)
    return _inside(value, kind) if isinstance(value, dict | list) else None


_TYPES: dict[type, tuple[tuple[type, ...], str]] = {
    spec.Boolean: ((bool,), "a boolean"),
    spec.Integer: ((int,), "an integer"),
    spec.Decimal: ((int, float), "a number"),
    spec.String: ((str,), "a string"),
    spec.Enum: ((str,), "a string"),
    spec.Array: ((list,), "an array"),
    spec.Object: ((dict,), "an object"),
    spec.Map: ((dict,), "an object"),
}


def _inside(value: dict[str, object] | list[object], kind: spec.Type) -> Mismatch | None:
    for name, child in value.items() if isinstance(value, dict) else enumerate(value):
        inner = _type_of(kind, name)
        found = inner and mismatch(child, inner)
        if found:
            return Mismatch((str(name), *found.path), found.expected)
    return None


def _type_of(kind: spec.Type, name: str | int) -> spec.Type | None:
    """The type of a member of a hash or an array, None of an unknown parameter."""
    if isinstance(kind, spec.Object):
        param = kind.params.get(str(name))
        return param.type if param else None
    return kind.item if isinstance(kind, spec.Array) else kind.value if isinstance(kind, spec.Map) else None
