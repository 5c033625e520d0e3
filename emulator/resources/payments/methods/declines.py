"""Declines of cards: their codes, messages and advice, and the errors that respond with them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from emulator import errors
from emulator.errors import StripeError
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

DECLINED = "Your card was declined."


class Decline(NamedTuple):
    """One decline. The codes of the network are those that Stripe shows since 2025; None is omitted."""

    code: str
    decline_code: str | None = None
    message: str = DECLINED
    param: str | None = None
    advice_code: str | None = None
    network_advice_code: str | None = None
    network_decline_code: str | None = None


def _declined(decline_code: str, advice: str | None = None, *network: str, message: str = DECLINED) -> Decline:
    return Decline("card_declined", decline_code, message, None, advice, *network)


# By the names that the card table uses. Observed in 2026, unless a comment says otherwise.
DECLINES: Mapping[str, Decline] = MappingProxyType(
    {
        "generic_decline": Decline(
            "card_declined", "generic_decline", advice_code="try_again_later", network_decline_code="01"
        ),
        "insufficient_funds": _declined(
            "insufficient_funds", "try_again_later", "02", "51", message="Your card has insufficient funds."
        ),
        "lost_card": _declined("lost_card", "do_not_try_again", "01", "41"),
        "stolen_card": _declined("stolen_card", "do_not_try_again", "01", "43"),
        "card_velocity_exceeded": _declined(
            "card_velocity_exceeded",
            "try_again_later",
            "02",
            "61",
            message="Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
        ),
        "expired_card": Decline(
            "expired_card", "expired_card", "Your card has expired.", "exp_month", "confirm_card_data", "03", "54"
        ),
        "incorrect_cvc": Decline(
            "incorrect_cvc",
            "incorrect_cvc",
            "Your card's security code is incorrect.",
            "cvc",
            "confirm_card_data",
            "03",
            "N7",
        ),
        "processing_error": Decline(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
            advice_code="try_again_later",
            network_decline_code="06",
        ),
        "incorrect_zip": Decline(
            "incorrect_zip",
            None,
            "Your card could not be authorized using the postal code provided. Please update the postal code, or "
            "contact your card issuer for further details.",
            "address_zip",
        ),
        # Refused by Radar before the bank is asked, so without codes of the bank.
        "fraudulent": _declined("fraudulent"),
        "authentication_required": Decline(
            "authentication_required",
            "authentication_required",
            "Your card was declined. This transaction requires authentication.",
        ),
        "test_mode_live_card": _declined(
            "test_mode_live_card",
            message="Your card was declined. Your request was in test mode, but used a non test (live) card. For a "
            "list of valid test cards, visit: https://stripe.com/docs/testing.",
        ),
        "mandate_canceled": Decline(
            "india_recurring_payment_mandate_canceled",
            None,
            "The provided mandate has been canceled by the card holder.",
        ),
    }
)


def refusal(decline: Decline, details: Mapping[str, Json] | None = None, *, changes_stay: bool = False) -> StripeError:
    """The 402 of a decline. `details` are more keys of the error, such as the charge and the payment intent.

    With `changes_stay`, the objects that the declined request has made are kept.
    """
    error = errors.card_declined(
        decline.message,
        decline.code,
        decline.decline_code,
        decline.param,
        advice_code=decline.advice_code,
        network_advice_code=decline.network_advice_code,
        network_decline_code=decline.network_decline_code,
    )
    return error.with_details(details or {}, changes_stay=changes_stay)


def refusal_to_save(decline: Decline) -> StripeError:
    """The 402 of a card that cannot be attached to a customer.

    `param` is an empty string where the decline names none, and the error has no other objects (observed).
    """
    return refusal(decline, {} if decline.param else {"param": ""})


def refusal_of_source(decline: Decline) -> StripeError:
    """The 402 of a card that cannot be a source of a customer: wrong card data has no decline code (observed)."""
    return refusal_to_save(decline._replace(decline_code=None) if decline.param else decline)
