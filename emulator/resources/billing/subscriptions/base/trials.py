"""Trials: their first invoice, their notice, their end, also for a customer who cannot pay."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.model.asking.requests import create
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.declaration.side_tables import Index
from emulator.resources.billing.base.subscription_state import SubscriptionState
from emulator.resources.billing.invoices.collection import method_of
from emulator.resources.billing.subscriptions.base.items import items_of
from emulator.resources.billing.subscriptions.base.states import REQUESTED, ended
from emulator.schema.trees import hash_in, integer
from emulator.wire.json import Json
from emulator.wire.timestamps import DAY

NOTICE = 3 * DAY  # seconds before the end of a trial (official)
SETUPS = Index("subscription_of_setup")  # the ids of subscriptions by those of setup intents


def notice_at(fields: Mapping[str, Json]) -> int | None:
    """The second of the notice that a trial ends, None where it has been sent."""
    end = integer(fields, "trial_end")
    noticed = private(SubscriptionState, fields).get("_trial_noticed")
    return end - NOTICE if fields.get("status") == "trialing" and noticed != end else None


def noticed(fields: Fields) -> Fields:
    """A subscription with the notice of its trial."""
    return {**fields, **kept(SubscriptionState(_trial_noticed=fields.get("trial_end")))}


def is_payable(scope: Scope, fields: Shared) -> bool:
    """Whether a subscription can be charged, or is not charged by itself."""
    return fields.get("collection_method") == "send_invoice" or method_of(scope, fields) is not None


def without_method(scope: Scope, fields: Shared, *, by_request: bool) -> Fields | None:
    """A subscription whose trial ends without a payment method: paused or canceled, None where it is billed anyway.

    Raises StripeError where a request ends the trial of a subscription that is billed.
    """
    behavior = hash_in(hash_in(fields, "trial_settings"), "end_behavior").get("missing_payment_method")
    if is_payable(scope, fields):
        return None
    if behavior == "pause":
        return paused(scope, fields, by_request=by_request)
    if behavior == "cancel":
        details = {**hash_in(fields, "cancellation_details"), "reason": REQUESTED}
        return {**fields, **ended(fields, scope.now), "cancellation_details": details}
    if by_request and scope.sandbox.settings.unknown_ids == "refuse":
        raise errors.customer_without_payment_method()
    return None


def paused(scope: Scope, fields: Shared, *, by_request: bool) -> Fields:
    """A subscription that waits for a payment method since its trial has ended (observed for an end by request)."""
    end = scope.now - 1 if by_request else scope.now
    items: Json = [{**item, "current_period_end": scope.now} for item in items_of(fields)]
    return {**fields, "billing_cycle_anchor": scope.now, "items": items, "status": "paused", "trial_end": end}


def setup_intent(scope: Scope, subscription: str, customer: Json) -> str:
    """A new setup intent by which a customer adds a payment method to a subscription with nothing to pay yet."""
    outside = scope.outside
    sent: dict[str, object] = {"customer": customer, "payment_method_types": ["card"], "usage": "off_session"}
    intent = create(outside, "setup_intent", sent)
    SETUPS.put(outside, intent.id, subscription)
    return intent.id
