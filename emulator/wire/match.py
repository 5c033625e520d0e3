"""Whether a request is one that a test means: by its path, and by what its parameters hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from urllib.parse import quote_plus

from emulator.wire.form import ITEM, Node, leaves, path_of, text_of
from emulator.wire.path import ParamPath

_SPECIAL = re.compile(r"[\[?]")  # what fnmatch makes more of than `*`

# Parameters with the texts that they must have; None is one that must not be sent.
Wanted = tuple[tuple[ParamPath, str | None], ...]


def path_fits(pattern: str, path: str) -> bool:
    """Whether a path is as a pattern says, in which `*` stands for any text, slashes too."""
    return fnmatchcase(path, _SPECIAL.sub(r"[\g<0>]", pattern))


def wanted(params: object) -> Wanted:
    """What parameters say, whether they are nested or named in brackets, or both: `{"a[b]": {"c": True}}`.

    A name that ends in `[]` is about any element of an array.
    """
    return tuple((path_of(quote_plus(name)), _text(leaf)) for name, leaf in leaves(params))


def _text(value: object) -> str | None:
    return None if value is None else text_of(value)


def holds(tree: Node, path: ParamPath, text: str | None) -> bool:
    """Whether a tree has a text in a place; None is whether it has nothing there."""
    found = list(at(tree, path))
    return not found if text is None else text in found


def at(node: Node, path: ParamPath) -> Iterator[Node]:
    """What stands in a place; arrays have indexes, whether they were sent with them or without."""
    if not path:
        yield node
        return
    if isinstance(node, str):
        return
    children = node if isinstance(node, dict) else {str(index): child for index, child in enumerate(node)}
    for name in children if path[0] == ITEM else [path[0]]:
        if name in children:
            yield from at(children[name], path[1:])
