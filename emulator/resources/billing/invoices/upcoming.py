"""`GET /v1/invoices/upcoming`, by which versions before basil preview an invoice."""

from __future__ import annotations

from dataclasses import replace

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.resources.billing.invoices.drafts import CUSTOMER
from emulator.resources.billing.invoices.previews import DETAILS, SUBSCRIPTION, preview
from emulator.resources.endpoint import Call
from emulator.schema import spec
from emulator.schema.check import Params
from emulator.schema.trees import hash_at
from emulator.wire.json import Json

UPCOMING = "upcoming"  # in place of an id
_FLAT = ("billing_cycle_anchor", "cancel_at", "cancel_at_period_end", "cancel_now", "items", "proration_behavior")
_FLAT_NAMES = {f"{SUBSCRIPTION}_{name}": name for name in (*_FLAT, "proration_date", "trial_end")}


def upcoming_params(_: Version) -> spec.Object:
    """The parameters of GET /v1/invoices/{invoice}: versions before basil preview an invoice by it (official).

    Later ones know no invoice of that id, whatever a request asks of it.
    """
    known = catalog.operation("GetInvoicesInvoice").params.params
    named = catalog.operation("PostInvoicesCreatePreview").params.params
    inner = named[DETAILS].type
    flat = inner.params if isinstance(inner, spec.Object) else {}
    old = {name: flat[inside] for name, inside in _FLAT_NAMES.items() if inside in flat}
    return spec.Object({**named, **old, **known})


def upcoming(call: Call) -> Json:
    """GET /v1/invoices/upcoming. Raises StripeError."""
    if not call.params.get(CUSTOMER) and not call.params.get(SUBSCRIPTION):
        raise errors.upcoming_without_customer()
    flat: Params = {inside: call.params[name] for name, inside in _FLAT_NAMES.items() if name in call.params}
    sent: Params = {name: value for name, value in call.params.items() if name not in _FLAT_NAMES}
    details: Params = {**hash_at(sent, DETAILS), **flat}
    return preview(replace(call, params={**sent, **({DETAILS: details} if details else {})}))
