"""The end of subscriptions: by request, at the end of a period, at a given time."""

from __future__ import annotations

from emulator import errors
from emulator.resources import objects
from emulator.resources.billing.base import clocks
from emulator.resources.billing.subscriptions.items import SUBSCRIPTION, items_of, period_of
from emulator.resources.billing.subscriptions.states import ENDED
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import hash_in
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.store.table import Row

REQUESTED = "cancellation_requested"


def cancel(call: Call, row: Row[bytes]) -> Row[bytes]:
    """A subscription after DELETE. Raises StripeError for one that has ended."""
    fields = decode(row)
    scope = clocks.scope_of(call.scope, fields)
    if fields.get("status") in ENDED:
        raise errors.no_such(SUBSCRIPTION, row.id, "id", 404)
    if call.params.get("invoice_now") or call.params.get("prorate"):
        raise errors.effect_not_emulated("the invoice of a subscription that ends")
    details = {**hash_in(fields, "cancellation_details"), **hash_in(call.params, "cancellation_details")}
    own = {**ended(fields, scope.now), "cancellation_details": {**details, "reason": REQUESTED}}
    return objects.change(scope, SUBSCRIPTION, row, **own)


def ended(fields: Fields, now: int) -> Fields:
    """The fields of a canceled subscription, which keeps the time at which its end was requested (observed)."""
    return {
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": fields.get("canceled_at") or now,
        "ended_at": now,
        "status": "canceled",
    }


def at_period_end(fields: Fields, now: int, *, wanted: bool) -> Fields:
    """The fields that `cancel_at_period_end` changes (observed)."""
    if wanted == bool(fields.get("cancel_at_period_end")):
        return {}
    end = max((period_of(item)[1] for item in items_of(fields)), default=now)
    return {
        "cancel_at": end if wanted else None,
        "cancel_at_period_end": wanted,
        "canceled_at": now if wanted else None,
        "cancellation_details": {
            **hash_in(fields, "cancellation_details"),
            "reason": REQUESTED if wanted else None,
        },
    }
