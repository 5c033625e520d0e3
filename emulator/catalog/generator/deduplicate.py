"""Keeps the data files small and readable: repeated types are written once, and each key has its own line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from emulator.catalog.format import Fields, Node, bare

LONG = 160
"""A repeated type is shared if its JSON has at least this many characters."""


def share(fields: Fields) -> tuple[Fields, Fields]:
    """The same fields with every long and repeated type replaced by `=name`, and those types by their names."""
    sharing = _Sharing(fields)
    return {key: sharing.inside(node, key) for key, node in fields.items()}, sharing.shared


class _Sharing:
    def __init__(self, fields: Fields) -> None:
        self._counts: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        self.shared: Fields = {}
        for node in fields.values():
            self._count(node)

    def _count(self, node: Node) -> None:
        text = json.dumps(node)
        self._counts[text] += 1
        if self._counts[text] == 1:
            for _, child in _children(node):
                self._count(child)

    def inside(self, node: Node, key: str) -> Node:
        """A node with the types below it shared. Shared types are named after `key`, the nearest name."""
        if isinstance(node, dict):
            return {each: self._replace(child, _name(each, key)) for each, child in node.items()}
        return [self._replace(child, key) for child in node] if isinstance(node, list) else node

    def _replace(self, node: Node, key: str) -> Node:
        text = json.dumps(node)
        if len(text) < LONG or self._counts[text] < 2:
            return self.inside(node, key)
        if text not in self._names:
            self._names[text] = name = self._free(bare(key))
            self.shared[name] = ""
            self.shared[name] = self.inside(node, key)
        return "=" + self._names[text]

    def _free(self, name: str) -> str:
        number = 1
        while (free := name if number == 1 else f"{name}_{number}") in self.shared:
            number += 1
        return free


def _name(key: str, around: str) -> str:
    """The key itself, unless it is a symbol of the format."""
    return key if bare(key).isidentifier() else around


def _children(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from (("", child) for child in node)


def print_json(node: Node, indent: str = "") -> str:
    """JSON with one key on each line; arrays and hashes with any keys stay on one line."""
    if isinstance(node, list):
        return "[" + ", ".join(print_json(child, indent) for child in node) + "]"
    if isinstance(node, str) or not node:
        return json.dumps(node)
    if "*" in node:
        return f'{{"*": {print_json(node["*"], indent)}}}'
    deeper = indent + " "
    lines = (f"{deeper}{json.dumps(key)}: {print_json(child, deeper)}" for key, child in node.items())
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
