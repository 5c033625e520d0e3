"""The operations of Stripe's API, with their parameters and responses.

Only the index is read at first, and an operation is made of its line when something needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
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
    known = _fixed.get((method, path))
    if known is None:
        known = _router(_beginning(path)).route(method, path)
        if known is not None and not known.path_params:
            _fixed[method, path] = known
    return known


_fixed: dict[tuple[str, str], Route] = {}  # routes without parameters that were requested


@cache
def operation(operation_id: str) -> Operation:
    """An operation by its id, such as `PostAccounts`. Raises KeyError when there is none."""
    line = _index().get(operation_id)
    if line is None:
        return _undocumented()[operation_id]
    method, path, body, group, verb, name, parent = line.split(" ")
    return Operation(operation_id, method, path, cast("Body", body), group, verb, name, parent, is_v2(path))


def operations() -> Iterator[Operation]:
    """All documented operations, in the document's order; reads nothing but the index."""
    return map(operation, _index())


def operations_of(name: str) -> Iterator[Operation]:
    """The operations that respond with an object or list it, in the document's order."""
    return map(operation, _by_object().get(name, ()))


def undocumented() -> Iterator[Operation]:
    """The operations that the document lacks."""
    return iter(_undocumented().values())


@cache
def schema(name: str) -> Shape:
    """A named schema of responses, such as `account`. Raises KeyError when there is none."""
    from emulator.catalog import responses  # noqa: PLC0415

    return responses.schema(name)


def fill(value: Mapping[str, Json], name: str, *path: str) -> dict[str, Json]:
    """An object of a named schema, or the hash at a path in it, with every property; null where it has no value.

    Raises KeyError for an unknown schema or path.
    """
    from emulator.catalog import responses  # noqa: PLC0415

    return responses.filler(name, *path)(value)


@cache
def _index() -> Mapping[str, str]:
    return read_index()


@cache
def _by_object() -> Mapping[str, list[str]]:
    """The ids of operations by their object."""
    return _grouped(lambda line: line.split(" ")[5])


@cache
def _by_beginning() -> Mapping[str, list[str]]:
    """The ids of operations by the beginning of their path."""
    return _grouped(lambda line: _beginning(line.split(" ", 2)[1]))


def _grouped(group: Callable[[str], str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for operation_id, line in _index().items():
        found.setdefault(group(line), []).append(operation_id)
    return found


def _beginning(path: str) -> str:
    """The part of a path before any template, such as `/v1/accounts`."""
    return "/".join(path.split("/", 3)[:3])


@lru_cache(maxsize=256)
def _router(beginning: str) -> Router:
    """The router of the operations whose paths begin in the same way."""
    documented = _by_beginning().get(beginning)
    if documented is not None:
        return Router(map(operation, documented))
    return Router(each for each in undocumented() if _beginning(each.path) == beginning)


@cache
def _undocumented() -> Mapping[str, Operation]:
    from emulator.catalog import payment_pages  # noqa: PLC0415

    return {each.id: each for each in payment_pages.operations()}
