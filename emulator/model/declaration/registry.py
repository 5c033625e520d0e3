"""The table of the modelled resources, which the application hands in: each is imported on first use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, partial
from importlib import import_module
from typing import Any

from emulator.catalog import Operation, versions
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Resource
from emulator.model.declaration.versions import Find, load_from
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row
from emulator.store.timers import Timer
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple


class Table(NamedTuple):
    """Which module of a package declares each resource, in its `RESOURCES`.

    `followers` are the modules whose `changed(scope, before, after)` runs after a change of an object. Each is named by
    an object that it is about: it is not imported while the sandbox has none. `happenings` are functions in the same
    way, which run when a module says that something happened that is no change of one row. `shared` are tables with
    rows of several resources, each with the field of the record that it requires. `others` is the module whose
    `resource(name)` makes the resources that no module declares. `changes` are the modules that declare changes of API
    versions. `operations` are those whose responses are no objects, with the resource that declares them.
    """

    package: str
    modules: Mapping[str, str]
    followers: Mapping[str, Mapping[str, str]]
    happenings: Mapping[str, Mapping[str, str]]
    shared: Mapping[str, tuple[tuple[str, str], ...]]
    others: str
    changes: tuple[str, ...]
    operations: Mapping[str, str]


_tables: list[Table] = []


def install(table: Table) -> None:
    """Use a table from now on; once, before any resource is looked up."""
    if table not in _tables:
        _tables.append(table)
        resource.cache_clear()
        declared.cache_clear()
        load_from(f"{table.package}.{name}" for name in table.changes)


@cache
def resource(name: str) -> Resource[Any] | None:
    """The resource of an object, such as `account`: a modelled one, or one made from the catalog."""
    module = _tables[-1].modules.get(name)
    if module is None:
        other: Resource[Any] | None = _module(_tables[-1].others).resource(name)
        return other
    found: tuple[Resource[Any], ...] = _module(module).RESOURCES
    return next(each for each in found if each.name == name)


def of_operation(operation: Operation) -> Resource[Any] | None:
    """The resource that declares an operation."""
    return resource(_tables[-1].operations.get(operation.id, operation.object))


@cache
def declared(name: str) -> Resource[Any]:
    """The resource of an object that the table or the catalog has. Raises LookupError."""
    found = resource(name)
    if found is None:
        raise LookupError(f"there is no resource {name}")
    return found


def _module(name: str) -> Any:
    return import_module(f"{_tables[-1].package}.{name}")


def shown_object(call: Call, name: str, identifier: str) -> Json:
    """The object of an id in the newest version, None where there is none."""
    known = resource(name)
    return known.find(call, identifier) if known else None


def finder(sandbox: Sandbox, account: str | None, version: str, now: int) -> Find:
    """Finds the objects that a version shows inside others, as a request of the account would."""
    return partial(shown_object, Call(sandbox, now, versions.parse(version), {}, {}, account, ""))


def follow(scope: Scope, name: str, before: Row[Any], after: Row[Any]) -> None:
    """Change what follows the change of an object. Raises StripeError."""
    for other, module in _tables[-1].followers.get(name, {}).items():
        if scope.sandbox.table(other):
            _module(module).changed(scope, before, after)


def happen(scope: Scope, happening: str, *details: object) -> None:
    """Run what the table names for a happening, with the scope and its details. Raises StripeError."""
    for other, path in _tables[-1].happenings[happening].items():
        if scope.sandbox.table(other):
            module, _, function = path.rpartition(".")
            getattr(_module(module), function)(scope, *details)


def elapse(sandbox: Sandbox, timer: Timer, row: Row[Any]) -> None:
    """Change an object at a second of its timer, if it still names that second."""
    for each in of_table(timer.table, row.data):
        if each.elapse is not None and timer.at in each.timer(row):
            each.elapse(sandbox, row, timer.at)


def of_table(table: str, record: object) -> Iterable[Resource[Any]]:
    """The resources of a row in a table. Others are not imported."""
    shared = _tables[-1].shared.get(table)
    if shared is None:
        return _alone(table)
    return filter(None, (resource(name) for name, needed in shared if _has(record, needed)))


@cache
def _alone(table: str) -> tuple[Resource[Any], ...]:
    found = resource(table)
    return () if found is None else (found,)


def _has(record: object, needed: str) -> bool:
    return not needed or getattr(record, needed) is not None
