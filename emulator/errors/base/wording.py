"""Wording that several errors share: lists of values, quoted ids, and the fields of a v2 message."""

from __future__ import annotations

import re
from collections.abc import Sequence

SUPPORT = "https://support.stripe.com/"
LONGEST_PATH = 5000  # longer ones are no names, and shown as they were sent behind this


def doc_url(code: str) -> str:
    """The page of Stripe's documentation about an error code."""
    return f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


def either(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b, or c`, as Stripe lists them."""
    if len(words) < 3:
        return " or ".join(words)
    return f"{', '.join(words[:-1])}, or {words[-1]}"


def quoted_id(identifier: str) -> str:
    """An id as Stripe quotes it: quotes escaped, and the middle left out past 998 characters (observed)."""
    if len(identifier) > 998:
        identifier = f"{identifier[:490]}...(truncated)...{identifier[-490:]}"
    return identifier.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"')


def unrecognized_value(value: str, values: Sequence[str]) -> str:
    """The words of v2 for a value outside its enum."""
    return f"Unrecognized enum value '{quoted_id(value)}', valid values are: {', '.join(sorted(values))}."


def invalid_fields(fields: Sequence[tuple[str, str]]) -> str:
    """The message of v2 about invalid fields (observed with one field; how several are joined is our choice)."""
    listed = ", ".join(f"'{dotted(path)}: {text}'" for path, text in fields)
    return f"Some fields in the request were invalid: {listed}"


def dotted(path: str) -> str:
    """A path in brackets, `a[b][0]`, in the form of v2, `a.b[0]` (observed)."""
    # Brackets behind the last closing one are left out of the search, which would scan to the end for each of them.
    nested, closing, rest = path[:LONGEST_PATH].rpartition("]")
    return re.sub(r"\[(?!\d+\])([^\]]*)\]", r".\1", nested + closing) + rest + path[LONGEST_PATH:]
