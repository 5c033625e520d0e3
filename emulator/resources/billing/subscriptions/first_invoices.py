"""The first invoice of a subscription: its lines and payment, and the first state of the subscription."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from emulator import errors
from emulator.errors import StripeError
from emulator.resources import objects
from emulator.resources.billing.products.line_items import inherited, product_name
from emulator.resources.billing.subscriptions.items import is_metered
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import added, hash_in, integer
from emulator.resources.generic.billing.charging import charged, method_of, prepared
from emulator.resources.generic.billing.invoice_lines import line_of_subscription, with_lines
from emulator.resources.generic.billing.invoices import DEFAULTS, finalized, owned
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.store.table import Row
from emulator.wire.json import Json

INVOICE, DAY = "invoice", 86_400
SEND = "send_invoice"
DESCRIPTION = "Subscription creation"


def needs_method(call: Call, fields: Fields, due: int) -> None:
    """Refuses a subscription that is charged at once without a payment method. Raises StripeError."""
    automatic = fields.get("collection_method", "charge_automatically") != SEND
    if call.sandbox.settings.unknown_ids == "create":
        return  # customers that nobody created have no payment method
    waits = call.params.get("payment_behavior") == "default_incomplete"
    if due and automatic and not waits and method_of(call, fields, customer=fields.get("customer")) is None:
        raise errors.customer_without_payment_method()


def begun(call: Call, row: Row[bytes], fields: Fields, items: Sequence[Fields]) -> Fields:
    """A new subscription with its first invoice, in the state that follows. Raises StripeError."""
    _set_currency(call, fields)
    invoice = _draft(call, row, fields, items)
    draft = decode(invoice)
    latest: Fields = {**fields, "latest_invoice": invoice.id}
    if fields.get("collection_method") == SEND or fields.get("schedule"):
        return latest
    opened = finalized(call, invoice, draft)
    if opened["status"] == "paid":
        _store(call, invoice, opened)
        return latest
    if call.params.get("payment_behavior") == "default_incomplete":
        _store(call, invoice, prepared(call, invoice, opened, DESCRIPTION))
        return {**latest, "status": "incomplete"}
    return _charged(call, invoice, opened, latest)


def _set_currency(call: Call, fields: Fields) -> None:
    """The first subscription of a customer decides the customer's currency (observed)."""
    customer = objects.get(call.scope, "customer", str(fields.get("customer") or ""))
    if customer is not None and not decode(customer).get("currency"):
        objects.change(call.scope, "customer", customer, currency=fields.get("currency"))


def _charged(call: Call, invoice: Row[bytes], opened: Fields, latest: Fields) -> Fields:
    method = method_of(call, latest, customer=latest.get("customer"))
    if method is None:
        _store(call, invoice, opened)
        return latest
    try:
        after = charged(call, invoice, opened, method, DESCRIPTION)
    except StripeError as error:
        if not error.body.changes_stay:
            raise
        if call.params.get("payment_behavior") == "error_if_incomplete":
            raise _final(error) from None
        return {**latest, "status": "incomplete"}
    _store(call, invoice, after)
    return {**latest, "status": "active" if after["status"] == "paid" else "incomplete"}


def _final(error: StripeError) -> StripeError:
    """The error of a request whose changes are undone."""
    if error.body.code == "invoice_payment_intent_requires_action":
        return errors.subscription_requires_action()
    return StripeError(replace(error.body, changes_stay=False, details=_without_intent(error.body.details)))


def _without_intent(details: Sequence[tuple[str, Json]]) -> tuple[tuple[str, Json], ...]:
    return tuple((name, value) for name, value in details if name not in ("charge", "payment_intent"))


def _store(call: Call, invoice: Row[bytes], fields: Fields) -> None:
    objects.change(call.scope, INVOICE, invoice, **fields)


def _draft(call: Call, row: Row[bytes], fields: Fields, items: Sequence[Fields]) -> Row[bytes]:
    """The first invoice, as a draft: a line for each item that is not metered."""
    trial = bool(fields.get("trial_end"))
    lines = [_line(call, item, free=trial) for item in items if not is_metered(hash_in(item, "price"))]
    details: Json = {"metadata": fields.get("metadata") or {}, "subscription": row.id}
    days = fields.get("days_until_due")
    draft: Fields = {
        **DEFAULTS,
        **owned(call, str(fields.get("customer"))),
        "billing_reason": "subscription_create",
        "collection_method": fields.get("collection_method", "charge_automatically"),
        "currency": fields.get("currency"),
        "customer": fields.get("customer"),
        "default_payment_method": fields.get("default_payment_method"),
        "default_tax_rates": fields.get("default_tax_rates") or [],
        "discounts": fields.get("discounts") or inherited(call, fields.get("customer")),
        "due_date": call.now + days * DAY if isinstance(days, int) else None,
        "metadata": {},
        "parent": {"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        "period_end": call.now,
        "period_start": call.now,
        "rendering": None,
        "status": "draft",
        "status_transitions": dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
        "webhooks_delivered_at": call.now,
    }
    return added(call, INVOICE, with_lines(call, draft, lines))


def _line(call: Call, item: Fields, *, free: bool) -> Fields:
    """The line of an item for its first period; a trial is free (observed)."""
    price = hash_in(item, "price")
    name = product_name(call, price)
    start, end = integer(item, "current_period_start"), integer(item, "current_period_end")
    line = line_of_subscription(call, item, name, start, end)
    if not free:
        return line
    pricing = {**hash_in(line, "pricing"), "unit_amount_decimal": "0"}
    described = f"Free trial for {integer(item, 'quantity', 1)} \u00d7 {name}"
    return {**line, "amount": 0, "subtotal": 0, "pricing": pricing, "description": described}
