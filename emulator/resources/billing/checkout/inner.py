"""Objects that a checkout session makes: created and changed as by requests of the account itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from emulator import catalog
from emulator.catalog import versions
from emulator.model.answering import endpoints
from emulator.model.asking.requests import operation_of
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.json import Json


def call_of(scope: Scope, params: Mapping[str, Json], address: str = "", *, publishable: bool = False) -> Call:
    """A request of the account with these parameters, in the newest version that the sandbox has."""
    version = versions.parse(scope.sandbox.api_version)
    call = Call(scope.sandbox, scope.now, version, cast("Params", dict(params)), {}, scope.account, "", address)
    call.publishable = publishable
    return call


def create(scope: Scope, name: str, params: Mapping[str, Json], address: str = "") -> Row[bytes]:
    """A new object, as a request with these parameters makes it. Raises StripeError."""
    operation = operation_of(name)
    endpoint = endpoints.endpoint(operation)
    if endpoint is None:
        raise LookupError(f"{name} cannot be created")
    call = call_of(scope, {key: value for key, value in params.items() if value is not None}, address)
    call.url = operation.path
    made = cast("Fields", endpoint.run(call))
    return found(scope, name, str(made["id"]))


def run(scope: Scope, operation: str, params: Mapping[str, Json], path: Mapping[str, str]) -> Fields:
    """Do as a request of an operation does, with the parameters of its path. Raises StripeError."""
    known = catalog.operation(operation)
    endpoint = endpoints.endpoint(known)
    if endpoint is None:
        raise LookupError(f"{operation} is not emulated")
    call = call_of(scope, params)
    call.path, call.url = path, known.path
    return cast("Fields", endpoint.run(call))


def found(scope: Scope, name: str, identifier: str) -> Row[bytes]:
    """The present row of an object. Raises LookupError."""
    return objects.named(scope, name, identifier)
