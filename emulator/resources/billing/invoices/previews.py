"""The preview of an invoice: pending items, items of the request, and the next period of a subscription."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator import errors
from emulator.resources import objects
from emulator.resources.billing.base.periods import period_end
from emulator.resources.billing.invoices.items import amount
from emulator.resources.billing.invoices.lines import ITEM, of_item, of_subscription
from emulator.resources.billing.invoices.totals import with_lines
from emulator.resources.billing.products.line_items import (
    invoice_discounts,
    price_of,
    rates_of,
    shown_price,
)
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import hash_in, integer, list_in, of_id, rows_of
from emulator.resources.generic.base.lists import first_page
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.resources.templates import order, template
from emulator.schema.check import Params
from emulator.schema.trees import hash_at
from emulator.wire.json import Json

INVOICE, SUBSCRIPTION = "invoice", "subscription"
REFUSED = ("schedule", "schedule_details")


def preview(call: Call) -> Json:
    """POST /v1/invoices/create_preview. Nothing is stored. Raises StripeError."""
    params = call.params
    for name in REFUSED:
        if params.get(name):
            raise errors.param_not_emulated((name,))
    if hash_in(params, "automatic_tax").get("enabled"):
        raise errors.param_not_emulated(("automatic_tax", "enabled"))
    subscription = _subscription(call)
    customer = str(params.get("customer") or (subscription or {}).get("customer") or "")
    if not customer and not params.get("customer_details"):
        raise errors.preview_without_customer()
    if customer:
        of_id(call, "customer", customer, "customer")
    lines = [*_items(call, customer), *_periods(call, subscription)]
    if not lines:
        raise errors.no_upcoming_invoice(customer)
    shown = _shown(call, customer, lines)
    call.sandbox.changes.undo()  # of prices and discounts that the request describes
    return shown


def _subscription(call: Call) -> Fields | None:
    named = call.params.get("subscription")
    row = of_id(call, SUBSCRIPTION, str(named), "subscription") if named else None
    return objects.shown(call.scope, SUBSCRIPTION, row) if row is not None else None


def _items(call: Call, customer: str) -> Iterator[Fields]:
    """The lines of the items of the request, and of the pending ones of the customer."""
    for place, each in enumerate(list_in(call.params, "invoice_items")):
        yield of_item(call.scope, "", _item(call, each, f"invoice_items[{place}]"))
    for row in rows_of(call, ITEM, "customer", customer) if customer else ():
        fields = decode(row)
        if not fields.get("invoice"):
            yield of_item(call.scope, row.id, fields)


def _item(call: Call, sent: Params, path: str) -> Fields:
    priced: Params = {**sent, "pricing": {"price": sent["price"]}} if sent.get("price") else dict(sent)
    if "unit_amount" in priced:
        priced["unit_amount_decimal"] = str(priced.pop("unit_amount"))
    period: Json = {"end": call.now, "start": call.now}
    own: Fields = {
        "description": sent.get("description"),
        "discountable": True,
        "discounts": [],
        "metadata": {},
        "period": period,
        "tax_rates": list(rates_of(call, sent, path)),
    }
    return {**own, **amount(call, priced, str(sent.get("currency") or call.params.get("currency") or "usd"))}


def _periods(call: Call, subscription: Fields | None) -> Iterator[Fields]:
    """The lines of the next period of a subscription, or of the first one of its items in the request."""
    sent = list_in(hash_at(call.params, "subscription_details"), "items")
    stored = list_in(hash_in(subscription or {}, "items"), "data")
    for each in stored:
        change = next((one for one in sent if one.get("id") == each["id"]), {})
        if not change.get("deleted"):
            end = integer(each, "current_period_end")
            price = hash_in(each, "price")
            quantity = integer(change, "quantity", integer(each, "quantity", 1))
            yield _line(call, {**each, "quantity": quantity}, price, end)
    for place, one in enumerate(each for each in sent if not each.get("id")):
        price = shown_price(price_of(call, one, f"subscription_details[items][{place}]"))
        yield _line(call, {"price": price, "quantity": integer(one, "quantity", 1)}, price, call.now)


def _line(call: Call, item: Mapping[str, Json], price: Fields, start: int) -> Fields:
    end = period_end(start, hash_in(price, "recurring"))
    return of_subscription(call.scope, item, start, end)


def _shown(call: Call, customer: str, lines: list[Fields]) -> Json:
    """The invoice of lines, as a draft that has not been created."""
    identifier = f"upcoming_in_{call.sandbox.ids.token(24)}"
    known = objects.get(call.scope, "customer", customer)
    draft: Fields = {
        **template(INVOICE, frozenset({"confirmation_secret", "payments", "threshold_reason"})),
        "id": identifier,
        "billing_reason": "upcoming",
        "created": call.now,
        "currency": lines[0]["currency"],
        "customer": customer or None,
        "customer_email": decode(known).get("email") if known else None,
        "discounts": invoice_discounts(call, customer),
        "livemode": call.sandbox.livemode,
        "metadata": {},
        "period_end": call.now,
        "period_start": call.now,
        "status": "draft",
    }
    whole = with_lines(call.scope, draft, lines)
    whole["lines"] = first_page(whole["lines"], f"/v1/invoices/{identifier}/lines")
    return {name: whole[name] for name in order(INVOICE) if name in whole}
