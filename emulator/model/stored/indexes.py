"""Tables that no response shows: the ids of objects by what leads to them, such as the token in a URL.

They are undone with the request that fails, as the objects are.
"""

from __future__ import annotations

from emulator.model.declaration.endpoint import Scope
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple


class Index(NamedTuple):
    """Ids by keys, in a table of this name; each account has its own."""

    name: str

    def get(self, scope: Scope, key: str) -> str | None:
        """The id at a key."""
        found: bytes | None = scope.sandbox.table(self.name).data(scope.owner, key)
        return found.decode() if found is not None else None

    def put(self, scope: Scope, key: str, identifier: str) -> None:
        """Keep an id at a key."""
        scope.sandbox.table(self.name).of(scope.owner).put(key, identifier.encode(), scope.outside.now)

    def drop(self, scope: Scope, key: str) -> str | None:
        """Remove and return the id at a key, None where there is none."""
        found = self.get(scope, key)
        if found is not None:
            scope.sandbox.table(self.name).remove(scope.owner, key)
        return found

    def row(self, sandbox: Sandbox, key: str) -> Row[bytes] | None:
        """The row of a key, whichever account has it."""
        return sandbox.table(self.name).find(key)
