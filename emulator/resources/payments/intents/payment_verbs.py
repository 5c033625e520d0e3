"""The changes of payment intents that move money: captures, releases and increments, and those over time.

`CHANGES` are the verbs of these. The module needs all of charges, and is imported with the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.payments.charges import engine
from emulator.resources.payments.intents import (
    bank_transfers,
    confirmation_params,
    parameters,
    payment_confirmation,
    states,
)
from emulator.resources.payments.intents.confirmation import Confirmation, payment_error
from emulator.resources.payments.intents.states import PAYMENT, PaymentIntentState
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

MOST_INCREMENTS = 10  # attempts to raise a hold (official)
# Parameters of a capture that are copied to the charge.
_OF_THE_CHARGE = ("statement_descriptor", "statement_descriptor_suffix")
_RELEASED = kept(PaymentIntentState(_expires=None))  # of a hold that has ended


def capture(scope: Scope, row: Row[bytes], params: Params, changed: Fields) -> Row[bytes]:
    """Capture held money, all of it or `amount_to_capture`; the rest is released. Raises StripeError."""
    intent = shared(row)
    amount = params.get("amount_to_capture", cast("int", intent["amount_capturable"]))
    _check_amount(intent, cast("int", amount))
    if params.get("final_capture") is False:
        raise errors.capture_not_final()
    charged: dict[str, Json] = {name: cast("Json", params[name]) for name in _OF_THE_CHARGE if params.get(name)}
    if "application_fee_amount" in changed:
        charged["application_fee_amount"] = changed["application_fee_amount"]
    if "transfer_data" in changed:
        charged["transfer_data"] = changed["transfer_data"]
    engine.capture(scope, _charge(scope, intent), cast("int", amount), **charged)
    captured: Fields = {"status": states.SUCCEEDED, "amount_capturable": 0, "amount_received": cast("int", amount)}
    return objects.change(scope, PAYMENT, row, **changed, **captured, **_RELEASED)


def _check_amount(intent: Shared, amount: int) -> None:
    """The amount of a capture, whose checks come before that of the state (observed)."""
    if amount < 0:
        raise errors.capture_negative()
    states.check_capturable(intent)
    if amount == 0:
        raise errors.capture_of_nothing()
    if amount > cast("int", intent["amount_capturable"]):
        raise errors.capture_too_large()


def increment(scope: Scope, row: Row[bytes], changed: Fields) -> Row[bytes]:
    """Raise a hold to a larger amount, if the payment intent requested that option. Raises StripeError."""
    intent = shared(row)
    amount, held = cast("int", changed["amount"]), cast("int", intent["amount"])
    count = private(PaymentIntentState, intent).get("_increments", 0)
    if intent["status"] != states.CAPTURE:
        raise errors.increment_wrong_state(str(intent["status"]))
    if not _asked(intent, "request_incremental_authorization"):
        raise errors.increment_not_requested()
    if amount <= held:
        raise errors.increment_too_small(held)
    if count >= MOST_INCREMENTS:
        raise errors.increment_too_often()
    engine.increment(scope, _charge(scope, intent), amount)
    raised: Fields = {"amount_capturable": amount, **kept(PaymentIntentState(_increments=count + 1))}
    return objects.change(scope, PAYMENT, row, **changed, **raised)


def _asked(intent: Shared, option: str) -> bool:
    options = cast("Fields", intent["payment_method_options"]).get("card")
    return isinstance(options, dict) and options.get(option) == "if_available"


def cancel(scope: Scope, row: Row[bytes], reason: str | None, *, expired: bool = False) -> Row[bytes]:
    """Cancel a payment intent, and release its hold. Raises StripeError."""
    intent = shared(row)
    states.check_cancelable(PAYMENT, intent)
    if intent["status"] == states.CAPTURE:
        engine.release(scope, _charge(scope, intent), expired=expired)
    elif intent["status"] == states.PROCESSING:
        engine.withdraw(scope, _charge(scope, intent))
    bank_transfers.give_back(scope, row.id, intent)
    canceled: Fields = {"status": states.CANCELED, "canceled_at": scope.now, "cancellation_reason": reason}
    return objects.change(scope, PAYMENT, row, **canceled, amount_capturable=0, next_action=None, **_RELEASED)


def elapse(sandbox: Sandbox, row: Row[bytes], at: int) -> None:
    """Change a payment intent at such a second."""
    scope = Scope(sandbox, row.owner, at)
    if shared(row)["status"] == states.CAPTURE:
        cancel(scope, row, "automatic", expired=True)
    elif shared(row)["status"] == states.ACTION:
        payment_confirmation.complete(scope, row, "failed")
    else:
        end(scope, row)


def end(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """End a payment intent whose debit the bank has confirmed or refused."""
    intent = shared(row)
    charged = _charge(scope, intent)
    if shared(charged)["status"] == "pending":
        charged = engine.end(scope, charged)
    found = shared(charged)
    if found["status"] == "succeeded":
        return objects.change(scope, PAYMENT, row, status=states.SUCCEEDED, amount_received=intent["amount"])
    failure = errors.card_declined(str(found["failure_message"]), str(found["failure_code"]), None)
    method = objects.shown(scope, "payment_method", _method(scope, intent))
    error = payment_error(failure, {"charge": charged.id, "payment_method": method})
    failed: Fields = {"status": states.METHOD, "payment_method": None, "last_payment_error": error}
    return objects.change(scope, PAYMENT, row, **failed)


def _charge(scope: Scope, intent: Shared) -> Row[bytes]:
    found = objects.get(scope, engine.NAME, str(intent["latest_charge"]))
    if found is None:
        raise LookupError(f"the charge {intent['latest_charge']} of a payment intent is missing")
    return found


def _method(scope: Scope, intent: Shared) -> Row[bytes]:
    found = objects.get(scope, "payment_method", str(intent["payment_method"]))
    if found is None:
        raise LookupError(f"the payment method {intent['payment_method']} of a payment intent is missing")
    return found


# --- verbs -------------------------------------------------------------------------------------------------------


def _confirm_new(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/payment_intents with `confirm`. Raises StripeError."""
    return payment_confirmation.confirm(call.scope, row, _how(call, row))


