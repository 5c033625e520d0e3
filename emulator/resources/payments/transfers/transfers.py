"""`/v1/transfers`: money that an account sends to another, from its balance or from a charge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Diff, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import Stored, decode, render, stored
from emulator.resources.connect.accounts import lifecycle
from emulator.resources.money import ledger
from emulator.resources.money.currencies import check_currency
from emulator.resources.money.ledger import Movement
from emulator.resources.payments.transfers import destination_payments, fees
from emulator.resources.payments.transfers.across import across
from emulator.resources.payments.transfers.destination_payments import IncomingPayment
from emulator.resources.payments.transfers.destinations import destination
from emulator.resources.payments.transfers.embedded import embedded
from emulator.resources.payments.transfers.fees import Taken
from emulator.resources.payments.transfers.settlements import Settlement, integer, settlement_of
from emulator.resources.payments.transfers.sources import Source, note, source_of
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

TRANSFER = "transfer"
PREFIX = "tr"
UNKNOWN_AMOUNT = 1000  # of a transfer that nobody created


class TransferState(Private, total=False):
    """What a transfer keeps: its reversals as shown, newest first."""

    _reversals: list[Fields]


class Order(NamedTuple):
    """A transfer to make. `source` is the charge whose money is passed on; without one it comes from the balance.

    `fee` is an application fee, in the currency of the charge.
    """

    destination: str
    amount: int
    currency: str
    source: Source | None = None
    source_type: str = "card"
    description: str | None = None
    transfer_group: str | None = None
    metadata: Json = None
    fee: int = 0


def check_exists(scope: Scope, destination: object) -> None:
    """Refuse the destination of a charge that was deleted after the payment was made. Raises StripeError."""
    if isinstance(destination, str) and lifecycle.find(scope.sandbox, destination) is None:
        raise errors.destination_unknown(destination, "transfer_data[destination]")


def pay_destination(scope: Scope, identifier: str, charge: Fields, transaction: str) -> Fields:
    """Transfer the money of a captured destination charge, and take its application fee.

    `charge` are the fields of the charge: `transfer_data`, `application_fee_amount`, `amount_captured`, `currency` and
    `transfer_group` decide; `transaction` is its balance transaction. Returns the fields of the charge that change.
    Raises StripeError for a deleted destination.
    """
    data = cast("Fields", charge["transfer_data"])
    wanted, settlement = str(data["destination"]), settlement_of(scope, transaction)
    check_exists(scope, wanted)
    amount = _amount(charge, data, settlement)
    source = Source(identifier, charge, settlement)
    group = cast("str | None", charge.get("transfer_group"))
    fee = integer(charge.get("application_fee_amount"))
    order = Order(wanted, amount, settlement.currency, source, transfer_group=group, fee=fee)
    transfer = send(scope, order)
    payment = objects.get(scope.of(wanted), "charge", str(decode(transfer)["destination_payment"]))
    taken = decode(payment).get("application_fee") if payment else None
    return {**source.counted(amount), "transfer": transfer.id, "application_fee": taken}


def _amount(charge: Fields, data: Fields, settlement: Settlement) -> int:
    """The amount of a destination charge's transfer, in the currency of its balance transaction."""
    captured, asked = integer(charge["amount_captured"]), data.get("amount")
    if not isinstance(asked, int) or asked >= captured:
        return settlement.amount
    return settlement.alike(asked, str(charge["currency"]))


def send(scope: Scope, order: Order, identifier: str = "") -> Row[bytes]:
    """Move the money, and return the transfer. The payment on the destination is created first, the fee last."""
    identifier = identifier or _new_id(scope, order.source)
    paid = _payment(scope, identifier, order)
    received = destination_payments.receive(scope.of(order.destination), paid)
    transaction = ledger.post(scope, _movement(identifier, order, paid.available_on))
    row = objects.add(scope, TRANSFER, identifier, _fields(order, transaction, received.payment))
    if order.source and paid.fee and paid.fee_amount is not None:
        taken = Taken(
            account=order.destination,
            amount=order.fee,
            currency=order.source.currency,
            charge=received.payment,
            charged=(paid.fee_amount, order.currency),
            withheld=(received.withheld, received.settlement_currency),
            originating=order.source.charge,
        )
        fees.collect(scope, paid.fee, taken, order.source.settlement)
    return row


def _new_id(scope: Scope, source: Source | None) -> str:
    ids = scope.sandbox.ids
    return ids.in_family(PREFIX, source.family) if source else ids.in_account(PREFIX, scope.now, scope.owner)


