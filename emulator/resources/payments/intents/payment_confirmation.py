"""Confirming a payment intent: its payment method is charged, at once or after the customer has authenticated it."""

from __future__ import annotations

from typing import cast

from emulator import errors
from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.payments.charges import descriptors, details, engine
from emulator.resources.payments.charges.payment import ChargeState, Payment, TransferData
from emulator.resources.payments.intents import authentication, bank_transfers, mandates, microdeposits, states
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
    setup_of,
    waits,
)
from emulator.resources.payments.intents.method_types import TYPES
from emulator.resources.payments.intents.states import PAYMENT, PaymentIntentState
from emulator.resources.payments.methods import declines, method_state, payment_methods
from emulator.resources.payments.methods.declines import DECLINES
from emulator.resources.payments.methods.method_state import MethodState
from emulator.sandbox.ids import family_of
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.namedtuples import NamedTuple

HOLDING = frozenset("affirm afterpay_clearpay amazon_pay card klarna link mobilepay paypal".split())  # (official)


class Attempt(NamedTuple):
    """One attempt to pay: the payment intent and its fields, the payment method and its fields."""

    scope: Scope
    row: Row[bytes]
    intent: Shared
    method: Row[bytes]
    fields: Shared

    def changed(self, changed: Fields) -> Row[bytes]:
        """The intent with other fields."""
        return objects.replace(self.scope, PAYMENT, self.row, {**self.intent, **changed})

    @property
    def type(self) -> str:
        """The type of the payment method."""
        return str(self.fields["type"])


def confirm(scope: Scope, row: Row[bytes], how: Confirmation) -> Row[bytes]:
    """Confirm a payment intent, and return it after that. Raises StripeError.

    The 402 of a decline keeps its changes; it has the charge and the payment method, and the caller adds the intent.
    """
    intent = {**shared(row), **how.fields}
    states.check_confirmable(intent, with_method=how.method is not None)
    method = how.method or method_of(scope, intent["payment_method"]) or _default_method(scope, intent)
    if method is None:
        raise _without_method(intent)
    attempt = Attempt(scope, row, intent, method, shared(method))
    check_method(PAYMENT, intent, method.id, attempt.fields)
    check_return_url(PAYMENT, intent, attempt.fields, how)
    _check_descriptor(attempt)
    check_mandate(PAYMENT, attempt.fields, how)
    if TYPES[attempt.type].flow == "debit":
        return _debit(attempt, how)
    if TYPES[attempt.type].flow == "balance":
        return _from_balance(attempt)
    if private(PaymentIntentState, intent).get("_authenticated") == method.id:
        return charge(attempt, authentication.result(method.id, challenged=True))
    if TYPES[attempt.type].flow == "redirect":
        return _wait(attempt, how)
    return _by_authentication(attempt, how)


def _from_balance(attempt: Attempt) -> Row[bytes]:
    """Pay from the cash of the customer, or wait for a bank transfer. Raises StripeError."""
    bank_transfers.check(attempt.intent)
    automatic = bank_transfers.is_automatic(attempt.scope, str(attempt.intent["customer"]))
    return _fund(attempt, None if automatic else 0)


def _fund(attempt: Attempt, most: int | None = None) -> Row[bytes]:
    """Apply cash to a payment, which succeeds once its whole amount is funded."""
    taken = bank_transfers.take(attempt.scope, attempt.row.id, attempt.intent, most)
    funded = states.funded(attempt.intent) + taken
    intent: Fields = {**attempt.intent, **kept(PaymentIntentState(_funded=funded))}
    attempt = attempt._replace(intent=intent)
    left = bank_transfers.remaining(intent)
    if left == 0:
        return charge(attempt)
    waiting: Fields = {"status": states.ACTION, "payment_method": attempt.method.id, "last_payment_error": None}
    return attempt.changed({**waiting, "next_action": bank_transfers.instructions(intent, left)})


def apply_customer_balance(scope: Scope, row: Row[bytes], amount: int | None = None) -> Row[bytes]:
    """Pay a payment intent that waits for a bank transfer from the customer's cash. Raises StripeError."""
    attempt = _waiting_attempt(scope, row)
    if attempt is None or not bank_transfers.is_waiting(attempt.intent):
        raise errors.customer_balance_not_accepted()
    return _fund(attempt, amount)


def apply_new_cash(scope: Scope, customer: str, currency: str) -> None:
    """Apply the cash that a customer has just received to the payments that wait for it."""
    if bank_transfers.is_automatic(scope, customer):
        for row in bank_transfers.waiting(scope, customer, currency):
            apply_customer_balance(scope, row)


def _debit(attempt: Attempt, how: Confirmation) -> Row[bytes]:
    """Debit a bank account, once it is verified and its holder has accepted a mandate. Raises StripeError."""
    scope, intent = attempt.scope, attempt.intent
    if how.acceptance is not None:
        once: Fields = {"amount": intent["amount"], "currency": intent["currency"]}
        method = mandates.accept(scope, attempt.method, how.acceptance, None if setup_of(intent) else once)
        attempt = attempt._replace(method=method, fields=shared(method))
    if not microdeposits.needed(attempt.fields):
        return charge(attempt)
    return _wait(attempt, how)