def _how(call: Call, row: Row[bytes]) -> Confirmation:
    """The confirmation by a request, which may save its payment method before. Raises StripeError."""
    saves = call.params.get(confirmation_params.SAVES) is True
    how = confirmation_params.confirmation_of(call, row.id, drafts=not saves)
    return replace(how, method=confirmation_params.saved_method(call, decode(row), how.method)) if saves else how


def _confirm(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/payment_intents/{intent}/confirm. Raises StripeError."""
    if call.publishable and decode(row)["confirmation_method"] == "manual":
        raise errors.manual_confirmation(row.id)
    how = _how(call, row)
    states.check_confirmable(decode(row), with_method=how.method is not None)
    changed = parameters.updates(call, decode(row))
    return payment_confirmation.confirm(
        call.scope, objects.change(call.scope, PAYMENT, row, **changed) if changed else row, how
    )


def _capture(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/payment_intents/{intent}/capture. Raises StripeError."""
    return capture(call.scope, row, call.params, parameters.updates(call, decode(row)))


def _cancel(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/payment_intents/{intent}/cancel. Raises StripeError."""
    states.check_not_of_checkout(PAYMENT, shared(row))
    return cancel(call.scope, row, cast("str | None", call.params.get("cancellation_reason")))


def _increment(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/payment_intents/{intent}/increment_authorization. Raises StripeError."""
    return increment(call.scope, row, parameters.updates(call, decode(row)))


def _apply_customer_balance(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/payment_intents/{intent}/apply_customer_balance. Raises StripeError."""
    return payment_confirmation.apply_customer_balance(call.scope, row, cast("int | None", call.params.get("amount")))


def _verify(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/payment_intents/{intent}/verify_microdeposits. Raises StripeError."""
    return payment_confirmation.verify(call.scope, row, call.params)


CHANGES: Mapping[str, Callable[[Call, Row[bytes]], Row[bytes]]] = {
    "confirm_new": _confirm_new,
    "confirm": _confirm,
    "capture": _capture,
    "cancel": _cancel,
    "increment_authorization": _increment,
    "apply_customer_balance": _apply_customer_balance,
    "verify_microdeposits": _verify,
}
