"""Stripe's query language: `email:'jenny@example.com' AND created>1700000000`, over the objects of a resource.

A query is one linear pass over its text. Results are consistent at once, where Stripe may lag by a minute (our choice).
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from emulator import errors
from emulator.resources.endpoint import Call
from emulator.resources.paging import limit_of
from emulator.wire.json import Json

MAX_CLAUSES = 10
SHORTEST_PART = 3
METADATA = "metadata"
_CLAUSE = re.compile(
    r"""(?P<not>-)?(?P<field>[a-z_]+(?:\.[a-z0-9_]+)*)(?:\[(?P<quote>["'])(?P<key>[^"'\]]{1,40})(?P=quote)\])?"""
    r"""(?P<op>:|~|>=|<=|>|<|=)(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']+)""",
    re.ASCII,
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

    def matches(self, shown: Mapping[str, Json]) -> bool:
        """Whether an object meets it."""
        return self._holds(self._found(shown)) is not self.negated

    def _found(self, shown: Mapping[str, Json]) -> Json:
        value: Json = shown
        for name in (*self.field.split("."), *([self.key] if self.key is not None else [])):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def _holds(self, found: Json) -> bool:
        if self.value is None or found is None:
            return found is None and self.value is None
        if isinstance(found, bool):
            return str(found).lower() == self.value.lower()
        if isinstance(found, int | float):
            return _COMPARE[self.operator](found, float(self.value)) if _is_number(self.value) else False
        text, wanted = str(found).lower(), self.value.lower()
        return wanted in text if self.operator == "~" else text == wanted


def search(call: Call, resource: str, fields: frozenset[str], objects: Iterator[Mapping[str, Json]]) -> Json:
    """The response to a search, of objects that come newest first. `resource` is the plural in messages.

    Raises StripeError for a query that cannot be read or names another field.
    """
    every, clauses = parse(str(call.params["query"]), resource, fields)
    start, limit = _start(call), limit_of(call.params)
    join = all if every else any
    matching = (shown for shown in objects if join(clause.matches(shown) for clause in clauses))
    found = list(islice(matching, start, start + limit + 1))
    more = len(found) > limit
    return {
        "object": "search_result",
        "data": found[:limit],
        "has_more": more,
        "next_page": urlsafe_b64encode(str(start + limit).encode()).decode() if more else None,
        "url": call.url,
    }


def parse(query: str, resource: str, fields: frozenset[str]) -> tuple[bool, list[Clause]]:
    """Whether all clauses must hold, and the clauses. Raises StripeError."""
    text, place = query.strip(), 0
    clauses: list[Clause] = []
    joins: set[str] = set()
    while place < len(text):
        match = _CLAUSE.match(text, place)
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
