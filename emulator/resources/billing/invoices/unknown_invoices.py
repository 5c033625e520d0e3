"""Invoices that nobody created: a draft with the line that a request names, open in later attempts."""

from __future__ import annotations

from emulator.model.asking.requests import create, run
from emulator.model.declaration.endpoint import Scope
from emulator.model.stored import objects
from emulator.model.stored.recipes import Recipe
from emulator.model.stored.stored import decode
from emulator.schema.check import Params

INVOICE = "invoice"


def finalize(scope: Scope, invoice: str) -> None:
    """Finalize a draft, with something to pay. Raises StripeError."""
    fields = decode(objects.existing(scope, INVOICE, invoice))
    if fields.get("status") != "draft":
        return
    if not fields["total"]:
        _bill(scope, invoice)
    run(scope, "PostInvoicesInvoiceFinalize", {}, {INVOICE: invoice})


def finalize_sent(scope: Scope, params: Params) -> None:
    """Finalize the invoice that the parameters of a create name. Raises StripeError."""
    finalize(scope, str(params[INVOICE]))


def _complete(scope: Scope, invoice: str) -> None:
    """Give an invoice the line that the request names, if it names one, and finalize it in later attempts."""
    line = next((text for text in scope.sandbox.unknown_ids.named if text.startswith("il_")), None)
    if line is not None:
        with scope.sandbox.ids.next(["il"], line):
            _bill(scope, invoice)
    if scope.sandbox.unknown_ids.attempt:
        finalize(scope, invoice)


def _bill(scope: Scope, invoice: str) -> None:
    """Give an invoice a line. Raises StripeError."""
    customer = str(decode(objects.existing(scope, INVOICE, invoice))["customer"])
    create(scope, "invoiceitem", {"customer": customer, INVOICE: invoice, "amount": 1000, "currency": "usd"})


RECIPE = Recipe(
    sent={"customer": "@customer"},
    later={"collection_method": "send_invoice", "days_until_due": 30},  # it can be sent
    states=("draft", "open"),
    then=_complete,
)
