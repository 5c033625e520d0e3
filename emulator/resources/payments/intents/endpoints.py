"""The endpoints of one intent: it is found by its id, and refusals carry it.

A publishable key reads and confirms an intent with its client secret, and sees a part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from emulator import errors
from emulator.errors import Stage, StripeError
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields, Handler
from emulator.model.stored import objects
from emulator.resources.payments.intents.confirmation import secret_of
from emulator.resources.payments.intents.states import PAYMENT, SETUP
from emulator.store.table import Row
from emulator.wire.json import Json

Shown = Callable[[Call, Row[bytes]], Fields]
# The fields that a publishable key sees of an intent (our choice, by the responses that browsers receive).
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


def changes(kind: str, noun: str, shown: Shown, change: Callable[[Call, Row[bytes]], Row[bytes]]) -> Handler:
    """The endpoint that changes an intent. Refusals have the intent from before the change, declines from after it."""

    def handle(call: Call) -> Json:
        row = intent_of(call, kind, noun)
        try:
            with declines_carry(call, kind, row, shown):
                return shown(call, change(call, row))
        except StripeError as error:
            if error.body.changes_stay or error.body.stage is not Stage.RUN:
                raise
            raise error.with_details({kind: shown(call, row)}) from None

    return handle


@contextmanager
def declines_carry(call: Call, kind: str, row: Row[bytes], shown: Shown) -> Iterator[None]:
    """Add the changed intent to the error of a decline, whose changes are kept."""
    try:
        yield
    except StripeError as error:
        now = objects.get(call.scope, kind, row.id)
        if not error.body.changes_stay or now is None:
            raise
        raise error.with_details({kind: shown(call, now)}, changes_stay=True) from None


def intent_of(call: Call, kind: str, noun: str) -> Row[bytes]:
    """The intent of the path; a publishable key must send its secret. Raises StripeError."""
    identifier = call.path["intent"]
    row = objects.row(call.scope, kind, identifier)
    if row is None:
        raise errors.no_such(noun, identifier, "intent", 404, call.sandbox.other_mode_of(identifier))
    check_secret(call, kind, secret_of(row))
    return row


# --- client secrets ---------------------------------------------------------------------------------------------


def check_secret(call: Call, kind: str, secret: str) -> None:
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
