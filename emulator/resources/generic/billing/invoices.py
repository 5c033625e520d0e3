"""The first fields and the finalization of invoices of subscriptions."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.resources import objects
from emulator.resources.billing.products.line_items import used_up
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import hash_in, integer
from emulator.resources.generic.billing.charging import paid
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.store.table import Row
from emulator.wire.json import Json

INVOICE = "invoice"
# The default fields of a draft (observed).
DEFAULTS: Mapping[str, Json] = {
    "billing_reason": "manual",
    "customer_tax_exempt": "none",
    "customer_tax_ids": [],
    "rendering": {"amount_tax_display": None, "pdf": {"page_size": "auto"}, "template": None, "template_version": None},
    "starting_balance": 0,
}
OWNED = ("address", "email", "name", "phone", "shipping")


def owned(call: Call, customer: str) -> Fields:
    """The fields that an invoice copies from its customer."""
    row = objects.get(call.scope, "customer", customer)
    known = decode(row) if row is not None else {}
    return {f"customer_{name}": known.get(name) for name in OWNED}


def _opened(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    rendering = hash_in(fields, "rendering")
    used_up(call, fields.get("customer"), fields.get("discounts"))
    return {
        **fields,
        "auto_advance": False,
        "automatically_finalizes_at": None,
        "ending_balance": 0,
        "hosted_invoice_url": f"{call.address}/i/{call.owner}/test_{row.id}?s=ap",
        "invoice_pdf": f"{call.address}/invoice/{call.owner}/test_{row.id}/pdf?s=ap",
        "number": fields.get("number") or _number(call, fields.get("customer")),
        "rendering": {**rendering, "pdf": {"page_size": "letter"}} if rendering else None,
    }


def _number(call: Call, customer: Json) -> Json:
    """The next number of a customer's invoices, which is counted; none where the customer is not known."""
    row = objects.get(call.scope, "customer", str(customer or ""))
    if row is None:
        return None
    known = decode(row)
    sequence = integer(known, "next_invoice_sequence", 1)
    objects.change(call.scope, "customer", row, next_invoice_sequence=sequence + 1, _numbered=sequence)
    return f"{known['invoice_prefix']}-{sequence:04d}"


def finalized(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """A draft after it was finalized for another action, with the events of that."""
    times = {**hash_in(fields, "status_transitions"), "finalized_at": call.now}
    opened = _opened(call, row, {**fields, "status": "open", "effective_at": call.now, "status_transitions": times})
    objects.change(call.scope, INVOICE, row, **opened)
    return opened if integer(opened, "amount_due") else paid(call.now, {**opened, "attempted": True})
