"""Resources that are stored as JSON: parameters are kept under the same names in the response.

A row holds the fields that differ from the template of the object, in bytes. Nested hashes are filled by their shape
when they are written; reading merges the template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast

import orjson

from emulator import catalog, errors
from emulator.model.asking.requests import by_required
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields, KeyFilter, Resource, Shared, account_id
from emulator.model.declaration.templates import layout, properties, times
from emulator.model.stored.metadata import merged
from emulator.model.stored.references import placed
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params, Value
from emulator.schema.trees import dig, merge
from emulator.store.orders import Key
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.path import ParamPath

if TYPE_CHECKING:
    from emulator.catalog.versions import Version
    from emulator.model.declaration.endpoint import Fidelity
    from emulator.model.declaration.private import Private
    from emulator.model.declaration.resource import Binary, Emit, Handler, Style
    from emulator.schema import spec

PLAUSIBLE: Mapping[str, Json] = {"currency": "usd"}  # instead of an empty text, in objects that nobody created
CLOCK = "test_clock"  # the field of objects whose time is that of a test clock
NEVER_STORED = frozenset({"expand", "metadata"})
NOTHING: Mapping[str, Json] = MappingProxyType({})
MOST_RECENT, MOST_BYTES = 256, 4_194_304  # records of two pages of a list; their fields take eight times their bytes
_recent: dict[int, tuple[bytes, Shared]] = {}
_bytes = [0]  # of the recent records
Stored = Resource[bytes]
Create = Callable[[Call, Fields], Fields]
Unknown = Callable[[Scope, str, str | None], Fields | None]
Update = Callable[[Call, Row[bytes], Fields], Fields]


class Declared(TypedDict, total=False):
    """The parts of a `Resource` that `stored` takes as they are."""

    noun: str
    param: str
    table: str
    new_id: Callable[[Call, bytes], str] | None
    owner: Callable[[Call | Scope], str]
    render: Callable[[Sandbox, Row[bytes], int], Fields]
    response: Callable[[Call, Row[bytes]], Fields] | None
    created: Callable[[Call, Row[bytes]], Fields] | None
    then: Callable[[Call, Row[bytes]], Row[bytes]] | None
    delete: Callable[[Call, Row[bytes]], None] | None
    keeps_stubs: bool
    alone: Callable[[Call], bytes] | None
    allow: Callable[[Call], None]
    verbs: Mapping[str, Handler]
    endpoints: Mapping[str, Handler]
    files: Mapping[str, tuple[str, Binary]]
    params: Mapping[str, Callable[[Version], spec.Object]]
    notices: Mapping[str, str]
    keys: Callable[[bytes], tuple[Key, ...]]
    private: type[Private]
    objects: Callable[[Row[bytes]], Iterable[tuple[str, object]]]
    events: Emit
    timer: Callable[[Row[bytes]], Iterable[int]]
    look_up: Callable[[Call, str], Fields | None] | None
    include: Callable[[Call, str, str], Json] | None
    elapse: Callable[[Sandbox, Row[bytes], int], None] | None
    rank: int
    clock: Callable[[Row[bytes]], str | None]
    style: Style | None
    light: bool
    fidelity: Fidelity


def stored(  # noqa: PLR0913 - a declaration has as many parts
    name: str,
    prefix: str,
    *,
    start: Mapping[str, Json] | None = None,
    unknown: Unknown | Mapping[str, Json] | None = None,
    absent: Iterable[str] = (),
    request_only: Iterable[str] = (),
    filters: Iterable[str] = (),
    inside: Mapping[str, str] | None = None,
    matches: Mapping[str, Callable[[Row[bytes], Value], bool]] | None = None,
    create: Create | None = None,
    update: Update | None = None,
    actions: Mapping[str, Update] | None = None,
    **declared: Unpack[Declared],
) -> Stored:
    """A resource whose rows are JSON.

    `start` are the fields of a new object beside those that were sent, `absent` the names that show only when they
    apply, `request_only` the parameters that are not kept. `filters` are the fields that lists are filtered by, and
    `inside` those in hashes by their dotted paths, both by an index, `matches` filters of other forms. `create`,
    `update` and the functions of `actions` are given the fields and return them changed; they raise StripeError.

    `unknown` are fields, beside `start`, of an object that nobody created; a function of scope, id and the id of its
    parent returns them, or None where it stores the row. Without it, a request with the required parameters makes the
    object where there is `create`, or a verb replaces the create.
    """
    dropped, hidden, keyed = frozenset(request_only), frozenset(absent), {each: each for each in filters}
    keyed |= inside or {}

    def created(call: Call) -> bytes:
        fields = {**(start or {}), **sent(name, call, dropped)}
        if "metadata" in properties(name):
            fields["metadata"] = dict(merged({}, call.params.get("metadata")))
        return encode(create(call, fields) if create else fields)

    def updated(change: Update | None, call: Call, row: Row[bytes]) -> bytes:
        fields = updated_fields(name, call, decode(row), dropped, start or {})
        return encode(change(call, row, fields) if change else fields)

    requested = create is not None or "create" in declared.get("verbs", ())
    made = partial(nobody_created, name, start or {}, unknown or {})
    defaults: dict[str, Any] = {
        "noun": name.rpartition(".")[2],
        "new_id": account_id(prefix),
        "render": partial(render, name, hidden),
        "create": created,
        "update": partial(updated, update),
        "unknown": by_required(name) if unknown is None and requested else made,
        "actions": {verb: partial(updated, change) for verb, change in (actions or {}).items()},
        "filters": {param: KeyFilter(place) for place, param in enumerate(keyed)} | dict(matches or {}),
        "keys": partial(keys_of, tuple(tuple(path.split(".")) for path in keyed.values())),
        "clock": clock_of,
    }
    return Resource[bytes](name=name, prefix=prefix, **{**defaults, **cast("dict[str, Any]", declared)})


def nobody_created(  # noqa: PLR0913, PLR0917 - three of them are the declaration's
    name: str,
    start: Mapping[str, Json],
    unknown: Unknown | Mapping[str, Json],
    scope: Scope,
    identifier: str,
    parent: str | None,
) -> bytes | None:
    """The record of an object that a request names and nobody created: plausible, and in its first state."""
    own = unknown(scope, identifier, parent) if callable(unknown) else unknown
    if own is None:
        return None
    known = properties(name)
    common = {place: value for place, value in PLAUSIBLE.items() if place in known and not known[place].nullable}
    metadata: Fields = {"metadata": {}} if "metadata" in known else {}
    above = dict.fromkeys(parent_fields(name), parent) if parent else {}
    return encode({**common, **metadata, **above, **start, **own})


@cache
def parent_fields(name: str) -> frozenset[str]:
    """The fields of an object with the id of the object that it belongs to: `customer` of a tax id."""
    paths = [operation.path for operation in catalog.operations_of(name)]
    above = {template for path in paths for template in re.findall(r"\{([^}]+)\}", path)[:-1]}
    return frozenset(above & properties(name).keys() - {"id"})


def render(name: str, absent: frozenset[str], sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    """The object: its template, its fields over it, in Stripe's order of keys."""
    return rendered(name, absent, sandbox, row, shared(row))


