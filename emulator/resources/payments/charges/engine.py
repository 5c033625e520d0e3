"""The engine of payments: it charges a payment method, captures and releases holds, and makes the errors of declines.

Payment intents and `POST /v1/charges` use it alike. A charge is stored once it is complete, so that one event shows all
of it; the transfer and the application fee of a payment come before their charge.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.payments.charges import descriptors, details, follow_ups, settlement
from emulator.resources.payments.charges.delays import DELAYED, end_of
from emulator.resources.payments.charges.outcomes import Verdict, outcome, refused_by_bank, verdict_of
from emulator.resources.payments.charges.payment import ChargeState, Payment
from emulator.resources.payments.charges.refund_rules import REFUND, fields_of_refund, new_id
from emulator.resources.payments.methods.declines import Decline, refusal
from emulator.resources.payments.transfers.terms import check_merchant
from emulator.resources.payments.transfers.transfers import check_exists
from emulator.store.table import Row
from emulator.wire.json import Json

NAME = "charge"
ASYNC_SECONDS = 2  # until an asynchronous payment shows its balance transaction (observed: one to ten)
EXPIRED = "expired_uncaptured_charge"  # the reason of the refund of a hold whose time is over (official)
WITHDRAWN = "The payment was canceled before the bank confirmed it."
NOTHING: Mapping[str, str] = MappingProxyType({})
HIDDEN = frozenset({"application_fee", "balance_transaction", "transfer"})  # fields that are null until then


def attempt(scope: Scope, payment: Payment) -> Row[bytes]:
    """Charge a payment method, and return the charge: succeeded, pending or failed.

    Raises StripeError for an account that cannot take payments.
    """
    check_merchant(scope, payment.on_behalf_of)
    check_exists(scope, payment.transfer_data.destination if payment.transfer_data else None)
    verdict = verdict_of(payment)
    identifier = scope.sandbox.ids.in_family("ch" if payment.type == "card" else "py", payment.family)
    fields = _fields(scope, payment, verdict, identifier)
    if not _moves_money(fields):
        return objects.add(scope, NAME, identifier, fields, parent=payment.intent)
    made = settlement.settle(scope, identifier, fields)
    shown = _shown_later(scope, made) if payment.asynchronous else made
    row = objects.add(scope, NAME, identifier, {**fields, **shown}, parent=payment.intent)
    return _followed(scope, row)


def capture(scope: Scope, row: Row[bytes], amount: int | None = None, **changed: Json) -> Row[bytes]:
    """Capture a hold, all of it or an amount; the rest is released. `changed` are fields that the capture sets."""
    fields = {**decode(row), **changed}
    captured: Fields = {"amount_captured": fields["amount"] if amount is None else amount, "captured": True}
    captured |= kept(ChargeState(_expires=None))
    kind = str(cast("Fields", fields["payment_method_details"])["type"])
    return _settled(scope, row, {**changed, **captured, **_descriptor(scope, fields, kind)})


def increment(scope: Scope, row: Row[bytes], amount: int) -> Row[bytes]:
    """Raise a hold to a larger amount."""
    shown = cast("Fields", decode(row)["payment_method_details"])
    raised: Fields = {"amount_authorized": amount, "incremental_authorization": {"status": "available"}}
    raised["overcapture"] = {"maximum_amount_capturable": amount, "status": "unavailable"}
    card = {**cast("Fields", shown["card"]), **raised}
    return objects.change(scope, NAME, row, amount=amount, payment_method_details={**shown, "card": card})


def release(
    scope: Scope,
    row: Row[bytes],
    reason: str | None = None,
    *,
    expired: bool = False,
    metadata: Mapping[str, str] = NOTHING,
) -> Row[bytes]:
    """Release a hold that is not captured, and return its refund, which moves no money."""
    amount = cast("int", decode(row)["amount"])
    new = fields_of_refund(row, amount, EXPIRED if expired else reason, metadata)
    refund = objects.add(scope, REFUND, new_id(scope, row.id), {**new, "balance_transaction": None}, row.id)
    over = kept(ChargeState(_expires=None, _expired=expired))
    objects.change(scope, NAME, row, amount_refunded=amount, refunded=True, **over)
    return refund


def decline_of(row: Row[bytes]) -> StripeError:
    """The 402 of a failed charge. The changes of the request so far are kept."""
    decline = Decline(**private(ChargeState, shared(row))["_decline"])  # type: ignore[arg-type]
    return refusal(decline, {"charge": row.id}, changes_stay=True)


# --- changes over time -----------------------------------------------------------------------------------------------


def due_times(row: Row[bytes]) -> list[int]:
    """The seconds at which a charge changes by itself: it shows movements, a delayed payment ends, a hold expires."""
    own = private(ChargeState, shared(row))
    times = own.get("_shows"), own.get("_ends"), own.get("_expires")
    return [at for at in times if at is not None]


def elapse(scope: Scope, row: Row[bytes]) -> None:
    """Change a charge at one of these seconds."""
    own = private(ChargeState, shared(row))
    if own.get("_shows") == scope.now:
        objects.change(scope, NAME, row, **(own["_later"] or {}), **kept(ChargeState(_later=None, _shows=None)))
    elif own.get("_ends") == scope.now:
        end(scope, row)
    elif own.get("_expires") == scope.now:
        release(scope, row, expired=True)


def end(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """End a pending payment: it succeeds, or fails with the bank's code."""
    fields = decode(row)
    failure = private(ChargeState, fields).get("_failure")
    if failure is not None:
        code, message = failure
        return _failed(scope, row, code, message, outcome=refused_by_bank(code))
    try:
        check_exists(scope, fields.get("destination"))
    except StripeError as error:  # deleted while the bank was busy
        return _failed(scope, row, None, error.body.message)
    return _settled(scope, row, {"status": "succeeded", "paid": True, **kept(ChargeState(_ends=None))})


