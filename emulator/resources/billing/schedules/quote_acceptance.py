"""The objects that an accepted quote becomes: a subscription, a schedule that begins later, or an invoice."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.model.asking.requests import create
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.schedules.kept import QuoteLineState
from emulator.resources.billing.schedules.quote_totals import interval, lines_of
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.timestamps import DAY

INVOICE = "invoice"
DAYS = "days_until_due"
# Fields of a quote that its subscription, or its invoice, has under the same name.
SHARED = ("collection_method", "default_tax_rates", "on_behalf_of", "transfer_data")


def accepted(call: Call, scope: Scope, row: Row[bytes]) -> Fields:
    """The ids of the objects that an accepted quote has made. Raises StripeError."""
    fields = decode(row)
    effective = hash_in(fields, "subscription_data").get("effective_date")
    if not any(interval(each) for each in lines_of(fields)):
        return {INVOICE: _invoice(call, row, fields)}
    if isinstance(effective, int) and effective > scope.now:
        schedule = create(call, "subscription_schedule", _scheduled(call, fields, effective))
        return {"subscription_schedule": schedule.id}
    subscription = create(call, "subscription", _subscribed(call, fields))
    return {"subscription": subscription.id, INVOICE: shared(subscription).get("latest_invoice")}


def _subscribed(call: Call, fields: Fields) -> Params:
    """The parameters of the subscription of a quote."""
    data = hash_in(fields, "subscription_data")
    once = [_line(each) for each in lines_of(fields) if not interval(each)]
    own: Fields = {
        "add_invoice_items": once,
        "application_fee_percent": fields.get("application_fee_percent"),
        "billing_mode": _mode(data),
        "customer": fields.get("customer"),
        "description": data.get("description"),
        "items": [_line(each) for each in lines_of(fields) if interval(each)],
        "metadata": data.get("metadata"),
        "trial_period_days": data.get("trial_period_days"),
    }
    return _sent({**_common(call, fields), **own})


def _mode(data: Fields) -> Json:
    mode = hash_in(data, "billing_mode")
    return {name: mode[name] for name in ("flexible", "type") if mode.get(name)}


def _scheduled(call: Call, fields: Fields, begins: int) -> Params:
    """The parameters of the schedule of a quote: one phase of one period, after which the subscription goes on."""
    sent = _subscribed(call, fields)
    names = ("add_invoice_items", "application_fee_percent", "description", "items", "discounts", *SHARED)
    phase: Params = {name: sent[name] for name in names if name in sent and name != "collection_method"}
    trial = integer(hash_in(fields, "subscription_data"), "trial_period_days")
    phase |= {"trial_end": begins + trial * DAY} if trial else {}
    settings: Params = {name: sent[name] for name in ("collection_method", "invoice_settings") if name in sent}
    days = sent.get(DAYS)
    if days is not None:
        settings["invoice_settings"] = {DAYS: days}
    own: Params = {"customer": sent["customer"], "start_date": begins, "end_behavior": "release", "phases": [phase]}
    metadata: Params = {"metadata": sent["metadata"]} if sent.get("metadata") else {}
    return {**own, **metadata, "default_settings": settings}


def _common(call: Call, fields: Fields) -> Fields:
    """The parameters that the subscription and the invoice of a quote have alike."""
    tax = {"automatic_tax": {"enabled": True}} if hash_in(fields, "automatic_tax").get("enabled") else {}
    send = fields.get("collection_method") == "send_invoice"
    days: Fields = {DAYS: hash_in(fields, "invoice_settings").get(DAYS)} if send else {}
    return {
        **{name: fields.get(name) for name in SHARED},
        **tax,
        **days,
        "discounts": [_coupon(call, str(each)) for each in _ids(fields, "discounts")],
    }


def _ids(fields: Fields, name: str) -> list[Json]:
    found = fields.get(name)
    return found if isinstance(found, list) else []


def _coupon(call: Call, identifier: str) -> Fields:
    """The parameter of a discount: by the promotion code that it was given by, or by its coupon."""
    discount = decode(of_id(call, "discount", identifier, "discounts"))
    if discount.get("promotion_code"):
        return {"promotion_code": discount["promotion_code"]}
    return {"coupon": hash_in(discount, "source").get("coupon")}


def _sent(fields: Mapping[str, Json]) -> Params:
    """The parameters that have a value."""
    return {name: value for name, value in fields.items() if value not in (None, [], {}, "")}  # type: ignore[misc]


def _line(item: Mapping[str, Json]) -> Params:
    sent = private(QuoteLineState, item).get("_sent", {})
    return {**sent, "price": str(hash_in(item, "price")["id"]), "quantity": integer(item, "quantity", 1)}


def _invoice(call: Call, row: Row[bytes], fields: Fields) -> Json:
    """The draft of a quote without recurring prices."""
    own: Fields = {
        "application_fee_amount": fields.get("application_fee_amount"),
        "currency": fields.get("currency"),
        "customer": fields.get("customer"),
    }
    if fields.get("collection_method") == "send_invoice" and not hash_in(fields, "invoice_settings").get(DAYS):
        raise errors.due_date_required()
    draft = create(call, INVOICE, _sent({**_common(call, fields), **own}))
    parent: Json = {"quote_details": {"quote": row.id}, "subscription_details": None, "type": "quote_details"}
    objects.change(call.scope, INVOICE, draft, billing_reason="quote_accept", parent=parent)
    for each in lines_of(fields):
        line = _line(each)
        item: Params = {name: value for name, value in line.items() if name != "price"}
        pricing: Params = {"price": line["price"]}
        whole: Params = {**item, "customer": str(own["customer"]), INVOICE: draft.id, "pricing": pricing}
        create(call, "invoiceitem", whole)
    return draft.id
