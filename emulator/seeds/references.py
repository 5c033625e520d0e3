"""References in a fixtures document: `${name:json.path|default}`, `${.env:VARIABLE|default}`, and two words.

The grammar is that of the Stripe CLI (official, its source of August 2026), with its surprises: a default may hold
braces, so `${a:id}-${b:id}` is one reference to `a` with the default `}-${b:id`; in a text only the first reference is
resolved; a default takes the place of the whole text, a found value that of the reference alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import NamedTuple

from emulator.seeds.errors import SeedError
from emulator.seeds.lookup import Found, look_up
from emulator.wire.dataclasses import dataclass

ENVIRONMENT = ".env"
NOW, UUID = "${time-now-RFC3339}", "${generate-uuid}"
LONGEST = 1_048_576  # characters of a text whose references are resolved
_END_OF_NAME, _END_OF_DEFAULT = re.compile(r"[|}]"), re.compile(r"[/\n]")


class Reference(NamedTuple):
    """One reference in a text: where it stands, what it names, and its default, empty when it has none."""

    start: int
    end: int
    name: str
    path: str
    default: str


@dataclass(frozen=True, slots=True)
class Known:
    """What references can name: the responses so far, by fixture, and the variables of the environment.

    `now` is in unix seconds. `notes` collects what the CLI would have printed.
    """

    answers: Mapping[str, Found]
    variables: Mapping[str, str]
    now: Callable[[], int]
    uuid: Callable[[], str]
    notes: list[str] = field(default_factory=list)


def references(text: str) -> Iterator[Reference]:
    r"""The matches of `\$\{([^|}]+):([^|}]+)\|?([^/\n]+)?\}`, as the CLI finds them, in linear time.

    Name and path end at the first bar or brace, and part at their last colon that leaves a path; the default ends at
    the last brace before a slash or the end of the line.
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


def resolve(text: str, known: Known) -> str:
    """A text with its reference resolved. Raises SeedError for the name of no fixture that has run."""
    if text == NOW:
        return datetime.fromtimestamp(known.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if text == UUID:
        return known.uuid()
    found = next(references(text), None)
    if found is None:
        return text
    value, written = _value(found.name, found.path, known), text[found.start : found.end]
    if value and len(value) * text.count(written) > LONGEST:
        raise SeedError(f"a text becomes longer than {LONGEST} characters by its reference to {found.name}")
    return text.replace(written, value) if value else found.default or text


def resolve_path(path: str, known: Known) -> str:
    """A path with every reference resolved, its parts joined by single slashes. Raises SeedError."""
    parts, end = [], 0
    for found in references(path):
        parts += [path[end : found.start], resolve(path[found.start : found.end], known)]
        end = found.end
    if not parts:
        return path
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
