"""Finds a value in a response by a path in the syntax of the Stripe CLI (that of gjson).

Supports dots, array indexes, `#` for the length of an array and `#.name` for a property of each element. Wildcards,
queries and modifiers are refused rather than misread: none of the CLI's own fixtures uses them.
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
    """The absence of a value, as opposed to null."""


NOTHING = Nothing()
Found = Json | Nothing


def look_up(tree: Found, path: str) -> str:
    """The value at a path as text, empty if there is none. Raises SeedError."""
    if _REFUSED.search(path):
        raise SeedError(
            f"the path {path!r} uses wildcards, queries or modifiers, which the emulator does not support: "
            "use names, indexes and #"
        )
    return text_of(_walk(tree, [_ESCAPED.sub(r"\1", part) for part in _PART.findall(path)], 0))


def _walk(tree: Found, parts: Sequence[str], depth: int) -> Found:
    if depth == len(parts) or isinstance(tree, Nothing):
        return tree
    name = parts[depth]
    if isinstance(tree, Mapping):
        return _walk(tree.get(name, NOTHING), parts, depth + 1)
    if not isinstance(tree, Sequence) or isinstance(tree, str):
        return NOTHING
    if name == "#":
        if depth + 1 == len(parts):
            return len(tree)
        return [found for each in tree if not isinstance(found := _walk(each, parts, depth + 1), Nothing)]
    place = _index(name)
    return _walk(tree[place], parts, depth + 1) if place is not None and place < len(tree) else NOTHING


def _index(name: str) -> int | None:
    """An array index, None if the text is no number or has too many digits for one."""
    digits = name.lstrip("0") or name[:1]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def text_of(value: Found) -> str:
    """A value as text: null is empty, hashes and arrays are JSON."""
    if value is None or isinstance(value, Nothing):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(value) if isinstance(value, int | float) else dump(value).decode()


def number(value: float) -> str:
    """The shortest form without an exponent: 25.00 is 25, 20.10 is 20.1. The CLI treats integers as floats."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
