"""Errors of payment intents, setup intents and confirmation tokens.

Those of an intent that exists already carry it whole: `with_details` adds it where the intent is known.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from emulator.errors.base.body import ErrorBody, Stage, StripeError, bad_request, refused
from emulator.errors.base.registry import error

_UNEXPECTED = "payment_intent_unexpected_state"
_SETUP_UNEXPECTED = "setup_intent_unexpected_state"
_KINDS = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent"}


# --- amounts and parameters ---------------------------------------------------------------------------------------


@error("observed", "August 2026")
def amount_not_positive() -> StripeError:
    """400 for a payment of nothing, or of less. There are two blanks before the last sentence."""
    return bad_request(
        "The amount must be greater than or equal to the minimum charge amount allowed for your account and the "
        "currency set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).  If you want to save a "
        "Payment Method for future use without an immediate payment, use a Setup Intent instead: "
        "https://docs.stripe.com/payments/setup-intents",
        code="parameter_invalid_integer",
        param="amount",
    )


@error("observed")
def types_given_twice() -> StripeError:
    """400 for automatic payment methods together with types. There is no code."""
    names = '["automatic_payment_methods", "payment_method_types"]'
    return refused(f"You may only specify one of these parameters: {names}.")


@error("observed")
def payment_method_type_inactive(name: str) -> StripeError:
    """400 for a type of payment methods that the account cannot accept, or that does not exist."""
    return refused(
        f'The payment method type "{name}" is invalid. Please ensure the provided type is activated in your dashboard '
        "(https://dashboard.stripe.com/account/payments/settings) and your account is enabled for any preview features "
        "that you are trying to use. See https://stripe.com/docs/payments/payment-methods/integration-options for "
        "supported combinations of Stripe account country, currency, and payment method type.",
        param="payment_method_types",
    )


@error("observed", param="inferred")
def currency_not_taken(currency: str) -> StripeError:
    """400 for a type of payment methods that does not take the currency of the payment."""
    message = (
        f"The currency provided ({currency}) is invalid for one or more payment method types on this PaymentIntent."
    )
    return refused(message, param="currency")


@error("observed")
def action_required() -> StripeError:
    """402 for a payment that its customer must authenticate, with `error_on_requires_action`."""
    message = (
        "This payment required an authentication action to complete, but `error_on_requires_action` was set. When "
        "you're ready, you can upgrade your integration to handle actions at "
        "https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions."
    )
    return StripeError(ErrorBody(402, message, "card_error", "authentication_required", None, Stage.RUN))


@error("by analogy")
def currency_of_type_not_taken(name: str, currency: str, known: Collection[str]) -> StripeError:
    """400 for a Checkout session with a type of payment methods that does not take its currency."""
    message = f"Invalid currency: {currency}. The payment method `{name}` only supports the following currencies: "
    return refused(f"{message}{', '.join(sorted(known))}.", param="payment_method_types")


@error("official", words="our choice")
def only_with_confirm(param: str) -> StripeError:
    """400 for a parameter of the confirmation in a create that does not confirm."""
    return refused(f"The parameter `{param}` can only be used with `confirm=true`.", param=param)


@error("observed", param="inferred")
def statement_descriptor_of_cards() -> StripeError:
    """400 for a statement descriptor of a card payment, which has the account's and a suffix."""
    return refused(
        "The statement_descriptor parameter is not supported for the payment_method_type `card`. To continue "
        "supporting payment_method_type `card`, please pass in `statement_descriptor_suffix` or remove the "
        "`statement_descriptor` parameter altogether. Please see https://support.stripe.com/questions/use-of-the-"
        "statement-descriptor-parameter-on-paymentintents-for-card-charges for additional details",
        param="statement_descriptor",
    )


# --- client secrets -----------------------------------------------------------------------------------------------


@error("observed")
def client_secret_wrong(kind: str) -> StripeError:
    """400 for the secret of another intent."""
    name = _name(kind)
    message = f"The client_secret provided does not match the client_secret associated with the {name}."
    code = "payment_intent_invalid_parameter" if kind == "payment_intent" else None
    return refused(message, param="client_secret", code=code)


@error("observed", code="our choice")
def manual_confirmation(intent: str) -> StripeError:
    """400 for a publishable key that confirms a payment intent which the server confirms."""
    return refused(
        f"This PaymentIntent {intent} cannot be confirmed using your publishable key because its `confirmation_method` "
        "is set to `manual`. Please use your secret key instead, or create a PaymentIntent with `confirmation_method` "
        "set to `automatic`."
    )


