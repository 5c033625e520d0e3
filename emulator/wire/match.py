"""Matching texts by wildcards, and requests by their parameters, for faults, lists of events and the request log."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote_plus

from emulator.wire.form import ITEM, Node, leaves, path_of, text_of
from emulator.wire.path import ParamPath

# Parameters with their expected texts; None if a parameter must not be sent.
Expected = tuple[tuple[ParamPath, str | None], ...]


class Wildcard:
    """A pattern in which `*` matches any text, slashes included. Other characters match literally.

    Matching takes linear time, as each part of the pattern is searched behind the one before it and never again. An
    instance is made once for many texts: a pattern that is longer than a text costs nothing.
    """

    __slots__ = ("_end", "_parts", "_shortest", "_start", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._start, *rest = pattern.split("*")
        self._end = rest.pop() if rest else None  # None: no wildcard
        self._parts = [part for part in rest if part]
        self._shortest = len(pattern) - pattern.count("*")

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""
        if self._end is None:
            return text == self.pattern
        if len(text) < self._shortest or not (text.startswith(self._start) and text.endswith(self._end)):
            return False
        place, end = len(self._start), len(text) - len(self._end)
        for part in self._parts:
            found = text.find(part, place, end)
            if found < 0:
                return False
            place = found + len(part)
        return True


def wildcard_matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern with wildcards."""
    return Wildcard(pattern).matches(text)


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
