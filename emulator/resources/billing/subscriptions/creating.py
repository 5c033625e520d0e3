"""New subscriptions: their fields from a request, and their beginning."""

from __future__ import annotations

from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.modes import billing_mode
from emulator.resources.billing.products.line_items import discounts_of, rates_of
from emulator.resources.billing.subscriptions.checks import check_currency, check_new, check_prices
from emulator.resources.billing.subscriptions.first_invoices import begun, needs_method
from emulator.resources.billing.subscriptions.items import (
    SUBSCRIPTION,
    due_at_once,
    items_of,
    new_item,
    with_id,
    with_period,
)
from emulator.resources.billing.subscriptions.requests import named_items, prices_of, trial_end_of, whole
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import FRESH, declared, integer
from emulator.resources.resource import Fields
from emulator.resources.stored import decode, encode, shared
from emulator.store.table import Row

# Parameters of creates and updates that no response shows.
REQUEST_ONLY = (
    "add_invoice_items",
    "backdate_start_date",
    "off_session",
    "payment_behavior",
    "proration_behavior",
    "proration_date",
    "trial_from_plan",
    "trial_period_days",
)


def create(call: Call, sent: Fields) -> Fields:
    """The fields of a new subscription, whose items have no ids yet. Raises StripeError."""
    customer = call.params.get("customer") or call.path.get("customer")
    scope = clocks.scope_of_customer(call.scope, customer)
    check_new(call, scope.now)
    prices = prices_of(call, named_items(call))
    mode, currency = billing_mode(call, scope.now), str(prices[0]["currency"])
    check_prices(prices, mode)
    check_currency(call.scope, customer, currency)
    fields: Fields = {
        **whole({**sent, "customer": customer}),
        FRESH: True,
        "billing_mode": mode,
        "currency": currency,
        "discounts": discounts_of(call, call.params, customer=customer),
        "items": _items(call, prices, scope.now),
        "start_date": integer(call.params, "backdate_start_date", scope.now),
        "test_clock": _clock_of(call, customer),
        **_beginning(call, prices, scope.now),
    }
    due = 0 if fields["trial_end"] or call.params.get("schedule") else due_at_once(fields)
    needs_method(call, fields, due)
    return fields


def _clock_of(call: Call, customer: object) -> str | None:
    row = call.sandbox.table("customer").get(call.owner, str(customer))
    found = shared(row).get("test_clock") if row is not None else None
    return found if isinstance(found, str) else None


def _items(call: Call, prices: list[Fields], now: int) -> list[Fields]:
    return [
        new_item(now, price, each, rates_of(call, each, f"items[{place}]"))
        for place, (price, each) in enumerate(zip(prices, named_items(call), strict=True))
    ]


def _beginning(call: Call, prices: list[Fields], now: int) -> Fields:
    """The anchor, the trial and the first state."""
    trial = trial_end_of(call, prices, now)
    return {
        "billing_cycle_anchor": trial or now,
        "status": "trialing" if trial else "active",
        "trial_end": trial,
        "trial_start": now if trial else None,
    }


def begin(call: Call, row: Row[bytes]) -> Row[bytes]:
    """A new subscription with ids and periods of its items, and its first invoice. Raises StripeError."""
    fields = {name: value for name, value in decode(row).items() if name != FRESH}
    scope = clocks.scope_of(call.scope, fields)
    anchor, trial = integer(fields, "billing_cycle_anchor"), integer(fields, "trial_end")
    fields["items"] = [
        with_period(with_id(scope, row.id, item), anchor, scope.now, trial or None) for item in items_of(fields)
    ]
    after = begun(call, row, fields, items_of(fields))
    parent, data = str(fields["customer"]), encode(after)
    begun_row = row._replace(parent=parent, created=scope.now, data=data, keys=declared(SUBSCRIPTION).keys(data))
    call.sandbox.table(SUBSCRIPTION).put(begun_row)
    return begun_row
