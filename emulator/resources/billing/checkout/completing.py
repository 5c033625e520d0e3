"""Completing a checkout session: the visitor pays, sets a payment method up, or subscribes.

A session is over once its intent is: at once, after the visitor has authenticated the payment, or when a bank confirms
a debit. So `changed` follows the intents, and `complete` only begins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from emulator import errors
from emulator.errors import StripeError
from emulator.model.asking import requests
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.base import automatic_tax
from emulator.resources.billing.checkout import customers, invoicing, links, subscriptions
from emulator.resources.billing.checkout.checks import PAYMENT, SETUP, SUBSCRIPTION
from emulator.resources.billing.checkout.creation import INTENT, SESSION, SETUP_INTENT
from emulator.resources.billing.checkout.kept import SessionState, payer_of, payment_intent_data
from emulator.resources.billing.checkout.payers import Payer
from emulator.resources.billing.products import redemption
from emulator.resources.billing.products.redemption import Redeemed
from emulator.resources.payments.intents import payment_confirmation, payment_verbs, setup_confirmation, states
from emulator.resources.payments.intents.confirmation import Confirmation
from emulator.resources.payments.intents.method_types import TYPES
from emulator.resources.payments.intents.states import IntentState
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json

OPEN, COMPLETE = "open", "complete"
PAID, UNPAID, NOTHING_DUE = "paid", "unpaid", "no_payment_required"


def complete(scope: Scope, session: Row[bytes], payer: Payer) -> Row[bytes]:
    """Pay an open session as its visitor, and return it as it is then: open while it waits for the visitor's bank.

    Raises StripeError; the 402 of a decline keeps its changes.
    """
    fields = shared(session)
    if fields["status"] != OPEN:
        raise errors.session_over(str(fields["status"]))
    if payer.method is None and needs_method(fields):
        raise errors.payment_method_of_page_missing()
    links.check_left(scope, fields)
    redemption.check_left(scope, discounts_of(fields))
    return BEGIN[str(fields["mode"])](scope, session, payer)


def needs_method(fields: Mapping[str, Json]) -> bool:
    """Whether the page asks for a payment method."""
    due = integer(fields, "amount_total") > 0 or fields["mode"] == SETUP
    return due or (fields["mode"] == SUBSCRIPTION and fields.get("payment_method_collection") == "always")


def entered(scope: Scope, session: Row[bytes], payer: Payer) -> Row[bytes]:
    """The session with the details of the payer and the customer that it is for, which show once it is complete."""
    fields = shared(session)
    customer = customers.of(scope, fields, payer)
    pending: Fields = {
        **payer_of(fields),
        "customer": customer,
        "customer_details": customers.details(fields, payer),
        "consent": dict(payer.consent) or None,
        "custom": cast("Json", dict(payer.custom)),
        "shipping": payer.shipping,
        "business_name": payer.business_name,
    }
    return objects.change(scope, SESSION, session, **kept(SessionState(_payer=pending)))


# --- by mode ------------------------------------------------------------------------------------------------------


def _pay(scope: Scope, session: Row[bytes], payer: Payer) -> Row[bytes]:
    """Pay with a payment intent, of which a session has one, whatever the number of attempts."""
    session = entered(scope, session, payer)
    fields = shared(session)
    if payer.method is None or not integer(fields, "amount_total"):
        return finish(scope, session, {"payment_status": NOTHING_DUE})
    intent = _intent(scope, session)
    session = objects.change(scope, SESSION, session, payment_intent=intent.id)
    payment_confirmation.confirm(scope, intent, _confirmation(payer))
    return _now(scope, session)


def _set_up(scope: Scope, session: Row[bytes], payer: Payer) -> Row[bytes]:
    session = entered(scope, session, payer)
    fields = shared(session)
    intent = objects.existing(scope, SETUP_INTENT, str(fields["setup_intent"]))
    customer = payer_of(fields).get("customer")
    if customer and not shared(intent).get("customer"):
        intent = objects.change(scope, SETUP_INTENT, intent, customer=customer)
    setup_confirmation.confirm(scope, intent, _confirmation(payer))
    return _now(scope, session)


def _subscribe(scope: Scope, session: Row[bytes], payer: Payer) -> Row[bytes]:
    """Pay first, or set the payment method of a free beginning up; the subscription follows from that (observed)."""
    session = entered(scope, session, payer)
    if payer.method is None:
        return finish(scope, session, subscriptions.subscribe(scope, session, None))
    due = subscriptions.due(scope, session)
    kind = INTENT if due else SETUP_INTENT
    intent = _own_intent(scope, session, kind, due)
    session = objects.change(scope, SESSION, session, **kept(SessionState(_intent=intent.id)))
    how = _confirmation(payer)
    if kind == INTENT:
        payment_confirmation.confirm(scope, intent, how)
    else:
        setup_confirmation.confirm(scope, intent, how)
    return _now(scope, session)


def _own_intent(scope: Scope, session: Row[bytes], kind: str, due: int) -> Row[bytes]:
    """The intent of a subscription, which a later attempt uses again."""
    known = objects.get(scope, kind, private(SessionState, shared(session)).get("_intent", ""))
    if known is not None and shared(known)["status"] in states.OPEN and shared(known).get("amount", due) == due:
        return known
    sent = subscriptions.payment(shared(session), due) if kind == INTENT else subscriptions.set_up(shared(session))
    return objects.change(scope, kind, requests.create(scope, kind, sent), **kept(IntentState(_checkout=session.id)))


BEGIN: Mapping[str, Callable[[Scope, Row[bytes], Payer], Row[bytes]]] = {
    PAYMENT: _pay,
    SETUP: _set_up,
    SUBSCRIPTION: _subscribe,
}


def _now(scope: Scope, session: Row[bytes]) -> Row[bytes]:
    return objects.existing(scope, SESSION, session.id)


def _confirmation(payer: Payer) -> Confirmation:
    method = payer.method
    debit = method is not None and TYPES[str(shared(method)["type"])].flow == "debit"
    online: Params = {"type": "online", "online": {"ip_address": "127.0.0.1", "user_agent": "Stripe emulator"}}
    return Confirmation(
        method=method,
        return_url=payer.page or payer.address or None,
        acceptance=online if debit else None,
        address=payer.address,
    )


def _intent(scope: Scope, session: Row[bytes]) -> Row[bytes]:
    """The payment intent of a session; a later attempt pays the same one."""
    fields = shared(session)
    known = objects.get(scope, INTENT, str(fields.get(INTENT) or ""))
    pending = payer_of(fields)
    data = payment_intent_data(fields)
    shipping = pending.get("shipping") or data.get("shipping")
    if known is not None and shared(known)["status"] in states.OPEN:
        entered: Fields = {"amount": fields["amount_total"], "customer": pending.get("customer"), "shipping": shipping}
        return objects.change(scope, INTENT, known, **entered)
    made = requests.create(
        scope,
        INTENT,
        {
            **data,
            "amount": fields["amount_total"],
            "currency": fields["currency"],
            "customer": pending.get("customer"),
            "payment_method_types": fields["payment_method_types"],
            "payment_method_options": fields.get("payment_method_options"),
            "shipping": shipping,
        },
    )
    return objects.change(scope, INTENT, made, **kept(IntentState(_checkout=session.id)))


def intent_of(scope: Scope, fields: Mapping[str, Json]) -> Row[bytes] | None:
    """The intent that a session is completed by, None before the first attempt to pay."""
    own = private(SessionState, fields).get("_intent")
    identifier = str(own or fields.get(SETUP_INTENT) or fields.get(INTENT) or "")
    return objects.get(scope, SETUP_INTENT if identifier.startswith("seti_") else INTENT, identifier)


def end(scope: Scope, fields: Mapping[str, Json]) -> None:
    """Cancel the intent of a session that expires (official)."""
    intent = intent_of(scope, fields)
    if intent is None:
        return
    kind = SETUP_INTENT if intent.id.startswith("seti_") else INTENT
    if shared(intent)["status"] not in states.OPEN:
        return
    if kind == INTENT:
        payment_verbs.cancel(scope, intent, "automatic")
    else:
        canceled: Fields = {"status": states.CANCELED, "cancellation_reason": "abandoned", "next_action": None}
        objects.change(scope, kind, intent, **canceled)


# --- what follows -------------------------------------------------------------------------------------------------


def changed(scope: Scope, before: Row[bytes], after: Row[bytes]) -> None:
    """Follow an intent of a session: it completes the session, or ends the payment of a complete one."""
    fields = shared(after)
    identifier, state = private(IntentState, fields).get("_checkout"), str(fields["status"])
    if not identifier or shared(before)["status"] == state:
        return
    session = objects.get(scope, SESSION, identifier)
    if session is None:
        return
    if shared(session)["status"] == OPEN:
        if state in OUTCOMES or waits_for_bank(fields):
            nothing_due = after.id.startswith("seti_")
            outcome: Fields = {"payment_status": NOTHING_DUE if nothing_due else OUTCOMES.get(state, UNPAID)}
            _complete(scope, session, after, outcome)
    elif shared(session)["payment_status"] == UNPAID:
        _end(scope, session, str(shared(before)["status"]), after)


def _complete(scope: Scope, session: Row[bytes], intent: Row[bytes], outcome: Fields) -> None:
    """Complete a session whose intent has succeeded; it stays open where nothing can be made for the payment any more.

    The subscription was possible when the payment began.
    """
    changes = scope.sandbox.changes
    before = len(changes)
    try:
        finish(scope, session, outcome | _made(scope, session, intent))
    except StripeError:
        changes.undo(before)


def _made(scope: Scope, session: Row[bytes], intent: Row[bytes]) -> Fields:
    """The object that a session makes once its intent has succeeded: a subscription, or an invoice of the payment."""
    fields = shared(session)
    if fields["mode"] == SUBSCRIPTION:
        return subscriptions.subscribe(scope, session, intent)
    wanted = bool(hash_in(fields, "invoice_creation").get("enabled"))
    paid = wanted and shared(intent)["status"] == states.SUCCEEDED
    return {"invoice": invoicing.invoice(scope, session, intent)} if paid else {}


def waits_for_bank(intent: Mapping[str, Json]) -> bool:
    """Whether an intent waits for small deposits, days after the visit (official)."""
    return hash_in(intent, "next_action").get("type") == "verify_with_microdeposits"


# The state of the payment of a session that is complete, by that of its intent.
OUTCOMES = {states.SUCCEEDED: PAID, states.CAPTURE: UNPAID, states.PROCESSING: UNPAID}


def _end(scope: Scope, session: Row[bytes], was: str, intent: Row[bytes]) -> None:
    """The end of a payment that took longer than the visit: a debit that succeeds or fails, or a capture."""
    state = shared(intent)["status"]
    debit = was in (states.ACTION, states.PROCESSING)
    if state == states.SUCCEEDED:
        made = _made(scope, session, intent) if shared(session)["mode"] == PAYMENT else {}
        outcome = kept(SessionState(_async="succeeded") if debit else SessionState())
        objects.change(scope, SESSION, session, payment_status=PAID, **outcome, **made)
    elif debit and state == states.METHOD:
        objects.change(scope, SESSION, session, **kept(SessionState(_async="failed")))


def finish(scope: Scope, session: Row[bytes], outcome: Fields) -> Row[bytes]:
    """The session as complete, with the input of its visitor."""
    fields = decode(session)
    pending = payer_of(fields)
    collected = hash_in(fields, "collected_information")
    shipping = pending.get("shipping") or collected.get("shipping_details")
    business = pending.get("business_name")
    taxed = hash_in(fields, automatic_tax.NAME)
    done: Fields = {
        **fields,
        **outcome,
        **({automatic_tax.NAME: {**taxed, "status": automatic_tax.COMPLETE}} if taxed.get("enabled") else {}),
        "status": COMPLETE,
        "url": None,
        "customer": pending.get("customer"),
        "customer_details": pending.get("customer_details"),
        "collected_information": {**collected, "business_name": business, "shipping_details": shipping}
        if collected or business or shipping
        else None,
        "consent": pending.get("consent"),
        "custom_fields": _answered(fields, hash_in(pending, "custom")),
    }
    done.pop("_payer", None)
    if done["mode"] == PAYMENT and not done.get("invoice"):
        _count(scope, done)
    session = objects.replace(scope, SESSION, session, done)
    links.completed(scope, done)
    return session


def _count(scope: Scope, fields: Fields) -> None:
    """Count the redemptions of the discounts of a payment; an invoice counts its own."""
    for each in discounts_of(fields):
        redemption.count(scope, each)


def discounts_of(fields: Shared) -> list[Redeemed]:
    """The discounts of a session, which are redeemed when it is complete."""
    discounts = cast("list[Fields]", fields.get("discounts") or [])
    coupons = private(SessionState, fields).get("_coupons", [])
    codes = (each.get("promotion_code") for each in discounts)
    return [Redeemed(coupon, str(code) if code else None) for coupon, code in zip(coupons, codes, strict=True)]


def _answered(fields: Fields, answers: Mapping[str, Json]) -> Json:
    """The custom fields with the values that were entered."""
    found = cast("list[Fields]", fields.get("custom_fields") or [])
    return [
        {
            **each,
            str(each["type"]): {**hash_in(each, str(each["type"])), "value": answers.get(str(each["key"])) or None},
        }
        for each in found
    ]
