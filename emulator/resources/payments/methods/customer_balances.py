"""Balances of a customer: the credit that invoices use up, and the cash from bank transfers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from emulator import errors
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Diff, Events, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import decode, encode, stored
from emulator.resources.money.currencies import check_currency
from emulator.resources.payments.methods.method_state import CUSTOMER
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_at
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json

CREDIT, CASH, CASH_MOVE = "customer_balance_transaction", "cash_balance", "customer_cash_balance_transaction"


# --- credit -------------------------------------------------------------------------------------------------------


def adjust(scope: Scope, customer: Row[bytes], amount: int, currency: str, **fields: Json) -> Row[bytes]:
    """Change the balance of a customer, and return the transaction; negative amounts are credit. Raises StripeError.

    A customer has one currency: that of the first transaction.
    """
    known = decode(customer)
    held = known.get("currency")
    if held and held != currency:
        raise errors.customer_currency_differs(str(held))
    balance = cast("int", known["balance"]) + amount
    row = add(scope, customer.id, amount, balance, currency, **fields)
    objects.change(scope, CUSTOMER, customer, balance=balance, currency=currency)
    return row


def add(scope: Scope, customer: str, amount: int, balance: int, currency: str, **fields: Json) -> Row[bytes]:
    """Store a transaction after which the balance of the customer is `balance`."""
    values: Fields = {"amount": amount, "currency": currency, CUSTOMER: customer, "ending_balance": balance}
    identifier = scope.sandbox.ids.in_account("cbtxn", scope.now, scope.owner)
    return objects.add(scope, CREDIT, identifier, {"metadata": {}, **values, **fields}, parent=customer)


def _create(call: Call) -> Json:
    """POST /v1/customers/{customer}/balance_transactions. Raises StripeError."""
    params, customer = call.params, _customer(call)
    currency = check_currency(str(params["currency"]))
    more: Fields = {"metadata": dict(merged({}, params.get("metadata")))}
    if params.get("description"):
        more["description"] = str(params["description"])
    row = adjust(call.scope, customer, cast("int", params["amount"]), currency, **more)
    return objects.shown(call.scope, CREDIT, row)


def _customer(call: Call) -> Row[bytes]:
    """The customer in the path; `param` of an unknown one is `customer` here (observed)."""
    wanted = call.path[CUSTOMER]
    row = objects.row(call.scope, CUSTOMER, wanted)
    if row is None:
        raise errors.no_such(CUSTOMER, wanted, CUSTOMER, 404, call.sandbox.other_mode_of(wanted))
    return row


def _allow(call: Call) -> None:
    _customer(call)


TRANSACTIONS = stored(
    CREDIT,
    "cbtxn",
    noun=CREDIT,
    param="transaction",
    allow=_allow,
    unknown=lambda _, __, parent: {"amount": -500, "currency": "usd", CUSTOMER: parent, "ending_balance": -500},
    verbs={"create": _create},
)


# --- cash ---------------------------------------------------------------------------------------------------------


def cash(scope: Scope, customer: str) -> Fields:
    """The cash of a customer by currency, in minor units."""
    row = objects.get(scope, CASH, customer)
    return cast("Fields", decode(row).get("available") or {}) if row else {}


def move_cash(scope: Scope, customer: str, currency: str, amount: int, kind: str, **details: Json) -> Row[bytes]:
    """Add cash to a customer, or subtract it where `amount` is negative. `details` are those of the kind."""
    held = cash(scope, customer)
    ending = cast("int", held.get(currency, 0)) + amount
    identifier = scope.sandbox.ids.in_account("ccsbtxn", scope.now, scope.owner)
    fields: Fields = {
        "currency": currency,
        CUSTOMER: customer,
        "ending_balance": ending,
        "net_amount": amount,
        "type": kind,
        **details,
    }
    row = objects.add(scope, CASH_MOVE, identifier, fields, parent=customer)
    set_cash(scope, customer, available={**held, currency: ending})
    return row


def set_cash(scope: Scope, customer: str, **changed: Json) -> Row[bytes]:
    """Change the cash balance of a customer."""
    row = objects.get(scope, CASH, customer)
    if row is None:
        return objects.add(scope, CASH, customer, changed, parent=customer)
    return objects.change(scope, CASH, row, **changed)


def _shown_cash(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    """The cash balance. Without a setting of its own, the customer has that of the account."""
    fields = decode(row)
    mode = fields.get("mode")
    return {
        "object": CASH,
        "available": fields.get("available"),
        CUSTOMER: row.id,
        "customer_account": None,
        "livemode": sandbox.livemode,
        "settings": {"reconciliation_mode": mode or "automatic", "using_merchant_default": mode is None},
    }


def _funds_available(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """`cash_balance.funds_available`, where the customer has more cash than before (official)."""
    before = _available(diff.before) if diff.before else {}
    more = diff.after is not None and any(
        amount > max(before.get(currency, 0), 0) for currency, amount in _available(diff.after).items()
    )
    if diff.after is not None and more:
        account = Scope(diff.sandbox, diff.row.owner, diff.now).account
        yield snapshot("cash_balance.funds_available", account, None, diff.render(resource, diff.after, diff.now))


def _available(row: Row[bytes]) -> dict[str, int]:
    return cast("dict[str, int]", decode(row).get("available") or {})


def _updated_cash(call: Call, row: Row[bytes]) -> bytes:
    """POST /v1/customers/{customer}/cash_balance."""
    sent = hash_at(call.params, "settings").get("reconciliation_mode")
    fields = decode(row)
    if sent:
        fields["mode"] = None if sent == "merchant_default" else str(sent)
    return encode(fields)


def _fund(call: Call) -> Json:
    """POST /v1/test_helpers/customers/{customer}/fund_cash_balance. Raises StripeError."""
    customer, currency = _customer(call), check_currency(str(call.params["currency"]))
    amount = cast("int", call.params["amount"])
    if amount < 1:
        raise errors.integer_too_small(("amount",), 1)
    reference = call.params.get("reference")
    transfer = _transfer(currency, str(reference) if reference else None)
    funded: Json = {"bank_transfer": transfer}
    row = move_cash(call.scope, customer.id, currency, amount, "funded", funded=funded)
    registry.happen(call.scope, "cash_balance.funded", customer.id, currency)
    return objects.shown(call.scope, CASH_MOVE, row)


def _transfer(currency: str, reference: str | None) -> Fields:
    """The bank transfer of a currency; a currency without its own type has that of the United States (our choice)."""
    kind = {"eur": "eu", "gbp": "gb", "jpy": "jp", "mxn": "mx"}.get(currency, "us")
    senders: dict[str, Fields] = {
        "eu": {"bic": None, "iban_last4": None, "sender_name": None},
        "gb": {"account_number_last4": None, "sender_name": None, "sort_code": None},
        "jp": {"sender_bank": None, "sender_branch": None, "sender_name": None},
        "us": {"network": "ach", "sender_name": None},
    }
    sender: Fields = {f"{kind}_bank_transfer": senders[kind]} if kind in senders else {}
    return {**sender, "reference": reference, "type": f"{kind}_bank_transfer"}


CASH_BALANCES = Resource[bytes](
    name=CASH,
    noun=CASH,
    render=_shown_cash,
    alone=lambda _: b"{}",
    update=_updated_cash,
    objects=lambda _: (),
    events=_funds_available,
)
CASH_MOVES = stored(
    CASH_MOVE,
    "ccsbtxn",
    noun=CASH_MOVE,
    param="transaction",
    allow=_allow,
    unknown=lambda _, __, parent: {
        "currency": "usd",
        CUSTOMER: parent,
        "ending_balance": 500,
        "funded": {"bank_transfer": _transfer("usd", None)},
        "net_amount": 500,
        "type": "funded",
    },
    verbs={"create": _fund},
    events=Events("customer_cash_balance_transaction.created"),
)
RESOURCES = (TRANSACTIONS, CASH_BALANCES, CASH_MOVES)
