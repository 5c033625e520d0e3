"""The notation of the data files: types as JSON values, short enough to read and to compare line by line.

    "boolean" "integer" "number" "timestamp"    scalars; a timestamp is an integer of unix seconds
    "string", "string 5000", "string:decimal"   text, with a maximum length or the document's format
    "enum a|b", "enum? a|b"                     one of these words; with `?`, or another one
    "constant true"                             a boolean that never changes (answers only)
    "object"                                    an object with undescribed keys (answers only)
    "@customer"                                 a named schema (answers only)
    "expandable customer|deleted_customer"      an id, or one of these schemas (answers only)
    "=address"                                  a type that the file uses more than once, under `shared`
    [T]                                         an array of T
    {"*": T}                                    free keys
    {"|": [T, U]}                               alternatives, in order
    {"list of": T, "at": "/v1/charges"}         a v1 list object (answers only)
    {"name": T, ...}                            known keys

A known key carries marks: `!` it is required; `?` it may be emptied (sent as an empty string in a request, null in an
answer); `+` its name may end an `expand` path (always so for an `expandable` type, which goes without the mark).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from emulator.schema.spec import Boolean, Decimal, Enum, Integer, String

Node: TypeAlias = "str | list[Node] | dict[str, Node]"
"""A type, as it stands in a data file."""

Fields: TypeAlias = dict[str, Node]
"""A hash with known keys, marks and all."""

MARKS = "!?+"
_STRING = re.compile(r"string(?::(?P<format>[a-z0-9-]+))?(?: (?P<max>\d+))?")


@lru_cache(maxsize=4096)
def scalar(text: str) -> Boolean | Integer | Decimal | String | Enum:
    """The type that requests and answers share behind one word of notation. Raises ValueError on anything else."""
    word, _, rest = text.partition(" ")
    if word in {"enum", "enum?"}:
        return Enum(tuple(rest.split("|")), open=word == "enum?")
    return _SIMPLE[text] if text in _SIMPLE else _string(text)


_SIMPLE: dict[str, Boolean | Integer | Decimal | String] = {
    "boolean": Boolean(),
    "integer": Integer(),
    "number": Decimal(),
    "string": String(),
    "timestamp": Integer(is_time=True),
}


def _string(text: str) -> String:
    found = _STRING.fullmatch(text)
    if found is None:
        raise ValueError(f"not in the notation: {text!r}")
    longest = found["max"]
    return String(int(longest) if longest else None, found["format"])


def bare(key: str) -> str:
    """The name of a key without its marks."""
    return key.rstrip(MARKS)


def schema_file(name: str) -> str:
    """Which file under `schemas` holds a named schema: the one of its first word."""
    return name.replace(".", "_").partition("_")[0]