def rendered(name: str, absent: frozenset[str], sandbox: Sandbox, row: Row[bytes], fields: Shared) -> Fields:
    """The object of a row whose fields are decoded."""
    whole, hidden = layout(name, absent, tuple(fields))
    created = dict.fromkeys(times(name), row.created)
    body = {**whole, "id": row.id, "livemode": sandbox.livemode, **created, **fields}
    for key in hidden:
        del body[key]
    return body


def decode(row: Row[bytes]) -> Fields:
    """A copy of the fields of a row, for those that change some. Fields that have their first value may be absent."""
    return cast("Fields", orjson.loads(row.data))


def shared(row: Row[bytes]) -> Shared:
    """The fields of a row, as they were encoded, or decoded once for all that read them: nobody may change them."""
    return fields_of(row.data)


def fields_of(data: bytes) -> Shared:
    """The fields of the record of a row, as `shared` returns them."""
    found = _recent.get(id(data))
    return found[1] if found is not None else _remember(data, cast("Fields", orjson.loads(data)))


def _remember(data: bytes, fields: Shared) -> Shared:
    """Keep the fields of a row for those that read them next, with the bytes: no others have their id meanwhile."""
    if len(_recent) >= MOST_RECENT or _bytes[0] > MOST_BYTES:
        _recent.clear()
        _bytes[0] = 0
    _recent[id(data)] = data, fields
    _bytes[0] += len(data)
    return fields


def clock_of(row: Row[bytes]) -> str | None:
    """The id of the test clock of an object, None where its time is the sandbox's."""
    clock = shared(row).get(CLOCK)
    return clock if isinstance(clock, str) else None


def encode(fields: Shared) -> bytes:
    """The fields as they are stored; copied, as orjson keeps a larger buffer behind its bytes. Raises StripeError."""
    try:
        data = bytes(memoryview(orjson.dumps(fields)))
    except TypeError:  # of integers of more than 64 bits
        raise errors.number_out_of_range() from None
    _remember(data, fields)
    return data


def sent(name: str, call: Call, dropped: frozenset[str]) -> Fields:
    """The parameters that an object shows under their own names. Empty values are left out. Raises StripeError."""
    return placed(call, name, {key: value for key, value in _kept(call, dropped).items() if value != ""})


def updated_fields(
    name: str, call: Call, fields: Fields, dropped: frozenset[str], start: Mapping[str, Json] = NOTHING
) -> Fields:
    """The fields after an update: hashes merge, other values replace, an empty value unsets. Raises StripeError.

    A field that is unset has its value of a new object again, which `start` has: readers find a list where one was.
    """
    changed = _kept(call, dropped)
    first = {key: start[key] for key, value in changed.items() if value == "" and key in start}
    result = {**merge(cast("Params", fields), changed), **cast("Params", first)}
    whole = placed(call, name, {key: result[key] for key in changed if key in result})
    metadata = fields.get("metadata")
    if "metadata" in call.params and isinstance(metadata, dict):
        whole["metadata"] = dict(merged(metadata, call.params["metadata"]))
    return {**cast("Fields", result), **whole}


def _kept(call: Call, dropped: frozenset[str]) -> Params:
    return {key: value for key, value in call.params.items() if key not in dropped and key not in NEVER_STORED}


def keys_of(paths: tuple[ParamPath, ...], data: bytes) -> tuple[Key, ...]:
    """The fields of a record that are kept beside its row, of those that are texts and integers."""
    if not paths:
        return ()
    fields = fields_of(data)
    found = [fields.get(path[0]) if len(path) == 1 else dig(fields, path) for path in paths]
    return tuple([value if isinstance(value, (str, int)) else None for value in found])
