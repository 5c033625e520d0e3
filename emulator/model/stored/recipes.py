"""Recipes for objects that nobody created: the create that makes one, in each of the states that it can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

from emulator.errors import StripeError
from emulator.model.asking.requests import by_request, operation_of
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.schema.check import Params, Value
from emulator.wire.namedtuples import NamedTuple

NAMED = "@"  # begins the name of an object that is made for a parameter
NONE: Mapping[str, Value] = MappingProxyType({})

First = Callable[[Scope, str, str | None], Fields]


class Recipe(NamedTuple):
    """How an object that nobody created is made. In parameters and values, `@price` is the id of a price that is made.

    A request that is refused is tried again with the objects that it names made anew: the first attempt is 0, and those
    after it are later ones. `sent` are the parameters of the create, empty where no request creates the object, and
    `later` those that later attempts add. `values` are fields besides the first ones of an object that no request
    creates, `later_values` fields of each later attempt. `states` are its states in later attempts. `whole` is the
    object whose create makes this one. `prepare(scope, params)` runs before the create, and `then(scope, id)` after it;
    both raise StripeError.
    """

    sent: Mapping[str, Value] = NONE
    later: Mapping[str, Value] = NONE
    values: Mapping[str, Value] = NONE
    later_values: tuple[Mapping[str, Value], ...] = ()
    states: tuple[str, ...] = ()
    whole: str = ""
    prepare: Callable[[Scope, Params], None] | None = None
    then: Callable[[Scope, str], None] | None = None


def make(  # noqa: PLR0913, PLR0917 - four of them are the declaration's
    name: str, prefix: str, first: First, recipe: Recipe, scope: Scope, identifier: str, parent: str | None
) -> Fields | None:
    """An object that nobody created: by its request where that succeeds, else its `first` values.

    With the other arguments before `scope` given, it is the `unknown` of a resource.
    """
    attempt = scope.sandbox.unknown_ids.attempt
    state: Fields = {"status": recipe.states[attempt - 1]} if 0 < attempt <= len(recipe.states) else {}
    if not recipe.sent or not _is_created(scope, recipe.whole or name, recipe, prefix, identifier, parent):
        later = recipe.later_values[attempt - 1] if 0 < attempt <= len(recipe.later_values) else NONE
        values = cast("Fields", _filled(scope, recipe.values, identifier))
        return {**first(scope, identifier, parent), **values, **state, **cast("Fields", later)}
    if recipe.then is not None:
        recipe.then(scope, identifier)
    row = objects.get(scope, name, identifier)
    if row is not None and parent:
        row = objects.place(scope, name, row, parent)
    if row is not None and state:
        objects.change(scope, name, row, **state)
    return None


def _is_created(  # noqa: PLR0913, PLR0917 - as many as its caller has
    scope: Scope, name: str, recipe: Recipe, prefix: str, identifier: str, parent: str | None
) -> bool:
    """Whether the request that creates an object succeeds."""
    above = {"customer": parent} if parent else {}
    given: Params = {"id": identifier} if "id" in operation_of(name).params.params else {}
    later = recipe.later if scope.sandbox.unknown_ids.attempt else NONE
    try:
        sent = {**_filled(scope, {**recipe.sent, **later}, identifier), **above, **given}
        if recipe.prepare is not None:
            recipe.prepare(scope, sent)
        by_request(name, sent, prefix=prefix)(scope, identifier, None)
    except StripeError:
        return False
    return True


def _filled(scope: Scope, params: Mapping[str, Value], identifier: str) -> Params:
    return {key: _value(scope, value, identifier) for key, value in params.items()}


def _value(scope: Scope, value: Value, identifier: str) -> Value:
    """The value of a parameter; the name of an object is the id of one that is made."""
    if isinstance(value, str) and value.startswith(NAMED):
        name = value.removeprefix(NAMED)
        tail = identifier.rpartition("_")[2] if name == "customer" else identifier
        return _usual(scope, name, f"{objects.prefix_of(name) or name}_{tail}")
    if isinstance(value, dict):
        return _filled(scope, value, identifier)
    return [_value(scope, each, identifier) for each in value] if isinstance(value, list) else value


def _usual(scope: Scope, name: str, identifier: str) -> str:
    """The id of an object that another one needs, made in its usual state whatever the attempt is."""
    made = scope.sandbox.unknown_ids
    attempt, made.attempt = made.attempt, 0
    try:
        return objects.existing(scope, name, identifier).id
    finally:
        made.attempt = attempt
