"""`/v1/transfers/{id}/reversals`: transfers that are reversed, whole or in part."""

from __future__ import annotations

from typing import cast

from emulator import errors
from emulator.model.answering import verbs
from emulator.model.answering.verbs import Place
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import Stored, decode, stored
from emulator.resources.money import ledger
from emulator.resources.money.currencies import formatted
from emulator.resources.money.holders import account_of
from emulator.resources.money.ledger import Movement
from emulator.resources.payments.transfers import destination_payments, fees
from emulator.resources.payments.transfers.across import across
from emulator.resources.payments.transfers.settlements import integer, settlement_of, share
from emulator.resources.payments.transfers.transfers import TRANSFER, TRANSFERS, TransferState
from emulator.store.table import Row
from emulator.wire.json import Json

REVERSAL = "transfer_reversal"
UNKNOWN_AMOUNT = 100  # of a reversal that nobody created


def unreversed(transfer: Row[bytes]) -> int:
    """The amount of a transfer that is not reversed."""
    fields = decode(transfer)
    return integer(fields["amount"]) - integer(fields.get("amount_reversed"))


def part_of(transfer: Row[bytes], part: int, whole: int) -> int:
    """The amount to reverse when a part of the charge is refunded: in proportion, and at most the remainder."""
    return min(share(integer(decode(transfer)["amount"]), part, whole), unreversed(transfer))


def fee_of_transfer(scope: Scope, transfer: Row[bytes]) -> Row[bytes] | None:
    """The application fee that was taken from the payment of a transfer."""
    payment = _payment(scope, decode(transfer))
    return fees.fee_of(scope, decode(payment).get("application_fee"))


def reverse(  # noqa: PLR0913 - a reversal has as many parts
    scope: Scope,
    transfer: Row[bytes],
    amount: int,
    *,
    source_refund: str | None = None,
    fee_amount: int = 0,
    metadata: Json = None,
    identifier: str = "",
) -> Row[bytes]:
    """Reverse a part of a transfer of the scope's account, and return the reversal.

    `source_refund` is the refund of the charge that causes it. `fee_amount` of the application fee is refunded with
    it. The balance of the destination may become negative (official). Raises StripeError.
    """
    fields = decode(transfer)
    _check(transfer, fields, amount)
    identifier = identifier or scope.sandbox.ids.in_account("trr", scope.now, scope.owner)
    refund = _take_back(scope, transfer, amount, identifier, fee_amount)
    transaction = ledger.post(
        scope,
        Movement(
            "transfer_refund",
            amount,
            str(fields["currency"]),
            transfer.id,
            "REFUND FOR TRANSFER",
            available_on=settlement_of(scope, str(fields["balance_transaction"])).later(scope.now),
            source_type=str(fields["source_type"]),
        ),
    )
    new: Fields = {
        "amount": amount,
        "balance_transaction": transaction,
        "currency": fields["currency"],
        "destination_payment_refund": refund,
        "metadata": metadata or {},
        "source_refund": source_refund,
        "transfer": transfer.id,
    }
    row = objects.add(scope, REVERSAL, identifier, new, transfer.id)
    _count(scope, transfer, fields, amount, objects.shown(scope, REVERSAL, row))
    return row


def _check(transfer: Row[bytes], fields: Fields, amount: int) -> None:
    left, currency = unreversed(transfer), str(fields["currency"])
    if not left:
        raise errors.already_reversed(transfer.id)
    if amount > left:
        raise errors.reversal_too_large(formatted(amount, currency), formatted(left, currency))


def _take_back(scope: Scope, transfer: Row[bytes], amount: int, reversal: str, fee_amount: int) -> str:
    """Refund the payment of a transfer, with a part of the application fee. Returns the refund's id."""
    fields = decode(transfer)
    destination, payment = scope.of(str(fields["destination"])), _payment(scope, fields)
    fee = fees.fee_of(scope, decode(payment).get("application_fee")) if fee_amount else None
    if fee is None:
        return destination_payments.take_back(destination, payment, amount, reversal)
    line = fees.returned_line(destination, fee, fee_amount)
    refund = destination_payments.take_back(destination, payment, amount, reversal, (line,))
    fees.refund_fee(scope, fee, fee_amount)
    return refund


