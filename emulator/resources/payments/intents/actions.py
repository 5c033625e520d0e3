"""The actions of both intents that wait for their customers."""

from __future__ import annotations

from typing import Literal

from emulator.resources import objects
from emulator.resources.endpoint import Scope
from emulator.resources.payments.intents import confirm, setup_confirm
from emulator.resources.payments.intents.states import PAYMENT, SETUP
from emulator.store.table import Row

Outcome = Literal["succeeded", "failed"]
KINDS = (PAYMENT, SETUP)


def complete_3ds(scope: Scope, identifier: str, outcome: Outcome) -> Row[bytes] | None:
    """Do what the customer of an intent has to do: authenticate it, or authorize it with a bank or a wallet, or fail.

    Returns the intent as it is then, None where there is none of this id.
    """
    row = find(scope, identifier)
    if row is None:
        return None
    if kind_of(identifier) == SETUP:
        return setup_confirm.complete(scope, row, outcome)
    return confirm.complete(scope, row, outcome)


def find(scope: Scope, identifier: str) -> Row[bytes] | None:
    """The intent of an id."""
    return objects.get(scope, kind_of(identifier), identifier)


def kind_of(identifier: str) -> str:
    """`setup_intent` or `payment_intent`, by an id."""
    return SETUP if identifier.startswith("seti_") else PAYMENT
