"""Invoices: drafts of pending items, and the states that follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator import errors
from emulator.resources import objects
from emulator.resources.billing.products.line_items import discounts_of, invoice_discounts, used_up
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import Additions, added, hash_in, integer, of_id, rows_of
from emulator.resources.generic.billing.charging import charged, method_of, paid
from emulator.resources.generic.billing.invoice_edits import EDITS, LINES
from emulator.resources.generic.billing.invoice_lines import ITEM, line_of_item, lines_of, with_lines
from emulator.resources.generic.billing.previews import preview
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.store.table import Row
from emulator.wire.json import Json

INVOICE, PAYMENT, RECORD = "invoice", "invoice_payment", "payment_record"
DAY, WAIT = 86_400, 3_600
# The parameters that an update of a finalized invoice may have.
KEPT = frozenset({"expand", "metadata"})
SEND, SENT = "send_invoice", "times_sent"  # the latter is never shown: each time has an event
# The default fields of a draft (observed).
DEFAULTS: Mapping[str, Json] = {
    "billing_reason": "manual",
    "customer_tax_exempt": "none",
    "customer_tax_ids": [],
    "rendering": {"amount_tax_display": None, "pdf": {"page_size": "auto"}, "template": None, "template_version": None},
    "starting_balance": 0,
}
OWNED = ("address", "email", "name", "phone", "shipping")


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new draft. Raises StripeError."""
    _check(call)
    pending = list(_pending(call)) if call.params.get("pending_invoice_items_behavior") == "include" else []
    draft: Fields = {
        **DEFAULTS,
        **owned(call, str(call.params.get("customer") or "")),
        "period_end": call.now,
        "period_start": call.now,
        "webhooks_delivered_at": call.now,
        **fields,
        **_due(call),
        "currency": call.params.get("currency") or next((decode(row)["currency"] for row in pending), "usd"),
        "discounts": invoice_discounts(call, call.params.get("customer"), customer=call.params.get("customer")),
        **_advance(call, bool(call.params.get("auto_advance"))),
    }
    if call.params.get("subscription"):
        draft["parent"] = _parent(call)
    return with_lines(call, draft, [line_of_item(call, row.id, decode(row)) for row in pending])


def _check(call: Call) -> None:
    """Refuses parameters whose effect on the total is not computed, and invalid dates. Raises StripeError."""
    params = call.params
    for name in ("from_invoice", "shipping_cost", "transfer_data", "application_fee_amount"):
        if params.get(name):
            raise errors.param_not_emulated((name,))
    if hash_in(params, "automatic_tax").get("enabled"):
        raise errors.param_not_emulated(("automatic_tax", "enabled"))
    due = params.get("due_date") or params.get("days_until_due")
    if params.get("collection_method") == SEND and not due:
        raise errors.due_date_required()
    if params.get("collection_method") != SEND and due:
        raise errors.due_date_without_sending()


def _due(call: Call) -> Fields:
    days = call.params.get("days_until_due")
    return {"due_date": call.now + int(str(days)) * DAY} if days else {}


def _advance(call: Call, advancing: bool) -> Fields:
    """The times at which a draft would be finalized and charged automatically, where it would be (observed)."""
    charged = call.params.get("collection_method") != SEND
    return {
        "auto_advance": advancing,
        "automatically_finalizes_at": call.now + WAIT + 1 if advancing else None,
        "next_payment_attempt": call.now + WAIT if advancing and charged else None,
    }


def _parent(call: Call) -> Json:
    row = of_id(call, "subscription", str(call.params["subscription"]), "subscription")
    details: Json = {"metadata": decode(row).get("metadata"), "subscription": row.id}
    return {"quote_details": None, "subscription_details": details, "type": "subscription_details"}


def owned(call: Call, customer: str) -> Fields:
    """The fields that an invoice copies from its customer."""
    row = objects.get(call.scope, "customer", customer)
    known = decode(row) if row is not None else {}
    return {f"customer_{name}": known.get(name) for name in OWNED}


