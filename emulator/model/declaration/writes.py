"""The only place where rows of resources are written: by requests, by code and by timers.

The table records each change for the events, timers and undoing of the transaction; a change of an object is then told
to the modules that follow it, as the table of resources names them. Events leave in the order of the writes.
"""

from __future__ import annotations

from typing import Any, TypeVar

from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Resource
from emulator.store.table import Row

Record = TypeVar("Record")


def add(
    scope: Scope,
    resource: Resource[Record],
    identifier: str,
    record: Record,
    parent: str | None = None,
) -> Row[Record]:
    """A new row of the account of a scope, created now."""
    table = scope.sandbox.table(resource.rows)
    return table.add_row(scope.owner, identifier, scope.now, record, parent=parent, keys=resource.keys(record))


def replace(scope: Scope, resource: Resource[Record], row: Row[Record], record: Record) -> Row[Record]:
    """The row with another record. Followers get the row as it was stored, and as it is. Raises StripeError."""
    after = row._replace(data=record, keys=resource.keys(record))
    before = scope.sandbox.table(resource.rows).put_row(after)
    if before is not None and before.data != record:
        registry.follow(scope, resource.name, before, after)
    return after


def remove(scope: Scope, resource: Resource[Any], row: Row[Any]) -> None:
    """Remove a row. Raises KeyError for one that is not stored."""
    scope.sandbox.table(resource.rows).remove_row(row.owner, row.id)


def rename(scope: Scope, resource: Resource[Any], row: Row[Any], identifier: str) -> None:
    """Move a row to another id, in its place among the others. Raises KeyError for one that is not stored."""
    table = scope.sandbox.table(resource.rows)
    table.remove_row(row.owner, row.id)
    table.put_row(row._replace(id=identifier))
