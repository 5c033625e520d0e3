"""`expand`: along a path, the ids in a response become the objects that they name, by the shape of the response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import cast

from emulator import errors
from emulator.catalog import Operation
from emulator.catalog.versions import Version
from emulator.errors import StripeError
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.templates import order, properties
from emulator.model.declaration.versions import at_version, schema
from emulator.schema.check import Params
from emulator.schema.shape import (
    Array,
    Expandable,
    ExpandError,
    List,
    Map,
    Object,
    Ref,
    Shape,
    Union,
    expand_error,
)
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple


class Around(NamedTuple):
    """The object that a hash stands in, and the path of the hash inside it: `total_details.`, empty for the object."""

    object: str
    id: str
    path: str = ""


NOWHERE = Around("", "")


def check(params: Params, operation: Operation, version: Version) -> None:
    """Raises the 400s for paths that do not exist in a version."""
    for path in dict.fromkeys(cast("list[str]", params.get("expand") or ())):
        found = expand_error(operation.response, path, partial(schema, version))
        if found is not None:
            raise _unexpandable(found)


def _unexpandable(found: ExpandError) -> StripeError:
    if found.too_deep:
        return errors.expand_too_deep(found.path)
    return errors.not_includable(found.path) if found.counts else errors.not_expandable(found.prefix, found.hint)


def expanded(call: Call, operation: Operation, response: Json) -> Json:
    """The response with the objects at the paths of the request, each as the version of the request shows it.

    The response is in that version, and its shape allows the paths. Raises StripeError.
    """
    paths, walk = call.params["expand"], Expansion(call)
    for path in dict.fromkeys(map(str, paths)) if isinstance(paths, list) else ():
        response = walk.along(response, [operation.response], path.split("."), path)
    return response


class Expansion:
    """The expansion of one response. An object is rendered once, and expanded once along a path, wherever it stands."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._rendered: dict[tuple[str, tuple[str, ...]], Json] = {}
        self._expanded: dict[tuple[int, str], tuple[Json, Json]] = {}  # with the object, whose address stays its own

    def along(
        self, value: Json, shapes: Sequence[Shape], names: Sequence[str], path: str, around: Around = NOWHERE
    ) -> Json:
        """A copy, as parts of a response may be shared with others. Absent and null values stay as they are."""
        if names_of := tuple(name for shape in shapes for name in _expandable(shape)):
            value = self._object(names_of, value, path) if isinstance(value, str) else value
            shapes = [*shapes, *_of_object(value)]
        if isinstance(value, Sequence) and not isinstance(value, str):
            inner = [item for shape in shapes for item in _items(shape)]
            return [self.along(each, inner, names, path, around) for each in value]
        if not names or not isinstance(value, Mapping):
            return value
        if "object" not in value:
            return self._inside(value, shapes, names, path, around)
        key = id(value), ".".join(names)
        if key not in self._expanded:
            around = Around(str(value["object"]), str(value.get("id")))
            self._expanded[key] = value, self._inside(value, shapes, names, path, around)
        return self._expanded[key][1]

    def _inside(
        self, value: Mapping[str, Json], shapes: Sequence[Shape], names: Sequence[str], path: str, around: Around
    ) -> Json:
        """A copy of a hash, expanded along the names inside it."""
        name, *rest = names
        value = value if name in value else _included(self._call, value, name, around)
        if name not in value:
            return value
        inner = [found for shape in shapes for found in _properties(shape, name, self._call.version)]
        around = around._replace(path=f"{around.path}{name}.")
        return {**value, name: self.along(value[name], inner, rest, path, around)}

    def _object(self, names: tuple[str, ...], identifier: str, path: str) -> Json:
        """The object of an id, which is one of several kinds; the id itself where there is no such object."""
        key = identifier, names
        if key not in self._rendered:
            self._rendered[key] = _object(self._call, names, identifier, path)
        return self._rendered[key]


def _included(call: Call, value: Mapping[str, Json], name: str, around: Around) -> Mapping[str, Json]:
    """A hash with a field that only an expansion shows, at its place in the order of keys.

    The object around it gives the field: by its name, or by a dotted path in a hash inside the object.
    """
    found = registry.resource(around.object)
    part = found.include(call, around.id, f"{around.path}{name}") if found and found.include else None
    part = _at_version(call, part)
    if part is None and not _is_null(value, name, known=bool(found and found.include)):
        return value
    known = order(around.object) if "object" in value else sorted({*value, name})
    names = dict.fromkeys((*known, *value, name))  # old versions have more than the order
    return {key: part if key == name else value[key] for key in names if key in {*value, name}}


def _is_null(value: Mapping[str, Json], name: str, *, known: bool) -> bool:
    """Whether a field that only an expansion shows is null, not absent, where there is none."""
    field = properties(str(value["object"])).get(name) if known and "object" in value else None
    return field is not None and field.nullable


def _object(call: Call, names: Sequence[str], identifier: str, path: str) -> Json:
    """The object of an id, which is one of several kinds; the id itself where there is no such object."""
    resources = [found for name in names if (found := registry.resource(name)) is not None]
    if not resources:
        raise errors.expansion_not_emulated(path)
    for resource in resources:
        shown = resource.find(call, identifier)
        if shown is not None:
            return _at_version(call, shown)
    return identifier


def _at_version(call: Call, value: Json) -> Json:
    return at_version(call.version, value, partial(registry.shown_object, call))


def _of_object(value: Json) -> Iterator[Shape]:
    """The shape of an object that this path, or an earlier one, has expanded."""
    if isinstance(value, Mapping) and "object" in value:
        yield Ref(str(value["object"]))


def _expandable(shape: Shape) -> Iterator[str]:
    match shape:
        case Expandable(resources):
            yield from resources
        case Union(options):
            for option in options:
                yield from _expandable(option)


def _items(shape: Shape) -> Iterator[Shape]:
    match shape:
        case Array(item):
            yield item
        case Union(options):
            for option in options:
                yield from _items(option)


def _properties(shape: Shape, name: str, version: Version) -> Iterator[Shape]:
    """The shapes that a name can have inside a shape, in a version."""
    match shape:
        case Object(properties):
            if name in properties:
                yield properties[name].type
        case Map(value):
            yield value
        case List(item):
            if name == "data":
                yield Array(item)
        case Ref(named):
            yield from _properties(schema(version, named), name, version)
        case Union(options):
            for option in options:
                yield from _properties(option, name, version)
