"""Confirming a payment intent: its payment method is charged, at once or after the customer has authenticated it."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal, cast

from emulator import errors
from emulator.errors import StripeError
from emulator.resources import objects
from emulator.resources.endpoint import Scope
from emulator.resources.payments.charges import engine
from emulator.resources.payments.charges.payment import Payment, TransferData
from emulator.resources.payments.intents import authentication, states
from emulator.resources.payments.intents.authentication import Terms, Waiting
from emulator.resources.payments.intents.confirmation import (
    Confirmation,
    check_mandate,
    check_method,
    check_return_url,
    method_of,
    payment_error,
    secret_of,
    setup_of,
    shown_method,
)
from emulator.resources.payments.intents.method_types import TYPES
from emulator.resources.payments.intents.states import PAYMENT
from emulator.resources.payments.methods import declines, payment_methods
from emulator.resources.payments.methods.declines import DECLINES
from emulator.resources.resource import Fields
from emulator.sandbox.ids import family_of
from emulator.store.table import Row

Outcome = Literal["succeeded", "failed"]
HOLD_SECONDS = 7 * 86_400  # how long money is held on a card (official)


def confirm(scope: Scope, row: Row[bytes], how: Confirmation) -> Row[bytes]:
    """Confirm a payment intent, and return it as it is then. Raises StripeError.

    The 402 of a decline keeps its changes; it has the charge and the payment method, and the caller adds the intent.
    """
    states.check_confirmable(objects.fields(row), with_method=how.method is not None)
    row = objects.change(scope, PAYMENT, row, **how.fields) if how.fields else row
    intent = objects.fields(row)
    method = how.method or method_of(scope, intent["payment_method"]) or _default_method(scope, intent)
    if method is None:
        raise _without_method(intent)
    check_method(PAYMENT, intent, method)
    fields = objects.fields(method)
    check_return_url(PAYMENT, intent, fields, how)
    _check_descriptor(intent, fields)
    check_mandate(PAYMENT, intent, fields, how)
    if how.mandate and not fields.get("_mandate"):
        method = objects.change(scope, payment_methods.NAME, method, _mandate=True)
    if intent.get("_authenticated") == method.id:
        return charge(scope, row, method, authentication.result(method.id, challenged=True))
    if TYPES[str(fields["type"])].flow == "redirect":
        return _redirect(scope, row, method, how)
    return _by_authentication(scope, row, method, how)


def _by_authentication(scope: Scope, row: Row[bytes], method: Row[bytes], how: Confirmation) -> Row[bytes]:
    """Charge a payment method, unless its customer must authenticate the payment first. Raises StripeError."""
    intent, fields = objects.fields(row), objects.fields(method)
    card = payment_methods.card_of(fields)
    terms = Terms(
        how.off_session, bool(fields.get("_set_up")), bool(setup_of(intent)), authentication.requested(intent)
    )
    need = authentication.needed(card, terms)
    if need == "nothing":
        frictionless = card is not None and card.authentication == "frictionless"
        return charge(scope, row, method, authentication.result(method.id, challenged=False) if frictionless else None)
    if card is not None and card.authentication_error:
        decline = DECLINES[card.authentication_error]
        raise _failed(scope, row, method, declines.refusal(decline, changes_stay=True))
    if need == "refusal" or how.error_on_requires_action:
        refusal = declines.refusal(DECLINES["authentication_required"], changes_stay=True)
        raise _failed(scope, row, method, refusal, asked=False)
    attempt = _attempt_id(scope, row)
    waiting = Waiting(PAYMENT, row.id, secret_of(row), attempt)
    brand = card.brand if card else "visa"
    action = authentication.card_action(scope, waiting, brand, how.return_url, how.address)
    return objects.change(scope, PAYMENT, row, **_waiting(method, action, attempt))


def _redirect(scope: Scope, row: Row[bytes], method: Row[bytes], how: Confirmation) -> Row[bytes]:
    """Send the customer to the page of a bank or a wallet."""
    attempt = _attempt_id(scope, row)
    waiting = Waiting(PAYMENT, row.id, secret_of(row), attempt)
    url = authentication.page_url(scope, waiting, authentication.REDIRECT_PAGE, how.address)
    action = authentication.redirect(str(how.return_url or how.address), url)
    return objects.change(scope, PAYMENT, row, **_waiting(method, action, attempt))


def _waiting(method: Row[bytes], action: Fields, attempt: str) -> Fields:
    """The fields of an intent that waits for its customer."""
    return {
        "status": states.ACTION,
        "payment_method": method.id,
        "next_action": action,
        "last_payment_error": None,
        "_attempt": attempt,
    }


def complete(scope: Scope, row: Row[bytes], outcome: Outcome) -> Row[bytes]:
    """End the action of a payment intent that waits for its customer, who authenticates the payment or fails.

    The payment is charged then, or waits for another confirmation where the server confirms. A decline is in the
    intent, and raises no error. An intent that waits for nothing stays as it is.
    """
    intent = objects.fields(row)
    method = method_of(scope, intent["payment_method"])
    if intent["status"] != states.ACTION or method is None:
        return row
    if outcome == "failed":
        error = errors.authentication_failed(PAYMENT)
        _failed(scope, row, method, error)
    elif intent["confirmation_method"] == "manual":
        changed: Fields = {"status": states.CONFIRMATION, "next_action": None}
        return objects.change(scope, PAYMENT, row, **changed, _authenticated=method.id)
    else:
        challenged = TYPES[str(objects.fields(method)["type"])].flow != "redirect"
        proof = authentication.result(str(intent["_attempt"]), challenged=True) if challenged else None
        with suppress(StripeError):
            return charge(scope, row, method, proof)
    return objects.get(scope, PAYMENT, row.id) or row


def charge(scope: Scope, row: Row[bytes], method: Row[bytes], three_d_secure: Fields | None = None) -> Row[bytes]:
    """Charge the payment method of an intent, and save it where the intent says so. Raises the 402 of a decline."""
    payment = _payment(row, method, three_d_secure)
    charged = engine.attempt(scope, payment)
    used = payment_methods.use(scope, method)
    found = objects.fields(charged)
    if found["status"] == "failed":
        raise _failed(scope, row, used, engine.decline_of(charged), charged.id)
    _save(scope, row, used, authenticated=three_d_secure is not None)
    changed: Fields = {
        **_CLEARED,
        "latest_charge": charged.id,
        "payment_method": method.id,
        "transfer_group": payment.transfer_group,
    }
    return objects.change(scope, PAYMENT, row, **changed, **_after(scope, row, found))


_CLEARED: Fields = {"next_action": None, "last_payment_error": None, "_authenticated": None}


def _after(scope: Scope, row: Row[bytes], charged: Fields) -> Fields:
    """The state of an intent by its charge."""
    amount = objects.fields(row)["amount"]
    if charged["status"] == "pending":
        return {"status": states.PROCESSING, "_ends": charged.get("_ends")}
    if charged["captured"]:
        return {"status": states.SUCCEEDED, "amount_received": amount}
    return {"status": states.CAPTURE, "amount_capturable": amount, "_expires": scope.now + HOLD_SECONDS}


def _save(scope: Scope, row: Row[bytes], method: Row[bytes], *, authenticated: bool) -> None:
    """Attach the payment method to the customer of an intent that saves it, and note that it is set up."""
    intent = objects.fields(row)
    if not setup_of(intent):
        return
    if authenticated:
        method = objects.change(scope, payment_methods.NAME, method, _set_up=True)
    if intent["customer"]:
        payment_methods.attach(
            scope, objects.change(scope, payment_methods.NAME, method, _used=None), str(intent["customer"])
        )


def _failed(  # noqa: PLR0913 - a failure has as many parts
    scope: Scope,
    row: Row[bytes],
    method: Row[bytes],
    error: StripeError,
    charge_id: str | None = None,
    *,
    asked: bool = True,
) -> StripeError:
    """The error of a failed attempt, which the intent then shows; it needs another payment method."""
    if charge_id is None:
        method = payment_methods.use(scope, method, checked=asked and error.body.status == 402)
    details: Fields = {"payment_method": shown_method(scope, method)}
    charged: Fields = {"latest_charge": charge_id} if charge_id else {}
    objects.change(
        scope,
        PAYMENT,
        row,
        **charged,
        **_CLEARED | {"last_payment_error": payment_error(error, details)},
        status=states.METHOD,
        payment_method=None,
    )
    return error.with_details(details, changes_stay=True)


# --- the parts of a payment ---------------------------------------------------------------------------------------


def _attempt_id(scope: Scope, row: Row[bytes]) -> str:
    return scope.sandbox.ids.in_family("payatt", family_of(row.id))


def _payment(row: Row[bytes], method: Row[bytes], three_d_secure: Fields | None) -> Payment:
    intent, fields = objects.fields(row), objects.fields(method)
    data = cast("Fields | None", intent.get("transfer_data"))
    return Payment(
        amount=cast("int", intent["amount"]),
        currency=str(intent["currency"]),
        family=family_of(row.id),
        method=fields,
        method_id=method.id,
        customer=_text(intent, "customer"),
        capture=intent["capture_method"] != "manual" or fields["type"] != "card",
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
    )


def _transfer_data(data: Fields | None) -> TransferData | None:
    return TransferData(str(data["destination"]), cast("int | None", data.get("amount"))) if data else None


def _text(intent: Fields, name: str) -> str | None:
    return cast("str | None", intent.get(name))


def _default_method(scope: Scope, intent: Fields) -> Row[bytes] | None:
    """The default payment method of the customer."""
    customer = objects.get(scope, "customer", _text(intent, "customer"))
    settings = objects.fields(customer).get("invoice_settings") if customer else None
    return method_of(scope, settings.get("default_payment_method")) if isinstance(settings, dict) else None


def _without_method(intent: Fields) -> StripeError:
    customer = intent.get("customer")
    if customer:
        return errors.payment_intent_without_method_of(str(customer))
    return errors.payment_intent_without_method()


def _check_descriptor(intent: Fields, method: Fields) -> None:
    if method["type"] == "card" and intent.get("statement_descriptor"):
        raise errors.statement_descriptor_of_cards()
