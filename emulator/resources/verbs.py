"""The behaviour of the verbs, the same for every resource: create, retrieve, update, delete, list, show and actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from emulator import errors
from emulator.catalog import Operation
from emulator.errors import StripeError
from emulator.resources import paging
from emulator.resources.endpoint import Call, Endpoint
from emulator.resources.paging import TableSource
from emulator.resources.resource import Fields, Handler, Resource, Style
from emulator.store.table import Row, Table
from emulator.wire.json import Json

Res = Resource[Any]


def endpoint(resource: Res, operation: Operation) -> Endpoint | None:
    """The endpoint of an operation on a resource, None when the resource does not have this verb."""
    handler = resource.endpoints.get(operation.id) or resource.verbs.get(operation.verb) or _shared(resource, operation)
    if handler is None:
        return None
    params = resource.params.get(operation.verb)
    if params is None and resource.style and resource.style.params:
        params = resource.style.params(operation.id)
    return Endpoint(handler, params, resource.notices.get(operation.verb), light=resource.light)


def _shared(resource: Res, operation: Operation) -> Handler | None:
    template = operation.path.rpartition("{")[2].partition("}")[0]
    shared: dict[str, tuple[object, Handler]] = {
        "create": (resource.create, partial(create, resource)),
        "list": (True, partial(_listing, resource)),
        "retrieve": (True, partial(retrieve, resource, template)),
        "update": (resource.update, partial(update, resource, template)),
        "delete": (resource.delete, partial(delete, resource, template)),
    }
    action = operation.verb in resource.actions, partial(act, resource, template, operation.verb)
    declared, handler = shared.get(operation.verb, action)
    return handler if declared else None


def table_of(resource: Res, call: Call) -> Table[Any]:
    """The rows of a resource in the sandbox of a request."""
    return call.sandbox.table(resource.rows)


def found(resource: Res, template: str, call: Call) -> Row[Any]:
    """The object that the path of a request names. Raises StripeError when there is none."""
    resource.allow(call)
    wanted = call.path[template]
    row = table_of(resource, call).get(resource.owner(call), wanted)
    if row is None:
        raise _style(resource).missing(resource, call, wanted)
    return row


def create(resource: Res, call: Call) -> Json:
    """POST /v1/things. Raises StripeError."""
    resource.allow(call)
    if resource.create is None or resource.new_id is None:
        raise TypeError(f"{resource.name} cannot be created")
    record = resource.create(call)
    identifier, owner = resource.new_id(call, record), resource.owner(call)
    row = table_of(resource, call).add(owner, identifier, call.now, record, keys=resource.keys(record))
    if resource.then is not None:
        row = resource.then(call, row)
    return resource.created(call, row) if resource.created else resource.respond(call, row)


def retrieve(resource: Res, template: str, call: Call) -> Json:
    """GET /v1/things/{id}. Raises StripeError."""
    return resource.respond(call, found(resource, template, call))


def update(resource: Res, template: str, call: Call) -> Json:
    """POST /v1/things/{id}. Raises StripeError."""
    row = found(resource, template, call)
    if resource.update is None:
        raise TypeError(f"{resource.name} cannot be updated")
    return resource.respond(call, put(resource, call, row, resource.update(call, row)))


def act(resource: Res, template: str, verb: str, call: Call) -> Json:
    """POST /v1/things/{id}/verb. Raises StripeError."""
    row = found(resource, template, call)
    return resource.respond(call, put(resource, call, row, resource.actions[verb](call, row)))


def put(resource: Res, call: Call, row: Row[Any], record: Any) -> Row[Any]:
    """Replaces the record of a row."""
    changed = row._replace(data=record, keys=resource.keys(record))
    table_of(resource, call).put(changed)
    return changed


def delete(resource: Res, template: str, call: Call) -> Json:
    """DELETE /v1/things/{id}. Raises StripeError."""
    row = found(resource, template, call)
    if resource.delete is None:
        raise TypeError(f"{resource.name} cannot be deleted")
    resource.delete(call, row)
    table_of(resource, call).remove(row.owner, row.id)
    return _style(resource).stub(resource, row)


def _listing(resource: Res, call: Call) -> Json:
    resource.allow(call)
    return _style(resource).listing(resource, call)


def _style(resource: Res) -> Style:
    return resource.style or V1


# --- the conventions of v1 ----------------------------------------------------------------------------------------


def _missing(resource: Res, call: Call, identifier: str) -> StripeError:
    template = next(name for name, value in call.path.items() if value == identifier)
    return errors.no_such(resource.noun, identifier, template, 404, call.sandbox.elsewhere(identifier))


def _page(resource: Res, call: Call) -> Json:
    source = TableSource(table_of(resource, call), resource.owner(call))
    page = paging.page(call, source, noun=resource.noun, keep=kept(resource, call))
    return paging.listing([resource.respond(call, row) for row in page.rows], call.url, has_more=page.has_more)


def kept(resource: Res, call: Call) -> Callable[[Row[Any]], bool]:
    """The filters of a list that a request names."""
    named = [(keep, call.params[name]) for name, keep in resource.filters.items() if name in call.params]
    created = call.params.get("created")
    return lambda row: paging.within(row.created, created) and all(keep(row, value) for keep, value in named)


def _stub(resource: Res, row: Row[Any]) -> Fields:
    return {"id": row.id, "object": resource.name, "deleted": True}


V1 = Style(_missing, _page, _stub)