def _payment(scope: Scope, identifier: str, order: Order) -> IncomingPayment:
    """The payment on the destination, available with the charge that it comes from."""
    paid = IncomingPayment(scope.owner, identifier, order.amount, order.currency)
    if order.source is None:
        return paid
    paid = paid._replace(available_on=order.source.settlement.later(scope.now))
    if not order.fee:
        return paid
    fee = order.source.settlement.alike(order.fee, order.source.currency)
    return paid._replace(fee=fees.new_fee_id(scope.of(order.destination)), fee_amount=fee)


def _movement(identifier: str, order: Order, available_on: int | None) -> Movement:
    return Movement(
        "transfer",
        -order.amount,
        order.currency,
        identifier,
        order.description,
        available_on=available_on,
        source_type=order.source_type,
        family=order.source.charge if order.source else None,
    )


def _fields(order: Order, transaction: str, payment: str) -> Fields:
    return {
        "amount": order.amount,
        "balance_transaction": transaction,
        "currency": order.currency,
        "description": order.description,
        "destination": order.destination,
        "destination_payment": payment,
        "metadata": order.metadata or {},
        "source_transaction": order.source.charge if order.source else None,
        "source_type": order.source_type,
        "transfer_group": order.transfer_group,
        **kept(TransferState(_reversals=[])),
    }


def _nobody_created(scope: Scope, identifier: str, _: str | None) -> None:
    """Make the transfer that a request names and nobody created, to an account that is made for it."""
    account = lifecycle.find_or_create(scope, scope.sandbox.ids.account(scope.now))
    if account is not None:
        send(scope, Order(account.id, UNKNOWN_AMOUNT, account.default_currency), identifier)


# --- requests -----------------------------------------------------------------------------------------------------


def _create(call: Call) -> Json:
    """POST /v1/transfers. Raises StripeError."""
    order = _order(call)
    row = send(call.scope, order)
    if order.source is not None:
        note(call.scope, order.source, order.amount, order.transfer_group)
    return TRANSFERS.respond(call, row)


def _order(call: Call) -> Order:
    """The transfer of a request, covered by its source or by the balance. Raises StripeError."""
    params, scope = call.params, call.scope
    amount = params.get("amount")
    if not isinstance(amount, int):
        raise errors.missing_param(("amount",))
    if amount < 1:
        raise errors.integer_too_small(("amount",), 1)
    currency = check_currency(str(params["currency"]))
    metadata: Json = dict(merged({}, params.get("metadata")))
    wanted = destination(scope, str(params["destination"]))
    description, group = _text(call, "description"), _text(call, "transfer_group")
    kind, charge = _text(call, "source_type") or "card", _text(call, "source_transaction")
    if charge is not None:
        source = source_of(scope, charge, amount, currency)
        return Order(wanted.id, amount, currency, source, kind, description, source.group(group), metadata)
    if amount > ledger.available(scope, currency, kind):
        raise errors.transfer_balance_insufficient()
    return Order(wanted.id, amount, currency, None, kind, description, group, metadata)


def _text(call: Call, name: str) -> str | None:
    value = call.params.get(name)
    return value if isinstance(value, str) and value else None


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """A transfer, with its newest reversals."""
    body = render(TRANSFER, frozenset(), sandbox, row, now)
    reversals = private(TransferState, decode(row))["_reversals"]
    return {**body, "reversals": embedded(reversals, f"/v1/transfers/{row.id}/reversals")}


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of a new transfer, of a reversal, and of a change of its description or metadata (official)."""
    if diff.after is None:
        return
    after = diff.render(resource, diff.after, diff.now)
    before = diff.render(resource, diff.before, diff.then) if diff.before else None
    kind = _kind(before, after)
    if kind is not None:
        account = Scope(diff.sandbox, diff.row.owner, diff.now).account
        yield snapshot(f"{TRANSFER}.{kind}", account, before, after)


def _kind(before: Fields | None, after: Fields) -> str | None:
    if before is None:
        return "created"
    if before["amount_reversed"] != after["amount_reversed"]:
        return "reversed"
    changed = any(before[name] != after[name] for name in ("description", "metadata"))
    return "updated" if changed else None


TRANSFERS: Stored = stored(
    TRANSFER,
    PREFIX,
    private=TransferState,
    filters=["destination", "transfer_group"],
    render=_render,
    events=_events,
    verbs={"create": _create},
    look_up=across(TRANSFER),
    unknown=_nobody_created,
)
RESOURCES = (TRANSFERS,)