# --- the states of payment intents --------------------------------------------------------------------------------


@error("observed", "March 2026")
def payment_intent_not_cancelable(status: str) -> StripeError:
    """400 for canceling a payment intent that has ended."""
    return _unexpected(
        f"You cannot cancel this PaymentIntent because it has a status of {status}. Only a PaymentIntent with one of "
        "the following statuses may be canceled: requires_payment_method, requires_capture, requires_reauthorization, "
        "requires_confirmation, requires_action, processing."
    )


@error("observed")
def payment_intent_not_capturable(status: str) -> StripeError:
    """400 for capturing a payment intent that holds no money."""
    return _unexpected(
        f"This PaymentIntent could not be captured because it has a status of {status}. Only a PaymentIntent with one "
        "of the following statuses may be captured: requires_capture."
    )


@error("observed", "for a full capture")
def payment_intent_captured() -> StripeError:
    """400 for capturing a payment intent again."""
    return _unexpected("This PaymentIntent could not be captured because it has already been captured.")


@error("observed", "September 2026")
def payment_intent_remainder_released() -> StripeError:
    """400 for capturing more of a payment intent whose capture was a final one of a part."""
    return _unexpected(
        "The remaining amount on this PaymentIntent could not be captured because the remainder of the authorized "
        "amount has been released."
    )


@error("official", words="our choice")
def capture_not_final() -> StripeError:
    """400 for the capture of a part that keeps the rest, where the account cannot capture several times."""
    return refused(
        "You can only set `final_capture` to `false` when multicapture is available for this PaymentIntent.",
        param="final_capture",
    )


@error("observed")
def capture_of_nothing() -> StripeError:
    """400 for capturing nothing. The param is `amount`."""
    return refused("This value must be greater than or equal to 1.", param="amount", code="parameter_invalid_integer")


@error("observed")
def capture_negative() -> StripeError:
    """400 for capturing a negative amount. There is no code."""
    return refused("Invalid non-negative integer", param="amount_to_capture")


@error("observed")
def payment_intent_succeeded() -> StripeError:
    """400 for confirming a payment intent that has succeeded."""
    return _unexpected(
        "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
    )


@error("inferred")
def payment_intent_not_confirmable(status: str) -> StripeError:
    """400 for confirming a payment intent in a state that does not allow it."""
    return _unexpected(
        f"You cannot confirm this PaymentIntent because it has a status of {status}. Only a PaymentIntent with one of "
        "the following statuses may be confirmed: requires_confirmation, requires_action."
    )


@error("observed", "2026")
def payment_intent_without_method() -> StripeError:
    """400 for confirming a payment intent without a payment method and without a customer."""
    return _unexpected(
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
        "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment "
        "method or ConfirmationToken."
    )


@error("observed")
def payment_intent_without_method_of(customer: str) -> StripeError:
    """400 for confirming the payment intent of a customer without a payment method."""
    return _unexpected(
        "You cannot confirm this PaymentIntent because it's missing a payment method. To confirm the PaymentIntent "
        f"with {customer}, specify a payment method attached to this customer along with the customer ID."
    )


@error("observed", "for the amount and the payment method")
def payment_intent_field_fixed(field: str, status: str, statuses: Sequence[str]) -> StripeError:
    """400 for changing a field that the state of a payment intent no longer allows to change."""
    return _unexpected(
        f"This PaymentIntent's {field} could not be updated because it has a status of {status}. You may only update "
        f"the {field} of a PaymentIntent with one of the following statuses: {', '.join(statuses)}.",
        None if field == "payment_method" else field,
    )


@error("observed", code="our choice")
def application_fee_fixed() -> StripeError:
    """400 for changing the application fee after a capture."""
    return refused(
        "The parameter application_fee_amount cannot be updated on a PaymentIntent after a capture has already been "
        "made.",
        param="application_fee_amount",
    )


@error("observed", "the words; for an intent that did not ask for it")
def increment_not_requested() -> StripeError:
    """400 for raising a hold that was not made for that."""
    return _unexpected(
        "This PaymentIntent is not eligible for incremental authorization because you did not request support using "
        "`request_incremental_authorization` when you created or confirmed it."
    )


