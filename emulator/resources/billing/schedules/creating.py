"""New schedules: of a customer, or of a subscription that runs already."""

from __future__ import annotations

from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.objects import draw, of_id
from emulator.model.stored.stored import CLOCK, decode, sent, shared
from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.modes import billing_mode
from emulator.resources.billing.schedules import steps
from emulator.resources.billing.schedules.phases import ITEM, PHASE, phases_of, whole, whole_settings
from emulator.resources.billing.schedules.steps import SCHEDULE, current
from emulator.resources.billing.subscriptions.base.checks import check_currency
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION, items_of, period_of
from emulator.resources.billing.subscriptions.base.states import ENDED
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

CUSTOMER, SOURCE = "customer", "from_subscription"
NOT_STORED = frozenset((SOURCE, "start_date", "phases", "billing_mode"))


def create(call: Call) -> Json:
    """POST /v1/subscription_schedules. Raises StripeError."""
    row = _migrated(call) if call.params.get(SOURCE) else _new(call)
    return objects.shown(call.scope, SCHEDULE, row)


def _new(call: Call) -> Row[bytes]:
    """A schedule of a customer; one that begins now has a subscription at once. Raises StripeError."""
    customer = str(call.params.get(CUSTOMER) or "")
    fields = sent(SCHEDULE, call, NOT_STORED)
    if not customer:
        raise errors.missing_param((CUSTOMER,))
    phases = list_in(call.params, "phases")
    if not phases:
        raise errors.missing_param(("phases",))
    scope = clocks.scope_of_customer(call.scope, customer)
    start = call.params.get("start_date")
    begins = start if isinstance(start, int) else scope.now
    check_behavior(call)
    mode = billing_mode(call, scope.now)
    made = phases_of(call, phases, begins, scope.now, mode)
    if integer(made[0], "end_date") <= scope.now:
        raise errors.phase_without_time("phases[0][end_date]")
    check_currency(scope, customer, str(made[0]["currency"]))
    started = begins <= scope.now
    own: Fields = {
        "end_behavior": "release",
        **fields,
        "billing_mode": mode,
        "default_settings": whole_settings(hash_in(fields, "default_settings")),
        "current_phase": current(made[0]) if started else None,
        "metadata": dict(merged({}, call.params.get("metadata"))),
        "phases": list(made),
        "status": "active" if started else "not_started",
        "subscription": draw(call, SUBSCRIPTION) if started else None,
    }
    row = _add(call, scope, own)
    if started:
        steps.start(scope, row, scope.now)
    return row


def _add(call: Call, scope: Scope, fields: Fields) -> Row[bytes]:
    customer = objects.get(scope, CUSTOMER, str(fields[CUSTOMER]))
    clock = shared(customer).get(CLOCK) if customer is not None else None
    return objects.add(scope, SCHEDULE, draw(call, SCHEDULE), {**fields, CLOCK: clock}, str(fields[CUSTOMER]))


def check_behavior(call: Call) -> None:
    """Refuses what the emulator does not have at the end of a schedule. Raises StripeError."""
    if call.params.get("end_behavior") in ("none", "renew"):
        raise errors.param_not_emulated(("end_behavior",))
    if call.params.get("customer_account"):
        raise errors.param_not_emulated(("customer_account",))
    if hash_in(call.params, "default_settings").get("billing_thresholds"):
        raise errors.param_not_emulated(("default_settings", "billing_thresholds"))


# --- schedules of running subscriptions ---------------------------------------------------------------------------


def _migrated(call: Call) -> Row[bytes]:
    """A schedule of one phase, the period that a subscription is in (official). Raises StripeError."""
    other = next((name for name in call.params if name not in (SOURCE, "expand")), None)
    if other is not None:
        raise errors.with_from_subscription(other)
    source = of_id(call, SUBSCRIPTION, str(call.params[SOURCE]), SOURCE)
    found = decode(source)
    if found.get("schedule"):
        raise errors.subscription_has_schedule(str(found["schedule"]))
    if found.get("status") in ENDED:
        raise errors.schedule_of_ended_subscription(str(found["status"]))
    scope, phase = clocks.scope_of(call.scope, found), _phase(found)
    own: Fields = {
        "billing_mode": found.get("billing_mode"),
        "current_phase": current(phase),
        CUSTOMER: found[CUSTOMER],
        "default_settings": whole_settings(_settings(found)),
        "end_behavior": "release",
        "metadata": {},
        "phases": [phase],
        "status": "active",
        "subscription": source.id,
    }
    row = _add(call, scope, own)
    objects.change(scope, SUBSCRIPTION, source, schedule=row.id)
    return row


def _settings(found: Fields) -> Fields:
    """The default settings of the schedule of a subscription."""
    settings = {name: found.get(name) for name in steps.SETTINGS if found.get(name) is not None}
    issuer = hash_in(hash_in(found, "invoice_settings"), "issuer") or {"type": "self"}
    return {**settings, "invoice_settings": {"days_until_due": found.get("days_until_due"), "issuer": issuer}}


def _phase(found: Fields) -> Fields:
    periods = [period_of(item) for item in items_of(found)]
    trial = integer(found, "trial_end") if found.get("status") == "trialing" else None
    return whole(
        PHASE,
        {
            "add_invoice_items": [],
            "currency": found.get("currency"),
            "default_tax_rates": found.get("default_tax_rates") or [],
            "discounts": _discounts(found),
            "end_date": min(each.end for each in periods),
            "items": [_item(item) for item in items_of(found)],
            "metadata": {},
            "proration_behavior": "create_prorations",
            "start_date": max(each.start for each in periods),
            "trial_end": trial,
        },
    )


def _item(item: Fields) -> Fields:
    price = hash_in(item, "price").get("id")
    quantity: Fields = {"quantity": item["quantity"]} if "quantity" in item else {}
    own: Fields = {
        "discounts": _discounts(item),
        "metadata": item.get("metadata") or {},
        "price": price,
        "tax_rates": item.get("tax_rates") or [],
        **quantity,
    }
    return dict(sorted({**whole(ITEM, own), "plan": price}.items()))


def _discounts(found: Fields) -> list[Json]:
    ids = cast("list[Json]", found.get("discounts") or [])
    return [{"coupon": None, "discount": each, "promotion_code": None} for each in ids]
