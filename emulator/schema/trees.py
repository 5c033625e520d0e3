"""Trees of parameters: read a value at a path, merge, nest, rename and remove."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar, cast

from emulator.schema.check import Params, Value
from emulator.wire.json import Json
from emulator.wire.path import ParamPath

Leaf = TypeVar("Leaf")
PathTree = Mapping[str, "ParamPath | PathTree"]


@lru_cache(maxsize=1024)
def split_path(path: str) -> ParamPath:
    """A dotted path, such as `identity.country`, in parts."""
    return tuple(path.split("."))


def dig(tree: Mapping[str, Leaf], path: ParamPath) -> Leaf | None:
    """The value at a path of dicts, None when there is none."""
    found: Any = tree
    for name in path:
        if not isinstance(found, dict) or name not in found:
            return None
        found = found[name]
    return cast("Leaf", found)


def hash_at(tree: Mapping[str, Value], *path: str) -> Params:
    """The hash at a path, an empty one when there is none."""
    found = dig(tree, path)
    return found if isinstance(found, dict) else {}


def hash_in(fields: Mapping[str, Any], name: str) -> dict[str, Json]:
    """The hash at a name, an empty one where there is none."""
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def list_in(params: Mapping[str, Any], name: str) -> list[Params]:
    """The hashes of an array at a name."""
    found = params.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def hashes_in(fields: Mapping[str, Any], name: str) -> list[dict[str, Json]]:
    """The hashes of a stored list at a name."""
    found = fields.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def integer(fields: Mapping[str, Any], name: str, default: int = 0) -> int:
    """The whole number at a name."""
    found = fields.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else default


def merge(old: Mapping[str, Value], sent: Mapping[str, Value]) -> Params:
    """Applies an update as v1 does: hashes merge at every depth, other values replace, an empty value removes its name.

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


def nest(path: ParamPath, value: Leaf) -> dict[str, Leaf]:
    """A tree with one value, at a path."""
    *outer, last = path
    tree: dict[str, Any] = {last: value}
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


def path_tree(paths: Iterable[str]) -> PathTree:
    """Dotted paths as a tree. Its leaves are the paths themselves, or the new paths that a mapping gives them."""
    tree: dict[str, Any] = {}
    for path in paths:
        *outer, last = split_path(path)
        inner = tree
        for name in outer:
            inner = inner.setdefault(name, {})
        inner[last] = split_path(paths[path] if isinstance(paths, Mapping) else path)
    return tree


def rename(tree: Mapping[str, Value], paths: PathTree) -> Params:
    """The values at some paths, in a tree of their new paths. A cleared hash clears all below it."""
    result: Params = {}
    _rename(tree, paths, result)
    return result


def _rename(tree: Mapping[str, Value], paths: PathTree, result: Params) -> None:
    for name, new in paths.items():
        value = tree.get(name)
        if value is None:
            continue
        if isinstance(new, tuple):
            _put(result, new, value)
        elif isinstance(value, dict):
            _rename(value, new, result)
        elif value == "":
            _rename(dict.fromkeys(new, ""), new, result)


def without(tree: Mapping[str, Value], paths: PathTree) -> Params:
    """A tree without the values at some paths, and without the hashes that this empties."""
    result: Params = {}
    for name, value in tree.items():
        path = paths.get(name)
        if isinstance(path, Mapping) and isinstance(value, dict):
            left = without(value, path)
            if left or not value:
                result[name] = left
        elif not isinstance(path, tuple):
            result[name] = value
    return result


def _put(tree: Params, path: ParamPath, value: Value) -> None:
    """Puts a value into a tree that nobody else holds."""
    for name in path[:-1]:
        inner = tree.get(name)
        if not isinstance(inner, dict):
            inner = tree[name] = {}
        tree = inner
    tree[path[-1]] = value
