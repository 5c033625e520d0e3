"""Stripe's query language: `email:'jenny@example.com' AND created>1700000000`, over the objects of a resource.

A query is one linear pass over its text. Results are consistent at once, where Stripe may lag by a minute (our choice).
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import orjson

from emulator import errors
from emulator.model.answering.paging import limit_of
from emulator.model.answering.scanning import Wanted, read
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import template
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

MAX_CLAUSES = 10
SHORTEST_PART = 3
TOTAL = "total_count"  # shown only where it is expanded, and at most 10,000 (official)
MOST_COUNTED = 10_000
METADATA, CREATED = "metadata", "created"
_CLAUSE = (
    r"""(?P<not>-)?(?P<field>[a-z_]+(?:\.[a-z0-9_]+)*)(?:\[(?P<quote>["'])(?P<key>[^"'\]]{1,40})(?P=quote)\])?"""
    r"""(?P<op>:|~|>=|<=|>|<|=)(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']+)"""
)
_JOIN = re.compile(r"\s+(?:(AND|OR)\s+)?", re.IGNORECASE)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ":": lambda one, other: one == other,
    "=": lambda one, other: one == other,
}


class Clause(NamedTuple):
    """One condition. `key` is that of metadata; `value` None is `null`."""

    negated: bool
    field: str
    key: str | None
    operator: str
    value: str | None

    def test(self) -> Callable[[Mapping[str, Json]], bool]:
        """A function that says whether an object meets it."""
        names, holds, negated = self.names, self._holds(), self.negated
        if len(names) == 1:
            only = names[0]
            return lambda shown: holds(shown.get(only)) is not negated

        def meets(shown: Mapping[str, Json]) -> bool:
            value: Json = shown
            for name in names:
                value = value.get(name) if isinstance(value, Mapping) else None
            return holds(value) is not negated

        return meets

    @property
    def names(self) -> list[str]:
        """The names that lead to its value."""
        return [*self.field.split("."), *([self.key] if self.key is not None else [])]

    def _holds(self) -> Callable[[Json], bool]:
        if self.value is None:
            return lambda found: found is None
        wanted, part = self.value.lower(), self.operator == "~"
        number = float(self.value) if _is_number(self.value) else None
        compare = _COMPARE.get(self.operator)

        def holds(found: Json) -> bool:
            if found is None:
                return False
            if isinstance(found, bool):
                return str(found).lower() == wanted
            if isinstance(found, int | float):
                return compare is not None and number is not None and compare(found, number)
            text = str(found).lower()
            return wanted in text if part else text == wanted

        return holds


def search(
    call: Call,
    name: str,
    fields: frozenset[str],
    show: Callable[[Row[bytes]], Fields],
    searched: Callable[[Row[bytes]], Row[bytes]] | None = None,
) -> Json:
    """The response to a search for objects of a name, newest first; `show` is the object of a row.

    Only objects that are shown are rendered: the fields of a search are compared as they are stored, or as a row has
    them that `searched` makes. Raises StripeError for a query that cannot be read or names another field.
    """
    every, clauses = parse(str(call.params["query"]), f"{name}s", fields)
    start, limit = _start(call), limit_of(call.params)
    meets, table = _meeting(name, clauses, every=every), call.sandbox.table(name)
    expand = call.params.get("expand")
    counted = isinstance(expand, list) and TOTAL in expand
    scan = read(
        call,
        table,
        lambda last: table.newest(call.owner, older_than=last),
        (lambda row: meets(searched(row))) if searched else meets,
        Wanted(start, limit + 1, MOST_COUNTED if counted else 0),
    )
    found, more = scan.found, len(scan.found) > limit
    return {
        "object": "search_result",
        "data": [show(row) for row in found[:limit]],
        "has_more": more,
        "next_page": urlsafe_b64encode(str(start + limit).encode()).decode() if more else None,
        **({TOTAL: min(scan.seen, MOST_COUNTED)} if counted else {}),
        "url": call.url,
    }


def _meeting(name: str, clauses: Sequence[Clause], *, every: bool) -> Callable[[Row[bytes]], bool]:
    """Whether a row meets the clauses. Those that lack a text of a query are recognized without being parsed."""
    whole, join = template(name), all if every else any
    tests = [clause.test() for clause in clauses]
    needles = [_needle(clause, whole) for clause in clauses] if every or len(clauses) == 1 else []
    needle = max(filter(None, needles), key=len, default=b"")
    first = {clause.names[0]: whole.get(clause.names[0]) for clause in clauses}

    def meets(row: Row[bytes]) -> bool:
        if needle and needle not in row.data.lower() and row.data.isascii():
            return False
        stored = orjson.loads(row.data)
        shown = {**first, CREATED: row.created, **{key: stored[key] for key in first if key in stored}}
        return join(test(shown) for test in tests)

    return meets


def _needle(clause: Clause, whole: Mapping[str, Json]) -> bytes:
    """Bytes that every matching object contains, in lower case; empty where none are known."""
    value = clause.value or ""
    plain = value.isascii() and value.isprintable() and clause.names[-1].isascii() and "\\" not in clause.names[-1]
    if not plain or clause.negated or set(value) & {'"', "\\"} or not _is_text(clause, whole):
        return b""
    return (value if clause.operator == "~" else f'"{clause.names[-1]}":"{value}"').lower().encode()


def _is_text(clause: Clause, whole: Mapping[str, Json]) -> bool:
    """Whether the value of a clause is compared with a text that the stored object has."""
    value = str(clause.value).lower()
    absent = whole.get(clause.names[0]) is None and not _is_number(value) and value not in ("true", "false")
    return clause.value is not None and (clause.field == METADATA or absent)


def parse(query: str, resource: str, fields: frozenset[str]) -> tuple[bool, list[Clause]]:
    """Whether all clauses must hold, and the clauses. Raises StripeError."""
    text, place = query.strip(), 0
    clauses: list[Clause] = []
    joins: set[str] = set()
    while place < len(text):
        match = _form().match(text, place)
        if match is None or len(clauses) == MAX_CLAUSES:
            raise errors.search_unreadable()
        clauses.append(_clause(match, resource, fields))
        place = match.end()
        join = _JOIN.match(text, place)
        if place < len(text):
            if join is None:
                raise errors.search_unreadable()
            joins.add((join[1] or "AND").upper())
            place = join.end()
    if not clauses or len(joins) > 1:
        raise errors.search_unreadable()
    return joins != {"OR"}, clauses


@cache
def _form() -> re.Pattern[str]:
    """The pattern of a clause, compiled for the first search."""
    return re.compile(_CLAUSE, re.ASCII)


def _clause(match: re.Match[str], resource: str, fields: frozenset[str]) -> Clause:
    field, key, operator, raw = match["field"], match["key"], match["op"], match["value"]
    if field not in fields:
        raise errors.search_field_unsupported(field, resource)
    if (key is None) is (field == METADATA) or (operator == "~" and len(_text(raw)) < SHORTEST_PART):
        raise errors.search_unreadable()
    return Clause(match["not"] is not None, field, key, operator, None if raw == "null" else _text(raw))


def _text(raw: str) -> str:
    return re.sub(r"\\(.)", r"\1", raw[1:-1]) if raw[0] in "\"'" else raw


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", text, re.ASCII) is not None


def _start(call: Call) -> int:
    """The place where a page starts. Raises StripeError."""
    page = call.params.get("page")
    if page is None:
        return 0
    try:
        text = urlsafe_b64decode(str(page).encode("ascii", "replace")).decode("ascii")
    except ValueError:
        text = ""
    if not text.isdigit() or len(text) > SHORTEST_PART * 3:
        raise errors.search_page_invalid()
    return int(text)
