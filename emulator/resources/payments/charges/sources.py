"""The payment sources of charges without a payment intent: cards of tokens, and those that a customer has saved."""

from __future__ import annotations

from typing import NamedTuple, cast

from emulator import errors
from emulator.resources.endpoint import Call, Scope
from emulator.resources.payments.methods import card_details, payment_methods
from emulator.resources.payments.methods.cards import BRANDS_OF_TOKENS, BY_TOKEN, TestCard
from emulator.resources.resource import Fields
from emulator.wire.json import Json

PREFIX = "tok_"


class Source(NamedTuple):
    """A card that is charged: its id, the fields of a payment method of it, and the card as the charge shows it."""

    id: str
    method: Fields
    shown: Fields


def of_token(call: Call, token: str) -> Source:
    """The card of a token. A test token makes a new card each time. Raises StripeError."""
    card = BY_TOKEN.get(token.removeprefix(PREFIX)) if token.startswith(PREFIX) else None
    if card is None:
        raise errors.token_part_invalid(token.removeprefix(PREFIX).partition("_")[0])
    return _new(call.scope, card)


def _new(scope: Scope, card: TestCard) -> Source:
    method = payment_methods.of_card(scope, card_details.from_name(card, scope.now))
    identifier = scope.sandbox.ids.in_account("card", scope.now, scope.owner)
    return Source(identifier, method, shown(identifier, method))


def shown(identifier: str, method: Fields) -> Fields:
    """The card of a charge, in the form of payment sources. Its checks are made by the charge (observed)."""
    card = cast("Fields", method["card"])
    checks = card_details.after_checks(_card_of(method), cast("Fields", card["checks"]))
    address: Fields = dict.fromkeys(
        ("address_city", "address_country", "address_line1", "address_line2", "address_state", "address_zip")
    )
    return {
        "id": identifier,
        "object": "card",
        **_sorted(
            {
                **address,
                "address_line1_check": checks["address_line1_check"],
                "address_zip_check": checks["address_postal_code_check"],
                "allow_redisplay": "unspecified",
                "brand": BRANDS_OF_TOKENS[str(card["brand"])],
                "country": card["country"],
                "customer": None,
                "cvc_check": checks["cvc_check"],
                "dynamic_last4": None,
                "email": None,
                "exp_month": card["exp_month"],
                "exp_year": card["exp_year"],
                "fingerprint": card["fingerprint"],
                "funding": card["funding"],
                "last4": card["last4"],
                "metadata": {},
                "name": None,
                "phone": None,
                "regulated_status": card["regulated_status"],
                "tokenization_method": None,
                "wallet": None,
            }
        ),
    }


def _card_of(method: Fields) -> TestCard:
    card = payment_methods.card_of(method)
    if card is None:
        raise TypeError("a payment source without a test card")
    return card


def _sorted(fields: Fields) -> dict[str, Json]:
    return dict(sorted(fields.items()))
