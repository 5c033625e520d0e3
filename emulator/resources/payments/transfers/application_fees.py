"""`/v1/application_fees` and their refunds."""

from __future__ import annotations

from collections.abc import Iterator

from emulator import errors
from emulator.model.answering import verbs
from emulator.model.answering.verbs import Place
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Diff, Events, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import Stored, decode, render, stored
from emulator.resources.payments.transfers.across import across
from emulator.resources.payments.transfers.embedded import embedded
from emulator.resources.payments.transfers.fees import (
    FEE,
    REFUND,
    FeeState,
    Taken,
    collect,
    credit,
    fee_of,
    refund_fee,
    unrefunded,
)
from emulator.resources.payments.transfers.settlements import settlement_of
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json

UNKNOWN_AMOUNT = 100  # of a fee that nobody created


def _requested(call: Call, fee: Row[bytes]) -> Row[bytes]:
    """The refund of a fee by a request: of an amount, or of the whole remainder. Raises StripeError."""
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
    return REFUNDS.respond(call, _requested(call, verbs.row_of_path(FEES, Place("id"), call)))


def _refund(call: Call) -> Json:
    """POST /v1/application_fees/{id}/refund, the old form, which responds with the fee. Raises StripeError."""
    _requested(call, verbs.row_of_path(FEES, Place("id"), call))
    return FEES.respond(call, verbs.row_of_path(FEES, Place("id"), call))


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """A fee, with its newest refunds."""
    body = render(FEE, frozenset(), sandbox, row, now)
    refunds = private(FeeState, decode(row))["_refunds"]
    return {**body, "refunds": embedded(refunds, f"/v1/application_fees/{row.id}/refunds")}


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of a new fee, and of each refund."""
    if diff.after is None:
        return
    after = diff.render(resource, diff.after, diff.now)
    before = diff.render(resource, diff.before, diff.then) if diff.before else None
    if before is None:
        yield snapshot("application_fee.created", None, None, after)
    elif before["amount_refunded"] != after["amount_refunded"]:
        yield snapshot("application_fee.refunded", None, before, after)


def _updated(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """Update the copy of the refund inside its fee."""
    fee = fee_of(call.scope, fields["fee"])
    if fee is not None:
        known = private(FeeState, decode(fee))["_refunds"]
        changed = [{**each, "metadata": fields["metadata"]} if each["id"] == row.id else each for each in known]
        objects.change(call.scope.platform, FEE, fee, **kept(FeeState(_refunds=changed)))
    return fields


def _nobody_created(scope: Scope, identifier: str, _: str | None) -> None:
    """Take the fee that a request names and nobody created, from a payment that is made for it."""
    fields = decode(objects.existing(scope, "transfer", f"transfer of {identifier}"))
    account, charge = scope.of(str(fields["destination"])), str(fields["destination_payment"])
    payment = decode(objects.existing(account, "charge", charge))
    settlement = settlement_of(account, str(payment["balance_transaction"]))
    part = (UNKNOWN_AMOUNT, settlement.currency)
    collect(account, identifier, Taken(account.owner, *part, charge, part, part), settlement)


def _refund_nobody_created(scope: Scope, identifier: str, parent: str | None) -> None:
    """Make the refund that a request names and nobody created, of a part of its fee."""
    fee = objects.existing(scope, FEE, parent or f"{FEE} of {identifier}")
    refund_fee(scope, fee, UNKNOWN_AMOUNT // 10, identifier=identifier)
    credit(scope, fee, UNKNOWN_AMOUNT // 10)


FEES: Stored = stored(
    FEE,
    "fee",
    noun="application fee",
    private=FeeState,
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
