"""Requests from inside: code asks as a request of the account would, so that all that follows from it happens.

The checks of parameters are those of whoever asks: what is sent here has passed them, except in `post`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from emulator import catalog, errors
from emulator.catalog import Operation, versions
from emulator.errors import StripeError
from emulator.model.answering import endpoints
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Scope
from emulator.schema.check import Params, check
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.form import Tree
from emulator.wire.json import Json
from emulator.wire.path import below

Asker = Call | Scope  # the request that asks, or code that no request runs
SAMPLES: Mapping[str, object] = {"amount": 2000, "currency": "usd"}
Sent = Mapping[str, object] | Callable[[Scope, str, str | None], Mapping[str, object]]
Unknown = Callable[[Scope, str, str | None], None]
NOTHING: Mapping[str, str] = {}


def create(  # noqa: PLR0913 - all but three are for few callers
    asker: Asker,
    name: str,
    params: Mapping[str, object],
    *,
    path: Mapping[str, str] = NOTHING,
    identifier: str = "",
    inside: str = "",
    address: str = "",
) -> Row[Any]:
    """A new object, as a create with these parameters makes it; those that are None are not sent.

    `path` are the parameters of the path, for an object below a parent; `identifier` is the id that it gets. Raises
    StripeError, with its parameter `inside` the one where the request of the caller has these parameters.
    """
    operation = operation_of(name, below_parent=bool(path))
    call = call_of(asker, {key: value for key, value in params.items() if value is not None}, address=address)
    call.path = path
    with _blaming(inside), call.sandbox.ids.next([registry.declared(name).prefix] if identifier else [], identifier):
        return _row(call, operation)


def run(asker: Asker, operation: str, params: Mapping[str, object], path: Mapping[str, str]) -> Row[Any]:
    """The object of an operation, by its id, after a request with these parameters. Raises StripeError."""
    call = call_of(asker, params)
    call.path = path
    return _row(call, catalog.operation(operation))


def post(scope: Scope, path: str, sent: Tree, key: str = "") -> Json:
    """The response to a POST with parameters that nobody has checked. Raises StripeError."""
    route = catalog.route("POST", path)
    endpoint = endpoints.endpoint(route.operation) if route else None
    if route is None or endpoint is None:
        raise errors.unrecognized_url("POST", path)
    call = call_of(scope, {})
    call.params = check(sent, endpoint.params(call.version) if endpoint.params else route.operation.params)
    call.path, call.url, call.key = route.path_params, path, key
    return endpoint.run(call)


def call_of(asker: Asker, params: Mapping[str, object], *, address: str = "", publishable: bool | None = None) -> Call:
    """A request with these parameters: in the version of the one that asks, or in the newest that the sandbox has."""
    sent = cast("Params", dict(params))
    if isinstance(asker, Call):
        call = replace(asker, params=sent, path=NOTHING, uploads={})
    else:
        version = versions.parse(asker.sandbox.api_version)
        call = Call(asker.sandbox, asker.now, version, sent, NOTHING, asker.account, "", address)
    if publishable is not None:
        call.publishable = publishable
    return call


def _row(call: Call, operation: Operation) -> Row[Any]:
    """The row of the object in the response to an operation."""
    resource, identifier = registry.declared(operation.object), str(_respond(call, operation)["id"])
    row: Row[Any] | None = call.sandbox.table(resource.rows).get(resource.owner(call), identifier)
    if row is None:
        raise LookupError(f"there is no {operation.object} {identifier}")
    return row


def _respond(call: Call, operation: Operation) -> Mapping[str, Json]:
    endpoint = endpoints.endpoint(operation)
    if endpoint is None:
        raise LookupError(f"{operation.id} is not emulated")
    call.url = operation.path
    return cast("Mapping[str, Json]", endpoint.run(call))


@contextmanager
def _blaming(inside: str) -> Iterator[None]:
    try:
        yield
    except StripeError as error:
        if not error.body.param or not inside:
            raise
        first, bracket, rest = error.body.param.partition("[")
        raise StripeError(replace(error.body, param=f"{below(inside, first)}{bracket}{rest}")) from None


@cache
def operation_of(name: str, *, below_parent: bool = False) -> Operation:
    """The operation that creates objects of a name, at the top or below a parent. Raises LookupError."""
    for operation in catalog.operations_of(name):
        if operation.verb == "create" and ("{" in operation.path) is below_parent:
            return operation
    raise LookupError(f"no {name} can be created")


def by_request(name: str, *sent: Sent, prefix: str = "", path: str = "") -> Unknown:
    """The `unknown` of a resource whose objects are made by a create of `name`.

    `sent` are its parameters, or a function of scope, id and parent: several for an object in several states, the usual
    one first. `prefix` begins the ids of the resource, if `name` is another one; several are joined by spaces. `path`
    is the parameter of the path that has the id of the parent.
    """

    def unknown(scope: Scope, identifier: str, parent: str | None) -> None:
        one = sent[min(scope.sandbox.unknown_ids.attempt, len(sent) - 1)]
        params = one(scope, identifier, parent) if callable(one) else one
        kinds = prefix or registry.declared(name).prefix
        above = {path: parent} if path and parent else NOTHING
        call = call_of(scope, params)
        call.path = above
        with scope.sandbox.ids.next(kinds.split(), identifier):
            _respond(call, operation_of(name, below_parent=bool(above)))

    return unknown


def by_required(name: str) -> Unknown:
    """The `unknown` of a resource whose objects are made by a create with its required parameters alone."""
    return by_request(name, lambda _, __, ___: _required(name))


@cache
def _required(name: str) -> Mapping[str, object]:
    required = [key for key, param in operation_of(name).params.params.items() if param.required]
    return {key: SAMPLES[key] for key in required if key in SAMPLES}
