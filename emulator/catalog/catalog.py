"""The operations of Stripe's API, with their parameters and responses. Only the index is read at first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, cast

from emulator.catalog.files import read_index
from emulator.catalog.model import Body, Operation
from emulator.catalog.routing import Route, Router
from emulator.wire.path import is_v2

if TYPE_CHECKING:
    from emulator.schema.shape import Shape
    from emulator.wire.json import Json


def route(method: str, path: str) -> Route | None:
    """The operation of a request, or None.

    `path` is as sent: percent-encoded and without the query. An empty segment or a slash at the end matches nothing.
    """
    return _router().route(method, path)


def operation(operation_id: str) -> Operation:
    """An operation by its id, such as `PostAccounts`. Raises KeyError when there is none."""
    return _operations().get(operation_id) or _undocumented()[operation_id]


def operations() -> Iterator[Operation]:
    """All documented operations, in the document's order; reads nothing but the index."""
    return iter(_operations().values())


def undocumented() -> Iterator[Operation]:
    """The operations that the document lacks."""
    return iter(_undocumented().values())


def schema(name: str) -> Shape:
    """A named schema of responses, such as `account`. Raises KeyError when there is none."""
    from emulator.catalog import responses  # noqa: PLC0415

    return responses.schema(name)


def schema_at(name: str, date: str) -> Shape:
    """A named schema as the version of a date has it. Raises KeyError when there is none."""
    from emulator.catalog import responses  # noqa: PLC0415

    return responses.schema_at(name, date)


def fill(value: Mapping[str, Json], name: str, *path: str) -> dict[str, Json]:
    """An object of a named schema, or the hash at a path in it, with every property; null where it has no value.

    Raises KeyError for an unknown schema or path.
    """
    from emulator.catalog import responses  # noqa: PLC0415

    return responses.filler(name, *path)(value)


@cache
def _operations() -> dict[str, Operation]:
    return {operation_id: _operation(operation_id, line) for operation_id, line in read_index().items()}


def _operation(operation_id: str, line: str) -> Operation:
    method, path, body, group, verb, name, parent = line.split(" ")
    return Operation(operation_id, method, path, cast("Body", body), group, verb, name, parent, is_v2(path))


@cache
def _undocumented() -> dict[str, Operation]:
    from emulator.catalog import payment_pages  # noqa: PLC0415

    return {each.id: each for each in payment_pages.operations()}


@cache
def _router() -> Router:
    return Router((*operations(), *undocumented()))
