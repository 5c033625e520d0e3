"""Objects that nobody created, made by the request that creates such objects: money moves, and events are emitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from emulator import catalog
from emulator.catalog import Operation, versions
from emulator.model.answering import endpoints
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Scope
from emulator.schema.check import Params

SAMPLES: Mapping[str, object] = {"amount": 2000, "currency": "usd"}
Sent = Mapping[str, object] | Callable[[Scope, str, str | None], Mapping[str, object]]
Unknown = Callable[[Scope, str, str | None], None]


def by_request(name: str, *sent: Sent, prefix: str = "", path: str = "") -> Unknown:
    """The `unknown` of a resource whose objects are made by a create of `name`.

    `sent` are its parameters, or a function of scope, id and parent: several for an object in several states, the usual
    one first. `prefix` begins the ids of the resource, if `name` is another one; several are joined by spaces. `path`
    is the parameter of the path that has the id of the parent.
    """

    def unknown(scope: Scope, identifier: str, parent: str | None) -> None:
        one = sent[min(scope.sandbox.unknown_ids.attempt, len(sent) - 1)]
        params = one(scope, identifier, parent) if callable(one) else one
        kinds = prefix or getattr(registry.resource(name), "prefix", "")
        with scope.sandbox.ids.next(kinds.split(), identifier):
            create(scope, name, dict(params), {path: parent} if path and parent else {})

    return unknown


def by_required(name: str) -> Unknown:
    """The `unknown` of a resource whose objects are made by a create with its required parameters alone."""
    return by_request(name, lambda _, __, ___: _required(name))


@cache
def _required(name: str) -> Mapping[str, object]:
    required = [key for key, param in operation_of(name).params.params.items() if param.required]
    return {key: SAMPLES[key] for key in required if key in SAMPLES}


def create(scope: Scope, name: str, params: Mapping[str, object], path: Mapping[str, str] | None = None) -> None:
    """Create an object as a request with these parameters does. Raises StripeError."""
    run(scope, operation_of(name, below=bool(path)), params, path)


def run(
    scope: Scope, operation: Operation, params: Mapping[str, object], path: Mapping[str, str] | None = None
) -> None:
    """Do as a request of an operation does, with parameters and those of its path. Raises StripeError."""
    endpoint = endpoints.endpoint(operation)
    if endpoint is None:
        raise LookupError(f"{operation.id} is not emulated")
    sent: Params = dict(params)  # type: ignore[arg-type]
    version = versions.parse(scope.sandbox.api_version)
    endpoint.run(Call(scope.sandbox, scope.now, version, sent, path or {}, scope.account, "", url=operation.path))


@cache
def operation_of(name: str, *, below: bool = False) -> Operation:
    """The operation that creates objects of a name, at the top or below a parent. Raises LookupError."""
    for operation in catalog.operations_of(name):
        if operation.verb == "create" and ("{" in operation.path) is below:
            return operation
    raise LookupError(f"no {name} can be created")
