"""JSON with the bytes that Stripe sends.

Success: two spaces of indent, raw UTF-8, no trailing newline. Errors: the same with `<`, `>` and `&` escaped, and
one newline at the end (observed on recorded bodies of 2023 to 2026).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from emulator.wire.form import Tree, as_hash

Json = str | int | float | bool | None | Mapping[str, "Json"] | Sequence["Json"]


def dump(value: Json) -> bytes:
    """A success body."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def dump_error(value: Json) -> bytes:
    """An error body. The three escaped characters can stand inside strings only, so replacing bytes is exact."""
    body = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return body.replace(b"<", b"\\u003C").replace(b">", b"\\u003E").replace(b"&", b"\\u0026")


def compact(value: Json) -> str:
    """One line without spaces, as Stripe echoes a hash inside a message."""
    return orjson.dumps(value).decode()


def canonical(tree: Tree) -> bytes:
    """The same bytes for the same parameters, in whatever order they came and however they were spelt."""
    said = orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)
    return orjson.dumps(as_hash(tree), option=orjson.OPT_SORT_KEYS) if b"[" in said else said
