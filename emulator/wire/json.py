"""JSON in the exact format of Stripe's bodies.

Success: indented by two spaces, raw UTF-8, no newline at the end. Errors: also `<`, `>` and `&` escaped, and a newline
at the end (observed in recorded bodies of 2023 to 2026).
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
    """An error body. The escaped characters occur only inside strings, so replacing bytes is exact."""
    body = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return body.replace(b"<", b"\\u003C").replace(b">", b"\\u003E").replace(b"&", b"\\u0026")


def compact(value: Json) -> str:
    """JSON on one line without spaces, as Stripe echoes a hash inside a message."""
    return orjson.dumps(value).decode()


def canonical(tree: Tree) -> bytes:
    """The same bytes for the same parameters, in any order and encoding."""
    body = orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)
    return orjson.dumps(as_hash(tree), option=orjson.OPT_SORT_KEYS) if b"[" in body else body
