"""References in a fixtures document: `${name:json.path|default}`, `${.env:VARIABLE|default}`, and two keywords.

The grammar is that of the Stripe CLI (official, its source of August 2026), with its peculiarities: a default may
contain braces, so that `${a:id}-${b:id}` is one reference to `a` with the default `}-${b:id`; only the first reference
in a string is resolved; a default replaces the whole string, a value only the reference.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime

from emulator.seeds.errors import SeedError
from emulator.seeds.lookup import Found, look_up
from emulator.wire.dataclasses import dataclass
from emulator.wire.namedtuples import NamedTuple

ENVIRONMENT = ".env"
NOW, UUID = "${time-now-RFC3339}", "${generate-uuid}"
LONGEST = 1_048_576  # characters of a string with its references resolved
_END_OF_NAME, _END_OF_DEFAULT = re.compile(r"[|}]"), re.compile(r"[/\n]")


class Reference(NamedTuple):
    """One reference in a string: its position, its fixture and path, and its default, empty without one."""

    start: int
    end: int
    name: str
    path: str
    default: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The values that references resolve to: the responses so far, by fixture, and environment variables.

    `now` returns unix seconds. `notes` collects the messages that the CLI would print.
    """

    responses: Mapping[str, Found]
    variables: Mapping[str, str]
    now: Callable[[], int]
    uuid: Callable[[], str]
    notes: list[str] = field(default_factory=list)


def references(text: str) -> Iterator[Reference]:
    r"""The matches of `\$\{([^|}]+):([^|}]+)\|?([^/\n]+)?\}`, as the CLI finds them, in linear time.

    Name and path end at the first bar or brace, and are separated by the last colon that leaves a path; the default
    ends at the last brace before a slash or the end of the line.
    """
    start, until, last = text.find("${"), -1, -1
    while start >= 0:
        bar = _END_OF_NAME.search(text, start + 2)
        if bar is None:
            return
        stop = bar.start()
        if until < stop:
            line = _END_OF_DEFAULT.search(text, stop)
            until = line.start() if line else len(text)
            last = text.rfind("}", stop, until)
        colon = text.rfind(":", start + 3, stop - 1)
        if colon < 0 or last < stop:
            start = text.find("${", stop)
            continue
        after_bar = stop + (text[stop] == "|")
        yield Reference(start, last + 1, text[start + 2 : colon], text[colon + 1 : stop], text[after_bar:last])
        start = text.find("${", last + 1)


def resolve(text: str, scope: Scope) -> str:
    """A string with its reference resolved. Raises SeedError for a fixture that has not run."""
    if text == NOW:
        return datetime.fromtimestamp(scope.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if text == UUID:
        return scope.uuid()
    found = next(references(text), None)
    if found is None:
        return text
    value, written = _value(found.name, found.path, scope), text[found.start : found.end]
    if value and len(value) * text.count(written) > LONGEST:
        raise SeedError(f"a string with its reference to {found.name} resolved is longer than {LONGEST} characters")
    return text.replace(written, value) if value else found.default or text


def resolve_path(path: str, scope: Scope) -> str:
    """A path with every reference resolved, its parts joined by single slashes. Raises SeedError."""
    parts, end = [], 0
    for found in references(path):
        parts += [path[end : found.start], resolve(path[found.start : found.end], scope)]
        end = found.end
    if not parts:
        return path
    joined = "/".join(filter(None, [*parts, path[end:]]))
    return re.sub(r"\A//+", "/", posixpath.normpath(joined))


def _value(name: str, path: str, scope: Scope) -> str:
    if name == ENVIRONMENT:
        value = scope.variables.get(path, "")
        if not value:
            scope.notes.append(f"No value for env var: {path}")
        return value
    if name not in scope.responses:
        raise SeedError(_undeclared(name, scope.responses))
    return look_up(scope.responses[name], path)


def _undeclared(name: str, responses: Mapping[str, Found]) -> str:
    like = [other for other in responses if _plain(name) in _plain(other) or _plain(other) in _plain(name)]
    more = f"\nPerhaps you meant one of the following: {', '.join(like)}" if like else ""
    return f"an undeclared fixture name was referenced: {name}{more}"


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
