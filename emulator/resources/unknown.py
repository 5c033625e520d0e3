"""Ids that nobody created, where the setting `unknown_ids` creates them, as stripe-mock has an object for every id.

Tests written for stripe-mock share ids such as `cus_123`, and each expects its request to work. An object that was
made for an id is marked, so that its deletion leaves no trace and its state never refuses a request.
"""

from __future__ import annotations

from collections.abc import Iterator

from emulator.resources.endpoint import Call

MARKS = "unknown"


def are_created(call: Call) -> bool:
    """Whether an object is created for an id that nobody created."""
    return call.sandbox.settings.unknown_ids == "create"


def mark(call: Call, owner: str, identifier: str, name: str) -> None:
    """Note that the object of this name and id was made because a request named it."""
    table, key = call.sandbox.table(MARKS), f"{name} {identifier}"
    if table.get(owner, key) is None:
        table.add(owner, key, call.now, name.encode(), parent=identifier)


def forget(call: Call, owner: str, identifier: str, name: str) -> bool:
    """Remove the mark of an object that is deleted. False where the object was created by a request of its own."""
    table, key = call.sandbox.table(MARKS), f"{name} {identifier}"
    if table.get(owner, key) is None:
        return False
    table.remove(owner, key)
    return True


def marked(call: Call, owner: str, identifier: str) -> Iterator[str]:
    """The names of the objects that were made for an id."""
    return (row.data.decode() for row in call.sandbox.table(MARKS).newest(owner, parent=identifier))