def _payment(scope: Scope, fields: Fields) -> Row[bytes]:
    found = objects.get(scope.of(str(fields["destination"])), "charge", str(fields["destination_payment"]))
    if found is None:
        raise LookupError(f"there is no payment {fields['destination_payment']}")
    return found


def _count(scope: Scope, transfer: Row[bytes], fields: Fields, amount: int, shown: Fields) -> None:
    reversed_amount = integer(fields.get("amount_reversed")) + amount
    reversals = [shown, *private(TransferState, fields)["_reversals"]]
    objects.change(
        scope,
        TRANSFER,
        transfer,
        amount_reversed=reversed_amount,
        reversed=reversed_amount == fields["amount"],
        **kept(TransferState(_reversals=reversals)),
    )


# --- requests -----------------------------------------------------------------------------------------------------


def _create(call: Call) -> Json:
    """POST /v1/transfers/{id}/reversals: of an amount, or of the whole remainder. Raises StripeError."""
    transfer = verbs.row_of_path(TRANSFERS, Place("id"), call)
    amount = call.params.get("amount")
    if isinstance(amount, int) and amount < 1:
        raise errors.integer_too_small(("amount",), 1)
    wanted = amount if isinstance(amount, int) else unreversed(transfer)
    metadata: Json = dict(merged({}, call.params.get("metadata")))
    _check(transfer, decode(transfer), wanted)
    _check_balance(call.scope, decode(transfer), wanted)
    fee_amount = _fee_amount(call, transfer, wanted)
    return REVERSALS.respond(call, reverse(call.scope, transfer, wanted, fee_amount=fee_amount, metadata=metadata))


def _check_balance(scope: Scope, transfer: Fields, amount: int) -> None:
    """Refuse a reversal that exceeds the account's balance, unless the platform is liable for its losses.

    The transfer of a destination charge can always be reversed (official). Raises StripeError.
    """
    account = scope.of(str(transfer["destination"]))
    charge = objects.get(scope, "charge", cast("str | None", transfer["source_transaction"]))
    liable = account_of(scope.sandbox, account.owner).controller.losses_payments == "application"
    if liable or (charge is not None and decode(charge).get("destination")):
        return
    payment = decode(_payment(scope, transfer))
    settlement = settlement_of(account, str(payment["balance_transaction"]))
    if settlement.alike(amount, str(payment["currency"])) > _held(account, settlement.currency):
        raise errors.reversal_balance_insufficient(account.owner)


def _held(account: Scope, currency: str) -> int:
    """The balance of an account in a currency, available and pending."""
    kinds = ledger.totals(account).get(currency, {}).values()
    return sum(total["available"] + sum(total["pending"].values()) for total in kinds)


def _fee_amount(call: Call, transfer: Row[bytes], amount: int) -> int:
    if not call.params.get("refund_application_fee"):
        return 0
    fee = fee_of_transfer(call.scope, transfer)
    if fee is None:
        raise errors.reversal_without_fee(transfer.id)
    return fees.part_of(fee, amount, integer(decode(transfer)["amount"]))


def _updated(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """Update the copy of the reversal inside its transfer."""
    transfer = objects.get(call.scope, TRANSFER, row.parent)
    if transfer is not None:
        known = private(TransferState, decode(transfer))["_reversals"]
        changed = [{**each, "metadata": fields["metadata"]} if each["id"] == row.id else each for each in known]
        objects.change(call.scope, TRANSFER, transfer, **kept(TransferState(_reversals=changed)))
    return fields


def _nobody_created(scope: Scope, identifier: str, parent: str | None) -> None:
    """Make the reversal that a request names and nobody created, of a part of its transfer."""
    transfer = objects.existing(scope, TRANSFER, parent or f"{TRANSFER} of {identifier}")
    reverse(scope, transfer, UNKNOWN_AMOUNT, identifier=identifier)


REVERSALS: Stored = stored(
    REVERSAL,
    "trr",
    noun="transfer reversal",
    update=_updated,
    look_up=across(REVERSAL),
    verbs={"create": _create},
    unknown=_nobody_created,
)
RESOURCES = (REVERSALS,)
