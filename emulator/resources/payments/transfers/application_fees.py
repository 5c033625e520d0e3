"""`/v1/application_fees`: what a platform takes from payments to its accounts, and gives back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

from emulator import errors
from emulator.resources import objects, verbs
from emulator.resources.endpoint import Call, Scope
from emulator.resources.metadata import merged
from emulator.resources.money import calendar, ledger
from emulator.resources.money.currencies import formatted
from emulator.resources.money.exchange import settle
from emulator.resources.money.holders import account_of
from emulator.resources.money.ledger import Fee, Movement
from emulator.resources.payments.transfers.across import across
from emulator.resources.payments.transfers.destination_payments import application_name, fee_line
from emulator.resources.payments.transfers.destinations import name_of
from emulator.resources.payments.transfers.embedded import embedded, with_newest
from emulator.resources.payments.transfers.settlements import Settlement, integer, settlement_of, share
from emulator.resources.resource import Diff, Events, Fields, Resource
from emulator.resources.snapshots import snapshot
from emulator.resources.stored import Stored, render, stored
from emulator.resources.verbs import Place
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json

FEE = "application_fee"
REFUND = "fee_refund"
UNKNOWN_AMOUNT = 100  # of a fee that nobody created


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
        "_charged": list(taken.charged),
        "_refunds": [],
        "_withheld": list(taken.withheld),
    }
    objects.add(platform, FEE, identifier, fields)
    return identifier


# --- refunds ------------------------------------------------------------------------------------------------------


def fee_of(scope: Scope, identifier: object) -> Row[bytes] | None:
    """The row of an application fee, which is the platform's, by an id that a charge shows."""
    return objects.get(scope.platform, FEE, identifier) if isinstance(identifier, str) else None


def unrefunded(fee: Row[bytes]) -> int:
    """The amount of a fee that has not been given back."""
    fields = objects.fields(fee)
    return integer(fields["amount"]) - integer(fields.get("amount_refunded"))


def part_of(fee: Row[bytes], part: int, whole: int) -> int:
    """The amount to give back when a part of the payment is: in proportion, and at most what is left."""
    return min(share(integer(objects.fields(fee)["amount"]), part, whole), unrefunded(fee))


def returned_line(scope: Scope, fee: Row[bytes], amount: int) -> Fee:
    """The line with which the balance transaction of a refund returns a fee to the connected account."""
    fields = objects.fields(fee)
    withheld, _ = cast("list[int]", fields["_withheld"])
    return fee_line(scope, -share(withheld, amount, integer(fields["amount"])))


