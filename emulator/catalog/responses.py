"""The response shapes of the catalog. Importing them costs time, so this module is loaded on first use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from emulator.catalog.files import read_group, read_schemas
from emulator.catalog.format import Fields, Node, bare, scalar, schema_file
from emulator.schema import shape
from emulator.schema.shape import (
    TOTAL_COUNT,
    AnyObject,
    Array,
    Constant,
    Expandable,
    Filler,
    List,
    Map,
    Object,
    Property,
    Ref,
    Shape,
    Timestamp,
    Union,
)
from emulator.wire.dataclasses import replace

_WORDS: dict[str, Shape] = {
    "constant true": Constant(value=True),
    "constant false": Constant(value=False),
    "object": AnyObject(),
    "timestamp": Timestamp(),
}


# Fields that an `expand` path can end with, though the document does not say so (official; that of customers observed).
EXPANDABLE: Mapping[str, frozenset[str]] = {
    "apps.secret": frozenset({"payload"}),
    "customer": frozenset({"invoice_credit_balance"}),
    "issuing.card": frozenset({"cvc", "number"}),
}


@cache
def response(group: str, operation_id: str) -> Shape:
    """The shape of an operation's response. Raises KeyError when the group has no such operation."""
    found = ShapeReader({}).shape(read_group(group).responses[operation_id])
    if not isinstance(found, Object) or "next_page" not in found.properties or TOTAL_COUNT not in found.properties:
        return found
    counted = replace(found.properties[TOTAL_COUNT], expandable=True)  # of a search (official)
    return Object(MappingProxyType({**found.properties, TOTAL_COUNT: counted}))


@cache
def schema(name: str) -> Shape:
    """A named schema. Raises KeyError when there is none."""
    file = schema_file(name)
    found = _reader(file).shape(read_schemas(file).schemas[name])
    if name not in EXPANDABLE or not isinstance(found, Object):
        return found
    fields = {key: replace(found.properties[key], expandable=True) for key in EXPANDABLE[name]}
    return Object(MappingProxyType({**found.properties, **fields}))


@cache
def filler(name: str, *path: str) -> Filler:
    """The filler of a named schema, or of the hash at a path in it. Raises KeyError when there is none."""
    found = schema(name)
    for part in path:
        found = found.properties[part].type if isinstance(found, Object) else found
    return shape.filler(found)


@cache
def _reader(file: str) -> ShapeReader:
    """One reader for each file, so that a shared shape is built once."""
    return ShapeReader(read_schemas(file).shared)


def extended(name: str, fields: Fields) -> Shape:
    """A named schema with more fields, such as those of an old version. Raises KeyError when there is none."""
    found = schema(name)
    if not fields or not isinstance(found, Object):
        return found
    return Object(MappingProxyType({**found.properties, **ShapeReader({}).fields(fields)}))


class ShapeReader:
    """Builds the shapes of one file; a shared shape is built once."""

    def __init__(self, shared: Mapping[str, Node]) -> None:
        self._shared = shared
        self._built: dict[str, Shape] = {}

    def shape(self, node: Node) -> Shape:
        """The shape of a node. Raises ValueError if it is none, KeyError for an unknown shared shape."""
        if isinstance(node, str):
            return self._named(node[1:]) if node[0] == "=" else _word(node)
        if isinstance(node, list):
            return Array(self.shape(node[0]))
        if "list of" in node:
            return List(self.shape(node["list of"]), _text(node.get("at")))
        if "*" in node:
            return Map(self.shape(node["*"]))
        return Union(tuple(map(self.shape, node["|"]))) if "|" in node else self._object(node)

    def fields(self, fields: Fields) -> dict[str, Property]:
        """The properties of known keys."""
        return {bare(key): self._property(key, node) for key, node in fields.items()}

    def _object(self, fields: Fields) -> Object:
        return Object(MappingProxyType(self.fields(fields)))

    def _property(self, key: str, node: Node) -> Property:
        shape = self.shape(node)
        return Property(shape, "!" in key, "?" in key, "+" in key or isinstance(shape, Expandable))

    def _named(self, name: str) -> Shape:
        if name not in self._built:
            self._built[name] = self.shape(self._shared[name])
        return self._built[name]


def _word(text: str) -> Shape:
    if text[0] == "@":
        return Ref(text[1:])
    if text.startswith("expandable "):
        return Expandable(tuple(text[11:].split("|")))
    return _WORDS[text] if text in _WORDS else scalar(text)


def _text(node: Node | None) -> str | None:
    return node if isinstance(node, str) else None
