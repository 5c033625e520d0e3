"""Plans and recurring prices: two views of one record, a price (official)."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.model.declaration.private import Private
from emulator.model.declaration.resource import Fields
from emulator.schema.trees import hash_in
from emulator.wire.json import Json

PLAN = "plan"
# The fields of a plan by those of its price, and the names that both have.
RENAMED: Mapping[str, str] = {
    "amount": "unit_amount",
    "amount_decimal": "unit_amount_decimal",
    "transform_usage": "transform_quantity",
}
RECURRING = ("interval", "interval_count", "meter", "trial_period_days", "usage_type")
SHARED = ("active", "billing_scheme", "currency", "metadata", "nickname", "product", "tiers_mode")
OWN = ("created", "livemode")


class PriceState(Private, total=False):
    """What a price keeps: how usage records are aggregated."""

    _aggregate_usage: str


def plan_of(price: Mapping[str, Json]) -> Fields:
    """A recurring price as a plan."""
    recurring = hash_in(price, "recurring")
    fields: Fields = {
        **{name: price.get(name) for name in (*SHARED, *OWN)},
        **{old: price.get(new) for old, new in RENAMED.items()},
        **{name: recurring.get(name) for name in RECURRING},
    }
    return {"id": price["id"], "object": PLAN, **dict(sorted(fields.items()))}


def price_fields(plan: Mapping[str, Json]) -> Fields:
    """The fields of the price of a new plan."""
    recurring: Json = {
        "interval": plan.get("interval"),
        "interval_count": plan.get("interval_count", 1),
        "meter": plan.get("meter"),
        "trial_period_days": plan.get("trial_period_days"),
        "usage_type": plan.get("usage_type", "licensed"),
    }
    shared = {name: plan[name] for name in (*SHARED, "tiers") if name in plan}
    renamed = {new: plan.get(old) for old, new in RENAMED.items()}
    own: Fields = {"recurring": recurring, "tax_behavior": "unspecified", "type": "recurring"}
    return {"active": True, "billing_scheme": "per_unit", **shared, **renamed, **own}
