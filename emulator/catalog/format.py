"""The format of the data files: types as JSON values, short enough to read and to compare line by line.

    "boolean" "integer" "number" "timestamp"    scalars; a timestamp is an integer of unix seconds
    "integer 0..", "number 0..100"              a number with its least and its greatest value (requests only)
    "string", "string 5000", "string:decimal"   a string, with a maximum length or the document's format
    "enum a|b", "enum? a|b"                     one of these values; with `?`, other values too
    "enum a|b gap c|d"                          and these, which the emulator does not model (requests only)
    "constant true"                             a boolean that never changes (responses only)
    "object"                                    an object whose keys are not described (responses only)
    "@customer"                                 a named schema (responses only)
    "expandable customer|deleted_customer"      an id, or one of these schemas (responses only)
    "gap"                                       what Stripe takes and the emulator does not model (requests only)
    "=address"                                  a type that the file uses more than once, under `shared`
    [T], [T, "..20"]                            an array of T, with the most elements (requests only)
    {"*": T}                                    any keys
    {"|": [T, U]}                               alternatives, in order
    {"list of": T, "at": "/v1/charges"}         a v1 list object (responses only)
    {"name": T, ...}                            known keys

A known key may end with marks: `!` it is required; `?` it may be empty (an empty string in a request, null in a
response); `+` its name may end an `expand` path (implied by an `expandable` type).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from emulator.schema.spec import Boolean, Decimal, Enum, Integer, String

Node: TypeAlias = "str | list[Node] | dict[str, Node]"
"""A type, as it stands in a data file."""

Fields: TypeAlias = dict[str, Node]
"""A hash with known keys, marks included."""

MARKS = "!?+"
_BOUNDED = re.compile(r"(?P<kind>integer|number) (?P<least>\d+(?:\.\d+)?)\.\.(?P<most>\d*)")
_STRING = re.compile(r"string(?::(?P<format>[a-z0-9-]+))?(?: (?P<max>\d+))?")


@lru_cache(maxsize=4096)
def scalar(text: str) -> Boolean | Integer | Decimal | String | Enum:
    """The type of a scalar, in requests and responses. Raises ValueError for any other text."""
    word, _, rest = text.partition(" ")
    if word in {"enum", "enum?"}:
        values, _, gaps = rest.partition(" gap ")
        return Enum(tuple(values.split("|")), open=word == "enum?", gaps=tuple(gaps.split("|")) if gaps else ())
    if found := _BOUNDED.fullmatch(text):
        return _bounded(found)
    return _SIMPLE[text] if text in _SIMPLE else _string(text)


_SIMPLE: dict[str, Boolean | Integer | Decimal | String] = {
    "boolean": Boolean(),
    "integer": Integer(),
    "number": Decimal(),
    "string": String(),
    "timestamp": Integer(is_time=True),
    "timestamp any": Integer(is_time=True, any_time=True),
}


def _bounded(found: re.Match[str]) -> Integer | Decimal:
    most = int(found["most"]) if found["most"] else None
    return Integer(int(found["least"]), most) if found["kind"] == "integer" else Decimal(float(found["least"]), most)


def _string(text: str) -> String:
    found = _STRING.fullmatch(text)
    if found is None:
        raise ValueError(f"not a type: {text!r}")
    longest = found["max"]
    return String(int(longest) if longest else None, found["format"])


def most_items(node: list[Node]) -> int | None:
    """The most elements of an array, None without a bound."""
    return int(str(node[1]).removeprefix("..")) if len(node) > 1 else None


def bare(key: str) -> str:
    """The name of a key without its marks."""
    return key.rstrip(MARKS)


def schema_file(name: str) -> str:
    """The name of the file under `schemas` that holds a named schema: the first word of the schema's name."""
    return name.replace(".", "_").partition("_")[0]
