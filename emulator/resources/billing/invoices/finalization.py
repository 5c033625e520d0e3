"""Finalizing an invoice: its number and URLs, the balance of its customer, the payment intent that it waits for."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.declaration.side_tables import Index
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.base import amounts, automatic_tax
from emulator.resources.billing.invoices import lines, payments
from emulator.resources.billing.invoices.drafts import CUSTOMER, INVOICE, remaining
from emulator.resources.billing.invoices.kept import InvoiceState
from emulator.resources.billing.invoices.totals import balanced, ending, with_lines
from emulator.resources.billing.products.line_items import used_up
from emulator.resources.billing.usage import credit_use
from emulator.resources.billing.usage.meter_values import usage
from emulator.resources.payments.methods import customer_balances
from emulator.resources.payments.methods.customers import CustomerState
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

TOKENS = Index("hosted_invoice")  # the ids of invoices by the tokens in their URLs
APPLIED, UNAPPLIED, OVERPAID = "applied_to_invoice", "unapplied_from_invoice", "invoice_overpaid"


def finalize(scope: Scope, row: Row[bytes], *, charged: bool = True) -> Row[bytes]:
    """A draft as an open invoice with a payment intent; one without an amount due is paid. Raises StripeError.

    One that is not `charged` by itself waits for its customer.
    """
    fields = opened(scope, row, charged=charged)
    row = objects.replace(scope, INVOICE, row, fields)
    if not remaining(fields):
        return objects.replace(scope, INVOICE, row, settled(scope, {**fields, "attempted": True}))
    if not fields.get(CUSTOMER):
        return row
    intent = payments.intent_for(scope, row, fields)
    payments.add_intent(scope, row, fields, intent)
    return objects.change(scope, INVOICE, row, **payments.secret_for(intent))


def opened(scope: Scope, row: Row[bytes], *, charged: bool = True) -> Fields:
    """The fields of a draft as an open invoice; the balance of its customer is applied. Raises StripeError."""
    draft = _credited(scope, row.id, _with_usage(scope, decode(row)))
    automatic_tax.check_located(scope, draft)
    rendering = hash_in(draft, "rendering")
    fields: Fields = {
        **draft,
        **balanced(scope, draft),
        **({automatic_tax.NAME: automatic_tax.of_bill(scope, draft)} if automatic_tax.is_on(draft) else {}),
        "automatically_finalizes_at": None,
        "effective_at": draft.get("effective_at") or scope.now,
        "next_payment_attempt": draft.get("next_payment_attempt") if charged else None,
        "number": draft.get("number") or _number(scope, draft.get(CUSTOMER)),
        "rendering": {**rendering, "pdf": {"page_size": "letter"}} if rendering else None,
        "status": "open",
        "status_transitions": {**hash_in(draft, "status_transitions"), "finalized_at": scope.now},
        **kept(InvoiceState(_token=_token(scope, row.id))),
    }
    used_up(scope, fields.get(CUSTOMER), fields.get("discounts"))
    return {**fields, "ending_balance": _apply_balance(scope, row.id, fields)}


def _with_usage(scope: Scope, draft: Fields) -> Fields:
    """A draft with the usage of the periods that it bills, also what was reported after it was made (official)."""
    before = list_in(hash_in(draft, "lines"), "data")
    after: list[Fields] = [_used(scope, line) for line in before]
    return with_lines(scope, draft, after) if after != before else draft


def _used(scope: Scope, line: Mapping[str, Json]) -> Fields:
    details = hash_in(hash_in(line, "parent"), "subscription_item_details")
    row = objects.get(scope, "price", str(hash_in(hash_in(line, "pricing"), "price_details").get("price")))
    period, price = hash_in(line, "period"), amounts.charged(shared(row) if row else {}, str(line["currency"]))
    metered = hash_in(price, "recurring").get("usage_type") == "metered" and details.get("subscription_item")
    if not metered or details.get("proration") or integer(period, "end") > scope.now:
        return dict(line)
    names = {"id": details.get("subscription_item"), "subscription": details.get("subscription")}
    item: Fields = {**names, "price": {**price, "id": row.id if row else None}}
    units = usage(scope, item, integer(period, "start"), integer(period, "end"))
    return dict(line) if units == line["quantity"] else lines.with_usage(scope, dict(line), price, units)


def _credited(scope: Scope, invoice: str, draft: Fields) -> Fields:
    """A draft whose usage is paid by the credit grants of its customer, as far as they go."""
    found = credit_use.applied(scope, invoice, draft)
    return with_lines(scope, draft, found) if found else draft


def settled(scope: Scope, fields: Fields) -> Fields:
    """An invoice with nothing left to pay; its customer is no longer delinquent (official)."""
    set_delinquent(scope, fields, delinquent=False)
    times = {**hash_in(fields, "status_transitions"), "paid_at": scope.now}
    return {
        **fields,
        "amount_paid": integer(fields, "amount_due"),
        "amount_remaining": 0,
        "auto_advance": False,
        "next_payment_attempt": None,
        "status": "paid",
        "status_transitions": times,
    }


def _number(scope: Scope, customer: Json) -> Json:
    """The next number of a customer's invoices, which is counted; none where the customer is not known."""
    row = objects.get(scope, CUSTOMER, str(customer or ""))
    if row is None:
        return None
    known = decode(row)
    sequence = integer(known, "next_invoice_sequence", 1)
    objects.change(scope, CUSTOMER, row, next_invoice_sequence=sequence + 1, **kept(CustomerState(_numbered=sequence)))
    return f"{known['invoice_prefix']}-{sequence:04d}"


def _token(scope: Scope, invoice: str) -> str:
    """The part of an invoice's URLs that stays the same, by which its page is found."""
    token = f"_{scope.sandbox.ids.token(32)}"
    TOKENS.put(scope, token, invoice)
    return token


# --- the balance of the customer ----------------------------------------------------------------------------------


def _apply_balance(scope: Scope, invoice: str, fields: Fields) -> int:
    """Apply the balance of the customer to an invoice, and return what is left of it."""
    left = ending(scope, fields)
    adjust_balance(scope, invoice, fields, left - integer(fields, "starting_balance"), APPLIED)
    return left


def restore_balance(scope: Scope, row: Row[bytes]) -> None:
    """Undo the use of the customer's balance by an invoice, which becomes void (official)."""
    fields = shared(row)
    applied = integer(fields, "ending_balance") - integer(fields, "starting_balance")
    adjust_balance(scope, row.id, fields, -applied, UNAPPLIED)


def adjust_balance(scope: Scope, invoice: str, fields: Shared, amount: int, kind: str) -> None:
    """Change the balance of the customer of an invoice, with a transaction of a kind."""
    customer = objects.get(scope, CUSTOMER, str(fields.get(CUSTOMER) or ""))
    if customer is not None and amount:
        customer_balances.adjust(scope, customer, amount, str(fields["currency"]), type=kind, invoice=invoice)


def set_delinquent(scope: Scope, invoice: Shared, *, delinquent: bool) -> None:
    """Note whether the last change of an invoice was a failure to pay it, for its customer (official)."""
    customer = objects.get(scope, CUSTOMER, str(invoice.get(CUSTOMER) or ""))
    if customer is not None and bool(shared(customer).get("delinquent")) is not delinquent:
        objects.change(scope, CUSTOMER, customer, delinquent=delinquent)
