"""Calls that the tests of intents share."""

from __future__ import annotations

from typing import Any

from emulator.auth import keys
from emulator.events import Origin, Transaction
from emulator.model.declaration.endpoint import Scope
from emulator.resources.payments.intents.confirmation import ActionResult
from emulator.resources.payments.intents.customer_actions import complete_3ds

from ....api import KEY, Api

CARD = {"payment_method_types": ["card"]}
PAYMENTS, SETUPS = "/v1/payment_intents", "/v1/setup_intents"


def intent(api: Api, **params: object) -> Any:
    """A new payment intent over ten dollars."""
    answer = api.post(PAYMENTS, {"amount": 1000, "currency": "usd", **CARD, **params})
    assert answer.status == 200, answer.body
    return answer.body


def paid(api: Api, card: str = "visa", **params: object) -> Any:
    """A payment intent that is confirmed at once."""
    return intent(api, payment_method=f"pm_card_{card}", confirm="true", **params)


def setup(api: Api, **params: object) -> Any:
    """A new setup intent."""
    answer = api.post(SETUPS, {**CARD, **params})
    assert answer.status == 200, answer.body
    return answer.body


def customer(api: Api) -> str:
    return str(api.post("/v1/customers", {"email": "jenny.rosen@example.com"}).body["id"])


def types(api: Api) -> list[str]:
    """The types of all events, oldest first."""
    return [event["type"] for event in reversed(api.get("/v1/events?limit=100").body["data"])]


def complete(api: Api, identifier: str, outcome: ActionResult = "succeeded") -> None:
    """Complete or fail the customer's action."""
    key = keys.parse(KEY)
    assert key is not None
    sandbox = api.emulator.sandboxes.of(key)
    now = sandbox.clock.now()
    with Transaction(sandbox, Origin(now)):
        complete_3ds(Scope(sandbox, sandbox.platform_id, now), identifier, outcome)
