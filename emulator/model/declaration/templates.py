"""The shapes of objects as templates: every name in Stripe's order, with its value where nothing was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from emulator import catalog
from emulator.schema.shape import (
    AnyObject,
    Array,
    Constant,
    List,
    Map,
    Object,
    Property,
    Ref,
    Shape,
    Timestamp,
    Union,
)
from emulator.schema.spec import Boolean, Decimal, Enum, Integer, String
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

Fields = dict[str, Json]
OWN = ("id", "object")
# The values of hashes inside objects where nothing was sent, by schema, where they are not empty (official samples).
FIRST: Mapping[str, Mapping[str, Json]] = {
    "connect_account_reference": {"type": "self"},
    "portal_subscription_cancel": {"proration_behavior": "none"},
    "portal_subscription_update": {"proration_behavior": "none", "trial_update_behavior": "end_trial"},
    "recurring": {"interval_count": 1, "usage_type": "licensed"},
    "subscriptions_trials_resource_end_behavior": {"missing_payment_method": "create_invoice"},
    "tax_product_resource_customer_details": {"taxability_override": "none"},
}


@cache
def properties(name: str) -> Mapping[str, Property]:
    """The properties of a named schema."""
    found = catalog.schema(name)
    return found.properties if isinstance(found, Object) else {}


@cache
def template(name: str, absent: frozenset[str] = frozenset()) -> Mapping[str, Json]:
    """An object of a named schema with nothing in it: `id` and `object` first, then every name that always shows.

    `absent` names show only when they are expanded, or when they apply.
    """
    found = properties(name)
    shown = {key: each for key, each in found.items() if key not in absent and (each.required or each.nullable)}
    order = [*(key for key in OWN if key in shown), *sorted(key for key in shown if key not in OWN)]
    return {key: _empty(shown[key]) for key in order} | ({"object": name} if "object" in shown else {})


@cache
def order(name: str) -> tuple[str, ...]:
    """All names of an object in Stripe's order: `id` and `object`, then the others by the alphabet."""
    return (*OWN, *sorted(key for key in properties(name) if key not in OWN))


@cache
def times(name: str) -> frozenset[str]:
    """The times that an object always has: those of its creation, where nothing else is known."""
    return frozenset(
        key
        for key, each in properties(name).items()
        if isinstance(each.type, Timestamp) and each.required and not each.nullable
    )


class Layout(NamedTuple):
    """The template of an object with a place for each of its fields, and the names of those that do not show."""

    template: Mapping[str, Json]
    hidden: tuple[str, ...]


@lru_cache(maxsize=1024)
def layout(name: str, absent: frozenset[str], fields: tuple[str, ...]) -> Layout:
    """The layout of an object with these fields, beside those that follow from its row."""
    whole, stored = template(name, absent), frozenset(fields)
    shown = {key: whole.get(key) for key in order(name) if key in whole or key in stored}
    return Layout(shown, tuple(sorted({"id", "livemode", *times(name), *fields} - shown.keys())))


class Hash(NamedTuple):
    """An object inside another one, with the name of its schema, which may have none."""

    kind: Object
    name: str = ""

    def fits(self, value: Mapping[str, Any]) -> int:
        """How many of the names of a value it has."""
        return len(self.kind.properties.keys() & value.keys())


def hash_of(shape: Shape, value: Mapping[str, Any], name: str = "") -> Hash | None:
    """The object that a shape describes; of several, the one with most of the names of a value."""
    match shape:
        case Object():
            return Hash(shape, name)
        case Ref(named):
            return hash_of(catalog.schema(named), value, named)
        case Union(options):
            found = [kind for option in options if (kind := hash_of(option, value)) is not None]
            return max(found, key=lambda kind: kind.fits(value), default=None)
    return None


def items_of(shape: Shape) -> Iterator[Shape]:
    """The shapes of the items of an array or a list."""
    match shape:
        case Array(item) | List(item):
            yield item
        case Union(options):
            for option in options:
                yield from items_of(option)


def filled(found: Hash, value: Mapping[str, Json]) -> Fields:
    """A hash with every name that always shows, in alphabetical order."""
    return {**(_nothing_of(found.name) if found.name else _nothing(found.kind)), **value}


@cache
def _nothing_of(name: str) -> Mapping[str, Json]:
    found = catalog.schema(name)
    return {**_nothing(found), **FIRST.get(name, {})} if isinstance(found, Object) else {}


def _nothing(kind: Object) -> Fields:
    shown = {name: each for name, each in kind.properties.items() if each.required or each.nullable}
    return {name: _empty(shown[name]) for name in sorted(shown)}


def _empty(found: Property) -> Json:
    return None if found.nullable else _default(found.type)


def _default(shape: Shape) -> Json:
    if isinstance(shape, Union):
        return _default(shape.options[0])
    made = _DEFAULTS.get(type(shape))
    return made(shape) if made else None


_DEFAULTS: Mapping[type, Callable[[Any], Json]] = {
    Boolean: lambda _: False,
    Constant: lambda shape: shape.value,
    Integer: lambda _: 0,
    Timestamp: lambda _: 0,
    Decimal: lambda _: 0,
    Enum: lambda shape: shape.values[0],
    String: lambda _: "",
    Array: lambda _: [],
    Map: lambda _: {},
    AnyObject: lambda _: {},
    List: lambda shape: {"object": "list", "data": [], "has_more": False, "url": shape.url or ""},
    Object: _nothing,
    Ref: lambda shape: dict(_nothing_of(shape.name)),
}


def whole(name: str, fields: Mapping[str, Json]) -> Fields:
    """A hash of a named schema: these fields, and all others that are always shown."""
    found = hash_of(Ref(name), fields)
    return filled(found, fields) if found is not None else dict(fields)
