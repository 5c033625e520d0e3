"""The parameters of the catalog, from the format of the files to the types of `emulator.schema.spec`."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.catalog.format import Fields, Node, bare, most_items, scalar
from emulator.schema.spec import EMPTY, AnyOf, Array, Gap, Map, Object, Param, String, Type
from emulator.wire.dataclasses import replace

# The ends of the names of parameters that are URLs, which the document does not distinguish from other text.
URLS = ("url", "uri")


class ParamReader:
    """Builds the types of one file; a shared type is built once. `urls`: it marks parameters that are URLs.

    Those of v2 have errors of their own.
    """

    def __init__(self, shared: Mapping[str, Node], *, urls: bool) -> None:
        self._urls = urls
        self._shared = shared
        self._built: dict[str, Type] = {}

    def type(self, node: Node) -> Type:
        """The type of a node. Raises ValueError if it is none, KeyError for an unknown shared type."""
        if isinstance(node, str):
            return self._named(node[1:]) if node[0] == "=" else _word(node)
        if isinstance(node, list):
            return Array(self.type(node[0]), most_items(node))
        if "*" in node:
            return Map(self.type(node["*"]))
        return AnyOf(tuple(map(self.type, node["|"]))) if "|" in node else self.object(node)

    def object(self, fields: Fields) -> Object:
        """A hash with known keys, in the file's order."""
        if not fields:
            return EMPTY
        return Object({bare(key): self._param(key, node) for key, node in fields.items()})

    def _param(self, key: str, node: Node) -> Param:
        kind = self.type(node)
        if self._urls and isinstance(kind, String) and kind.format is None and bare(key).endswith(URLS):
            kind = replace(kind, format="url")
        return Param(kind, "!" in key, "?" in key)

    def _named(self, name: str) -> Type:
        if name not in self._built:
            self._built[name] = self.type(self._shared[name])
        return self._built[name]


def _word(text: str) -> Type:
    return Gap() if text == "gap" else scalar(text)
