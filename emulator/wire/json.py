"""JSON in the exact format of Stripe's bodies.

Success: indented by two spaces, raw UTF-8, no newline at the end. Errors: also `<`, `>` and `&` escaped, and a newline
at the end (observed in recorded bodies of 2023 to 2026).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import orjson

from emulator.wire.form import LIMITS, Limits, TooLarge, Tree, as_hash, check_size

Json = str | int | float | bool | None | Mapping[str, "Json"] | Sequence["Json"]

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)  # matches at every quote: no second search


def load(body: bytes, limits: Limits = LIMITS) -> object:
    """Parse a JSON body. Raises TooLarge, and ValueError for invalid JSON.

    Values are counted in the bytes before parsing, since creating and freeing half a million of them takes longer than
    a whole request with ten thousand. There is at most one container more than there are values.
    """
    most = 2 * limits.pairs + 1
    if _marks(body) > most and _marks(_STRING.sub(b"", body)) > most:
        raise TooLarge(f"more than {limits.pairs} parameters")
    value = orjson.loads(body)
    check_size(value, limits)
    return value


def _marks(body: bytes) -> int:
    """The commas and the containers in JSON, those in strings included."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def dump(value: Json) -> bytes:
    """A success body."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def dump_error(value: Json) -> bytes:
    """An error body. The escaped characters occur only inside strings, so replacing bytes is exact."""
    body = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return body.replace(b"<", b"\\u003C").replace(b">", b"\\u003E").replace(b"&", b"\\u0026")


def dump_line(value: Json) -> str:
    """JSON on one line without spaces, as Stripe echoes a hash inside a message."""
    return orjson.dumps(value).decode()


def canonical(tree: Tree) -> bytes:
    """The same bytes for the same parameters, in any order and encoding."""
    body = orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)
    return orjson.dumps(as_hash(tree), option=orjson.OPT_SORT_KEYS) if b"[" in body else body
