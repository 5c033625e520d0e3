"""Early fraud warnings: reports of a card network about charges that card holders may dispute."""

from __future__ import annotations

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Events, Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, stored
from emulator.store.table import Row

NAME = "radar.early_fraud_warning"
STOLEN = "made_with_stolen_card"


def warn(scope: Scope, charge: Row[bytes], fraud_type: str = STOLEN, *, actionable: bool = False) -> Row[bytes]:
    """Report a charge as fraud."""
    intent = decode(charge).get("payment_intent")
    new: Fields = {"actionable": actionable, "charge": charge.id, "fraud_type": fraud_type}
    new |= {"payment_intent": intent} if intent else {}
    return objects.add(scope, NAME, scope.sandbox.ids.in_account("issfr", scope.now, scope.owner), new)


def follow(scope: Scope, charge: Row[bytes], fraud_type: str) -> None:
    """Report the charge of a test card, which is not actionable (observed)."""
    warn(scope, charge, fraud_type)


WARNINGS = stored(
    NAME,
    "issfr",
    noun="early fraud warning",
    absent=["payment_intent"],
    filters=["charge", "payment_intent"],
    events=Events("radar.early_fraud_warning.created", "radar.early_fraud_warning.updated"),
)
RESOURCES = (WARNINGS,)
