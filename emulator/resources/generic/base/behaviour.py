"""Behaviour of generic objects beyond their facts: computed values, and other objects that a request creates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from emulator.errors import StripeError
from emulator.model.answering.verbs import V1
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields, Handler, Resource
from emulator.model.stored.recipes import Recipe
from emulator.model.stored.stored import Create, Update, decode
from emulator.store.table import Row
from emulator.wire.dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The behaviour of one object: functions as `stored` takes them, which run after those of the facts.

    Functions of `actions` receive the stored fields, without the parameters, after the action of the table.
    `show(row, now, fields)` completes an object in a response. `event(before, after)` are the suffixes of the events
    of an update, empty for the usual one.
    `stub` is the response for a deleted object, `missing` the error of an unknown id. `recipe` is how an object is made
    that nobody created; the states of its actions come before those of the recipe.
    """

    create: Create | None = None
    update: Update | None = None
    then: Callable[[Call, Row[bytes]], Row[bytes]] | None = None
    actions: Mapping[str, Update] = field(default_factory=dict)
    verbs: Mapping[str, Handler] = field(default_factory=dict)
    endpoints: Mapping[str, Handler] = field(default_factory=dict)
    show: Callable[[Row[bytes], int, Fields], Fields] | None = None
    event: Callable[[Fields, Fields], str] | None = None
    stub: Callable[[Resource[Any], Row[bytes]], Fields] = V1.stub
    missing: Callable[[Resource[Any], Call, str], StripeError] | None = None
    recipe: Recipe = Recipe()


NOTHING = Behaviour()


def raw(change: Update, before: Update | None = None) -> Update:
    """An action whose parameters are not fields of the object, except metadata; another action may run before it."""

    def act(call: Call, row: Row[bytes], merged: Fields) -> Fields:
        fields = decode(row)
        fields = {**fields, "metadata": merged["metadata"]} if "metadata" in fields else fields
        return change(call, row, before(call, row, fields) if before else fields)

    return act
