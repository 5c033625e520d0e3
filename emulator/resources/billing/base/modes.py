"""The billing mode of subscriptions, schedules and quotes."""

from __future__ import annotations

from emulator.model.declaration.endpoint import Call
from emulator.schema.trees import hash_in
from emulator.wire.json import Json

CLOVER = "2025-09-30"


def billing_mode(call: Call, now: int) -> Json:
    """The billing mode: flexible by default since clover, or as requested (observed)."""
    sent = hash_in(call.params, "billing_mode")
    kind = sent.get("type") or ("flexible" if call.version.date >= CLOVER else "classic")
    if kind == "classic":
        return {"flexible": None, "type": "classic"}
    details: Json = {"proration_discounts": "included", **hash_in(sent, "flexible")}
    return {"flexible": details, "type": "flexible", "updated_at": now}