@error("official", words="by analogy")
def increment_wrong_state(status: str) -> StripeError:
    """400 for raising the hold of a payment intent that holds no money."""
    return _unexpected(
        f"This PaymentIntent could not be incremented because it has a status of {status}. Only a PaymentIntent with "
        "one of the following statuses may be incremented: requires_capture."
    )


@error("official", words="our choice")
def increment_too_small(amount: int) -> StripeError:
    """400 for a new amount that is not larger than the held one."""
    return refused(f"The amount must be greater than the currently authorized amount ({amount}).", param="amount")


@error("official", words="our choice")
def increment_too_often() -> StripeError:
    """400 for raising a hold more than ten times."""
    return _unexpected("This PaymentIntent has reached the maximum of 10 incremental authorization attempts.")


@error("official", words="our choice")
def customer_balance_not_accepted() -> StripeError:
    """400 for paying from the customer's balance where the payment intent does not wait for that."""
    return _unexpected(
        "This PaymentIntent cannot be paid from the customer's balance: it must be confirmed with a payment method of "
        "the type `customer_balance`, and have a status of requires_action."
    )


@error("official", words="our choice")
def customer_balance_without_customer() -> StripeError:
    """400 for a payment from a customer balance without a customer."""
    return refused(
        "A customer must be provided when a PaymentIntent is confirmed with the payment method type customer_balance.",
        param="customer",
        code="parameter_missing",
    )


# --- payment methods of intents -----------------------------------------------------------------------------------


@error("observed")
def method_needs_customer(kind: str, method: str, customer: str) -> StripeError:
    """400 for the payment method of a customer, where the intent has none."""
    name = _name(kind)
    if kind == "setup_intent":
        return refused(
            f"The payment method supplied ({method}) belongs to the Customer {customer}. Please include the Customer "
            f"in the `customer` parameter on the {name}.",
            param="payment_method",
        )
    return refused(
        f"The `payment_method` parameter supplied {method} belongs to the Customer {customer}. Please include the "
        f"Customer in the `customer` parameter on the {name}.",
        param="source",
        code="parameter_missing",
    )


@error("our choice", "Stripe's words are not published")
def method_type_not_allowed(kind: str, method_type: str, allowed: Sequence[str]) -> StripeError:
    """400 for a payment method of a type that the intent does not accept."""
    return refused(
        f'The payment method type "{method_type}" is not allowed for this {_name(kind)}. Its payment_method_types '
        f"are: {', '.join(allowed)}.",
        param="payment_method",
    )


@error("observed")
def return_url_required(kind: str) -> StripeError:
    """400 for confirming an intent whose payment methods may redirect. There are no code and no param."""
    return refused(
        f"This {_name(kind)} is configured to accept payment methods enabled in your Dashboard. Because some of these "
        "payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't "
        "want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and "
        "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
    )


@error("our choice", "Stripe's words are not published")
def return_url_of_type_required(kind: str, method_type: str) -> StripeError:
    """400 for a payment method that redirects, without a place to return to."""
    return refused(
        f"You must provide a `return_url` when confirming a {_name(kind)} with the payment method type {method_type}.",
        param="return_url",
        code="parameter_missing",
    )


@error("inferred", "remembered words")
def mandate_required(kind: str) -> StripeError:
    """400 for a debit that the customer has not accepted."""
    return refused(
        f"This {_name(kind)} requires a mandate, but no existing mandate was found. Collect mandate acceptance from "
        "the customer and retry the request, providing acceptance data in the mandate_data parameter.",
        code=f"{kind}_mandate_invalid" if kind == "payment_intent" else None,
    )


@error("observed")
def authentication_failed(kind: str = "payment_intent") -> StripeError:
    """The error of an intent whose customer failed the authentication."""
    if kind == "setup_intent":
        message = "The latest attempt to set up the payment method has failed because authentication failed."
        return refused(message, code="setup_intent_authentication_failure")
    return refused(
        "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
        "PaymentMethod to attempt to fulfill this PaymentIntent again.",
        code="payment_intent_authentication_failure",
    )


# --- setup intents ------------------------------------------------------------------------------------------------


@error("observed")
def setup_intent_without_method() -> StripeError:
    """400 for confirming a setup intent without a payment method."""
    return _setup_unexpected(
        "You cannot confirm this SetupIntent because it's missing a payment method. You can either update the "
        "SetupIntent with a payment method and then confirm it again, or confirm it again directly with a payment "
        "method or ConfirmationToken."
    )


