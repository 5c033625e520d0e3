"""Whether a response has the shape that it should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emulator import catalog
from emulator.schema import shape, spec


def faults(value: Any, kind: shape.Shape, at: str = "") -> Iterator[str]:  # noqa: C901, PLR0912 - as above
    """The places where a response does not have its shape."""
    match kind:
        case shape.Ref(name):
            yield from faults(value, catalog.schema(name), at)
        case shape.Object(properties):
            if not isinstance(value, dict):
                yield f"{at}: no object"
                return
            yield from (f"{at}.{key}: unknown" for key in value if key not in properties)
            for key, each in properties.items():
                if key not in value:
                    if each.required:
                        yield f"{at}.{key}: missing"
                elif value[key] is not None:
                    yield from faults(value[key], each.type, f"{at}.{key}")
                elif not each.nullable:
                    yield f"{at}.{key}: null"
        case shape.Union(options):
            found = [list(faults(value, option, at)) for option in options]
            yield from min(found, key=len)
        case shape.Array(item):
            if not isinstance(value, list):
                yield f"{at}: no array"
                return
            for each in value:
                yield from faults(each, item, f"{at}[]")
        case shape.List(item):
            if not isinstance(value, dict) or value.get("object") != "list":
                yield f"{at}: no list"
                return
            for each in value["data"]:
                yield from faults(each, item, f"{at}.data[]")
        case shape.Map():
            if not isinstance(value, dict):
                yield f"{at}: no hash"
        case _:
            wanted = _SCALARS.get(type(kind))
            if wanted is not None and (not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool)):
                yield f"{at}: {value!r} is no {wanted}"


_SCALARS: dict[type, Any] = {
    spec.Boolean: bool,
    shape.Constant: bool,
    spec.Integer: int,
    shape.Timestamp: int,
    spec.Decimal: (int, float),
    spec.String: str,
    spec.Enum: str,
    shape.Expandable: str,
}
