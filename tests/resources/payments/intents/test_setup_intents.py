"""Setup intents, their attempts, and confirmation tokens."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import PUBLISHABLE, Api
from .helpers import CARD, PAYMENTS, SETUPS, complete, customer, intent, setup, types

UNEXPECTED = {
    "code": "setup_intent_unexpected_state",
    "doc_url": "https://stripe.com/docs/error-codes/setup-intent-unexpected-state",
    "type": "invalid_request_error",
}


def refusal(answer: Any, intent_before: Any) -> Any:
    error = dict(answer.error)
    assert answer.status == 400
    assert error.pop("setup_intent") == intent_before
    return error


def test_a_new_setup_intent_shows_every_field(api: Api) -> None:
    body = setup(api, usage="on_session")
    identifier, secret = body.pop("id"), body.pop("client_secret")
    assert identifier.startswith("seti_1")
    assert len(secret) == len(f"{identifier}_secret_") + 31
    assert isinstance(body.pop("created"), int)
    assert body == {
        "object": "setup_intent",
        "allowed_payment_method_types": None,
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "customer": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
        },
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": "off_session",
    }


def test_a_confirmed_one_saves_the_payment_method(api: Api) -> None:
    owner = customer(api)
    body = setup(api, customer=owner, payment_method="pm_card_visa", confirm="true")
    assert body["status"] == "succeeded"
    saved = api.get(f"/v1/payment_methods?customer={owner}").body["data"]
    assert [(each["id"], each["card"]["checks"]["cvc_check"]) for each in saved] == [(body["payment_method"], "pass")]
    attempts = api.get(f"/v1/setup_attempts?setup_intent={body['id']}").body["data"]
    assert [(each["id"], each["status"]) for each in attempts] == [(body["latest_attempt"], "succeeded")]
    assert types(api) == [
        "customer.created",
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
    ]


def test_a_decline_keeps_the_intent_and_carries_it(api: Api) -> None:
    made = setup(api)
    answer = api.post(f"{SETUPS}/{made['id']}/confirm", {"payment_method": "pm_card_chargeDeclinedExpiredCard"})
    error: Any = answer.error
    kept, method = error.pop("setup_intent"), error.pop("payment_method")
    assert answer.status == 402
    assert error == {
        "advice_code": "confirm_card_data",
        "code": "expired_card",
        "decline_code": "expired_card",
        "doc_url": "https://stripe.com/docs/error-codes/expired-card",
        "message": "Your card has expired.",
        "network_advice_code": "03",
        "network_decline_code": "54",
        "param": "exp_month",
        "type": "card_error",
    }
    assert method["card"]["checks"]["cvc_check"] == "pass"
    assert kept == api.get(f"{SETUPS}/{made['id']}").body
    assert (kept["status"], kept["payment_method"]) == ("requires_payment_method", None)
    assert kept["last_setup_error"] == dict(sorted({**error, "payment_method": method}.items()))
    attempt = api.get(f"/v1/setup_attempts?setup_intent={made['id']}").body["data"][0]
    assert (attempt["id"], attempt["status"]) == (kept["latest_attempt"], "failed")
    assert attempt["setup_error"] == kept["last_setup_error"]
    assert types(api) == ["setup_intent.created", "setup_intent.setup_failed"]


@pytest.mark.parametrize(
    ("outcome", "status", "event"),
    [
        ("succeeded", "succeeded", "setup_intent.succeeded"),
        ("failed", "requires_payment_method", "setup_intent.setup_failed"),
    ],
)
def test_its_customer_may_have_to_authenticate(api: Api, outcome: Any, status: str, event: str) -> None:
    body = setup(api, payment_method="pm_card_authenticationRequired", confirm="true")
    assert (body["status"], body["next_action"]["type"]) == ("requires_action", "use_stripe_sdk")
    complete(api, body["id"], outcome)
    done = api.get(f"{SETUPS}/{body['id']}").body
    assert (done["status"], done["next_action"], done["latest_attempt"]) == (status, None, body["latest_attempt"])
    assert types(api) == ["setup_intent.created", "setup_intent.requires_action", event]
    if outcome == "failed":
        assert done["last_setup_error"]["code"] == "setup_intent_authentication_failure"


def test_what_its_state_refuses(api: Api) -> None:
    made = setup(api)
    at = f"{SETUPS}/{made['id']}"
    assert refusal(api.post(f"{at}/confirm"), made) == {
        **UNEXPECTED,
        "message": "You cannot confirm this SetupIntent because it's missing a payment method. You can either update "
        "the SetupIntent with a payment method and then confirm it again, or confirm it again directly with a payment "
        "method or ConfirmationToken.",
    }
    assert refusal(api.post(f"{at}/verify_microdeposits"), made) == {
        "code": "intent_invalid_state",
        "doc_url": "https://stripe.com/docs/error-codes/intent-invalid-state",
        "message": "This SetupIntent cannot be actioned on because it has a status of requires_payment_method. Only a "
        'SetupIntent with one of the following statuses may be actioned on: ["requires_action"].',
        "type": "invalid_request_error",
    }
    canceled = api.post(f"{at}/cancel", {"cancellation_reason": "abandoned"}).body
    assert (canceled["status"], canceled["cancellation_reason"]) == ("canceled", "abandoned")
    messages = {
        "confirm": "You cannot confirm this SetupIntent because it has been canceled.",
        "cancel": "You cannot cancel this SetupIntent because it it already canceled.",
    }
    for verb, message in messages.items():
        answer = api.post(f"{at}/{verb}", {"payment_method": "pm_card_visa"} if verb == "confirm" else {})
        assert refusal(answer, canceled) == {**UNEXPECTED, "message": message}


def test_a_succeeded_one_is_final(api: Api) -> None:
    done = setup(api, payment_method="pm_card_visa", confirm="true")
    at = f"{SETUPS}/{done['id']}"
    messages = {
        "/confirm": "You cannot confirm this SetupIntent because it has already succeeded.",
        "": "You cannot update this SetupIntent because it has already succeeded.",
        "/cancel": "You cannot cancel this SetupIntent because it has a status of succeeded. Only a SetupIntent with "
        "one of the following statuses may be canceled: `requires_payment_method`, `requires_confirmation`, or "
        "`requires_action`.",
    }
    for path, message in messages.items():
        sent = {"payment_method": "pm_card_visa"} if path == "" else {}
        assert refusal(api.post(f"{at}{path}", sent), done) == {**UNEXPECTED, "message": message}
    assert api.post(at, {"description": "Shoes"}).body["description"] == "Shoes"


def test_whose_payment_method_it_is_matters(api: Api) -> None:
    owner, other = customer(api), customer(api)
    method = api.post("/v1/payment_methods/pm_card_visa/attach", {"customer": owner}).body["id"]
    error = api.post(SETUPS, {**CARD, "payment_method": method}).error
    assert error == {
        "message": f"The payment method supplied ({method}) belongs to the Customer {owner}. Please include the "
        "Customer in the `customer` parameter on the SetupIntent.",
        "param": "payment_method",
        "type": "invalid_request_error",
    }
    error = api.post(SETUPS, {**CARD, "payment_method": method, "customer": other}).error
    assert error["message"].startswith(f"The PaymentMethod {method} does not belong to the Customer you supplied")


def test_a_settlement_merchant_is_a_connected_account(api: Api) -> None:
    account = api.account(type="custom", country="US")
    assert setup(api, on_behalf_of=account)["on_behalf_of"] == account
    answer = api.post(SETUPS, {**CARD, "on_behalf_of": "acct_1"})
    assert (answer.status, answer.error["code"], answer.error["param"]) == (400, "resource_missing", "on_behalf_of")


def test_an_unknown_one_is_missing(api: Api) -> None:
    answer = api.get(f"{SETUPS}/seti_1")
    assert (answer.status, answer.error["param"]) == (404, "intent")
    assert answer.error["message"] == "No such setupintent: 'seti_1'"


def test_lists_are_filtered(api: Api) -> None:
    owner = customer(api)
    mine = setup(api, customer=owner, payment_method="pm_card_visa")
    setup(api)
    for query in (f"customer={owner}", f"payment_method={mine['payment_method']}"):
        assert [each["id"] for each in api.get(f"{SETUPS}?{query}").body["data"]] == [mine["id"]]


def test_a_publishable_key_sees_a_part(api: Api) -> None:
    made = setup(api, metadata={"a": "1"})
    key = {"authorization": f"Bearer {PUBLISHABLE}"}
    seen = api.get(f"{SETUPS}/{made['id']}?client_secret={made['client_secret']}", **key).body
    assert seen == {name: value for name, value in made.items() if name in seen}
    assert "metadata" not in seen
    wrong = api.get(f"{SETUPS}/{made['id']}?client_secret=x", **key)
    assert wrong.error == {
        "message": "The client_secret provided does not match the client_secret associated with the SetupIntent.",
        "param": "client_secret",
        "type": "invalid_request_error",
    }


# --- confirmation tokens ------------------------------------------------------------------------------------------


def token(api: Api, **params: object) -> Any:
    return api.post("/v1/test_helpers/confirmation_tokens", {"payment_method": "pm_card_visa", **params}).body


def test_a_confirmation_token_confirms_once(api: Api) -> None:
    made = token(api, return_url="https://example.com/done", setup_future_usage="off_session")
    assert made["payment_method_preview"]["card"]["last4"] == "4242"
    assert made["expires_at"] == made["created"] + 43_200
    sent = {"amount": 1000, "currency": "usd", "confirm": "true", "confirmation_token": made["id"]}
    done = api.post(PAYMENTS, sent).body
    assert (done["status"], done["setup_future_usage"]) == ("succeeded", "off_session")
    assert api.get(f"/v1/confirmation_tokens/{made['id']}").body["payment_intent"] == done["id"]
    answer = api.post(PAYMENTS, sent)
    assert (answer.status, answer.error["param"]) == (400, "confirmation_token")
    assert answer.error["message"].startswith(
        "The confirmation token has already been used to confirm a previous PaymentIntent"
    )


@pytest.mark.anyio
async def test_a_confirmation_token_expires(api: Api) -> None:
    made, waiting = token(api), intent(api)
    await api.control("POST", "/clock", {"advance": 43_200})
    answer = api.post(f"{PAYMENTS}/{waiting['id']}/confirm", {"confirmation_token": made["id"]})
    assert (answer.status, answer.error["param"]) == (400, "confirmation_token")
    unknown = api.post(f"{PAYMENTS}/{waiting['id']}/confirm", {"confirmation_token": "ctoken_1"})
    assert unknown.error["code"] == "resource_missing"


@pytest.mark.anyio
async def test_a_payment_method_that_another_customer_has_saved_meanwhile_is_not_set_up(api: Api) -> None:
    card = {"type": "card", "card": {"token": "tok_threeDSecure2Required"}}
    sent: Any = {"payment_method_types": ["card"], "confirm": "true"}
    sent["payment_method"] = api.post("/v1/payment_methods", card).body["id"]
    made = [api.post(SETUPS, {**sent, "customer": api.post("/v1/customers").body["id"]}).body for _ in range(2)]
    for each in made:
        await api.control("POST", f"/setup_intents/{each['id']}/complete_3ds")
    first, second = (api.get(f"{SETUPS}/{each['id']}").body for each in made)
    assert (first["status"], second["status"]) == ("succeeded", "requires_payment_method")
    message = "The payment method you provided has already been attached to a customer."
    assert second["last_setup_error"]["message"] == message


def test_an_authentication_by_another_provider_sets_up_a_card(api: Api) -> None:
    proof = {"version": "2.2.0", "cryptogram": "4BQwsg4yuKt0S1LI1nDZTcO9vUM=", "transaction_id": "f879ea1c"}
    options = {"card": {"three_d_secure": proof}}
    body = setup(api, payment_method="pm_card_authenticationRequired", confirm="true", payment_method_options=options)
    attempt = api.get(f"/v1/setup_intents/{body['id']}?expand[]=latest_attempt").body["latest_attempt"]
    assert body["status"] == "succeeded"
    assert attempt["payment_method_details"]["card"]["three_d_secure"]["transaction_id"] == "f879ea1c"


@pytest.mark.parametrize(
    ("method", "result"),
    [
        ("pm_card_authenticationRequiredOnSetup", "succeeded"),
        ("pm_card_authenticationRequired", "authentication_required"),
    ],
)
def test_a_card_of_an_order_by_telephone_is_saved_without_its_customer(api: Api, method: str, result: str) -> None:
    answer = api.post(
        "/v1/setup_intents",
        {
            "confirm": True,
            "payment_method": method,
            "payment_method_options": {"card": {"moto": True}},
            "payment_method_types": ["card"],
        },
    )
    body = answer.body.get("error", answer.body)
    assert body.get("code", body.get("status")) == result
