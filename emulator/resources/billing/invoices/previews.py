"""The preview of an invoice: the request is carried out, the invoice that follows is shown, all is undone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from emulator import errors
from emulator.errors import StripeError
from emulator.model.asking.requests import create, run
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import decode, encode, shared
from emulator.resources.billing.base import automatic_tax, clocks
from emulator.resources.billing.base.steps import step
from emulator.resources.billing.invoices import drafts
from emulator.resources.billing.invoices.drafts import CUSTOMER, INVOICE, subscription_of
from emulator.resources.billing.invoices.items import add, amount
from emulator.resources.billing.invoices.kept import InvoiceState
from emulator.resources.billing.invoices.lines import ITEM, lines_of
from emulator.resources.billing.products.line_items import discounts_of, inherited, rates_of
from emulator.resources.money.holders import default_currency
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_at, hash_in, list_in
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

SUBSCRIPTION, DETAILS = "subscription", "subscription_details"
SCHEDULE, PHASES = "subscription_schedule", "schedule_details"
REFUSED = ("customer_account",)
REFUSED_DETAILS = ("billing_schedules", "resume_at", "start_date")
NEVER = ("canceled", "incomplete_expired", "paused")  # states of subscriptions without another invoice
MOST_STEPS = 12  # of a subscription by itself until its next invoice
# The errors of a request that is made for a preview name its parameters, which are inside others here.
_INSIDE = {
    **dict.fromkeys(("billing_cycle_anchor", "cancel_at", "items", "proration_date", "trial_end"), DETAILS),
    **dict.fromkeys(("end_behavior", "phases", "proration_behavior"), PHASES),
}


def preview(call: Call) -> Json:
    """POST /v1/invoices/create_preview. Nothing is stored. Raises StripeError."""
    changes = call.sandbox.changes
    before = len(changes)
    try:
        return _previewed(call)
    except StripeError as error:
        first, bracket, rest = str(error.body.param or "").partition("[")
        if first not in _INSIDE:
            raise
        raise StripeError(replace(error.body, param=f"{_INSIDE[first]}[{first}]{bracket}{rest}")) from None
    finally:
        changes.undo(before)


def _previewed(call: Call) -> Json:
    _check(call)
    if call.params.get("schedule") or call.params.get(PHASES):
        return _shown(call, *_scheduled(call))
    subscription = _subscription(call)
    customer = _customer(call, subscription)
    scope = clocks.scope_of_customer(call.scope, customer)
    if subscription is None:
        subscription = _described(call, scope, customer) or (None if _adds(call) else _renewing(scope, customer))
        latest = None if subscription is None or _describes(call) else _newest(scope, subscription)
    else:
        latest = _newest(scope, subscription)
        subscription = _changed(call, scope, subscription)
    _add_items(call, scope, customer)
    row = _following(scope, subscription, latest) if subscription is not None else _of_items(call, scope, customer)
    if row is None:
        raise errors.no_upcoming_invoice(customer)
    return _shown(call, scope, row)


def _check(call: Call) -> None:
    """Refuse parameters whose effect is not emulated. Raises StripeError."""
    for name in REFUSED:
        if call.params.get(name):
            raise errors.param_not_emulated((name,))
    for name in REFUSED_DETAILS:
        if hash_at(call.params, DETAILS).get(name):
            raise errors.param_not_emulated((DETAILS, name))
    automatic_tax.check(call)
    dated = "proration_date" in hash_at(call.params, DETAILS)
    if dated and not call.params.get(SUBSCRIPTION) and not _describes(call):
        raise errors.preview_of_no_subscription()


def _describes(call: Call) -> bool:
    return bool(list_in(hash_at(call.params, DETAILS), "items"))


def _adds(call: Call) -> bool:
    return bool(call.params.get("invoice_items"))


def _subscription(call: Call) -> Row[bytes] | None:
    named = call.params.get(SUBSCRIPTION)
    return of_id(call, SUBSCRIPTION, str(named), SUBSCRIPTION) if named else None


def _customer(call: Call, subscription: Row[bytes] | None) -> str:
    """The customer of a preview: the one named, that of the subscription, or one that is described."""
    if call.params.get(CUSTOMER):
        return of_id(call, CUSTOMER, str(call.params[CUSTOMER]), CUSTOMER).id
    if subscription is not None:
        return str(shared(subscription)[CUSTOMER])
    if not call.params.get("customer_details"):
        raise errors.preview_without_customer()
    known: Params = {
        name: value
        for name, value in hash_at(call.params, "customer_details").items()
        if name in ("address", "shipping")
    }
    return create(call.scope, CUSTOMER, known).id


# --- subscriptions ------------------------------------------------------------------------------------------------


def _renewing(scope: Scope, customer: str) -> Row[bytes] | None:
    """The subscription of a customer that is invoiced next."""
    table = scope.sandbox.table(SUBSCRIPTION)
    rows = [row for row in table.newest(scope.owner, parent=customer) if shared(row).get("status") not in NEVER]
    return min(rows, key=lambda row: min(_times(row), default=0), default=None)


def _described(call: Call, scope: Scope, customer: str) -> Row[bytes] | None:
    """A new subscription with the items of a request. Raises StripeError."""
    details = hash_at(call.params, DETAILS)
    if not _describes(call):
        return None
    names = ("billing_cycle_anchor", "billing_mode", "cancel_at", "cancel_at_period_end", "default_tax_rates", "items")
    sent = {name: details[name] for name in (*names, "proration_behavior", "trial_end") if name in details}
    known = {CUSTOMER: customer, **sent, "payment_behavior": "default_incomplete", **_off(call)}
    return create(scope.outside, SUBSCRIPTION, known)


def _off(call: Call) -> dict[str, Value]:
    return {"discounts": call.params["discounts"]} if call.params.get("discounts") else {}


def _changed(call: Call, scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """A subscription after the changes of a request. Raises StripeError."""
    details = dict(hash_at(call.params, DETAILS))
    if details.pop("cancel_now", False):
        prorates = details.get("proration_behavior", "create_prorations") != "none"
        ends: Params = {"invoice_now": True, "prorate": prorates}
        return _run(scope, "DeleteSubscriptionsSubscriptionExposedId", ends, row)
    if details:
        waits = {"payment_behavior": "default_incomplete"}
        return _run(scope, "PostSubscriptionsSubscriptionExposedId", {**details, **waits}, row)
    return objects.existing(scope, SUBSCRIPTION, row.id)


def _run(scope: Scope, operation: str, params: Params, row: Row[bytes]) -> Row[bytes]:
    return run(scope.outside, operation, params, {"subscription_exposed_id": row.id})


def _scheduled(call: Call) -> tuple[Scope, Row[bytes]]:
    """The next invoice of a schedule, with the phases of the request where it names some. Raises StripeError."""
    details = dict(hash_at(call.params, PHASES))
    if call.params.get("schedule"):
        row = of_id(call, SCHEDULE, str(call.params["schedule"]), "schedule")
        managed = _managed(call.scope, row.id)
        customer, latest = str(shared(row)[CUSTOMER]), _newest(call.scope, managed) if managed is not None else None
        if details:
            run(call.scope, "PostSubscriptionSchedulesSchedule", details, {"schedule": row.id})
    else:
        customer, latest = _customer(call, None), None
        row = create(call.scope, SCHEDULE, {CUSTOMER: customer, **_begun(details)})
    scope = clocks.scope_of_customer(call.scope, customer)
    _add_items(call, scope, customer)
    found = _following(scope, None, latest, row.id)
    if found is None:
        raise errors.no_upcoming_invoice(customer)
    return scope, found


def _begun(details: Params) -> Params:
    """The parameters of a schedule that begins when its first phase says so, or now."""
    first, *others = list_in(details, "phases") or [{}]
    phases: list[Value] = [{name: each for name, each in first.items() if name != "start_date"}, *others]
    return {**details, "phases": phases, "start_date": first.get("start_date", "now")}


def _managed(scope: Scope, schedule: str) -> Row[bytes] | None:
    """The subscription of a schedule, None before it begins."""
    return objects.get(
        scope, SUBSCRIPTION, str(shared(objects.existing(scope, SCHEDULE, schedule))[SUBSCRIPTION] or "")
    )


def _newest(scope: Scope, row: Row[bytes]) -> Row[bytes] | None:
    """The newest invoice of a subscription."""
    rows = scope.sandbox.table(INVOICE).newest(scope.owner, parent=str(shared(row)[CUSTOMER]))
    return next((each for each in rows if subscription_of(shared(each)) == row.id), None)


def _following(
    scope: Scope, row: Row[bytes] | None, latest: Row[bytes] | None, schedule: str | None = None
) -> Row[bytes] | None:
    """The invoice that a subscription has after `latest`, at once or by itself later; None without one.

    A schedule begins or changes it in the meantime.
    """
    at: int | None = scope.now + 1
    for _ in range(MOST_STEPS):
        row = row or (_managed(scope, schedule) if schedule else None)
        newest = _newest(scope, row) if row is not None else None
        if newest is not None and (latest is None or newest.id != latest.id):
            return newest
        if at is None or (row is not None and shared(row).get("status") in NEVER):
            return None
        schedule = str(shared(row).get("schedule") or "") if row is not None else schedule
        at = step(scope, [(SUBSCRIPTION, row.id if row is not None else None), (SCHEDULE, schedule)], at)
        row = objects.existing(scope, SUBSCRIPTION, row.id) if row is not None else None
    return None


def _times(row: Row[bytes]) -> Iterator[int]:
    yield from registry.declared(SUBSCRIPTION).timer(row)


# --- invoice items ------------------------------------------------------------------------------------------------


def _add_items(call: Call, scope: Scope, customer: str) -> None:
    """The items of the request as pending ones; one that names a pending item changes it. Raises StripeError."""
    for place, each in enumerate(list_in(call.params, "invoice_items")):
        path = f"invoice_items[{place}]"
        fields = _item(call, scope, each, path)
        if each.get(ITEM):
            objects.change(scope, ITEM, of_id(call, ITEM, str(each[ITEM]), f"{path}[{ITEM}]"), **fields)
        else:
            add(scope, {**fields, CUSTOMER: customer})


def _item(call: Call, scope: Scope, sent: Params, path: str) -> Fields:
    priced: Params = {**sent, "pricing": {"price": sent["price"]}} if sent.get("price") else dict(sent)
    if "unit_amount" in priced:
        priced["unit_amount_decimal"] = str(priced.pop("unit_amount"))
    own: Fields = {name: sent[name] for name in ("description", "discountable", "metadata", "period") if name in sent}
    currency = str(sent.get("currency") or call.params.get("currency") or default_currency(scope.sandbox, scope.owner))
    valued = {"amount", "price", "price_data", "unit_amount", "unit_amount_decimal"} & sent.keys()
    found = amount(call, priced, currency) if valued or not sent.get(ITEM) else {}
    return {**own, "tax_rates": list(rates_of(call, sent, path)), "discounts": discounts_of(call, sent), **found}


def _of_items(call: Call, scope: Scope, customer: str) -> Row[bytes] | None:
    """A draft of the pending items of a customer, None without any."""
    newest = str(call.params.get("currency") or drafts.newest_currency(scope, customer) or "")
    found = drafts.pending(scope, customer, partial(drafts.takes, newest, None))
    if not found:
        return None
    fields: Fields = {CUSTOMER: customer, "currency": newest, "discounts": inherited(scope, customer)}
    return drafts.new(scope, fields, drafts.lines_of_items(scope, found))


# --- show ---------------------------------------------------------------------------------------------------------


# The fields of a draft that the invoice may have left behind.
_DRAFT: Fields = {
    "amount_paid": 0,
    "attempted": False,
    "auto_advance": False,
    "automatically_finalizes_at": None,
    "billing_reason": "upcoming",
    "effective_at": None,
    "ending_balance": None,
    "number": None,
    "status": "draft",
    "status_transitions": dict.fromkeys(drafts.STATES),
    "webhooks_delivered_at": None,
    **kept(InvoiceState(_token=None)),
}


def _shown(call: Call, scope: Scope, row: Row[bytes]) -> Json:
    """An invoice as a draft that has not been created."""
    fields = _repriced(call, scope, row)
    named = any(call.params.get(name) for name in (CUSTOMER, "schedule", SUBSCRIPTION))
    fields |= {**_DRAFT, CUSTOMER: fields.get(CUSTOMER) if named else None}
    if automatic_tax.is_on(call.params):
        taxed: Fields = {automatic_tax.NAME: {"disabled_reason": None, **hash_in(call.params, automatic_tax.NAME)}}
        payer: Fields = {**taxed, CUSTOMER: shared(row).get(CUSTOMER)}
        automatic_tax.check_located(scope, payer)
        fields |= {automatic_tax.NAME: automatic_tax.of_bill(scope, payer)}
    fields |= {
        "amount_remaining": fields["amount_due"],
        "next_payment_attempt": row.created + drafts.WAIT if subscription_of(fields) else None,
    }
    upcoming = row._replace(id=f"upcoming_in_{scope.sandbox.ids.token(24)}", data=encode(fields))
    return objects.shown(scope, INVOICE, upcoming)


def _repriced(call: Call, scope: Scope, row: Row[bytes]) -> Fields:
    """The fields with the lines that the mode shows, and the discounts of the request. Raises StripeError."""
    fields = decode(row)
    lines = lines_of(fields)
    kept = [line for line in lines if _recurs(line)] if call.params.get("preview_mode") == "recurring" else lines
    if "discounts" in call.params:
        fields["discounts"] = discounts_of(call, call.params, customer=fields.get(CUSTOMER))
    elif kept == lines:
        return fields
    return drafts.changed(scope, row, fields, kept)


def _recurs(line: Fields) -> bool:
    details = hash_in(hash_in(line, "parent"), "subscription_item_details")
    return bool(details) and not details.get("proration")
