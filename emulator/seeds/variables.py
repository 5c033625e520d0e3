"""Helpers for sending a document: whether a source is a file or a name, and the variables that it refers to.

Uses the standard library only, as the client imports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

ENDING = ".json"


def is_path(source: str) -> bool:
    """Whether a text is the path of a file rather than the name of a seed: it ends in .json or has a slash."""
    return source.endswith(ENDING) or "/" in source or "\\" in source


def variables_of(text: str) -> frozenset[str]:
    """The names of the variables that the text of a document may refer to."""
    return frozenset(re.findall(r"\$\{\.env:([^|}]+)", text))


def variables(names: Iterable[str], environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The values of variables, from the process and then from the folder's `.env`, as in the Stripe CLI."""
    wanted = set(names)
    try:
        own = dotenv((folder / ".env").read_text()) if wanted else {}
    except (OSError, UnicodeDecodeError):
        own = {}
    return {name: value for name in wanted if (value := environment.get(name) or own.get(name))}


def dotenv(text: str) -> dict[str, str]:
    """The variables of a `.env` file: `NAME=value`, also quoted, after `export`, with comments."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            found[name.strip()] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] in "'\"" and value[0] in value[1:]:
        return value[1 : value.index(value[0], 1)]
    return value.partition(" #")[0].rstrip()
