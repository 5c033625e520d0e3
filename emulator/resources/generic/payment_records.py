"""Payments outside Stripe, as a platform reports them: a record, and its attempts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import whole
from emulator.model.stored import objects
from emulator.model.stored.objects import added
from emulator.model.stored.recipes import Recipe
from emulator.model.stored.stored import Update, decode
from emulator.resources.generic.base.behaviour import Behaviour
from emulator.schema.check import Params
from emulator.schema.trees import hash_at, hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json

RECORD, ATTEMPT = "payment_record", "payment_attempt_record"
AMOUNTS = ("amount", "authorized", "canceled", "failed", "guaranteed", "refunded")
SHARED = ("customer_presence", "description")
HASHES: Mapping[str, str] = {
    "customer_details": "payments_primitives_payment_records_resource_customer_details",
    "payment_method_details": "payments_primitives_payment_records_resource_payment_method_details",
    "processor_details": "payments_primitives_payment_records_resource_processor_details",
    "shipping_details": "payments_primitives_payment_records_resource_shipping_details",
}


def _report_payment(call: Call) -> Json:
    """POST /v1/payment_records/report_payment: a record, and its first attempt. Raises StripeError."""
    asked = hash_at(call.params, "amount_requested")
    amounts = {_amount_name(each): _money(str(asked["currency"]), 0) for each in AMOUNTS}
    requested = _money(str(asked["currency"]), integer(asked, "value"))
    fields: Fields = {**amounts, "amount": requested, "amount_requested": requested, **_described(call)}
    row = added(call, RECORD, {**fields, "metadata": _metadata(call)})
    return objects.shown(call.scope, RECORD, _attempted(call, row, fields))


def _report_attempt(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """Another attempt, after one that failed or was canceled. Raises StripeError."""
    if _is_open(fields) or _value(fields, "amount_guaranteed"):
        raise errors.payment_attempt_open(row.id)
    return decode(_attempted(call, row, {**fields, **_described(call)}))


def _attempted(call: Call, row: Row[bytes], fields: Fields) -> Row[bytes]:
    """Adds an attempt with its outcome, where one is reported, to a record. Raises StripeError."""
    outcome = call.params.get("outcome")
    if outcome and not hash_at(call.params, str(outcome)):
        raise errors.missing_param((str(outcome),))
    ended = _with(fields, str(outcome)) if outcome else fields
    attempt = added(call, ATTEMPT, {**ended, "payment_record": row.id, "metadata": _metadata(call)}, parent=row.id)
    return objects.change(call.scope, RECORD, row, **{**ended, "latest_payment_attempt_record": attempt.id})


def _end(outcome: str, call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """The outcome of the open attempt. Raises StripeError without one."""
    if not _is_open(fields):
        raise errors.payment_attempt_closed(row.id)
    return _both(call, fields, _with(fields, outcome))


def _inform(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    return _both(call, fields, {**fields, **_described(call)})


def _refund(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """A refund of the guaranteed amount, or of a part of it. Raises StripeError for a larger amount."""
    left = _value(fields, "amount_guaranteed") - _value(fields, "amount_refunded")
    sent = hash_at(call.params, "amount")
    refunded = integer(sent, "value", left)
    if not 0 < refunded <= left:
        raise errors.payment_record_refund_too_large(row.id)
    total = _money(_currency(fields), _value(fields, "amount_refunded") + refunded)
    return _both(call, fields, {**fields, "amount_refunded": total})


def _both(call: Call, before: Fields, after: Fields) -> Fields:
    """Changes the latest attempt as its record changes. Metadata are those of the record."""
    attempt = objects.get(call.scope, ATTEMPT, str(before.get("latest_payment_attempt_record")))
    if attempt is not None:
        own = ("metadata", "latest_payment_attempt_record")
        objects.change(call.scope, ATTEMPT, attempt, **{key: value for key, value in after.items() if key not in own})
    return after


def _with(fields: Fields, outcome: str) -> Fields:
    return {**fields, f"amount_{outcome}": fields["amount_requested"]}


def _is_open(fields: Fields) -> bool:
    return not any(_value(fields, f"amount_{name}") for name in ("canceled", "failed", "guaranteed"))


def _described(call: Call) -> Fields:
    """The parameters that a record and its attempts show."""
    found: Fields = {name: str(call.params[name]) for name in SHARED if name in call.params}
    hashes = {name: whole(kind, _json(call.params[name])) for name, kind in HASHES.items() if name in call.params}
    return {**found, **hashes}


def _json(value: Any) -> Fields:
    return dict(value) if isinstance(value, dict) else {}


def _metadata(call: Call) -> Json:
    return dict(hash_in(call.params, "metadata"))


def _money(currency: str, value: int) -> Json:
    return {"currency": currency, "value": value}


def _amount_name(name: str) -> str:
    return name if name == "amount" else f"amount_{name}"


def _value(fields: Fields, name: str) -> int:
    return integer(hash_in(fields, name), "value")


def _currency(fields: Fields) -> str:
    return str(hash_in(fields, "amount").get("currency"))


def _ending(outcome: str) -> Update:
    return partial(_end, outcome)


_MONEY: Params = {"currency": "usd", "value": 1000}
_NO_MONEY: Params = {"currency": "usd", "value": 0}
_UNKNOWN: Params = {
    "amount": _MONEY,
    "amount_requested": _MONEY,
    **{f"amount_{each}": _NO_MONEY for each in ("authorized", "canceled", "failed", "guaranteed", "refunded")},
}
BEHAVIOUR = {
    ATTEMPT: Behaviour(recipe=Recipe(values=_UNKNOWN)),
    RECORD: Behaviour(
        verbs={"report_payment": _report_payment},
        actions={
            "report_payment_attempt": _report_attempt,
            "report_payment_attempt_canceled": _ending("canceled"),
            "report_payment_attempt_failed": _ending("failed"),
            "report_payment_attempt_guaranteed": _ending("guaranteed"),
            "report_payment_attempt_informational": _inform,
            "report_refund": _refund,
        },
        # Later attempts: a payment that is guaranteed, and one that failed.
        recipe=Recipe(values=_UNKNOWN, later_values=({"amount_guaranteed": _MONEY}, {"amount_failed": _MONEY})),
    ),
}
