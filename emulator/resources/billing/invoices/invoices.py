"""`/v1/invoices`: drafts of pending items, and the states that follow."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from emulator import errors
from emulator.model.answering import verbs
from emulator.model.answering.search import search
from emulator.model.answering.verbs import Place
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields, Handler
from emulator.model.stored import objects
from emulator.model.stored.recipes import make
from emulator.model.stored.stored import decode, encode, rendered, shared, stored
from emulator.resources.billing.base import before_basil, clocks
from emulator.resources.billing.invoices import collection, drafts, finalization, payments, unknown_invoices, urls
from emulator.resources.billing.invoices.changes import update
from emulator.resources.billing.invoices.drafts import INVOICE, SEND, WAIT, remaining, subscription_of
from emulator.resources.billing.invoices.edits import EDITS, LINES
from emulator.resources.billing.invoices.events import events, sent
from emulator.resources.billing.invoices.kept import InvoiceState
from emulator.resources.billing.invoices.life import LIFE
from emulator.resources.billing.invoices.lines import lines_of
from emulator.resources.billing.invoices.previews import preview
from emulator.resources.billing.invoices.requests import REQUEST_ONLY, new_draft
from emulator.resources.billing.invoices.upcoming import UPCOMING, upcoming, upcoming_params
from emulator.resources.generic.base.lists import first_page
from emulator.resources.payments.intents.states import SUCCEEDED
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_in
from emulator.store.table import Row
from emulator.wire.json import Json

ABSENT = frozenset(("amount_paid_off_stripe", "confirmation_secret", "payments", "threshold_reason"))
EXPANDED = ("confirmation_secret", "payments")
SEARCHED = frozenset(
    """
    created currency customer last_finalization_error_code last_finalization_error_type metadata number receipt_number
    status subscription total
    """.split()
)
FOUND_BY_ID = ("finalize", "mark_uncollectible", "pay", "update", "void")  # whose unknown ids name `id` (observed)
Change = Callable[[Call, Scope, Row[bytes]], Row[bytes]]


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    fields = shared(row)
    body = rendered(INVOICE, ABSENT, sandbox, row, fields)
    for name in EXPANDED:
        body.pop(name, None)
    data: list[Json] = [{**line, "invoice": row.id} for line in lines_of(fields)]
    body["lines"] = first_page({**hash_in(fields, "lines"), "data": data}, f"/v1/invoices/{row.id}/lines")
    return body | urls.of_invoice(sandbox, row, now)


def _include(call: Call, identifier: str, name: str) -> Json:
    """A field that only an expansion shows."""
    row: Row[bytes] | None = call.sandbox.table(INVOICE).get(call.owner, identifier)
    if row is None:
        return None
    if name not in EXPANDED:
        return None
    if name == "confirmation_secret":
        return shared(row).get(name)
    data = [objects.shown(call.scope, payments.PAYMENT, each) for each in payments.of_invoice(call.scope, row.id)]
    return {"object": "list", "data": cast("list[Json]", data), "has_more": False, "url": "/v1/invoices/payments"}


# --- endpoints ----------------------------------------------------------------------------------------------------


def _on(verb: str, change: Change) -> Handler:
    """The endpoint that changes an invoice, at the time of its customer."""

    def handle(call: Call) -> Json:
        row = invoice_of(call, verb)
        scope = clocks.scope_of_customer(call.scope, shared(row).get("customer"))
        return INVOICES.respond(call, change(call, scope, row))

    return handle


def invoice_of(call: Call, verb: str) -> Row[bytes]:
    """The invoice of the path. Raises StripeError."""
    wanted = call.path["invoice"]
    row = objects.row(call.scope, INVOICE, wanted)
    if row is None:
        param = "id" if verb in FOUND_BY_ID else "invoice"
        raise errors.no_such(INVOICE, wanted, param, 404, call.sandbox.other_mode_of(wanted))
    return row


def _retrieve(call: Call) -> Json:
    """GET /v1/invoices/{invoice}, and the preview of an invoice in old versions. Raises StripeError."""
    if call.path["invoice"] == UPCOMING and call.version.date < before_basil.BASIL:
        return upcoming(call)
    extra = [(name,) for name in call.params if name != "expand"]
    if extra and call.path["invoice"] != UPCOMING:
        raise errors.unknown_params(extra)
    return INVOICES.respond(call, invoice_of(call, "retrieve"))


def _create(call: Call) -> Json:
    """POST /v1/invoices. Raises StripeError."""
    return INVOICES.respond(call, new_draft(call))


def _delete(call: Call) -> Json:
    """DELETE /v1/invoices/{invoice}, of a draft that no subscription made. Raises StripeError."""
    row = invoice_of(call, "delete")
    fields = shared(row)
    if fields["status"] != "draft":
        raise errors.invoice_not_draft()
    if fields.get("billing_reason") != "manual" and subscription_of(fields):
        raise errors.invoice_of_subscription()
    return verbs.delete(INVOICES, Place(INVOICE), call)


def _finalize(call: Call, scope: Scope, row: Row[bytes]) -> Row[bytes]:
    if shared(row)["status"] != "draft":
        raise errors.invoice_finalized()
    row = finalization.finalize(scope, row)
    advancing = bool(call.params.get("auto_advance", shared(row).get("auto_advance")))
    if shared(row)["status"] != "open":
        return row
    charged = advancing and shared(row).get("collection_method") != SEND
    later = scope.now + WAIT if charged else None
    if (advancing, later) == (shared(row).get("auto_advance"), shared(row).get("next_payment_attempt")):
        return row
    return objects.change(scope, INVOICE, row, auto_advance=advancing, next_payment_attempt=later)


def _pay(call: Call, scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """Pay an invoice: by a payment method, out of band, or without an amount. Raises StripeError."""
    state, params = shared(row)["status"], call.params
    if state == "paid":
        raise errors.invoice_paid_already()
    if state not in ("draft", "open"):
        raise errors.invoice_not_open()
    if params.get("paid_out_of_band"):
        row = finalization.finalize(scope, row) if state == "draft" else row
        return collection.paid_outside(scope, row) if shared(row)["status"] == "open" else row
    method = params.get("payment_method") or params.get("source")
    return collection.pay(
        scope, row, str(method) if method else None, off_session=bool(params.get("off_session", True))
    )


def _send(_: Call, scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """Send an invoice; a draft is finalized first. Raises StripeError for one that has ended."""
    if shared(row)["status"] not in ("draft", "open"):
        raise errors.invoice_cannot_be_sent()
    if shared(row).get("collection_method") != SEND:
        raise errors.invoice_not_sent_manually()
    row = finalization.finalize(scope, row) if shared(row)["status"] == "draft" else row
    return objects.change(scope, INVOICE, row, **sent(row))


def _void(_: Call, scope: Scope, row: Row[bytes]) -> Row[bytes]:
    if shared(row)["status"] == "paid" or payments.of_invoice(scope, row.id, "paid"):
        raise errors.invoice_paid_not_voidable()
    if shared(row)["status"] != "open":
        raise errors.invoice_not_open()
    return void(scope, row)


def void(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """An open invoice as void; its payment intent is canceled, and the customer's balance restored (official)."""
    after = _ended(scope, row, "void", "voided_at")
    payments.cancel_open(scope, row.id, "void_invoice")
    finalization.restore_balance(scope, row)
    return after


