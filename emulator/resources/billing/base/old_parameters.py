"""What `plan`, `quantity` and `prorate` of requests before basil stand for: one item, and a proration behavior."""

from __future__ import annotations

from emulator import errors
from emulator.resources.generic.base.additions import integer, list_in
from emulator.resources.resource import Fields
from emulator.schema.check import Params


def modern_params(sent: Params, fields: Fields | None = None) -> Params:
    """Parameters with items for `plan` and `quantity`, and a proration behavior for `prorate`. Raises StripeError."""
    named: Params = {name: sent[name] for name in ("plan", "quantity") if name in sent}
    for name in named:
        if "items" in sent:
            raise errors.items_and(name)
    if integer(sent, "quantity") < 0:
        raise errors.integer_too_small(("quantity",), 0)
    changed: Params = {name: value for name, value in sent.items() if name not in ("plan", "prorate", "quantity")}
    if "prorate" in sent:
        changed = {"proration_behavior": "create_prorations" if sent["prorate"] else "none", **changed}
    if fields is not None and named:
        return {**changed, "items": [{"id": _only_item(fields, next(iter(named))), **named}]}
    return {**changed, "items": [named]} if "plan" in named else changed


def _only_item(fields: Fields, name: str) -> str:
    """The id of the one item of a subscription. Raises StripeError where it has several."""
    items = list_in(fields, "items")
    if len(items) != 1:
        raise errors.several_items(name)
    return str(items[0]["id"])
