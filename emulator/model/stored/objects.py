"""Objects that are stored as JSON, read and changed by code that no request names: a charge by its payment intent.

The verbs of a request go through `verbs`; all else goes through these functions, so that events, timers and exports
follow in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import orjson

from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields, Resource
from emulator.model.stored.stored import encode, shared
from emulator.store.table import Row


def get(scope: Scope, name: str, identifier: str | None) -> Row[bytes] | None:
    """The row of an object by its id; where unknown ids are created, also of an id in the form of its kind."""
    found = resource(name)
    row = scope.sandbox.table(found.rows).get(scope.owner, identifier) if identifier else None
    if row is not None or identifier is None or not identifier.startswith(f"{found.prefix}_"):
        return row
    return found.create_unknown(scope, identifier)


def row(scope: Scope, name: str, identifier: str) -> Row[bytes] | None:
    """The row of an id that a path has; where unknown ids are created, of any form."""
    return resource(name).row(scope, identifier)


def named(scope: Scope, name: str, identifier: str) -> Row[bytes]:
    """The row of an id, of any form, where unknown ids are created. Raises LookupError for one that is refused."""
    found = row(scope, name, identifier)
    if found is None:
        raise LookupError(f"there is no {name} {identifier}")
    return found


def prefix_of(name: str) -> str:
    """How the ids of an object begin, empty where they have no form."""
    return resource(name).prefix


def fields(row: Row[bytes]) -> Fields:
    """The stored fields of an object; those that have their first value may be absent."""
    return cast("Fields", orjson.loads(row.data))


def add(scope: Scope, name: str, identifier: str, new: Fields, parent: str | None = None) -> Row[bytes]:
    """Store a new object."""
    found, data = resource(name), encode(new)
    table = scope.sandbox.table(found.rows)
    return table.add(scope.owner, identifier, scope.now, data, parent=parent, keys=found.keys(data))


def change(scope: Scope, name: str, row: Row[bytes], **changed: object) -> Row[bytes]:
    """Replace fields of an object, and return its row as it is then."""
    return replace(scope, name, row, {**shared(row), **cast("Fields", changed)})


def replace(scope: Scope, name: str, row: Row[bytes], new: Fields) -> Row[bytes]:
    """Replace all fields of an object, and return its row as it is then."""
    found, data = resource(name), encode(new)
    after = row._replace(data=data, keys=found.keys(data))
    scope.sandbox.table(found.rows).put(after)
    registry.follow(scope, name, row, after)
    return after


def newest_by(scope: Scope, name: str, param: str, value: str) -> Iterator[Row[bytes]]:
    """The objects of a name that a filter of their list selects by a value, newest first: found by index."""
    place = list(resource(name).filters).index(param)
    return scope.sandbox.table(name).newest(scope.owner, keys={place: value})


def shown(scope: Scope, name: str, row: Row[bytes]) -> Fields:
    """The object as responses and events show it."""
    return resource(name).render(scope.sandbox, row, scope.now)


def resource(name: str) -> Resource[bytes]:
    """The resource of an object that is stored as JSON."""
    found = registry.resource(name)
    if found is None:
        raise LookupError(f"there is no resource {name}")
    return found
