"""Ids that nobody created, where the setting `unknown_ids` creates them, as stripe-mock has an object for every id.

Tests written for stripe-mock share ids such as `cus_123`, and each expects its request to work. An object that was
made for an id is marked, so that its deletion leaves no trace and its state never refuses a request.
"""

from __future__ import annotations

from collections.abc import Iterator

from emulator.model.declaration.endpoint import Scope
from emulator.sandbox.sandbox import Sandbox

MARKS = "unknown"


def are_created(sandbox: Sandbox) -> bool:
    """Whether an object is created for an id that nobody created."""
    return sandbox.settings.unknown_ids != "refuse"


def are_listed(sandbox: Sandbox) -> bool:
    """Whether an object is created for a list that would be empty."""
    return sandbox.settings.unknown_ids == "examples"


def mark(scope: Scope, identifier: str, name: str) -> None:
    """Note that the object of this name and id was made because a request named it."""
    table, key = scope.sandbox.table(MARKS), f"{name} {identifier}"
    if table.get(scope.owner, key) is None:
        table.add(scope.owner, key, scope.now, name.encode(), parent=identifier)


def forget(scope: Scope, identifier: str, name: str) -> bool:
    """Remove the mark of an object that is deleted. False where the object was created by a request of its own."""
    table, key = scope.sandbox.table(MARKS), f"{name} {identifier}"
    if table.get(scope.owner, key) is None:
        return False
    table.remove(scope.owner, key)
    return True


def marked(scope: Scope, identifier: str) -> Iterator[str]:
    """The names of the objects that were made for an id."""
    return (row.data.decode() for row in scope.sandbox.table(MARKS).newest(scope.owner, parent=identifier))
