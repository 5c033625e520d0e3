"""Updates of subscriptions."""

from __future__ import annotations

from emulator import errors
from emulator.resources import objects
from emulator.resources.billing.base import clocks
from emulator.resources.billing.products.line_items import discounts_of
from emulator.resources.billing.subscriptions.canceling import at_period_end
from emulator.resources.billing.subscriptions.creating import REQUEST_ONLY
from emulator.resources.billing.subscriptions.item_changes import changed_items
from emulator.resources.billing.subscriptions.items import SUBSCRIPTION
from emulator.resources.billing.subscriptions.requests import whole
from emulator.resources.billing.subscriptions.states import ENDED
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import list_in
from emulator.resources.resource import Fields
from emulator.resources.stored import decode, updated_fields
from emulator.store.table import Row
from emulator.wire.dataclasses import replace

# The parameters that an update of a canceled subscription may have (observed).
KEPT = frozenset({"metadata", "cancellation_details", "expand"})
# Parameters that are no fields, or that change more than their field.
OWN = frozenset(
    (*REQUEST_ONLY, "billing_cycle_anchor", "cancel_at", "cancel_at_period_end", "discounts", "items", "trial_end")
)


def update(call: Call, row: Row[bytes]) -> Row[bytes]:
    """A subscription after an update. Raises StripeError."""
    stored = decode(row)
    if stored.get("status") in ENDED and call.params.keys() - KEPT:
        raise errors.subscription_canceled()
    scope = clocks.scope_of(call.scope, stored)
    fields = _plain(call, stored)
    fields["items"] = list(changed_items(call, row, list_in(call.params, "items")))
    if "discounts" in call.params:
        fields["discounts"] = discounts_of(call, call.params, subscription=row.id)
    wanted = call.params.get("cancel_at_period_end")
    if isinstance(wanted, bool):
        fields |= at_period_end(fields, scope.now, wanted=wanted)
    return objects.replace(scope, SUBSCRIPTION, row, fields)


def _plain(call: Call, stored: Fields) -> Fields:
    """The fields after the parameters that only replace their field. Raises StripeError."""
    params = {name: value for name, value in call.params.items() if name not in OWN}
    return whole(updated_fields(SUBSCRIPTION, replace(call, params=params), stored, frozenset()))
