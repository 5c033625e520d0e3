"""Types of parameters as data.

A small set of immutable types describes every request of the API. The catalog consists of them, the component table of
account sessions is compiled to them, and `emulator.schema.check` interprets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from emulator.wire.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`; the checker defines the accepted texts."""


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number with optional inclusive bounds.

    `is_time`: it is a time in unix seconds, of the years 1 to 9999 unless `any_time`.
    """

    minimum: int | None = None
    maximum: int | None = None
    is_time: bool = False
    any_time: bool = False


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number with a fraction, with optional inclusive bounds."""

    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class String:
    """Text. `max_length` counts characters; `format` is the document's own (currency, decimal, date-time, binary).

    The format `url` is that of the parameters of v1 that are named so.
    """

    max_length: int | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Enum:
    """One of a list of values. `open` lists have more for some accounts (`x-stripeBypassValidation`).

    Values that the document does not name are refused there too. `gaps` are values that Stripe takes and the emulator
    does not model.
    """

    values: tuple[str, ...]
    open: bool = False
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Array:
    """A list of values of one type."""

    item: Type
    max_items: int | None = None


@dataclass(frozen=True, slots=True)
class Param:
    """A named value of an object. `clearable`: an empty string unsets it (`anyOf ... enum [""]`)."""

    type: Type
    required: bool = False
    clearable: bool = False


@dataclass(frozen=True, slots=True)
class Object:
    """A hash with known keys, in order of declaration; `required` and `booleans`, by name, are derived from them."""

    params: Mapping[str, Param]
    required: tuple[str, ...] = field(init=False, compare=False, repr=False)
    booleans: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        required = tuple(name for name, param in self.params.items() if param.required)
        object.__setattr__(self, "required", required)
        booleans = frozenset(name for name, param in self.params.items() if type(param.type) is Boolean)
        object.__setattr__(self, "booleans", booleans)

    def at(self, path: Iterable[str]) -> Type | None:
        """The type of the parameter at a path, None when there is none."""
        found: Type = self
        for name in path:
            if not isinstance(found, Object) or name not in found.params:
                return None
            found = found.params[name].type
        return found


@dataclass(frozen=True, slots=True)
class Map:
    """A hash with free keys, such as metadata."""

    value: Type


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Alternatives, tried in order, such as `created=5` and `created[gt]=5`."""

    options: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A value that Stripe takes and the emulator does not model, whatever it is."""


Type = Boolean | Integer | Decimal | String | Enum | Array | Object | Map | AnyOf | Gap

EMPTY = Object({})
