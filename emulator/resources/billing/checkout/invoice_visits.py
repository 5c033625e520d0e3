"""Visits of the page of an invoice: its customer pays it by card."""

from __future__ import annotations

from typing import cast

from emulator.model.asking.requests import call_of
from emulator.model.declaration.endpoint import Scope
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import clocks
from emulator.resources.billing.invoices import collection
from emulator.resources.billing.invoices.drafts import CUSTOMER, INVOICE
from emulator.resources.payments.methods import payment_methods
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.form import Tree


@step("pay_invoice")
def pay(sandbox: Sandbox, invoice: str, entered: Tree, url: str) -> str:
    """Charge a card, and return what is wrong, empty if the invoice is paid. Raises LookupError and StripeError.

    `url` is that of the page, to which a bank returns. A decline is an outcome, and raises nothing.
    """
    known: Row[bytes] | None = sandbox.table(INVOICE).find(invoice)
    if known is None:
        raise LookupError(f"This sandbox has no invoice {invoice[:100]}")
    outside = Scope(sandbox, known.owner, sandbox.clock.now())
    scope = clocks.scope_of_customer(outside, shared(known).get(CUSTOMER))
    row = objects.existing(scope, INVOICE, invoice)
    method = payment_methods.from_data(call_of(scope.outside, {}, publishable=True), cast("Params", entered))
    found = collection.attempt(scope, row, method.id, off_session=False, return_url=url)
    if found.error is not None and not found.error.body.changes_stay:
        raise found.error
    return found.error.body.message if found.error is not None else ""
