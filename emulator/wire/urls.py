"""URLs that no page may lead to."""

from __future__ import annotations

from collections.abc import Iterable

UNSAFE = frozenset({"data", "file", "javascript", "vbscript"})


def is_unsafe(url: str) -> bool:
    """Whether a URL runs a script or opens local content, in any spelling that a browser understands.

    Browsers ignore the case of a scheme, blanks and control characters before it, and tabs and line ends inside it
    (the URL standard).
    """
    return _scheme(url.partition(":")[0]) in UNSAFE if ":" in url else False


def _scheme(characters: Iterable[str]) -> str:
    return "".join(each for each in characters if each.isprintable() and not each.isspace()).lower()
