"""The behaviour of the verbs, the same for every resource: create, retrieve, update, delete, list, show and actions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any, cast

import orjson

from emulator import errors
from emulator.catalog import Operation
from emulator.errors import StripeError
from emulator.model.answering import paging
from emulator.model.answering.paging import TableSource
from emulator.model.declaration import side_tables, unknown, writes
from emulator.model.declaration.endpoint import Call, Endpoint, Scope
from emulator.model.declaration.resource import Fields, Handler, KeyFilter, Resource, Style, within
from emulator.store.table import Row, Table
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json

Res = Resource[Any]
CLOCK = "test_clock"
# Lists show the objects of test clocks only where a request names the clock or an object on it (official).
REMEMBERED = frozenset({"product"})  # whose deleted ids lists may name
SHOW_CLOCKS = frozenset({CLOCK, "customer", "invoice", "subscription"})
PREFIXES = {
    "account": "acct",
    "coupon": "coupon",
    "webhook_endpoint": "we",
}  # of ids that their resources form otherwise
_TEMPLATE = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Place:
    """The names of the path parameters of an operation: of the object itself, and of the parent before it."""

    template: str = ""
    parent: Res | None = None
    parent_template: str = ""


def place_of(operation: Operation, parent: Res | None) -> Place:
    """The place of an operation. Objects are below a parent where the path begins with one of another kind."""
    templates = _TEMPLATE.findall(operation.path)
    if parent is None or parent.name == operation.object or not templates:
        return Place(templates[-1] if templates else "")
    return Place(templates[-1] if len(templates) > 1 else "", parent, templates[0])


def endpoint(resource: Res, operation: Operation, parent: Res | None = None) -> Endpoint | None:
    """The endpoint of an operation on a resource, None when the resource does not have this verb."""
    if operation.id in resource.files:
        content_type, make = resource.files[operation.id]
        return Endpoint(make, fidelity=resource.fidelity, content_type=content_type)
    handler = resource.endpoints.get(operation.id) or resource.verbs.get(operation.verb)
    handler = handler or _shared(resource, operation, place_of(operation, parent))
    if handler is None:
        return None
    if operation.verb == "list":
        handler = partial(_with_example, handler, resource, place_of(operation, parent))
    params = resource.params.get(operation.verb)
    if params is None and resource.style and resource.style.params:
        params = resource.style.params(operation.id)
    notice, fidelity = resource.notices.get(operation.verb), resource.fidelity
    return Endpoint(handler, params, notice, light=resource.light, fidelity=fidelity)


def _shared(resource: Res, operation: Operation, place: Place) -> Handler | None:
    shared: dict[str, tuple[object, Callable[[Res, Place, Call], Json]]] = {
        "create": (resource.create, create),
        "list": (not resource.alone, listing),
        "retrieve": (not resource.alone, retrieve),
        "update": (resource.update, update),
        "delete": (resource.delete, delete),
        "show": (resource.alone, retrieve),
    }
    action = operation.verb in resource.actions, partial(act, verb=operation.verb)
    declared, handler = shared.get(operation.verb, action)
    names_one = bool(place.template or resource.alone) or operation.verb in ("create", "list")
    return partial(handler, resource, place) if declared and names_one else None


def table_of(resource: Res, call: Call) -> Table[Any]:
    """The rows of a resource in the sandbox of a request."""
    return call.sandbox.table(resource.rows)


def row_of_path(resource: Res, place: Place, call: Call) -> Row[Any]:
    """The object that the path of a request names. Raises StripeError when there is none."""
    resource.allow(call)
    row = _row(resource, place, call)
    if row is None:
        raise _style(resource).missing(resource, call, place.template)
    return row


def _row(resource: Res, place: Place, call: Call) -> Row[Any] | None:
    parent, owner = parent_id(place, call), resource.owner(call)
    if resource.alone is not None:
        identifier = parent or owner
        row = table_of(resource, call).get(owner, identifier)
        return row or Row(owner, identifier, -1, call.now, parent, (), resource.alone(call))
    row = unknown.row(resource, call.scope, call.path[place.template], parent)
    return row if row is not None and parent in (None, row.parent) else None


def parent_id(place: Place, call: Call) -> str | None:
    """The id of the parent that the path begins with, which exists. Raises StripeError."""
    if place.parent is None:
        return None
    return row_of_path(place.parent, Place(place.parent_template), call).id


def create(resource: Res, place: Place, call: Call) -> Json:
    """POST /v1/things. Raises StripeError."""
    resource.allow(call)
    parent = parent_id(place, call)
    if resource.create is None or resource.new_id is None:
        raise TypeError(f"{resource.name} cannot be created")
    record = resource.create(call)
    row = writes.add(_scope(resource, call), resource, resource.new_id(call, record), record, parent)
    if resource.then is not None:
        row = resource.then(call, row)
    return resource.created(call, row) if resource.created else resource.respond(call, row)


def retrieve(resource: Res, place: Place, call: Call) -> Json:
    """GET /v1/things/{id}. Raises StripeError."""
    stubs = side_tables.stubs(resource) if resource.keeps_stubs else None
    stub = stubs.get(_scope(resource, call), call.path[place.template]) if stubs is not None else None
    if stub is not None:
        return cast("Json", orjson.loads(stub))
    return resource.respond(call, row_of_path(resource, place, call))


def update(resource: Res, place: Place, call: Call) -> Json:
    """POST /v1/things/{id}. Raises StripeError."""
    row = row_of_path(resource, place, call)
    if resource.update is None:
        raise TypeError(f"{resource.name} cannot be updated")
    return resource.respond(call, put(resource, call, row, resource.update(call, row)))


def act(resource: Res, place: Place, call: Call, verb: str) -> Json:
    """POST /v1/things/{id}/verb. Raises StripeError."""
    row = row_of_path(resource, place, call)
    return resource.respond(call, put(resource, call, row, resource.actions[verb](call, row)))


def put(resource: Res, call: Call, row: Row[Any], record: Any) -> Row[Any]:
    """Replaces the record of a row; adds the row where it is not stored yet."""
    scope = call.scope.of(row.owner)
    if row.number < 0:
        return writes.add(scope._replace(now=row.created), resource, row.id, record, row.parent)
    return writes.replace(scope, resource, row, record)


def _scope(resource: Res, call: Call) -> Scope:
    return call.scope.of(resource.owner(call))


def delete(resource: Res, place: Place, call: Call) -> Json:
    """DELETE /v1/things/{id}. Raises StripeError."""
    row = row_of_path(resource, place, call)
    if resource.delete is None:
        raise TypeError(f"{resource.name} cannot be deleted")
    if row.number < 0 and unknown.are_created(call.sandbox):
        return _style(resource).stub(resource, row)
    if row.number < 0:  # one exists for each parent, but was never set
        raise _style(resource).missing(resource, call, place.template or place.parent_template)
    resource.delete(call, row)
    writes.remove(call.scope, resource, row)
    stub = _style(resource).stub(resource, row)
    remembered = resource.keeps_stubs or resource.name in REMEMBERED
    owned = call.scope.of(row.owner)
    if not unknown.forget(owned, row.id, resource.name) and remembered:
        side_tables.stubs(resource).put(owned, row.id, bytes(memoryview(orjson.dumps(stub))))
    return stub


def listing(resource: Res, place: Place, call: Call) -> Json:
    """GET /v1/things. Raises StripeError."""
    resource.allow(call)
    return _style(resource).listing(resource, call, parent_id(place, call))


def _with_example(handler: Handler, resource: Res, place: Place, call: Call) -> Json:
    """A list, with one object where it would be empty, if the setting `unknown_ids` says so. Raises StripeError."""
    found = handler(call)
    if not unknown.are_listed(call.sandbox) or not isinstance(found, dict) or found.get("data") != []:
        return found
    prefix = resource.prefix or PREFIXES.get(resource.name)
    made = prefix and unknown.create(resource, call.scope, f"{prefix}_123", parent_id(place, call))
    return handler(call) if made else found


def existed(resource: Res, call: Call, identifier: str) -> bool:
    """Whether there is an object of an id, or was one of a kind whose deleted ids are remembered."""
    if unknown.row(resource, call.scope, identifier) is not None:
        return True
    return side_tables.stubs(resource).get(_scope(resource, call), identifier) is not None


def _style(resource: Res) -> Style:
    return resource.style or V1


# --- the conventions of v1 ----------------------------------------------------------------------------------------


def _missing(resource: Res, call: Call, template: str) -> StripeError:
    wanted = call.path[template]
    return errors.no_such(resource.noun, wanted, resource.param or template, 404, call.sandbox.other_mode_of(wanted))


def _page(resource: Res, call: Call, parent: str | None) -> Json:
    page = paging.page(call, source(resource, call, parent), noun=resource.noun, keep=kept(resource, call))
    return paging.listing([resource.respond(call, row) for row in page.rows], call.url, has_more=page.has_more)


def source(resource: Res, call: Call, parent: str | None = None) -> TableSource[Any]:
    """The rows of a list, by an index where a request names a value of a key."""
    named = [(keep, call.params[name]) for name, keep in resource.filters.items() if name in call.params]
    keys = {keep.place: value for keep, value in named if isinstance(keep, KeyFilter) and isinstance(value, str | int)}
    return TableSource(table_of(resource, call), resource.owner(call), parent, keys)


def kept(resource: Res, call: Call) -> Callable[[Row[Any]], bool]:
    """The filters of a list that a request names."""
    named = [(keep, call.params[name]) for name, keep in resource.filters.items() if name in call.params]
    created = call.params.get("created")
    if _has_clock(resource.name) and not call.path and not SHOW_CLOCKS & call.params.keys():
        named.append((lambda row, _: resource.clock(row) is None, ""))
    if created is None and len(named) == 1:  # a list of a hundred thousand rows is read in a third of the time
        [(keep, value)] = named
        return lambda row: keep(row, value)
    return lambda row: within(row.created, created) and all(keep(row, value) for keep, value in named)


@cache
def _has_clock(name: str) -> bool:
    """Whether objects may be on a test clock."""
    from emulator.model.declaration.templates import properties  # noqa: PLC0415 - and shapes, for lists only

    return CLOCK in properties(name)


def _stub(resource: Res, row: Row[Any]) -> Fields:
    return {"id": row.id, "object": resource.name, "deleted": True}


V1 = Style(_missing, _page, _stub)
