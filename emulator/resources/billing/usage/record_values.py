"""The usage of metered items without a meter: the quantities of their usage records, as their prices aggregate them."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import Private, private
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.products.plan_views import PriceState
from emulator.schema.trees import hash_in, integer
from emulator.wire.json import Json

RECORD = "usage_record"
USUAL = "sum"


class UsageRecordState(Private, total=False):
    """What a usage record keeps: whether it replaces the usage of its second."""

    _set: bool


def aggregation_of(scope: Scope, price: str) -> str:
    """How a price aggregates usage records (official): `sum`, `max`, `last_during_period` or `last_ever`."""
    row = objects.get(scope, "price", price)
    return USUAL if row is None else private(PriceState, shared(row)).get("_aggregate_usage", USUAL)


def quantities(scope: Scope, item: str) -> list[tuple[int, int]]:
    """The seconds for which usage of an item is reported and their quantities, oldest first.

    Records of the same second are added up, but for those that replace what was reported before (official).
    """
    found: dict[int, int] = {}
    for row in scope.sandbox.table(RECORD).oldest(scope.owner, parent=item):
        record = shared(row)
        at = integer(record, "timestamp")
        found[at] = integer(record, "quantity") + (
            0 if private(UsageRecordState, record).get("_set") else found.get(at, 0)
        )
    return sorted(found.items())


def reported(scope: Scope, item: Mapping[str, Json], start: int, end: int) -> int:
    """The usage of an item from `start` up to `end`, as its price aggregates it."""
    how = aggregation_of(scope, str(hash_in(item, "price").get("id")))
    since = 0 if how == "last_ever" else start
    found = [quantity for at, quantity in quantities(scope, str(item.get("id"))) if since <= at < end]
    if how.startswith("last"):
        return found[-1] if found else 0
    return max(found, default=0) if how == "max" else sum(found)
