"""The next step that an object takes by itself, without the wait: previews look at it, and undo it."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Resource
from emulator.model.stored import objects
from emulator.model.stored.stored import clock_of
from emulator.resources.billing.base.clocks import CLOCK
from emulator.store.table import Row


def step(scope: Scope, known: Iterable[tuple[str, str | None]], since: int) -> int | None:
    """Let that object change which changes first from a second on, and return its second; None where none does.

    `known` are the kinds and ids of the objects. The test clock of the object is moved to that second.
    """
    found: list[tuple[int, int, str, Row[bytes], Resource[bytes]]] = []
    for name, identifier in known:
        row, resource = objects.get(scope, name, identifier), registry.declared(name)
        if row is not None and resource.elapse is not None:
            found += [(at, resource.rank, name, row, resource) for at in resource.timer(row) if at >= since]
    if not found:
        return None
    at, _, __, row, resource = min(found, key=lambda each: each[:3])
    clock = objects.get(scope, CLOCK, clock_of(row))
    if clock is not None:
        objects.change(scope, CLOCK, clock, frozen_time=at)
    if resource.elapse is not None:
        resource.elapse(scope.sandbox, row, at)
    return at
