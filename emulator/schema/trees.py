"""Trees of parameters: read a value at a path, merge, nest, rename and remove."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from emulator.schema.check import Params, Value
from emulator.wire.path import ParamPath


@lru_cache(maxsize=1024)
def split_path(path: str) -> ParamPath:
    """A dotted path, such as `identity.country`, in parts."""
    return tuple(path.split("."))


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


def overlay(tree: Mapping[str, Value], more: Mapping[str, Value]) -> Params:
    """Two trees as one: hashes merge at every depth, other values of `more` replace, and empty values stay."""
    result = dict(tree)
    for name, value in more.items():
        before = result.get(name)
        result[name] = overlay(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def rename(tree: Mapping[str, Value], names: Mapping[str, str]) -> Params:
    """The values at the dotted paths of `names`, in a tree of their new paths. A cleared hash clears all below it."""
    result: Params = {}
    for path, other in names.items():
        value = _leaf(tree, split_path(path))
        if value is not None:
            _put(result, split_path(other), value)
    return result


def without(tree: Mapping[str, Value], paths: Iterable[str]) -> Params:
    """A tree without the values at some dotted paths, and without the hashes that this empties."""
    result: Params = dict(tree)
    for path in paths:
        if _leaf(result, split_path(path)) is not None:
            result = _cut(result, split_path(path))
    return result


def _put(tree: Params, path: ParamPath, value: Value) -> None:
    """Put a value into a tree that nobody else holds."""
    for name in path[:-1]:
        inner = tree.get(name)
        if not isinstance(inner, dict):
            inner = tree[name] = {}
        tree = inner
    tree[path[-1]] = value


def _leaf(tree: Mapping[str, Value], path: ParamPath) -> Value | None:
    """The value at a path; empty where a hash around it is cleared."""
    found: Value | None = tree.get(path[0])
    for name in path[1:]:
        if not isinstance(found, dict):
            return "" if found == "" else None
        found = found.get(name)
    return found


def _cut(tree: Params, path: ParamPath) -> Params:
    name, rest = path[0], path[1:]
    inner = tree.get(name)
    if not rest or not isinstance(inner, dict):
        return tree if rest else {key: value for key, value in tree.items() if key != name}
    left = _cut(inner, rest)
    if left or not inner:
        return {**tree, name: left}
    return {key: value for key, value in tree.items() if key != name}
