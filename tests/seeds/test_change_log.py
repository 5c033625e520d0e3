"""The log of changes: its entries and bounds, and exports that make everything in it again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from emulator.auth import keys
from emulator.sandbox import change_log
from emulator.sandbox.change_log import ChangeLog, Entry, without_deleted
from emulator.sandbox.sandbox import Sandbox
from emulator.seeds import steps
from emulator.settings import Settings
from emulator.store.budgets import Budget

from ..api import KEY, PUBLISHABLE, Api
from .test_exports import MERCHANT, control, exported, frozen, of_v2, shown, shown_by_v2

US_BANK = {
    "object": "bank_account", "country": "US", "currency": "usd", "account_number": "000123456789",
    "routing_number": "110000000",
}  # fmt: skip


def sandbox_of(api: Api) -> Sandbox:
    key = keys.parse(KEY)
    assert key is not None
    return api.emulator.sandboxes.of(key)


def entries(api: Api) -> list[str]:
    return [f"{each.method} {each.path}".strip() for each in sandbox_of(api).change_log]


# --- what leaves an entry -----------------------------------------------------------------------------------------


def test_only_requests_that_change_rows_are_logged() -> None:
    api = frozen()
    account = api.post("/v1/accounts", {"type": "custom"}, idempotency_key="k").body["id"]
    api.post("/v1/accounts", {"type": "custom"}, idempotency_key="k")
    api.post("/v1/accounts", {"type": "no such"})
    api.get(f"/v1/accounts/{account}")
    api.post("/v1/account_links", {"account": account, "type": "account_onboarding", "return_url": "https://a.example",
                                   "refresh_url": "https://a.example"})  # fmt: skip
    assert entries(api) == ["POST /v1/accounts"]


def test_of_account_sessions_only_the_first_is_logged_as_it_locks_the_account() -> None:
    api = frozen()
    account = api.account(type="express", country="US")
    for _ in range(3):
        assert api.session(account, {"payouts": {"enabled": True}}).status == 200
    assert entries(api) == ["POST /v1/accounts", "POST /v1/account_sessions"]


def test_actions_of_owners_and_tests_are_logged_as_steps() -> None:
    api = frozen()
    account = api.account(type="custom", country="US")
    control(
        api,
        "POST",
        f"/accounts/{account}/requirements",
        {"requirement": "business_profile.support_phone", "deadline": 5},
    )
    control(api, "POST", f"/accounts/{account}/complete_onboarding")
    asyncio.run(api.control("POST", f"/accounts/{account}/verify", {"outcome": "no such"}))
    control(api, "POST", f"/accounts/{account}/disconnect")
    assert entries(api) == ["POST /v1/accounts", "add_requirement", "complete_onboarding", "disconnect"]


# --- what comes back ----------------------------------------------------------------------------------------------


def exported_and_loaded(api: Api) -> Api:
    other, _ = exported(api)
    assert shown(other) == shown(api)
    assert shown_by_v2(other) == shown_by_v2(api)
    return other


def test_an_export_keeps_ids_and_secrets_of_webhook_endpoints_and_event_destinations() -> None:
    api = frozen()
    endpoint = api.post("/v1/webhook_endpoints", {"url": "https://a.example/x", "enabled_events": ["*"]}).body
    api.post(f"/v1/webhook_endpoints/{endpoint['id']}", {"disabled": "true"})
    gone = api.post("/v1/webhook_endpoints", {"url": "https://b.example/x", "enabled_events": ["*"]}).body["id"]
    api.delete(f"/v1/webhook_endpoints/{gone}")
    destination = api.v2("POST", "/core/event_destinations", {
        "name": "x", "type": "webhook_endpoint", "event_payload": "thin", "enabled_events": ["v2.core.account.created"],
        "webhook_endpoint": {"url": "https://a.example/y"}, "include": ["webhook_endpoint.url"],
    })  # fmt: skip
    assert destination.status == 200, destination.body
    other, document = exported(api)
    assert len(document["fixtures"]) == 3
    assert other.get("/v1/webhook_endpoints").body == api.get("/v1/webhook_endpoints").body
    assert other.v2("GET", "/core/event_destinations").body == api.v2("GET", "/core/event_destinations").body
    secrets = [
        [each.secret for table in (box.webhook_endpoints, box.event_destinations) for each in table.newest_first()]
        for box in (sandbox_of(api), sandbox_of(other))
    ]
    assert secrets[0] == secrets[1]
    assert endpoint["secret"] in secrets[0]


def test_an_export_keeps_publishable_keys_and_connected_accounts_of_requests() -> None:
    api = frozen()
    account = api.account(type="custom", country="US")
    bank = {"bank_account": {name: value for name, value in US_BANK.items() if name != "object"}}
    token = api.post("/v1/tokens", bank, authorization=f"Bearer {PUBLISHABLE}").body["id"]
    api.post(f"/v1/accounts/{account}/external_accounts", {"external_account": token})
    other, document = exported(api)
    assert shown(other) == shown(api)
    assert [each.get("_publishable", False) for each in document["fixtures"][:3]] == [False, True, False]
    assert document["fixtures"][2]["params"] == {"external_account": f"${{{token}:id}}"}
    assert other.get(f"/v1/tokens/{token}").body["used"] is True


def test_an_export_keeps_the_version_and_the_connected_account_of_a_request() -> None:
    api = frozen()
    account = api.account(type="custom", country="US")
    endpoint = {"url": "https://a.example/x", "enabled_events": ["*"]}
    api.post("/v1/accounts", {"type": "custom"}, stripe_version="2024-06-20")
    api.post(
        "/v1/tokens", {"bank_account": {k: v for k, v in US_BANK.items() if k != "object"}}, stripe_account=account
    )
    assert api.post("/v1/webhook_endpoints", endpoint).status == 200
    document = exported(api)[1]
    assert [each.get("headers") for each in document["fixtures"]] == [
        None, {"Stripe-Version": "2024-06-20"}, {"Stripe-Account": f"${{{account}:id}}"}, None,
    ]  # fmt: skip


def test_an_export_keeps_edits_in_components_and_in_the_hosted_onboarding() -> None:
    api = frozen()
    account = api.account(type="express", country="US", business_type="company")
    link = api.post("/v1/account_links", {
        "account": account, "type": "account_onboarding", "return_url": "https://a.example/", "refresh_url": "https://a.example/",
    }).body["url"]  # fmt: skip
    path = "/" + link.partition("://")[2].partition("/")[2]
    assert asyncio.run(hosted(api, path, "action=provide&requirement=business_profile.url")).status_code == 303
    secret = api.session(
        account, {"account_management": {"enabled": True, "features": {"external_account_collection": True}}}
    ).body["client_secret"]
    token = control(api, "POST", "/connect/claim", {"client_secret": secret, "publishable_key": PUBLISHABLE})
    act = {"session_token": token["session_token"], "component": "account-management", "props": {}, "action": "save"}
    for section, values in (
        ("representative_details", {"last_name": "${acct_1:id} [] "}),
        (
            "external_account",
            {f"external_account[{name}]": value for name, value in US_BANK.items() if name != "object"},
        ),
    ):
        response = asyncio.run(
            api.control("POST", "/connect/act", {**act, "params": {"section": section, "values": values}})
        )
        assert response.status_code == 200, response.text
    names = [each for each in entries(api) if "/" not in each]
    assert names == ["provide_test_data", "edit_person", "add_external_account"], (names, response.text)
    exported_and_loaded(api)


async def hosted(api: Api, path: str, body: str) -> Any:
    import httpx  # noqa: PLC0415

    transport = httpx.ASGITransport(app=api.emulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:12111") as client:
        return await client.post(path, content=body, headers={"content-type": "application/x-www-form-urlencoded"})


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("", {"individual": {"first_name": "Jenny", "metadata": {"a": "b"}}}),
        (
            "",
            {"business_profile": {"name": "   "}, "metadata": {"x": "  ", "y": " a ", "z": "${acct_1:id}", "w": "${"}},
        ),
        ("", {"settings": {"invoices": {"default_account_tax_ids": ["atxi_123"]}}}),
        ("", {"tos_acceptance": {"date": 1_767_000_000, "ip": "127.0.0.1"}}),
        ("", {"metadata": {"a.b": "dotted", "a[b": "bracket", "é &=+": "ü%", "0": "number"}}),
        ("/persons", {"first_name": " ", "relationship": {"owner": "true"}, "metadata": {"a": "  "}}),
    ],
)
def test_an_export_keeps_parameters_that_the_cli_cannot_send(path: str, sent: Any) -> None:
    api = frozen()
    account = api.account(type="custom", country="US", business_type="individual")
    response = api.post(f"/v1/accounts/{account}{path}", sent)
    if response.status == 200:
        assert len(entries(api)) == 2
    exported_and_loaded(api)


@pytest.mark.parametrize(
    "sent",
    [
        {"display_name": "[]"},
        {"display_name": "{a}", "metadata": {"a": "[1]", "b": " "}},
        {"display_name": "${acct_1:id}"},
        {"contact_email": None},
        {"identity": {"business_details": {"registered_name": "  "}}},
    ],
)
def test_an_export_keeps_parameters_of_v2_that_the_cli_cannot_send(sent: Any) -> None:
    api = frozen()
    account = api.v2("POST", "/core/accounts", of_v2("company", *MERCHANT)).body["id"]
    response = api.v2("POST", f"/core/accounts/{account}", sent)
    assert response.status in (200, 400)
    exported_and_loaded(api)


@pytest.mark.parametrize("clock", [1_500_000_000, 1_893_499_200, 4_102_444_800])
@pytest.mark.parametrize("loaded", [None, 1_600_000_000, 2_000_000_000])
def test_terms_and_deadlines_can_be_loaded_at_any_time(clock: int, loaded: int | None) -> None:
    api = Api()
    control(api, "POST", "/clock", {"freeze": clock})
    account = api.account(type="custom", country="US", tos_acceptance={"date": clock, "ip": "127.0.0.1"})
    later = {"requirement": "business_profile.support_phone", "deadline": clock + 3600}
    control(api, "POST", f"/accounts/{account}/requirements", later)
    seller = of_v2("company", *MERCHANT)
    date = "2017-07-14T00:00:00Z"
    seller["identity"]["attestations"] = {"terms_of_service": {"account": {"date": date, "ip": "127.0.0.1"}}}
    assert api.v2("POST", "/core/accounts", seller).status == 200
    document = control(api, "GET", "/export")
    other = Api()
    if loaded is not None:
        control(other, "POST", "/clock", {"freeze": loaded})
    before = control(other, "GET", "/clock")["now"]
    control(other, "POST", "/seeds", document)
    assert 0 <= control(other, "GET", "/clock")["now"] - before <= 60
    owed = other.get(f"/v1/accounts/{account}").body["requirements"]
    assert "business_profile.support_phone" in owed["currently_due"]
    assert "business_profile.support_phone" not in owed["past_due"]


def test_a_chosen_id_can_be_reused_after_its_account_was_deleted() -> None:
    api = frozen()
    made = {"name": "a", "path": "/v1/accounts", "method": "post", "_id": "acct_mine"}
    for country in ("DE", "US"):
        control(api, "POST", "/seeds", {"fixtures": [{**made, "params": {"type": "custom", "country": country}}]})
        if country == "DE":
            api.delete("/v1/accounts/acct_mine")
    other, document = exported(api)
    assert len(document["fixtures"]) == 1
    assert other.get("/v1/accounts/acct_mine").body["country"] == "US"


# --- bounds -------------------------------------------------------------------------------------------------------


def entry(*made: str, touched: tuple[str, ...] = (), removed: tuple[str, ...] = (), path: str = "/v1/x") -> Entry:
    return Entry(0, "POST", path, b"", b"", None, "", False, made, ("",) * len(made), (*made, *touched), removed)


def test_entries_of_deleted_objects_are_dropped_unless_a_remaining_entry_mentions_them() -> None:
    kept = [
        entry("acct_1"),
        entry("tok_1"),  # is used, and still there
        entry("acct_2", touched=("tok_1",)),
        entry(touched=("acct_2",), removed=("acct_2",)),
        entry("acct_4"),
        entry("tr_1", path="/v1/accounts/acct_4/x"),
        entry(touched=("acct_4",), removed=("acct_4",)),
    ]
    gone = [
        entry("acct_3"),
        entry("person_3", touched=("acct_3",)),
        entry(touched=("acct_3", "person_3"), removed=("acct_3", "person_3")),
    ]
    assert without_deleted([*gone[:2], *kept, *gone[2:]]) == kept
    owned = [
        entry("acct_6"),
        entry("acct_7"),
        entry(touched=("card_payments@acct_6",), path="/v1/accounts/acct_6/capabilities/card_payments"),
        entry(touched=("card_payments@acct_7",), path="/v1/accounts/acct_7/capabilities/card_payments"),
        entry(touched=("acct_7", "card_payments@acct_7"), removed=("acct_7", "card_payments@acct_7")),
    ]
    assert owned[2] in without_deleted(owned)
    silent = entry(touched=(), path="/v1/accounts/acct_8")
    assert without_deleted([silent, *gone]) == [silent]
    moved = [entry("acct_5"), entry(touched=("acct_5",), path="/close")]
    assert without_deleted([*moved, *gone]) == moved


def test_a_log_that_is_too_large_first_drops_deleted_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_log, "MOST", 20)
    log = ChangeLog(Budget(10**6))
    for number in range(200):
        log.add(entry(f"acct_{number}"))
        log.add(entry(touched=(f"acct_{number}",), removed=(f"acct_{number}",)))
    assert (len(log) <= 20, log.incomplete) == (True, "")


@pytest.mark.parametrize("bound", ["MOST", "LARGEST", "budget"])
def test_a_log_that_stays_too_large_is_cleared_and_releases_its_budget(
    monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    if bound != "budget":
        monkeypatch.setattr(change_log, bound, 20 if bound == "MOST" else 20_000)
    budget = Budget(20_000 if bound == "budget" else 10**9, used=0)
    log = ChangeLog(budget)
    for number in range(100):
        log.add(entry(f"acct_{number}"))
    assert (len(log), budget.used) == (0, 0)
    assert log.incomplete


def test_an_incomplete_log_cannot_be_exported_until_a_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_log, "MOST", 3)
    api = Api(Settings())
    for _ in range(5):
        api.account(type="custom")
    refused = asyncio.run(api.control("GET", "/export"))
    assert refused.status_code == 409
    assert refused.json()["error"] == {
        "code": "incomplete_log",
        "message": "The sandbox cannot be exported: it has made more than 3 changes, or more than 8388608 bytes of them.",
        "hint": "Reset the sandbox: from then on its changes are kept again.",
    }
    control(api, "POST", "/reset")
    api.account(type="custom")
    assert len(control(api, "GET", "/export")["fixtures"]) == 1


def test_a_reset_releases_the_budget_of_the_log() -> None:
    api = frozen()
    api.account(type="custom")
    budget = api.emulator.sandboxes._budgets.changes
    assert budget.used > 0
    control(api, "POST", "/reset")
    assert budget.used == 0


def test_the_control_api_documentation_names_every_step_and_the_bounds() -> None:
    page = " ".join((Path(__file__).parents[2] / "emulator/control/README.md").read_text().split())
    assert [name for name in steps.MODULES if f"`{name}`" not in page] == []
    assert f"at most {change_log.MOST:,} changes in {change_log.LARGEST // 1024**2} MiB" in page


def test_every_argument_of_a_step_has_a_type_that_json_can_express() -> None:
    known = [step for name in steps.MODULES if (step := steps.find(name)) is not None]
    assert {kind for each in known for kind in each.kinds.values()} - steps._FITS.keys() <= {
        *("Sandbox", "Account", "Person", "int"),
    }
    assert all("sandbox" in each.kinds for each in known)
    assert change_log.STEPS.keys() == {change_log.ELAPSE, *steps.MODULES}


@pytest.mark.parametrize("name", steps.MODULES)
def test_a_fresh_process_finds_a_step_by_the_table_alone(name: str) -> None:
    code = f"""
        from emulator.seeds import steps
        print(steps.find({name!r}) is not None)
    """
    ran = subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True, text=True, check=False, timeout=30)
    assert (ran.stdout, ran.stderr) == ("True\n", "")


def test_a_request_with_a_fault_is_logged_if_the_fault_comes_after_the_change() -> None:
    api = frozen()
    for moment in ("before", "after"):
        control(api, "POST", "/faults", {"error": "lock_timeout", "path": "/v1/accounts", "moment": moment})
        assert api.post("/v1/accounts", {"type": "custom"}).status == 429
    assert entries(api) == ["POST /v1/accounts"]
    exported_and_loaded(api)
