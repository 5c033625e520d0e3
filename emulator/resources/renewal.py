"""Requests about objects that nobody created: where the state of one refuses a request, it begins anew.

stripe-mock keeps no state: tests written for it cancel or delete the same `sub_123` again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from emulator.errors import StripeError
from emulator.resources import registry, unknown
from emulator.resources.endpoint import Call
from emulator.schema.check import Value

Result = TypeVar("Result")


def run(endpoint: Callable[[Call], Result], call: Call) -> Result:
    """The response of an endpoint, in a transaction. Raises StripeError.

    A refusal is final unless it names objects that an earlier request has made for their ids.
    """
    if not unknown.are_created(call):
        return endpoint(call)
    try:
        return endpoint(call)
    except StripeError as error:
        if error.body.changes_stay:
            raise
        call.sandbox.changes.undo()
        if not renewed(call):
            raise
    return endpoint(call)


def renewed(call: Call) -> bool:
    """Whether there are objects that were made for ids in a request; they have their first values then."""
    wanted = [*call.path.values(), *_texts(call.params)]
    found = [(name, text) for text in dict.fromkeys(wanted) for name in unknown.marked(call, call.owner, text)]
    for name, identifier in found:
        resource = registry.resource(name)
        table = call.sandbox.table(resource.rows if resource else name)
        row = table.get(call.owner, identifier)
        if row is not None and resource is not None and resource.unknown is not None:
            record = resource.unknown(call, row.parent)
            table.put(row._replace(data=record, keys=resource.keys(record)))
    return bool(found)


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
