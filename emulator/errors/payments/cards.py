"""Errors of cards: declines, card details, and card numbers that are sent to the API."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, Stage, StripeError, bad_request, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import quoted_id
from emulator.wire.json import Json


@error("observed")
def card_declined(  # noqa: PLR0913 - a decline has as many parts
    message: str = "Your card was declined.",
    code: str = "card_declined",
    decline_code: str | None = "generic_decline",
    param: str | None = None,
    *,
    advice_code: str | None = None,
    network_advice_code: str | None = None,
    network_decline_code: str | None = None,
) -> StripeError:
    """402 for a card that its bank or Stripe refuses. Unknown codes are omitted."""
    codes: dict[str, Json] = {
        "advice_code": advice_code,
        "decline_code": decline_code,
        "network_advice_code": network_advice_code,
        "network_decline_code": network_decline_code,
    }
    details = tuple((name, value) for name, value in codes.items() if value is not None)
    return StripeError(ErrorBody(402, message, "card_error", code, param, Stage.RUN, details=details))


@error("observed")
def card_number_incorrect(param: str = "number") -> StripeError:
    """402 for a card number whose check digit is wrong. There is no decline code."""
    return _card_error("Your card number is incorrect.", "incorrect_number", param)


@error("observed")
def card_number_invalid(param: str = "number") -> StripeError:
    """402 for a text that cannot be a card number."""
    return _card_error("The card number is not a valid credit card number.", "invalid_number", param)


@error("official", words="observed")
def card_cvc_invalid(param: str = "cvc") -> StripeError:
    """402 for a security code of the wrong length."""
    return _card_error("Your card's security code is invalid.", "invalid_cvc", param)


@error("observed")
def raw_card_numbers_refused(*, livemode: bool = False) -> StripeError:
    """402 for a card number that is sent with a secret key by an account without access to raw card data."""
    message = "Sending credit card numbers directly to the Stripe API is generally unsafe. "
    message += (
        "To continue processing use Stripe.js, the Stripe mobile bindings, or Stripe Elements."
        if livemode
        else "We suggest you use test tokens that map to the test card you are using, see "
        "https://stripe.com/docs/testing. To enable testing raw card data APIs, see "
        "https://support.stripe.com/questions/enabling-access-to-raw-card-data-apis."
    )
    return refused(message, status=402)


@error("observed", "for a payment method; for other texts by analogy")
def card_token_invalid(token: str) -> StripeError:
    """400 for a text that is no token where one belongs."""
    return refused(f"Invalid token id: {quoted_id(token)}", param="token")


@error("observed", "of a customer in 2018")
def empty_source(param: str) -> StripeError:
    """400 for an empty text as `source`."""
    return bad_request(
        "Invalid source object: must be a dictionary or a non-empty string. See API docs at https://stripe.com/docs'",
        param=param,
        documented=False,
    )


@error("observed", param="our choice")
def source_without_object() -> StripeError:
    """400 for a hash as `source` that does not say whether it is a card or a bank account."""
    return bad_request(
        "The source hash must include an 'object' key indicating what type of source to create.", param="source"
    )


@error("observed")
def card_tokens_retired() -> StripeError:
    """400 for a card token on an account without the policy that allows them on customers and charges."""
    return refused(
        "Card Token usage on the Customers API and Charges API has reached end of life. In order to continue "
        "processing your payments, you will need to use the Payment Intents and Payment Methods API. Read more about "
        "what you should do here: https://docs.stripe.com/payments/payment-methods/integration-options. If you need "
        "to continue to use Card Tokens on the Customers and Charges API, enable this functionality in your API "
        "policies settings: https://dashboard.stripe.com/settings/developers/api-policies"
    )


def _card_error(message: str, code: str, param: str) -> StripeError:
    return StripeError(ErrorBody(402, message, "card_error", code, param, Stage.RUN))
