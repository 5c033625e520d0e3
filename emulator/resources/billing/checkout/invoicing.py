"""The invoice of a payment: a session with `invoice_creation` makes one, which its payment has paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from emulator.model.asking import requests
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.checkout import items
from emulator.resources.billing.checkout.kept import payer_of, tax_rates
from emulator.resources.billing.invoices import collection, payments
from emulator.schema.trees import hash_in
from emulator.store.table import Row
from emulator.wire.json import Json

INVOICE, ITEM = "invoice", "invoiceitem"
COPIED = ("account_tax_ids", "custom_fields", "description", "footer", "issuer", "metadata")


def invoice(scope: Scope, session: Row[bytes], intent: Row[bytes]) -> str:
    """The id of the paid invoice of a session. Raises StripeError."""
    fields = shared(session)
    customer = str(payer_of(fields).get("customer") or fields.get("customer"))
    draft = requests.create(scope, INVOICE, _draft(fields, customer))
    for each in items.of(fields):
        requests.create(scope, ITEM, {**_item(each), "customer": customer, INVOICE: draft.id})
    with payments.prepaid(scope, customer, intent.id):
        collection.attempt(scope, objects.existing(scope, INVOICE, draft.id), off_session=False)
    return draft.id


def _draft(fields: Mapping[str, Json], customer: str) -> Fields:
    """The parameters of the invoice."""
    data = hash_in(hash_in(fields, "invoice_creation"), "invoice_data")
    rate = hash_in(fields, "shipping_cost").get("shipping_rate")
    discounts = cast("list[Fields]", fields.get("discounts") or [])
    return {
        **{name: data[name] for name in COPIED if data.get(name)},
        "customer": customer,
        "currency": fields["currency"],
        "discounts": [{name: value for name, value in each.items() if value} for each in discounts] or None,
        "pending_invoice_items_behavior": "exclude",
        "shipping_cost": {"shipping_rate": rate} if rate else None,
    }


def _item(item: Fields) -> Fields:
    return {
        "pricing": {"price": hash_in(item, "price")["id"]},
        "quantity": item.get("quantity"),
        "tax_rates": tax_rates(item) or None,
    }
