"""Usage records of subscription items and their summaries, which versions before basil have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, cast

from emulator import errors
from emulator.model.answering import paging
from emulator.model.answering.paging import SequenceSource
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, public
from emulator.model.declaration.resource import Fields, Resource, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import clocks
from emulator.resources.billing.usage.meter_values import usage
from emulator.resources.billing.usage.record_values import RECORD, UsageRecordState, aggregation_of
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

SUMMARY = "usage_record_summary"
ITEM, SUBSCRIPTION = "subscription_item", "subscription"
BASIL = "2025-03-31"
ENDED = ("canceled", "incomplete_expired")
AHEAD = int(timedelta(minutes=5).total_seconds())


def _create(call: Call) -> Json:
    """POST /v1/subscription_items/{id}/usage_records. Raises StripeError."""
    subscription, item = _found(call, "POST", "usage_records")
    _check_billed_by_records(subscription, item)
    scope = clocks.scope_of(call.scope, subscription)
    sent = call.params.get("timestamp")
    at = sent if isinstance(sent, int) else scope.now
    if at < integer(item, "current_period_start"):
        raise errors.usage_record_too_early()
    if at > scope.now + AHEAD:
        raise errors.usage_record_in_future()
    fields: Fields = {"quantity": integer(call.params, "quantity"), "subscription_item": item["id"], "timestamp": at}
    if call.params.get("action") == "set":
        fields |= kept(UsageRecordState(_set=True))
    identifier = call.sandbox.ids.in_account("mbur", scope.now, call.owner)
    return _render(call.sandbox, objects.add(scope, RECORD, identifier, fields, parent=str(item["id"])), scope.now)


def _check_billed_by_records(subscription: Shared, item: Fields) -> None:
    """Refuses the items of subscriptions that have ended, and those that nothing or a meter counts."""
    recurring = hash_in(hash_in(item, "price"), "recurring")
    if subscription.get("status") in ENDED:
        raise errors.usage_record_of_canceled_subscription()
    if recurring.get("usage_type") != "metered":
        raise errors.usage_record_of_licensed_price(str(item["id"]))
    if recurring.get("meter"):
        raise errors.usage_record_of_meter(str(item["id"]))


def _found(call: Call, method: str, path: str) -> tuple[Shared, Fields]:
    """The subscription and the item of a path, which versions since basil do not have. Raises StripeError."""
    identifier = call.path["id"]
    if call.version.date >= BASIL:
        raise errors.unrecognized_url(method, f"/v1/subscription_items/{identifier}/{path}")
    row = objects.get(call.scope, ITEM, identifier)
    subscription = objects.get(call.scope, SUBSCRIPTION, row.parent) if row is not None else None
    fields = shared(subscription) if subscription is not None else {}
    for each in cast("list[Fields]", list_in(fields, "items")):
        if each["id"] == identifier:
            return fields, each
    raise errors.no_such("subscription item", identifier, "subscription_item", 404)


def _summaries(call: Call) -> Json:
    """GET /v1/subscription_items/{id}/usage_record_summaries, the present period first. Raises StripeError."""
    subscription, item = _found(call, "GET", "usage_record_summaries")
    scope = clocks.scope_of(call.scope, subscription)
    start, end = integer(item, "current_period_start"), integer(item, "current_period_end")
    billed = list(_billed(scope, str(item["subscription"]), str(item["id"])))
    present = _summary(scope, item, None, start, end)
    present["period"] = {"end": None, "start": start if billed else None}
    found = [present, *(_summary(scope, item, *each) for each in billed)]
    page = paging.page(call, SequenceSource(found, lambda each: str(each["id"])), noun=SUMMARY)
    return paging.listing(list(page.rows), call.url, has_more=page.has_more)


def _billed(scope: Scope, subscription: str, item: str) -> Iterator[tuple[str, int, int]]:
    """The invoices and the periods for which the usage of an item is billed, newest first."""
    for row in objects.newest_by(scope, "invoice", "subscription", subscription):
        for line in list_in(hash_in(shared(row), "lines"), "data"):
            details, period = hash_in(hash_in(line, "parent"), "subscription_item_details"), hash_in(line, "period")
            if details.get("subscription_item") == item and not details.get("proration"):
                yield row.id, integer(period, "start"), integer(period, "end")


def _summary(scope: Scope, item: Mapping[str, Any], invoice: str | None, start: int, end: int) -> Fields:
    return {
        "id": f"sis_{str(item['id']).removeprefix('si_')}{start:010d}",
        "object": SUMMARY,
        "invoice": invoice,
        "livemode": scope.sandbox.livemode,
        "period": {"end": end, "start": start},
        "subscription_item": item["id"],
        "total_usage": usage(scope, item, start, end),
    }


def _render(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    return {"id": row.id, "object": RECORD, "livemode": sandbox.livemode, **public(shared(row))}


def _of_price(call: Call, price: str) -> Fields:
    return {"aggregate_usage": aggregation_of(call.scope, price)}


RECORDS: Resource[bytes] = Resource(
    name=RECORD,
    prefix="mbur",
    noun="usage record",
    private=UsageRecordState,
    render=_render,
    verbs={"create": _create},
)
SUMMARIES: Resource[bytes] = Resource(name=SUMMARY, noun=SUMMARY, verbs={"list": _summaries})
PRICES: Resource[bytes] = Resource(name="usage_of_price", look_up=_of_price)
RESOURCES = (RECORDS, SUMMARIES, PRICES)
