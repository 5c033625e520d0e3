"""The subscription of a checkout session: its payment, and how it begins once that has succeeded."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import cast

from emulator.model.asking import requests
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import automatic_tax
from emulator.resources.billing.checkout import items
from emulator.resources.billing.checkout.kept import payer_of, subscription_data, tax_rates
from emulator.resources.billing.invoices import payments
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json

SUBSCRIPTION, CREATION = "subscription", "Subscription creation"  # the latter describes the payment (observed)
# The parameters of the subscription that the session keeps for it.
GIVEN = (
    "application_fee_percent",
    "billing_cycle_anchor",
    "billing_mode",
    "default_tax_rates",
    "description",
    "invoice_settings",
    "metadata",
    "on_behalf_of",
    "proration_behavior",
    "transfer_data",
    "trial_end",
    "trial_period_days",
    "trial_settings",
)


def _customer(session: Mapping[str, Json]) -> Json:
    return payer_of(session).get("customer")


def due(scope: Scope, session: Row[bytes]) -> int:
    """The amount due at the beginning of a subscription, which is made and undone for that. Raises StripeError.

    It is the total of the session, unless the customer has a balance or pending items, or the anchor cuts the period.
    """
    fields, changes = shared(session), scope.sandbox.changes
    before = len(changes)
    try:
        sent = {**_given(scope, fields), "customer": _customer(fields), "payment_behavior": "default_incomplete"}
        row = requests.create(scope, SUBSCRIPTION, sent)
        invoice = objects.get(scope, "invoice", str(shared(row).get("latest_invoice") or ""))
        return integer(shared(invoice), "amount_due") if invoice is not None else 0
    finally:
        changes.undo(before)


def payment(session: Shared, total: int) -> Fields:
    """The parameters of the payment intent of a session, which pays the first invoice."""
    data = subscription_data(session)
    fee, transfer = data.get("application_fee_percent"), hash_in(data, "transfer_data")
    share = transfer.get("amount_percent")
    return {
        "amount": total,
        "application_fee_amount": _share(total, fee) or None,
        "capture_method": "automatic",
        "currency": session["currency"],
        "customer": _customer(session),
        "description": CREATION,
        "on_behalf_of": data.get("on_behalf_of"),
        "payment_method_options": session.get("payment_method_options"),
        "payment_method_types": session["payment_method_types"],
        "setup_future_usage": "off_session",
        "transfer_data": {
            "destination": transfer["destination"],
            **({"amount": _share(total, share)} if share else {}),
        }
        if transfer
        else None,
    }


def _share(total: int, percent: Json) -> int:
    return int(total * float(str(percent)) / 100 + 0.5) if percent else 0


def set_up(session: Shared) -> Fields:
    """The parameters of the setup intent of a session whose subscription is free at first."""
    return {
        "customer": _customer(session),
        "payment_method_types": session["payment_method_types"],
        "usage": "off_session",
    }


def subscribe(scope: Scope, session: Row[bytes], intent: Row[bytes] | None) -> Fields:
    """Begin the subscription of a session, whose first invoice an intent has paid, and return what the session shows.

    Raises StripeError.
    """
    fields = shared(session)
    customer = str(_customer(fields))
    method = shared(intent).get("payment_method") if intent is not None else None
    sent: Fields = {**_given(scope, fields), "customer": customer, "default_payment_method": method}
    paid_by = intent.id if intent is not None and intent.id.startswith("pi_") else None
    with payments.prepaid(scope, customer, paid_by) if paid_by else nullcontext():
        row = requests.create(scope, SUBSCRIPTION, sent)
    subscription = shared(row)
    paid: Fields = {} if intent is not None else {"payment_status": "no_payment_required"}
    return {**paid, SUBSCRIPTION: row.id, "invoice": subscription.get("latest_invoice")}


def _given(scope: Scope, session: Shared) -> Fields:
    """The parameters of the subscription."""
    data = subscription_data(session)
    found = items.of(session)
    recurring: list[Json] = [_item(each) for each in found if items.is_recurring(each)]
    once: list[Json] = [_item(each) for each in found if not items.is_recurring(each)]
    discounts = cast("list[Fields]", session.get("discounts") or [])
    taxed = automatic_tax.is_on(session) and automatic_tax.is_located(scope, _customer(session))
    return {
        **({automatic_tax.NAME: {"enabled": True}} if taxed else {}),
        **{name: data[name] for name in GIVEN if data.get(name) not in (None, "")},
        "items": recurring,
        "add_invoice_items": once or None,
        "discounts": [{name: value for name, value in each.items() if value} for each in discounts] or None,
        "payment_behavior": "allow_incomplete",
    }


def _item(item: Fields) -> Fields:
    found: Fields = {
        "price": hash_in(item, "price")["id"],
        "quantity": item.get("quantity"),
        "tax_rates": tax_rates(item),
    }
    return {name: value for name, value in found.items() if value}
