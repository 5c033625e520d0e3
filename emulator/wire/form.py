"""Form bodies and query strings to trees, by Stripe's grammar.

`a=1&b[c]=2&d[0]=x&e[]=y` becomes `{"a": "1", "b": {"c": "2"}, "d": {"0": "x"}, "e": ["y"]}`. Indexed arrays stay
hashes, as they do inside Stripe (observed: an array sent for a string is echoed as `{"0":"wrong"}`); the schema turns
them into arrays. Where Stripe's behaviour is unknown, the rules are those of Rack, which Stripe's Ruby SDK has relied
on: a repeated sub-key of `a[][k]` starts the next element, the last of two equal keys wins, and stray brackets and
pairs without a name are ignored.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from urllib.parse import urlencode

from emulator.wire.dataclasses import dataclass
from emulator.wire.path import ParamPath

Node = str | list["Node"] | dict[str, "Node"]
Tree = dict[str, Node]

ITEM = ""  # the segment of `[]`
_SEGMENT = re.compile(r"\[\]|[^\[\]]+")
_ESCAPED_FE = re.compile(rb"%[fF][eE]")
_LONGEST_CACHED_NAME = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one request (our choice): bytes of body, number of values, levels of nesting, names in all paths."""

    body: int = 1_048_576
    pairs: int = 10_000
    depth: int = 32
    names: int = 50_000


LIMITS = Limits()


class FormError(ValueError):
    """A body that cannot be parsed."""


class InvalidUtf8(FormError):
    """Bytes that are no UTF-8. `text` holds them escaped."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class TooLarge(FormError):
    """A request beyond one of the `Limits`, which `limit` describes."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class Clash(FormError):
    """A name that is used both for a value and for a hash or an array."""

    def __init__(self, path: ParamPath, *, array: bool) -> None:
        super().__init__(path)
        self.path = path
        self.array = array


def parse(*sources: bytes, limits: Limits = LIMITS) -> Tree:
    """The tree of urlencoded sources, of which later ones take precedence. Raises FormError."""
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
    names = 0
    node, place = tree, ParamPath()  # the hash of the pair before, which the next one is often in
    for pair in source.decode().split("&"):
        name, _, value = pair.partition("=")
        path, parents, last = _cached_place(name) if len(name) <= _LONGEST_CACHED_NAME else _place_of(name)
        if len(path) > limits.depth:
            raise TooLarge(f"more than {limits.depth} levels of nesting")
        names += len(path)
        if names > limits.names:
            raise TooLarge(f"more than {limits.names} names in brackets")
        if "%" in value:
            value = unquoted(value)
        elif "+" in value:
            value = value.replace("+", " ")
        if last is None:
            insert(tree, path, value)
            continue
        if parents != place:
            node, place = _hash_at(tree, parents), parents
        if node.setdefault(last, value) is not value:
            insert(tree, path, value)


def unquoted(text: str) -> str:
    """Decode percent-encoded text; a `%` without two digits is kept as it is. Raises UnicodeDecodeError.

    It is read as quoted-printable, which is the same with another sign and is decoded in C: urllib takes 0.3 s for a
    megabyte of `%`. The differences are replaced first: `=` by a byte that UTF-8 never has, and a `%` before
    another one, a line or the end by `%25`.
    """
    data = text.replace("+", " ").replace("%3D", "=").replace("%3d", "=").encode().replace(b"=", b"\xfe")
    data = data.replace(b"%%", b"%25%").replace(b"%%", b"%25%").replace(b"%\r", b"%25\r").replace(b"%\n", b"%25\n")
    decoded = a2b_qp((data + b"25" if data.endswith(b"%") else data).replace(b"%", b"="))
    if _ESCAPED_FE.search(data):
        decoded.replace(b"=", b"%").decode()  # raises
    return decoded.replace(b"=", b"%").replace(b"\xfe", b"=").decode()


def path_of(name: str) -> ParamPath:
    """The path of a name: `a%5Bb%5D[]` is `("a", "b", "")`, no name is empty. Raises UnicodeDecodeError.

    A path beyond the limit of levels is cut behind it.
    """
    segments = _SEGMENT.finditer(unquoted(name).lstrip("[]"))
    first, *rest = [segment[0] for segment in islice(segments, LIMITS.depth + 1)] or [ITEM]
    return (first, *(ITEM if segment == "[]" else segment for segment in rest)) if first else ()


def _place_of(name: str) -> tuple[ParamPath, ParamPath, str | None]:
    """The path of a name, the path of the hash around it and its key there, None if the path goes through a list."""
    path = path_of(name)
    return path, path[:-1], path[-1] if path and ITEM not in path else None


_cached_place = lru_cache(maxsize=4096)(_place_of)  # clients repeat the same few names


def insert(tree: Tree, path: ParamPath, value: str) -> None:
    """Puts a value at a path of a tree. Raises Clash."""
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
    """The hash at a path, created if missing. Raises Clash."""
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
    """The error for the first value on a path that is no hash."""
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
    """Appends the value of `a[]=v`, or of `a[][k]=v`, which extends the last element unless it has the key."""
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
    """Whether an element has a value at a path, so that the pair starts the next element."""
    current: Node = node
    for segment in path:
        if segment == ITEM:
            return False
        if not isinstance(current, dict) or segment not in current:
            return False
        current = current[segment]
    return True


def as_hash(node: Node) -> Node:
    """The node with each array as a hash by index, as Stripe represents them internally (observed)."""
    if isinstance(node, list):
        return {str(index): as_hash(child) for index, child in enumerate(node)}
    if isinstance(node, dict):
        return {name: as_hash(child) for name, child in node.items()}
    return node


def encode(value: object) -> str:
    """A nested hash as a urlencoded body: arrays are indexed, booleans in lower case, None is left out."""
    return urlencode([(name, text_of(leaf)) for name, leaf in leaves(value) if name and leaf is not None])


def leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """The values in a nested hash with their names in brackets; elements of arrays are indexed."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from leaves(child, f"{name}[{key}]" if name else str(key))
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield from leaves(child, f"{name}[{index}]")
    else:
        yield name, value


def text_of(value: object) -> str:
    """A value as form text: booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_size(value: object, limits: Limits = LIMITS) -> None:
    """Raise TooLarge for JSON of too many values or levels. Hashes and arrays count too, as one parameter each."""
    level, count = [value], 0
    for _ in range(limits.depth + 1):
        children: list[object] = []
        for node in level:
            children.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
        count += len(children)
        if count > limits.pairs:
            raise TooLarge(f"more than {limits.pairs} parameters")
        level = children
    if level:
        raise TooLarge(f"more than {limits.depth} levels of nesting")


def text_tree(value: object) -> Node:
    """JSON whose size is checked as the tree of an equivalent form: numbers and booleans are text, null is empty."""
    if isinstance(value, Mapping):
        return {str(name): text_tree(child) for name, child in value.items()}
    if isinstance(value, list):
        return [text_tree(child) for child in value]
    return "" if value is None else text_of(value)