def verify(scope: Scope, row: Row[bytes], params: Params) -> Row[bytes]:
    """Verify the bank account of a payment intent that waits for that, and debit it. Raises StripeError."""
    failure, attempt = microdeposits.verify(PAYMENT, row, scope, params), _waiting_attempt(scope, row)
    if attempt is None:
        raise errors.intent_not_actionable(PAYMENT, str(shared(row)["status"]))
    if failure is not None:
        raise _failed(attempt, failure, asked=False)
    return charge(_verified(attempt))


def _verified(attempt: Attempt) -> Attempt:
    method = microdeposits.verified(attempt.scope, attempt.method)
    return attempt._replace(method=method, fields=shared(method))


def _waiting_attempt(scope: Scope, row: Row[bytes]) -> Attempt | None:
    """The attempt of an intent that waits for its customer, None where it waits for nothing."""
    intent = shared(row)
    method = method_of(scope, intent["payment_method"])
    if intent["status"] != states.ACTION or method is None:
        return None
    return Attempt(scope, row, intent, method, shared(method))


def _by_authentication(attempt: Attempt, how: Confirmation) -> Row[bytes]:
    """Charge a payment method, unless its customer must authenticate the payment first. Raises StripeError."""
    intent, card = attempt.intent, payment_methods.card_of(attempt.fields)
    saved, saves = private(MethodState, attempt.fields).get("_set_up", False), bool(setup_of(intent))
    terms = authentication.terms(intent, off_session=how.off_session, saved=saved, saves=saves)
    need = authentication.needed(card, terms)
    proof = authentication.proof(card, intent, attempt.method.id)
    if need == "nothing" or proof:
        return charge(attempt, proof)
    if card is not None and card.authentication_error:
        raise _failed(attempt, declines.refusal(DECLINES[card.authentication_error]))
    if need == "refusal":
        return charge(attempt, decline="authentication_required")
    if how.error_on_requires_action:
        raise _failed(attempt, errors.action_required(), asked=False)
    return _wait(attempt, how)


def _wait(attempt: Attempt, how: Confirmation) -> Row[bytes]:
    """Set the intent to `requires_action`."""
    scope, row = attempt.scope, attempt.row
    source = scope.sandbox.ids.in_family("payatt", family_of(row.id))
    method = payment_methods.stored(scope, attempt.method)
    waiting = Waiting(PAYMENT, row.id, secret_of(row), source)
    return attempt.changed({**waits(scope, waiting, method, how), "last_payment_error": None})


def complete(scope: Scope, row: Row[bytes], result: ActionResult) -> Row[bytes]:
    """End the action of a payment intent that waits for its customer, who authenticates the payment or fails.

    The payment is charged then, or waits for another confirmation where the server confirms. A decline is in the
    intent, and raises no error. Other intents are unchanged.
    """
    attempt = _waiting_attempt(scope, row)
    if attempt is None or bank_transfers.is_waiting(attempt.intent):
        return row
    flow = TYPES[attempt.type].flow
    if result == "failed":
        failure = errors.microdeposits_failed() if flow == "debit" else errors.authentication_failed(PAYMENT)
        _failed(attempt, failure, asked=False)
    elif attempt.intent["confirmation_method"] == "manual" and flow != "debit":
        unconfirmed: Fields = {"status": states.CONFIRMATION, "next_action": None}
        return attempt.changed({**unconfirmed, **kept(PaymentIntentState(_authenticated=attempt.method.id))})
    else:
        proof = authenticated(attempt.intent, attempt.fields)
        try:
            return charge(_verified(attempt) if flow == "debit" else attempt, proof)
        except StripeError as error:
            if not error.body.changes_stay:  # no decline: an account cannot be paid any more, and nothing has moved
                _failed(attempt, error, asked=False)
    return objects.get(scope, PAYMENT, row.id) or row


def charge(attempt: Attempt, three_d_secure: Fields | None = None, decline: str | None = None) -> Row[bytes]:
    """Charge the payment method of an intent, and save it if the intent sets it up. Raises the 402 of a decline.

    `decline` is one that follows from the request, before that of the card.
    """
    customer = attempt.intent.get("customer")
    if customer and setup_of(attempt.intent):
        payment_methods.check_free(attempt.method, str(customer))
    payment = replace(_payment(attempt, three_d_secure), decline=decline)
    charged = engine.attempt(attempt.scope, payment)
    found = shared(charged)
    if found["status"] == "failed":
        raise _failed(attempt, engine.decline_of(charged), charged.id)
    _used(attempt, authenticated=three_d_secure is not None)
    paid: Fields = {
        **_CLEARED,
        "latest_charge": charged.id,
        "payment_method": attempt.method.id,
        "transfer_group": payment.transfer_group,
    }
    return attempt.changed({**paid, **_after(attempt, found)})


