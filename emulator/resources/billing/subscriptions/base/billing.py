"""The invoices of subscriptions: their fields, the lines of periods, and the payment of those made by a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from emulator import errors
from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import automatic_tax
from emulator.resources.billing.base.amounts import amount_of
from emulator.resources.billing.base.periods import Period
from emulator.resources.billing.base.proration import share
from emulator.resources.billing.base.subscription_state import ItemState
from emulator.resources.billing.invoices import collection, drafts, finalization, lines, payments
from emulator.resources.billing.invoices.kept import InvoiceItemState, InvoiceState
from emulator.resources.billing.subscriptions.base.items import is_metered, period_of, priced, with_charged_price
from emulator.resources.billing.subscriptions.base.states import SEND
from emulator.resources.payments.intents import states
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

INVOICE = drafts.INVOICE
CREATE, CYCLE, UPDATE = "subscription_create", "subscription_cycle", "subscription_update"


# The pending items that an invoice of a subscription takes: the others of its lines are at most 20 items of the
# subscription and 20 that are billed once (official).
MOST_PENDING = drafts.MOST_LINES - 40


class Bill(NamedTuple):
    """An invoice to be made: its reason, its lines, and the period that it shows."""

    reason: str
    lines: Sequence[Fields]
    period: Period
    advances: bool = True


def draft(scope: Scope, identifier: str, fields: Mapping[str, Json], bill: Bill) -> Row[bytes]:
    """A draft of a subscription, which has its discounts, its customer's terms and its accounts."""
    settings, payment = hash_in(fields, "invoice_settings"), hash_in(fields, "payment_settings")
    own: Fields = {
        "application": fields.get("application"),
        "account_tax_ids": settings.get("account_tax_ids"),
        **({automatic_tax.NAME: hash_in(fields, automatic_tax.NAME)} if automatic_tax.is_on(fields) else {}),
        "auto_advance": bill.advances,
        "billing_reason": bill.reason,
        "collection_method": fields.get("collection_method", drafts.AUTOMATIC),
        "currency": fields["currency"],
        "custom_fields": settings.get("custom_fields"),
        "customer": fields["customer"],
        "days_until_due": fields.get("days_until_due"),
        "default_tax_rates": fields.get("default_tax_rates") or [],
        "description": settings.get("description"),
        "discounts": discounts_of(scope, fields),
        "footer": settings.get("footer"),
        "issuer": settings.get("issuer") or {"type": "self"},
        "on_behalf_of": fields.get("on_behalf_of"),
        "parent": parent_of(identifier, fields),
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": payment.get("payment_method_options"),
            "payment_method_types": payment.get("payment_method_types"),
        },
        "period_end": bill.period.end,
        "period_start": bill.period.start,
        "rendering": None,
        **kept(_terms(fields)),
    }
    return drafts.new(scope, own, bill.lines)


def _terms(fields: Mapping[str, Json]) -> InvoiceState:
    """The terms of a payment of a subscription, which its invoices keep."""
    percent = fields.get("application_fee_percent")
    return InvoiceState(
        _application_fee_percent=percent if isinstance(percent, int | float) else None,
        _transfer_data=hash_in(fields, "transfer_data") or None,
    )


def parent_of(identifier: str, fields: Mapping[str, Json]) -> Json:
    """The parent of an invoice of a subscription."""
    details: Json = {"metadata": fields.get("metadata") or {}, "subscription": identifier}
    return {"quote_details": None, "subscription_details": details, "type": "subscription_details"}


