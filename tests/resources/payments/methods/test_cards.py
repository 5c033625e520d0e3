"""The test cards: each number decides the results of saving it and of paying with it."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.resources.payments.methods import cards, declines

from ....api import Api

RETRY, STOP, DATA = "try_again_later", "do_not_try_again", "confirm_card_data"
CARD_ERROR = "An error occurred while processing your card. Try again in a little bit."
VELOCITY = "Your card was declined for making repeated attempts too frequently or exceeding its amount limit."


def paid(api: Api, method: str, **params: Any) -> Any:
    own = {"amount": 1000, "currency": "usd", "payment_method_types": ["card"], "confirm": "true"}
    return api.post("/v1/payment_intents", {**own, "payment_method": method, **params})


@pytest.mark.parametrize(
    ("name", "codes", "message"),
    [
        ("chargeDeclined", ("card_declined", "generic_decline", None, RETRY, None, "01"), "Your card was declined."),
        (
            "visa_chargeDeclinedInsufficientFunds",
            ("card_declined", "insufficient_funds", None, RETRY, "02", "51"),
            "Your card has insufficient funds.",
        ),
        (
            "visa_chargeDeclinedLostCard",
            ("card_declined", "lost_card", None, STOP, "01", "41"),
            "Your card was declined.",
        ),
        (
            "visa_chargeDeclinedStolenCard",
            ("card_declined", "stolen_card", None, STOP, "01", "43"),
            "Your card was declined.",
        ),
        (
            "chargeDeclinedExpiredCard",
            ("expired_card", "expired_card", "exp_month", DATA, "03", "54"),
            "Your card has expired.",
        ),
        (
            "chargeDeclinedIncorrectCvc",
            ("incorrect_cvc", "incorrect_cvc", "cvc", DATA, "03", "N7"),
            "Your card's security code is incorrect.",
        ),
        (
            "chargeDeclinedProcessingError",
            ("processing_error", "processing_error", None, RETRY, None, "06"),
            CARD_ERROR,
        ),
        (
            "visa_chargeDeclinedVelocityLimitExceeded",
            ("card_declined", "card_velocity_exceeded", None, RETRY, "02", "61"),
            VELOCITY,
        ),
        (
            "chargeCustomerFail",
            ("card_declined", "generic_decline", None, RETRY, None, "01"),
            "Your card was declined.",
        ),
    ],
)
def test_a_declined_payment_says_why(api: Api, name: str, codes: Any, message: str) -> None:
    answer = paid(api, f"pm_card_{name}")
    error: Any = answer.error
    names = ("code", "decline_code", "param", "advice_code", "network_advice_code", "network_decline_code")
    assert (answer.status, error["type"], error["message"]) == (402, "card_error", message)
    assert tuple(error.get(each) for each in names) == codes
    assert error["payment_method"]["card"]["checks"]["cvc_check"] is not None


@pytest.mark.parametrize("name", ["visa", "mx", "in", "bypassPending", "createDispute", "refundFail", "avsUnchecked"])
def test_other_cards_pay(api: Api, name: str) -> None:
    assert paid(api, f"pm_card_{name}").body["status"] == "succeeded"


@pytest.mark.parametrize("name", ["authenticationRequired", "threeDSecure2Required", "authenticationRequiredOnSetup"])
def test_cards_whose_customer_must_authenticate_the_payment(api: Api, name: str) -> None:
    assert paid(api, f"pm_card_{name}").body["status"] == "requires_action"


def test_every_number_has_a_check_digit_and_every_name_one_card() -> None:
    assert [number for number in cards.CARDS if not cards.is_valid(number)] == []
    names = [name for card in cards.CARDS.values() for name in (*card.names, *card.tokens)]
    assert len(names) == len(set(names))


def test_every_result_of_a_card_is_a_decline() -> None:
    results = {result for card in cards.CARDS.values() for result in (card.attach, card.charge) if result}
    assert results <= declines.DECLINES.keys()


@pytest.mark.parametrize("number", ["", "4242", "4242424242424241", "4242424242424242x", "\u0664\u0662" * 8, "9" * 20])
def test_texts_that_are_no_card_numbers(number: str) -> None:
    assert not cards.is_valid(number)
