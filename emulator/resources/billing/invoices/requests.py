"""New invoices by request: the parameters, and the draft that they make."""

from __future__ import annotations

from functools import partial

from emulator import errors
from emulator.model.asking.requests import create
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import sent, shared
from emulator.resources.billing.base import automatic_tax, clocks
from emulator.resources.billing.invoices import drafts
from emulator.resources.billing.invoices.drafts import CUSTOMER, INVOICE, RENDERING, SEND
from emulator.resources.billing.invoices.kept import InvoiceState
from emulator.resources.billing.products.line_items import invoice_discounts
from emulator.resources.money.currencies import check_currency
from emulator.resources.money.holders import default_currency
from emulator.schema.check import Params
from emulator.schema.trees import hash_at, hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

SUBSCRIPTION, RATE = "subscription", "shipping_rate"
# Parameters that an invoice does not show under their names, or not without a computation.
# Versions before pull pending items in by default, and refuse an invoice without any (official, observed).
PENDING_UNTIL = "2022-08-01"
REQUEST_ONLY = frozenset(
    """
    application_fee_amount automatically_finalizes_at currency customer customer_details days_until_due discounts
    from_invoice invoice_items pending_invoice_items_behavior preview_mode schedule schedule_details shipping_cost
    subscription subscription_details transfer_data
    """.split()
)
REFUSED = ("from_invoice", "customer_account")  # parameters whose effect is not emulated


def new_draft(call: Call) -> Row[bytes]:
    """The draft of POST /v1/invoices. Raises StripeError."""
    check(call.params)
    automatic_tax.check(call)
    customer = _customer(call)
    check_email(call, customer)
    scope = clocks.scope_of_customer(call.scope, customer)
    pending, currency = _pending(call, scope, customer)
    fields: Fields = {
        "rendering": RENDERING,
        **sent(INVOICE, call, REQUEST_ONLY),
        CUSTOMER: customer,
        "currency": currency,
        "metadata": dict(merged({}, call.params.get("metadata"))),
        "discounts": invoice_discounts(call, customer, customer=customer),
        **of_subscription(call, scope),
        **terms(call),
    }
    check_methods(call, customer, fields)
    if "rendering" in call.params:
        fields["rendering"] = rendering(hash_in(fields, "rendering"))
    if "days_until_due" in call.params:
        fields["days_until_due"] = integer(call.params, "days_until_due")
    if call.params.get("shipping_cost"):
        fields["shipping_cost"] = shipping_cost(call, scope, currency)
    row = drafts.new(scope, fields, drafts.lines_of_items(scope, pending))
    at = call.params.get("automatically_finalizes_at")
    return objects.change(scope, INVOICE, row, **finalizing_at(scope, at)) if isinstance(at, int) else row


def check(params: Params, method: object = None) -> None:
    """Refuse parameters whose effect is not emulated, and invalid dates. Raises StripeError.

    `method` is the collection method where the request has none.
    """
    for name in REFUSED:
        if params.get(name):
            raise errors.param_not_emulated((name,))
    due = params.get("due_date") or params.get("days_until_due")
    sends = params.get("collection_method", method) == SEND
    if sends and not due and method != SEND:
        raise errors.due_date_required()
    if not sends and due:
        raise errors.due_date_without_sending()


def check_email(call: Call, customer: Json) -> None:
    """Refuse to send an invoice to a customer without an email (observed). Raises StripeError."""
    row = objects.get(call.scope, CUSTOMER, str(customer or ""))
    sends = call.params.get("collection_method") == SEND and call.sandbox.settings.unknown_ids == "refuse"
    if sends and row is not None and not shared(row).get("email"):
        raise errors.customer_without_email()


def check_methods(call: Call, customer: Json, fields: Fields) -> None:
    """Refuse a default payment method or source that is not one of the customer. Raises StripeError."""
    for name in ("default_payment_method", "default_source"):
        if call.params.get(name) and call.sandbox.settings.unknown_ids == "refuse":
            row = objects.get(call.scope, "payment_method", str(fields.get(name) or ""))
            if row is None or row.parent != customer:
                raise errors.default_payment_method_not_attached(str(call.params[name]), name)


