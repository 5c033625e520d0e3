"""Credit balance transactions, and the balances that are their sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Fields, Resource
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import CLOCK, shared, stored
from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.amounts import LARGEST
from emulator.resources.billing.base.declarations import long_id
from emulator.schema.check import Params
from emulator.schema.trees import hash_at, hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

GRANT, TRANSACTION, SUMMARY = (
    "billing.credit_grant",
    "billing.credit_balance_transaction",
    "billing.credit_balance_summary",
)
OWNER = "customer"
LONG_DIGITS = 30


class TransactionState(Private, total=False):
    """What a credit balance transaction keeps: the id of its customer."""

    _customer: str


def money(fields: Mapping[str, Json]) -> Fields:
    """The amount of a grant: its currency and value."""
    return hash_in(hash_in(fields, "amount"), "monetary")


# --- transactions -------------------------------------------------------------------------------------------------


def _transactions(scope: Scope, grant: str) -> Iterator[Row[bytes]]:
    rows: Iterator[Row[bytes]] = scope.sandbox.table(TRANSACTION).oldest(scope.owner, parent=grant)
    return rows


def balance(scope: Scope, grant: Row[bytes]) -> int:
    """The rest of a grant."""
    return sum(_signed(shared(row)) for row in _transactions(scope, grant.id))


def _signed(transaction: Mapping[str, Json]) -> int:
    return sum(
        sign * integer(money(hash_in(transaction, side)), "value") for side, sign in (("credit", 1), ("debit", -1))
    )


def is_applied(scope: Scope, grant: Row[bytes]) -> bool:
    """Whether a grant has paid for something."""
    kinds = (hash_in(shared(row), "debit").get("type") for row in _transactions(scope, grant.id))
    return "credits_applied" in kinds


def grant(scope: Scope, row: Row[bytes]) -> None:
    """The transaction of a new grant."""
    _add(scope, row, "credit", integer(money(shared(row)), "value"), {"type": "credits_granted"})


def take(scope: Scope, row: Row[bytes], kind: str) -> None:
    """Takes what is left of a grant that ends."""
    left = balance(scope, row)
    if left > 0:
        _add(scope, row, "debit", left, {"type": kind})


def apply(scope: Scope, row: Row[bytes], amount: int, invoice: str, line: str) -> str:
    """Takes an amount that pays for a line of an invoice, and returns the id of its transaction."""
    applied: Json = {"invoice": invoice, "invoice_line_item": line}
    return _add(scope, row, "debit", amount, {"credits_applied": applied, "type": "credits_applied"})


def give_back(scope: Scope, invoice: str) -> None:
    """Gives back what has paid for an invoice that is void (official)."""
    for row in list(scope.sandbox.table(TRANSACTION).oldest(scope.owner)):
        debit = hash_in(shared(row), "debit")
        applied = hash_in(debit, "credits_applied")
        source = objects.get(scope, GRANT, row.parent) if applied.get("invoice") == invoice else None
        if source is not None:
            kind = "credits_application_invoice_voided"
            _add(scope, source, "credit", integer(money(debit), "value"), {kind: applied, "type": kind})


_NAMES: Mapping[str, str] = {"credit": "credits_application_invoice_voided", "debit": "credits_applied"}


def _add(scope: Scope, row: Row[bytes], side: str, amount: int, more: Fields) -> str:
    fields = shared(row)
    currency = str(money(fields)["currency"])
    own: Fields = {"amount": _amount(currency, amount), _NAMES[side]: None, **more}
    begin = "61" if scope.sandbox.livemode else "test_61"
    identifier = scope.sandbox.ids.random("cbtxn", LONG_DIGITS, begin)
    starts = max(integer(fields, "effective_at"), scope.now)
    whole: Fields = {
        side: dict(sorted(own.items())),
        "credit_grant": row.id,
        "effective_at": starts,
        CLOCK: fields.get(CLOCK),
        "type": side,
        **kept(TransactionState(_customer=str(fields[OWNER]))),
    }
    objects.add(scope, TRANSACTION, identifier, whole, parent=row.id)
    return identifier


def _amount(currency: str, value: int) -> Json:
    return {"monetary": {"currency": currency, "value": value}, "type": "monetary"}


# --- the summary --------------------------------------------------------------------------------------------------


def _show(call: Call) -> Json:
    """GET /v1/billing/credit_balance_summary. Raises StripeError."""
    customer = str(call.params.get(OWNER) or "")
    if not customer:
        raise errors.missing_param((OWNER,))
    of_id(call, OWNER, customer, OWNER)
    scope = clocks.scope_of_customer(call.scope, customer)
    sums: dict[str, int] = {}
    for row in _chosen(call, customer):
        currency = str(money(shared(row))["currency"])
        left = _effective_balance(scope, row)
        if left:
            sums[currency] = sums.get(currency, 0) + left
    if any(value > LARGEST for value in sums.values()):
        raise errors.number_out_of_range()
    balances: list[Json] = [
        {"available_balance": _amount(currency, value), "ledger_balance": _amount(currency, value)}
        for currency, value in sums.items()
    ]
    return {
        "object": SUMMARY,
        "balances": balances,
        "customer": customer,
        "customer_account": None,
        "livemode": call.sandbox.livemode,
    }


def _effective_balance(scope: Scope, row: Row[bytes]) -> int:
    found = (shared(each) for each in _transactions(scope, row.id))
    return sum(_signed(each) for each in found if integer(each, "effective_at") <= scope.now)


def _chosen(call: Call, customer: str) -> Iterator[Row[bytes]]:
    """The grants of a customer that a filter names. Raises StripeError."""
    sent = hash_at(call.params, "filter")
    if sent["type"] == "credit_grant":
        if not sent.get("credit_grant"):
            raise errors.missing_param(("filter", "credit_grant"))
        named = of_id(call, GRANT, str(sent["credit_grant"]), "filter[credit_grant]")
        return iter([named] if named.parent == customer else [])
    wanted = hash_at(sent, "applicability_scope")
    rows: Iterator[Row[bytes]] = call.sandbox.table(GRANT).newest(call.owner, parent=customer)
    return (row for row in rows if not wanted or _is_in(shared(row), wanted))


def _is_in(fields: Mapping[str, Json], wanted: Params) -> bool:
    """Whether a grant is for metered prices, or for one of the prices that a filter names."""
    own = hash_in(hash_in(fields, "applicability_config"), "scope")
    if wanted.get("price_type"):
        return own.get("price_type") == wanted["price_type"]
    ids = {each["id"] for each in list_in(wanted, "prices")}
    return any(each.get("id") in ids for each in list_in(own, "prices"))


def _of_customer(row: Row[bytes], value: object) -> bool:
    return private(TransactionState, shared(row)).get("_customer") == value


def _unknown(scope: Scope, identifier: str, _: str | None) -> Fields:
    source = objects.existing(scope, GRANT, f"credgr_{identifier}")
    return {"credit_grant": source.id, "effective_at": scope.now, "type": "credit"}


TRANSACTIONS = stored(
    TRANSACTION,
    "cbtxn",
    private=TransactionState,
    new_id=long_id("cbtxn"),
    filters=["credit_grant"],
    matches={"customer": _of_customer},
    unknown=_unknown,
)
SUMMARIES: Resource[bytes] = Resource(name=SUMMARY, verbs={"show": _show})
RESOURCES = (TRANSACTIONS, SUMMARIES)