_CLEARED: Fields = {"next_action": None, "last_payment_error": None, **kept(PaymentIntentState(_authenticated=None))}


def _after(attempt: Attempt, charged: Shared) -> Fields:
    """The state of an intent by its charge."""
    amount = attempt.intent["amount"]
    if charged["status"] == "pending":
        ends = private(ChargeState, charged).get("_ends")
        return {"status": states.PROCESSING, **kept(PaymentIntentState(_ends=ends))}
    if charged["captured"]:
        return {"status": states.SUCCEEDED, "amount_received": amount}
    held = PaymentIntentState(_expires=attempt.scope.now + details.HOLD_SECONDS)
    return {"status": states.CAPTURE, "amount_capturable": amount, **kept(held)}


def _used(attempt: Attempt, *, authenticated: bool) -> None:
    """Mark the payment method as used, or save it for the customer if the intent sets it up."""
    scope, method, customer = attempt.scope, attempt.method, attempt.intent.get("customer")
    saves = setup_of(attempt.intent)
    if saves:
        method = payment_methods.stored(scope, method)
    if saves and authenticated:
        method = objects.change(scope, method_state.NAME, method, **kept(MethodState(_set_up=True)))
    if saves and customer:
        payment_methods.attach(scope, method, str(customer))
    else:
        payment_methods.use(scope, method)


def _failed(attempt: Attempt, error: StripeError, charge_id: str | None = None, *, asked: bool = True) -> StripeError:
    """The error of a failed attempt. The intent stores it, and requires another payment method.

    With `asked`, the bank was asked, and has checked the card.
    """
    method = payment_methods.use(attempt.scope, attempt.method, checked=asked)
    details: Fields = {"payment_method": objects.shown(attempt.scope, method_state.NAME, method)}
    failed: Fields = {**_CLEARED, "last_payment_error": payment_error(error, details), "payment_method": None}
    latest: Fields = {"latest_charge": charge_id} if charge_id else {}
    attempt.changed({**failed, **latest, "status": states.METHOD})
    return error.with_details(details, changes_stay=True)


# --- the parts of a payment ---------------------------------------------------------------------------------------


def _payment(attempt: Attempt, three_d_secure: Fields | None) -> Payment:
    row, intent = attempt.row, attempt.intent
    data = cast("Fields | None", intent.get("transfer_data"))
    return Payment(
        amount=cast("int", intent["amount"]),
        currency=str(intent["currency"]),
        family=family_of(row.id),
        method=attempt.fields,
        method_id=attempt.method.id,
        customer=_text(intent, "customer"),
        capture=not _holds(attempt),
        asynchronous=intent["capture_method"] == "automatic_async",
        intent=row.id,
        description=_text(intent, "description"),
        metadata=cast("dict[str, str]", intent["metadata"]),
        application_fee_amount=cast("int | None", intent.get("application_fee_amount")),
        transfer_data=_transfer_data(data),
        on_behalf_of=_text(intent, "on_behalf_of"),
        transfer_group=_text(intent, "transfer_group") or (f"group_{row.id}" if data else None),
        statement_descriptor=_text(intent, "statement_descriptor"),
        statement_descriptor_suffix=_text(intent, "statement_descriptor_suffix"),
        receipt_email=_text(intent, "receipt_email"),
        shipping=intent.get("shipping"),
        three_d_secure=three_d_secure,
        mandate=private(MethodState, attempt.fields).get("_mandate"),
        radar_options=cast("Fields", private(PaymentIntentState, intent).get("_radar_options") or {}),
    )


def _holds(attempt: Attempt) -> bool:
    """Whether the money is held: by `capture_method` of the type's options, or of the intent, if the type allows it."""
    options = cast("Fields", attempt.intent["payment_method_options"]).get(attempt.type)
    own = options.get("capture_method") if isinstance(options, dict) else None
    return (own or attempt.intent["capture_method"]) == "manual" and attempt.type in HOLDING


def _transfer_data(data: Fields | None) -> TransferData | None:
    return TransferData(str(data["destination"]), cast("int | None", data.get("amount"))) if data else None


def _text(intent: Shared, name: str) -> str | None:
    return cast("str | None", intent.get(name))


def _default_method(scope: Scope, intent: Fields) -> Row[bytes] | None:
    """The default payment method of the customer."""
    customer = objects.get(scope, "customer", _text(intent, "customer"))
    settings = shared(customer).get("invoice_settings") if customer else None
    return method_of(scope, settings.get("default_payment_method")) if isinstance(settings, dict) else None


def _without_method(intent: Fields) -> StripeError:
    customer = intent.get("customer")
    if customer:
        return errors.payment_intent_without_method_of(str(customer))
    return errors.payment_intent_without_method()


def _check_descriptor(attempt: Attempt) -> None:
    descriptors.check_of_cards(attempt.scope.sandbox, attempt.intent, [attempt.type])
