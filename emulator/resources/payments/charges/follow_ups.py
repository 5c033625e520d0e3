"""Follow-ups of payments with some test cards and bank accounts: disputes and early fraud warnings."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import private
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.payments.charges.delays import DEBITS
from emulator.resources.payments.charges.payment import ChargeState
from emulator.resources.payments.methods.cards import CARDS
from emulator.store.table import Row

FollowUp = Callable[[Scope, Row[bytes], str], object]
# By the property of a test card or of a bank account, the function that is called with its value once the charge is
# captured, as "module:function". Modules are imported when they are needed, as those of resources are.
FOLLOW_UPS = {"dispute": "disputes:follow", "fraud_warning": "fraud_warnings:follow"}


def run(scope: Scope, charge: Row[bytes]) -> None:
    """Run the follow-ups of a captured charge that its test card or bank account requires."""
    number = private(ChargeState, shared(charge)).get("_number") or ""
    method = CARDS.get(number) or DEBITS.get(number)
    for name, where in FOLLOW_UPS.items() if method else ():
        value = getattr(method, name, None)
        if value:
            current = objects.get(scope, "charge", charge.id)
            _function(where)(scope, current or charge, value)


def _function(where: str) -> FollowUp:
    module, _, name = where.partition(":")
    found: Any = getattr(import_module(f"emulator.resources.payments.charges.{module}"), name)
    return cast("FollowUp", found)
