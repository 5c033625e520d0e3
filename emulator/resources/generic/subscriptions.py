"""Subscriptions: their items, the modes of billing, and what ends them. Nothing is billed."""

from __future__ import annotations

from emulator import errors
from emulator.resources.endpoint import Call
from emulator.resources.generic.additions import Additions, hash_in
from emulator.resources.resource import Fields
from emulator.store.table import Row
from emulator.wire.json import Json

SUBSCRIPTION, ITEM = "subscription", "subscription_item"


def _resume(_: Call, __: Row[bytes], fields: Fields) -> Fields:
    if fields.get("status") != "paused":
        raise errors.subscription_not_paused()
    raise errors.effect_not_emulated("the invoice of a subscription that resumes")


def _migrate(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    return {**fields, "billing_mode": _mode(call)}


def _mode(call: Call) -> Json:
    sent = hash_in(call.params, "billing_mode")
    details: Json = {"proration_discounts": "included", **hash_in(sent, "flexible")}
    flexible: Json = {"flexible": details, "type": "flexible", "updated_at": call.now}
    return {"flexible": None, "type": "classic"} if sent.get("type") == "classic" else flexible


ADDITIONS = {
    SUBSCRIPTION: Additions(actions={"migrate": _migrate, "resume": _resume}),
}
