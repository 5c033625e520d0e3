"""Form bodies and query strings to trees, by Stripe's grammar.

`a=1&b[c]=2&d[0]=x&e[]=y` becomes `{"a": "1", "b": {"c": "2"}, "d": {"0": "x"}, "e": ["y"]}`. Indexed arrays stay hashes
here, as they do inside Stripe (observed: an array sent for a string is echoed as `{"0":"wrong"}`); what an index
means is the schema's business. Where nothing is known of Stripe, the rules are those of Rack, which Stripe's own
Ruby SDK has relied on: a repeated sub-key of `a[][k]` starts the next element, the last of two equal keys wins, stray
brackets are ignored, and so is a pair without a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_plus, urlencode

from emulator.wire.path import ParamPath

Node = str | list["Node"] | dict[str, "Node"]
Tree = dict[str, Node]

ITEM = ""  # the segment of a[]
_SEGMENT = re.compile(r"\[\]|[^\[\]]+")
_LONGEST_CACHED_NAME = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may say: bytes of body, number of pairs, levels of brackets. Our choice."""

    body: int = 1_048_576
    pairs: int = 10_000
    depth: int = 32


LIMITS = Limits()


class FormError(ValueError):
    """A body that is not a tree."""


class InvalidUtf8(FormError):
    """The bytes do not decode; `text` is the offending text with its bad bytes escaped."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class TooLarge(FormError):
    """More than one of the `Limits`; `what` names it in words."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Clash(FormError):
    """One name is used both for a value and for a hash or an array."""

    def __init__(self, path: ParamPath, *, array: bool) -> None:
        super().__init__(path)
        self.path = path
        self.array = array


def parse(*sources: bytes, limits: Limits = LIMITS) -> Tree:
    """The tree of some urlencoded sources, a later one winning over an earlier one. Raises FormError."""
    tree: Tree = {}
    try:
        for source in sources:
            if source:
                _parse_into(tree, source, limits)
    except UnicodeDecodeError as error:
        raise InvalidUtf8(error.object[:200].decode(errors="backslashreplace")) from None
    return tree


def _parse_into(tree: Tree, source: bytes, limits: Limits) -> None:
    if source.count(b"&") >= limits.pairs:
        raise TooLarge(f"more than {limits.pairs} parameters")
    for pair in source.decode().split("&"):
        name, _, value = pair.partition("=")
        path, parents, last = _cached_place(name) if len(name) <= _LONGEST_CACHED_NAME else _place_of(name)
        if len(path) > limits.depth:
            raise TooLarge(f"more than {limits.depth} levels of nesting")
        if "%" in value or "+" in value:
            value = _unquoted(value)
        if last is None or _hash_at(tree, parents).setdefault(last, value) is not value:
            insert(tree, path, value)


def _unquoted(text: str) -> str:
    return unquote_plus(text, errors="strict")


def path_of(name: str) -> ParamPath:
    """`a%5Bb%5D[]` as `("a", "b", "")`. Empty for a pair without a name. Raises UnicodeDecodeError."""
    first, *rest = _SEGMENT.findall(_unquoted(name).lstrip("[]")) or [ITEM]
    return (first, *(ITEM if segment == "[]" else segment for segment in rest)) if first else ()


def _place_of(name: str) -> tuple[ParamPath, ParamPath, str | None]:
    """The path of a name, the hash that holds it and its key there; the key is None where it is not plain."""
    path = path_of(name)
    return path, path[:-1], path[-1] if path and ITEM not in path else None


_cached_place = lru_cache(maxsize=4096)(_place_of)  # clients send the same few names again and again


def insert(tree: Tree, path: ParamPath, value: str) -> None:
    """Put a value at a path of a tree. Raises Clash."""
    if not path:
        return
    if ITEM in path:
        depth = path.index(ITEM)
        _append(_child_list(_hash_at(tree, path[: depth - 1]), path, depth - 1), path, depth + 1, value)
        return
    node = _hash_at(tree, path[:-1])
    name = path[-1]
    before = node.get(name)
    if before is not None and type(before) is not str:
        raise Clash(path, array=type(before) is list)
    node[name] = value


def _hash_at(tree: dict[str, Node], path: ParamPath) -> dict[str, Node]:
    """The hash at a path, made where there is none."""
    node = tree
    for name in path:
        child = node.get(name)
        if child is None:
            child = node[name] = {}
        elif type(child) is not dict:
            raise _clash(tree, path)
        node = child
    return node


def _clash(tree: dict[str, Node], path: ParamPath) -> Clash:
    """The error at the first place on a path that is no hash."""
    node: Node = tree
    depth = 0
    while isinstance(node, dict):
        node = node[path[depth]]
        depth += 1
    return Clash(path[:depth], array=isinstance(node, list))


def _child_list(node: dict[str, Node], path: ParamPath, depth: int) -> list[Node]:
    child = node.setdefault(path[depth], [])
    if not isinstance(child, list):
        raise Clash(path[: depth + 1], array=True)
    return child


def _append(items: list[Node], path: ParamPath, depth: int, value: str) -> None:
    """`a[]=v`, or `a[][k]...=v`, which continues the last element unless that already has the key."""
    rest = path[depth:]
    if not rest:
        items.append(value)
    elif rest[0] == ITEM:
        nested: list[Node] = []
        _append(nested, path, depth + 1, value)
        items.append(nested)
    else:
        if not (items and isinstance(items[-1], dict) and not _has(items[-1], rest)):
            items.append({})
        element = items[-1]
        if isinstance(element, dict):
            insert(element, rest, value)


def _has(node: dict[str, Node], path: ParamPath) -> bool:
    """Whether this very place is taken, so that the pair belongs to the next element."""
    current: Node = node
    for segment in path:
        if segment == ITEM:
            return False
        if not isinstance(current, dict) or segment not in current:
            return False
        current = current[segment]
    return True


def as_hash(node: Node) -> Node:
    """The same node with every array as a hash of index and value, as Stripe has them inside (observed)."""
    if isinstance(node, list):
        return {str(index): as_hash(child) for index, child in enumerate(node)}
    if isinstance(node, dict):
        return {name: as_hash(child) for name, child in node.items()}
    return node


def encode(value: object) -> str:
    """The other way: a nested hash as a urlencoded body, arrays indexed, booleans in lower case, None left out."""
    return urlencode([(name, text_of(leaf)) for name, leaf in leaves(value) if name and leaf is not None])


def leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """The values in a nested hash, each with its name in brackets; elements of arrays have their index."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from leaves(child, f"{name}[{key}]" if name else str(key))
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield from leaves(child, f"{name}[{index}]")
    else:
        yield name, value


def text_of(value: object) -> str:
    """A value as a form has it: booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def text_tree(value: object, levels: int = LIMITS.depth) -> Node:
    """JSON as a form would say it: numbers and booleans are text, null is an empty text. Raises TooLarge."""
    if levels < 0:
        raise TooLarge(f"more than {LIMITS.depth} levels of nesting")
    if isinstance(value, Mapping):
        return {str(name): text_tree(child, levels - 1) for name, child in value.items()}
    if isinstance(value, list):
        return [text_tree(child, levels - 1) for child in value]
    return "" if value is None else text_of(value)
