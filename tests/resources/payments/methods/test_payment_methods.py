"""Payment methods of cards: made, saved, listed, updated, detached and cloned."""

from __future__ import annotations

from typing import Any

from ....api import Api

CARD = {"number": "4242424242424242", "exp_month": "11", "exp_year": "2034", "cvc": "123"}


def made(api: Api, **card: str) -> Any:
    answer = api.post("/v1/payment_methods", {"type": "card", "card": {**CARD, **card}})
    assert answer.status == 200, answer.body
    return answer.body


def customer(api: Api) -> str:
    return str(api.post("/v1/customers").body["id"])


def types(api: Api) -> list[str]:
    return [event["type"] for event in reversed(api.get("/v1/events?limit=100").body["data"])]


def test_a_card_becomes_a_payment_method(api: Api) -> None:
    body = made(api)
    assert body.pop("id").startswith("pm_1")
    assert isinstance(body.pop("created"), int)
    assert len(body["card"].pop("fingerprint")) == 16
    assert body == {
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": {
                "city": None,
                "country": None,
                "line1": None,
                "line2": None,
                "postal_code": None,
                "state": None,
            },
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "card": {
            "brand": "visa",
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
            "country": "US",
            "display_brand": "visa",
            "exp_month": 11,
            "exp_year": 2034,
            "funding": "credit",
            "generated_from": None,
            "last4": "4242",
            "networks": {"available": ["visa"], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "shared_payment_granted_token": None,
        "type": "card",
    }
    assert types(api) == []
