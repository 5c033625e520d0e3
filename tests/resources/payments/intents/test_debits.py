"""Debits of bank accounts and redirects to banks: mandates, micro-deposits, and results that come later."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api
from .helpers import PAYMENTS, SETUPS, complete, customer, types

pytestmark = pytest.mark.anyio
ACCEPTED: Any = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}
US: Any = {"payment_method_types": ["us_bank_account"], "payment_method": "pm_usBankAccount_success", **ACCEPTED}
SEPA: Any = {"payment_method_types": ["sepa_debit"], "currency": "eur", **ACCEPTED}


def paid(api: Api, **params: object) -> Any:
    answer = api.post(PAYMENTS, {"amount": 1000, "currency": "usd", "confirm": "true", **params})
    assert answer.status == 200, answer.body
    return answer.body


def shown(api: Api, body: Any) -> Any:
    return api.get(f"/v1/{body['object']}s/{body['id']}").body


async def wait(api: Api, seconds: int) -> None:
    await api.control("POST", "/clock", {"advance": seconds})


async def test_a_debit_is_processed_and_succeeds(api: Api) -> None:
    body = paid(api, **SEPA, payment_method="pm_sepaDebit_success_de")
    assert (body["status"], body["latest_charge"][:3], body["amount_received"]) == ("processing", "py_", 0)
    await wait(api, 2)
    done = shown(api, body)
    assert (done["status"], done["amount_received"]) == ("succeeded", 1000)
    assert types(api) == [
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


async def test_the_details_of_a_debit_are_in_order_of_their_names(api: Api) -> None:
    body = paid(api, **US)
    verified = api.post(f"{PAYMENTS}/{body['id']}/verify_microdeposits", {"descriptor_code": "SM11AA"}).body
    charge = api.get(f"/v1/charges/{verified['latest_charge']}").body
    assert list(charge["payment_method_details"]) == ["type", "us_bank_account"]


async def test_a_debit_may_fail_later(api: Api) -> None:
    body = paid(api, **SEPA, payment_method="pm_sepaDebit_insufficientFunds_at")
    await wait(api, 2)
    failed = shown(api, body)
    assert (failed["status"], failed["payment_method"]) == ("requires_payment_method", None)
    error = failed["last_payment_error"]
    assert error.pop("payment_method")["id"] == body["payment_method"]
    assert error == {
        "charge": body["latest_charge"],
        "code": "insufficient_funds",
        "doc_url": "https://stripe.com/docs/error-codes/insufficient-funds",
        "message": "The customer's account has insufficient funds to cover this payment.",
        "type": "card_error",
    }
    assert types(api)[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_a_debit_needs_a_mandate(api: Api) -> None:
    sent = {"amount": 1000, "currency": "usd", "confirm": "true", **US}
    del sent["mandate_data"]
    answer = api.post(PAYMENTS, sent)
    assert (answer.status, answer.error["code"]) == (400, "payment_intent_mandate_invalid")


def test_a_mandate_that_there_is_not_is_refused(api: Api) -> None:
    sent = {"amount": 1000, "currency": "usd", "confirm": "true", **US, "mandate": "mandate_1"}
    del sent["mandate_data"]
    answer = api.post(PAYMENTS, sent)
    assert (answer.status, answer.error["code"], answer.error["param"]) == (400, "resource_missing", "mandate")


def test_a_mandate_is_for_one_payment_unless_the_account_is_saved(api: Api) -> None:
    body = paid(api, **SEPA, payment_method="pm_sepaDebit_success_de")
    charge = api.get(f"/v1/charges/{body['latest_charge']}").body
    mandate = api.get(f"/v1/mandates/{charge['payment_method_details']['sepa_debit']['mandate']}").body
    accepted = mandate.pop("customer_acceptance")
    assert (accepted["type"], accepted["offline"]) == ("offline", {})
    assert (mandate["type"], mandate["single_use"]) == ("single_use", {"amount": 1000, "currency": "eur"})
    assert (mandate["payment_method"], mandate["status"]) == (body["payment_method"], "active")
    owner = customer(api)
    saved = {**SEPA, "customer": owner, "setup_future_usage": "off_session"}
    body = paid(api, **saved, payment_method="pm_sepaDebit_success_at")
    assert [each["id"] for each in api.get(f"/v1/payment_methods?customer={owner}").body["data"]] == [
        body["payment_method"]
    ]
    again = {name: value for name, value in SEPA.items() if name != "mandate_data"}
    later = paid(api, **again, customer=owner, payment_method=body["payment_method"], off_session="true")
    assert later["status"] == "processing"


async def test_a_bank_account_is_verified_by_its_code(api: Api) -> None:
    body = paid(api, **US)
    action = body["next_action"]["verify_with_microdeposits"]
    assert (body["status"], body["next_action"]["type"]) == ("requires_action", "verify_with_microdeposits")
    assert (action["microdeposit_type"], action["arrival_date"] > body["created"]) == ("descriptor_code", True)
    at = f"{PAYMENTS}/{body['id']}/verify_microdeposits"
    wrong: Any = api.post(at, {"descriptor_code": "SM00ZZ"}).error
    assert wrong.pop("payment_intent")["status"] == "requires_action"
    assert wrong == {
        "code": "payment_method_microdeposit_verification_descriptor_code_mismatch",
        "doc_url": "https://stripe.com/docs/error-codes/payment-method-microdeposit-verification-descriptor-code-mismatch",
        "message": "The verification code provided does not match the one sent to the bank account.",
        "param": "descriptor_code",
        "type": "invalid_request_error",
    }
    assert api.post(at, {"amounts": [32, 45]}).error["code"] == "parameter_missing"
    assert api.post(at, {"descriptor_code": "SM11AA"}).body["status"] == "processing"
    await wait(api, 2)
    assert shown(api, body)["status"] == "succeeded"


@pytest.mark.parametrize(
    ("code", "times", "suffix"),
    [("SM33CC", 1, "attempts_exceeded"), ("SM44DD", 1, "timeout"), ("SM1", 5, "attempts_exceeded")],
)
def test_a_verification_may_fail_for_good(api: Api, code: str, times: int, suffix: str) -> None:
    body = paid(api, **US)
    for _ in range(times):
        answer = api.post(f"{PAYMENTS}/{body['id']}/verify_microdeposits", {"descriptor_code": code})
    error = f"payment_method_microdeposit_verification_{suffix}"
    assert (answer.status, answer.error["code"]) == (400, error)
    failed = shown(api, body)
    assert (failed["status"], failed["last_payment_error"]["code"]) == ("requires_payment_method", error)


async def test_deposits_that_cannot_be_sent_fail(api: Api) -> None:
    made = [
        paid(api, **{**US, "payment_method": "pm_usBankAccount_failMicrodeposits"}),
        api.post(SETUPS, {**US, "payment_method": "pm_usBankAccount_failMicrodeposits", "confirm": "true"}).body,
    ]
    await wait(api, 2)
    for body, name in zip(made, ("last_payment_error", "last_setup_error"), strict=True):
        failed = shown(api, body)
        assert (failed["status"], failed[name]["code"]) == (
            "requires_payment_method",
            "payment_method_microdeposit_failed",
        )


def test_a_bank_account_is_set_up(api: Api) -> None:
    owner = customer(api)
    body = api.post(SETUPS, {**US, "customer": owner, "confirm": "true"}).body
    assert (body["status"], body["mandate"]) == ("requires_action", None)
    at = f"{SETUPS}/{body['id']}/verify_microdeposits"
    wrong = api.post(at, {"descriptor_code": "SM00ZZ"}).error
    assert wrong["param"] == "descriptor_code"
    done = api.post(at, {"descriptor_code": "SM11AA"}).body
    assert (done["status"], done["mandate"][:8], done["latest_attempt"]) == (
        "succeeded",
        "mandate_",
        body["latest_attempt"],
    )
    later = paid(api, payment_method_types=["us_bank_account"], customer=owner, payment_method=done["payment_method"])
    assert later["status"] == "processing"


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [("succeeded", "succeeded", None), ("failed", "requires_payment_method", "payment_intent_authentication_failure")],
)
def test_a_customer_authorizes_with_a_bank(api: Api, outcome: Any, status: str, code: str | None) -> None:
    ideal = {"payment_method_types": ["ideal"], "payment_method_data": {"type": "ideal", "ideal": {"bank": "ing"}}}
    sent = {"amount": 1000, "currency": "eur", "confirm": "true", **ideal}
    refused = api.post(PAYMENTS, sent)
    assert (refused.status, refused.error["param"]) == (400, "return_url")
    body = paid(api, **{**sent, "return_url": "https://shop.example/"})
    action = body["next_action"]
    assert (action["type"], action["redirect_to_url"]["return_url"]) == ("redirect_to_url", "https://shop.example/")
    assert "/authorize/hosted?" in action["redirect_to_url"]["url"]
    complete(api, body["id"], outcome)
    done = shown(api, body)
    assert (done["status"], (done["last_payment_error"] or {}).get("code")) == (status, code)


def test_vouchers_are_refused_by_name(api: Api) -> None:
    oxxo = {"type": "oxxo", "billing_details": {"name": "Jenny Rosen", "email": "jenny.rosen@example.com"}}
    sent = {"amount": 1000, "currency": "mxn", "payment_method_types": ["oxxo"], "payment_method_data": oxxo}
    answer = api.post(PAYMENTS, {**sent, "confirm": "true"})
    assert (answer.status, answer.error["code"]) == (501, "emulator_not_emulated")
