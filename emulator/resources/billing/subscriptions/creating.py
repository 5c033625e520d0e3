"""New subscriptions: their fields from a request, and their beginning, which needs no request."""

from __future__ import annotations

from collections.abc import Sequence

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import CLOCK, clock_of, decode, shared
from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.amounts import charged, in_currency
from emulator.resources.billing.base.modes import billing_mode
from emulator.resources.billing.base.periods import Period
from emulator.resources.billing.base.subscription_state import SubscriptionState, without
from emulator.resources.billing.invoices.requests import check_email
from emulator.resources.billing.products.line_items import rates_of
from emulator.resources.billing.subscriptions.base import anchors, billing, invoice_items, redemptions, trials
from emulator.resources.billing.subscriptions.base.billing import Bill, PaymentOptions, Result
from emulator.resources.billing.subscriptions.base.checks import check_currency, check_method, check_new, check_prices
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION, items_of, new_item, sync, with_id
from emulator.resources.billing.subscriptions.base.requests import (
    named_items,
    prices_of,
    trial_end_of,
    whole,
)
from emulator.resources.billing.subscriptions.base.states import ENDED
from emulator.resources.billing.subscriptions.canceling import at_period_end, at_time
from emulator.schema.trees import integer
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple


class Beginning(NamedTuple):
    """How a subscription begins.

    With `later`, the first invoice stays a draft for an hour, as that of a schedule. `extras` are one-time items of the
    first invoice. Without `prorates`, a first period that is cut short is free.
    """

    payment: PaymentOptions = PaymentOptions()
    extras: Sequence[Fields] = ()
    later: bool = False
    prorates: bool = True


def create(call: Call, sent: Fields) -> Fields:
    """The fields of a new subscription, whose items have no ids yet. Raises StripeError."""
    customer = str(call.params.get("customer") or call.path.get("customer") or "")
    if not customer:
        raise errors.missing_param(("customer",))
    scope = clocks.scope_of_customer(call.scope, customer)
    check_new(call, scope.now)
    check_email(call, customer)
    mode = billing_mode(call, scope.now)
    prices = _prices(call, customer, mode)
    check_method(call, customer, sent.get("default_payment_method"))
    fields: Fields = {
        **whole({**sent, "customer": customer}),
        **kept(SubscriptionState(_fresh=True)),
        "application": scope.sandbox.client_id if scope.account else None,
        "billing_mode": mode,
        "currency": prices[0]["currency"],
        "discounts": [],
        "items": [
            new_item(scope.now, price, each, rates_of(call, each, f"items[{place}]"))
            for place, (price, each) in enumerate(zip(prices, named_items(call), strict=True))
        ],
        "start_date": integer(call.params, "backdate_start_date", scope.now),
        CLOCK: _clock(scope, customer),
        **_trial(trial_end_of(call, prices, scope.now), scope.now),
    }
    return {**fields, **anchors.anchored(call, fields, scope.now)}


def _prices(call: Call, customer: str, mode: Json) -> list[Fields]:
    """The prices of a request, which can stand together on a subscription of its customer. Raises StripeError."""
    prices = in_one_currency(call, customer, prices_of(call, named_items(call)))
    check_prices(prices, mode)
    check_currency(call.scope, customer, str(prices[0]["currency"]))
    return prices


def _clock(scope: Scope, customer: str) -> str | None:
    """The test clock of the customer. Raises StripeError for one subscription too many."""
    holder = objects.get(scope, "customer", customer)
    clock = clock_of(holder) if holder is not None else None
    if clock is not None:
        clocks.check_room(clock, _running(scope, customer))
    return clock


def _trial(end: int | None, now: int) -> Fields:
    """The state of a new subscription, and its trial."""
    return {
        "status": "trialing" if end else "active",
        "trial_end": end,
        "trial_start": now if end else None,
    }


def in_one_currency(call: Call, customer: str, prices: list[Fields]) -> list[Fields]:
    """The prices in the currency of a request, or in the customer's where they have it. Raises StripeError."""
    wanted = call.params.get("currency")
    if wanted:
        return [in_currency(price, str(wanted)) for price in prices]
    holder = objects.get(call.scope, "customer", customer)
    known = shared(holder).get("currency") if holder is not None else None
    return [charged(price, str(known) if known else None) for price in prices]


def _running(scope: Scope, customer: str) -> int:
    """The number of subscriptions of a customer that have not ended."""
    rows = scope.sandbox.table(SUBSCRIPTION).newest(scope.owner, parent=customer)
    return sum(shared(row).get("status") not in ENDED for row in rows)


