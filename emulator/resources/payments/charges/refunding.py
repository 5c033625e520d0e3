"""The money of refunds: the customer's, the connected account's, and the platform's fee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import filled, hash_of, properties
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.money import ledger
from emulator.resources.money.ledger import Fee, Movement
from emulator.resources.payments.charges import engine, reviews
from emulator.resources.payments.charges.outcomes import number_from
from emulator.resources.payments.charges.payment import ChargeState
from emulator.resources.payments.charges.refund_rules import CHARGE, REFUND, RefundState, fields_of_refund, new_id
from emulator.resources.payments.methods.cards import CARDS
from emulator.resources.payments.transfers import fees, reversals
from emulator.resources.payments.transfers.settlements import Settlement, integer, settlement_of
from emulator.resources.payments.transfers.sources import made_by, transaction_of
from emulator.store.table import Row
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

# Until the bank has a reference, and until the test cards of refunds show their end (our choice).
SECONDS = 5
Changes = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRefund:
    """A refund to make. `reverse` reverses a part of the transfer, `return_fee` refunds a part of the fee."""

    amount: int
    reason: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    reverse: bool = False
    return_fee: bool = False
    instructions_email: str | None = None


class Shares(NamedTuple):
    """The parts of a refund that others pay: of the transfer of a destination charge, and of an application fee."""

    transfer: Row[bytes] | None = None
    transfer_amount: int = 0
    fee: Row[bytes] | None = None
    fee_amount: int = 0


def refund(scope: Scope, charge: Row[bytes], request: NewRefund) -> Row[bytes]:
    """Refund an amount of a charge, which has so much left, and return the refund. Raises StripeError."""
    fields = decode(charge)
    if fields.get("source_transfer"):
        return _of_transfer(scope, fields, request)
    shares = _shares(scope, charge.id, fields, request)
    if not fields.get("captured"):
        return engine.release(scope, charge, request.reason, metadata=request.metadata)
    identifier = new_id(scope, charge.id)
    new = fields_of_refund(charge, request.amount, request.reason, request.metadata)
    new |= {"instructions_email": request.instructions_email} if request.instructions_email else {}
    new |= {"transfer_reversal": _reversed(scope, identifier, shares), **_course(scope, fields)}
    new["balance_transaction"] = _posted(scope, charge, identifier, request.amount, _returned(scope, shares))
    row = objects.add(scope, REFUND, identifier, new, charge.id)
    _count(scope, charge.id, request.amount, **_report(request))
    return row


def _report(request: NewRefund) -> Changes:
    """The fields of a charge that is refunded as fraudulent, which reports it to Radar (observed)."""
    return {"fraud_details": {"user_report": "fraudulent"}} if request.reason == "fraudulent" else {}


def _of_transfer(scope: Scope, fields: Fields, request: NewRefund) -> Row[bytes]:
    """A connected account refunds what a transfer has paid: the transfer is taken back (our choice)."""
    payer = scope.of(str(cast("Fields", fields["source"])["id"]))
    transfer = objects.get(payer, "transfer", str(fields["source_transfer"]))
    reversal = decode(reversals.reverse(payer, _there(transfer), request.amount))
    row = _there(objects.get(scope, REFUND, str(reversal["destination_payment_refund"])))
    return objects.change(scope, REFUND, row, reason=request.reason, metadata=dict(request.metadata))


def _there(row: Row[bytes] | None) -> Row[bytes]:
    if row is None:
        raise LookupError("there is no object that another one names")
    return row


# --- the parts of others ----------------------------------------------------------------------------------------------


def _shares(scope: Scope, charge: str, fields: Fields, request: NewRefund) -> Shares:
    """The parts of the refund, in proportion to the charge (official). Raises StripeError without transfer or fee."""
    whole, shares = integer(fields["amount_captured"]), Shares()
    if request.reverse:
        transfer = objects.get(scope, "transfer", made_by(fields, "transfer"))
        if transfer is None:
            raise errors.refund_without_transfer(charge)
        part = reversals.part_of(transfer, request.amount, whole)
        shares = shares._replace(transfer=transfer, transfer_amount=part)
    if request.return_fee:
        fee = fees.fee_of(scope, made_by(fields, "application_fee"))
        if fee is None and not fields.get("destination"):
            raise errors.refund_without_fee(charge)
        part = fees.part_of(fee, request.amount, whole) if fee else 0
        shares = shares._replace(fee=fee, fee_amount=part)
    return shares


def _reversed(scope: Scope, refund_id: str, shares: Shares) -> str | None:
    """Reverse a part of the transfer, and refund the part of its fee. Returns the reversal's id."""
    if shares.transfer is None:
        return None
    if not shares.transfer_amount and reversals.unreversed(shares.transfer):  # less than half a cent
        return None
    return reversals.reverse(
        scope,
        shares.transfer,
        shares.transfer_amount,
        source_refund=refund_id,
        fee_amount=shares.fee_amount,
    ).id


