"""Payments from the cash balance of a customer, which bank transfers fill."""

from __future__ import annotations

from typing import Any

from ....api import Api
from .helpers import PAYMENTS, customer, types

METHOD: Any = {
    "payment_method_types": ["customer_balance"],
    "payment_method_data": {"type": "customer_balance"},
    "payment_method_options": {
        "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": "us_bank_transfer"}}
    },
}


def waiting(api: Api, owner: str, **params: object) -> Any:
    sent = {"amount": 1000, "currency": "usd", "customer": owner, "confirm": "true", **METHOD, **params}
    answer = api.post(PAYMENTS, sent)
    assert answer.status == 200, answer.body
    return answer.body


def fund(api: Api, owner: str, amount: int) -> None:
    sent = {"amount": amount, "currency": "usd"}
    assert api.post(f"/v1/test_helpers/customers/{owner}/fund_cash_balance", sent).status == 200


def cash(api: Api, owner: str) -> Any:
    return api.get(f"/v1/customers/{owner}/cash_balance").body["available"]


def test_a_payment_waits_for_a_bank_transfer(api: Api) -> None:
    owner = customer(api)
    body = waiting(api, owner)
    action = body["next_action"]["display_bank_transfer_instructions"]
    assert (body["status"], action["type"], action["amount_remaining"]) == ("requires_action", "us_bank_transfer", 1000)
    assert [address["type"] for address in action["financial_addresses"]] == ["aba"]
    fund(api, owner, 400)
    partly = api.get(f"{PAYMENTS}/{body['id']}").body
    assert partly["next_action"]["display_bank_transfer_instructions"]["amount_remaining"] == 600
    fund(api, owner, 700)
    done = api.get(f"{PAYMENTS}/{body['id']}").body
    assert (done["status"], done["amount_received"], done["next_action"]) == ("succeeded", 1000, None)
    assert cash(api, owner) == {"usd": 100}
    assert types(api) == [
        "customer.created",
        "payment_intent.created",
        "payment_intent.requires_action",
        "customer_cash_balance_transaction.created",
        "cash_balance.funds_available",
        "customer_cash_balance_transaction.created",
        "payment_intent.partially_funded",
        "customer_cash_balance_transaction.created",
        "cash_balance.funds_available",
        "customer_cash_balance_transaction.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


def test_cash_pays_at_once(api: Api) -> None:
    owner = customer(api)
    fund(api, owner, 1500)
    assert waiting(api, owner)["status"] == "succeeded"
    assert cash(api, owner) == {"usd": 500}
    moves = api.get(f"/v1/customers/{owner}/cash_balance_transactions").body["data"]
    assert [(move["type"], move["net_amount"]) for move in moves] == [("applied_to_payment", -1000), ("funded", 1500)]


def test_by_hand_the_cash_is_applied_by_a_request(api: Api) -> None:
    owner = customer(api)
    api.post(f"/v1/customers/{owner}/cash_balance", {"settings": {"reconciliation_mode": "manual"}})
    fund(api, owner, 1500)
    body = waiting(api, owner)
    at = f"{PAYMENTS}/{body['id']}/apply_customer_balance"
    assert body["status"] == "requires_action"
    partly = api.post(at, {"amount": 300}).body
    assert partly["next_action"]["display_bank_transfer_instructions"]["amount_remaining"] == 700
    assert api.post(at).body["status"] == "succeeded"
    refused = api.post(at)
    assert (refused.status, refused.error["code"]) == (400, "payment_intent_unexpected_state")


def test_a_canceled_payment_gives_the_cash_back(api: Api) -> None:
    owner = customer(api)
    body = waiting(api, owner)
    fund(api, owner, 400)
    api.post(f"{PAYMENTS}/{body['id']}/cancel")
    assert cash(api, owner) == {"usd": 400}


def test_a_balance_belongs_to_a_customer(api: Api) -> None:
    sent = {"amount": 1000, "currency": "usd", "confirm": "true", **METHOD}
    answer = api.post(PAYMENTS, sent)
    assert (answer.status, answer.error["param"]) == (400, "customer")
    owner = customer(api)
    without = {name: value for name, value in sent.items() if name != "payment_method_options"}
    answer = api.post(PAYMENTS, {**without, "customer": owner})
    assert answer.error["param"] == "payment_method_options[customer_balance][funding_type]"
