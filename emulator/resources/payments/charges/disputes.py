"""Disputes: chargebacks and inquiries of a charge, their evidence, their money and their end.

A chargeback takes the amount and a fee from the balance; a won one gives the amount back. An inquiry moves no money.
Test values in the evidence decide a dispute (official); other evidence leaves it under review, as no bank
answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from emulator import errors
from emulator.model.answering import paging, verbs
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Diff, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.model.declaration.templates import filled, hash_of
from emulator.model.stored import objects
from emulator.model.stored.stored import Stored, decode, render, shared, stored
from emulator.resources.money import calendar, exchange, ledger
from emulator.resources.money.ledger import Fee, Movement
from emulator.resources.payments.charges import reviews
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.shape import Ref
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.timestamps import DAY

NAME = "dispute"
DUE_DAYS = 9  # the end of this day after the creation (observed)
VERDICT_SECONDS = 5  # until evidence with a known result decides (observed)
FEE = 1500  # minor units of the settlement currency (observed)
OPEN = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})
INQUIRY = "inquiry"


class DisputeState(Private, total=False):
    """What a dispute keeps: the verdict of its evidence and the unix second of it, None without one."""

    _verdict: str | None
    _verdict_at: int | None


class Claim(NamedTuple):
    """The claim of a card holder's bank: the reason, the type of the case, and the network's code for it."""

    reason: str = "fraudulent"
    case_type: str = "chargeback"
    code: str = "10.4"
    eligibility: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """The status of a new dispute of this kind."""
        return "warning_needs_response" if self.case_type == INQUIRY else "needs_response"


# By the names that test cards and the control API use (official; codes of the first three observed, others inferred).
KINDS: Mapping[str, Claim] = {
    "fraudulent": Claim(),
    "product_not_received": Claim("product_not_received", code="13.1"),
    "inquiry": Claim(case_type=INQUIRY, code="10"),
    "compelling_evidence_3": Claim(eligibility=("visa_compelling_evidence_3",)),
    "noncompliant": Claim("noncompliant", "compliance", "98", ("visa_compliance",)),
    "duplicate": Claim("duplicate", code="12.6.1"),
    "product_unacceptable": Claim("product_unacceptable", code="13.3"),
    "subscription_canceled": Claim("subscription_canceled", code="13.2"),
    "unrecognized": Claim("unrecognized", code="10.4"),
    "credit_not_processed": Claim("credit_not_processed", code="13.6"),
    "general": Claim("general", code="10.4"),
}
# The evidence that decides, in `uncategorized_text` (official).
WINNING, LOSING, ESCALATING = "winning_evidence", "losing_evidence", "escalate_inquiry_evidence"


# --- opening ------------------------------------------------------------------------------------------------------


def open_dispute(scope: Scope, charge: Row[bytes], kind: Claim) -> Row[bytes]:
    """Dispute a captured charge: its row, the money that leaves, and the charge that shows it."""
    fields = decode(charge)
    identifier = scope.sandbox.ids.in_account("du", scope.now, scope.owner)
    new: Fields = {
        "amount": _left(fields),
        "charge": charge.id,
        "currency": fields["currency"],
        "enhanced_eligibility_types": list(kind.eligibility),
        "evidence": _prefilled(scope, fields, inquiry=kind.case_type == INQUIRY),
        "evidence_details": _details(scope.now, kind),
        "is_charge_refundable": kind.case_type == INQUIRY,
        "metadata": {},
        "payment_intent": fields.get("payment_intent"),
        "payment_method_details": _method(fields, kind),
        "reason": kind.reason,
        "status": kind.status,
    }
    if kind.case_type != INQUIRY:
        new |= _withdrawn(scope, new, identifier)
    row = objects.add(scope, NAME, identifier, new)
    reviews.close(scope, objects.change(scope, "charge", charge, disputed=True, dispute=identifier), "disputed")
    return row


def follow(scope: Scope, charge: Row[bytes], kind: str) -> None:
    """Dispute a charge at once as its test card says; `multiple` is two disputes."""
    for each in ("fraudulent", "product_not_received") if kind == "multiple" else (kind,):
        open_dispute(scope, objects.get(scope, "charge", charge.id) or charge, KINDS[each])


def _left(charge: Fields) -> Json:
    """The amount that can be disputed: captured and not refunded."""
    return cast("int", charge.get("amount_captured", charge["amount"])) - cast("int", charge.get("amount_refunded", 0))


def _details(now: int, kind: Claim) -> Fields:
    due = now - now % DAY + (DUE_DAYS + 1) * DAY - 1
    eligibility: Fields = {}
    if "visa_compelling_evidence_3" in kind.eligibility:
        eligibility["visa_compelling_evidence_3"] = {"required_actions": [], "status": "qualified"}
    if "visa_compliance" in kind.eligibility:
        eligibility["visa_compliance"] = {"status": "requires_fee_acknowledgement"}
    return {
        "due_by": due,
        "enhanced_eligibility": eligibility,
        "has_evidence": False,
        "past_due": False,
        "submission_count": 0,
    }


def _method(charge: Fields, kind: Claim) -> Json:
    details = charge.get("payment_method_details")
    card = details.get("card") if isinstance(details, dict) else None
    if not isinstance(card, dict):
        return None
    shown = {"brand": card["brand"], "case_type": kind.case_type, "network": card["brand"]}
    return {"card": {**shown, "network_reason_code": kind.code}, "type": "card"}


def _prefilled(scope: Scope, charge: Fields, *, inquiry: bool) -> Fields:
    """The evidence that Stripe fills in itself: the customer, and the product unless it is an inquiry (observed)."""
    row = objects.get(scope, "customer", cast("str | None", charge.get("customer")))
    customer = decode(row) if row else {}
    found = {
        "customer_email_address": customer.get("email") or charge.get("receipt_email"),
        "customer_name": customer.get("name") or customer.get("description"),
        "product_description": None if inquiry else charge.get("description"),
    }
    return {name: value for name, value in found.items() if value}


def _withdrawn(scope: Scope, dispute: Fields, identifier: str) -> Fields:
    """The fields of a dispute whose amount, and a fee, are taken from the balance."""
    settled = exchange.settle(scope, cast("int", dispute["amount"]), str(dispute["currency"]))
    movement = Movement(
        "dispute",
        -settled.amount,
        settled.currency,
        identifier,
        f"Chargeback withdrawal for {dispute['charge']}",
        (Fee(FEE, "Dispute fee"),),
        _available_on(scope, str(dispute["charge"])),
    )
    return _with_transaction(scope, dispute, movement)


def _with_transaction(scope: Scope, dispute: Fields, movement: Movement) -> Fields:
    transaction = objects.get(scope, ledger.TRANSACTION, ledger.post(scope, movement))
    shown = objects.shown(scope, ledger.TRANSACTION, transaction) if transaction else {}
    earlier = cast("list[Json]", dispute.get("balance_transactions", []))
    first = dispute.get("balance_transaction") or shown["id"]
    return {"balance_transaction": first, "balance_transactions": [*earlier, shown]}


def _available_on(scope: Scope, charge: str) -> int | None:
    """The second at which the charge's own money is available, not before now (observed); None if it is not known."""
    row = objects.get(scope, "charge", charge)
    own = decode(row).get("balance_transaction") if row else None
    paid = objects.get(scope, ledger.TRANSACTION, cast("str | None", own))
    return max(scope.now, cast("int", decode(paid)["available_on"])) if paid else None


