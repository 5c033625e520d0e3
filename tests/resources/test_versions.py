"""Behaviour that depends on the API version of a request, betas included."""

from __future__ import annotations

from typing import Any

from emulator.catalog.versions import parse
from emulator.model.declaration.versions import at_version

from ..api import NEWEST, Api

WITH_BETA = f"{NEWEST}; risk_in_requirements_beta=v1"
NOT_PAUSED = {"charges": {"pause_requested": False}, "payouts": {"pause_requested": False}}
CUSTOM = {"type": "custom", "country": "US", "email": "jenny.rosen@example.com"}


def test_a_beta_shows_the_risk_controls_of_accounts_that_the_platform_collects(api: Api) -> None:
    custom = api.post("/v1/accounts", CUSTOM, stripe_version=WITH_BETA).body
    assert custom["risk_controls"] == NOT_PAUSED
    assert list(custom) == ["id", "object", *sorted(set(custom) - {"id", "object"})]
    without = api.get(f"/v1/accounts/{custom['id']}").body
    assert custom == {**without, "risk_controls": NOT_PAUSED}
    assert "risk_controls" not in without
    express = api.post("/v1/accounts", {"type": "express"}, stripe_version=WITH_BETA).body
    assert "risk_controls" not in express
    listed: list[Any] = api.get("/v1/accounts", stripe_version=WITH_BETA).body["data"]
    assert ["risk_controls" in account for account in listed] == [False, True]


def test_an_event_keeps_the_version_in_which_it_was_made(api: Api) -> None:
    identifier = api.post("/v1/accounts", CUSTOM).body["id"]
    api.post(f"/v1/accounts/{identifier}", {"metadata": {"a": "1"}})
    events = api.get("/v1/events", stripe_version=WITH_BETA, stripe_account=identifier).body["data"]
    assert events[0]["data"]["object"]["id"] == identifier
    assert "risk_controls" not in events[0]["data"]["object"]


def test_a_replayed_response_is_as_it_was_saved(api: Api) -> None:
    first = api.post("/v1/accounts", CUSTOM, stripe_version=WITH_BETA, idempotency_key="a")
    again = api.post("/v1/accounts", CUSTOM, stripe_version=WITH_BETA, idempotency_key="a")
    assert (again.raw, again.headers["idempotent-replayed"]) == (first.raw, "true")


def test_before_basil_payments_show_their_invoice() -> None:
    charge: Any = {"id": "ch_1", "object": "charge", "amount": 100, "payment_intent": {"object": "payment_intent"}}
    shown: Any = at_version(parse("2025-02-24.acacia"), charge)
    assert shown == {
        **charge,
        "invoice": None,
        "payment_intent": {"object": "payment_intent", "invoice": None},
    }
    assert list(shown) == ["id", "object", "amount", "invoice", "payment_intent"]
    assert at_version(parse("2025-03-31.basil"), charge) == charge
