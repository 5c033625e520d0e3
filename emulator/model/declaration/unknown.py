"""Ids that nobody created, where the setting `unknown_ids` creates them, as stripe-mock has an object for every id.

Tests written for stripe-mock share ids such as `cus_123`, and each expects its request to work. An object that was
made for an id is marked, so that its deletion leaves no trace and its state never refuses a request.
"""

from __future__ import annotations

from collections.abc import Iterator

from emulator.model.declaration import side_tables, writes
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Record, Resource
from emulator.model.declaration.side_tables import SideTable
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row

MARKS = SideTable[bytes]("unknown")  # the names of objects, below their ids


def are_created(sandbox: Sandbox) -> bool:
    """Whether an object is created for an id that nobody created."""
    return sandbox.settings.unknown_ids != "refuse"


def are_listed(sandbox: Sandbox) -> bool:
    """Whether an object is created for a list that would be empty."""
    return sandbox.settings.unknown_ids == "examples"


def row(resource: Resource[Record], scope: Scope, identifier: str, parent: str | None = None) -> Row[Record] | None:
    """The row of an id that a request names, created first where unknown ids are; None where there is none."""
    found: Row[Record] | None = scope.sandbox.table(resource.rows).get(resource.owner(scope), identifier)
    return found or create(resource, scope, identifier, parent)


def create(resource: Resource[Record], scope: Scope, identifier: str, parent: str | None = None) -> Row[Record] | None:
    """A new object for an id that nobody created, as stripe-mock has one for every id; None where it is refused.

    The id of an object that was created and deleted, or that another parent has, is refused.
    """
    if resource.unknown is None or not are_created(scope.sandbox) or not identifier:
        return None
    owned, table = scope.of(resource.owner(scope)), scope.sandbox.table(resource.rows)
    if table.get(owned.owner, identifier) or side_tables.stubs(resource).get(owned, identifier):
        return None
    scope.sandbox.unknown_ids.made = True
    record = resource.unknown(owned, identifier, parent)
    if record is not None:
        writes.add(owned, resource, identifier, record, parent)
    made: Row[Record] | None = table.get(owned.owner, identifier)
    if made is not None:
        mark(owned, identifier, resource.name)
    return made


def mark(scope: Scope, identifier: str, name: str) -> None:
    """Note that the object of this name and id was made because a request named it."""
    MARKS.put(scope, f"{name} {identifier}", name.encode(), parent=identifier)


def forget(scope: Scope, identifier: str, name: str) -> bool:
    """Remove the mark of an object that is deleted. False where the object was created by a request of its own."""
    return MARKS.drop(scope, f"{name} {identifier}") is not None


def marked(scope: Scope, identifier: str) -> Iterator[str]:
    """The names of the objects that were made for an id."""
    return (row.data.decode() for row in MARKS.newest(scope, parent=identifier))