# --- evidence and the end -----------------------------------------------------------------------------------------


def _updated(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/disputes/{dispute}: evidence is submitted unless `submit` is false, and is then under review."""
    _check_open(decode(row))
    evidence = call.params.get("evidence")
    if not isinstance(evidence, dict) or call.params.get("submit") is False:
        return fields
    details = {**cast("Fields", fields["evidence_details"]), "has_evidence": True}
    details["submission_count"] = cast("int", details["submission_count"]) + 1
    status = str(fields["status"])
    changed: Fields = {**fields, "evidence_details": details, "status": OPEN.get(status, status)}
    if evidence.get("uncategorized_text") in (WINNING, LOSING, ESCALATING):
        changed |= kept(
            DisputeState(_verdict=str(evidence["uncategorized_text"]), _verdict_at=call.now + VERDICT_SECONDS)
        )
    return changed


def _closed(_: Call, row: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/disputes/{dispute}/close: the dispute is lost."""
    _check_open(decode(row))
    status = "warning_closed" if _is_inquiry(fields) else "lost"
    return {**fields, "status": status, **kept(DisputeState(_verdict_at=None))}


def _check_open(fields: Fields) -> None:
    if fields["status"] in CLOSED:
        raise errors.dispute_closed()


def _is_inquiry(fields: Fields) -> bool:
    return str(fields["status"]).startswith("warning_")


def _due(row: Row[bytes]) -> tuple[int, ...]:
    at = private(DisputeState, shared(row)).get("_verdict_at")
    return () if at is None else (at,)


def _decide(sandbox: Sandbox, row: Row[bytes], at: int) -> None:
    """Let the bank decide a dispute whose evidence has a known result."""
    decide(Scope(sandbox, row.owner, at), row, private(DisputeState, shared(row))["_verdict"] or "")


def decide(scope: Scope, row: Row[bytes], verdict: str) -> Row[bytes]:
    """End a dispute, or make a chargeback of an inquiry, as one of the three decisive texts says.

    Raises StripeError for a dispute that is closed.
    """
    fields = decode(row)
    _check_open(fields)
    changed = kept(DisputeState(_verdict=None, _verdict_at=None))
    if _is_inquiry(fields):
        changed |= _escalated(scope, row, fields) if verdict == ESCALATING else {"status": "warning_closed"}
    elif verdict == WINNING:
        changed |= _won(scope, row, fields)
    elif verdict == LOSING:
        changed |= {"status": "lost", "is_charge_refundable": False}
    return objects.change(scope, NAME, row, **changed)


def _won(scope: Scope, row: Row[bytes], fields: Fields) -> Fields:
    """The amount comes back, the fee does not (observed since December 2024)."""
    first = cast("list[Fields]", fields.get("balance_transactions", []))[0]
    movement = Movement(
        "dispute_reversal",
        -cast("int", first["amount"]),
        str(first["currency"]),
        row.id,
        f"Chargeback reversal for {fields['charge']}",
        available_on=calendar.available_on(scope.sandbox, scope.owner, scope.now),
    )
    return {"status": "won", "is_charge_refundable": True, **_with_transaction(scope, fields, movement)}


def _escalated(scope: Scope, row: Row[bytes], fields: Fields) -> Fields:
    kind = KINDS["fraudulent"]
    charge = objects.get(scope, "charge", str(fields["charge"]))
    return {
        **_withdrawn(scope, fields, row.id),
        "status": kind.status,
        "is_charge_refundable": False,
        "evidence_details": _details(scope.now, kind),
        "payment_method_details": _method(decode(charge), kind) if charge else None,
    }


# --- the resource -------------------------------------------------------------------------------------------------


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """A dispute. All names of the evidence show, and the balance transactions have the status of this moment."""
    body = render(NAME, frozenset(), sandbox, row, now)
    kind = hash_of(Ref("dispute_evidence"), {})
    details = cast("Fields", body["evidence_details"])
    transactions = cast("list[Fields]", body["balance_transactions"])
    return {
        **body,
        "balance_transactions": [_at(each, now) for each in transactions],
        "evidence": filled(kind, cast("Fields", body["evidence"])) if kind else body["evidence"],
        "evidence_details": {**details, "past_due": cast("int", details["due_by"]) < now and _is_due(body)},
    }


def _is_due(body: Fields) -> bool:
    return body["status"] in OPEN


def _at(transaction: Fields, now: int) -> Json:
    return {**transaction, "status": "available" if cast("int", transaction["available_on"]) <= now else "pending"}


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of a change, as Stripe orders them: money before the end."""
    before = diff.render(resource, diff.before, diff.then) if diff.before else None
    after = diff.render(resource, diff.after, diff.now) if diff.after else None
    if after is None or before == after:
        return
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    for name in _types(before or {}, after):
        yield snapshot(f"charge.dispute.{name}", account, before if name == "updated" else None, after)


def _types(before: Fields, after: Fields) -> Iterator[str]:
    moved = len(cast("list[Json]", after["balance_transactions"])) - len(
        cast("list[Json]", before.get("balance_transactions", []))
    )
    ended = after["status"] in CLOSED and before.get("status") not in CLOSED
    if not before:
        yield "created"
    elif not ended:
        yield "updated"
    if moved:
        yield "funds_reinstated" if after["status"] == "won" else "funds_withdrawn"
    if ended:
        yield "closed"


def _of_charge(call: Call) -> Row[bytes]:
    """The dispute of the charge in the path. Raises StripeError."""
    charge = objects.get(call.scope, "charge", call.path["charge"])
    if charge is None:
        raise errors.no_such("charge", call.path["charge"], "charge", 404)
    row = objects.get(call.scope, NAME, cast("str | None", decode(charge).get("dispute")))
    if row is None:
        raise errors.no_dispute(charge.id)
    return row


def _show_of_charge(call: Call) -> Json:
    return DISPUTES.respond(call, _of_charge(call))


def _update_of_charge(call: Call) -> Json:
    return _changed_of_charge(call, DISPUTES.update)


def _close_of_charge(call: Call) -> Json:
    return _changed_of_charge(call, DISPUTES.actions["close"])


def _changed_of_charge(call: Call, change: Callable[[Call, Row[bytes]], bytes] | None) -> Json:
    row = _of_charge(call)
    return DISPUTES.respond(call, verbs.put(DISPUTES, call, row, change(call, row)) if change else row)


def _list(call: Call) -> Json:
    return paging.counted(call, verbs.listing(DISPUTES, verbs.Place(), call), "charge")


DISPUTES: Stored = stored(
    NAME,
    "du",
    private=DisputeState,
    absent=["payment_method_details"],
    request_only=["submit"],
    unknown=by_request("charge", {"amount": 2000, "currency": "usd", "source": "tok_createDispute"}, prefix="du"),
    filters=["charge", "payment_intent"],
    update=_updated,
    actions={"close": _closed},
    verbs={"list": _list},
    endpoints={
        "GetChargesChargeDispute": _show_of_charge,
        "PostChargesChargeDispute": _update_of_charge,
        "PostChargesChargeDisputeClose": _close_of_charge,
    },
    render=_render,
    events=_events,
    timer=_due,
    elapse=_decide,
)
RESOURCES = (DISPUTES,)
