"""The days on which an invoice that could not be charged is charged again by itself."""

from __future__ import annotations

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored.stored import shared
from emulator.resources.billing.invoices.kept import InvoiceState
from emulator.schema.trees import hash_in
from emulator.store.table import Row
from emulator.wire.timestamps import DAY

RETRY_DAYS = (3, 5, 7)  # after the first attempt (our choice, as Stripe chooses them by a model)
# Declines after which a payment method is not charged again (official).
_HARD = frozenset(
    """
    incorrect_number lost_card pickup_card stolen_card revocation_of_authorization revocation_of_all_authorizations
    authentication_required highest_risk_level transaction_not_allowed
    """.split()
)


def following(scope: Scope, invoice: Shared) -> Fields:
    """The time of the next attempt, after one that failed; after the last, the invoice is exhausted."""
    first = private(InvoiceState, invoice).get("_first_attempt", scope.now)
    times = (first + days * DAY for days in RETRY_DAYS)
    at = next((at for at in times if at > scope.now), None)
    return {"next_payment_attempt": at, **kept(InvoiceState(_first_attempt=first, _exhausted=at is None))}


def hard(intent: Row[bytes] | None) -> InvoiceState:
    """The payment method of a decline after which it is not charged again, to be stored with the invoice."""
    error = hash_in(shared(intent), "last_payment_error") if intent is not None else {}
    refused = bool({error.get("decline_code"), error.get("code")} & _HARD)
    method = hash_in(error, "payment_method").get("id")
    return InvoiceState(_hard=str(method) if refused and method else None)
