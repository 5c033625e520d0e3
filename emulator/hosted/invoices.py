"""The page of an invoice, at its `hosted_invoice_url`, and the PDF documents of invoices and credit notes.

GET shows the page, POST of its form pays the invoice by card. A payment that the customer must authenticate goes to the
page of the bank, which returns here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from emulator.errors import StripeError
from emulator.events import Origin, Transaction, catch_up
from emulator.hosted import checkout_form, inputs, invoice_page, responses, statements, validation
from emulator.hosted.checkout_form import TEST_CARD
from emulator.hosted.invoice_page import Shown
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.side_tables import Index
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import clocks, documents
from emulator.resources.billing.checkout import invoice_visits
from emulator.resources.billing.invoices import payments, urls
from emulator.resources.billing.invoices.drafts import CUSTOMER, INVOICE
from emulator.resources.billing.invoices.finalization import TOKENS
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.schema.trees import hash_in
from emulator.store.table import Row
from emulator.wire import pdf
from emulator.wire.form import Tree

PATHS = (urls.PAGE, urls.PDF, urls.NOTE)
METHODS = ("GET", "HEAD", "POST")
_NAMELESS = re.compile(r"[^\w.-]", re.ASCII)  # characters that names of files lack: an account chooses the number


async def respond(sandboxes: Sandboxes, request: Request, values: Mapping[str, str] | None) -> Response:
    """The page, the response to its form, or a document."""
    path = str(request.scope["path"])
    allowed = METHODS if path.startswith(urls.PAGE) else METHODS[:2]
    if request.method not in allowed:
        return responses.not_allowed(", ".join(allowed))
    kind, tokens = ("credit_note", urls.NOTES) if path.startswith(urls.NOTE) else (INVOICE, TOKENS)
    found = _found(sandboxes, path, kind, tokens)
    if found is None:
        return responses.message(404, "No such link", "The emulator has no invoice or credit note with this link.")
    await catch_up(found[0])
    if not path.startswith(urls.PAGE):
        return _document(*found, kind)
    visit = Visit(*found, str(request.url))
    if request.method != "POST":
        return visit.show()
    return visit.submit(values) if values is not None else responses.message(413, "Too much was sent", "Go back.")


def _found(sandboxes: Sandboxes, path: str, kind: str, tokens: Index) -> tuple[Sandbox, str, str] | None:
    """The sandbox, the account and the id of an object by the token in its URL."""
    parts = path.split("/")
    token = urls.token_of(parts[3]) if len(parts) > 3 else None
    sandbox = sandboxes.find_by_row(tokens.name, token) if token else None
    row = tokens.row(sandbox, token) if sandbox is not None and token else None
    if sandbox is None or row is None or row.owner != parts[2]:
        return None
    identifier = row.data.decode()
    known = sandbox.table(kind).get(row.owner, identifier)
    return (sandbox, row.owner, identifier) if known is not None else None


def _document(sandbox: Sandbox, owner: str, identifier: str, kind: str) -> Response:
    """The PDF of an invoice or a credit note."""
    scope = Scope(sandbox, owner, sandbox.clock.now())
    shown = _whole(scope, kind, objects.existing(scope, kind, identifier))
    title = "Invoice" if kind == INVOICE else "Credit note"
    name = _NAMELESS.sub("", f"{title.replace(' ', '-')}-{shown['number']}.pdf")
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(pdf.document(title, _rows(scope, shown, kind)), media_type="application/pdf", headers=headers)


def _rows(scope: Scope, shown: Fields, kind: str) -> list[pdf.Row]:
    """The rows of an invoice or a credit note, with the parties of the invoice."""
    invoice = shown if kind == INVOICE else shared(objects.existing(scope, INVOICE, str(shown[INVOICE])))
    seller = documents.seller(scope, invoice.get("account_name"))
    both = documents.Parties(seller, statements.customer(invoice))
    return statements.text(shown, both) if kind == INVOICE else statements.note_text(shown, invoice, both)


def _whole(scope: Scope, kind: str, row: Row[bytes]) -> Fields:
    """An invoice or a credit note with all its lines."""
    shown, stored_lines = objects.shown(scope, kind, row), hash_in(shared(row), "lines")
    return {**shown, "lines": stored_lines}


class Visit:
    """A customer at the page of an invoice, whose address is `url`."""

    def __init__(self, sandbox: Sandbox, owner: str, identifier: str, url: str) -> None:
        self._sandbox = sandbox
        self._owner = owner
        self._identifier = identifier
        self._url = url

    @property
    def _scope(self) -> Scope:
        """The moment as the customer sees it."""
        scope = Scope(self._sandbox, self._owner, self._sandbox.clock.now())
        return clocks.scope_of_customer(scope, shared(objects.existing(scope, INVOICE, self._identifier)).get(CUSTOMER))

    @property
    def _row(self) -> Row[bytes]:
        return objects.existing(self._scope, INVOICE, self._identifier)

    def show(self, status: int = 200, values: Mapping[str, str] | None = None, problem: str = "") -> Response:
        """The page of the invoice, with the values that were entered and the problem of an attempt to pay."""
        scope, row = self._scope, self._row
        shown = Shown(_whole(scope, INVOICE, row), values or {}, problem, self._waits_at() or "")
        return responses.page(status, invoice_page.page(shown))

    def _waits_at(self) -> str | None:
        """The page of the bank where the customer authenticates the payment."""
        intent = payments.open_intent(self._scope, self._identifier)
        action = hash_in(shared(intent), "next_action") if intent is not None else {}
        found = hash_in(action, "redirect_to_url").get("url")
        return str(found) if found else None

    def submit(self, values: Mapping[str, str]) -> Response:
        """The response to the form."""
        action = values.get("action", "pay")
        if action not in ("pay", "pay_test"):
            return responses.message(400, "This cannot be done", "Send action as one of pay, pay_test.")
        if shared(self._row)["status"] not in ("open", "uncollectible"):
            return self.show(410)
        problems = validation.of_card(values) if action == "pay" else {}
        if problems:
            return self.show(400, inputs.Form(values, problems))
        try:
            with Transaction(self._sandbox, Origin(self._sandbox.clock.now())):
                problem = self._pay(TEST_CARD if action == "pay_test" else values)
        except StripeError as error:
            return self.show(400, *validation.form(values, error.body.message, error.body.code))
        if waits := self._waits_at():
            return responses.redirect(waits)
        return self.show(402, values, problem) if problem else responses.redirect(self._url)

    def _pay(self, values: Mapping[str, str]) -> str:
        """Charge a card, and return what is wrong, empty if the invoice is paid. Raises StripeError."""
        entered = cast("Tree", checkout_form.entered({**values, "paymentMethod": "card"})["payment_method_data"])
        return invoice_visits.pay(self._sandbox, self._identifier, entered, self._url)
