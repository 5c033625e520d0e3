"""`/v1/refunds`, and the refunds below a charge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from emulator import errors
from emulator.model.answering import paging, verbs
from emulator.model.answering.verbs import Place
from emulator.model.asking.requests import by_request
from emulator.model.declaration import registry, unknown
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Diff, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import Stored, decode, shared, stored
from emulator.resources.payments.charges import refunding
from emulator.resources.payments.charges.refund_rules import CHARGE, REFUND, RefundState, amount_to_refund, named_charge
from emulator.resources.payments.charges.refunding import NewRefund
from emulator.resources.payments.transfers.across import across
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json

# Names that show only when they apply.
ABSENT = (
    "description destination_details failure_balance_transaction failure_reason instructions_email next_action "
    "pending_reason presentment_details"
).split()
_OF_BALANCES = ("origin", "customer")


def requested(call: Call, charge: Row[bytes] | None = None) -> Row[bytes]:
    """Make the refund of a request, of the charge in its path or its parameters. Raises StripeError."""
    params = call.params
    wanted = params.get("amount")
    if isinstance(wanted, int) and wanted < 1:
        raise errors.integer_too_small(("amount",), 1)
    for name in _OF_BALANCES:
        if params.get(name):
            raise errors.param_not_emulated((name,))
    metadata = merged({}, params.get("metadata"))
    found = charge or named_charge(call)
    return refunding.refund(
        call.scope,
        found,
        NewRefund(
            amount=amount_to_refund(call.scope, found, wanted if isinstance(wanted, int) else None),
            reason=cast("str | None", params.get("reason")),
            metadata=metadata,
            reverse=bool(params.get("reverse_transfer")),
            return_fee=bool(params.get("refund_application_fee")),
            instructions_email=cast("str | None", params.get("instructions_email")),
        ),
    )


def of_charge(call: Call) -> Row[bytes]:
    """Refund the charge of the path, and return it after the refund. Raises StripeError."""
    requested(call, _charge(call))
    return _charge(call)


def listed(call: Call, charge: str) -> Fields:
    """The list of refunds that a charge shows if it is expanded: the newest ten, and the number of all."""
    owner = call.sandbox.table(CHARGE).owner_of(charge) or call.owner
    rows = list(call.sandbox.table(REFUND).newest(owner, parent=charge))
    shown = [REFUNDS.respond(call, row) for row in rows[: paging.DEFAULT_LIMIT]]
    return {
        "object": "list",
        "data": cast("list[Json]", shown),
        "has_more": len(rows) > len(shown),
        "total_count": len(rows),
        "url": f"/v1/charges/{charge}/refunds",
    }


def _charge(call: Call) -> Row[bytes]:
    return verbs.row_of_path(cast("Resource[bytes]", registry.resource(CHARGE)), Place(CHARGE), call)


def _create(call: Call) -> Json:
    """POST /v1/refunds, and POST /v1/charges/{charge}/refunds. Raises StripeError."""
    return REFUNDS.respond(call, requested(call, _charge(call) if CHARGE in call.path else None))


def _list(call: Call) -> Json:
    """GET /v1/refunds, with the number of those on the page (observed). Raises StripeError."""
    return paging.counted(call, verbs.listing(REFUNDS, verbs.Place(), call))


def _is_open(call: Call, row: Row[bytes], fields: Fields) -> bool:
    """Whether a refund can end: only one that nobody created, as all others are made by card."""
    return fields["status"] == "succeeded" and REFUND in unknown.marked(call.scope, row.id)


def _cancel(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/refunds/{refund}/cancel. Raises StripeError."""
    if not _is_open(call, row, fields):
        raise errors.refund_not_cancelable()
    return decode(refunding.give_back(call.scope, row, status="canceled"))


def _expire(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/test_helpers/refunds/{refund}/expire. Raises StripeError."""
    if not _is_open(call, row, fields):
        raise errors.refund_not_expirable(str(fields["status"]))
    return decode(refunding.give_back(call.scope, row, status="failed", failure_reason="expired_or_canceled_card"))


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of a refund: a change has two, a failure one more (official)."""
    if diff.after is None:
        return
    before = diff.render(resource, diff.before, diff.then) if diff.before else None
    after = diff.render(resource, diff.after, diff.now)
    if before == after:
        return
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    for name in _names(before, after):
        yield snapshot(name, account, before, after)


def _names(before: Fields | None, after: Fields) -> Iterator[str]:
    if before is None:
        yield "refund.created"
        return
    if after["status"] == "failed" != before["status"]:
        yield "refund.failed"
    yield from ("refund.updated", "charge.refund.updated")


def _due_times(row: Row[bytes]) -> list[int]:
    ends = private(RefundState, shared(row)).get("_ends")
    return [] if ends is None else [ends]


def _elapse(sandbox: Sandbox, row: Row[bytes], at: int) -> None:
    refunding.elapse(Scope(sandbox, row.owner, at), row)


def _sent_by_nobody(scope: Scope, identifier: str, parent: str | None) -> Fields:
    """The parameters of a refund that nobody created: of a part of a charge."""
    return {"charge": parent or objects.existing(scope, "charge", f"ch_{identifier}").id, "amount": 100}


REFUNDS: Stored = stored(
    REFUND,
    "re",
    absent=ABSENT,
    private=RefundState,
    filters=["charge", "payment_intent"],
    actions={"cancel": _cancel, "expire": _expire},
    verbs={"create": _create},
    unknown=by_request(REFUND, _sent_by_nobody, prefix="re pyr"),
    endpoints={"GetRefunds": _list},
    look_up=across(REFUND),
    events=_events,
    timer=_due_times,
    elapse=_elapse,
)
RESOURCES = (REFUNDS, Resource[bytes](name="refunds_of_charge", look_up=listed))
