"""Shapes of responses as data, with the fields that can be expanded.

Scalars are those of `emulator.schema.spec`; the types that only responses have are here. Named schemas are joined by
`Ref` and resolved when they are walked, because they refer to each other in circles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from emulator.schema.spec import Boolean, Decimal, Enum, Integer, String
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json

MAX_DEPTH = 4
"""Stripe expands at most four levels: `a.b.c.d`."""
TOTAL_COUNT = "total_count"


@dataclass(frozen=True, slots=True)
class Timestamp:
    """Whole seconds since 1970, as an integer."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A boolean that is always the same, such as `deleted: true`."""

    value: bool


@dataclass(frozen=True, slots=True)
class AnyObject:
    """An object whose keys Stripe's document does not describe."""


@dataclass(frozen=True, slots=True)
class Array:
    """A bare JSON array."""

    item: Shape


@dataclass(frozen=True, slots=True)
class Map:
    """An object with free keys, such as metadata."""

    value: Shape


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a named schema."""

    name: str


@dataclass(frozen=True, slots=True)
class Expandable:
    """An id that becomes one of these schemas when it is expanded."""

    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """One of several shapes, such as an object and its deleted stub."""

    options: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class List:
    """The v1 list object: `object` (`list`), `data`, `has_more` and `url`. `url` is a pattern of the beginning."""

    item: Shape
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """A value of an object. `expandable`: Stripe accepts its name at the end of an `expand` path."""

    type: Shape
    required: bool = False
    nullable: bool = False
    expandable: bool = False


@dataclass(frozen=True, slots=True)
class Object:
    """An object with known keys, in the document's order."""

    properties: Mapping[str, Property]


Scalar = Boolean | Integer | Decimal | String | Enum | Timestamp | Constant
Shape = Scalar | AnyObject | Array | Map | Ref | Expandable | Union | List | Object
Resolve = Callable[[str], Shape]
Filler = Callable[[Mapping[str, Json]], dict[str, Json]]


def filler(shape: Shape) -> Filler:
    """A function that adds the missing properties of a shape to an object as null, at every depth.

    In the result `id` and `object` come first, the others in alphabetical order; unknown properties are dropped.
    Raises TypeError for a shape that is no object.
    """
    if not isinstance(shape, Object):
        raise TypeError(shape)
    names = sorted(shape.properties, key=lambda name: (name not in ("id", "object"), name))
    blank: dict[str, Json] = dict.fromkeys(names)
    hashes = {name: inner for name in names if (inner := _filler(shape.properties[name].type)) is not None}

    def fill(value: Mapping[str, Json]) -> dict[str, Json]:
        result = blank | {name: each for name, each in value.items() if name in blank}
        for name, inner in hashes.items():
            if result[name] is not None:
                result[name] = inner(result[name])
        return result

    return fill


def _filler(shape: Shape) -> Callable[[Json], Json] | None:
    """The same for a property, None if it contains no hash with known keys."""
    if isinstance(shape, Object):
        fill = filler(shape)
        return lambda value: fill(value) if isinstance(value, Mapping) else value
    inner = _filler(shape.item) if isinstance(shape, Array) else None
    return inner and (lambda value: [inner(each) for each in value] if isinstance(value, list) else value)


@dataclass(frozen=True, slots=True)
class ExpandError:
    """The reason why a path cannot be expanded.

    `prefix` is the part of `path` up to the segment that failed. `hint` is the same below `data.`, for a list, whether
    it exists or not (observed). `too_deep` is a path of more than `MAX_DEPTH` levels. `counts` is `total_count` of a
    list, which Stripe no longer supports.
    """

    path: str
    prefix: str
    hint: str | None = None
    too_deep: bool = False
    counts: bool = False


def expand_error(shape: Shape, path: str, resolve: Resolve) -> ExpandError | None:
    """The reason why a dotted `expand` path is invalid for a shape, or None if it is valid.

    `resolve` returns the shape of a named schema. Every segment but the last may be any property that contains objects;
    the last must be one that the document lists as expandable.
    """
    segments = path.split(".")
    if len(segments) > MAX_DEPTH:
        return ExpandError(path, path, too_deep=True)
    failed = _first_failure(shape, segments, resolve)
    if failed is None:
        return None
    if isinstance(shape, List) and path == TOTAL_COUNT:
        return ExpandError(path, path, counts=True)
    prefix = ".".join(segments[: failed + 1])
    bare = failed == 0 and prefix != "data" and _is_list(shape)
    return ExpandError(path, prefix, f"data.{prefix}" if bare else None)


def _is_list(shape: Shape) -> bool:
    """Whether a response is a list or a search result."""
    return isinstance(shape, List) or (isinstance(shape, Object) and shape.properties.keys() >= {"data", "has_more"})


def _first_failure(shape: Shape, segments: list[str], resolve: Resolve) -> int | None:
    holders = list(_holders(shape, resolve))
    for position, segment in enumerate(segments):
        found = [entry for holder in holders if (entry := _entry(holder, segment))]
        last = position == len(segments) - 1
        if not any(entry.expandable for entry in found) if last else not found:
            return position
        holders = [holder for entry in found for holder in _holders(entry.type, resolve)]
    return None


def _holders(shape: Shape, resolve: Resolve) -> Iterator[Object | List | Map]:
    """All shapes with keys that a value of a shape may have."""
    match shape:
        case Object() | List() | Map():
            yield shape
        case Ref(name):
            yield from _holders(resolve(name), resolve)
        case Array(item):
            yield from _holders(item, resolve)
        case Expandable(resources):
            for name in resources:
                yield from _holders(resolve(name), resolve)
        case Union(options):
            for option in options:
                yield from _holders(option, resolve)


def _entry(holder: Object | List | Map, name: str) -> Property | None:
    if isinstance(holder, Object):
        return holder.properties.get(name)
    if isinstance(holder, Map):
        return Property(holder.value) if name else None
    return Property(Array(holder.item), required=True, expandable=True) if name == "data" else None
