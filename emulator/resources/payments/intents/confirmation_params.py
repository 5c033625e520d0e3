"""The parameters of a confirmation in a request, for payment intents and setup intents."""

from __future__ import annotations

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.resources.payments.intents import confirmation_tokens, mandates
from emulator.resources.payments.intents.confirmation import Confirmation
from emulator.resources.payments.methods import payment_methods
from emulator.schema.trees import hash_at
from emulator.store.table import Row

SAVES = "save_payment_method"


def sent_method(call: Call) -> Row[bytes] | None:
    """The payment method that a request names or describes, None without one. Raises StripeError."""
    if call.params.get("payment_method"):
        return named_method(call, str(call.params["payment_method"]))
    if call.params.get("payment_method_data"):
        return payment_methods.from_data(call, hash_at(call.params, "payment_method_data"), "payment_method_data")
    return None


def saved_method(call: Call, intent: Fields, method: Row[bytes] | None) -> Row[bytes]:
    """The payment method of a request with `save_payment_method`, saved for the customer. Raises StripeError."""
    known, customer = intent.get("payment_method"), intent.get("customer")
    if method is None and not known:
        raise errors.method_to_save_missing()
    if not customer:
        raise errors.customer_to_save_for_missing()
    return payment_methods.attach(call.scope, method or named_method(call, str(known)), str(customer))


def named_method(call: Call, identifier: str) -> Row[bytes]:
    """The payment method of an id or a test name. Raises StripeError."""
    return payment_methods.resolve(call.scope, identifier, "payment_method")


def confirmation_of(call: Call, intent: str, *, drafts: bool = False) -> Confirmation:
    """The confirmation of an intent by a request. With `drafts`, a test card is not stored yet. Raises StripeError."""
    params = call.params
    token = confirmation_tokens.use(call, intent)
    new = payment_methods.draft(call.scope, str(params.get("payment_method"))) if drafts and token is None else None
    return Confirmation(
        method=token.method if token else new or sent_method(call),
        off_session=bool(params.get("off_session")),
        error_on_requires_action=bool(params.get("error_on_requires_action")),
        return_url=str(params["return_url"]) if params.get("return_url") else token.return_url if token else None,
        use_stripe_sdk=bool(params.get("use_stripe_sdk")),
        acceptance=mandates.acceptance_of(call) or (token.acceptance if token else None),
        mandate=mandates.mandate_of(call),
        address=call.address,
        fields=token.fields if token else {},
    )