def refund_fee(scope: Scope, fee: Row[bytes], amount: int, metadata: Json = None, identifier: str = "") -> Row[bytes]:
    """Give back a part of a fee: the platform's balance transaction, the refund, and the fee as it is then.

    The connected account has its money by `returned_line` or `credit`. Raises StripeError.
    """
    platform, fields = scope.platform, objects.fields(fee)
    _check(fee, fields, amount)
    refund = _add_refund(platform, fee, amount, metadata, identifier)
    refunded = integer(fields.get("amount_refunded")) + amount
    objects.change(
        platform,
        FEE,
        fee,
        amount_refunded=refunded,
        refunded=refunded == fields["amount"],
        _refunds=with_newest(fields["_refunds"], objects.shown(platform, REFUND, refund)),
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
    fields = objects.fields(fee)
    account, currency = str(fields["account"]), str(fields["currency"])
    settlement = settlement_of(platform, str(fields["balance_transaction"]))
    transaction = ledger.post(
        platform,
        Movement(
            "application_fee_refund",
            -settlement.alike(amount, currency),
            settlement.currency,
            fee.id,
            "REFUND FOR APPLICATION FEE",
            available_on=settlement.later(platform.now),
            exchange_rate=settlement.rate,
        ),
    )
    charged, charged_currency = cast("tuple[int, str]", fields["_charged"])
    new: Fields = {
        "amount": share(charged, amount, integer(fields["amount"])),
        "balance_transaction": transaction,
        "currency": charged_currency,
        "fee": fee.id,
        "metadata": metadata or {},
    }
    identifier = identifier or platform.sandbox.ids.in_account("fr", platform.now, account)
    return objects.add(platform, REFUND, identifier, new, fee.id)


def credit(scope: Scope, fee: Row[bytes], amount: int) -> None:
    """Pay a refunded fee to the connected account, where no refund of the payment does (our choice)."""
    fields = objects.fields(fee)
    account = scope.of(str(fields["account"]))
    line = returned_line(account, fee, amount)
    _, currency = cast("tuple[int, str]", fields["_withheld"])
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
    """When money that joins that of a charge becomes available; a charge may not have its transaction yet."""
    row = objects.get(account, "charge", charge)
    transaction = objects.fields(row)["balance_transaction"] if row else None
    if row is not None and transaction is None:
        return calendar.available_on(account.sandbox, account.owner, row.created)
    return settlement_of(account, str(transaction)).later(account.now) if transaction else None


# --- requests -----------------------------------------------------------------------------------------------------


def _requested(call: Call, fee: Row[bytes]) -> Row[bytes]:
    """The refund of a fee that a request asks for: of a part, or of all that is left. Raises StripeError."""
    amount = call.params.get("amount")
    if isinstance(amount, int) and amount < 1:
        raise errors.integer_too_small(("amount",), 1)
    wanted = amount if isinstance(amount, int) else unrefunded(fee)
    metadata: Json = dict(merged({}, call.params.get("metadata")))
    refund = refund_fee(call.scope, fee, wanted, metadata)
    credit(call.scope, fee, wanted)
    return refund


def _create_refund(call: Call) -> Json:
    """POST /v1/application_fees/{id}/refunds. Raises StripeError."""
    return REFUNDS.respond(call, _requested(call, verbs.found(FEES, Place("id"), call)))


def _refund(call: Call) -> Json:
    """POST /v1/application_fees/{id}/refund, the old form, which responds with the fee. Raises StripeError."""
    _requested(call, verbs.found(FEES, Place("id"), call))
    return FEES.respond(call, verbs.found(FEES, Place("id"), call))


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """A fee, with its newest refunds."""
    body = render(FEE, frozenset(), sandbox, row, now)
    refunds = objects.fields(row)["_refunds"]
    return {**body, "refunds": embedded(refunds, f"/v1/application_fees/{row.id}/refunds")}


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of a fee that is taken, and of each refund."""
    if diff.after is None:
        return
    after = resource.render(diff.sandbox, diff.after, diff.now)
    before = resource.render(diff.sandbox, diff.before, diff.then) if diff.before else None
    if before is None:
        yield snapshot("application_fee.created", None, None, after)
    elif before["amount_refunded"] != after["amount_refunded"]:
        yield snapshot("application_fee.refunded", None, before, after)


def _updated(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """The refund inside its fee changes with it."""
    fee = fee_of(call.scope, fields["fee"])
    if fee is not None:
        known = cast("list[Fields]", objects.fields(fee)["_refunds"])
        changed = [{**each, "metadata": fields["metadata"]} if each["id"] == row.id else each for each in known]
        objects.change(call.scope.platform, FEE, fee, _refunds=changed)
    return fields


def _nobody_created(scope: Scope, identifier: str, _: str | None) -> None:
    """Take the fee that a request names and nobody created, from a payment that is made for it."""
    fields = objects.fields(objects.named(scope, "transfer", f"transfer of {identifier}"))
    account, charge = scope.of(str(fields["destination"])), str(fields["destination_payment"])
    payment = objects.fields(objects.named(account, "charge", charge))
    settlement = settlement_of(account, str(payment["balance_transaction"]))
    part = (UNKNOWN_AMOUNT, settlement.currency)
    collect(account, identifier, Taken(account.owner, *part, charge, part, part), settlement)


def _refund_nobody_created(scope: Scope, identifier: str, parent: str | None) -> None:
    """Make the refund that a request names and nobody created, of a part of its fee."""
    fee = objects.named(scope, FEE, parent or f"{FEE} of {identifier}")
    refund_fee(scope, fee, UNKNOWN_AMOUNT // 10, identifier=identifier)
    credit(scope, fee, UNKNOWN_AMOUNT // 10)


FEES: Stored = stored(
    FEE,
    "fee",
    noun="application fee",
    filters=["charge"],
    render=_render,
    events=_events,
    verbs={"refund": _refund},
    look_up=across(FEE),
    unknown=_nobody_created,
)
REFUNDS: Stored = stored(
    REFUND,
    "fr",
    noun="fee refund",
    update=_updated,
    events=Events(updated="application_fee.refund.updated"),
    verbs={"create": _create_refund},
    unknown=_refund_nobody_created,
)
RESOURCES = (FEES, REFUNDS)