def discounts_of(scope: Scope, fields: Mapping[str, Json]) -> list[Json]:
    """The discounts of an invoice: those of the subscription, or else that of its customer (official)."""
    found = fields.get("discounts")
    own = [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
    running: list[Json] = [each for each in own if objects.get(scope, "discount", each) is not None]
    if running:
        return running
    customer = objects.get(scope, "customer", str(fields["customer"]))
    held = hash_in(shared(customer), "discount") if customer is not None else {}
    return [held["id"]] if held else []


# --- lines --------------------------------------------------------------------------------------------------------


def trial_mode(fields: Mapping[str, Json]) -> str | None:
    """The billing mode of a subscription in a trial, None for any other."""
    return str(hash_in(fields, "billing_mode").get("type")) if fields.get("trial_end") else None


def period_lines(
    scope: Scope, items: Iterable[Fields], *, trial: str | None = None, prorates: bool = True
) -> list[Fields]:
    """The lines of items for the period that they are in; one that is cut short costs its share, or nothing.

    `trial` is the billing mode of the subscription in a trial.
    """
    licensed = [item for item in items if not is_metered(hash_in(item, "price"))]
    return [_period_line(scope, item, trial=trial, prorates=prorates) for item in licensed]


def _period_line(scope: Scope, item: Fields, *, trial: str | None, prorates: bool) -> Fields:
    period, whole = period_of(item), private(ItemState, item).get("_whole_period")
    line = lines.of_subscription(scope, with_charged_price(scope, item), period.start, period.end, trial)
    if trial or whole is None:
        return line
    start, end = whole
    price, quantity = priced(scope, item), integer(item, "quantity", 1)
    amount = share(amount_of(price, quantity), start, end, period.start) if prorates else 0
    return {**line, "amount": amount, "subtotal": amount}


def waiting(scope: Scope, identifier: str, fields: Mapping[str, Json], *, own: bool = False) -> list[Fields]:
    """The lines of the pending items of a subscription, oldest first; unless `own`, also its customer's."""
    wanted, currency = (identifier,) if own else (identifier, None), fields["currency"]
    rows = drafts.pending(
        scope,
        fields["customer"],
        lambda row: _subscription_of(row) in wanted and shared(row)["currency"] == currency,
        MOST_PENDING,
    )
    return drafts.lines_of_items(scope, rows[::-1], identifier)


def _subscription_of(item: Row[bytes]) -> str | None:
    found = hash_in(hash_in(shared(item), "parent"), "subscription_details").get("subscription")
    return str(found) if found else private(InvoiceItemState, shared(item)).get("_subscription")


def billed(items: Iterable[Fields], invoice: Row[bytes]) -> list[Fields]:
    """Items that remember the lines which billed their period: later credits are shares of these (observed)."""
    known = {_item_of(line): line for line in list_in(hash_in(shared(invoice), "lines"), "data") if not _prorates(line)}
    bills = {item: kept(ItemState(_billed=[_billing(line, invoice.id)])) for item, line in known.items()}
    return [{**item, **bills.get(item["id"], {})} for item in items]


def _billing(line: Mapping[str, Json], invoice: str) -> Fields:
    off = sum(integer(each, "amount") for each in list_in(line, "discount_amounts"))
    period, pricing = hash_in(line, "period"), hash_in(line, "pricing")
    return {
        "amount": integer(line, "amount") - off,
        "end": period["end"],
        "invoice": invoice,
        "line": line["id"],
        "price_details": pricing.get("price_details"),
        "quantity": line.get("quantity"),
        "start": period["start"],
    }


def _item_of(line: Mapping[str, Json]) -> Json:
    return hash_in(hash_in(line, "parent"), "subscription_item_details").get("subscription_item")


def _prorates(line: Mapping[str, Json]) -> bool:
    return bool(hash_in(hash_in(line, "parent"), "subscription_item_details").get("proration"))


# --- payment ------------------------------------------------------------------------------------------------------


class PaymentOptions(NamedTuple):
    """How an invoice of a request is paid: `payment_behavior`, and whether its payer is absent.

    One that fails is charged `again` by itself, except the first of a subscription.
    """

    behavior: str = "allow_incomplete"
    off_session: bool = False
    again: bool = False


class Result(NamedTuple):
    """An invoice after its request, and whether it is settled or waits for no payment now."""

    invoice: Row[bytes]
    settled: bool


def collect(scope: Scope, row: Row[bytes], how: PaymentOptions) -> Result:
    """A draft of a request: finalized, and charged unless its payer confirms the payment.

    An invoice that is sent stays a draft for an hour. Raises StripeError, with `error_if_incomplete` for a payment that
    fails.
    """
    if shared(row)["collection_method"] == SEND:
        return Result(row, settled=True)
    if how.behavior == "default_incomplete":
        row = finalization.finalize(scope, row, charged=False)  # its customer completes the payment (official)
        _with_method(scope, row)
        return Result(row, settled=not drafts.remaining(shared(row)))
    outcome = collection.attempt(scope, row, off_session=how.off_session, automatic=how.again, again=how.again)
    if outcome.error is not None and how.behavior == "error_if_incomplete":
        raise final(outcome.error)
    return Result(outcome.row, settled=shared(outcome.row)["status"] == "paid")


def _with_method(scope: Scope, row: Row[bytes]) -> None:
    """The payment intent that a customer confirms has the default payment method, if there is one (official)."""
    intent, method = payments.open_intent(scope, row.id), collection.method_of(scope, shared(row))
    if intent is not None and method is not None:
        own = {"payment_method": method, "status": states.CONFIRMATION}
        objects.change(scope.outside, payments.INTENT, intent, **own)


def final(error: StripeError) -> StripeError:
    """The error of a request whose changes are undone: it shows nothing that no longer exists."""
    if error.body.code == "invoice_payment_intent_requires_action":
        return errors.subscription_requires_action()
    details = tuple((name, value) for name, value in error.body.details if name not in ("charge", "payment_intent"))
    return StripeError(replace(error.body, changes_stay=False, details=details))


def invoices_of(scope: Scope, identifier: str) -> Iterator[Row[bytes]]:
    """The invoices of a subscription, newest first."""
    return objects.newest_by(scope, INVOICE, "subscription", identifier)
