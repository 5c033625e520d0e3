"""Tables beside those of the resources, which no response shows: an index of ids, the contents of files.

They are undone with the request that fails, as the objects are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Resource
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple

Record = TypeVar("Record")


class SideTable(NamedTuple, Generic[Record]):
    """Records by keys, in a table of this name; each account has its own."""

    name: str

    def get(self, scope: Scope, key: str) -> Record | None:
        """The record at a key."""
        found: Record | None = scope.sandbox.table(self.name).data(scope.owner, key)
        return found

    def put(self, scope: Scope, key: str, record: Record, parent: str | None = None) -> None:
        """Keep a record at a key, in the place of the one before."""
        table, created = scope.sandbox.table(self.name), scope.outside.now
        row = table.get(scope.owner, key)
        if row is None:
            table.add_row(scope.owner, key, created, record, parent=parent)
        else:
            table.put_row(row._replace(data=record))

    def drop(self, scope: Scope, key: str) -> Record | None:
        """Remove and return the record at a key, None where there is none."""
        table = scope.sandbox.table(self.name)
        return table.remove_row(scope.owner, key).data if table.get(scope.owner, key) is not None else None

    def count(self, scope: Scope) -> int:
        """The number of records of an account."""
        return scope.sandbox.table(self.name).count(scope.owner)

    def newest(self, scope: Scope, parent: str | None = None) -> Iterator[Row[Record]]:
        """The rows of an account, or of one parent, newest first."""
        return scope.sandbox.table(self.name).newest(scope.owner, parent=parent)

    def oldest(self, scope: Scope) -> Iterator[Row[Record]]:
        """The rows of an account, oldest first."""
        return scope.sandbox.table(self.name).oldest(scope.owner)


class Index(NamedTuple):
    """Ids by keys, in a table of this name: those of objects by what leads to them, such as the token in a URL."""

    name: str

    def get(self, scope: Scope, key: str) -> str | None:
        """The id at a key."""
        found = self._ids.get(scope, key)
        return found.decode() if found is not None else None

    def put(self, scope: Scope, key: str, identifier: str) -> None:
        """Keep an id at a key."""
        self._ids.put(scope, key, identifier.encode())

    def drop(self, scope: Scope, key: str) -> str | None:
        """Remove and return the id at a key, None where there is none."""
        found = self._ids.drop(scope, key)
        return found.decode() if found is not None else None

    def row(self, sandbox: Sandbox, key: str) -> Row[bytes] | None:
        """The row of a key, whichever account has it."""
        return sandbox.table(self.name).find(key)

    @property
    def _ids(self) -> SideTable[bytes]:
        return SideTable(self.name)


def stubs(resource: Resource[Any]) -> SideTable[bytes]:
    """The bodies of the deleted objects of a resource, by their ids, where they are remembered."""
    return SideTable(f"{resource.rows}.deleted")
