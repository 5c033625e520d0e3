"""Draft invoices: their first fields, their lines, and the times at which they advance by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import CLOCK, shared
from emulator.resources.billing.base import automatic_tax
from emulator.resources.billing.invoices.lines import ITEM, item_of, lines_of, of_item
from emulator.resources.billing.invoices.totals import with_lines
from emulator.resources.billing.products.redemption import place
from emulator.resources.connect.accounts.settings import business_profile, settings
from emulator.resources.money.holders import account_of
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.timestamps import DAY

INVOICE, CUSTOMER, TAX_ID = "invoice", "customer", "tax_id"
MOST_LINES = 250  # of an invoice; more pending items wait for the next one (official)
PENDING = 3  # the place of the key of invoice items that is their customer while they have no invoice
WAIT = 3_600  # a draft that advances is finalized a second after an hour (observed)
AUTOMATIC, SEND = "charge_automatically", "send_invoice"
OWNED = ("address", "email", "name", "phone", "shipping", "tax_exempt")
STATES = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
# The default fields of a draft of a request (observed); those of subscriptions have no rendering.
RENDERING: Json = {"amount_tax_display": None, "pdf": {"page_size": "auto"}, "template": None, "template_version": None}


def new(scope: Scope, fields: Fields, lines: Sequence[Fields]) -> Row[bytes]:
    """A new draft of a customer with these lines, whose pending items belong to it then.

    `scope` is the moment as the customer sees it. `fields` has the customer and the currency, and may have any other
    field of an invoice; `days_until_due` is the due date, and `auto_advance` the times at which the draft advances.
    """
    identifier = scope.sandbox.ids.in_account("in", scope.outside.now, scope.owner)
    days, fields = (
        fields.get("days_until_due"),
        {name: each for name, each in fields.items() if name != "days_until_due"},
    )
    draft: Fields = {
        **_first(scope),
        **owned(scope, fields.get(CUSTOMER)),
        **({"due_date": scope.now + days * DAY} if isinstance(days, int) else {}),
        **fields,
    }
    draft = {**draft, **advance(scope, draft, bool(draft.get("auto_advance")))} if draft["auto_advance"] else draft
    draft |= {automatic_tax.NAME: automatic_tax.of_bill(scope, draft)} if automatic_tax.is_on(draft) else {}
    own = [{**line, "invoice": identifier} for line in lines]
    parent = str(draft[CUSTOMER]) if draft.get(CUSTOMER) else None
    row = objects.add(scope, INVOICE, identifier, with_lines(scope, draft, own), parent)
    claim(scope, row)
    place(scope, draft["discounts"], invoice=identifier)
    return row


def _first(scope: Scope) -> Fields:
    """The fields of a draft beside those of its creation."""
    account = account_of(scope.sandbox, scope.owner)
    profile, dashboard = business_profile(account), hash_in(settings(account), "dashboard")
    return {
        "account_country": account.country,
        "account_name": dashboard.get("display_name") or profile.get("name"),
        "application": scope.sandbox.client_id if scope.account else None,
        "auto_advance": False,
        "billing_reason": "manual",
        "collection_method": AUTOMATIC,
        "customer_tax_exempt": "none",
        "discounts": [],
        "metadata": {},
        "period_end": scope.now,
        "period_start": scope.now,
        "status": "draft",
        "status_transitions": dict.fromkeys(STATES),
        "webhooks_delivered_at": scope.now if _is_listened_to(scope) else None,
    }


def _is_listened_to(scope: Scope) -> bool:
    """Whether an endpoint gets the event of a new invoice: without one, nothing is delivered (observed)."""
    endpoints = (*scope.sandbox.webhook_endpoints.oldest_first(), *scope.sandbox.delivery_queue.forwards)
    return any(each.is_subscribed("invoice.created", scope.account) for each in endpoints)


def owned(scope: Scope, customer: Json) -> Fields:
    """The fields that an invoice copies from its customer."""
    row = objects.get(scope, CUSTOMER, str(customer or ""))
    if row is None:
        return {"customer_tax_ids": []}
    known = shared(row)
    taxed: list[Json] = [
        {"type": fields.get("type"), "value": fields.get("value")}
        for fields in map(shared, scope.sandbox.table(TAX_ID).oldest(scope.owner, parent=row.id))
    ]
    copied = {f"customer_{name}": known.get(name) for name in OWNED}
    return {**copied, "customer_tax_ids": taxed, CLOCK: known.get(CLOCK)}


def advance(scope: Scope, draft: Fields, advancing: bool) -> Fields:
    """The times at which a draft is finalized and charged by itself, where it is (observed)."""
    charged = draft.get("collection_method") != SEND
    return {
        "auto_advance": advancing,
        "automatically_finalizes_at": scope.now + WAIT + 1 if advancing else None,
        "next_payment_attempt": scope.now + WAIT if advancing and charged else None,
    }


def pending(
    scope: Scope, customer: Json, takes: Callable[[Row[bytes]], bool], most: int = MOST_LINES
) -> list[Row[bytes]]:
    """The items of a customer that an invoice takes, newest first: the oldest that wait, up to a number (official)."""
    rows = scope.sandbox.table(ITEM).oldest(scope.owner, keys={PENDING: str(customer or "")})
    return list(islice(filter(takes, rows), most))[::-1]


def newest_currency(scope: Scope, customer: Json, subscription: str | None = None) -> Json:
    """The currency of the newest item of a customer that waits for an invoice, None without one."""
    rows = scope.sandbox.table(ITEM).newest(scope.owner, keys={PENDING: str(customer or "")})
    return next((shared(row)["currency"] for row in rows if takes(None, subscription, row)), None)


def takes(currency: Json, subscription: str | None, item: Row[bytes]) -> bool:
    """Whether an item is in a currency and of a subscription, each where it is given."""
    fields = shared(item)
    own = hash_in(hash_in(fields, "parent"), "subscription_details").get("subscription")
    return currency in (None, fields["currency"]) and subscription in (None, own)


def lines_of_items(scope: Scope, rows: Sequence[Row[bytes]], subscription: str | None = None) -> list[Fields]:
    """The lines of invoice items, on an invoice of a subscription where there is one."""
    return [of_item(scope, row.id, shared(row), subscription) for row in rows]


def claim(scope: Scope, row: Row[bytes]) -> None:
    """Assign the pending items of an invoice's lines to it."""
    for line in lines_of(shared(row)):
        item = objects.get(scope, ITEM, item_of(line))
        if item is not None and shared(item).get("invoice") != row.id:
            objects.change(scope, ITEM, item, invoice=row.id)


