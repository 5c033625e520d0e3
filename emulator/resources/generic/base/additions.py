"""Behaviour of generic objects beyond their facts: computed values, and other objects that a request creates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any, cast

from emulator import errors
from emulator.errors import StripeError
from emulator.model.answering import verbs
from emulator.model.answering.verbs import V1
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields, Handler, Resource
from emulator.model.declaration.templates import filled, hash_of
from emulator.model.stored import objects
from emulator.model.stored.stored import Create, Update, decode
from emulator.schema.check import Value
from emulator.schema.shape import Ref
from emulator.store.table import Row
from emulator.wire.dataclasses import dataclass, replace
from emulator.wire.json import Json
from emulator.wire.path import below


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """The additions of one object: functions as `stored` takes them, which run after those of the facts.

    Functions of `actions` receive the stored fields, without the parameters, after the action of the table.
    `show(row, now, fields)` completes an object in a response. `event(before, after)` are the suffixes of the events
    of an update, empty for the usual one.
    `stub` is the response for a deleted object, `missing` the error of an unknown id.
    """

    create: Create | None = None
    update: Update | None = None
    then: Callable[[Call, Row[bytes]], Row[bytes]] | None = None
    actions: Mapping[str, Update] = field(default_factory=dict)
    verbs: Mapping[str, Handler] = field(default_factory=dict)
    endpoints: Mapping[str, Handler] = field(default_factory=dict)
    show: Callable[[Row[bytes], int, Fields], Fields] | None = None
    event: Callable[[Fields, Fields], str] | None = None
    stub: Callable[[Resource[Any], Row[bytes]], Fields] = V1.stub
    missing: Callable[[Resource[Any], Call, str], StripeError] | None = None


NOTHING = Additions()
FRESH = "_fresh"  # a field of objects that the request which creates them has not completed yet


def raw(change: Update, before: Update | None = None) -> Update:
    """An action whose parameters are not fields of the object, except metadata; another action may run before it."""

    def act(call: Call, row: Row[bytes], merged: Fields) -> Fields:
        fields = decode(row)
        fields = {**fields, "metadata": merged["metadata"]} if "metadata" in fields else fields
        return change(call, row, before(call, row, fields) if before else fields)

    return act


def declared(name: str) -> Resource[Any]:
    """The resource of an object that the catalog has."""
    found = registry.resource(name)
    if found is None:
        raise TypeError(f"{name} is not emulated")
    return found


def created(call: Call, name: str, params: Mapping[str, Value], *, identifier: str = "", at: str = "") -> Fields:
    """A new object, as a create with these parameters makes it, with a given id.

    Raises StripeError, with its parameter inside `at` where a request has the parameters there.
    """
    try:
        return _created(call, name, params, identifier)
    except StripeError as error:
        if not error.body.param or not at:
            raise
        first, bracket, rest = error.body.param.partition("[")
        raise StripeError(replace(error.body, param=f"{below(at, first)}{bracket}{rest}")) from None


def _created(call: Call, name: str, params: Mapping[str, Value], identifier: str) -> Fields:
    inner = replace(call, params=dict(params), path={}, url=f"/v1/{name}s", uploads={})
    resource = declared(name)
    if "create" in resource.verbs and not identifier:
        return cast("Fields", resource.verbs["create"](inner))
    if identifier:
        resource = replace(resource, new_id=lambda _, __: identifier)
    return cast("Fields", verbs.create(resource, verbs.Place(), inner))


def draw(call: Call, name: str) -> str:
    """An id for an object to be created."""
    resource = declared(name)
    if resource.new_id is None:
        raise TypeError(f"{name} has no ids")
    return resource.new_id(replace(call, params={}), b"")


def added(call: Call, name: str, fields: Fields, parent: str | None = None) -> Row[bytes]:
    """A new row of an object that has no create of its own."""
    return objects.add(call.scope, name, draw(call, name), fields, parent)


def of_id(call: Call | Scope, name: str, identifier: str, param: str, status: int = 400) -> Row[bytes]:
    """The row of an id that a parameter names. Raises StripeError."""
    resource, scope = declared(name), scope_of(call)
    row: Row[bytes] | None = resource.row(scope, identifier)
    if row is None:
        other = scope.sandbox.other_mode_of(identifier)
        raise errors.no_such(resource.noun, identifier, param, status, other)
    return row


def scope_of(call: Call | Scope) -> Scope:
    """The scope of a request, or a scope itself."""
    return call.scope if isinstance(call, Call) else call


def whole(name: str, fields: Mapping[str, Json]) -> Fields:
    """A hash of a named schema: these fields, and all others that are always shown."""
    found = hash_of(Ref(name), fields)
    return filled(found, fields) if found is not None else dict(fields)


def list_object(data: Iterable[Json] = (), url: str = "") -> Fields:
    """A list object inside another object; its URL is set in the response."""
    return {"object": "list", "data": list(data), "has_more": False, "url": url}
