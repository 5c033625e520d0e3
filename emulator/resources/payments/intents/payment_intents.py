"""`/v1/payment_intents`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import cast

from emulator.catalog.versions import Version
from emulator.model.answering.paging import DEFAULT_LIMIT, listing
from emulator.model.answering.search import search
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields, Handler, Resource
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, rendered, shared, stored
from emulator.resources.payments.intents import endpoints, microdeposits, parameters, states
from emulator.resources.payments.intents.confirmation import check_method, secret_of
from emulator.resources.payments.intents.events import payment_events
from emulator.resources.payments.intents.states import PAYMENT, PaymentIntentState
from emulator.resources.payments.methods.types import with_cards
from emulator.sandbox.sandbox import Sandbox
from emulator.schema import spec
from emulator.schema.trees import hash_at
from emulator.store.table import Row
from emulator.wire.json import Json

LINE_ITEM = "payment_intent_amount_details_line_item"
# The verbs that move money.
MOVES = "confirm capture cancel apply_customer_balance increment_authorization verify_microdeposits".split()
SEARCHED = frozenset("amount created currency customer metadata status".split())
CHARGE = "charge"
_ABSENT: frozenset[str] = frozenset()
# An update of these makes an intent that waits for its customer need another confirmation (inferred).
_CONFIRMED_AGAIN = frozenset(("amount", "currency", "payment_method", "payment_method_data", "setup_future_usage"))


def _render(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    body = rendered(PAYMENT, _ABSENT, sandbox, row, shared(row))
    body["client_secret"] = secret_of(row)
    return body


def _shown(call: Call, row: Row[bytes]) -> Fields:
    """The payment intent, as the key of a request sees it."""
    return endpoints.shown_to(call, PAYMENT, _render(call.sandbox, row, call.now))


def _charges(call: Call, intent: str) -> Fields | None:
    """All charges of an intent, the failed ones too, newest first; None for a publishable key."""
    if call.publishable:
        return None
    rows = list(call.sandbox.table(CHARGE).newest(call.owner, parent=intent))
    data: list[Json] = [objects.shown(call.scope, CHARGE, charge) for charge in rows[:DEFAULT_LIMIT]]
    more, url = len(rows) > len(data), f"/v1/charges?payment_intent={intent}"
    return {**listing(data, url, has_more=more), "total_count": len(rows)}


# --- verbs --------------------------------------------------------------------------------------------------------


def _create(call: Call, sent: Fields) -> Fields:
    """The fields of a new intent. One that is confirmed at once gets its payment method by that."""
    fields = parameters.new_fields(call, sent)
    fields["status"] = states.METHOD
    fields |= kept(PaymentIntentState(_secret=call.sandbox.ids.token(endpoints.SECRET_LENGTH[PAYMENT])))
    return fields if call.params.get("confirm") else {**fields, **_method(call, fields)}


def _method(call: Call, intent: Fields) -> Fields:
    """The payment method of a request, and the state that follows. Raises StripeError."""
    method = _sent_method(call)
    if call.params.get("save_payment_method"):
        method = _saved(call, intent, method)
    if method is None:
        return {}
    check_method(PAYMENT, intent, method.id, decode(method))
    return {"payment_method": method.id, "status": states.CONFIRMATION}


def _sent_method(call: Call) -> Row[bytes] | None:
    """The payment method of a request, None without one. Raises StripeError."""
    if not (call.params.get("payment_method") or call.params.get("payment_method_data")):
        return None
    from emulator.resources.payments.intents import confirmation_params  # noqa: PLC0415 - and payment methods

    return confirmation_params.sent_method(call)


def _saved(call: Call, intent: Fields, method: Row[bytes] | None) -> Row[bytes]:
    from emulator.resources.payments.intents import confirmation_params  # noqa: PLC0415 - and payment methods

    return confirmation_params.saved_method(call, intent, method)


def _then(call: Call, row: Row[bytes]) -> Row[bytes]:
    """Confirm a new intent at once. A decline keeps the intent, and its error has it."""
    _store_line_items(call, row.id)
    if not call.params.get("confirm"):
        return row
    with endpoints.declines_carry(call, PAYMENT, row, _shown):
        return _move("confirm_new")(call, row)


def _update(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/payment_intents/{intent}. Raises StripeError."""
    intent = decode(row)
    states.check_changeable(intent, call.params)
    changed = parameters.updates(call, intent)
    after = {**intent, **changed}
    if intent["status"] == states.ACTION and _CONFIRMED_AGAIN & call.params.keys():
        changed |= {"status": states.CONFIRMATION, "next_action": None}
    if call.params.get("payment_method") == "":
        changed |= {"payment_method": None, "status": states.METHOD, "next_action": None}
    elif "payment_method" in call.params or "payment_method_data" in call.params:
        changed |= _method(call, after)
    elif call.params.get("save_payment_method"):
        _saved(call, after, None)
    elif call.params.get("customer") and after["payment_method"]:
        from emulator.resources.payments.intents import confirmation_params  # noqa: PLC0415

        method = confirmation_params.named_method(call, str(after["payment_method"]))
        check_method(PAYMENT, after, method.id, decode(method))
    _store_line_items(call, row.id)
    return objects.change(call.scope, PAYMENT, row, **changed)


