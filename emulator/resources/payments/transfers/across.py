"""References to objects of other accounts: a platform sees those of its accounts, and they see the platform's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects


def across(name: str) -> Callable[[Call, str], Fields | None]:
    """The function that finds an object for an expansion, on the caller's account or on one connected with it."""

    def look_up(call: Call, identifier: str) -> Fields | None:
        for scope in _scopes(call.scope, name, identifier):
            row = objects.get(scope, name, identifier)
            if row is not None:
                return objects.shown(scope, name, row)
        return None

    return look_up


def _scopes(scope: Scope, name: str, identifier: str) -> Iterator[Scope]:
    yield scope
    if scope.account is not None:
        yield scope.platform
        return
    owner = scope.sandbox.table(name).owner_of(identifier)
    if owner is not None:
        yield scope.of(owner)
