"""`/v1/payment_pages`: the page of a checkout session, as its own scripts and the Stripe CLI read and confirm it.

Stripe's API description lacks these operations.
"""

from __future__ import annotations

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.private import kept, private, public
from emulator.model.declaration.resource import Fields, Resource
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.checkout import completing, items, payers
from emulator.resources.billing.checkout.creation import INTENT, SESSION, SETUP_INTENT
from emulator.resources.billing.checkout.kept import SessionState
from emulator.resources.payments.methods import payment_methods
from emulator.schema.trees import integer
from emulator.store.table import Row
from emulator.wire.json import Json

NAME = "payment_page"
ID_DIGITS = 24
# The fields of the session that its page shows.
SHOWN = """
    currency livemode mode payment_method_types payment_status redirect_on_completion return_url status subscription
    success_url ui_mode url
""".split()


def _retrieve(call: Call) -> Json:
    """GET /v1/payment_pages/{session}, and POST of its `init`. Raises StripeError."""
    return shown(call, page_of(call))


def _confirm(call: Call) -> Json:
    """POST /v1/payment_pages/{session}/confirm. Raises StripeError."""
    row = page_of(call)
    fields = shared(row)
    amount, expected = integer(fields, "amount_total"), call.params.get("expected_amount")
    if isinstance(expected, int) and expected != amount:
        raise errors.expected_amount_differs(expected, amount)
    if not call.params.get("payment_method"):
        payer = payers.Payer(address=call.address)
    else:
        method = payment_methods.resolve(call.scope, str(call.params["payment_method"]), "payment_method")
        payer = payers.of_method(method, fields, call.address)
    return shown(call, completing.complete(call.scope, row, payer))


def page_of(call: Call) -> Row[bytes]:
    """The session of the path. Raises StripeError."""
    identifier = call.path["session"]
    row = objects.get(call.scope, SESSION, identifier)
    if row is None:
        raise errors.no_such(SESSION, identifier, "session", 404, call.sandbox.other_mode_of(identifier))
    return row


def shown(call: Call, row: Row[bytes]) -> Fields:
    """The page of a session (its form is observed in part)."""
    row = _with_page(call, row)
    session = objects.shown(call.scope, SESSION, row)
    fields = shared(row)
    total, subtotal = fields.get("amount_total"), fields.get("amount_subtotal")
    lines: list[Json] = [public(each) for each in items.of(fields)]
    group: Fields = {"currency": fields.get("currency"), "line_items": lines, "subtotal": subtotal, "total": total}
    own: Fields = {name: session[name] for name in SHOWN if name in session}
    intent = completing.intent_of(call.scope, fields)
    own |= {INTENT: None, SETUP_INTENT: None}
    if intent is not None:
        kind = SETUP_INTENT if intent.id.startswith("seti_") else INTENT
        own[kind] = objects.shown(call.scope, kind, intent)
    body: Fields = {**own, "line_item_group": group, "session_id": row.id}
    return {"id": private(SessionState, fields)["_page"], "object": SESSION, **dict(sorted(body.items()))}


def _with_page(call: Call, row: Row[bytes]) -> Row[bytes]:
    if "_page" in private(SessionState, shared(row)):
        return row
    page = call.sandbox.ids.in_account("ppage", call.now, call.owner)
    return objects.change(call.scope, SESSION, row, **kept(SessionState(_page=page)))


PAGES: Resource[bytes] = Resource(
    name=NAME,
    endpoints={
        "GetPaymentPagesSession": _retrieve,
        "PostPaymentPagesSessionInit": _retrieve,
        "PostPaymentPagesSessionConfirm": _confirm,
    },
)
RESOURCES = (PAGES,)