def begin(call: Call, row: Row[bytes]) -> Row[bytes]:
    """The subscription of a request, with its first invoice. Raises StripeError."""
    params, scope = call.params, clocks.scope_of(call.scope, shared(row))
    placed = start(scope, row)
    placed = objects.replace(scope, SUBSCRIPTION, placed, {**decode(placed), **_requested(call, scope, placed)})
    how = Beginning(
        PaymentOptions(str(params.get("payment_behavior") or "allow_incomplete"), params.get("off_session") is True),
        invoice_items.requested(call, scope, decode(placed)),
        later=bool(params.get("schedule")),
        prorates=params.get("proration_behavior") != "none",
    )
    return bill(scope, placed, how)


def _requested(call: Call, scope: Scope, row: Row[bytes]) -> Fields:
    """The discounts, and the end, that a request gives a new subscription. Raises StripeError."""
    fields = decode(row)
    items: list[Json] = [
        {**item, "discounts": redemptions.of_item(scope, row.id, fields, item, sent)}
        for item, sent in zip(items_of(fields), named_items(call), strict=True)
    ]
    own: Fields = {
        "items": items,
        "discounts": redemptions.of_request(scope, row.id, fields, call.params),
    }
    wanted, at = call.params.get("cancel_at_period_end"), call.params.get("cancel_at")
    if wanted is True:
        own |= at_period_end({**fields, "cancel_at_period_end": False}, scope.now, wanted=True)
    return own | at_time(fields, scope.now, at) if at is not None else own


def start(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """A new subscription at the time of its customer, with ids and periods of its items. It emits no event yet."""
    fields = decode(row)
    items = [anchors.placed(with_id(scope, row.id, item), fields, scope.now) for item in items_of(fields)]
    sync(scope, row.id, (), items)
    below = row._replace(parent=str(fields["customer"]), created=scope.now)
    return objects.replace(scope, SUBSCRIPTION, below, {**fields, "items": list(items)})


def bill(scope: Scope, row: Row[bytes], how: Beginning) -> Row[bytes]:
    """A started subscription with its first invoice, in the state that follows. Raises StripeError."""
    fields = without(decode(row), "_fresh")
    _set_currency(scope, fields)
    items = items_of(fields)
    for each in how.extras:
        invoice_items.add(scope, fields, each, row.id)
    lines = [
        *billing.waiting(scope, row.id, fields),
        *anchors.lines_before(scope, fields),
        *billing.period_lines(scope, items, trial=billing.trial_mode(fields), prorates=how.prorates),
    ]
    draft = billing.draft(scope, row.id, fields, Bill(billing.CREATE, lines, Period(scope.now, scope.now)))
    result = _paid(scope, fields, draft, how)
    billed = billing.billed(items, result.invoice)
    own: Fields = {**redemptions.left(scope, fields, billed, result.invoice), "latest_invoice": draft.id}
    if not result.settled:
        own["status"] = "incomplete"
    elif _is_free(result.invoice) and not how.later and not trials.is_payable(scope, fields):
        own["pending_setup_intent"] = trials.setup_intent(scope, row.id, fields["customer"])
    return _with_notice(scope, objects.replace(scope, SUBSCRIPTION, row, {**fields, **own}))


def _paid(scope: Scope, fields: Fields, draft: Row[bytes], how: Beginning) -> Result:
    """The first invoice after what its request does to it. Raises StripeError."""
    if how.later:
        return Result(draft, settled=True)
    due, waits = integer(shared(draft), "amount_due"), how.payment.behavior == "default_incomplete"
    if due and not waits and not trials.is_payable(scope, fields) and scope.sandbox.settings.unknown_ids == "refuse":
        raise errors.customer_without_payment_method()
    if due and not waits and not trials.is_payable(scope, fields):
        return Result(draft, settled=True)  # customers that nobody created have no payment method
    return billing.collect(scope, draft, how.payment)


def _is_free(invoice: Row[bytes]) -> bool:
    return not integer(shared(invoice), "amount_due")


def _set_currency(scope: Scope, fields: Fields) -> None:
    """The first subscription of a customer decides the customer's currency (observed)."""
    customer = objects.get(scope, "customer", str(fields["customer"]))
    if customer is not None and not shared(customer).get("currency"):
        objects.change(scope, "customer", customer, currency=fields["currency"])


def _with_notice(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """The notice of a trial that is shorter than the notice comes at once (observed)."""
    at = trials.notice_at(shared(row))
    if at is None or at > scope.now:
        return row
    return objects.replace(scope, SUBSCRIPTION, row, trials.noticed(decode(row)))
