"""`/v1/billing/alerts`: an event once the usage of a customer has reached a threshold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from emulator import errors
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Diff, Fields, Resource, Transitions
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import Update, shared, stored
from emulator.resources.billing.base.declarations import long_id
from emulator.resources.billing.usage import meter_values
from emulator.resources.billing.usage.meter_values import METER
from emulator.schema.check import Value
from emulator.schema.trees import hash_at, hash_in, integer, list_in
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json

ALERT, TRIGGERED = "billing.alert", "billing.alert_triggered"
THRESHOLD = "usage_threshold"
LIFE = Transitions(
    {
        "activate": {"inactive": "active"},
        "deactivate": {"active": "inactive"},
        "archive": {"active": "archived", "inactive": "archived"},
    }
)


class AlertState(Private, total=False):
    """What an alert keeps: the ids of the customers for whom it was triggered."""

    _triggered: list[str]


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new alert. Raises StripeError without a threshold, or for an unknown meter or customer."""
    sent = hash_at(call.params, THRESHOLD)
    if not sent:
        raise errors.missing_param((THRESHOLD,))
    if integer(sent, "gte") < 1:
        raise errors.integer_too_small((THRESHOLD, "gte"), 1)
    of_id(call, METER, str(sent["meter"]), f"{THRESHOLD}[meter]")
    for place, each in enumerate(list_in(sent, "filters")):
        of_id(call, "customer", str(each.get("customer")), f"{THRESHOLD}[filters][{place}][customer]")
    return {**fields, THRESHOLD: {"filters": [], **hash_in(fields, THRESHOLD)}}


def _action(verb: str) -> Update:
    def act(_: Call, __: Row[bytes], fields: Fields) -> Fields:
        return {**fields, "status": LIFE.after(verb, "alert", str(fields["status"]))}

    return act


def _of_meter(row: Row[bytes], value: Value) -> bool:
    return hash_in(shared(row), THRESHOLD).get("meter") == value


def counted(scope: Scope, meter: Row[bytes], customer: str, at: int) -> None:
    """Triggers the alerts of a meter whose threshold the usage of a customer has reached."""
    for row in list(scope.sandbox.table(ALERT).oldest(scope.owner)):
        fields = shared(row)
        if fields.get("status") != "active" or not _of_meter(row, meter.id) or not _watches(fields, customer):
            continue
        total = meter_values.total(scope, meter, customer, 0, at + 1)
        if total >= integer(hash_in(fields, THRESHOLD), "gte"):
            _trigger(scope, row, customer, total)


def _watches(alert: Mapping[str, Json], customer: str) -> bool:
    """Whether an alert is about a customer for whom it was not triggered yet."""
    filters = list_in(hash_in(alert, THRESHOLD), "filters")
    already = customer in private(AlertState, alert).get("_triggered", [])
    return not already and (not filters or any(each.get("customer") == customer for each in filters))


def _trigger(scope: Scope, row: Row[bytes], customer: str, total: Decimal) -> None:
    before = private(AlertState, shared(row)).get("_triggered", [])
    after = objects.change(scope, ALERT, row, **kept(AlertState(_triggered=[*before, customer])))
    body: Fields = {
        "object": TRIGGERED,
        "alert": objects.shown(scope, ALERT, after),
        "created": scope.now,
        "customer": customer,
        "livemode": scope.sandbox.livemode,
        "value": int(total) if total == int(total) else float(total),
    }
    objects.add(scope, TRIGGERED, f"{row.id} {customer}", body)


def _events(_: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
    """`billing.alert.triggered`."""
    owner = diff.row.owner
    account = None if owner == diff.sandbox.platform_id else owner
    if diff.before is None:
        yield snapshot("billing.alert.triggered", account, None, shared(diff.row))


def _unknown(scope: Scope, identifier: str, _: str | None) -> Mapping[str, object]:
    meter = objects.existing(scope, METER, f"mtr_{identifier}").id
    threshold = {"gte": 100, "meter": meter, "recurrence": "one_time"}
    return {"alert_type": THRESHOLD, "title": "Alert", THRESHOLD: threshold}


def _render(_: object, row: Row[bytes], __: int) -> Fields:
    return dict(shared(row))


ALERTS = stored(
    ALERT,
    "alrt",
    private=AlertState,
    new_id=long_id("alrt"),
    start={"status": "active"},
    filters=["alert_type"],
    matches={"meter": _of_meter},
    create=_create,
    actions={verb: _action(verb) for verb in LIFE.actions},
    unknown=by_request(ALERT, _unknown),
)
ALERTS_TRIGGERED: Resource[bytes] = Resource(name=TRIGGERED, render=_render, events=_events)
RESOURCES = (ALERTS, ALERTS_TRIGGERED)
