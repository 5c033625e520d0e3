"""Subscription schedules: phases, and the subscription once the first has begun. Later phases never begin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import orjson

from emulator import errors
from emulator.resources import objects
from emulator.resources.billing.base.modes import billing_mode
from emulator.resources.billing.base.periods import period_end
from emulator.resources.billing.products.line_items import price_of
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import (
    Additions,
    created,
    declared,
    draw,
    hash_in,
    integer,
    list_in,
    of_id,
)
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.resources.templates import filled, hash_of
from emulator.schema.check import Params, Value
from emulator.schema.shape import Ref
from emulator.store.table import Row
from emulator.wire.json import Json

SCHEDULE, SUBSCRIPTION = "subscription_schedule", "subscription"
PHASE, ITEM = "subscription_schedule_phase_configuration", "subscription_schedule_configuration_item"
# The default settings of a schedule (official sample).
SETTINGS: Mapping[str, Json] = {
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "collection_method": "charge_automatically",
}


def _create(call: Call) -> Json:
    """POST /v1/subscription_schedules: a schedule, and its subscription where it begins now. Raises StripeError."""
    resource = declared(SCHEDULE)
    if resource.create is None:
        raise TypeError(SCHEDULE)
    fields = cast("Fields", orjson.loads(resource.create(call)))
    identifier = draw(call, SCHEDULE)
    if fields["status"] == "active" and not fields.get("subscription"):
        fields["subscription"] = draw(call, SUBSCRIPTION)
        row = objects.add(call.scope, SCHEDULE, identifier, fields)
        _subscribe(call, row, fields)
    else:
        row = objects.add(call.scope, SCHEDULE, identifier, fields)
        _link(call, fields.get("subscription"), identifier)
    return objects.shown(call.scope, SCHEDULE, row)


def _subscribe(call: Call, row: Row[bytes], fields: Fields) -> None:
    phase = list_in(fields, "phases")[0]
    items: list[Value] = [
        {"price": str(each["price"]), "quantity": integer(each, "quantity", 1)} for each in list_in(phase, "items")
    ]
    sent: Params = {"customer": str(fields["customer"]), "items": items, "schedule": row.id}
    created(call, SUBSCRIPTION, sent, identifier=str(fields["subscription"]))


def _link(call: Call, subscription: Json, schedule: str | None) -> None:
    row = objects.get(call.scope, SUBSCRIPTION, str(subscription or ""))
    if row is not None:
        objects.change(call.scope, SUBSCRIPTION, row, schedule=schedule)


def _fields(call: Call, fields: Fields) -> Fields:
    """The fields of a new schedule. Raises StripeError."""
    settings = whole_settings(hash_in(fields, "default_settings"))
    base: Fields = {
        "end_behavior": "release",
        **fields,
        "billing_mode": billing_mode(call, call.now),
        "default_settings": settings,
    }
    if call.params.get("from_subscription"):
        return {**base, **_from_subscription(call)}
    sent = list_in(call.params, "phases")
    if not sent:
        raise errors.missing_param(("phases",))
    start = call.params.get("start_date")
    begins = start if isinstance(start, int) else call.now
    phases = _phases(call, sent, begins)
    active = begins <= call.now
    return {**base, **_state(phases, active=active)}


def _from_subscription(call: Call) -> Fields:
    """A schedule of one phase, the period that a subscription is in. Raises StripeError."""
    row = of_id(call, SUBSCRIPTION, str(call.params["from_subscription"]), "from_subscription")
    found = decode(row)
    if found.get("schedule"):
        raise errors.subscription_has_schedule(str(found["schedule"]))
    items = list_in(hash_in(objects.shown(call.scope, SUBSCRIPTION, row), "items"), "data")
    sent: list[Json] = [{"price": hash_in(each, "price")["id"], "quantity": each.get("quantity")} for each in items]
    first = items[0] if items else {}
    phase = _phase(
        {"items": sent, "currency": found.get("currency")},
        integer(first, "current_period_start", call.now),
        integer(first, "current_period_end", call.now),
    )
    own: Fields = {"customer": found.get("customer"), "subscription": row.id}
    return {**own, **_state([phase], active=True)}


def _state(phases: list[Fields], *, active: bool) -> Fields:
    current: Json = {"start_date": phases[0]["start_date"], "end_date": phases[0]["end_date"]} if active else None
    return {"current_phase": current, "phases": list(phases), "status": "active" if active else "not_started"}


def _phases(call: Call, sent: list[Params], start: int) -> list[Fields]:
    """The phases of a request, each from the end of the one before. Raises StripeError."""
    found: list[Fields] = []
    for place, each in enumerate(sent):
        prices = [
            price_of(call, item, f"phases[{place}][items][{number}]")
            for number, item in enumerate(list_in(each, "items"))
        ]
        named: list[Json] = [
            {**{key: value for key, value in item.items() if key != "price_data"}, "price": price["id"]}
            for item, price in zip(list_in(each, "items"), prices, strict=True)
        ]
        end = _end(each, start, prices)
        found.append(
            _phase({**each, "items": named, "currency": prices[0]["currency"] if prices else "usd"}, start, end)
        )
        start = end
    return found


def _end(sent: Params, start: int, prices: list[Fields]) -> int:
    """The end of a phase: given, after a duration, or after one interval of its first price."""
    if isinstance(sent.get("end_date"), int):
        return integer(sent, "end_date")
    duration = hash_in(sent, "duration") or hash_in(prices[0] if prices else {}, "recurring")
    return period_end(start, duration) if duration else start


def _phase(sent: Mapping[str, Json], start: int, end: int) -> Fields:
    items: list[Json] = [
        _whole(ITEM, {"metadata": {}, "quantity": 1, "plan": each.get("price"), **each})
        for each in list_in(sent, "items")
    ]
    names = ("duration", "items", "trial", "iterations")
    own = {name: value for name, value in sent.items() if name not in names}
    phase = {"metadata": {}, "proration_behavior": "create_prorations", **own}
    return _whole(PHASE, {**phase, "items": items, "start_date": start, "end_date": end})


def whole_settings(sent: Fields) -> Fields:
    """The default settings of a schedule, with every name."""
    return _whole("subscription_schedules_resource_default_settings", {**SETTINGS, **sent})


def _whole(name: str, fields: Mapping[str, Json]) -> Fields:
    """A hash of a named schema with the fields that it has."""
    found = hash_of(Ref(name), fields)
    return (
        filled(found, {key: fields[key] for key in fields if key in found.kind.properties}) if found else dict(fields)
    )


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """The fields after an update, which a schedule that has ended refuses. Raises StripeError."""
    stored = decode(row)
    if stored.get("status") not in ("not_started", "active"):
        raise errors.schedule_over("update", str(stored.get("status")))
    whole = {**fields, "default_settings": whole_settings(hash_in(fields, "default_settings"))}
    if "phases" not in call.params:
        return {**whole, "phases": stored["phases"]}
    first = list_in(stored, "phases")[0]
    phases = _phases(call, list_in(call.params, "phases"), integer(first, "start_date"))
    return {**whole, **_state(phases, active=stored.get("status") == "active")}


def _release(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    _link(call, fields.get("subscription"), None)
    return {**fields, "current_phase": None, "released_subscription": fields.get("subscription"), "subscription": None}


def _cancel(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    row = objects.get(call.scope, SUBSCRIPTION, str(fields.get("subscription") or ""))
    if row is not None:
        objects.change(call.scope, SUBSCRIPTION, row, status="canceled", canceled_at=call.now, ended_at=call.now)
    return {**fields, "current_phase": None}


ADDITIONS = {
    SCHEDULE: Additions(
        create=_fields,
        update=_update,
        actions={"release": _release, "cancel": _cancel},
        verbs={"create": _create},
    ),
}