def put(scope: Scope, row: Row[bytes], fields: Fields, lines: Sequence[Fields]) -> Row[bytes]:
    """Store a draft with other lines, and its amounts."""
    return objects.replace(scope, INVOICE, row, changed(scope, row, fields, lines))


def changed(scope: Scope, row: Row[bytes], fields: Fields, lines: Sequence[Fields]) -> Fields:
    """A draft with other lines, and its amounts. Raises StripeError for too many, and for one in another currency."""
    if len(lines) > MOST_LINES:
        raise errors.too_many_lines(MOST_LINES)
    own = [{**line, "invoice": row.id} for line in lines]
    other = next((str(line["currency"]) for line in own if line["currency"] != fields["currency"]), None)
    if other is not None:
        raise errors.invoice_currencies_differ(other, str(fields["currency"]))
    taxed = {automatic_tax.NAME: automatic_tax.of_bill(scope, fields)} if automatic_tax.is_on(fields) else {}
    return with_lines(scope, {**fields, **taxed}, own)


def subscription_of(invoice: Mapping[str, Json]) -> str | None:
    """The subscription of an invoice."""
    found = hash_in(hash_in(invoice, "parent"), "subscription_details").get("subscription")
    return str(found) if found else None


def remaining(invoice: Mapping[str, Json]) -> int:
    """The amount of an invoice that is left to pay."""
    return integer(invoice, "amount_remaining")