def withdraw(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """End a pending payment that is canceled before the bank has answered."""
    return _failed(scope, row, None, WITHDRAWN)


def _failed(scope: Scope, row: Row[bytes], code: Json, message: Json, **changed: Json) -> Row[bytes]:
    failed: Fields = {"failure_code": code, "failure_message": message, "status": "failed", "paid": False}
    over = kept(ChargeState(_ends=None))
    return objects.change(scope, NAME, row, **failed, **changed, **over, captured=False, amount_captured=0)


def _moves_money(fields: Fields) -> bool:
    return fields["captured"] is True and fields["status"] == "succeeded"


def _settled(scope: Scope, row: Row[bytes], changed: Fields) -> Row[bytes]:
    """A charge whose money has moved by a change."""
    made = settlement.settle(scope, row.id, {**decode(row), **changed})
    return _followed(scope, objects.change(scope, NAME, row, **changed, **made))


def _shown_later(scope: Scope, made: Fields) -> Fields:
    """The fields set by a movement, which an asynchronous payment shows later; the money moves at once (our choice)."""
    hidden = {name: value for name, value in made.items() if name in HIDDEN}
    later = ChargeState(_later=hidden, _shows=scope.now + ASYNC_SECONDS)
    return {**made, **dict.fromkeys(hidden), **kept(later)}


def _followed(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """A captured charge after the follow-ups of its test card, such as a dispute."""
    follow_ups.run(scope, row)
    return objects.get(scope, NAME, row.id) or row


# --- the fields of a new charge -----------------------------------------------------------------------------------


def _fields(scope: Scope, payment: Payment, verdict: Verdict, identifier: str) -> Fields:
    failed = verdict.decline is not None
    requested = {**_request(payment), **_connect(scope, payment, identifier)}
    return {
        **requested,
        **_descriptor(scope, requested, payment.type),
        **_result(scope, payment, verdict),
        "billing_details": details.billing_details(payment),
        "outcome": outcome(payment, verdict, identifier),
        "payment_method_details": details.method_details(scope, payment, identifier, failed=failed),
    }


def _request(payment: Payment) -> Fields:
    """The fields that the request sends."""
    fields: Fields = {
        "amount": payment.amount,
        "currency": payment.currency,
        "customer": payment.customer,
        "description": payment.description,
        "fraud_details": {},
        "metadata": dict(payment.metadata),
        "payment_intent": payment.intent,
        "payment_method": payment.method_id,
        "receipt_email": payment.receipt_email,
        "shipping": payment.shipping,
        "source": payment.source,
        "statement_descriptor": payment.statement_descriptor,
        "statement_descriptor_suffix": payment.statement_descriptor_suffix,
    }
    radar: Fields = {"radar_options": payment.radar_options} if payment.intent or payment.radar_options else {}
    return {**fields, **radar}


def _descriptor(scope: Scope, fields: Fields, kind: str) -> Fields:
    """The descriptor by the fields of a charge: that of the account on whose behalf it is made."""
    merchant = cast("str | None", fields.get("on_behalf_of")) or scope.owner
    descriptor, suffix = (cast("str | None", fields.get(name)) for name in descriptors.NAMES)
    if kind == "card":  # only the suffix is the payment's own (official)
        descriptor, suffix = None, suffix or descriptor
    return {"calculated_statement_descriptor": descriptors.calculated(scope.sandbox, merchant, descriptor, suffix)}


def _connect(scope: Scope, payment: Payment, identifier: str) -> Fields:
    """The account that acts, and the one that is paid."""
    data = payment.transfer_data
    paid: Fields = {}
    if data is not None:
        amount, destination = data.amount, data.destination
        paid = {"destination": destination, "transfer_data": {"amount": amount, "destination": destination}}
    return {
        **paid,
        "application": scope.sandbox.client_id if scope.account else None,
        "application_fee_amount": payment.application_fee_amount,
        "on_behalf_of": payment.on_behalf_of,
        "transfer_group": payment.transfer_group or (f"group_{payment.intent or identifier}" if data else None),
    }


def _result(scope: Scope, payment: Payment, verdict: Verdict) -> Fields:
    """The status and the fields that depend on it."""
    base: Fields = {
        "amount_captured": 0,
        "balance_transaction": None,
        "captured": False,
        **kept(ChargeState(_number=payment.number)),
    }
    decline = verdict.decline
    if decline is not None:
        return {
            **base,
            "failure_code": decline.code,
            "failure_message": decline.message,
            "paid": False,
            "status": "failed",
            **kept(ChargeState(_decline=decline._asdict())),
        }
    delayed = payment.type in DELAYED
    captured = payment.capture
    return {
        **base,
        **_times(scope, payment),
        "amount_captured": payment.amount if captured else 0,
        "captured": captured,
        "paid": not delayed,
        "status": "pending" if delayed else "succeeded",
    }


def _times(scope: Scope, payment: Payment) -> Fields:
    """The seconds at which the charge changes by itself. A payment intent expires its own hold."""
    if payment.type in DELAYED:
        end_at = end_of(payment, scope.now)
        return kept(ChargeState(_ends=end_at.at, _failure=list(end_at.failure) if end_at.failure else None))
    if payment.capture or payment.intent:
        return {}
    return kept(ChargeState(_expires=scope.now + details.HOLD_SECONDS))
