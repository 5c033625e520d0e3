"""Objects that are stored as JSON, read and changed by code that no request names: a charge by its payment intent.

The verbs of a request go through `verbs`; all else goes through these functions, so that events, timers and exports
follow in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from emulator import errors
from emulator.model.asking.requests import call_of
from emulator.model.declaration import unknown, writes
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.registry import declared
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored.stored import encode, shared
from emulator.store.table import Row


def get(scope: Scope, name: str, identifier: str | None) -> Row[bytes] | None:
    """The row of an object by its id; where unknown ids are created, also of an id in the form of its kind."""
    found = declared(name)
    row = scope.sandbox.table(found.rows).get(scope.owner, identifier) if identifier else None
    if row is not None or identifier is None or not identifier.startswith(f"{found.prefix}_"):
        return row
    return unknown.create(found, scope, identifier)


def row(scope: Scope, name: str, identifier: str) -> Row[bytes] | None:
    """The row of an id that a path has; where unknown ids are created, of any form."""
    return unknown.row(declared(name), scope, identifier)


def existing(scope: Scope, name: str, identifier: str) -> Row[bytes]:
    """The row of an id, of any form, where unknown ids are created. Raises LookupError for one that is refused."""
    found = row(scope, name, identifier)
    if found is None:
        raise LookupError(f"there is no {name} {identifier}")
    return found


def prefix_of(name: str) -> str:
    """How the ids of an object begin, empty where they have no form."""
    return declared(name).prefix


def add(scope: Scope, name: str, identifier: str, new: Shared, parent: str | None = None) -> Row[bytes]:
    """Store a new object."""
    return writes.add(scope, declared(name), identifier, encode(new), parent)


def remove(scope: Scope, name: str, identifier: str) -> None:
    """Remove an object, where there is one."""
    resource = declared(name)
    row = scope.sandbox.table(resource.rows).get(scope.owner, identifier)
    if row is not None:
        writes.remove(scope, resource, row)


def place(scope: Scope, name: str, row: Row[bytes], parent: str | None) -> Row[bytes]:
    """Put an object below another one."""
    return writes.replace(scope, declared(name), row._replace(parent=parent), row.data)


def change(scope: Scope, name: str, row: Row[bytes], **changed: object) -> Row[bytes]:
    """Replace fields of an object, and return its row as it is then."""
    return replace(scope, name, row, {**shared(row), **cast("Fields", changed)})


def replace(scope: Scope, name: str, row: Row[bytes], new: Shared) -> Row[bytes]:
    """Replace all fields of an object, and return its row as it is then."""
    return writes.replace(scope, declared(name), row, encode(new))


def newest_by(scope: Scope, name: str, param: str, value: str) -> Iterator[Row[bytes]]:
    """The objects of a name that a filter of their list selects by a value, newest first: found by index."""
    place = list(declared(name).filters).index(param)
    return scope.sandbox.table(name).newest(scope.owner, keys={place: value})


def shown(scope: Scope, name: str, row: Row[bytes]) -> Fields:
    """The object as responses and events show it."""
    return declared(name).render(scope.sandbox, row, scope.now)


def draw(call: Call, name: str) -> str:
    """An id for an object to be created."""
    resource = declared(name)
    if resource.new_id is None:
        raise TypeError(f"{name} has no ids")
    return resource.new_id(call_of(call, {}), b"")


def added(call: Call, name: str, fields: Fields, parent: str | None = None) -> Row[bytes]:
    """A new row of an object that has no create of its own."""
    return add(call.scope, name, draw(call, name), fields, parent)


def of_id(call: Call | Scope, name: str, identifier: str, param: str, status: int = 400) -> Row[bytes]:
    """The row of an id that a parameter names. Raises StripeError."""
    resource, scope = declared(name), scope_of(call)
    row: Row[bytes] | None = unknown.row(resource, scope, identifier)
    if row is None:
        other = scope.sandbox.other_mode_of(identifier)
        raise errors.no_such(resource.noun, identifier, param, status, other)
    return row


def scope_of(call: Call | Scope) -> Scope:
    """The scope of a request, or a scope itself."""
    return call.scope if isinstance(call, Call) else call
