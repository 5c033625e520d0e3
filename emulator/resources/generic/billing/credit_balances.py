"""Billing credits: the balance of a customer is the sum of its grants, as no usage is billed."""

from __future__ import annotations

from collections.abc import Iterator

from emulator import errors
from emulator.resources.billing.base.amounts import LARGEST
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import Additions, hash_in, integer, of_id
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.schema.trees import hash_at
from emulator.store.table import Row
from emulator.wire.json import Json

GRANT, SUMMARY = "billing.credit_grant", "billing.credit_balance_summary"


def _summary(call: Call) -> Json:
    """GET /v1/billing/credit_balance_summary. Raises StripeError."""
    customer = str(call.params.get("customer") or "")
    if not customer:
        raise errors.missing_param(("customer",))
    of_id(call, "customer", customer, "customer")
    sums: dict[str, int] = {}
    for grant in _valid(call, customer):
        money = hash_in(hash_in(grant, "amount"), "monetary")
        currency = str(money.get("currency"))
        sums[currency] = sums.get(currency, 0) + integer(money, "value")
    if any(value > LARGEST for value in sums.values()):
        raise errors.number_out_of_range()
    balances: list[Json] = [_balance(currency, value) for currency, value in sums.items()]
    return {
        "object": SUMMARY,
        "balances": balances,
        "customer": customer,
        "customer_account": None,
        "livemode": call.sandbox.livemode,
    }


def _balance(currency: str, value: int) -> Json:
    amount: Json = {"monetary": {"currency": currency, "value": value}, "type": "monetary"}
    return {"available_balance": amount, "ledger_balance": amount}


def _valid(call: Call, customer: str) -> Iterator[Fields]:
    """The grants of a customer, neither void nor expired, or the one that a filter names. Raises StripeError."""
    named = hash_at(call.params, "filter").get("credit_grant")
    rows: Iterator[Row[bytes]] = call.sandbox.table(GRANT).newest(call.owner)
    found = [of_id(call, GRANT, str(named), "filter[credit_grant]")] if named else rows
    for grant in map(decode, found):
        until = grant.get("expires_at")
        over = isinstance(until, int) and until <= call.now
        if grant.get("customer") == customer and not grant.get("voided_at") and not over:
            yield grant


ADDITIONS = {SUMMARY: Additions(verbs={"show": _summary})}
