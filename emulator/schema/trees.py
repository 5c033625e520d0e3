"""Trees of parameters: reading a value at a path, merging an update, nesting a value at a path."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.schema.check import Params, Value
from emulator.wire.path import ParamPath


def dig(tree: Mapping[str, Value], path: ParamPath) -> Value | None:
    """The value at a path, None when there is none."""
    found: Value | None = tree.get(path[0])
    for name in path[1:]:
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found


def hash_at(tree: Mapping[str, Value], *path: str) -> Params:
    """The hash at a path, an empty one when there is none."""
    found = dig(tree, path)
    return found if isinstance(found, dict) else {}


def merge(old: Mapping[str, Value], sent: Mapping[str, Value]) -> Params:
    """Apply an update as v1 does: hashes merge at every depth, other values replace, an empty value removes its name.

    Empty values are removed inside lists too.
    """
    result: Params = {name: value for name, value in old.items() if name not in sent}
    for name, value in sent.items():
        if isinstance(value, dict):
            before = old.get(name)
            result[name] = merge(before if isinstance(before, dict) else {}, value)
        elif isinstance(value, list):
            result[name] = [merge({}, each) if isinstance(each, dict) else each for each in value]
        elif value != "":
            result[name] = value
    return result


def nest(path: ParamPath, value: Value) -> Params:
    """A tree with one value, at a path."""
    *outer, last = path
    tree: Params = {last: value}
    for name in reversed(outer):
        tree = {name: tree}
    return tree