def _store_line_items(call: Call, intent: str) -> None:
    """Store the line items of a request in place of those that the intent has."""
    sent = hash_at(call.params, "amount_details").get("line_items")
    if not isinstance(sent, list):
        return
    table, ids = call.sandbox.table(LINE_ITEM), call.sandbox.ids
    for old in list(table.oldest(call.owner, parent=intent)):
        objects.remove(call.scope, LINE_ITEM, old.id)
    for each in reversed(sent):  # lists begin with the newest
        objects.add(call.scope, LINE_ITEM, ids.random("uli", 14), cast("Fields", each), parent=intent)


def _update_params(version: Version) -> spec.Object:
    """The parameters of an update, which may also unset the payment method (observed)."""
    known = with_cards("PostPaymentIntentsIntent")(version).params
    return spec.Object({**known, "payment_method": replace(known["payment_method"], clearable=True)})


def _move(name: str) -> Callable[[Call, Row[bytes]], Row[bytes]]:
    """The change of a verb that moves money: its module, and charges with it, are imported with the first one."""

    def move(call: Call, row: Row[bytes]) -> Row[bytes]:
        from emulator.resources.payments.intents import payment_verbs  # noqa: PLC0415

        return payment_verbs.CHANGES[name](call, row)

    return move


def _elapse(sandbox: Sandbox, row: Row[bytes], at: int) -> None:
    from emulator.resources.payments.intents import payment_verbs  # noqa: PLC0415 - and charges

    payment_verbs.elapse(sandbox, row, at)


def _cash(scope: Scope, identifier: str, parent: str | None) -> Mapping[str, object]:
    from emulator.resources.payments.intents import bank_transfers  # noqa: PLC0415 - and charges

    return bank_transfers.of_nobody(scope, identifier, parent)


def _search(call: Call) -> Json:
    """GET /v1/payment_intents/search. Raises StripeError."""
    return search(call, PAYMENT, SEARCHED, partial(_shown, call))


def _new_id(call: Call, _: bytes) -> str:
    return call.sandbox.ids.in_family("pi", call.sandbox.ids.family(call.now, call.owner))


_on: Callable[..., Handler] = partial(endpoints.changes, PAYMENT, PAYMENT, _shown)
# The parameters of payment intents that nobody created, in several states.
_OPEN: Mapping[str, object] = {"amount": 2000, "currency": "usd"}
_CARD: Mapping[str, object] = {"payment_method": "pm_card_visa", "payment_method_types": ["card"]}
_PAID: Mapping[str, object] = {"confirm": True}
_HELD: Mapping[str, object] = {
    **_PAID,
    "capture_method": "manual",
    "payment_method_options": {"card": {"request_incremental_authorization": "if_available"}},
}

PAYMENT_INTENTS = stored(
    PAYMENT,
    "pi",
    noun=PAYMENT,
    param="intent",
    private=PaymentIntentState,
    new_id=_new_id,
    request_only=parameters.OWN,
    filters=["customer"],
    create=_create,
    unknown=by_request(
        PAYMENT,
        _OPEN,
        {**_OPEN, **_CARD},
        {**_OPEN, **_CARD, **_HELD},
        {**_OPEN, **_CARD, **_PAID},
        {**_OPEN, **microdeposits.CODE},
        {**_OPEN, **microdeposits.AMOUNTS, "currency": "cad"},
        _cash,
    ),
    then=_then,
    render=_render,
    response=_shown,
    allow=parameters.check_listed,
    events=payment_events,
    timer=lambda row: states.due_times(shared(row)),
    elapse=_elapse,
    params={
        "create": with_cards("PostPaymentIntents"),
        "update": _update_params,
        "confirm": with_cards("PostPaymentIntentsIntentConfirm"),
    },
    verbs={
        "retrieve": _on(lambda _, row: row),
        "update": _on(_update),
        **{verb: _on(_move(verb)) for verb in MOVES},
        "search": _search,
    },
)
LINE_ITEMS = stored(LINE_ITEM, "uli", noun=LINE_ITEM)
RESOURCES = (PAYMENT_INTENTS, LINE_ITEMS, Resource[bytes](name="charges_of_intent", look_up=_charges))
