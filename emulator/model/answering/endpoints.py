"""The endpoints of operations, made from the resources of their objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from emulator import errors
from emulator.catalog import Operation, operations
from emulator.model.answering import verbs
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Endpoint
from emulator.model.declaration.resource import Resource
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json


@cache
def endpoint(operation: Operation) -> Endpoint | None:
    """The endpoint of an operation, None when it is not emulated."""
    found = registry.of_operation(operation)
    parent = registry.resource(operation.parent) if operation.parent != "-" else None
    made = verbs.endpoint(found, operation, parent) if found else None
    names = _checked_filters(found) if found and operation.verb == "list" and "{" not in operation.path else ()
    return replace(made, run=partial(_of_existing, names, made.run)) if made and names else made


# Filters of lists whose id must be one that has existed (observed), beside `customer` of any list (inferred).
FILTERS = frozenset({("price", "product"), ("refund", "charge")})


def _checked_filters(found: Resource[Any]) -> tuple[str, ...]:
    return tuple(name for name in found.filters if name == "customer" or (found.name, name) in FILTERS)


def _of_existing(names: tuple[str, ...], handler: Callable[[Call], Json | bytes], call: Call) -> Json | bytes:
    """A list, unless it is of an object that never existed; that of a deleted one is empty. Raises StripeError."""
    for name in call.params.keys() & set(names):
        found, identifier = registry.resource(name), str(call.params[name])
        if found is not None and not verbs.existed(found, call, identifier):
            raise errors.no_such(found.noun, identifier, name, other_mode=call.sandbox.other_mode_of(identifier))
    return handler(call)


def emulated() -> Iterator[Operation]:
    """The operations that are emulated, in the catalog's order."""
    return (operation for operation in operations() if endpoint(operation) is not None)
