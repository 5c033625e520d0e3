"""The rules of refunds: the charge that a request names, the amount that can be refunded, the fields of a refund."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import Private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.money.currencies import formatted
from emulator.resources.payments.transfers.settlements import integer
from emulator.sandbox.ids import family_of
from emulator.store.table import Row

CHARGE = "charge"
INTENT = "payment_intent"
REFUND = "refund"


class RefundState(Private, total=False):
    """What a refund keeps: the unix second at which it ends, None once it is over, and how it ends."""

    _end: str | None
    _ends: int | None


def named_charge(call: Call) -> Row[bytes]:
    """The charge that a request names, by itself or by its payment intent. Raises StripeError."""
    charge, intent = call.params.get(CHARGE), call.params.get(INTENT)
    if charge and intent:
        raise errors.exclusive_params(((CHARGE,), (INTENT,)))
    if charge:
        return _charge(call.scope, str(charge))
    if intent:
        return _charge_of_intent(call.scope, str(intent))
    raise errors.refund_without_payment()


def _charge(scope: Scope, identifier: str) -> Row[bytes]:
    """A charge of the account; the refusal is that of its path (observed)."""
    row = objects.get(scope, CHARGE, identifier)
    if row is None:
        raise errors.no_such(CHARGE, identifier, "id", 404, scope.sandbox.other_mode_of(identifier))
    return row


def _charge_of_intent(scope: Scope, identifier: str) -> Row[bytes]:
    row = objects.get(scope, INTENT, identifier)
    if row is None:
        raise errors.no_such(INTENT, identifier, "intent", 404, scope.sandbox.other_mode_of(identifier))
    charge = objects.get(scope, CHARGE, cast("str | None", decode(row).get("latest_charge")))
    if charge is None or decode(charge)["status"] == "failed":
        raise errors.intent_without_charge(identifier)
    return charge


def amount_to_refund(scope: Scope, charge: Row[bytes], wanted: int | None) -> int:
    """The amount of a refund: the one that was sent, or all that is left. Raises StripeError."""
    fields = decode(charge)
    _check_status(charge.id, fields, wanted)
    if fields.get("refunded"):
        raise errors.charge_already_refunded(charge.id)
    _check_dispute(scope, charge.id, fields)
    whole = _whole(fields)
    refunded, currency = integer(fields.get("amount_refunded")), str(fields["currency"])
    amount, left = whole - refunded if wanted is None else wanted, whole - refunded
    if amount > left and not refunded:
        raise errors.refund_exceeds_charge(formatted(amount, currency), formatted(whole, currency))
    if amount > left:
        raise errors.refund_exceeds_rest(formatted(amount, currency), formatted(left, currency))
    return amount


def _whole(fields: Fields) -> int:
    """The amount that was taken, or that is held."""
    return integer(fields["amount_captured"] if fields.get("captured") else fields["amount"])


def _check_status(identifier: str, fields: Fields, wanted: int | None) -> None:
    intent = fields.get(INTENT)
    if fields["status"] == "failed":
        raise errors.intent_without_charge(str(intent)) if intent else errors.refund_of_failed(identifier)
    if fields["status"] == "pending":
        raise errors.refund_of_pending(identifier)
    if fields.get("captured") or fields.get("refunded"):
        return
    if intent:
        raise errors.refund_of_uncaptured(str(intent))
    if wanted not in (None, fields["amount"]):
        raise errors.refund_of_part_of_hold(identifier)


def _check_dispute(scope: Scope, identifier: str, fields: Fields) -> None:
    """Refuse a charge whose money a chargeback has taken; an inquiry takes none (observed). Raises StripeError."""
    if not fields.get("disputed"):
        return
    dispute = objects.get(scope, "dispute", cast("str | None", fields.get("dispute")))
    if dispute is None or not decode(dispute).get("is_charge_refundable"):
        raise errors.charge_disputed(identifier)


def new_id(scope: Scope, charge: str) -> str:
    """The id of a refund, which has the digits of its charge (observed)."""
    return scope.sandbox.ids.in_family("re" if charge.startswith("ch_") else "pyr", family_of(charge))


def fields_of_refund(charge: Row[bytes], amount: int, reason: str | None, metadata: Mapping[str, str]) -> Fields:
    """The fields of a refund that follow from its charge and its request."""
    fields = decode(charge)
    return {
        "amount": amount,
        "charge": charge.id,
        "currency": fields["currency"],
        "customer": fields.get("customer"),
        "metadata": dict(metadata),
        "payment_intent": fields.get(INTENT),
        "payment_method": fields.get("payment_method"),
        "reason": reason,
        "status": "succeeded",
    }
