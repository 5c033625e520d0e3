"""`/v1/charges`: reading, searching and changing charges, and capturing those that hold money."""

from __future__ import annotations

from typing import cast

from emulator import errors
from emulator.model.answering import verbs
from emulator.model.answering.search import search
from emulator.model.answering.verbs import Place
from emulator.model.asking.requests import by_request
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields, Resource
from emulator.model.stored.stored import decode, rendered, shared, stored
from emulator.resources.payments.charges import engine, legacy, receipts, refunds
from emulator.resources.payments.charges.engine import NAME
from emulator.resources.payments.charges.events import events
from emulator.resources.payments.charges.payment import ChargeState
from emulator.resources.payments.transfers.across import across
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row
from emulator.wire.json import Json

ABSENT = frozenset({"refunds"})  # shown only when it is expanded
# The searchable fields (official). Those of payment methods are below their type.
_OF_METHODS = ("brand", "exp_month", "exp_year", "fingerprint", "last4")
_METHODS = ("card", "card_present", "interac_present", "sepa_debit", "us_bank_account")
SEARCHED = frozenset(
    {
        *"amount billing_details.address.postal_code created currency customer disputed metadata".split(),
        *"refunded status".split(),
        *(f"payment_method_details.{method}.{name}" for method in _METHODS for name in _OF_METHODS),
    }
)


_PAID = {"amount": 2000, "currency": "usd", "source": "tok_visa"}  # of a charge that nobody created


def _create(call: Call) -> Json:
    """POST /v1/charges. Raises StripeError."""
    return CHARGES.respond(call, legacy.charged(call))


def _list(call: Call) -> Json:
    """GET /v1/charges. Raises StripeError, also for an unknown customer."""
    customer = call.params.get("customer")
    customers = registry.resource("customer")
    if isinstance(customer, str) and customers and customers.find(call, customer) is None:
        other = call.sandbox.other_mode_of(customer)
        raise errors.no_such("customer", customer, "customer", other_mode=other)
    return verbs.listing(CHARGES, Place(), call)


def _search(call: Call) -> Json:
    """GET /v1/charges/search. Raises StripeError."""
    return search(call, NAME, SEARCHED, lambda row: CHARGES.respond(call, row))


def _updated(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """Refuse fields that the payment intent decides, and another customer. Raises StripeError."""
    before = decode(row)
    intent, customer = before.get("payment_intent"), before.get("customer")
    if "transfer_group" in call.params and intent:
        raise errors.charge_of_an_intent(str(intent), "transfer_group")
    if "customer" in call.params and customer not in (None, fields["customer"]):
        raise errors.charge_has_customer()
    return fields


def _capture(call: Call) -> Json:
    """POST /v1/charges/{charge}/capture. Raises StripeError."""
    row = verbs.row_of_path(CHARGES, Place("charge"), call)
    fields = decode(row)
    _check_capture(row, fields)
    amount = cast("int | None", call.params.get("amount"))
    if amount is not None and amount > cast("int", fields["amount"]):
        raise errors.capture_too_large()
    if amount is not None and amount < 1:
        raise errors.integer_too_small(("amount",), 1)
    return CHARGES.respond(call, engine.capture(call.scope, row, amount, **legacy.changed_by_capture(call, fields)))


def _refund(call: Call) -> Json:
    """POST /v1/charges/{charge}/refund, the old form, which responds with the charge. Raises StripeError."""
    return CHARGES.respond(call, refunds.of_charge(call))


def _include(call: Call, identifier: str, name: str) -> Json:
    """The refunds of a charge, which show if they are expanded."""
    return refunds.listed(call, identifier) if name == "refunds" else None


def _check_capture(row: Row[bytes], fields: Fields) -> None:
    if fields.get("payment_intent"):
        raise errors.capture_of_an_intent(str(fields["payment_intent"]))
    if fields["status"] == "failed":
        raise errors.charge_failed(row.id)
    if fields.get("captured"):
        raise errors.charge_already_captured(row.id)
    if fields.get("refunded"):
        raise errors.charge_hold_released(row.id)


def _render(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    """A charge. One that has not failed has a receipt."""
    body = rendered(NAME, ABSENT, sandbox, row, shared(row))
    return body if body["status"] == "failed" else {**body, "receipt_url": receipts.url(row.owner, row.id, row.created)}


def _elapse(sandbox: Sandbox, row: Row[bytes], at: int) -> None:
    engine.elapse(Scope(sandbox, row.owner, at), row)


CHARGES: Resource[bytes] = stored(
    NAME,
    "ch",
    noun="charge",
    param="id",
    private=ChargeState,
    render=_render,
    filters=["customer", "payment_intent", "transfer_group"],
    update=_updated,
    params={"create": legacy.create_params},
    verbs={"create": _create, "list": _list, "search": _search, "capture": _capture, "refund": _refund},
    unknown=by_request(NAME, _PAID, {**_PAID, "capture": False}, {**_PAID, "source": "tok_createDispute"}),
    include=_include,
    look_up=across(NAME),
    events=events,
    timer=engine.due_times,
    elapse=_elapse,
)
RESOURCES = (CHARGES,)
