"""Updates of subscriptions by requests."""

from __future__ import annotations

from typing import Literal

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared, updated_fields
from emulator.resources.billing.base import clocks
from emulator.resources.billing.invoices.requests import check_email
from emulator.resources.billing.subscriptions.base import invoice_items, redemptions
from emulator.resources.billing.subscriptions.base.billing import PaymentOptions
from emulator.resources.billing.subscriptions.base.checks import check_ahead, check_method, check_refused
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION, items_of, period_of
from emulator.resources.billing.subscriptions.base.requests import REQUEST_ONLY, whole
from emulator.resources.billing.subscriptions.base.states import SEND, check_changeable
from emulator.resources.billing.subscriptions.canceling import at_period_end, at_time
from emulator.resources.billing.subscriptions.item_changes import changed_items, check_changed
from emulator.resources.billing.subscriptions.revising import RevisionTerms, revise
from emulator.schema.trees import hash_in, list_in
from emulator.store.table import Row
from emulator.wire.dataclasses import replace

PAUSE = "pause_collection"
# Parameters that change more than their field.
OWN = frozenset(
    (*REQUEST_ONLY, "billing_cycle_anchor", "cancel_at", "cancel_at_period_end", "discounts", "items", "trial_end")
)
# The parameters that may go with `payment_behavior=pending_if_incomplete` (official).
PENDING = frozenset(
    """
    billing_cycle_anchor discounts expand items off_session payment_behavior proration_behavior proration_date trial_end
    trial_from_plan
    """.split()
)


def update(call: Call, row: Row[bytes]) -> Row[bytes]:
    """A subscription after an update. Raises StripeError."""
    stored = decode(row)
    scope = clocks.scope_of(call.scope, stored)
    check_changeable(stored, call.params)
    after = changed(call, row)
    after |= _canceling(call, after, scope.now)
    extras = tuple(invoice_items.requested(call, scope, after))
    return revise(scope, row, after, terms_of(call, stored)._replace(extras=extras))


def changed(call: Call, row: Row[bytes]) -> Fields:
    """The fields of a subscription with the parameters of a request, before these take effect. Raises StripeError."""
    stored = decode(row)
    scope = clocks.scope_of(call.scope, stored)
    _check(call, stored, scope.now)
    after = {**_plain(call, stored), "items": list(changed_items(call, row, list_in(call.params, "items")))}
    check_email(call, stored["customer"])
    check_method(call, stored["customer"], after.get("default_payment_method"))
    check_changed(after)
    if "discounts" in call.params:
        after["discounts"] = redemptions.of_request(scope, row.id, after, call.params)
    return after


def _check(call: Call, stored: Fields, now: int) -> None:
    check_refused(call)
    for name in ("trial_end", "cancel_at"):
        check_ahead(call.params, name, now)
    check_ahead(hash_in(call.params, PAUSE), "resumes_at", now, f"{PAUSE}[resumes_at]")
    method = call.params.get("collection_method") or stored.get("collection_method")
    if call.params.get("days_until_due") and method != SEND:
        raise errors.days_without_invoice()
    if method == SEND and not (call.params.get("days_until_due") or stored.get("days_until_due")):
        raise errors.days_until_due_required()


def _plain(call: Call, stored: Fields) -> Fields:
    """The fields after the parameters that only replace their field. Raises StripeError."""
    params = {name: value for name, value in call.params.items() if name not in OWN}
    fields = whole(updated_fields(SUBSCRIPTION, replace(call, params=params), stored, frozenset()))
    if call.params.get("collection_method") == "charge_automatically":
        fields["days_until_due"] = None
    return fields


def _canceling(call: Call, fields: Fields, now: int) -> Fields:
    wanted, at = call.params.get("cancel_at_period_end"), call.params.get("cancel_at")
    if isinstance(wanted, bool):
        return at_period_end(fields, now, wanted=wanted)
    return at_time(fields, now, at) if at is not None else {}


def terms_of(call: Call, stored: Fields) -> RevisionTerms:
    """The terms of a request that changes a running subscription. Raises StripeError."""
    params, at = call.params, call.params.get("proration_date")
    behavior = str(params.get("payment_behavior") or "allow_incomplete")
    if behavior == "pending_if_incomplete" and params.keys() - PENDING:
        raise errors.pending_update_unsupported(min(params.keys() - PENDING))
    if isinstance(at, int):
        _check_date(stored, at)
    if (
        params.get("billing_cycle_anchor") == "now"
        and stored.get("status") == "trialing"
        and not params.get("trial_end")
    ):
        raise errors.effect_not_emulated("a new billing cycle anchor during a trial")
    end = params.get("trial_end")
    ends: int | Literal["now"] | None = end if isinstance(end, int) else "now" if end == "now" else None
    return RevisionTerms(
        prorations=str(params.get("proration_behavior") or "create_prorations"),
        at=at if isinstance(at, int) else None,
        payment=PaymentOptions(behavior, off_session=params.get("off_session") is True),
        restarts=params.get("billing_cycle_anchor") == "now",
        trial_end=ends,
    )


def _check_date(stored: Fields, at: int) -> None:
    """Refuses a moment of prorations outside of the running periods (official). Raises StripeError."""
    periods = [period_of(item) for item in items_of(stored)]
    if periods and not min(each.start for each in periods) <= at <= max(each.end for each in periods):
        raise errors.proration_date_outside()


def drop_discount(scope: Scope, discount: str, _: str, subscription: str) -> None:
    """Take a discount that was removed from the subscription, if it holds that one."""
    row = objects.get(scope, SUBSCRIPTION, subscription)
    held = shared(row).get("discounts") if row is not None else None
    if row is not None and isinstance(held, list) and discount in held:
        objects.change(scope, SUBSCRIPTION, row, discounts=[each for each in held if each != discount])
