"""Errors of payment methods, customers and their payment sources."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, StripeError, bad_request, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import quoted_id

_ON_A_CONNECTED_ACCOUNT = (
    "; It's possible this PaymentMethod exists on one of your connected accounts, in which case you should retry this "
    "request on that connected account. Learn more at https://stripe.com/docs/connect/authentication"
)
_OF_THE_PLATFORM = (
    "; OAuth key or Stripe-Account header was used but API request was provided with a platform-owned payment method "
    "ID. Please ensure that the provided payment method matches the specified account."
)


@error("observed")
def payment_method_missing(identifier: str, param: str = "payment_method", status: int = 400) -> StripeError:
    """404 or 400 for an unknown payment method, on a platform."""
    return _missing(identifier, param, status, _ON_A_CONNECTED_ACCOUNT)


@error("observed")
def payment_method_of_the_platform(identifier: str, param: str = "payment_method", status: int = 400) -> StripeError:
    """404 or 400 for a payment method of the platform in a request as a connected account."""
    return _missing(identifier, param, status, _OF_THE_PLATFORM)


@error("observed")
def payment_method_not_here(identifier: str, param: str = "payment_method", status: int = 400) -> StripeError:
    """404 or 400 for an unknown payment method in a request as a connected account."""
    return _missing(identifier, param, status, "")


def _missing(identifier: str, param: str, status: int, hint: str) -> StripeError:
    message = f"No such PaymentMethod: '{quoted_id(identifier)}'{hint}"
    return StripeError(ErrorBody(status, message, code="resource_missing", param=param, missing=identifier))


@error("observed")
def payment_method_attached_elsewhere() -> StripeError:
    """400 for attaching a payment method that has a customer. There are no code and no param."""
    return refused("The payment method you provided has already been attached to a customer.")


@error("observed")
def payment_method_not_attached() -> StripeError:
    """400 for detaching a payment method that has no customer. There are no code and no param."""
    return refused("The payment method you provided is not attached to a customer so detachment is impossible.")


@error("observed")
def payment_method_used_up() -> StripeError:
    """400 for a payment method that was used or detached, and has no customer. There are no code and no param."""
    return refused(
        "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with "
        "a connected account without Customer attachment, or was detached from a Customer. It may not be used again. "
        "To use a PaymentMethod multiple times, you must attach it to a Customer first."
    )


@error("inferred", "remembered words")
def payment_method_unsaved() -> StripeError:
    """400 for updating a payment method that has no customer."""
    return refused("You must save this PaymentMethod to a customer before you can update it.")


@error("observed")
def customer_in_creation() -> StripeError:
    """400 for a customer in the creation of a payment method."""
    return bad_request(
        "You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Please instead create the "
        "PaymentMethod and then attach it using the attachment method of the PaymentMethods API."
    )


@error("observed")
def customer_to_attach_missing() -> StripeError:
    """400 for attaching without a customer. There is no param."""
    return bad_request("Must provide customer or customer_account.", code="parameter_missing")


@error("observed")
def method_to_save_missing() -> StripeError:
    """400 for saving the payment method of an intent that has none."""
    return refused(
        "A payment method must be provided or already attached to the PaymentIntent when `save_payment_method=true`."
    )


@error("observed")
def customer_to_save_for_missing() -> StripeError:
    """400 for saving a payment method for nobody."""
    return refused("A valid `customer` must be provided when `save_payment_method=true`.")


@error("observed")
def payment_method_of_nobody() -> StripeError:
    """404 for a payment method that does not belong to the customer in the path. It has no code."""
    return refused("Invalid request", param="customer", status=404)


@error("official", words="our choice")
def clone_without_account() -> StripeError:
    """400 for copying a payment method in a request of the platform itself."""
    return refused(
        "You can only clone a PaymentMethod to a connected account. Use the Stripe-Account header to name one.",
        param="payment_method",
    )


@error("by analogy", "with payment intents")
def payment_method_of_a_customer(identifier: str, customer: str) -> StripeError:
    """400 for a payment method of a customer that the request does not name."""
    return refused(
        f"The payment method supplied ({quoted_id(identifier)}) belongs to the Customer {customer}. Please include the "
        "Customer in the `customer` parameter.",
        param="payment_method",
    )


@error("observed", "on payment intents and setup intents")
def payment_method_of_another_customer(identifier: str, customer: str) -> StripeError:
    """400 for a payment method that is not one of the named customer. There is no code."""
    return refused(
        f"The PaymentMethod {quoted_id(identifier)} does not belong to the Customer you supplied {customer}. Please "
        "use this PaymentMethod with the Customer that it belongs to instead.",
        param="payment_method",
    )


@error("our choice")
def customer_without_card() -> StripeError:
    """400 for a token of a customer who has no card."""
    return refused("The customer must have an active payment source attached.", param="customer")


@error("official", words="inferred")
def bank_account_exists() -> StripeError:
    """400 for a bank account that the customer has already."""
    return refused(
        "A bank account with that routing number and account number already exists for this customer.",
        code="bank_account_exists",
    )


@error("official", words="inferred")
def bank_account_amounts_wrong() -> StripeError:
    """400 for amounts that were not deposited."""
    return refused(
        "The amounts provided do not match the amounts that were sent to the bank account.",
        code="bank_account_verification_failed",
    )


@error("inferred")
def bank_account_verified() -> StripeError:
    """400 for a bank account that is verified again."""
    return refused("This bank account has already been verified.")


@error("observed")
def default_payment_method_not_attached(
    identifier: str, param: str = "invoice_settings[default_payment_method]"
) -> StripeError:
    """400 for a default payment method that is not one of the customer."""
    return refused(
        f"The customer does not have a payment method with the ID {quoted_id(identifier)}. The payment method must be "
        "attached to the customer.",
        param=param,
        code="resource_missing",
    )


@error("observed")
def invoice_prefix_invalid() -> StripeError:
    """400 for an invoice prefix that is not made of upper-case letters and digits. There is no code."""
    return refused("Invoice number prefix must be 1\u201312 uppercase letters or numbers.")


@error("observed")
def invoice_prefix_taken(customer: str) -> StripeError:
    """400 for an invoice prefix that another customer has."""
    return refused(
        f"This invoice number prefix is taken by customer: {customer}. Please enter a different prefix.",
        param="invoice_prefix",
    )


@error("observed", "on subscriptions")
def customer_currency_differs(currency: str) -> StripeError:
    """400 for another currency than that of the customer. There are no code and no param."""
    return refused(
        "You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or invoice "
        f"item with currency {currency}"
    )


@error("official", words="inferred")
def tax_id_invalid(kind: str, param: str = "value") -> StripeError:
    """400 for a tax id that does not have the form of its type."""
    return refused(f"Invalid value for {kind}.", param=param, code="tax_id_invalid")


@error("official", words="our choice")
def too_many_tax_ids(most: int) -> StripeError:
    """400 for another tax id of a customer who has as many as Stripe allows."""
    return refused(f"A customer can have at most {most} tax IDs.")


@error("our choice")
def source_missing(identifier: str, param: str) -> StripeError:
    """400 for a default source that the customer does not have."""
    return bad_request(f"No such source: '{quoted_id(identifier)}'", code="resource_missing", param=param)


@error("by analogy", "with external accounts")
def bank_account_not_of_test_mode(param: str) -> StripeError:
    """400 for a US account number that is not one of test mode."""
    return refused(
        "You must use a test bank account number in test mode. Try 000123456789 or see more options at "
        "https://stripe.com/docs/connect/testing#account-numbers.",
        param=param,
        code="account_number_invalid",
    )


@error("our choice")
def iban_invalid(param: str) -> StripeError:
    """400 for an IBAN whose check digits are wrong."""
    return refused("The IBAN you provided is invalid.", param=param, code="invalid_bank_account_iban")


@error("official", words="our choice")
def iban_unusable(code: str = "sepa_debit_bank_not_supported", param: str = "sepa_debit[iban]") -> StripeError:
    """400 for an IBAN of a bank that cannot be debited."""
    return refused("This bank account cannot be used for SEPA Direct Debit payments.", param=param, code=code)


@error("our choice")
def network_unavailable(network: str) -> StripeError:
    """400 for a preferred network that the card does not have."""
    return refused(f"The card does not have the network {network}.", param="card[networks][preferred]")
