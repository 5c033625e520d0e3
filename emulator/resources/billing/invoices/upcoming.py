"""`GET /v1/invoices/upcoming`, by which versions before basil preview an invoice."""

from __future__ import annotations

from dataclasses import replace

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import decode
from emulator.resources.billing.base.old_parameters import modern_params
from emulator.resources.billing.invoices.drafts import CUSTOMER
from emulator.resources.billing.invoices.previews import DETAILS, SUBSCRIPTION, preview
from emulator.schema import spec
from emulator.schema.check import Params
from emulator.schema.trees import hash_at
from emulator.wire.json import Json

UPCOMING = "upcoming"  # in place of an id
_FLAT = """
billing_cycle_anchor cancel_at cancel_at_period_end cancel_now default_tax_rates items plan prorate proration_behavior
proration_date quantity resume_at start_date trial_end
"""
_FLAT_NAMES = {f"{SUBSCRIPTION}_{name}": name for name in _FLAT.split()}


def upcoming_params(version: Version) -> spec.Object:
    """The parameters of GET /v1/invoices/{invoice}: versions before basil preview an invoice by it (official).

    Later ones know no invoice of that id, whatever a request asks of it.
    """
    known = catalog.operation("GetInvoicesInvoice").params_in(version).params
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
    details: Params = {**hash_at(sent, DETAILS), **modern_params(flat, _named(call))}
    return preview(replace(call, params={**sent, **({DETAILS: details} if details else {})}))


def _named(call: Call) -> Fields | None:
    """The subscription that a request names. Raises StripeError."""
    named = call.params.get(SUBSCRIPTION)
    return decode(of_id(call, SUBSCRIPTION, str(named), SUBSCRIPTION)) if named else None
