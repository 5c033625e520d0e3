"""Ids in parameters: the objects that they name exist, and become whole where the response shows them whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

from emulator import errors
from emulator.errors import StripeError
from emulator.model.declaration import registry, unknown
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.templates import filled, hash_of, items_of, properties
from emulator.schema.check import Value
from emulator.schema.shape import Constant, Expandable, List, Ref, Shape, Timestamp, Union
from emulator.schema.spec import Boolean, Decimal, Enum, Integer, String
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json
from emulator.wire.path import ParamPath, format_path

Fields = dict[str, Json]
# Parameters whose unknown ids are refused with 404 instead of 400 (observed).
NOT_FOUND = frozenset({("subscription", "customer")})
# Parameters inside of others that stand alone in the error of an unknown id (observed).
BARE = frozenset({("subscription", "plan")})
# Ids in lists of Stripe that the emulator does not have: every id of their form is taken.
STATIC: Mapping[str, re.Pattern[str]] = {"tax_code": re.compile(r"txcd_\d{8}", re.ASCII)}
_PLAIN = (Boolean, Constant, Decimal, Enum, Integer, String)


def placed(call: Call, name: str, params: Mapping[str, Value]) -> Fields:
    """The parameters of an object by the shape of its response, with every name of their hashes.

    Raises StripeError, at the path of the parameter, for the id of an object that there is not.
    """
    known, plain = properties(name), _plain(name)
    try:
        return {
            key: cast("Json", value) if key in plain else _placed(call, known[key].type, value, (key,))
            for key, value in params.items()
            if key in known
        }
    except StripeError as error:
        if (name, error.body.param) in NOT_FOUND:
            raise StripeError(replace(error.body, status=404)) from None
        bare = str(error.body.param).rpartition("[")[2].rstrip("]")
        if (name, bare) in BARE:
            raise StripeError(replace(error.body, param=bare)) from None
        raise


@cache
def _plain(name: str) -> frozenset[str]:
    """The names of an object whose values are texts and numbers, never ids or times."""
    return frozenset(key for key, each in properties(name).items() if isinstance(each.type, _PLAIN))


def _placed(call: Call, shape: Shape, value: Value, path: ParamPath) -> Json:
    if isinstance(value, str):
        return _referred(call, shape, value, path)
    if isinstance(value, list):
        inside = next(items_of(shape), None)
        items = [_placed(call, inside, each, (*path, str(i))) if inside else each for i, each in enumerate(value)]
        return {"object": "list", "data": items, "has_more": False, "url": ""} if isinstance(shape, List) else items
    kind = hash_of(shape, value) if isinstance(value, dict) else None
    if kind is None or not isinstance(value, dict):
        return value
    found = kind.kind.properties
    fields = {key: _placed(call, found[key].type, each, (*path, key)) for key, each in value.items() if key in found}
    return filled(kind, fields)


def _referred(call: Call, shape: Shape, value: str, path: ParamPath) -> Json:
    """The id where the shape has an expandable one, the object itself where it has that; other texts as they are."""
    ids = [name for name in _names(shape, Expandable) if not name.startswith("deleted_")]
    whole = [] if ids else [name for name in _names(shape, Ref) if "id" in properties(name)]
    resources = [found for name in ids or whole if (found := registry.resource(name)) is not None]
    if isinstance(shape, Timestamp) and value == "now":
        return call.now
    if not value or not resources or len(resources) < len(ids or whole):
        return value
    for resource in resources:
        shown = resource.find(call, value)
        if shown is not None:
            return shown if whole else shown.get("id", value)  # a test name makes an object with an id of its own
    if any(name in STATIC and STATIC[name].fullmatch(value) for name in ids):
        return value
    for resource in resources:
        row = unknown.create(resource, call.scope, value)
        if row is not None:
            return resource.render(call.sandbox, row, call.now) if whole else value
    raise errors.no_such(resources[0].noun, value, format_path(path), other_mode=call.sandbox.other_mode_of(value))


def _names(shape: Shape, kind: type) -> Iterator[str]:
    match shape:
        case Expandable(resources) if kind is Expandable:
            yield from resources
        case Ref(name) if kind is Ref:
            yield name
        case Union(options):
            for option in options:
                yield from _names(option, kind)
