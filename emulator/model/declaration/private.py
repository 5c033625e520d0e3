"""What a row keeps and never shows: fields whose names begin with `_`, declared by a record of its resource.

No parameter of Stripe's has such a name, so that none that a client sends is read as ours. Rendering leaves them out,
while undoing, previews and exports see the whole row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict, TypeVar, cast

from emulator.wire.json import Json

if TYPE_CHECKING:
    from emulator.model.declaration.templates import Fields

Record = TypeVar("Record", bound="Private")


class Private(TypedDict, total=False):
    """The base of the records. A field that is absent was never set."""


def private(_: type[Record], fields: Mapping[str, Json]) -> Record:
    """The private ones among the fields of an object, with their declared types."""
    return cast("Record", fields)


def kept(record: Private) -> Fields:
    """The private fields of a record, to be written among the fields of an object."""
    return cast("Fields", record)


def public(fields: Mapping[str, Json]) -> Fields:
    """The fields of an item inside an object without the private ones: as it is shown."""
    return {name: value for name, value in fields.items() if name[0] != "_"}


def names(record: type[Private]) -> frozenset[str]:
    """The names that a record declares."""
    return frozenset(record.__annotations__)