def _pending(call: Call) -> Iterator[Row[bytes]]:
    """The items of the customer that wait for an invoice, newest first."""
    rows = rows_of(call, ITEM, "customer", str(call.params.get("customer") or ""))
    return (row for row in rows if not decode(row).get("invoice"))


def _claim(call: Call, row: Row[bytes]) -> Row[bytes]:
    """Assigns the pending items to a new invoice, and the invoice to its lines."""
    fields = decode(row)
    lines = lines_of(fields)
    for line in lines:
        details = hash_in(hash_in(line, "parent"), "invoice_item_details")
        item = objects.get(call.scope, ITEM, str(details.get("invoice_item")))
        if item is not None:
            objects.change(call.scope, ITEM, item, invoice=row.id)
    own: list[Json] = [{**line, "invoice": row.id} for line in lines]
    return objects.change(call.scope, INVOICE, row, lines={**hash_in(fields, "lines"), "data": own})


def _show(row: Row[bytes], _: int, fields: Fields) -> Fields:
    """An invoice whose lines name it, also in its first event."""
    data: list[Json] = [{**line, "invoice": row.id} for line in lines_of(fields)]
    return {**fields, "lines": {**hash_in(fields, "lines"), "data": data}}


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """The fields after an update. Only the metadata of a finalized invoice change. Raises StripeError."""
    stored = decode(row)
    if stored.get("status") != "draft":
        other = next((name for name in call.params if name not in KEPT), None)
        if other is not None:
            raise errors.finalized_invoice_field(other)
        return fields
    _check_update(call)
    if "auto_advance" in call.params:
        fields = {**fields, **_advance(call, bool(call.params["auto_advance"]))}
    if "discounts" in call.params:
        fields["discounts"] = discounts_of(call, call.params, invoice=row.id)
    return with_lines(call, {**fields, **_due(call)}, lines_of(stored))


def _check_update(call: Call) -> None:
    for name in ("shipping_cost", "transfer_data", "application_fee_amount"):
        if call.params.get(name):
            raise errors.param_not_emulated((name,))


def _delete(_: Call, row: Row[bytes]) -> None:
    """Refuses to delete all but drafts that no subscription made. Raises StripeError."""
    fields = decode(row)
    if fields.get("status") != "draft":
        raise errors.invoice_not_draft()
    if fields.get("billing_reason") != "manual" and fields.get("parent"):
        raise errors.invoice_of_subscription()


