"""Confirming a setup intent: its payment method is saved, at once or after the customer has authenticated it."""

from __future__ import annotations

from emulator import errors
from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.payments.intents import authentication, mandates, microdeposits, setup_attempts, states
from emulator.resources.payments.intents.authentication import Waiting
from emulator.resources.payments.intents.confirmation import (
    ActionResult,
    Confirmation,
    authenticated,
    check_mandate,
    check_method,
    check_return_url,
    method_of,
    payment_error,
    secret_of,
    shown_method,
    waits,
)
from emulator.resources.payments.intents.method_types import TYPES
from emulator.resources.payments.intents.states import SETUP
from emulator.resources.payments.methods import declines, method_state, payment_methods
from emulator.resources.payments.methods.declines import DECLINES
from emulator.resources.payments.methods.method_state import MethodState
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.json import Json


def confirm(scope: Scope, row: Row[bytes], how: Confirmation) -> Row[bytes]:
    """Confirm a setup intent, and return it after that. Raises StripeError.

    The 402 of a decline keeps its changes; it has the payment method, and the caller adds the intent.
    """
    intent = shared(row)
    method = how.method or method_of(scope, intent["payment_method"])
    if method is None:
        raise errors.setup_intent_without_method()
    states.check_setup_confirmable(intent)
    fields = shared(method)
    check_method(SETUP, intent, method.id, fields)
    check_return_url(SETUP, intent, fields, how)
    check_mandate(SETUP, fields, how)
    if TYPES[str(fields["type"])].flow == "debit":
        return _debit(scope, row, method, how)
    card = payment_methods.card_of(fields)
    need = authentication.needed(card, authentication.terms(intent, off_session=False, saved=False, saves=True))
    if TYPES[str(fields["type"])].flow == "redirect":
        return _wait(scope, row, method, how)
    if need != "nothing" and card is not None and card.authentication_error:
        raise _failed(scope, row, method, declines.refusal(DECLINES[card.authentication_error]))
    proof = authentication.external(intent) if card else None
    if need == "refusal" and proof is None:
        raise _failed(scope, row, method, declines.refusal(DECLINES["authentication_required"]))
    if need != "nothing" and proof is None:
        return _wait(scope, row, method, how)
    return _save(scope, row, method, proof)


def _debit(scope: Scope, row: Row[bytes], method: Row[bytes], how: Confirmation) -> Row[bytes]:
    """Save a bank account, once it is verified and its holder has accepted a mandate."""
    if how.acceptance is not None:
        method = mandates.accept(scope, method, how.acceptance, None)
    if not microdeposits.needed(shared(method)):
        return _save(scope, row, method)
    return _wait(scope, row, method, how)


def verify(scope: Scope, row: Row[bytes], params: Params) -> Row[bytes]:
    """Verify the bank account of a setup intent that waits for that, and save it. Raises StripeError."""
    failure = microdeposits.verify(SETUP, row, scope, params)
    method = payment_methods.resolve(scope, str(shared(row)["payment_method"]))
    if failure is not None:
        raise _failed(scope, row, method, failure)
    return _save(scope, row, microdeposits.verified(scope, method))


def due_times(row: Row[bytes]) -> list[int]:
    """The seconds at which a setup intent changes by itself: micro-deposits that cannot be sent fail."""
    at = microdeposits.failing_at(shared(row))
    return [] if at is None else [at]


def elapse(sandbox: Sandbox, row: Row[bytes], at: int) -> None:
    """Change a setup intent at such a second."""
    complete(Scope(sandbox, row.owner, at), row, "failed")


def _wait(scope: Scope, row: Row[bytes], method: Row[bytes], how: Confirmation) -> Row[bytes]:
    """Set the intent to `requires_action`: the customer must authenticate first."""
    attempt = setup_attempts.add(scope, row, method, status=states.ACTION)
    source = scope.sandbox.ids.in_account("payatt", scope.now, scope.owner)
    waiting = waits(scope, Waiting(SETUP, row.id, secret_of(row), source), method, how)
    return objects.change(scope, SETUP, row, **waiting, latest_attempt=attempt.id, last_setup_error=None)


def complete(scope: Scope, row: Row[bytes], result: ActionResult) -> Row[bytes]:
    """End the action of a setup intent that waits for its customer, who authenticates it or fails.

    A decline is in the intent, and raises no error. Other intents are unchanged.
    """
    intent = shared(row)
    method = method_of(scope, intent["payment_method"])
    if intent["status"] != states.ACTION or method is None:
        return row
    flow = TYPES[str(shared(method)["type"])].flow
    if result == "succeeded":
        proof = authenticated(intent, shared(method))
        method = microdeposits.verified(scope, method) if flow == "debit" else method
        try:
            return _save(scope, row, method, proof)
        except StripeError as error:
            if not error.body.changes_stay:  # no decline: another customer has saved the payment method meanwhile
                _failed(scope, row, method, error)
            return objects.get(scope, SETUP, row.id) or row
    failure = errors.microdeposits_failed() if flow == "debit" else errors.authentication_failed(SETUP)
    _failed(scope, row, method, failure)
    return objects.get(scope, SETUP, row.id) or row


def _save(scope: Scope, row: Row[bytes], method: Row[bytes], proof: Fields | None = None) -> Row[bytes]:
    """Save a payment method for later payments, for the customer of the intent if it has one. Raises the 402."""
    intent, fields = shared(row), shared(method)
    decline = payment_methods.decline_of(fields, "attach")
    if decline is not None:
        raise _failed(scope, row, method, declines.refusal(decline))
    if intent.get("customer"):
        method = payment_methods.attach(scope, method, str(intent["customer"]))
    method = objects.change(scope, method_state.NAME, method, **kept(MethodState(_set_up=True)))
    attempt = _ended(scope, intent, row, method, status=states.SUCCEEDED, three_d_secure=proof)
    mandate = private(MethodState, shared(method)).get("_mandate")
    done: Fields = {"status": states.SUCCEEDED, "payment_method": method.id, "next_action": None, "mandate": mandate}
    return objects.change(scope, SETUP, row, **done, latest_attempt=attempt, last_setup_error=None)


def _failed(scope: Scope, row: Row[bytes], method: Row[bytes], error: StripeError) -> StripeError:
    """The error of a failed attempt. The intent stores it, and requires another payment method."""
    if error.body.status == 402:
        method = payment_methods.use(scope, method)
    details: Fields = {"payment_method": shown_method(scope, method)}
    shown = payment_error(error, details)
    attempt = _ended(scope, shared(row), row, method, status="failed", setup_error=shown)
    failed: Fields = {"status": states.METHOD, "payment_method": None, "next_action": None}
    objects.change(scope, SETUP, row, **failed, latest_attempt=attempt, last_setup_error=shown)
    return error.with_details(details, changes_stay=True)


def _ended(scope: Scope, intent: Shared, row: Row[bytes], method: Row[bytes], **changed: Json) -> str:
    """The id of the attempt that ends: the one that waited for the customer, or a new one."""
    latest = intent.get("latest_attempt")
    if intent["status"] == states.ACTION and isinstance(latest, str):
        setup_attempts.end(scope, latest, method, **changed)
        return latest
    return setup_attempts.add(scope, row, method, **changed).id
