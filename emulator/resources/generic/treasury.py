"""Treasury: transactions of outbound flows, and reversals of received credits and debits. No balance changes."""

from __future__ import annotations

from functools import partial

from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.model.stored.objects import added, of_id
from emulator.model.stored.stored import Create, decode
from emulator.resources.generic.base.behaviour import Behaviour
from emulator.schema.trees import integer
from emulator.wire.json import Json

TRANSACTION = "treasury.transaction"
COPIED = ("amount", "currency", "financial_account", "network")


def _sent(flow: str, call: Call, fields: Fields) -> Fields:
    """The fields of a flow that leaves a financial account, and its open transaction."""
    amount = integer(fields, "amount")
    impact: Json = {"cash": -amount, "inbound_pending": 0, "outbound_pending": amount}
    own: Fields = {
        "amount": -amount,
        "balance_impact": impact,
        "currency": fields.get("currency"),
        "description": f"{flow.replace('_', ' ').capitalize()}",
        "financial_account": fields.get("financial_account"),
        "flow_type": flow,
        "status": "open",
        "status_transitions": {"posted_at": None, "void_at": None},
    }
    return {"cancelable": True, **fields, "transaction": added(call, TRANSACTION, own).id}


def _reversed(received: str, call: Call, fields: Fields) -> Fields:
    """The fields of a reversal, copied from the received credit or debit. Raises StripeError for an unknown one."""
    original = decode(of_id(call, f"treasury.{received}", str(call.params[received]), received))
    return {**{name: original.get(name) for name in COPIED}, **fields}


SENT: dict[str, Create] = {
    f"treasury.{flow}": partial(_sent, flow) for flow in ("outbound_payment", "outbound_transfer")
}
BEHAVIOUR = {
    **{name: Behaviour(create=create) for name, create in SENT.items()},
    "treasury.credit_reversal": Behaviour(create=partial(_reversed, "received_credit")),
    "treasury.debit_reversal": Behaviour(create=partial(_reversed, "received_debit")),
}
