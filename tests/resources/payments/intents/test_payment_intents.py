"""Payment intents: created, changed, confirmed, captured, canceled; and the refusals of each state."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.settings import Settings

from ....api import PUBLISHABLE, Api
from .helpers import CARD, PAYMENTS, complete, customer, intent, paid, types

UNEXPECTED = {
    "code": "payment_intent_unexpected_state",
    "doc_url": "https://stripe.com/docs/error-codes/payment-intent-unexpected-state",
    "type": "invalid_request_error",
}


def refusal(answer: Any, intent_before: Any) -> Any:
    """The error without its intent, which must be unchanged."""
    error = dict(answer.error)
    assert answer.status == 400
    assert error.pop("payment_intent") == intent_before
    return error


def test_a_new_intent_shows_every_field(api: Api) -> None:
    body = intent(api, metadata={"order": "7"})
    identifier, secret = body.pop("id"), body.pop("client_secret")
    assert identifier.startswith("pi_3")
    assert secret.startswith(f"{identifier}_secret_")
    assert len(secret) == len(f"{identifier}_secret_") + 25
    assert isinstance(body.pop("created"), int)
    assert body == {
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount": 1000,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "currency": "usd",
        "customer": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": {"order": "7"},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shared_payment_granted_token": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    assert types(api) == ["payment_intent.created"]


def test_the_account_decides_the_types_where_a_request_does_not(api: Api) -> None:
    body = api.post(PAYMENTS, {"amount": 1000, "currency": "usd"}).body
    assert body["automatic_payment_methods"] == {"allow_redirects": "always", "enabled": True}
    assert body["payment_method_types"] == ["card", "link"]
    assert set(body["payment_method_options"]) == {"card", "link"}
    assert set(body["payment_method_configuration_details"]) == {"id", "parent"}
    older = api.post(PAYMENTS, {"amount": 1000, "currency": "usd"}, stripe_version="2022-11-15").body
    assert (older["automatic_payment_methods"], older["payment_method_types"]) == (None, ["card"])


@pytest.mark.parametrize(
    ("version", "method"),
    [("2023-10-16", "automatic"), ("2024-04-10", "automatic_async"), ("2026-06-24.dahlia", "automatic_async")],
)
def test_the_version_decides_the_capture_method(api: Api, version: str, method: str) -> None:
    body = api.post(PAYMENTS, {"amount": 100, "currency": "usd", **CARD}, stripe_version=version).body
    assert body["capture_method"] == method


def test_older_versions_show_charges_and_the_invoice(api: Api) -> None:
    made = paid(api)
    body = api.get(f"{PAYMENTS}/{made['id']}", stripe_version="2020-08-27").body
    assert body["invoice"] is None
    assert [charge["id"] for charge in body["charges"]["data"]] == [made["latest_charge"]]
    assert body["charges"]["url"] == f"/v1/charges?payment_intent={made['id']}"
    names = list(body)
    assert names[2:] == sorted(names[2:])
    assert "charges" not in api.get(f"{PAYMENTS}/{made['id']}", stripe_version="2023-10-16").body


@pytest.mark.parametrize(
    ("params", "message", "param", "code"),
    [
        (
            {"amount": 0},
            (
                "The amount must be greater than or equal to the minimum charge amount allowed for your account and the "
                "currency set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).  If you want to "
                "save a Payment Method for future use without an immediate payment, use a Setup Intent instead: "
                "https://docs.stripe.com/payments/setup-intents"
            ),
            "amount",
            "parameter_invalid_integer",
        ),
        ({"amount": 49}, "Amount must be at least $0.50 usd", "amount", "amount_too_small"),
        (
            {"amount": 5_000, "currency": "pkr"},
            "Amount must convert to at least 50 cents. ₨50.00 converts to approximately $0.18.",
            "amount",
            "amount_too_small",
        ),
        ({"amount": 100_000_000}, "Amount must be no more than $999,999.99", "amount", "amount_too_large"),
        (
            {"customer": "cus_1"},
            "No such customer: 'cus_1'",
            "customer",
            "resource_missing",
        ),
        (
            {"receipt_email": "nobody"},
            "Invalid email address: nobody",
            "receipt_email",
            "email_invalid",
        ),
        (
            {"automatic_payment_methods": {"enabled": "true"}},
            'You may only specify one of these parameters: ["automatic_payment_methods", "payment_method_types"].',
            None,
            None,
        ),
        (
            {
                "payment_method_types": None,
                "automatic_payment_methods": {"enabled": "true"},
                "confirmation_method": "automatic",
            },
            "You may only specify one of these parameters: automatic_payment_methods, confirmation_method.",
            "automatic_payment_methods",
            None,
        ),
        (
            {"payment_method_types": ["card", "bitcoin"]},
            (
                'The payment method type "bitcoin" is invalid. Please ensure the provided type is activated in your '
                "dashboard (https://dashboard.stripe.com/account/payments/settings) and your account is enabled for any "
                "preview features that you are trying to use. See "
                "https://stripe.com/docs/payments/payment-methods/integration-options for supported combinations of Stripe "
                "account country, currency, and payment method type."
            ),
            "payment_method_types",
            None,
        ),
        (
            {"payment_method_types": ["ideal"]},
            "The currency provided (usd) is invalid for one or more payment method types on this PaymentIntent.",
            "currency",
            None,
        ),
        (
            {"payment_method_types": ["afterpay_clearpay", "card"], "currency": "gbp"},
            "The currency provided (gbp) is invalid for one or more payment method types on this PaymentIntent.",
            "currency",
            None,
        ),
        (
            {"application_fee_amount": 10},
            (
                "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an "
                "OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`)."
            ),
            "application_fee_amount",
            "parameter_missing",
        ),
        (
            {"statement_descriptor": "SHOES"},
            (
                "The statement_descriptor parameter is not supported for the payment_method_type `card`. To continue "
                "supporting payment_method_type `card`, please pass in `statement_descriptor_suffix` or remove the "
                "`statement_descriptor` parameter altogether. Please see https://support.stripe.com/questions/use-of-the-"
                "statement-descriptor-parameter-on-paymentintents-for-card-charges for additional details"
            ),
            "statement_descriptor",
            None,
        ),
        (
            {"statement_descriptor_suffix": "123"},
            "The statement descriptor must contain at least one alphabetic character.",
            "statement_descriptor_suffix",
            None,
        ),
        (
            {"transfer_data": {"destination": "acct_1"}},
            "No such destination: 'acct_1'",
            "transfer_data[destination]",
            "resource_missing",
        ),
    ],
)
def test_what_a_create_refuses(
    api: Api, params: dict[str, object], message: str, param: str | None, code: str | None
) -> None:
    sent = {"amount": 1000, "currency": "usd", **CARD, **params}
    answer = api.post(PAYMENTS, {name: value for name, value in sent.items() if value is not None})
    error = answer.error
    assert (answer.status, error["message"], error.get("param"), error.get("code")) == (400, message, param, code)
    assert api.get(PAYMENTS).body["data"] == []


def test_a_confirmed_intent_has_its_charge_and_its_money(api: Api) -> None:
    body = paid(api, description="Shoes", capture_method="automatic")
    assert (body["status"], body["amount_received"], body["payment_method"][:4]) == ("succeeded", 1000, "pm_1")
    charge = api.get(f"/v1/charges/{body['latest_charge']}").body
    assert (charge["payment_intent"], charge["description"], charge["amount"]) == (body["id"], "Shoes", 1000)
    assert charge["id"][3:20] == body["id"][3:20]
    assert api.get(f"/v1/balance_transactions/{charge['balance_transaction']}").body["source"] == charge["id"]
    assert types(api) == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    assert {event["id"][4:21] for event in api.get("/v1/events").body["data"]} == {body["id"][3:20]}
    created = api.get("/v1/events?type=payment_intent.created").body["data"][0]["data"]["object"]
    assert (created["status"], created["payment_method"]) == ("requires_payment_method", None)


def test_a_payment_method_alone_waits_for_the_confirmation(api: Api) -> None:
    body = intent(api, payment_method="pm_card_visa")
    assert body["status"] == "requires_confirmation"
    done = api.post(f"{PAYMENTS}/{body['id']}/confirm").body
    assert (done["status"], done["payment_method"]) == ("succeeded", body["payment_method"])
    assert types(api) == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def test_a_decline_keeps_the_intent_and_carries_it(api: Api) -> None:
    answer = api.post(
        PAYMENTS,
        {
            "amount": 1000,
            "currency": "usd",
            **CARD,
            "confirm": "true",
            "payment_method": "pm_card_visa_chargeDeclinedInsufficientFunds",
        },
    )
    error: Any = answer.error
    assert answer.status == 402
    assert list(error) == sorted(error)
    kept, method = error.pop("payment_intent"), error.pop("payment_method")
    assert error == {
        "advice_code": "try_again_later",
        "charge": kept["latest_charge"],
        "code": "card_declined",
        "decline_code": "insufficient_funds",
        "doc_url": "https://stripe.com/docs/error-codes/card-declined",
        "message": "Your card has insufficient funds.",
        "network_advice_code": "02",
        "network_decline_code": "51",
        "type": "card_error",
    }
    assert (method["object"], method["card"]["checks"]["cvc_check"]) == ("payment_method", "pass")
    assert kept == api.get(f"{PAYMENTS}/{kept['id']}").body
    assert (kept["status"], kept["payment_method"]) == ("requires_payment_method", None)
    assert kept["last_payment_error"] == dict(sorted({**error, "payment_method": method}.items()))
    assert api.get(f"/v1/charges/{kept['latest_charge']}").body["status"] == "failed"
    assert types(api) == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    again = api.post(f"{PAYMENTS}/{kept['id']}/confirm", {"payment_method": "pm_card_visa"}).body
    assert (again["status"], again["last_payment_error"]) == ("succeeded", None)


def test_an_attempt_uses_an_unattached_payment_method_up(api: Api) -> None:
    body = paid(api)
    answer = api.post(PAYMENTS, {"amount": 1000, "currency": "usd", **CARD, "payment_method": body["payment_method"]})
    assert (answer.status, set(answer.error)) == (400, {"message", "type"})
    assert answer.error["message"].startswith("The provided PaymentMethod was previously used with a PaymentIntent")


def test_whose_payment_method_it_is_matters(api: Api) -> None:
    owner, other = customer(api), customer(api)
    method = api.post("/v1/payment_methods/pm_card_visa/attach", {"customer": owner}).body["id"]
    alone = intent(api)
    assert refusal(api.post(f"{PAYMENTS}/{alone['id']}/confirm", {"payment_method": method}), alone) == {
        "code": "parameter_missing",
        "doc_url": "https://stripe.com/docs/error-codes/parameter-missing",
        "message": f"The `payment_method` parameter supplied {method} belongs to the Customer {owner}. Please include "
        "the Customer in the `customer` parameter on the PaymentIntent.",
        "param": "source",
        "type": "invalid_request_error",
    }
    theirs = intent(api, customer=other)
    assert refusal(api.post(f"{PAYMENTS}/{theirs['id']}/confirm", {"payment_method": method}), theirs) == {
        "message": f"The PaymentMethod {method} does not belong to the Customer you supplied {other}. Please use this "
        "PaymentMethod with the Customer that it belongs to instead.",
        "param": "payment_method",
        "type": "invalid_request_error",
    }
    assert intent(api, customer=owner, payment_method=method, confirm="true")["status"] == "succeeded"


def test_setup_future_usage_saves_the_payment_method(api: Api) -> None:
    owner = customer(api)
    body = paid(api, customer=owner, setup_future_usage="off_session")
    saved = api.get(f"/v1/payment_methods?customer={owner}").body["data"]
    assert [method["id"] for method in saved] == [body["payment_method"]]
    assert types(api)[2:] == ["charge.succeeded", "payment_method.attached", "payment_intent.succeeded"]


def test_without_a_payment_method_there_is_no_confirmation(api: Api) -> None:
    alone = intent(api)
    assert refusal(api.post(f"{PAYMENTS}/{alone['id']}/confirm"), alone) == {
        **UNEXPECTED,
        "message": "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update "
        "the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
        "payment method or ConfirmationToken.",
    }
    owner = customer(api)
    theirs = intent(api, customer=owner)
    assert refusal(api.post(f"{PAYMENTS}/{theirs['id']}/confirm"), theirs) == {
        **UNEXPECTED,
        "message": "You cannot confirm this PaymentIntent because it's missing a payment method. To confirm the "
        f"PaymentIntent with {owner}, specify a payment method attached to this customer along with the customer ID.",
    }


def test_payment_methods_that_redirect_need_a_return_url(api: Api) -> None:
    automatic = api.post(PAYMENTS, {"amount": 1000, "currency": "usd"}).body
    answer = api.post(f"{PAYMENTS}/{automatic['id']}/confirm", {"payment_method": "pm_card_visa"})
    assert refusal(answer, automatic) == {
        "message": "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some "
        "of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If "
        "you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` "
        "and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
        "type": "invalid_request_error",
    }
    sent = {"payment_method": "pm_card_visa", "return_url": "https://example.com/done"}
    assert api.post(f"{PAYMENTS}/{automatic['id']}/confirm", sent).body["status"] == "succeeded"


STATES = "requires_payment_method, requires_capture, requires_reauthorization, requires_confirmation, requires_action"


def test_a_succeeded_intent_is_final(api: Api) -> None:
    done = paid(api)
    at = f"{PAYMENTS}/{done['id']}"
    assert refusal(api.post(f"{at}/confirm"), done) == {
        **UNEXPECTED,
        "message": "You cannot confirm this PaymentIntent because it has already succeeded after being previously "
        "confirmed.",
    }
    assert refusal(api.post(f"{at}/cancel"), done) == {
        **UNEXPECTED,
        "message": "You cannot cancel this PaymentIntent because it has a status of succeeded. Only a PaymentIntent "
        f"with one of the following statuses may be canceled: {STATES}, processing.",
    }
    assert refusal(api.post(f"{at}/capture"), done) == {
        **UNEXPECTED,
        "message": "This PaymentIntent could not be captured because it has already been captured.",
    }
    assert refusal(api.post(at, {"amount": 2000}), done) == {
        **UNEXPECTED,
        "message": "This PaymentIntent's amount could not be updated because it has a status of succeeded. You may "
        "only update the amount of a PaymentIntent with one of the following statuses: requires_payment_method, "
        "requires_confirmation, requires_action.",
        "param": "amount",
    }
    changed = api.post(at, {"description": "Shoes", "metadata": {"a": "1"}}).body
    assert (changed["description"], changed["metadata"]) == ("Shoes", {"a": "1"})


def test_a_canceled_intent_is_final(api: Api) -> None:
    made = intent(api, payment_method="pm_card_visa")
    at = f"{PAYMENTS}/{made['id']}"
    canceled = api.post(f"{at}/cancel", {"cancellation_reason": "requested_by_customer"}).body
    assert (canceled["status"], canceled["cancellation_reason"]) == ("canceled", "requested_by_customer")
    assert (canceled["payment_method"], type(canceled["canceled_at"])) == (made["payment_method"], int)
    assert refusal(api.post(f"{at}/confirm", {"payment_method": "pm_card_visa"}), canceled) == {
        **UNEXPECTED,
        "message": "This PaymentIntent's payment_method could not be updated because it has a status of canceled. You "
        "may only update the payment_method of a PaymentIntent with one of the following statuses: "
        "requires_payment_method, requires_confirmation, requires_action.",
    }
    assert refusal(api.post(f"{at}/capture"), canceled) == {
        **UNEXPECTED,
        "message": "This PaymentIntent could not be captured because it has a status of canceled. Only a PaymentIntent "
        "with one of the following statuses may be captured: requires_capture.",
    }
    assert types(api) == ["payment_intent.created", "payment_intent.canceled"]


def test_updates_change_fields_without_an_event(api: Api) -> None:
    made = intent(api, shipping={"name": "Jenny", "address": {"line1": "1 Main"}})
    at = f"{PAYMENTS}/{made['id']}"
    changed = api.post(at, {"amount": 2500, "currency": "EUR", "payment_method": "pm_card_visa"}).body
    assert (changed["amount"], changed["currency"], changed["status"]) == (2500, "eur", "requires_confirmation")
    assert changed["shipping"]["address"]["line1"] == "1 Main"
    assert api.post(at, {"metadata": {"b": "2", "a": "1"}}).body["metadata"] == {"a": "1", "b": "2"}
    assert types(api) == ["payment_intent.created"]


def test_an_update_unsets_the_payment_method(api: Api) -> None:
    made = intent(api, payment_method="pm_card_visa")
    changed = api.post(f"{PAYMENTS}/{made['id']}", {"payment_method": ""}).body
    assert (changed["status"], changed["payment_method"]) == ("requires_payment_method", None)


def test_an_unknown_intent_is_missing(api: Api) -> None:
    for answer in (api.get(f"{PAYMENTS}/pi_1"), api.post(f"{PAYMENTS}/pi_1/cancel")):
        assert (answer.status, answer.error["param"]) == (404, "intent")
        assert answer.error["message"] == "No such payment_intent: 'pi_1'"


def test_lists_are_filtered_by_customer(api: Api) -> None:
    owner = customer(api)
    mine, _ = intent(api, customer=owner), intent(api)
    assert [each["id"] for each in api.get(f"{PAYMENTS}?customer={owner}").body["data"]] == [mine["id"]]
    assert api.get(f"{PAYMENTS}?customer=cus_1").error["message"] == "No such customer: 'cus_1'"
    found = api.get(f"{PAYMENTS}/search?query=customer:'{owner}' AND amount>999").body
    assert [each["id"] for each in found["data"]] == [mine["id"]]


# --- held money ---------------------------------------------------------------------------------------------------


def test_held_money_is_captured_in_part(api: Api) -> None:
    held = paid(api, capture_method="manual")
    at = f"{PAYMENTS}/{held['id']}"
    assert (held["status"], held["amount_capturable"], held["amount_received"]) == ("requires_capture", 1000, 0)
    assert refusal(api.post(f"{at}/capture", {"amount_to_capture": 1001}), held) == {
        "code": "amount_too_large",
        "doc_url": "https://stripe.com/docs/error-codes/amount-too-large",
        "message": "The payment could not be captured because the requested capture amount is greater than the amount "
        "you can capture for this charge. Contact us via https://support.stripe.com/contact/ for help.",
        "type": "invalid_request_error",
    }
    assert refusal(api.post(f"{at}/capture", {"amount_to_capture": 0}), held)["param"] == "amount"
    assert refusal(api.post(f"{at}/capture", {"amount_to_capture": -1}), held) == {
        "message": "Invalid non-negative integer",
        "param": "amount_to_capture",
        "type": "invalid_request_error",
    }
    several = api.post(f"{at}/capture", {"amount_to_capture": 600, "final_capture": "false"})
    assert refusal(several, held)["param"] == "final_capture"
    done = api.post(f"{at}/capture", {"amount_to_capture": 600}).body
    assert (done["status"], done["amount"], done["amount_received"]) == ("succeeded", 1000, 600)
    assert done["amount_capturable"] == 0
    charge = api.get(f"/v1/charges/{done['latest_charge']}").body
    assert (charge["amount"], charge["amount_captured"], charge["refunded"]) == (1000, 600, False)
    assert refusal(api.post(f"{at}/capture"), done) == {
        **UNEXPECTED,
        "message": "The remaining amount on this PaymentIntent could not be captured because the remainder of the "
        "authorized amount has been released.",
    }
    assert types(api) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
    ]


def test_the_options_of_a_type_may_hold_the_money(api: Api) -> None:
    held = paid(api, payment_method_options={"card": {"capture_method": "manual"}})
    assert (held["status"], held["amount_capturable"]) == ("requires_capture", 1000)


def test_line_items_are_objects_of_their_own(api: Api) -> None:
    items = [{"product_name": name, "quantity": 1, "unit_cost": 500} for name in ("Shoes", "Socks")]
    made = intent(api, amount_details={"line_items": items, "shipping": {"amount": 100}})
    shipping = {"amount": 100, "from_postal_code": None, "to_postal_code": None}
    assert made["amount_details"] == {"shipping": shipping, "tip": {}}
    at = f"{PAYMENTS}/{made['id']}"
    listed = api.get(f"{at}/amount_details_line_items").body
    assert [item["product_name"] for item in listed["data"]] == ["Shoes", "Socks"]
    api.post(at, {"amount_details": {"line_items": items[:1]}})
    assert len(api.get(f"{at}/amount_details_line_items").body["data"]) == 1


def test_a_canceled_hold_is_released(api: Api) -> None:
    held = paid(api, capture_method="manual")
    canceled = api.post(f"{PAYMENTS}/{held['id']}/cancel").body
    assert (canceled["status"], canceled["amount_capturable"]) == ("canceled", 0)
    charge = api.get(f"/v1/charges/{held['latest_charge']}").body
    assert (charge["captured"], charge["refunded"], charge["amount_refunded"]) == (False, True, 1000)
    assert types(api)[-2:] == ["charge.refunded", "payment_intent.canceled"]


@pytest.mark.anyio
async def test_a_hold_expires_after_seven_days(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": 1_900_000_000})
    held = paid(api, capture_method="manual")
    await api.control("POST", "/clock", {"advance": 604_799})
    assert api.get(f"{PAYMENTS}/{held['id']}").body["status"] == "requires_capture"
    await api.control("POST", "/clock", {"advance": 1})
    expired = api.get(f"{PAYMENTS}/{held['id']}").body
    assert (expired["status"], expired["cancellation_reason"]) == ("canceled", "automatic")
    assert types(api)[-2:] == ["charge.expired", "payment_intent.canceled"]


def test_a_hold_is_raised_where_the_intent_asked_for_that(api: Api) -> None:
    plain = paid(api, capture_method="manual")
    answer = api.post(f"{PAYMENTS}/{plain['id']}/increment_authorization", {"amount": 2000})
    assert refusal(answer, plain) == {
        **UNEXPECTED,
        "message": "This PaymentIntent is not eligible for incremental authorization because you did not request "
        "support using `request_incremental_authorization` when you created or confirmed it.",
    }
    options = {"card": {"request_incremental_authorization": "if_available"}}
    held = paid(api, capture_method="manual", payment_method_options=options)
    at = f"{PAYMENTS}/{held['id']}/increment_authorization"
    assert refusal(api.post(at, {"amount": 1000}), held)["param"] == "amount"
    for count in range(10):
        raised = api.post(at, {"amount": 2000 + count}).body
        assert (raised["amount"], raised["amount_capturable"]) == (2000 + count, 2000 + count)
    assert refusal(api.post(at, {"amount": 3000}), raised)["code"] == "payment_intent_unexpected_state"
    done = api.post(f"{PAYMENTS}/{held['id']}/capture").body
    assert done["amount_received"] == 2009
    assert refusal(api.post(at, {"amount": 4000}), done)["message"].startswith("This PaymentIntent could not be incr")


# --- publishable keys ---------------------------------------------------------------------------------------------


def test_a_publishable_key_needs_the_secret_and_sees_a_part(api: Api) -> None:
    made = intent(api, metadata={"a": "1"})
    at, key = f"{PAYMENTS}/{made['id']}", {"authorization": f"Bearer {PUBLISHABLE}"}
    secret = made["client_secret"]
    assert api.get(at, **key).error == {
        "code": "parameter_missing",
        "doc_url": "https://stripe.com/docs/error-codes/parameter-missing",
        "message": "Missing required param: client_secret.",
        "param": "client_secret",
        "type": "invalid_request_error",
    }
    wrong = api.get(f"{at}?client_secret={made['id']}_secret_x", **key)
    assert (wrong.status, wrong.error["code"], wrong.error["param"], wrong.error["message"]) == (
        400,
        "payment_intent_invalid_parameter",
        "client_secret",
        "The client_secret provided does not match the client_secret associated with the PaymentIntent.",
    )
    seen = api.get(f"{at}?client_secret={secret}", **key).body
    assert seen == {name: value for name, value in made.items() if name in seen}
    assert not {"metadata", "customer", "latest_charge", "application_fee_amount"} & seen.keys()
    done = api.post(f"{at}/confirm", {"client_secret": secret, "payment_method": "pm_card_visa"}, **key).body
    assert (done["status"], "latest_charge" in done) == ("succeeded", False)


def test_a_publishable_key_does_not_confirm_what_the_server_confirms(api: Api) -> None:
    made = intent(api, confirmation_method="manual")
    sent = {"client_secret": made["client_secret"], "payment_method": "pm_card_visa"}
    key = {"authorization": f"Bearer {PUBLISHABLE}"}
    answer = api.post(f"{PAYMENTS}/{made['id']}/confirm", sent, **key)
    assert (answer.status, answer.error["message"]) == (
        400,
        (
            f"This PaymentIntent {made['id']} cannot be confirmed using your publishable key because its "
            "`confirmation_method` is set to `manual`. Please use your secret key instead, or create a PaymentIntent with "
            "`confirmation_method` set to `automatic`."
        ),
    )


def test_a_decline_shows_a_publishable_key_a_part(api: Api) -> None:
    made = intent(api)
    sent = {"client_secret": made["client_secret"], "payment_method": "pm_card_chargeDeclined"}
    key = {"authorization": f"Bearer {PUBLISHABLE}"}
    error: Any = api.post(f"{PAYMENTS}/{made['id']}/confirm", sent, **key).error
    assert (error["code"], error["payment_intent"]["status"]) == ("card_declined", "requires_payment_method")
    assert "latest_charge" not in error["payment_intent"]


# --- 3D Secure ----------------------------------------------------------------------------------------------------


def test_a_customer_who_authenticates_pays(api: Api) -> None:
    body = paid(api, "authenticationRequired", return_url="https://example.com/done")
    assert (body["status"], body["latest_charge"]) == ("requires_action", None)
    action = body["next_action"]
    assert (action["type"], action["redirect_to_url"]["return_url"]) == ("redirect_to_url", "https://example.com/done")
    assert action["redirect_to_url"]["url"].startswith("http://127.0.0.1:12111/3d_secure_2/hosted?merchant=acct_")
    complete(api, body["id"])
    done = api.get(f"{PAYMENTS}/{body['id']}").body
    assert (done["status"], done["next_action"]) == ("succeeded", None)
    proof = api.get(f"/v1/charges/{done['latest_charge']}").body["payment_method_details"]["card"]["three_d_secure"]
    assert len(proof.pop("transaction_id")) == 36
    assert proof == {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "version": "2.1.0",
    }
    assert types(api) == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


def test_a_customer_who_fails_needs_another_payment_method(api: Api) -> None:
    body = paid(api, "authenticationRequired")
    assert body["next_action"]["type"] == "use_stripe_sdk"
    complete(api, body["id"], "failed")
    failed = api.get(f"{PAYMENTS}/{body['id']}").body
    assert (failed["status"], failed["payment_method"]) == ("requires_payment_method", None)
    error = failed["last_payment_error"]
    assert error.pop("payment_method")["id"] == body["payment_method"]
    assert error == {
        "code": "payment_intent_authentication_failure",
        "doc_url": "https://stripe.com/docs/error-codes/payment-intent-authentication-failure",
        "message": "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
        "PaymentMethod to attempt to fulfill this PaymentIntent again.",
        "type": "invalid_request_error",
    }
    assert types(api)[-1] == "payment_intent.payment_failed"
    complete(api, body["id"])
    assert api.get(f"{PAYMENTS}/{body['id']}").body["status"] == "requires_payment_method"


def test_a_bank_may_decline_after_the_authentication(api: Api) -> None:
    body = paid(api, "authenticationRequiredChargeDeclinedInsufficientFunds")
    complete(api, body["id"])
    failed = api.get(f"{PAYMENTS}/{body['id']}").body
    assert (failed["status"], failed["last_payment_error"]["decline_code"]) == (
        "requires_payment_method",
        "insufficient_funds",
    )


def test_the_server_confirms_again_where_it_confirms(api: Api) -> None:
    body = paid(api, "authenticationRequired", confirmation_method="manual")
    complete(api, body["id"])
    waiting = api.get(f"{PAYMENTS}/{body['id']}").body
    assert (waiting["status"], waiting["next_action"]) == ("requires_confirmation", None)
    assert api.post(f"{PAYMENTS}/{body['id']}/confirm").body["status"] == "succeeded"


def test_off_session_a_card_that_must_be_authenticated_makes_a_failed_charge(api: Api) -> None:
    sent = {"amount": 1000, "currency": "usd", **CARD, "confirm": "true", "off_session": "true"}
    answer = api.post(PAYMENTS, {**sent, "payment_method": "pm_card_authenticationRequired"})
    error: Any = answer.error
    kept, method = error.pop("payment_intent"), error.pop("payment_method")
    charge = api.get(f"/v1/charges/{error['charge']}").body
    assert answer.status == 402
    assert error == {
        "charge": charge["id"],
        "code": "authentication_required",
        "decline_code": "authentication_required",
        "doc_url": "https://stripe.com/docs/error-codes/authentication-required",
        "message": "Your card was declined. This transaction requires authentication.",
        "type": "card_error",
    }
    assert (kept["status"], kept["latest_charge"]) == ("requires_payment_method", charge["id"])
    assert kept["last_payment_error"]["charge"] == charge["id"]
    assert method["card"]["checks"]["cvc_check"] == "pass"
    assert (charge["status"], charge["failure_code"]) == ("failed", "authentication_required")
    assert charge["failure_message"] == "Your card was declined. This transaction requires authentication."
    assert charge["outcome"]["reason"] == "authentication_required"
    assert charge["outcome"]["seller_message"] == "The bank returned the decline code `authentication_required`."
    assert charge["balance_transaction"] is None
    assert api.get("/v1/balance_transactions").body["data"] == []
    assert "charge.failed" in types(api)


def test_a_payment_that_must_not_require_an_action_fails_without_a_charge(api: Api) -> None:
    sent = {"amount": 1000, "currency": "usd", **CARD, "confirm": "true", "error_on_requires_action": "true"}
    answer = api.post(PAYMENTS, {**sent, "payment_method": "pm_card_authenticationRequired"})
    error: Any = answer.error
    kept, _ = error.pop("payment_intent"), error.pop("payment_method")
    assert answer.status == 402
    assert error == {
        "code": "authentication_required",
        "doc_url": "https://stripe.com/docs/error-codes/authentication-required",
        "message": "This payment required an authentication action to complete, but `error_on_requires_action` was set. "
        "When you're ready, you can upgrade your integration to handle actions at "
        "https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions.",
        "type": "card_error",
    }
    assert (kept["status"], kept["latest_charge"]) == ("requires_payment_method", None)


@pytest.mark.parametrize(("capture_method", "status"), [("automatic", "succeeded"), ("manual", "requires_capture")])
@pytest.mark.parametrize("session", ["true", "false"])
def test_an_authentication_by_another_provider_suffices(
    api: Api, capture_method: str, status: str, session: str
) -> None:
    proof = {
        "version": "2.1.0",
        "electronic_commerce_indicator": "02",
        "cryptogram": "4BQwsg4yuKt0S1LI1nDZTcO9vUM=",
        "transaction_id": "f879ea1c-aa2c-4441-806d-e30406466d79",
    }
    body = paid(
        api,
        "authenticationRequired",
        capture_method=capture_method,
        off_session=session,
        payment_method_options={"card": {"three_d_secure": proof}},
    )
    charge = api.get(f"/v1/charges/{body['latest_charge']}").body
    assert body["status"] == status
    assert "three_d_secure" not in body["payment_method_options"]["card"]
    assert charge["payment_method_details"]["card"]["three_d_secure"] == {
        "authentication_flow": None,
        "electronic_commerce_indicator": "02",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": "f879ea1c-aa2c-4441-806d-e30406466d79",
        "version": "2.1.0",
    }


@pytest.mark.parametrize("method", ["automatic", "manual"])
def test_the_confirmation_method_needs_no_types(api: Api, method: str) -> None:
    body = api.post(PAYMENTS, {"amount": 1000, "currency": "usd", "confirmation_method": method}).body
    assert (body["confirmation_method"], body["status"]) == (method, "requires_payment_method")
    assert body["automatic_payment_methods"] == {"allow_redirects": "always", "enabled": True}


def test_older_accounts_describe_card_payments_on_statements(api: Api) -> None:
    older = Api(Settings(card_statement_descriptors=True))
    body = paid(older, statement_descriptor="SHOES")
    charge = older.get(f"/v1/charges/{body['latest_charge']}").body
    assert body["statement_descriptor"] == "SHOES"
    assert (charge["statement_descriptor"], charge["calculated_statement_descriptor"]) == ("SHOES", "STRIPE* SHOES")
    assert (
        api.post(PAYMENTS, {"amount": 1000, "currency": "usd", **CARD, "statement_descriptor": "SHOES"}).status == 400
    )


@pytest.mark.parametrize(
    ("card", "on_session", "off_session"),
    [
        ("visa", "succeeded", "succeeded"),
        ("threeDSecureOptional", "succeeded", "succeeded"),
        ("authenticationRequiredOnSetup", "requires_action", "authentication_required"),
        ("authenticationRequired", "requires_action", "authentication_required"),
        ("authenticationRequiredSetupForOffSession", "requires_action", "succeeded"),
        ("threeDSecure2Required", "requires_action", "authentication_required"),
        ("amex_threeDSecureNotSupported", "succeeded", "succeeded"),
        ("in", "succeeded", "succeeded"),
    ],
)
def test_the_card_says_when_it_is_authenticated(api: Api, card: str, on_session: str, off_session: str) -> None:
    def outcome(**params: str) -> str:
        sent = {"amount": 1000, "currency": "usd", **CARD, "confirm": "true", "payment_method": f"pm_card_{card}"}
        answer = api.post(PAYMENTS, {**sent, **params})
        return str(answer.body["status"] if answer.status == 200 else answer.error["code"])

    assert (outcome(), outcome(off_session="true")) == (on_session, off_session)


def test_a_card_that_was_set_up_needs_no_customer(api: Api) -> None:
    owner = customer(api)
    first = paid(api, "authenticationRequiredOnSetup", customer=owner, setup_future_usage="off_session")
    complete(api, first["id"])
    method = first["payment_method"]
    later = intent(api, customer=owner, payment_method=method, confirm="true", off_session="true")
    assert later["status"] == "succeeded"


def test_a_change_of_the_amount_ends_an_action(api: Api) -> None:
    body = paid(api, "authenticationRequired")
    changed = api.post(f"{PAYMENTS}/{body['id']}", {"amount": 2000}).body
    assert (changed["status"], changed["next_action"]) == ("requires_confirmation", None)


# --- Connect ------------------------------------------------------------------------------------------------------


def test_a_connected_account_has_intents_of_its_own(api: Api) -> None:
    account = api.account(type="standard")
    body = api.post(PAYMENTS, {"amount": 1000, "currency": "usd", **CARD}, stripe_account=account).body
    assert body["application"].startswith("ca_")
    assert api.get(f"{PAYMENTS}/{body['id']}").status == 404
    assert api.get(f"{PAYMENTS}/{body['id']}", stripe_account=account).body == body


# --- cards as payment_method_data ---------------------------------------------------------------------------------

NUMBER = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}


@pytest.mark.parametrize("card", [{"token": "tok_visa"}, NUMBER])
def test_a_card_is_described_by_its_token_or_its_number(api: Api, card: dict[str, object]) -> None:
    data = {"type": "card", "card": card, "billing_details": {"name": "Jenny Rosen"}}
    created = intent(api, payment_method_data=data, confirm="true", expand=["payment_method"])
    assert (created["status"], created["payment_method"]["card"]["last4"]) == ("succeeded", "4242")
    assert created["payment_method"]["billing_details"]["name"] == "Jenny Rosen"
    at = f"{PAYMENTS}/{intent(api)['id']}"
    assert api.post(at, {"payment_method_data": data}).body["status"] == "requires_confirmation"
    assert api.post(f"{at}/confirm", {"payment_method_data": data}).body["status"] == "succeeded"
    saved = {**CARD, "payment_method_data": data, "confirm": "true"}
    assert api.post("/v1/setup_intents", saved).body["status"] == "succeeded"
    empty = api.post("/v1/setup_intents", CARD).body["id"]
    assert (
        api.post(f"/v1/setup_intents/{empty}", {"payment_method_data": data}).body["status"] == "requires_confirmation"
    )
    assert api.post(f"/v1/setup_intents/{empty}/confirm", {"payment_method_data": data}).body["status"] == "succeeded"


def test_a_card_that_is_described_wrongly(api: Api) -> None:
    sent = {"amount": 1000, "currency": "usd", **CARD}
    answer = api.post(PAYMENTS, {**sent, "payment_method_data": {"type": "card", "card": {**NUMBER, "number": "-1"}}})
    assert (answer.status, answer.error["code"]) == (402, "invalid_number")
    answer = api.post(PAYMENTS, {**sent, "payment_method_data": {"type": "card", "card": {"token": "pm_card_visa"}}})
    assert (answer.status, answer.error["message"]) == (400, "Invalid token id: pm_card_visa")
    answer = api.post(PAYMENTS, {**sent, "payment_method_data": {"type": "card"}})
    assert (answer.status, answer.error["param"]) == (400, "payment_method_data[card]")


def test_a_confirmation_token_has_a_card_by_its_number(api: Api) -> None:
    data = {"type": "card", "card": NUMBER}
    token = api.post("/v1/test_helpers/confirmation_tokens", {"payment_method_data": data}).body
    assert token["payment_method_preview"]["card"]["last4"] == "4242"
    confirmed = {"amount": 1000, "currency": "usd", **CARD, "confirm": "true", "confirmation_token": token["id"]}
    assert api.post(PAYMENTS, confirmed).body["status"] == "succeeded"


def test_the_name_of_a_shipping_may_be_empty(api: Api) -> None:
    shipping = {"address": {"country": "US"}, "name": ""}
    body = api.post(PAYMENTS, {"amount": 1000, "currency": "usd", "shipping": shipping}).body
    assert body["shipping"] == {
        "address": {"city": None, "country": "US", "line1": None, "line2": None, "postal_code": None, "state": None},
        "carrier": None,
        "name": "",
        "phone": None,
        "tracking_number": None,
    }
    answer = api.post(PAYMENTS, {"amount": 1000, "currency": "usd", "shipping": {"address": {"country": "US"}}})
    assert (answer.status, answer.error["param"]) == (400, "shipping[name]")


# --- exemptions from the authentication -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "options", "off_session", "status"),
    [
        ("pm_card_authenticationRequiredOnSetup", {}, False, "requires_action"),
        ("pm_card_authenticationRequiredOnSetup", {"moto": True}, False, "succeeded"),
        ("pm_card_authenticationRequiredOnSetup", {"moto": False}, False, "requires_action"),
        ("pm_card_authenticationRequired", {"moto": True}, False, "authentication_required"),
        ("pm_card_visa", {"moto": True}, False, "succeeded"),
        ("pm_card_authenticationRequiredOnSetup", {}, True, "authentication_required"),
        (
            "pm_card_authenticationRequiredOnSetup",
            {"mit_exemption": {"network_transaction_id": "1098510912210968"}},
            True,
            "succeeded",
        ),
        (
            "pm_card_authenticationRequiredOnSetup",
            {"mit_exemption": {"claim_without_transaction_id": True}},
            True,
            "succeeded",
        ),
        (
            "pm_card_authenticationRequired",
            {"mit_exemption": {"ds_transaction_id": "cf23"}},
            True,
            "authentication_required",
        ),
    ],
)
def test_an_exemption_stands_for_the_authentication_of_a_card_that_needs_one_on_setup(
    api: Api, method: str, options: dict[str, Any], off_session: bool, status: str
) -> None:
    answer = api.post(
        "/v1/payment_intents",
        {
            "amount": 2000,
            "currency": "usd",
            "confirm": True,
            "off_session": off_session,
            "payment_method": method,
            "payment_method_options": {"card": options},
            "payment_method_types": ["card"],
        },
    )
    body = answer.body.get("error", answer.body)
    assert body.get("code", body.get("status")) == status
    shown = body.get("payment_intent", body)["payment_method_options"]["card"]
    assert not {"moto", "mit_exemption"} & shown.keys()


SAVING: list[dict[str, object]] = [
    {"payment_method": "pm_card_visa"},
    {"payment_method": "pm_card_visa", "confirm": "true"},
    {"payment_method": "pm_card_authenticationRequired", "confirm": "true"},
]


@pytest.mark.parametrize("sent", SAVING)
def test_a_payment_method_can_be_saved_with_its_intent(api: Api, sent: dict[str, object]) -> None:
    jenny = customer(api)
    method = intent(api, customer=jenny, save_payment_method="true", **sent)["payment_method"]
    assert api.get(f"/v1/payment_methods/{method}").body["customer"] == jenny


@pytest.mark.parametrize("path", ["", "/confirm"])
def test_the_payment_method_of_an_intent_can_be_saved_later(api: Api, path: str) -> None:
    jenny = customer(api)
    made = intent(api, customer=jenny, payment_method="pm_card_visa")
    assert api.get(f"/v1/payment_methods/{made['payment_method']}").body["customer"] is None
    after = api.post(f"{PAYMENTS}/{made['id']}{path}", {"save_payment_method": "true"}).body
    assert after["payment_method"] == made["payment_method"]
    assert api.get(f"/v1/payment_methods/{made['payment_method']}").body["customer"] == jenny


def test_saving_requires_a_payment_method_and_a_customer(api: Api) -> None:
    sent = {"amount": 1000, "currency": "usd", **CARD, "save_payment_method": "true"}
    assert api.post(PAYMENTS, {**sent, "customer": customer(api)}).error == {
        "message": "A payment method must be provided or already attached to the PaymentIntent when "
        "`save_payment_method=true`.",
        "type": "invalid_request_error",
    }
    for confirm in ("true", "false"):
        answer = api.post(PAYMENTS, {**sent, "payment_method": "pm_card_visa", "confirm": confirm})
        assert answer.error == {
            "message": "A valid `customer` must be provided when `save_payment_method=true`.",
            "type": "invalid_request_error",
        }
    assert api.get(PAYMENTS).body["data"] == []
