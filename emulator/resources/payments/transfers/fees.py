"""The money of application fees, which a platform takes from payments to its accounts, and of their refunds."""

from __future__ import annotations

from typing import Any

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.money import ledger
from emulator.resources.money.currencies import formatted
from emulator.resources.money.exchange import settle
from emulator.resources.money.holders import account_of
from emulator.resources.money.ledger import Fee, Movement
from emulator.resources.payments.transfers.destination_payments import application_name, fee_line
from emulator.resources.payments.transfers.destinations import name_of
from emulator.resources.payments.transfers.settlements import Settlement, integer, settlement_of, share
from emulator.resources.payments.transfers.sources import transaction_of
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

FEE = "application_fee"
REFUND = "fee_refund"


class FeeState(Private, total=False):
    """What an application fee keeps: its refunds as shown, newest first.

    `_charged` is the amount in the currency of the payment, `_withheld` that in which the account settles, each with
    the currency after it.
    """

    _charged: list[Any]
    _refunds: list[Fields]
    _withheld: list[Any]


class Taken(NamedTuple):
    """A fee of a payment to a connected account.

    `charge` is the payment on that account, `originating` the platform's charge behind it. `charged` is the fee in the
    currency of the payment, `withheld` in that in which the account settles.
    """

    account: str
    amount: int
    currency: str
    charge: str
    charged: tuple[int, str]
    withheld: tuple[int, str]
    originating: str | None = None


def take_fee(scope: Scope, identifier: str, charge: Fields, transaction: str) -> Fields:
    """Take the `application_fee_amount` of a captured direct charge on the account of the scope.

    `charge` are its fields, `transaction` is its balance transaction, which has a line for the fee: `direct_fee_line`.
    Returns the fields of the charge that change.
    """
    amount, currency = integer(charge["application_fee_amount"]), str(charge["currency"])
    settlement = settlement_of(scope, transaction)
    taken = Taken(
        account=scope.owner,
        amount=amount,
        currency=currency,
        charge=identifier,
        charged=(amount, currency),
        withheld=(settlement.alike(amount, currency), settlement.currency),
    )
    return {"application_fee": collect(scope, new_fee_id(scope), taken, settlement)}


def direct_fee_line(scope: Scope, settled_amount: int) -> Fee:
    """The line of the application fee of a direct charge, in the currency in which the charge settles."""
    return fee_line(scope, settled_amount)


def new_fee_id(scope: Scope) -> str:
    """The id of a fee, which has the digits of the connected account, that of the scope (observed)."""
    return scope.sandbox.ids.in_account("fee", scope.now, scope.owner)


def collect(scope: Scope, identifier: str, taken: Taken, settlement: Settlement) -> str:
    """Pay a fee to the platform: its balance transaction, then the fee. `settlement` is that of the charge."""
    platform = scope.platform
    account = account_of(scope.sandbox, taken.account)
    settled = settle(platform, taken.amount, taken.currency)
    transaction = ledger.post(
        platform,
        Movement(
            "application_fee",
            settled.amount,
            settled.currency,
            identifier,
            f"Application fee from application {application_name()} for {name_of(account)} ({account.id})",
            available_on=settlement.later(scope.now),
            exchange_rate=settled.rate or settlement.rate,  # that of the charge even where the fee is not converted
        ),
    )
    fields: Fields = {
        "account": taken.account,
        "amount": taken.amount,
        "application": scope.sandbox.client_id,
        "balance_transaction": transaction,
        "charge": taken.charge,
        "currency": taken.currency,
        "fee_source": {"charge": taken.charge, "type": "charge"},
        "originating_transaction": taken.originating,
        **kept(FeeState(_charged=list(taken.charged), _refunds=[], _withheld=list(taken.withheld))),
    }
    objects.add(platform, FEE, identifier, fields)
    return identifier


# --- refunds ------------------------------------------------------------------------------------------------------


def fee_of(scope: Scope, identifier: object) -> Row[bytes] | None:
    """The row of an application fee, which is the platform's, by an id that a charge shows."""
    return objects.get(scope.platform, FEE, identifier) if isinstance(identifier, str) else None


