"""From notation to the response language of `emulator.schema.shape`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from emulator.catalog.format import Fields, Node, bare, scalar
from emulator.schema.shape import (
    AnyObject,
    Array,
    Constant,
    Expandable,
    List,
    Map,
    Object,
    Property,
    Ref,
    Shape,
    Timestamp,
    Union,
)

_WORDS: dict[str, Shape] = {
    "constant true": Constant(value=True),
    "constant false": Constant(value=False),
    "object": AnyObject(),
    "timestamp": Timestamp(),
}


class ShapeReader:
    """Builds the shapes of one file; a shared shape is built once."""

    def __init__(self, shared: Mapping[str, Node]) -> None:
        self._shared = shared
        self._built: dict[str, Shape] = {}

    def shape(self, node: Node) -> Shape:
        """The shape behind a notation. Raises ValueError when it is none, KeyError when it shares what is not there."""
        if isinstance(node, str):
            return self._named(node[1:]) if node[0] == "=" else _word(node)
        if isinstance(node, list):
            return Array(self.shape(node[0]))
        if "list of" in node:
            return List(self.shape(node["list of"]), _text(node.get("at")))
        if "*" in node:
            return Map(self.shape(node["*"]))
        return Union(tuple(map(self.shape, node["|"]))) if "|" in node else self._object(node)

    def _object(self, fields: Fields) -> Object:
        return Object(MappingProxyType({bare(key): self._property(key, node) for key, node in fields.items()}))

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
