"""The parts of a confirmation that both intents share: its parameters, the payment method, the checks."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, cast

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.payments.intents import microdeposits, states
from emulator.resources.payments.intents.authentication import (
    REDIRECT_PAGE,
    Waiting,
    card_action,
    page_url,
    redirect,
    result,
)
from emulator.resources.payments.intents.method_types import TYPES
from emulator.resources.payments.intents.states import SETUP, IntentState
from emulator.resources.payments.methods import payment_methods
from emulator.resources.payments.methods.method_state import MethodState
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.dataclasses import dataclass

METHOD = "payment_method"
ActionResult = Literal["succeeded", "failed"]  # of what a customer does on the page of an action


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """One confirmation. `method` is the payment method that it names, None for the intent's own.

    With `error_on_requires_action`, a payment that its customer must authenticate fails. `use_stripe_sdk` is sent by
    Stripe.js, which shows the page of an action itself. `acceptance` is that of a debit by the customer, `mandate`
    one that exists. `address` is the base of the emulator's URLs. `fields` are the other fields of the
    intent that the confirmation sets.
    """

    method: Row[bytes] | None = None
    off_session: bool = False
    error_on_requires_action: bool = False
    return_url: str | None = None
    use_stripe_sdk: bool = False
    acceptance: Params | None = None
    mandate: str | None = None
    address: str = ""
    fields: Fields = field(default_factory=dict)

    @property
    def page_return_url(self) -> str | None:
        """The URL that the page of a card returns to; None for Stripe.js, which shows the page in a frame."""
        return None if self.use_stripe_sdk else self.return_url


def check_method(kind: str, intent: Shared, identifier: str, fields: Shared) -> None:
    """Refuse a payment method that the intent cannot be confirmed with. Raises StripeError."""
    owner, customer = fields.get("customer"), intent.get("customer")
    if owner and not customer:
        raise errors.method_needs_customer(kind, identifier, str(owner))
    if owner and owner != customer:
        raise errors.payment_method_of_another_customer(identifier, str(customer))
    if private(MethodState, fields).get("_used") and not owner:
        raise errors.payment_method_used_up()
    allowed = cast("list[str]", intent["payment_method_types"])
    if fields["type"] not in allowed:
        raise errors.method_type_not_allowed(kind, str(fields["type"]), allowed)


def check_return_url(kind: str, intent: Shared, method: Shared, how: Confirmation) -> None:
    """Refuse a confirmation without a URL to return to, where the payment methods may redirect. Raises StripeError."""
    if how.return_url or how.use_stripe_sdk:
        return
    automatic = intent.get("automatic_payment_methods")
    if isinstance(automatic, dict) and automatic.get("allow_redirects") == "always":
        raise errors.return_url_required(kind)
    if TYPES[str(method["type"])].flow == "redirect":
        raise errors.return_url_of_type_required(kind, str(method["type"]))


def check_mandate(kind: str, method: Shared, how: Confirmation) -> None:
    """Refuse a debit that the customer has not accepted. Raises StripeError."""
    flow = TYPES[str(method["type"])].flow
    if flow == "other":
        raise errors.param_not_emulated(("payment_method",))
    if flow == "debit" and not (how.acceptance or how.mandate or private(MethodState, method).get("_mandate")):
        raise errors.mandate_required(kind)


def saves(kind: str, intent: Fields) -> bool:
    """Whether the intent sets its payment method up for later payments."""
    return kind == SETUP or bool(setup_of(intent))


def setup_of(intent: Shared) -> str | None:
    """`setup_future_usage` of a payment intent, or of its options for a type."""
    if intent.get("setup_future_usage"):
        return str(intent["setup_future_usage"])
    options = cast("Fields", intent.get("payment_method_options") or {})
    found = (each.get("setup_future_usage") for each in options.values() if isinstance(each, dict))
    return next((str(each) for each in found if each and each != "none"), None)


def method_of(scope: Scope, identifier: object) -> Row[bytes] | None:
    """The payment method of an intent by its id."""
    return objects.get(scope, METHOD, str(identifier)) if identifier else None


def shown_method(scope: Scope, method: Row[bytes]) -> Fields:
    """The whole payment method in its present state, for errors."""
    return objects.shown(scope, METHOD, method_of(scope, method.id) or method)


def payment_error(error: errors.StripeError, details: Fields) -> Fields:
    """The error of an attempt as the intent shows it: without `request_log_url`."""
    whole = cast("Fields", error.with_details(details).body.envelope(None))
    return cast("Fields", whole["error"])


def waits(scope: Scope, waiting: Waiting, method: Row[bytes], how: Confirmation) -> Fields:
    """The fields of an intent in `requires_action`: its customer acts first, on a page by the type of the method."""
    fields = shared(method)
    flow = TYPES[str(fields["type"])].flow
    if flow == "debit":
        action = microdeposits.waiting(scope, fields, page_url(scope, waiting, microdeposits.PAGE, how.address))
    elif flow == "redirect":
        url = page_url(scope, waiting, REDIRECT_PAGE, how.address)
        action = {"next_action": redirect(str(how.return_url or how.address), url)}
    else:
        card = payment_methods.card_of(fields)
        brand = card.brand if card else "visa"
        action = {"next_action": card_action(scope, waiting, brand, how.page_return_url, how.address)}
    return {
        "status": states.ACTION,
        "payment_method": method.id,
        **action,
        **kept(IntentState(_attempt=waiting.attempt)),
    }


def authenticated(intent: Shared, method: Shared) -> Fields | None:
    """`three_d_secure` of a card whose customer has passed the action of an intent, None for other types."""
    direct = TYPES[str(method["type"])].flow == "direct"
    return result(private(IntentState, intent)["_attempt"], challenged=True) if direct else None


def secret_of(row: Row[bytes]) -> str:
    """The client secret of an intent."""
    return f"{row.id}_secret_{private(IntentState, shared(row))['_secret']}"
