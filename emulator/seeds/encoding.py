"""Encodes the parameters of a fixture as the Stripe CLI does (official, its source of August 2026).

v1: `a[b]=`, scalars of an array as `a[]=`, hashes of an array as `a[0][b]=`, with an index of their own. Null is left
out, and so are numbers and booleans in an array. v2: JSON, where a string that resolves to `[...]` or `{...}` is parsed
as an array or a hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote_plus

import orjson

from emulator.seeds.errors import SeedError
from emulator.seeds.lookup import text_of
from emulator.seeds.references import Scope, resolve
from emulator.wire.json import Json, dump_line

V2_ONE_JSON = "v2 API takes a single 'data' param containing a full JSON string"


def form_data(params: Mapping[str, Json], scope: Scope) -> str:
    """A urlencoded form. Raises SeedError."""
    return "&".join(_pair(f"{name}={text}") for name, text in _hash(params, "", scope))


def _pair(text: str) -> str:
    name, _, value = text.strip().partition("=")
    return f"{quote_plus(name, safe='[]')}={quote_plus(value)}"


def _hash(params: Mapping[str, Json], parent: str, scope: Scope) -> Iterator[tuple[str, str]]:
    for key, value in params.items():
        name = f"{parent}[{key}]" if parent else key
        if isinstance(value, Mapping):
            yield from _hash(value, name, scope)
        elif isinstance(value, str):
            yield name, resolve(value, scope)
        elif isinstance(value, Sequence):
            yield from _array(value, name, scope)
        elif value is not None:
            yield name, text_of(value)


def _array(items: Sequence[Json], name: str, scope: Scope) -> Iterator[tuple[str, str]]:
    index = 0
    for item in items:
        if isinstance(item, Mapping):
            yield from _hash(item, f"{name}[{index}]", scope)
            index += 1
        elif isinstance(item, str):
            yield f"{name}[]", resolve(item, scope)
        elif isinstance(item, Sequence):
            yield from _array(item, name, scope)


def json_body(params: Mapping[str, Json], scope: Scope) -> str:
    """A JSON body of v2, empty without parameters. Raises SeedError."""
    return dump_line(_resolved_for_v2(params, scope)) if params else ""


def resolved(value: Json, scope: Scope) -> Json:
    """JSON with the references in its strings resolved. Raises SeedError."""
    if isinstance(value, Mapping):
        return {name: resolved(child, scope) for name, child in value.items()}
    if isinstance(value, str):
        return resolve(value, scope)
    return [resolved(child, scope) for child in value] if isinstance(value, Sequence) else value


def _resolved_for_v2(value: Json, scope: Scope) -> Json:
    if isinstance(value, Mapping):
        return {name: _parsed(_resolved_for_v2(child, scope)) for name, child in value.items()}
    if isinstance(value, str):
        return resolve(value, scope)
    if isinstance(value, Sequence):
        return [_resolved_for_v2(child, scope) for child in value]
    return value


def _parsed(value: Json) -> Json:
    if not isinstance(value, str):
        return value
    if not value:
        raise SeedError("a parameter of v2 is an empty string, which the Stripe CLI cannot send: use null")
    if (value[0], value[-1]) not in (("[", "]"), ("{", "}")):
        return value
    try:
        parsed: Json = orjson.loads(value)
    except orjson.JSONDecodeError:
        return [] if value[0] == "[" else {}
    return parsed
