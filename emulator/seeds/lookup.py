"""A value out of an answer, by the paths that the Stripe CLI understands (those of gjson).

Dots, indexes of arrays, `#` for the length of an array and `#.name` for a name of each element. Wildcards, queries and
modifiers are refused rather than misread: no fixture of the CLI's own uses one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from emulator.seeds.errors import SeedError
from emulator.wire.json import Json, dump

_PART = re.compile(r"(?:\\.|[^.\\])+")
_ESCAPED = re.compile(r"\\(.)")
_REFUSED = re.compile(r"(?<!\\)[*?]|#\(|(?:^|\.)@")


class Nothing:
    """What is found where there is nothing; not the same as null."""


NOTHING = Nothing()
Found = Json | Nothing


def look_up(tree: Found, path: str) -> str:
    """The value at a path as text, an empty one when there is none. Raises SeedError."""
    if _REFUSED.search(path):
        raise SeedError(
            f"the path {path!r} uses wildcards, queries or modifiers, which the emulator does not know: "
            "use names, indexes and #"
        )
    return text_of(_walk(tree, [_ESCAPED.sub(r"\1", part) for part in _PART.findall(path)]))


def _walk(tree: Found, parts: Sequence[str]) -> Found:
    if not parts or isinstance(tree, Nothing):
        return tree
    name, rest = parts[0], parts[1:]
    if isinstance(tree, Mapping):
        return _walk(tree.get(name, NOTHING), rest)
    if not isinstance(tree, Sequence) or isinstance(tree, str):
        return NOTHING
    if name == "#":
        return [found for each in tree if not isinstance(found := _walk(each, rest), Nothing)] if rest else len(tree)
    inside = name.isdecimal() and int(name) < len(tree)
    return _walk(tree[int(name)], rest) if inside else NOTHING


def text_of(value: Found) -> str:
    """A value as it is put into a text: null is empty, hashes and arrays are JSON."""
    if value is None or isinstance(value, Nothing):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(value) if isinstance(value, int | float) else dump(value).decode()


def number(value: float) -> str:
    """The shortest form without an exponent: 25.00 is 25, 20.10 is 20.1. Whole numbers are floats to the CLI, too."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