def _mark_uncollectible(_: Call, scope: Scope, row: Row[bytes]) -> Row[bytes]:
    if shared(row)["status"] == "uncollectible":
        raise errors.invoice_uncollectible_already()
    if shared(row)["status"] != "open":
        raise errors.invoice_not_open()
    return mark_uncollectible(scope, row)


def mark_uncollectible(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """An open invoice as uncollectible."""
    finalization.set_delinquent(scope, shared(row), delinquent=False)
    return _ended(scope, row, "uncollectible", "marked_uncollectible_at")


def _ended(scope: Scope, row: Row[bytes], status: str, name: str) -> Row[bytes]:
    fields = decode(row)
    times = {**hash_in(fields, "status_transitions"), name: scope.now}
    stops: Fields = {"auto_advance": False, "next_payment_attempt": None}
    return objects.replace(scope, INVOICE, row, {**fields, **stops, "status": status, "status_transitions": times})


def _attach_payment(call: Call, scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """Attach a payment; one that has succeeded counts at once (official). Raises StripeError."""
    if shared(row)["status"] != "open":
        raise errors.invoice_not_open()
    payment, amount, status = payments.attach(call, row)
    if status != SUCCEEDED:
        return row
    paying = hash_in(shared(payment), "payment")
    return collection.received(scope, row, str(paying[str(paying["type"])]), amount)


def _search(call: Call) -> Json:
    """GET /v1/invoices/search. Raises StripeError."""
    inner = any(name in str(call.params["query"]) for name in INNER)
    shown = partial(objects.shown, call.scope, INVOICE)
    return search(call, INVOICE, SEARCHED, shown, _searched if inner else None)


INNER = ("subscription", "last_finalization_error")  # fields of a search that are inside others


def _searched(row: Row[bytes]) -> Row[bytes]:
    """An invoice with the fields of a search that are inside others."""
    fields, error = shared(row), hash_in(shared(row), "last_finalization_error")
    inner: Fields = {f"last_finalization_error_{name}": error.get(name) for name in ("code", "type")}
    return row._replace(data=encode({**fields, **inner, "subscription": subscription_of(fields)}))


def _unknown(_: Scope, __: str, ___: str | None) -> Fields:
    return {"status": "draft"}


INVOICES = stored(
    INVOICE,
    "in",
    param="invoice",
    private=InvoiceState,
    request_only=REQUEST_ONLY,
    filters=["collection_method", "customer", "customer_account", "due_date", "status"],
    inside={"subscription": "parent.subscription_details.subscription"},
    unknown=partial(make, INVOICE, "in", _unknown, unknown_invoices.RECIPE),
    render=_render,
    include=_include,
    events=events,
    timer=LIFE.timer,
    elapse=LIFE.by_itself,
    delete=lambda _, __: None,
    update=lambda _, __, fields: fields,
    params={"retrieve": upcoming_params},
    verbs={
        "create": _create,
        "retrieve": _retrieve,
        "update": _on("update", update),
        "delete": _delete,
        "finalize": _on("finalize", _finalize),
        "pay": _on("pay", _pay),
        "send": _on("send", _send),
        "void": _on("void", _void),
        "mark_uncollectible": _on("mark_uncollectible", _mark_uncollectible),
        "attach_payment": _on("attach_payment", _attach_payment),
        **{verb: _on(verb, change) for verb, change in EDITS.items()},
        "create_preview": preview,
        "search": _search,
    },
)
RESOURCES = (INVOICES, LINES)

__all__ = ["INVOICES", "RESOURCES", "before_basil", "drafts", "mark_uncollectible", "remaining", "void"]
