"""`/v1/quotes`: offers that become a subscription, a schedule or an invoice when they are accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial

from emulator import errors
from emulator.model.answering import verbs
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Diff, Fields, Resource, Transitions
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.objects import of_id
from emulator.model.stored.recipes import Recipe, make
from emulator.model.stored.stored import decode, rendered, sent, shared, stored
from emulator.resources.billing.base import automatic_tax, clocks
from emulator.resources.billing.base.clocks import Life
from emulator.resources.billing.base.modes import billing_mode
from emulator.resources.billing.products.breakdowns import BREAKDOWN, breakdown
from emulator.resources.billing.products.line_items import discounts_of
from emulator.resources.billing.products.redemption import DiscountState
from emulator.resources.billing.schedules import quote_documents
from emulator.resources.billing.schedules.kept import QuoteLineState
from emulator.resources.billing.schedules.quote_acceptance import accepted
from emulator.resources.billing.schedules.quote_totals import LINES, UPFRONT, interval, lines_of, totals
from emulator.resources.generic.base import lists
from emulator.resources.payments.methods.customers import CustomerState
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire import pdf
from emulator.wire.json import Json

QUOTE, CUSTOMER = "quote", "customer"
VALID = int(timedelta(days=30).total_seconds())
ENDS = "expires_at"
UPFRONT_LINES = f"computed.{UPFRONT}.{LINES}"  # a field that only its expansion shows
QUOTED = kept(DiscountState(_quoted=True))
NOWHERE: Json = {"accepted_at": None, "canceled_at": None, "finalized_at": None}
LIFE_CYCLE = Transitions(
    {
        "finalize": {"draft": "open"},
        "accept": {"open": "accepted"},
        "cancel": {"draft": "canceled", "open": "canceled"},
    }
)
EVENTS = {"open": "finalized", "accepted": "accepted", "canceled": "canceled"}
ABSENT = frozenset({LINES})
NOT_STORED = frozenset({LINES, "discounts", ENDS})
SUBSCRIPTION_DATA: Mapping[str, Json] = dict.fromkeys(
    ("billing_mode", "description", "effective_date", "metadata", "trial_period_days")
)
# Fields of a quote that its copy does not have.
OWN = frozenset(
    (
        ENDS, "from_quote", "invoice", "metadata", "number", "status", "status_transitions",
        "subscription", "subscription_schedule", "test_clock",
    )
)  # fmt: skip


# --- create and update --------------------------------------------------------------------------------------------


def _create(call: Call) -> Json:
    """POST /v1/quotes: a new quote, or a copy of another one. Raises StripeError."""
    fields, metadata = _new(call), dict(merged({}, call.params.get("metadata")))
    scope = clocks.scope_of(call.scope, fields)
    identifier = call.sandbox.ids.in_account("qt", scope.outside.now, call.owner)
    row = objects.add(scope, QUOTE, identifier, {**fields, "metadata": metadata})
    if fields["test_clock"] and not fields.get(CUSTOMER):
        clocks.join_quote(call.scope, str(fields["test_clock"]), row.id)
    return QUOTES.respond(call, row)


def _new(call: Call) -> Fields:
    """The fields of a new quote. Raises StripeError."""
    source = _source(call)
    copied = {name: value for name, value in decode(source).items() if name not in OWN} if source else {}
    own: Fields = {**sent(QUOTE, call, NOT_STORED), "status": "draft", "status_transitions": NOWHERE}
    fields: Fields = {"default_tax_rates": [], **copied, **own}
    fields["test_clock"] = _clock(call, fields)
    now = clocks.scope_of(call.scope, fields).now
    data = hash_in(fields, "subscription_data")
    fields["subscription_data"] = {**SUBSCRIPTION_DATA, **data, "billing_mode": data.get("billing_mode") or _mode(call)}
    fields[ENDS] = _expiry(call, now, now + VALID)
    if LINES in call.params or not copied:
        fields |= totals(call, fields, list_in(call.params, LINES))
    _check(fields, now)
    automatic_tax.check(call)
    if automatic_tax.is_on(fields):
        fields[automatic_tax.NAME] = automatic_tax.of_bill(call.scope, fields)
    if "discounts" in call.params or not copied:
        fields["discounts"] = discounts_of(call, call.params, customer=fields.get(CUSTOMER), **QUOTED)
    return fields


def _mode(call: Call) -> Json:
    """The billing mode of the subscription that follows, without the time at which it has that."""
    mode = billing_mode(call, call.now)
    return {name: value for name, value in mode.items() if name != "updated_at"} if isinstance(mode, dict) else mode


def _source(call: Call) -> Row[bytes] | None:
    """The quote that a new one is made from; only an open one is revised (official). Raises StripeError."""
    wanted = hash_in(call.params, "from_quote")
    if not wanted:
        return None
    row = of_id(call, QUOTE, str(wanted["quote"]), "from_quote[quote]")
    if wanted.get("is_revision") and shared(row).get("status") != "open":
        raise errors.quote_not_revisable()
    return row


def _clock(call: Call, fields: Fields) -> Json:
    """The clock of a quote: that of its customer, or the one that the request names. Raises StripeError."""
    row = objects.get(call.scope, CUSTOMER, str(fields.get(CUSTOMER) or ""))
    wanted = fields.get("test_clock")
    if row is None:
        return wanted
    found = shared(row).get("test_clock")
    if wanted and wanted != found:
        raise errors.clock_of_another_customer(str(wanted))
    return found


def _expiry(call: Call, now: int, default: int) -> int:
    ends = integer(call.params, ENDS, default)
    if ends <= now:
        raise errors.time_in_the_past(ENDS, ends)
    return ends


def _check(fields: Fields, now: int) -> None:
    """Refuses a way of collection without what it needs. Raises StripeError."""
    days, method = hash_in(fields, "invoice_settings").get("days_until_due"), fields.get("collection_method")
    if days is not None and method != "send_invoice":
        raise errors.days_without_invoice()
    recurs = any(interval(each) for each in lines_of(fields))
    if fields.get("application_fee_amount") is not None and recurs:
        raise errors.quote_fee_amount()
    if fields.get("application_fee_percent") is not None and not recurs:
        raise errors.quote_fee_percent()
    effective = hash_in(fields, "subscription_data").get("effective_date")
    if effective == "current_period_end":
        raise errors.param_not_emulated(("subscription_data", "effective_date"))
    if isinstance(effective, int) and effective <= now:
        raise errors.time_in_the_past("subscription_data[effective_date]", effective)


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """The fields after an update, which a draft allows, and of an open quote its expiry (official)."""
    stored_fields = decode(row)
    state, scope = stored_fields.get("status"), clocks.scope_of(call.scope, stored_fields)
    if state != "draft" and (state != "open" or call.params.keys() - {ENDS, "expand"}):
        raise errors.quote_not_draft()
    if stored_fields.get(CUSTOMER) not in (None, fields.get(CUSTOMER)):
        raise errors.quote_customer_fixed()
    whole = {**fields, LINES: stored_fields.get(LINES), ENDS: _expiry(call, scope.now, integer(stored_fields, ENDS))}
    whole["test_clock"] = _clock(call, whole)
    if "discounts" in call.params:
        whole["discounts"] = discounts_of(call, call.params, customer=fields.get(CUSTOMER), **QUOTED)
    priced = call.params.keys() & {LINES, "discounts", "default_tax_rates", "subscription_data"}
    whole |= totals(call, whole, _sent_lines(call, whole)) if priced else {}
    _check(whole, scope.now)
    automatic_tax.check(call)
    if automatic_tax.is_on(whole):
        whole[automatic_tax.NAME] = automatic_tax.of_bill(scope, whole)
    return whole


def _sent_lines(call: Call, fields: Fields) -> list[Params]:
    """The lines of a request, or those that the quote has."""
    if LINES in call.params:
        return list_in(call.params, LINES)
    return [
        {
            **private(QuoteLineState, each).get("_sent", {}),
            "price": str(hash_in(each, "price")["id"]),
            "quantity": integer(each, "quantity", 1),
        }
        for each in lines_of(fields)
    ]


# --- actions ------------------------------------------------------------------------------------------------------


def _moved(fields: Fields, action: str, at: str, now: int) -> Fields:
    """The fields of a quote in the state after an action. Raises StripeError."""
    state = LIFE_CYCLE.after(action, QUOTE, str(fields.get("status")))
    return {**fields, "status": state, "status_transitions": {**hash_in(fields, "status_transitions"), at: now}}


def _finalize(call: Call, row: Row[bytes], _: Fields) -> Fields:
    """POST /v1/quotes/{quote}/finalize, which gives a number. Raises StripeError without a customer or lines."""
    stored_fields = decode(row)
    now = clocks.scope_of(call.scope, stored_fields).now
    fields = _moved(stored_fields, "finalize", "finalized_at", now)
    if not fields.get(CUSTOMER):
        raise errors.quote_without_customer()
    if not lines_of(fields):
        raise errors.quote_without_lines()
    source = hash_in(fields, "from_quote")
    if source.get("is_revision"):
        base, revision = _revised(call, str(source["quote"]), now)
    else:
        base, revision = _next_number(call, str(fields[CUSTOMER])), 1
    return {**fields, "number": f"{base}-{revision}", ENDS: _expiry(call, now, integer(fields, ENDS))}


def _next_number(call: Call, customer: str) -> str:
    """The next quote of a customer: `QT-`, the prefix of its invoices, and a sequence (official)."""
    row = of_id(call, CUSTOMER, customer, CUSTOMER)
    number = private(CustomerState, shared(row)).get("_quotes", 0) + 1
    objects.change(call.scope, CUSTOMER, row, **kept(CustomerState(_quotes=number)))
    return f"QT-{shared(row).get('invoice_prefix')}-{number:04}"


def _revised(call: Call, identifier: str, now: int) -> tuple[str, int]:
    """The number of the next revision of a quote, which is canceled where it is still open."""
    row = of_id(call, QUOTE, identifier, "from_quote[quote]")
    fields = decode(row)
    if fields.get("status") == "open":
        objects.replace(call.scope, QUOTE, row, _moved(fields, "cancel", "canceled_at", now))
    base, _, revision = str(fields.get("number")).rpartition("-")
    return base, int(revision) + 1


def _accept(call: Call, row: Row[bytes], _: Fields) -> Fields:
    """POST /v1/quotes/{quote}/accept. Raises StripeError."""
    fields = decode(row)
    scope = clocks.scope_of(call.scope, fields)
    moved = _moved(fields, "accept", "accepted_at", scope.now)
    return {**moved, **accepted(call, scope, row)}


def _cancel(call: Call, row: Row[bytes], _: Fields) -> Fields:
    """POST /v1/quotes/{quote}/cancel. Raises StripeError."""
    fields = decode(row)
    return _moved(fields, "cancel", "canceled_at", clocks.scope_of(call.scope, fields).now)


# --- time ---------------------------------------------------------------------------------------------------------


def _due(row: Row[bytes]) -> Iterable[int]:
    """The expiry of a quote that is a draft or open."""
    fields = shared(row)
    return (integer(fields, ENDS),) if fields.get("status") in ("draft", "open") else ()


def _expire(scope: Scope, row: Row[bytes]) -> None:
    """A quote that has expired is canceled (official)."""
    objects.replace(scope, QUOTE, row, _moved(decode(row), "cancel", "canceled_at", scope.now))


LIFE = Life(QUOTE, _due, _expire)


# --- show ---------------------------------------------------------------------------------------------------------


def _pdf(call: Call) -> bytes:
    """GET /v1/quotes/{quote}/pdf: both parties, the lines and the sums. Raises StripeError for a draft."""
    row = verbs.row_of_path(QUOTES, verbs.Place(QUOTE), call)
    fields = decode(row)
    if fields.get("status") == "draft":
        raise errors.quote_without_pdf()
    return pdf.document("Quote", list(quote_documents.rows(call.scope, row, fields)))


def _include(call: Call, identifier: str, name: str) -> Json:
    """A field that only an expansion shows: lines, the lines of the upfront payment, or the amounts of totals."""
    row = objects.row(call.scope, QUOTE, identifier)
    if row is None or not (name == UPFRONT_LINES or name.endswith(BREAKDOWN)):
        return lists.include("/v1/quotes", QUOTE, call, identifier, name)
    if name.endswith(BREAKDOWN):
        place = name.removesuffix(BREAKDOWN).strip(".").split(".") if name != BREAKDOWN else []
        return breakdown(call, row, (*place, LINES))
    url = f"/v1/quotes/{row.id}/computed_upfront_line_items"
    return lists.first_page(hash_in(hash_in(shared(row), "computed"), UPFRONT).get(LINES), url)


def _render(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    """A quote without the lines of its payments, which only an expansion shows."""
    fields = {name: value for name, value in shared(row).items() if name != LINES}
    computed: Fields = {name: _without_lines(value) for name, value in hash_in(fields, "computed").items()}
    return rendered(QUOTE, ABSENT, sandbox, row, {**fields, "computed": computed})


def _without_lines(payment: Json) -> Json:
    return {name: each for name, each in payment.items() if name != LINES} if isinstance(payment, dict) else payment


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of a new quote, and of a new status; other updates have none (official)."""
    if diff.after is None:
        return
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    after = diff.render(resource, diff.after, diff.now)
    if diff.before is None:
        yield snapshot("quote.created", account, None, after)
    elif shared(diff.before).get("status") != after["status"]:
        yield snapshot(f"quote.{EVENTS[str(after['status'])]}", account, None, after)


RECIPE = Recipe(sent={"customer": "@customer", "line_items": [{"price": "@price"}]}, states=("open",))
QUOTES = stored(
    QUOTE,
    "qt",
    request_only=NOT_STORED,
    absent=ABSENT,
    filters=[CUSTOMER, "customer_account", "status", "test_clock"],
    update=_update,
    actions={"finalize": _finalize, "accept": _accept, "cancel": _cancel},
    verbs={"create": _create},
    files={"GetQuotesQuotePdf": ("application/pdf", _pdf)},
    include=_include,
    render=_render,
    events=_events,
    timer=LIFE.timer,
    elapse=LIFE.by_itself,
    unknown=partial(make, QUOTE, "qt", lambda *_: {"status": "draft"}, RECIPE),
)
RESOURCES = (QUOTES,)
