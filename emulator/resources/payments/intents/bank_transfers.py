"""Payments from the cash balance of a customer, and the bank transfers that fill it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.payments.charges.outcomes import number_from
from emulator.resources.payments.intents import states
from emulator.resources.payments.intents.states import PAYMENT
from emulator.resources.payments.methods import customer_balances
from emulator.schema.trees import hash_at
from emulator.store.table import Row
from emulator.wire.json import Json

TYPE = "customer_balance"
ACTION = "display_bank_transfer_instructions"
_HOLDER = "Stripe"
_ADDRESS: Fields = {"city": None, "country": "US", "line1": None, "line2": None, "postal_code": None, "state": None}


def _account(customer: str, digits: int) -> str:
    return str(10 ** (digits - 1) + number_from(customer, "bank transfer", 9 * 10 ** (digits - 1)))


def _holder(name: str = _HOLDER) -> Fields:
    return {"account_holder_address": dict(_ADDRESS), "account_holder_name": name, "bank_address": dict(_ADDRESS)}


def _us(customer: str) -> Fields:
    number: Fields = {"account_number": _account(customer, 12), "account_type": "checking"}
    bank: Fields = {"bank_name": "US Test Bank", "routing_number": "999999999"}
    return {"aba": {**_holder(), **number, **bank}, "supported_networks": ["ach", "domestic_wire_us"], "type": "aba"}


def _eu(customer: str) -> Fields:
    iban: Fields = {"bic": "DEUTDEFFXXX", "country": "DE", "iban": f"DE00{_account(customer, 18)}"}
    return {"iban": {**_holder(), **iban}, "supported_networks": ["sepa"], "type": "iban"}


def _gb(customer: str) -> Fields:
    code: Fields = {"account_number": _account(customer, 8), "sort_code": "000000"}
    return {"sort_code": {**_holder(), **code}, "supported_networks": ["bacs", "fps"], "type": "sort_code"}


def _jp(customer: str) -> Fields:
    bank: Fields = {"bank_code": "0000", "bank_name": "JP Test Bank", "branch_code": "000", "branch_name": "Test"}
    number: Fields = {"account_number": _account(customer, 7), "account_type": "futsu"}
    return {"zengin": {**_holder(), **bank, **number}, "supported_networks": ["zengin"], "type": "zengin"}


def _mx(customer: str) -> Fields:
    clabe: Fields = {"bank_code": "000", "bank_name": "MX Test Bank", "clabe": _account(customer, 18)}
    return {"spei": {**_holder(), **clabe}, "supported_networks": ["spei"], "type": "spei"}


# By currency: the type of the bank transfer, and the account to send the money to (its numbers are our choice).
_TRANSFERS: Mapping[str, tuple[str, Callable[[str], Fields]]] = MappingProxyType(
    {
        "eur": ("eu_bank_transfer", _eu),
        "gbp": ("gb_bank_transfer", _gb),
        "jpy": ("jp_bank_transfer", _jp),
        "mxn": ("mx_bank_transfer", _mx),
        "usd": ("us_bank_transfer", _us),
    }
)


def check(intent: Shared) -> None:
    """Refuse a payment from a balance without a customer, or without a way to fill the balance. Raises StripeError."""
    if not intent.get("customer"):
        raise errors.customer_balance_without_customer()
    options = hash_at(cast("dict[str, object]", intent["payment_method_options"]), TYPE)  # type: ignore[arg-type]
    for name in ("funding_type", "bank_transfer"):
        if not options.get(name):
            raise errors.missing_param(("payment_method_options", TYPE, name))


def instructions(intent: Fields, remaining: int) -> Fields:
    """`next_action` of a payment that waits for a bank transfer."""
    customer, currency = str(intent["customer"]), str(intent["currency"])
    kind, address = _TRANSFERS[currency]
    shown: Fields = {
        "amount_remaining": remaining,
        "currency": currency,
        "financial_addresses": [dict(sorted(address(customer).items()))],
        "hosted_instructions_url": None,
        "reference": _account(customer, 12),
        "type": kind,
    }
    return {"type": ACTION, ACTION: shown}


def take(scope: Scope, identifier: str, intent: Shared, most: int | None = None) -> int:
    """Apply the customer's cash to a payment intent, at most the amount that remains, and return the amount applied."""
    customer, currency = str(intent["customer"]), str(intent["currency"])
    held = cast("int", customer_balances.cash(scope, customer).get(currency, 0))
    taken = min(held, remaining(intent), remaining(intent) if most is None else most)
    if taken > 0:
        applied: Json = {"payment_intent": identifier}
        customer_balances.move_cash(scope, customer, currency, -taken, "applied_to_payment", applied_to_payment=applied)
    return max(taken, 0)


def give_back(scope: Scope, identifier: str, intent: Shared) -> None:
    """Return the cash that a canceled payment intent has taken."""
    funded = states.funded(intent)
    if funded:
        back: Json = {"payment_intent": identifier}
        customer_balances.move_cash(
            scope,
            str(intent["customer"]),
            str(intent["currency"]),
            funded,
            "unapplied_from_payment",
            unapplied_from_payment=back,
        )


def remaining(intent: Shared) -> int:
    """The part of the amount that is not funded."""
    return cast("int", intent["amount"]) - states.funded(intent)


def is_automatic(scope: Scope, customer: str) -> bool:
    """Whether the cash of a customer is applied to payments without a request."""
    row = objects.get(scope, customer_balances.CASH, customer)
    return row is None or decode(row).get("mode") in (None, "automatic")


def is_waiting(intent: Shared) -> bool:
    """Whether a payment intent waits for a bank transfer."""
    action = intent.get("next_action")
    return intent["status"] == states.ACTION and isinstance(action, dict) and action["type"] == ACTION


def waiting(scope: Scope, customer: str, currency: str) -> Iterator[Row[bytes]]:
    """The payment intents of a customer that wait for a bank transfer, the oldest first."""
    for row in reversed([*objects.newest_by(scope, PAYMENT, "customer", customer)]):
        intent = shared(row)
        if intent["currency"] == currency and is_waiting(intent):
            yield row


_TRANSFER = {"funding_type": "bank_transfer", "bank_transfer": {"type": "us_bank_transfer"}}


def of_nobody(scope: Scope, identifier: str, _: str | None) -> Mapping[str, object]:
    """The parameters of a payment that nobody created, which waits for the cash of its customer."""
    return {
        "amount": 2000,
        "confirm": True,
        "currency": "usd",
        "customer": objects.existing(scope, "customer", f"cus_{identifier.rpartition('_')[2]}").id,
        "payment_method_data": {"type": "customer_balance"},
        "payment_method_options": {"customer_balance": _TRANSFER},
        "payment_method_types": ["customer_balance"],
    }
