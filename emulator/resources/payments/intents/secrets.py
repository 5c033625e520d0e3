"""Client secrets: a publishable key reads and confirms one intent with its secret, and sees a part of it."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.resources.endpoint import Call
from emulator.resources.payments.intents.states import PAYMENT, SETUP
from emulator.resources.resource import Fields

# What a publishable key sees of an intent (our choice after what browsers receive; it is not published).
PUBLIC: Mapping[str, frozenset[str]] = {
    PAYMENT: frozenset(
        """
        id object amount amount_details automatic_payment_methods canceled_at cancellation_reason capture_method
        client_secret confirmation_method created currency description last_payment_error livemode next_action
        payment_method payment_method_configuration_details payment_method_types processing receipt_email
        setup_future_usage shipping source status
        """.split()
    ),
    SETUP: frozenset(
        """
        id object automatic_payment_methods cancellation_reason client_secret created description last_setup_error
        livemode next_action payment_method payment_method_configuration_details payment_method_types status usage
        """.split()
    ),
}
SECRET_LENGTH: Mapping[str, int] = {PAYMENT: 25, SETUP: 31}


def check(call: Call, kind: str, secret: str) -> None:
    """Refuse a wrong client secret, and a publishable key without one. Raises StripeError."""
    sent = call.params.get("client_secret")
    if sent is None:
        if call.publishable:
            raise errors.missing_param(("client_secret",))
    elif sent != secret:
        raise errors.client_secret_wrong(kind)


def shown_to(call: Call, kind: str, intent: Fields) -> Fields:
    """The intent as the key of a request sees it."""
    if not call.publishable:
        return intent
    return {name: value for name, value in intent.items() if name in PUBLIC[kind]}
