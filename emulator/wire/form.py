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
from urllib.parse import parse_qsl, urlencode

from emulator.wire.path import ParamPath

Node = str | list["Node"] | dict[str, "Node"]
Tree = dict[str, Node]
Pairs = list[tuple[str, str]]

ITEM = ""  # the segment of a[]
_SEGMENT = re.compile(r"\[\]|[^\[\]]+")
_LONGEST_CACHED_KEY = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may say: bytes of body, number of pairs, levels of brackets. Our choice."""

    body: int = 1_048_576
    pairs: int = 10_000
    depth: int = 32


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


def parse(limits: Limits, *sources: bytes) -> Tree:
    """The tree of some urlencoded sources, a later one winning over an earlier one. Raises FormError."""
    tree: Tree = {}
    for source in sources:
        if source:
            for key, value in pairs(source, limits):
                _insert(tree, _segments(key, limits), value)
    return tree


def pairs(source: bytes, limits: Limits) -> Pairs:
    """The decoded pairs in order of appearance. Raises InvalidUtf8 and TooLarge."""
    if source.count(b"&") >= limits.pairs:
        raise TooLarge(f"more than {limits.pairs} parameters")
    try:
        return parse_qsl(source.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise InvalidUtf8(error.object[:200].decode(errors="backslashreplace")) from None


def _segments(key: str, limits: Limits) -> ParamPath:
    path = _cached_split(key) if len(key) <= _LONGEST_CACHED_KEY else split(key)
    if len(path) > limits.depth:
        raise TooLarge(f"more than {limits.depth} levels of nesting")
    return path


def split(key: str) -> ParamPath:
    """`a[b][]` as `("a", "b", "")`. Empty for a key without a name."""
    name, *rest = _SEGMENT.findall(key.lstrip("[]")) or [ITEM]
    return (name, *(ITEM if segment == "[]" else segment for segment in rest)) if name else ()


_cached_split = lru_cache(maxsize=4096)(split)


def _insert(tree: Tree, path: ParamPath, value: str) -> None:
    if not path:
        return
    node: dict[str, Node] = tree
    depth, last = 0, len(path) - 1
    while depth < last:
        if path[depth + 1] == ITEM:
            _append(_child_list(node, path, depth), path, depth + 2, value)
            return
        node = _child_hash(node, path, depth)
        depth += 1
    if isinstance(node.get(path[last]), dict | list):
        raise Clash(path, array=isinstance(node[path[last]], list))
    node[path[last]] = value


def _child_hash(node: dict[str, Node], path: ParamPath, depth: int) -> dict[str, Node]:
    child = node.get(path[depth])
    if child is None:
        child = node[path[depth]] = {}
    elif not isinstance(child, dict):
        raise Clash(path[: depth + 1], array=isinstance(child, list))
    return child


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
            _insert(element, rest, value)


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


def encode(value: object) -> str:
    """The other way: a nested hash as a urlencoded body, arrays indexed, booleans in lower case, None left out."""
    return urlencode([(name, text) for name, text in _flat("", value) if name])


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _flat(f"{name}[{key}]" if name else str(key), child)
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield from _flat(f"{name}[{index}]", child)
    elif value is not None:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)
