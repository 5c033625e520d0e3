"""The states of subscriptions, and the changes that each allows."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.model.declaration.resource import Fields
from emulator.schema.check import Params
from emulator.schema.trees import integer
from emulator.wire.json import Json

ENDED = ("canceled", "incomplete_expired")
BILLED = ("active", "past_due", "trialing", "unpaid")  # states with periods that end
SEND = "send_invoice"
REQUESTED = "cancellation_requested"
INCOMPLETE_FOR = 23 * 3_600  # seconds until the first payment or a pending update expires (official)
# The parameters that an update of a subscription in some states may have (observed).
_KEPT = {
    "canceled": frozenset({"cancellation_details", "expand", "metadata"}),
    "incomplete_expired": frozenset({"cancellation_details", "expand", "metadata"}),
    "incomplete": frozenset({"default_payment_method", "description", "expand", "metadata"}),
}
_CANCELING = frozenset({"cancel_at", "cancel_at_period_end"})


def check_changeable(fields: Mapping[str, Json], params: Params) -> None:
    """Refuses parameters that the state of a subscription does not allow. Raises StripeError."""
    state = str(fields.get("status"))
    if state in _KEPT and params.keys() - _KEPT[state]:
        raise errors.subscription_incomplete() if state == "incomplete" else errors.subscription_canceled()
    if fields.get("schedule") and _CANCELING & params.keys():
        raise errors.subscription_of_schedule(str(fields["schedule"]))


def ended(fields: Mapping[str, Json], now: int) -> Fields:
    """The fields of a canceled subscription, which keeps the time at which its end was requested (observed)."""
    return {
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": fields.get("canceled_at") or now,
        "ended_at": now,
        "pending_update": None,
        "status": "canceled",
    }


def trial_end_of(fields: Mapping[str, Json]) -> int | None:
    """The end of a running trial."""
    return integer(fields, "trial_end") if fields.get("status") == "trialing" else None
