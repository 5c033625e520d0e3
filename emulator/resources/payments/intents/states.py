"""The states of payment intents and setup intents as tables, and the refusals of requests that they do not allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from emulator import errors
from emulator.model.declaration.private import Private, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.wire.json import Json

PAYMENT, SETUP = "payment_intent", "setup_intent"
METHOD, CONFIRMATION, ACTION = "requires_payment_method", "requires_confirmation", "requires_action"
CAPTURE, PROCESSING, SUCCEEDED, CANCELED = "requires_capture", "processing", "succeeded", "canceled"
OPEN = (METHOD, CONFIRMATION, ACTION)
UNTIL_CAPTURED = (*OPEN, CAPTURE)

CANCELABLE: Mapping[str, frozenset[str]] = MappingProxyType(
    {PAYMENT: frozenset((*UNTIL_CAPTURED, PROCESSING)), SETUP: frozenset(OPEN)}
)
# The states in which a field of a payment intent can be changed, where these are not `OPEN` (observed for the amount
# and the payment method; the others are inferred).
CHANGEABLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("application_fee_amount", "transfer_data", "transfer_group", "shipping"), UNTIL_CAPTURED),
    }
)
ALWAYS_CHANGEABLE = frozenset(("description", "expand", "metadata", "receipt_email"))


class IntentState(Private, total=False):
    """What both kinds of intents keep: times are unix seconds, None once they are over.

    `_secret` is the part of the client secret after the id, `_attempt` the id of the attempt that waits for the
    customer, `_checkout` the id of its checkout session. Micro-deposits that cannot be sent fail at `_fails`;
    `_verifications` is the number of wrong values. `_mit_exemption`, `_moto` and `_three_d_secure` are options of
    cards, as sent.
    """

    _attempt: str
    _checkout: str
    _fails: int | None
    _mit_exemption: Json
    _moto: bool
    _secret: str
    _three_d_secure: Fields
    _verifications: int


class PaymentIntentState(IntentState, total=False):
    """What a payment intent keeps.

    `_authenticated` is the id of the payment method that its customer has authenticated, `_funded` the amount of cash
    that it has taken, `_increments` the number of increments. A debit ends at `_ends`, a hold at `_expires`.
    `_radar_options` are as sent.
    """

    _authenticated: str | None
    _ends: int | None
    _expires: int | None
    _funded: int
    _increments: int
    _radar_options: Json


class SetupIntentState(IntentState, total=False):
    """What a setup intent keeps: the id of the customer of the portal whose default payment method it becomes."""

    _portal: str


def due_times(intent: Shared) -> list[int]:
    """The seconds at which a payment intent changes by itself: its hold expires, its debit ends, deposits fail."""
    own = private(PaymentIntentState, intent)
    times = {ACTION: own.get("_fails"), CAPTURE: own.get("_expires"), PROCESSING: own.get("_ends")}
    at = times.get(str(intent["status"]))
    return [] if at is None else [at]


def funded(intent: Shared) -> int:
    """The amount of cash that a payment intent has taken."""
    return private(PaymentIntentState, intent).get("_funded", 0)


def check_confirmable(intent: Fields, *, with_method: bool) -> None:
    """Refuse to confirm a payment intent whose state does not allow it. Raises StripeError."""
    status = str(intent["status"])
    if status == CANCELED and with_method:
        raise errors.payment_intent_field_fixed("payment_method", status, OPEN)
    if status == SUCCEEDED:
        raise errors.payment_intent_succeeded()
    if status not in OPEN:
        raise errors.payment_intent_not_confirmable(status)


def check_changeable(intent: Fields, names: Iterable[str]) -> None:
    """Refuse to change fields of a payment intent that its state fixes. Raises StripeError."""
    status = str(intent["status"])
    for name in names:
        allowed = CHANGEABLE.get(name, OPEN)
        if name in ALWAYS_CHANGEABLE or status in allowed:
            continue
        if name == "application_fee_amount" and status == SUCCEEDED:
            raise errors.application_fee_fixed()
        raise errors.payment_intent_field_fixed(_shown(name), status, allowed)


def _shown(name: str) -> str:
    return "payment_method" if name == "payment_method_data" else name


def check_capturable(intent: Shared) -> None:
    """Refuse to capture a payment intent that holds nothing. Raises StripeError."""
    status = str(intent["status"])
    if status == SUCCEEDED:
        partly = intent["amount_received"] != intent["amount"]
        raise errors.payment_intent_remainder_released() if partly else errors.payment_intent_captured()
    if status != CAPTURE:
        raise errors.payment_intent_not_capturable(status)


def check_cancelable(kind: str, intent: Shared) -> None:
    """Refuse to cancel an intent that has ended. Raises StripeError."""
    status = str(intent["status"])
    if status in CANCELABLE[kind]:
        return
    if kind == PAYMENT:
        raise errors.payment_intent_not_cancelable(status)
    raise errors.setup_intent_already_canceled() if status == CANCELED else errors.setup_intent_not_cancelable(status)


def check_not_of_checkout(kind: str, intent: Shared) -> None:
    """Refuse to cancel an intent that the visitor of a checkout page has not completed yet. Raises StripeError."""
    if private(IntentState, intent).get("_checkout") and intent["status"] in OPEN:
        raise errors.intent_of_checkout(kind)


def check_setup_confirmable(intent: Shared) -> None:
    """Refuse to confirm a setup intent that has ended. Raises StripeError."""
    _check_setup(intent, "confirm")


def check_setup_changeable(intent: Fields, names: Iterable[str]) -> None:
    """Refuse to change a setup intent that has ended, but for its description and metadata. Raises StripeError."""
    if not ALWAYS_CHANGEABLE.issuperset(names):
        _check_setup(intent, "update")


def _check_setup(intent: Shared, verb: str) -> None:
    if intent["status"] == SUCCEEDED:
        raise errors.setup_intent_succeeded(verb)
    if intent["status"] == CANCELED:
        raise errors.setup_intent_canceled(verb)
