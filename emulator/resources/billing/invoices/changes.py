"""POST /v1/invoices/{invoice}: the changes that a draft allows, and those that a finalized invoice does."""

from __future__ import annotations

from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared, updated_fields
from emulator.resources.billing.base import automatic_tax
from emulator.resources.billing.invoices.drafts import INVOICE, advance, changed
from emulator.resources.billing.invoices.lines import lines_of
from emulator.resources.billing.invoices.requests import (
    REQUEST_ONLY,
    check,
    check_email,
    check_methods,
    finalizing_at,
    rendering,
    shipping_cost,
    terms,
)
from emulator.resources.billing.products.line_items import discounts_of
from emulator.resources.billing.products.redemption import Purchase
from emulator.schema.check import Params
from emulator.schema.trees import hash_at, hash_in, integer, merge
from emulator.store.table import Row
from emulator.wire.timestamps import DAY

# The parameters that an update of a finalized invoice may have: the others are for drafts (official).
ALWAYS = frozenset(
    ("auto_advance", "default_payment_method", "default_source", "expand", "metadata", "payment_settings")
)


def update(call: Call, scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """The invoice after an update. Raises StripeError."""
    stored = shared(row)
    fields = updated_fields(INVOICE, call, decode(row), REQUEST_ONLY)
    check_methods(call, stored.get("customer"), fields)
    if stored["status"] != "draft":
        other = next((name for name in call.params if name not in ALWAYS), None)
        if other is not None:
            raise errors.finalized_invoice_field(other)
        return objects.replace(scope, INVOICE, row, fields)
    check(call.params, stored.get("collection_method"))
    automatic_tax.check(call)
    check_email(call, stored.get("customer"))
    after = {**fields, **_computed(call, scope, row)}
    return objects.replace(scope, INVOICE, row, changed(scope, row, after, lines_of(after)))


def _computed(call: Call, scope: Scope, row: Row[bytes]) -> Fields:
    """The fields of a draft that an update changes, beside those that it sends under their names."""
    params, stored = call.params, shared(row)
    found: Fields = terms(call)
    if "auto_advance" in params or "collection_method" in params:
        method = str(params.get("collection_method") or stored.get("collection_method"))
        advancing = bool(params.get("auto_advance", stored.get("auto_advance")))
        found |= advance(scope._replace(now=row.created), {**stored, "collection_method": method}, advancing)
    if isinstance(params.get("automatically_finalizes_at"), int):
        found |= finalizing_at(scope, integer(params, "automatically_finalizes_at"))
    if params.get("days_until_due"):
        found["due_date"] = row.created + integer(params, "days_until_due") * DAY
    if "discounts" in params:
        found["discounts"] = discounts_of(call, params, Purchase(stored.get("customer")), invoice=row.id)
    if "shipping_cost" in params:
        found["shipping_cost"] = shipping_cost(call, scope, str(stored["currency"]))
    if isinstance(params.get("rendering"), dict):
        merged = merge(cast("Params", hash_in(stored, "rendering")), hash_at(params, "rendering"))
        found["rendering"] = rendering(cast("Fields", merged))
    return found
