"""`/v1/credit_notes`: of open invoices, whose remaining amount they lower, and of paid ones.

What was paid is refunded, credited to the customer's balance, or settled out of band.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from emulator import errors
from emulator.model.answering import paging
from emulator.model.answering.paging import SequenceSource, list_object
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Diff, Fields, Resource, Shared
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.objects import of_id
from emulator.model.stored.recipes import Recipe, make
from emulator.model.stored.stored import decode, encode, rendered, shared, stored
from emulator.resources.billing.base import clocks
from emulator.resources.billing.credit_notes import settlements
from emulator.resources.billing.credit_notes.lines import LINE, added_up, lines, sums
from emulator.resources.billing.invoices import payments, urls
from emulator.resources.billing.invoices.drafts import CUSTOMER, INVOICE, remaining
from emulator.resources.billing.invoices.finalization import settled
from emulator.resources.billing.invoices.unknown_invoices import finalize_sent
from emulator.resources.billing.invoices.urls import PageState
from emulator.resources.generic.base.lists import first_page, items
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_in, integer
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

NOTE = "credit_note"
ABSENT: frozenset[str] = frozenset()


class Plan(NamedTuple):
    """A credit note before anything is moved: its invoice, its fields, and the amount to be settled."""

    scope: Scope
    invoice: Row[bytes]
    fields: Fields

    @property
    def before(self) -> int:
        """The part that lowers the remaining amount of the invoice."""
        return integer(self.fields, "pre_payment_amount")

    @property
    def after(self) -> int:
        """The part that credits what was paid."""
        return integer(self.fields, "post_payment_amount")


def _planned(call: Call) -> Plan:
    """The credit note of a request. Raises StripeError."""
    invoice = of_id(call, INVOICE, str(call.params[INVOICE]), INVOICE)
    stored_fields = shared(invoice)
    if stored_fields["status"] not in ("open", "paid"):
        raise errors.credit_note_of_draft()
    scope = clocks.scope_of_customer(call.scope, stored_fields.get(CUSTOMER))
    found = lines(call, scope, stored_fields)
    shipping = _shipping(call, stored_fields)
    sum_of, more = sums(found), integer(hash_in({"cost": shipping}, "cost"), "amount_total")
    total = sum_of.total + more
    before = min(total, remaining(stored_fields)) if stored_fields["status"] == "open" else 0
    _check(stored_fields, total, before)
    settlements.check(call, stored_fields, total - before)
    params = call.params
    fields: Fields = {
        **added_up(found),
        "amount": total,
        "amount_shipping": more,
        "currency": stored_fields["currency"],
        CUSTOMER: stored_fields.get(CUSTOMER),
        "effective_at": integer(params, "effective_at", scope.now),
        INVOICE: invoice.id,
        "lines": list_object(found),
        "memo": str(params["memo"]) if params.get("memo") else None,
        "metadata": dict(merged({}, params.get("metadata"))),
        "number": f"{stored_fields.get('number')}-CN-{_earlier(scope, invoice.id) + 1:02d}",
        "out_of_band_amount": integer(params, "out_of_band_amount") or None,
        "post_payment_amount": total - before,
        "pre_payment_amount": before,
        "reason": str(params["reason"]) if params.get("reason") else None,
        "shipping_cost": shipping,
        "status": "issued",
        "subtotal": sum_of.subtotal,
        "subtotal_excluding_tax": sum_of.subtotal - (sum_of.tax - sum_of.added),
        "total": total,
        "total_excluding_tax": total - sum_of.tax,
        "type": "mixed" if before and total - before else "pre_payment" if before else "post_payment",
        **kept(PageState(_token=f"_{scope.sandbox.ids.token(32)}")),
    }
    return Plan(scope, invoice, fields)


def _shipping(call: Call, invoice: Shared) -> Json:
    """The shipping of the invoice, which is credited as a whole. Raises StripeError."""
    wanted = hash_in(call.params, "shipping_cost").get("shipping_rate")
    if not wanted:
        return None
    found = hash_in(invoice, "shipping_cost")
    if found.get("shipping_rate") != wanted:
        raise errors.no_such("shipping rate", str(wanted), "shipping_cost[shipping_rate]")
    return found


def _check(invoice: Shared, total: int, before: int) -> None:
    """Refuses more than the remainder of an invoice, and more than was paid. Raises StripeError."""
    paid = integer(invoice, "amount_paid") - integer(invoice, "post_payment_credit_notes_amount")
    if not 0 < total <= before + paid:
        raise errors.credit_note_too_large()


def _earlier(scope: Scope, invoice: str) -> int:
    return sum(1 for _ in scope.sandbox.table(NOTE).newest(scope.owner, parent=invoice))


# --- endpoints ----------------------------------------------------------------------------------------------------


def _create(call: Call) -> Json:
    """POST /v1/credit_notes, whose event comes after those of its effects (observed). Raises StripeError."""
    plan = _planned(call)
    scope = plan.scope
    identifier = scope.sandbox.ids.in_account("cn", scope.outside.now, scope.owner)
    urls.NOTES.put(scope, private(PageState, plan.fields)["_token"] or "", identifier)
    refunds: Json = settlements.refunds(call, scope, plan.invoice)
    _credit(plan, plan.before, plan.after)
    balanced = settlements.credit(call, scope, plan.invoice, identifier)
    made: Fields = {"customer_balance_transaction": balanced, "refunds": refunds}
    return NOTES.respond(call, objects.add(scope, NOTE, identifier, {**plan.fields, **made}, plan.invoice.id))


def _credit(plan: Plan, before: int, after: int) -> None:
    """Change the invoice of a credit note; one with nothing left to pay is paid (official)."""
    scope, row, fields = plan.scope, plan.invoice, decode(plan.invoice)
    left = remaining(fields) - before
    fields |= {
        "amount_due": integer(fields, "amount_due") - before,
        "amount_remaining": left,
        "post_payment_credit_notes_amount": integer(fields, "post_payment_credit_notes_amount") + after,
        "pre_payment_credit_notes_amount": integer(fields, "pre_payment_credit_notes_amount") + before,
    }
    if fields["status"] == "open" and not left:
        objects.replace(scope, INVOICE, row, settled(scope, fields))
        payments.cancel_open(scope, row.id, "automatic")
        return
    objects.replace(scope, INVOICE, row, fields)
    if before:
        payments.resize(scope, row.id, left)


def _update(_: Call, __: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/credit_notes/{id}: the memo and the metadata."""
    return fields