def _customer(call: Call) -> str:
    """The customer of a request, or that of its subscription. Raises StripeError."""
    identifier = call.params.get(CUSTOMER)
    if not identifier:
        raise errors.missing_param((CUSTOMER,))
    return of_id(call, CUSTOMER, str(identifier), CUSTOMER).id


def _pending(call: Call, scope: Scope, customer: str) -> tuple[list[Row[bytes]], str]:
    """The pending items that a draft takes, and its currency. Raises StripeError.

    The currency is that of the request, of the newest item, also of one that is left (observed), of the customer, or
    the account's own.
    """
    params = call.params
    named = check_currency(str(params["currency"])) if params.get("currency") else None
    known = shared(objects.existing(scope, CUSTOMER, customer)).get("currency")
    subscription = str(params[SUBSCRIPTION]) if params.get(SUBSCRIPTION) else None
    newest = drafts.newest_currency(scope, customer, subscription)
    currency = str(named or newest or known or default_currency(scope.sandbox, scope.owner))
    behavior = params.get("pending_invoice_items_behavior") or _behavior(call)
    if behavior == "exclude":
        return [], currency
    items = drafts.pending(scope, customer, partial(drafts.takes, currency, subscription))
    if behavior == "include_and_require" and not items:
        raise errors.nothing_to_invoice("subscription" if subscription else "customer")
    return items, currency


def _behavior(call: Call) -> str:
    """What a new invoice does with pending items, unless it says so (official: the changelog of 2022-08-01)."""
    if call.version.date < PENDING_UNTIL:
        return "include_and_require"
    return "include" if call.params.get(SUBSCRIPTION) else "exclude"


def of_subscription(call: Call, scope: Scope) -> Fields:
    """The fields of an invoice for a subscription: its period goes to the present moment (observed)."""
    if not call.params.get(SUBSCRIPTION):
        return {}
    row = of_id(call, SUBSCRIPTION, str(call.params[SUBSCRIPTION]), SUBSCRIPTION)
    details: Json = {"metadata": shared(row).get("metadata") or {}, SUBSCRIPTION: row.id}
    items = list_in(hash_in(objects.shown(scope, SUBSCRIPTION, row), "items"), "data")
    starts = [integer(item, "current_period_start", scope.now) for item in items]
    return {
        "parent": {"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        "period_start": min(starts, default=scope.now),
    }


def terms(call: Call) -> Fields:
    """The parameters that an invoice keeps for its payment, and does not show."""
    own, fee = InvoiceState(), call.params.get("application_fee_amount")
    if "application_fee_amount" in call.params:
        own["_application_fee_amount"] = fee if isinstance(fee, int) else None
    if "transfer_data" in call.params:
        own["_transfer_data"] = hash_in(call.params, "transfer_data") or None
    return kept(own)


def rendering(sent_fields: Fields) -> Fields:
    """The rendering of a draft, with the page size that it has by default."""
    return {**sent_fields, "pdf": hash_in(sent_fields, "pdf") or {"page_size": "auto"}}


def finalizing_at(scope: Scope, at: int) -> Fields:
    """The fields of a draft that is finalized at a given time. Raises StripeError."""
    if at <= scope.now:
        raise errors.time_in_the_past("automatically_finalizes_at", at)
    return {"auto_advance": True, "automatically_finalizes_at": at}


def shipping_cost(call: Call, scope: Scope, currency: str) -> Json:
    """The shipping of a request, by a shipping rate or a new one. Raises StripeError."""
    params = hash_at(call.params, "shipping_cost")
    data = params.get("shipping_rate_data")
    if isinstance(data, dict) and params.get(RATE):
        raise errors.exclusive_params([("shipping_cost", RATE), ("shipping_cost", "shipping_rate_data")])
    named = create(call, RATE, data).id if isinstance(data, dict) else params.get(RATE)
    if not named:
        return None
    fields = objects.shown(scope, RATE, of_id(call, RATE, str(named), f"shipping_cost[{RATE}]"))
    fixed = hash_in(fields, "fixed_amount")
    if fixed.get("currency") != currency:
        raise errors.param_not_emulated(("shipping_cost", RATE, "currency_options"))
    amount = integer(fixed, "amount")
    return {"amount_subtotal": amount, "amount_tax": 0, "amount_total": amount, RATE: fields["id"], "taxes": []}
