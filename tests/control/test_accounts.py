"""Accounts under a test's control: actions of owners and of Stripe by the control API, with their events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emulator.client import EmulatorError

from ..api import KEY, Api

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

AUTHORIZED = "account.application.authorized"
DOCUMENT = "individual.verification.document"
NOW = 1_790_000_000
BOTH = {"card_payments": {"requested": True}, "transfers": {"requested": True}}

pytestmark = pytest.mark.filterwarnings("ignore:We recommend building your integration using Accounts v2")


def new_account(emulator: StripeEmulator, kind: str = "express", capabilities: object = BOTH, **params: str) -> str:
    return str(emulator.create_account(type=kind, capabilities=capabilities, **params)["id"])


def types(emulator: StripeEmulator, account: str) -> list[str]:
    return [event["type"] for event in emulator.webhooks.events(account=account)]


def test_the_accounts_of_a_sandbox_are_listed_as_stripe_shows_them(stripe_emulator: StripeEmulator) -> None:
    first, second = new_account(stripe_emulator), new_account(stripe_emulator, "custom")
    answer = stripe_emulator._control("GET", "/accounts")
    assert (answer["total"], [row["id"] for row in answer["data"]]) == (2, [second, first])
    assert answer["data"][1] == stripe_emulator.client.v1.accounts.retrieve(first).to_dict()
    assert [row["id"] for row in stripe_emulator._control("GET", "/accounts?limit=1")["data"]] == [second]


def test_accounts_of_v2_are_listed_in_the_words_of_v2_too(stripe_emulator: StripeEmulator) -> None:
    new_account(stripe_emulator)
    second = stripe_emulator.create_account_v2(
        contact_email="jenny@example.com",
        dashboard="express",
        identity={"country": "de", "entity_type": "individual"},
        configuration={"recipient": {}},
        defaults={"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
    )
    answer = stripe_emulator._control("GET", "/accounts")
    shown = answer["v2"][second["id"]]
    assert (list(answer["v2"]), answer["total"]) == ([second["id"]], 2)
    assert (shown["dashboard"], shown["applied_configurations"]) == ("express", ["recipient"])
    assert (shown["identity"]["country"], shown["configuration"]["recipient"]["applied"]) == ("DE", True)


def test_a_completed_onboarding_emits_events(stripe_emulator: StripeEmulator) -> None:
    account = new_account(stripe_emulator)
    shown = stripe_emulator.complete_onboarding(account)
    assert (shown["charges_enabled"], shown["payouts_enabled"], shown["details_submitted"]) == (True, True, True)
    assert shown == stripe_emulator.client.v1.accounts.retrieve(account).to_dict()
    assert types(stripe_emulator, account) == [
        AUTHORIZED,
        "person.created",
        "account.external_account.created",
        "capability.updated",
        "capability.updated",
        "account.updated",
    ]
    event = stripe_emulator.webhooks.wait("account.updated")
    assert event["request"] == {"id": None, "idempotency_key": None}


@pytest.mark.parametrize(
    ("configuration", "capabilities", "mcc"),
    [
        ("recipient", {"transfers": "active"}, None),
        ("merchant", {"card_payments": "active"}, "7299"),
    ],
)
def test_an_onboarding_asks_for_nothing_outside_of_the_configurations_of_v2(
    stripe_emulator: StripeEmulator, configuration: str, capabilities: object, mcc: str | None
) -> None:
    account = stripe_emulator.create_account_v2(
        contact_email="jenny@example.com",
        dashboard="none",
        identity={"country": "us", "entity_type": "individual"},
        configuration={configuration: {}},
        defaults={"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
    )
    shown = stripe_emulator.complete_onboarding(account)
    assert (shown["capabilities"], shown["business_profile"]["mcc"]) == (capabilities, mcc)


def test_a_requirement_is_added_and_met(stripe_emulator: StripeEmulator) -> None:
    account = new_account(stripe_emulator, business_type="individual")
    stripe_emulator.complete_onboarding(account)
    requirements = stripe_emulator.add_requirement(account, DOCUMENT)["requirements"]
    assert (requirements["currently_due"], requirements["past_due"]) == ([DOCUMENT], [DOCUMENT])
    assert types(stripe_emulator, account)[-1] == "account.updated"
    assert stripe_emulator.complete_onboarding(account)["requirements"]["currently_due"] == []


def test_a_requirement_is_past_due_from_its_deadline_on(stripe_emulator: StripeEmulator) -> None:
    stripe_emulator.freeze(NOW)
    account = new_account(stripe_emulator)
    stripe_emulator.complete_onboarding(account)
    early = stripe_emulator.add_requirement(account, "external_account", NOW + 60)["requirements"]
    assert (early["currently_due"], early["past_due"], early["current_deadline"]) == (
        ["external_account"],
        [],
        NOW + 60,
    )
    emitted = len(types(stripe_emulator, account))
    stripe_emulator.advance(60)
    assert types(stripe_emulator, account)[emitted:] == ["capability.updated", "capability.updated", "account.updated"]
    late = stripe_emulator._control("GET", "/accounts")["data"][0]["requirements"]
    assert late["past_due"] == ["external_account"]


def test_a_capability_gets_a_status(stripe_emulator: StripeEmulator) -> None:
    account = new_account(stripe_emulator)
    shown = stripe_emulator.set_capability(account, "transfers", "active")
    assert shown["capabilities"] == {"card_payments": "inactive", "transfers": "active"}
    assert types(stripe_emulator, account) == [AUTHORIZED, "capability.updated", "account.updated"]
    stripe_emulator.set_capability(account, "transfers", "inactive", reason="platform_paused")
    capability = stripe_emulator.client.v1.accounts.capabilities.retrieve(account, "transfers")
    assert capability["requirements"]["disabled_reason"] == "platform_paused"
    assert stripe_emulator.set_capability(account, "transfers", "unrequested")["capabilities"] == {
        "card_payments": "inactive"
    }


def test_checks_end_with_the_given_outcome(stripe_emulator: StripeEmulator) -> None:
    account = new_account(stripe_emulator, business_type="individual")
    stripe_emulator.complete_onboarding(account)
    assert stripe_emulator.verify(account, "failed")["requirements"]["currently_due"] == [DOCUMENT]
    assert stripe_emulator.verify(account, "pending")["capabilities"]["transfers"] == "pending"
    assert stripe_emulator.verify(account)["payouts_enabled"] is True


def test_a_rejected_account_can_do_nothing(stripe_emulator: StripeEmulator) -> None:
    account = new_account(stripe_emulator, "standard", capabilities={})
    stripe_emulator.complete_onboarding(account)
    shown = stripe_emulator.reject(account, "fraud")
    assert (shown["charges_enabled"], shown["requirements"]["disabled_reason"]) == (False, "rejected.fraud")
    assert types(stripe_emulator, account)[-1] == "account.updated"
    assert stripe_emulator.reject(account)["requirements"]["disabled_reason"] == "rejected.other"


def test_a_disconnected_account_is_gone_and_its_platform_gets_an_event(stripe_emulator: StripeEmulator) -> None:
    account = new_account(stripe_emulator)
    stripe_emulator.disconnect(account)
    assert types(stripe_emulator, account) == [AUTHORIZED, "account.application.deauthorized"]
    with pytest.raises(EmulatorError, match="no connected account"):
        stripe_emulator.disconnect(account)


def test_an_account_is_an_id_or_whatever_has_one(stripe_emulator: StripeEmulator) -> None:
    account = stripe_emulator.create_account(type="custom")
    assert stripe_emulator.verify(account)["id"] == account["id"]
    assert stripe_emulator.verify(stripe_emulator.client.v1.accounts.retrieve(account["id"]))["id"] == account["id"]
    with pytest.raises(TypeError, match="expected an id or an object with an id, not 5"):
        stripe_emulator.verify(5)


CAPABILITY = "'cards' is no capability of Stripe; card_payments and transfers are two. Nothing was changed."
DEADLINE = "Send a number from 0 to 253402300799."


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("action", "body", "code", "text"),
    [
        ("requirements", {}, "missing_field", "The body has no requirement."),
        ("requirements", {"requirement": "shoes"}, "invalid_override", "'shoes' is no requirement: it must be"),
        ("requirements", {"requirement": DOCUMENT, "deadline": "soon"}, "invalid_deadline", DEADLINE),
        ("requirements", {"requirement": DOCUMENT, "deadline": True}, "invalid_deadline", DEADLINE),
        ("requirements", {"requirement": DOCUMENT, "deadline": "9" * 30}, "invalid_deadline", DEADLINE),
        ("requirements", {"requirement": DOCUMENT, "deadline": 0}, "invalid_override", "deadline is 0, and must be"),
        ("capabilities/cards", {"status": "active"}, "invalid_override", CAPABILITY),
        ("capabilities/transfers", {}, "missing_field", "The body has no status."),
        ("capabilities/transfers", {"status": "on"}, "invalid_override", "must be one of active, inactive, pending"),
        ("capabilities/transfers", {"status": "active", "reason": "bored"}, "invalid_override", "reason is 'bored'"),
        ("verify", {"outcome": "maybe"}, "invalid_override", "must be one of verified, failed, pending, automatic"),
        ("verify", {"outcome": "failed"}, "invalid_override", "has no representative whose identity could fail"),
        ("reject", {"reason": "bored"}, "invalid_override", "must be one of fraud, terms_of_service, other"),
    ],
)
async def test_an_invalid_override_is_explained_and_changes_nothing(
    api: Api, action: str, body: dict[str, Any], code: str, text: str
) -> None:
    account = api.account(type="custom")
    before = api.get(f"/v1/accounts/{account}").body
    emitted = (await api.control("GET", "/events")).json()
    answer = await api.control("POST", f"/accounts/{account}/{action}", body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, code)
    assert text in f"{error['message']} {error['hint']}"
    assert api.get(f"/v1/accounts/{account}").body == before
    assert (await api.control("GET", "/events")).json() == emitted


@pytest.mark.asyncio
async def test_an_account_of_another_sandbox_is_not_found(api: Api) -> None:
    account = api.account(type="custom")
    for action in ("complete_onboarding", "requirements", "capabilities/transfers", "verify", "reject", "disconnect"):
        answer = await api.control("POST", f"/accounts/{account}/{action}", {}, key="sk_test_other")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "account_not_found")


@pytest.mark.asyncio
@pytest.mark.parametrize("limit", ["0", "1001", "x", ""])
async def test_a_limit_is_a_number(api: Api, limit: str) -> None:
    answer = await api.control("GET", f"/accounts?limit={limit}", key=KEY)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_limit")