def _void(call: Call) -> Json:
    """POST /v1/credit_notes/{id}/void, which adds its amount to the open invoice again. Raises StripeError."""
    row = of_id(call, NOTE, call.path["id"], "id", 404)
    fields = decode(row)
    if fields["status"] != "issued":
        raise errors.wrong_state("void", NOTE, str(fields["status"]))
    invoice = of_id(call, INVOICE, str(fields[INVOICE]), INVOICE)
    if shared(invoice)["status"] != "open" or integer(fields, "post_payment_amount"):
        raise errors.credit_note_not_voidable()
    scope = clocks.scope_of_customer(call.scope, fields.get(CUSTOMER))
    _credit(Plan(scope, invoice, fields), -integer(fields, "pre_payment_amount"), 0)
    return NOTES.respond(call, objects.change(scope, NOTE, row, status="void", voided_at=scope.now))


def _preview(call: Call) -> Json:
    """GET /v1/credit_notes/preview. Nothing is stored. Raises StripeError."""
    plan = _planned(call)
    scope = plan.scope
    identifier = scope.sandbox.ids.in_account("cn", scope.outside.now, scope.owner)
    row = Row(scope.owner, identifier, 0, scope.now, plan.invoice.id, (), encode(plan.fields))
    return _render(scope.sandbox, row, scope.now)


def _preview_lines(call: Call) -> Json:
    """GET /v1/credit_notes/preview/lines. Raises StripeError."""
    return _page(call, _planned(call).fields)


def _lines(call: Call) -> Json:
    """GET /v1/credit_notes/{credit_note}/lines. Raises StripeError."""
    return _page(call, shared(of_id(call, NOTE, call.path[NOTE], NOTE, 404)))


def _page(call: Call, fields: Shared) -> Json:
    source = SequenceSource(items(fields, ("lines",)), lambda each: str(each["id"]))
    page = paging.page(call, source, noun=LINE)
    return paging.listing(list(page.rows), call.url, has_more=page.has_more)


# --- show ---------------------------------------------------------------------------------------------------------


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    body = rendered(NOTE, ABSENT, sandbox, row, shared(row))
    body["lines"] = first_page(body["lines"], f"/v1/credit_notes/{row.id}/lines")
    return body | urls.of_note(sandbox, row, now)


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of a new credit note, of a changed one, and of one that is void."""
    if diff.after is None or diff.before is diff.after:
        return
    before = diff.render(resource, diff.before, diff.now) if diff.before else None
    after = diff.render(resource, diff.after, diff.now)
    voided = before is not None and after["status"] != before["status"]
    name = "created" if before is None else "voided" if voided else "updated"
    if before != after:
        account = Scope(diff.sandbox, diff.row.owner, diff.now).account
        yield snapshot(f"{NOTE}.{name}", account, before if name == "updated" else None, after)


def _unknown(scope: Scope, _: str, __: str | None) -> Fields:
    token = kept(PageState(_token=f"_{scope.sandbox.ids.token(32)}"))
    return {"status": "issued", "lines": list_object(), **token}


RECIPE = Recipe(sent={INVOICE: "@invoice", "amount": 100}, states=("issued",), prepare=finalize_sent)
NOTES = stored(
    NOTE,
    "cn",
    noun=NOTE,
    private=PageState,
    filters=[CUSTOMER, "customer_account", INVOICE],
    update=_update,
    render=_render,
    events=_events,
    unknown=partial(make, NOTE, "cn", _unknown, RECIPE),
    verbs={"create": _create, "show": _preview, "void": _void},
)
LINES = stored(
    LINE,
    "cnli",
    noun=LINE,
    endpoints={"GetCreditNotesPreviewLines": _preview_lines, "GetCreditNotesCreditNoteLines": _lines},
)
RESOURCES = (NOTES, LINES)
