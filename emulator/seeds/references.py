"""References in a fixtures document: `${name:json.path|default}`, `${.env:VARIABLE|default}`, and two words.

The grammar is that of the Stripe CLI (official, its source of August 2026), with its surprises: a default may hold
braces, so `${a:id}-${b:id}` is one reference to `a` with the default `}-${b:id`; in a text only the first reference is
resolved; a default takes the place of the whole text, a found value that of the reference alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from emulator.seeds.errors import SeedError
from emulator.seeds.lookup import Found, look_up

REFERENCE = re.compile(r"\$\{([^|}]+):([^|}]+)\|?([^/\n]+)?\}")
ENVIRONMENT = ".env"
NOW, UUID = "${time-now-RFC3339}", "${generate-uuid}"


@dataclass(frozen=True, slots=True)
class Known:
    """What references can name: the answers so far, by fixture, and the variables of the environment.

    `now` is in unix seconds. `notes` collects what the CLI would have printed.
    """

    answers: Mapping[str, Found]
    variables: Mapping[str, str]
    now: Callable[[], int]
    uuid: Callable[[], str]
    notes: list[str] = field(default_factory=list)


def resolve(text: str, known: Known) -> str:
    """A text with its reference resolved. Raises SeedError for the name of no fixture that has run."""
    if text == NOW:
        return datetime.fromtimestamp(known.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if text == UUID:
        return known.uuid()
    match = REFERENCE.search(text)
    if match is None:
        return text
    value = _value(match[1], match[2], known)
    return text.replace(match[0], value) if value else match[3] or text


def resolve_path(path: str, known: Known) -> str:
    """A path with every reference resolved, its parts joined by single slashes. Raises SeedError."""
    if not REFERENCE.search(path):
        return path
    parts, end = [], 0
    for match in REFERENCE.finditer(path):
        parts += [path[end : match.start()], resolve(match[0], known)]
        end = match.end()
    joined = "/".join(filter(None, [*parts, path[end:]]))
    return re.sub(r"\A//+", "/", posixpath.normpath(joined))


def _value(name: str, path: str, known: Known) -> str:
    if name == ENVIRONMENT:
        value = known.variables.get(path, "")
        if not value:
            known.notes.append(f"No value for env var: {path}")
        return value
    if name not in known.answers:
        raise SeedError(_undeclared(name, known.answers))
    return look_up(known.answers[name], path)


def _undeclared(name: str, answers: Mapping[str, Found]) -> str:
    like = [other for other in answers if _plain(name) in _plain(other) or _plain(other) in _plain(name)]
    more = f"\nPerhaps you meant one of the following: {', '.join(like)}" if like else ""
    return f"an undeclared fixture name was referenced: {name}{more}"


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
