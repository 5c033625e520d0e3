"""The changes of invoices by themselves: drafts are finalized, invoices are charged again, and become overdue."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import automatic_tax
from emulator.resources.billing.base.clocks import Life
from emulator.resources.billing.invoices import retries
from emulator.resources.billing.invoices.collection import SUBSCRIPTION, collect, method_of
from emulator.resources.billing.invoices.drafts import INVOICE, SEND, subscription_of
from emulator.resources.billing.invoices.events import sent
from emulator.resources.billing.invoices.finalization import finalize, set_delinquent
from emulator.resources.billing.invoices.kept import InvoiceState
from emulator.resources.payments.intents.confirmation import payment_error
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json


def due(row: Row[bytes]) -> Iterator[int]:
    """The seconds at which an invoice changes by itself."""
    fields = shared(row)
    if fields["status"] == "draft" and fields.get("auto_advance"):
        yield from _times(fields.get("automatically_finalizes_at"))
    elif fields["status"] == "open" and fields.get("collection_method") == SEND:
        yield from _times(None if private(InvoiceState, fields).get("_overdue") else fields.get("due_date"))
    elif fields["status"] == "open":
        yield from _times(fields.get("next_payment_attempt"))


def _times(at: object) -> Iterator[int]:
    if isinstance(at, int):
        yield at


def elapse(scope: Scope, row: Row[bytes]) -> None:
    """The changes at such a second."""
    fields = shared(row)
    if fields["status"] == "draft":
        advance(scope, row)
    elif fields.get("collection_method") == SEND:
        objects.change(scope, INVOICE, row, **kept(InvoiceState(_overdue=True)))
        set_delinquent(scope, fields, delinquent=True)
    else:
        charge(scope, row)


def advance(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """A draft that is finalized by itself, and charged or sent. One that cannot be says why, and stays a draft."""
    row = _without_tax(scope, row)
    before = len(scope.sandbox.changes)
    try:
        row = finalize(scope, row)
    except StripeError as error:
        scope.sandbox.changes.undo(before)
        stops = {"automatically_finalizes_at": None, "next_payment_attempt": None}
        return objects.change(scope, INVOICE, row, last_finalization_error=payment_error(error, {}), **stops)
    fields = shared(row)
    if fields["status"] != "open":
        return row
    if fields.get("collection_method") == SEND:
        return objects.change(scope, INVOICE, row, **sent(row))
    return charge(scope, row)


def _without_tax(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """A draft of a subscription of a customer whose place is not known goes on without automatic tax (official)."""
    fields = shared(row)
    subscription = objects.get(scope, SUBSCRIPTION, str(subscription_of(fields) or ""))
    if subscription is None or not automatic_tax.is_on(fields) or automatic_tax.is_located(scope, fields["customer"]):
        return row
    objects.change(scope, SUBSCRIPTION, subscription, automatic_tax=_off(shared(subscription), automatic_tax.UNKNOWN))
    return objects.change(scope, INVOICE, row, automatic_tax=_off(fields, automatic_tax.UNFINISHED))


def _off(fields: Shared, reason: str) -> Json:
    names = dict.fromkeys(hash_in(fields, automatic_tax.NAME))
    return {**names, "disabled_reason": reason, "enabled": False}


def charge(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """An automatic attempt. After a hard decline only the counter runs on, until there is another method (official)."""
    fields = shared(row)
    refused = private(InvoiceState, fields).get("_hard")
    if refused and refused == method_of(scope, fields):
        counted = integer(fields, "attempt_count") + 1
        return objects.change(scope, INVOICE, row, attempt_count=counted, **retries.following(scope, fields))
    return collect(scope, row, automatic=True)


LIFE = Life(INVOICE, due, elapse)