@error("observed")
def setup_intent_succeeded(verb: str = "confirm") -> StripeError:
    """400 for confirming or changing a setup intent that has succeeded."""
    return _setup_unexpected(f"You cannot {verb} this SetupIntent because it has already succeeded.")


@error("observed", "for confirming; for changing by analogy")
def setup_intent_canceled(verb: str = "confirm") -> StripeError:
    """400 for confirming or changing a canceled setup intent."""
    return _setup_unexpected(f"You cannot {verb} this SetupIntent because it has been canceled.")


@error("observed", "2026")
def setup_intent_already_canceled() -> StripeError:
    """400 for canceling a setup intent again. The words are Stripe's own."""
    return _setup_unexpected("You cannot cancel this SetupIntent because it it already canceled.")


@error("observed")
def setup_intent_not_cancelable(status: str) -> StripeError:
    """400 for canceling a setup intent that has succeeded, or is processed."""
    return _setup_unexpected(
        f"You cannot cancel this SetupIntent because it has a status of {status}. Only a SetupIntent with one of the "
        "following statuses may be canceled: `requires_payment_method`, `requires_confirmation`, or `requires_action`."
    )


# --- micro-deposits and confirmation tokens -----------------------------------------------------------------------


@error("observed", "for setup intents")
def intent_not_actionable(kind: str, status: str) -> StripeError:
    """400 for verifying micro-deposits of an intent that does not wait for them."""
    name = _name(kind)
    return refused(
        f"This {name} cannot be actioned on because it has a status of {status}. Only a {name} with one of the "
        'following statuses may be actioned on: ["requires_action"].',
        code="intent_invalid_state",
    )


@error("official", "the words are those of the list of error codes")
def microdeposits_wrong(param: str) -> StripeError:
    """400 for amounts or a code that do not match the micro-deposits."""
    kind = "amounts" if param == "amounts" else "descriptor_code"
    message = {
        "amounts": "The amounts provided do not match the amounts that were sent to the bank account.",
        "descriptor_code": "The verification code provided does not match the one sent to the bank account.",
    }
    return refused(message[kind], param=param, code=f"payment_method_microdeposit_verification_{kind}_mismatch")


@error("official", "the words are those of the list of error codes")
def microdeposit_amounts_invalid() -> StripeError:
    """400 for another number of amounts than two."""
    return refused(
        "You must provide exactly two microdeposit amounts.",
        param="amounts",
        code="payment_method_microdeposit_verification_amounts_invalid",
    )


@error("official", "the words are those of the list of error codes")
def microdeposits_too_often() -> StripeError:
    """400 for too many attempts to verify a bank account."""
    return refused(
        "You have exceeded the number of allowed verification attempts.",
        code="payment_method_microdeposit_verification_attempts_exceeded",
    )


@error("official", "the words are those of the list of error codes")
def microdeposits_timeout() -> StripeError:
    """400 for micro-deposits that were not verified in time."""
    return refused(
        "Payment method should be verified with microdeposits within the required period.",
        code="payment_method_microdeposit_verification_timeout",
    )


@error("official", "the words are those of the list of error codes")
def microdeposits_failed() -> StripeError:
    """The error of an intent whose micro-deposits did not reach the bank account."""
    return refused(
        "Microdeposit transfers failed. Please check the account, institution and transit numbers provided.",
        code="payment_method_microdeposit_failed",
    )


@error("observed", "the beginning of the words")
def confirmation_token_used() -> StripeError:
    """400 for a confirmation token that has confirmed an intent."""
    return refused(
        "The confirmation token has already been used to confirm a previous PaymentIntent or SetupIntent.",
        param="confirmation_token",
    )


@error("official", words="our choice")
def confirmation_token_expired() -> StripeError:
    """400 for a confirmation token that is older than twelve hours."""
    return refused("The confirmation token has expired.", param="confirmation_token")


@error("observed")
def intent_of_checkout(kind: str) -> StripeError:
    """400 for canceling the intent of a checkout session, which is to be expired instead."""
    return refused(
        f"You cannot perform this action on {_name(kind)}s created by Checkout. (Hint: The feature you are trying to "
        "use is deprecated.)"
    )


def _name(kind: str) -> str:
    return _KINDS.get(kind, kind)


def _unexpected(message: str, param: str | None = None) -> StripeError:
    return refused(message, param=param, code=_UNEXPECTED)


def _setup_unexpected(message: str) -> StripeError:
    return refused(message, code=_SETUP_UNEXPECTED)
