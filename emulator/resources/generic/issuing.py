"""Issuing: cards and their shipping, authorizations, and the transactions that test helpers make from them.

No balance changes: a transaction has no balance transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import whole
from emulator.model.stored import objects
from emulator.model.stored.objects import added, of_id
from emulator.model.stored.recipes import Recipe
from emulator.model.stored.references import placed
from emulator.model.stored.stored import Update, decode
from emulator.resources.generic.base.behaviour import Behaviour
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json

CARD, TRANSACTION, AUTHORIZATION = "issuing.card", "issuing.transaction", "issuing.authorization"
VALID_YEARS = 3
PHYSICAL = "physical"
ADDRESS: Params = {"city": "Berlin", "country": "DE", "line1": "Street 1", "postal_code": "10115"}
# The merchant of a test helper that names none (official sample).
MERCHANT: Mapping[str, Json] = {
    "category": "taxicabs_limousines",
    "category_code": "4121",
    "city": "San Francisco",
    "country": "US",
    "name": "Rocket Rides",
    "network_id": "1234567890",
    "postal_code": "94107",
    "state": "CA",
}
LIMITS: Mapping[str, Json] = {"spending_limits": [{"amount": 50_000, "categories": [], "interval": "daily"}]}
# The states of a shipment that each test helper starts from, and the state that follows.
SHIPPING: Mapping[str, tuple[str, str]] = {
    "submit": ("pending", "submitted"),
    "ship": ("pending submitted", "shipped"),
    "deliver": ("shipped", "delivered"),
    "return": ("shipped", "returned"),
    "fail": ("shipped", "failure"),
}


def _card(call: Call, fields: Fields) -> Fields:
    digits = "".join(str(ord(each) % 10) for each in call.sandbox.ids.token(10))
    issued = datetime.fromtimestamp(call.now, UTC)
    controls = {**LIMITS, **hash_in(fields, "spending_controls")}
    shipping = hash_in(fields, "shipping")
    return {
        "brand": "Visa",
        "exp_month": issued.month,
        "exp_year": issued.year + VALID_YEARS,
        **fields,
        "cvc": digits[:3],
        "last4": digits[-4:],
        "number": f"400000{digits}",
        "spending_controls": whole("issuing_card_authorization_controls", controls),
        "shipping": {**shipping, "status": "pending"} if shipping else None,
    }


def _ship(scope: Scope, card: str) -> None:
    """Ship a card that nobody created, in later attempts."""
    if scope.sandbox.unknown_ids.attempt:
        row = objects.existing(scope, CARD, card)
        shipping = {**hash_in(decode(row), "shipping"), "status": "shipped"}
        objects.change(scope, CARD, row, shipping=shipping)


def _shipment(verb: str, _: Call, __: Row[bytes], fields: Fields) -> Fields:
    """The card after a step of its shipment. Raises StripeError in another state."""
    shipping = hash_in(fields, "shipping")
    if fields.get("type") != PHYSICAL or not shipping:
        raise errors.card_without_shipping()
    states, after = SHIPPING[verb]
    if shipping.get("status") not in states.split():
        raise errors.wrong_state(verb, "card", str(shipping.get("status")))
    return {**fields, "shipping": {**shipping, "status": after}}


def _capture_by_force(call: Call) -> Json:
    """POST /v1/test_helpers/issuing/transactions/create_force_capture. Raises StripeError."""
    return _shown(call, _transaction(call, "capture", -integer(call.params, "amount"), _card_of(call)))


def _refund_without_capture(call: Call) -> Json:
    """POST /v1/test_helpers/issuing/transactions/create_unlinked_refund. Raises StripeError."""
    return _shown(call, _transaction(call, "refund", integer(call.params, "amount"), _card_of(call)))


def _refund(call: Call) -> Json:
    """POST /v1/test_helpers/issuing/transactions/{transaction}/refund: a transaction of its own. Raises StripeError."""
    captured = of_id(call, TRANSACTION, call.path["transaction"], "transaction", 404)
    fields = decode(captured)
    amount = integer(call.params, "refund_amount", -integer(fields, "amount"))
    if fields.get("type") != "capture" or not 0 < amount <= -integer(fields, "amount"):
        raise errors.issuing_refund_too_large(captured.id)
    own = {name: fields.get(name) for name in ("card", "cardholder", "currency", "merchant_currency", "merchant_data")}
    row = added(call, TRANSACTION, {**own, "type": "refund", "amount": amount, "merchant_amount": amount})
    return _shown(call, row)


def _card_of(call: Call) -> Fields:
    return objects.shown(call.scope, CARD, of_id(call, CARD, str(call.params["card"]), "card"))


def _transaction(call: Call, kind: str, amount: int, card: Fields, **more: Json) -> Row[bytes]:
    """A transaction of a card; a positive `amount` is credited."""
    names = ("currency", "merchant_data", "purchase_details")
    sent = placed(call, TRANSACTION, {name: call.params[name] for name in names if name in call.params})
    currency = sent.get("currency") or card["currency"]
    fields: Fields = {
        **sent,
        "amount": amount,
        "card": card["id"],
        "cardholder": hash_in(card, "cardholder").get("id"),
        "currency": currency,
        "merchant_amount": amount,
        "merchant_currency": currency,
        "merchant_data": whole("issuing_authorization_merchant_data", {**MERCHANT, **hash_in(sent, "merchant_data")}),
        "metadata": {},
        "type": kind,
        **more,
    }
    return added(call, TRANSACTION, fields)


def _shown(call: Call, row: Row[bytes]) -> Json:
    return objects.shown(call.scope, TRANSACTION, row)


def _authorized(_: Call, fields: Fields) -> Fields:
    amount, card = integer(fields, "amount"), hash_in(fields, "card")
    currency = fields.get("currency") or card.get("currency")
    merchant: Json = whole("issuing_authorization_merchant_data", {**MERCHANT, **hash_in(fields, "merchant_data")})
    defaults: Fields = {
        "authorization_method": "online",
        "cardholder": hash_in(card, "cardholder").get("id"),
        "currency": currency,
        "merchant_amount": amount,
        "merchant_currency": currency,
    }
    return {**defaults, **fields, "merchant_data": merchant}


def _captured(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """A capture, which makes a transaction and closes the authorization unless it says otherwise (official)."""
    amount = integer(call.params, "capture_amount", integer(fields, "amount"))
    _transaction(
        call,
        "capture",
        -amount,
        hash_in(fields, "card"),
        authorization=row.id,
        currency=fields["currency"],
        merchant_currency=fields["currency"],
        merchant_data=fields["merchant_data"],
    )
    if call.params.get("close_authorization") is False:
        return {**fields, "status": "pending", "amount": max(integer(fields, "amount") - amount, 0)}
    return {**fields, "amount": 0}


def _amount(verb: str, call: Call, _: Row[bytes], fields: Fields) -> Fields:
    """An authorization whose amount grows, shrinks or is final."""
    now = integer(fields, "amount")
    after = {
        "increment": now + integer(call.params, "increment_amount"),
        "finalize_amount": integer(call.params, "final_amount"),
        "reverse": now - integer(call.params, "reverse_amount", now),
    }[verb]
    status = "reversed" if verb == "reverse" and after <= 0 else "pending"
    return {**fields, "amount": max(after, 0), "merchant_amount": max(after, 0), "status": status}


AMOUNTS: Mapping[str, Update] = {verb: partial(_amount, verb) for verb in ("increment", "finalize_amount", "reverse")}
BEHAVIOUR = {
    CARD: Behaviour(
        create=_card,
        actions={verb: partial(_shipment, verb) for verb in SHIPPING},
        recipe=Recipe(
            sent={
                "cardholder": "@issuing.cardholder",
                "currency": "usd",
                "type": PHYSICAL,
                "shipping": {"name": "Jenny Rosen", "address": ADDRESS},
            },
            then=_ship,
        ),
    ),
    TRANSACTION: Behaviour(
        verbs={
            "create_force_capture": _capture_by_force,
            "create_unlinked_refund": _refund_without_capture,
            "refund": _refund,
        },
        recipe=Recipe(
            values={
                "amount": -1000,
                "card": "@issuing.card",
                "currency": "usd",
                "merchant_amount": -1000,
                "merchant_currency": "usd",
                "type": "capture",
            }
        ),
    ),
    AUTHORIZATION: Behaviour(
        create=_authorized,
        actions={"capture": _captured, **AMOUNTS},
        recipe=Recipe(sent={"amount": 1000, "card": "@issuing.card"}),
    ),
}