def _returned(scope: Scope, shares: Shares) -> tuple[Fee, ...]:
    """Refund a part of a fee without a reversal. Returns its line in the balance transaction of the refund.

    The account of a direct charge receives it with the refund, that of a destination charge separately.
    """
    fee, amount = shares.fee, shares.fee_amount
    if fee is None or not amount or (shares.transfer is not None and shares.transfer_amount):
        return ()
    line = fees.returned_line(scope, fee, amount)
    fees.refund_fee(scope, fee, amount)
    if scope.account is None:
        fees.credit(scope, fee, amount)
        return ()
    return (line,)


# --- the customer's money -----------------------------------------------------------------------------------------


def _posted(scope: Scope, charge: Row[bytes], identifier: str, amount: int, lines: tuple[Fee, ...]) -> str:
    """The balance transaction of a refund, on the terms of its charge."""
    fields = decode(charge)
    settlement = settlement_of(scope, str(transaction_of(fields)))
    is_charge, description = charge.id.startswith("ch_"), fields.get("description")
    words = "REFUND FOR CHARGE" if is_charge else "REFUND FOR PAYMENT"
    movement = Movement(
        kind="refund" if is_charge else "payment_refund",
        amount=-settled_part(settlement, fields, amount),
        currency=settlement.currency,
        source=identifier,
        description=f"{words} ({description})" if description else words,
        fees=lines,
        available_on=settlement.later(scope.now),
        exchange_rate=settlement.rate,
        family=charge.id,
    )
    return ledger.post(scope, movement)


def settled_part(settlement: Settlement, fields: Fields, amount: int) -> int:
    """A part of a charge as it settled; all parts together are the whole."""
    before, currency = integer(fields.get("amount_refunded")), str(fields["currency"])
    return settlement.alike(before + amount, currency) - settlement.alike(before, currency)


def _course(scope: Scope, fields: Fields) -> Fields:
    """The later changes of a refund: a reference of the bank, and the result by the test card."""
    card = CARDS.get(private(ChargeState, fields).get("_number") or "")
    if card is None:
        return _elsewhere(str(cast("Fields", fields["payment_method_details"])["type"]))
    course = kept(RefundState(_ends=scope.now + SECONDS, _end=card.refund))
    details: Fields = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    course["destination_details"] = {"card": details, "type": "card"}
    return course | ({"status": "pending", "pending_reason": "processing"} if card.refund == "pending" else {})


def _elsewhere(kind: str) -> Fields:
    """The details of a refund to a payment method that is no card, which some have (official)."""
    known = properties("refund_destination_details").get(kind)
    shape = hash_of(known.type, {}) if known else None
    return {"destination_details": {kind: filled(shape, {}), "type": kind}} if shape else {}


def _count(scope: Scope, charge: str, amount: int, **changed: object) -> None:
    """Add a refund to the totals of its charge; a negative amount subtracts one that has failed."""
    row = _there(objects.get(scope, CHARGE, charge))
    fields = decode(row)
    refunded = integer(fields.get("amount_refunded")) + amount
    whole = refunded >= integer(fields["amount_captured"])
    after = objects.change(scope, CHARGE, row, amount_refunded=refunded, refunded=whole, **changed)
    if whole:
        reviews.close(scope, after, "refunded_as_fraud" if "fraud_details" in changed else "refunded")


# --- changes over time -----------------------------------------------------------------------------------------------


def elapse(scope: Scope, row: Row[bytes]) -> None:
    """End a refund to a card: the bank has a reference for it, or refuses it."""
    fields = decode(row)
    own = private(RefundState, fields)
    if own.get("_ends") != scope.now:
        return
    if own["_end"] == "failed":
        give_back(scope, row, status="failed", failure_reason="expired_or_canceled_card")
        return
    details = cast("Fields", cast("Fields", fields["destination_details"])["card"])
    reference = str(10**15 + number_from(row.id, "reference", 9 * 10**15))
    known: Fields = {"reference": reference, **details, "reference_status": "available"}
    changed: Fields = {"status": "succeeded", "destination_details": {"card": known, "type": "card"}}
    same = {name: value for name, value in fields.items() if name != "pending_reason"}
    objects.replace(scope, REFUND, row, {**same, **changed, **kept(RefundState(_ends=None))})


def give_back(scope: Scope, row: Row[bytes], **changed: Json) -> Row[bytes]:
    """End a refund that failed: the money returns to the balance, and counts as not refunded (official)."""
    fields = decode(row)
    back = settlement_of(scope, str(fields["balance_transaction"]))
    movement = Movement(
        "refund_failure",
        -back.amount,
        back.currency,
        row.id,
        "REFUND FAILURE",
        available_on=back.later(scope.now),
        exchange_rate=back.rate,
        family=row.id,
    )
    transaction = ledger.post(scope, movement)
    after = objects.change(scope, REFUND, row, **changed, _ends=None, failure_balance_transaction=transaction)
    _count(scope, str(fields["charge"]), -integer(fields["amount"]))
    return after
