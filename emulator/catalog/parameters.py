"""The parameters of the catalog, from the format of the files to the types of `emulator.schema.spec`."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.catalog.format import Fields, Node, bare, scalar
from emulator.schema.spec import EMPTY, AnyOf, Array, Gap, Map, Object, Param, Type


class ParamReader:
    """Builds the types of one file; a shared type is built once."""

    def __init__(self, shared: Mapping[str, Node]) -> None:
        self._shared = shared
        self._built: dict[str, Type] = {}

    def type(self, node: Node) -> Type:
        """The type of a node. Raises ValueError if it is none, KeyError for an unknown shared type."""
        if isinstance(node, str):
            return self._named(node[1:]) if node[0] == "=" else _word(node)
        if isinstance(node, list):
            return Array(self.type(node[0]))
        if "*" in node:
            return Map(self.type(node["*"]))
        return AnyOf(tuple(map(self.type, node["|"]))) if "|" in node else self.object(node)

    def object(self, fields: Fields) -> Object:
        """A hash with known keys, in the file's order."""
        if not fields:
            return EMPTY
        return Object({bare(key): self._param(key, node) for key, node in fields.items()})

    def _param(self, key: str, node: Node) -> Param:
        return Param(self.type(node), "!" in key, "?" in key)

    def _named(self, name: str) -> Type:
        if name not in self._built:
            self._built[name] = self.type(self._shared[name])
        return self._built[name]


def _word(text: str) -> Type:
    return Gap() if text == "gap" else scalar(text)
