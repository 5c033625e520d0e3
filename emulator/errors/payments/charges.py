"""Errors of charges: their payment source, their capture and their changes."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, Stage, StripeError, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import quoted_id


@error("observed")
def charge_without_source() -> StripeError:
    """400 for a charge without a payment source and a customer. There is no param."""
    return refused("Must provide source or customer.", code="parameter_missing")


@error("observed")
def customer_without_source() -> StripeError:
    """402 for a charge of a customer who has nothing to pay with."""
    return _customer_error(
        "This Customer doesn't have any saved payment details. Attach a legacy Token, Card, Bank Account, or Source to "
        "this Customer and then try this request again, or use Payment Intents and Payment Methods instead."
    )


@error("observed")
def customer_with_payment_methods_only() -> StripeError:
    """402 for a charge of a customer whose payment methods only payment intents can use."""
    return _customer_error(
        "This Customer doesn't have any legacy saved payment details, but does have a Payment Method attached. Use a "
        "Payment Intent instead of creating a Charge: https://stripe.com/docs/payments/payment-intents/migration"
    )


def _customer_error(message: str) -> StripeError:
    return StripeError(ErrorBody(402, message, "card_error", "missing", "card", Stage.RUN))


@error("observed")
def customer_lacks_card(customer: str, card: str) -> StripeError:
    """404 for a charge of a customer with a payment source that is not this customer's."""
    message = f"Customer {customer} does not have card with ID {quoted_id(card)}"
    return StripeError(ErrorBody(404, message, code="resource_missing", param="card", stage=Stage.RUN))


@error("observed")
def bank_account_must_be_verified() -> StripeError:
    """400 for a charge of a bank account that is not verified."""
    return refused("The customer's bank account must be verified in order to create an ACH payment.")


@error("observed")
def capture_not_optional() -> StripeError:
    """400 for a debit of a bank account that holds the money."""
    return refused("You cannot pass capture=false for this payment type.")


@error("official", words="our choice")
def bank_account_currency() -> StripeError:
    """400 for a debit of a bank account in another currency."""
    return refused("Charges of bank accounts can be made only in usd.", param="currency")


@error("observed")
def charge_already_captured(charge: str) -> StripeError:
    """400 for the capture of a charge that is captured."""
    return refused(f"Charge {charge} has already been captured.", code="charge_already_captured")


@error("by analogy", "with refunds", words="by analogy")
def charge_hold_released(charge: str) -> StripeError:
    """400 for the capture of a charge whose hold was released."""
    return refused(f"Charge {charge} has already been refunded.", code="charge_already_refunded")


@error("our choice")
def charge_failed(charge: str) -> StripeError:
    """400 for the capture of a charge that has failed."""
    return refused(f"Charge {charge} has failed; it cannot be captured.")


@error("observed", "of payment intents")
def capture_too_large() -> StripeError:
    """400 for the capture of more than a charge holds. There is no param."""
    return refused(
        "The payment could not be captured because the requested capture amount is greater than the amount you can "
        "capture for this charge. Contact us via https://support.stripe.com/contact/ for help.",
        code="amount_too_large",
    )


@error("observed", "of `transfer_group`; of others by analogy")
def charge_of_an_intent(intent: str, field: str) -> StripeError:
    """400 for changing a field of a charge that its payment intent decides. There are no code and no param."""
    return refused(
        f"This Charge was created by a PaymentIntent ({intent}). You must update the `{field}` on the PaymentIntent "
        "instead of updating the Charge directly. See https://stripe.com/docs/api#update_payment_intent"
    )


@error("inferred", words="our choice")
def capture_of_an_intent(intent: str) -> StripeError:
    """400 for the capture of a charge that its payment intent captures. There are no code and no param."""
    return refused(
        f"This Charge was created by a PaymentIntent ({intent}). You must capture the PaymentIntent instead of "
        "capturing the Charge directly. See https://stripe.com/docs/api#capture_payment_intent"
    )


@error("our choice")
def charge_has_customer() -> StripeError:
    """400 for changing the customer of a charge that has one."""
    return refused("The customer of a charge can only be set if the charge has none.", param="customer")


@error("observed")
def token_part_invalid(part: str) -> StripeError:
    """400 for a test token with a part that no test token has. There are no code and no param."""
    return refused(f"There is a part of the token that is not valid: '{quoted_id(part)}'.")


@error("by analogy", "with another emulator's words")
def statement_descriptor_character(character: str, param: str) -> StripeError:
    """400 for a statement descriptor with a character that statements cannot have."""
    return refused(f"The statement descriptor cannot include {character}.", param=param)


@error("observed", param="inferred")
def statement_descriptor_without_letter(param: str) -> StripeError:
    """400 for a statement descriptor without a letter."""
    return refused("The statement descriptor must contain at least one alphabetic character.", param=param)


@error("our choice")
def transfer_data_without_destination() -> StripeError:
    """400 for a payment without a destination, and a transfer of it."""
    return refused(
        "This charge has no destination, so the amount of its transfer cannot be set.", param="transfer_data"
    )
