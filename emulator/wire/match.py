"""Matching requests by path and parameters, for faults and for queries of the request log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from urllib.parse import quote_plus

from emulator.wire.form import ITEM, Node, leaves, path_of, text_of
from emulator.wire.path import ParamPath

_SPECIAL = re.compile(r"[\[?]")  # wildcards of fnmatch besides `*`

# Parameters with their expected texts; None if a parameter must not be sent.
Expected = tuple[tuple[ParamPath, str | None], ...]


def path_matches(pattern: str, path: str) -> bool:
    """Whether a path matches a pattern, in which `*` matches any text, also slashes."""
    return fnmatchcase(path, _SPECIAL.sub(r"[\g<0>]", pattern))


def expectations(params: object) -> Expected:
    """Expected parameters from a hash, nested or with names in brackets or both: `{"a[b]": {"c": True}}`.

    A name that ends in `[]` matches any element of an array.
    """
    return tuple((path_of(quote_plus(name)), _text(leaf)) for name, leaf in leaves(params))


def _text(value: object) -> str | None:
    return None if value is None else text_of(value)


def holds(tree: Node, path: ParamPath, text: str | None) -> bool:
    """Whether a tree has a text at a path; with None, whether it has nothing there."""
    found = list(at(tree, path))
    return not found if text is None else text in found


def at(node: Node, path: ParamPath) -> Iterator[Node]:
    """The nodes at a path. Elements of arrays have indexes, even if they were sent without."""
    if not path:
        yield node
        return
    if isinstance(node, str):
        return
    children = node if isinstance(node, dict) else {str(index): child for index, child in enumerate(node)}
    for name in children if path[0] == ITEM else [path[0]]:
        if name in children:
            yield from at(children[name], path[1:])
