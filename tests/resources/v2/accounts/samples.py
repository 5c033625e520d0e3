"""What the tests of accounts v2 share: parameters, and short ways to ask."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ....api import Answer, Api

NOON = 1_893_499_200  # 2030-01-01 12:00:00


STAMP = "2030-01-01T12:00:00.000Z"


PLATFORM = {"fees_collector": "application", "losses_collector": "application"}


STRIPE = {"fees_collector": "stripe", "losses_collector": "stripe"}


CARDS: dict[str, Any] = {"capabilities": {"card_payments": {"requested": True}}}


TRANSFERS: dict[str, Any] = {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}


RECIPIENT: dict[str, Any] = {
    "contact_email": "jenny@example.com",
    "dashboard": "express",
    "identity": {"country": "au", "entity_type": "individual"},
    "configuration": {"recipient": TRANSFERS},
    "defaults": {"responsibilities": PLATFORM},
}


SELLER: dict[str, Any] = {
    "contact_email": "jenny@example.com",
    "dashboard": "none",
    "identity": {"country": "us"},
    "configuration": {"merchant": CARDS, "recipient": TRANSFERS},
    "defaults": {"responsibilities": PLATFORM},
}


EVERYTHING = [
    "configuration.customer",
    "configuration.merchant",
    "configuration.recipient",
    "defaults",
    "future_requirements",
    "identity",
    "requirements",
]


PERSON: dict[str, Any] = {
    "given_name": "Jenny",
    "surname": "Rosen",
    "email": "jenny@example.com",
    "phone": "0000000000",
    "date_of_birth": {"day": 1, "month": 1, "year": 1902},
    "address": {
        "line1": "address_full_match",
        "city": "New York",
        "state": "NY",
        "postal_code": "10001",
        "country": "us",
    },
    "id_numbers": [{"type": "us_ssn", "value": "222222222"}],
}


COMPLETE: dict[str, Any] = {
    **SELLER,
    "configuration": {"merchant": {"mcc": "7299", "statement_descriptor": {"descriptor": "FUREVER"}, **CARDS}},
    "defaults": {"responsibilities": PLATFORM, "profile": {"business_url": "https://furever.dev"}},
    "identity": {
        "country": "US",
        "entity_type": "individual",
        "attestations": {"terms_of_service": {"account": {"date": "2025-01-01T00:00:00Z", "ip": "127.0.0.1"}}},
        "individual": PERSON,
    },
}


BANK = {
    "object": "bank_account",
    "country": "US",
    "currency": "usd",
    "routing_number": "110000000",
    "account_number": "000123456789",
}


def new_account(api: Api, params: Mapping[str, Any], **more: Any) -> Any:
    return api.v2("POST", "/core/accounts", {**params, **more}).result


def shown(api: Api, identifier: str, *include: str) -> Any:
    query = "&".join(f"include[{place}]={name}" for place, name in enumerate(include))
    return api.v2("GET", f"/core/accounts/{identifier}?{query}").body


def updated(api: Api, identifier: str, **params: Any) -> Answer:
    return api.v2("POST", f"/core/accounts/{identifier}", params)


def names(account: Any) -> list[str]:
    return [entry["description"] for entry in account["requirements"]["entries"]]


def refusal(response: Answer) -> tuple[int, str, str]:
    assert set(response.body) == {"error"}
    error = response.body["error"]
    assert error.get("user_message", error["message"]) == error["message"]
    return response.status, error["code"], error["message"]


def linked(account: str, *configurations: str, **more: Any) -> dict[str, Any]:
    wanted = {"configurations": list(configurations), "refresh_url": "https://example.com/again", **more}
    return {"account": account, "use_case": {"type": "account_onboarding", "account_onboarding": wanted}}


def merged(tree: dict[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(tree))
    inner = copy
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
    inner[path[-1]] = value
    return copy


def date(year: int, month: int, day: int) -> dict[str, int]:
    return {"year": year, "month": month, "day": day}


IMMUTABLE = "immutable_identity_param"