def _finalize(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """A finalized invoice has a number and URLs; one without an amount is paid at once (observed)."""
    opened = _opened(call, row, fields)
    if integer(opened, "amount_due"):
        return opened
    objects.change(call.scope, INVOICE, row, **opened)
    return paid(call.now, {**opened, "attempted": True})


def _opened(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    rendering = hash_in(fields, "rendering")
    used_up(call, fields.get("customer"), fields.get("discounts"))
    return {
        **fields,
        "auto_advance": False,
        "automatically_finalizes_at": None,
        "ending_balance": 0,
        "hosted_invoice_url": f"{call.address}/i/{call.owner}/test_{row.id}?s=ap",
        "invoice_pdf": f"{call.address}/invoice/{call.owner}/test_{row.id}/pdf?s=ap",
        "number": fields.get("number") or _number(call, fields.get("customer")),
        "rendering": {**rendering, "pdf": {"page_size": "letter"}} if rendering else None,
    }


def _number(call: Call, customer: Json) -> Json:
    """The next number of a customer's invoices, which is counted; none where the customer is not known."""
    row = objects.get(call.scope, "customer", str(customer or ""))
    if row is None:
        return None
    known = decode(row)
    sequence = integer(known, "next_invoice_sequence", 1)
    objects.change(call.scope, "customer", row, next_invoice_sequence=sequence + 1, _numbered=sequence)
    return f"{known['invoice_prefix']}-{sequence:04d}"


def _pay(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """Pays an invoice: by a payment method, out of band, or without an amount. Raises StripeError."""
    state = fields.get("status")
    if state == "paid":
        raise errors.invoice_paid_already()
    if state not in ("draft", "open"):
        raise errors.invoice_not_open()
    opened = finalized(call, row, fields) if state == "draft" else fields
    if opened.get("status") == "paid" or call.params.get("paid_out_of_band"):
        return opened if opened.get("status") == "paid" else paid(call.now, opened)
    if not integer(opened, "amount_remaining"):
        return paid(call.now, {**opened, "attempted": True})
    request: Fields = {name: call.params[name] for name in ("payment_method", "source") if name in call.params}
    method = method_of(call, request, opened, customer=opened.get("customer"))
    if method is None:
        raise errors.invoice_without_payment_method()
    return charged(call, row, opened, method, "Payment for Invoice")


def finalized(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """A draft after it was finalized for another action, with the events of that."""
    times = {**hash_in(fields, "status_transitions"), "finalized_at": call.now}
    opened = _opened(call, row, {**fields, "status": "open", "effective_at": call.now, "status_transitions": times})
    objects.change(call.scope, INVOICE, row, **opened)
    return opened if integer(opened, "amount_due") else paid(call.now, {**opened, "attempted": True})


def _send(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """Sends an invoice; a draft is finalized first. Raises StripeError for one that has ended."""
    if fields.get("status") not in ("draft", "open"):
        raise errors.invoice_cannot_be_sent()
    sent = finalized(call, row, fields) if fields.get("status") == "draft" else fields
    return {**sent, SENT: integer(sent, SENT) + 1}


def _attach_payment(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """Attaches the payment of a payment record. Raises StripeError for other payments, which would move money."""
    if fields.get("status") != "open":
        raise errors.invoice_not_open()
    if call.params.get("payment_intent"):
        raise errors.param_not_emulated(("payment_intent",))
    if not call.params.get("payment_record"):
        raise errors.missing_param(("payment_record",))
    record = of_id(call, RECORD, str(call.params["payment_record"]), "payment_record")
    reported = integer(hash_in(decode(record), "amount_guaranteed"), "value")
    if not reported:
        raise errors.payment_record_not_guaranteed(record.id)
    due = integer(fields, "amount_remaining")
    total = integer(fields, "amount_paid") + min(reported, due)
    _add_payment(call, row, fields, record.id, min(reported, due))
    after = {**fields, "amount_paid": total, "amount_remaining": due - min(reported, due)}
    return paid(call.now, after) if not after["amount_remaining"] else after


def _add_payment(call: Call, row: Row[bytes], fields: Fields, record: str, amount: int) -> None:
    payment: Fields = {
        "amount_paid": amount,
        "amount_requested": amount,
        "currency": fields.get("currency"),
        "invoice": row.id,
        "is_default": False,
        "payment": {"payment_record": record, "type": "payment_record"},
        "status": "paid",
        "status_transitions": {"canceled_at": None, "paid_at": call.now},
    }
    added(call, PAYMENT, payment, parent=row.id)


def _event(before: Fields, after: Fields) -> str:
    """The events of a state; a payment has two."""
    if after.get(SENT) != before.get(SENT):
        return "sent"
    if after.get("status") == before.get("status") == "open":
        if integer(after, "attempt_count") != integer(before, "attempt_count"):
            return "payment_failed"
        return "payment_action_required" if bool(after.get("attempted")) != bool(before.get("attempted")) else ""
    if after.get("status") == before.get("status"):
        return ""
    return {"paid": "paid payment_succeeded", "open": "finalized"}.get(str(after.get("status")), "")


ADDITIONS = {
    INVOICE: Additions(
        create=_create,
        then=_claim,
        update=_update,
        delete=_delete,
        show=_show,
        actions={"finalize": _finalize, "pay": _pay, "send": _send, "attach_payment": _attach_payment, **EDITS},
        verbs={"create_preview": preview},
        event=_event,
    ),
    **LINES,
}