def unrefunded(fee: Row[bytes]) -> int:
    """The amount of a fee that is not refunded."""
    fields = decode(fee)
    return integer(fields["amount"]) - integer(fields.get("amount_refunded"))


def part_of(fee: Row[bytes], part: int, whole: int) -> int:
    """The amount to refund with a part of the payment: in proportion, and at most the remainder."""
    return min(share(integer(decode(fee)["amount"]), part, whole), unrefunded(fee))


def returned_line(scope: Scope, fee: Row[bytes], amount: int) -> Fee:
    """The line with which the balance transaction of a refund returns a fee to the connected account."""
    fields = decode(fee)
    withheld, _ = private(FeeState, fields)["_withheld"]
    return fee_line(scope, -_converted_part(fields, withheld, amount))


def _converted_part(fields: Fields, total: int, amount: int) -> int:
    """The part of a total in another currency for the next refund of an amount; all parts add up to the total."""
    whole, before = integer(fields["amount"]), integer(fields.get("amount_refunded"))
    return share(total, before + amount, whole) - share(total, before, whole)


def refund_fee(scope: Scope, fee: Row[bytes], amount: int, metadata: Json = None, identifier: str = "") -> Row[bytes]:
    """Refund a part of a fee: the platform's balance transaction, the refund, and the changed fee.

    The connected account has its money by `returned_line` or `credit`. Raises StripeError.
    """
    platform, fields = scope.platform, decode(fee)
    _check(fee, fields, amount)
    refund = _add_refund(platform, fee, amount, metadata, identifier)
    refunded = integer(fields.get("amount_refunded")) + amount
    refunds = [objects.shown(platform, REFUND, refund), *private(FeeState, fields)["_refunds"]]
    objects.change(
        platform,
        FEE,
        fee,
        amount_refunded=refunded,
        refunded=refunded == fields["amount"],
        **kept(FeeState(_refunds=refunds)),
    )
    return refund


def _check(fee: Row[bytes], fields: Fields, amount: int) -> None:
    left, currency = unrefunded(fee), str(fields["currency"])
    if not left:
        raise errors.fee_already_refunded(fee.id)
    if amount > left:
        raise errors.fee_refund_too_large(formatted(amount, currency), formatted(left, currency))


def _add_refund(platform: Scope, fee: Row[bytes], amount: int, metadata: Json, identifier: str) -> Row[bytes]:
    """A refund of a fee, in the currency of the payment (observed)."""
    fields = decode(fee)
    account, settlement = str(fields["account"]), settlement_of(platform, str(fields["balance_transaction"]))
    transaction = ledger.post(
        platform,
        Movement(
            "application_fee_refund",
            -_converted_part(fields, settlement.amount, amount),
            settlement.currency,
            fee.id,
            "REFUND FOR APPLICATION FEE",
            available_on=settlement.later(platform.now),
            exchange_rate=settlement.rate,
        ),
    )
    charged, charged_currency = private(FeeState, fields)["_charged"]
    new: Fields = {
        "amount": _converted_part(fields, charged, amount),
        "balance_transaction": transaction,
        "currency": charged_currency,
        "fee": fee.id,
        "metadata": metadata or {},
    }
    identifier = identifier or platform.sandbox.ids.in_account("fr", platform.now, account)
    return objects.add(platform, REFUND, identifier, new, fee.id)


def credit(scope: Scope, fee: Row[bytes], amount: int) -> None:
    """Pay a refunded fee to the connected account, where no refund of the payment does (our choice)."""
    fields = decode(fee)
    account = scope.of(str(fields["account"]))
    line = returned_line(account, fee, amount)
    _, currency = private(FeeState, fields)["_withheld"]
    ledger.post(
        account,
        Movement(
            "application_fee_credit",
            -line.amount,
            currency,
            str(fields["charge"]),
            line.description,
            available_on=_available_with(account, str(fields["charge"])),
        ),
    )


def _available_with(account: Scope, charge: str) -> int | None:
    """The second at which money that follows a charge becomes available."""
    row = objects.get(account, "charge", charge)
    transaction = transaction_of(decode(row)) if row else None
    return settlement_of(account, transaction).later(account.now) if transaction else None
