"""The requests of the connect.js script and their refusals; forced errors, and the log of component events."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from emulator.connect_js.elements import ELEMENTS, LOAD_ERRORS
from emulator.connect_js.serving import script
from emulator.sandbox.component_log import MAX_EVENTS, MAX_FORCED, ComponentEvent, ComponentLog, ForcedError
from emulator.settings import Settings

from ..api import PUBLISHABLE, Api, on

NOTHING = {"forced": None, "retry_with_session": False}


async def call(api: Api, path: str, **body: object) -> tuple[int, Any]:
    """One request of the script: the status and the body."""
    answer = await api.control("POST", f"/connect/{path}", body, key=None)
    return answer.status_code, answer.json()


async def session(api: Api, kind: str = "custom", **components: object) -> tuple[str, str, str]:
    """A claimed session: the account, the secret and the token."""
    account = api.account(type=kind)
    secret = api.session(account, components).body["client_secret"]
    _, claim = await call(api, "claim", client_secret=secret, publishable_key=PUBLISHABLE, origin="https://shop.test")
    return account, secret, claim["session_token"]


def refusal(code: str, message: str, hint: str, load_error: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "hint": hint, "load_error": load_error}}


ENDED = refusal(
    "session_ended",
    "This session has ended: it expired, or was logged out.",
    "Claim a new client secret.",
    "authentication_error",
)


# --- the content of components -------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_component_shows_the_features_of_its_session(api: Api) -> None:
    account, _, token = await session(api, payment_disputes=on(refund_management=False))
    status, shown = await call(api, "view", session_token=token, component="payment-disputes")
    assert re.fullmatch("[0-9a-f]{16}", shown.pop("revision"))
    assert (status, shown) == (
        200,
        {
            "account": account,
            "features": {
                "destination_on_behalf_of_charge_management": False,
                "dispute_management": True,
                "refund_management": False,
                "smart_disputes_management": True,
            },
            "actions": [
                {"name": "smart_disputes_management", "label": "Use smart disputes"},
            ],
            "data": {"items": [], "loaded": {"setOnDisputesLoaded": [{"total": 0}]}},
        },
    )


@pytest.mark.asyncio
async def test_a_component_that_is_not_enabled_is_refused(api: Api) -> None:
    _, _, token = await session(api, payments=on())
    refused = refusal(
        "component_not_enabled",
        "The component payouts_list is not enabled in this account session.",
        "Enable components[payouts_list] when the account session is created.",
    )
    assert await call(api, "view", session_token=token, component="payouts-list") == (400, refused)
    assert await call(api, "act", session_token=token, component="payouts-list", action="x") == (400, refused)


@pytest.mark.asyncio
async def test_an_action_whose_feature_is_off_is_refused(api: Api) -> None:
    _, _, token = await session(api, payments=on(refund_management=False))
    refused = refusal(
        "feature_disabled",
        "The feature refund_management is off in this account session.",
        "Turn the feature on when the account session is created.",
    )
    who = {"session_token": token, "component": "payments"}
    assert await call(api, "act", **who, action="refund_management") == (403, refused)
    assert (await call(api, "act", **who, action="capture_payments"))[0] == 200
    assert (await call(api, "act", **who, action="complete"))[1]["error"]["code"] == "action_unknown"


@pytest.mark.asyncio
@pytest.mark.parametrize("end", ["expiry", "logout", "reset", "none"])
async def test_requests_of_an_ended_session_are_refused(api: Api, end: str) -> None:
    _, _, token = await session(api, payments=on())
    if end == "expiry":
        await api.control("POST", "/clock", {"advance": 3600})
    elif end == "logout":
        await call(api, "logout", session_token=token)
    elif end == "reset":
        await api.control("POST", "/reset")
    else:
        token = "em_test_nobody"
    for path in ("view", "act", "poll"):
        assert await call(api, path, session_token=token, component="payments", action="x") == (401, ENDED)


@pytest.mark.asyncio
async def test_requests_for_a_deleted_account_are_refused(api: Api) -> None:
    account, _, token = await session(api, payments=on())
    api.delete(f"/v1/accounts/{account}")
    status, body = await call(api, "view", session_token=token, component="payments")
    assert (status, body["error"]["code"]) == (400, "account_deleted")


@pytest.mark.asyncio
async def test_a_poll_shows_that_the_account_has_changed(api: Api) -> None:
    account, _, token = await session(api, payments=on())
    _, before = await call(api, "poll", session_token=token)
    assert before["expires_at"] - before["now"] in (3599, 3600)
    assert (await call(api, "poll", session_token=token))[1]["revision"] == before["revision"]
    api.post(f"/v1/accounts/{account}", {"business_type": "individual"})
    assert (await call(api, "poll", session_token=token))[1]["revision"] != before["revision"]


# --- onboarding -----------------------------------------------------------------------------------------------------


def due(api: Api, account: str) -> list[str]:
    return list(api.get(f"/v1/accounts/{account}").body["requirements"]["currently_due"])


@pytest.mark.asyncio
async def test_a_completed_onboarding_leaves_nothing_due(api: Api) -> None:
    account, _, token = await session(api, account_onboarding=on())
    who = {"session_token": token, "component": "account-onboarding"}
    assert due(api, account)
    status, body = await call(api, "act", **who, action="complete")
    assert (status, body["performed"], body["view"]["data"]["requirements"]) == (200, True, [])
    assert due(api, account) == []
    assert api.get(f"/v1/accounts/{account}").body["details_submitted"] is True


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("props", "left"),
    [
        ({"skipTermsOfServiceCollection": True}, ["tos_acceptance.date", "tos_acceptance.ip"]),
        ({"collectionOptions": {"requirements": {"exclude": ["external_account"]}}}, ["external_account"]),
        ({"collectionOptions": {"requirements": {"exclude": ["tos_*", "external_account"]}}}, None),
    ],
)
async def test_requirements_that_the_page_excludes_stay_due(api: Api, props: object, left: list[str] | None) -> None:
    account, _, token = await session(api, account_onboarding=on())
    _, shown = await call(api, "view", session_token=token, component="account-onboarding", props=props)
    assert ("external_account" in shown["data"]["steps"]) is ("exclude" not in str(props))
    await call(api, "act", session_token=token, component="account-onboarding", action="complete", props=props)
    assert due(api, account) == (left or ["external_account", "tos_acceptance.date", "tos_acceptance.ip"])


@pytest.mark.asyncio
async def test_only_the_requirements_that_the_page_names_are_collected(api: Api) -> None:
    account, _, token = await session(api, account_onboarding=on())
    before = due(api, account)
    props = {"collectionOptions": {"requirements": {"only": ["business_profile"]}}}
    who = {"session_token": token, "component": "account-onboarding", "props": props}
    required = (await call(api, "view", **who))[1]["data"]["requirements"]
    assert required == [name for name in before if name.startswith("business_profile.")]
    await call(api, "act", **who, action="complete")
    assert due(api, account) == [name for name in before if name not in required]


@pytest.mark.asyncio
async def test_without_collection_no_bank_account_is_required(api: Api) -> None:
    features = on(external_account_collection=False)
    account, _, token = await session(api, account_onboarding=features, notification_banner=features)
    _, shown = await call(api, "view", session_token=token, component="account-onboarding")
    assert "external_account" not in shown["data"]["steps"] + shown["data"]["requirements"]
    assert "stripe_user_authentication" not in shown["data"]["steps"]
    resolve = {"session_token": token, "component": "notification-banner", "action": "resolve"}
    status, body = await call(api, "act", **resolve, params={"requirement": "external_account"})
    assert (status, body["error"]["code"]) == (403, "feature_disabled")
    await call(api, "act", session_token=token, component="account-onboarding", action="complete")
    assert due(api, account) == ["external_account"]


@pytest.mark.asyncio
async def test_a_notification_can_be_resolved(api: Api) -> None:
    account, _, token = await session(api, notification_banner=on())
    before = due(api, account)
    resolve = {"session_token": token, "component": "notification-banner", "action": "resolve"}
    _, body = await call(api, "act", **resolve, params={"requirement": "external_account"})
    assert body["view"]["data"]["actionRequired"] == len(before) - 1
    assert "external_account" not in due(api, account)
    _, again = await call(api, "act", **resolve, params={"requirement": "external_account"})
    assert again == refusal(
        "requirement_unknown",
        "external_account is not required of the account.",
        "Send an entry of its requirements.",
    )


@pytest.mark.asyncio
async def test_account_management_adds_a_bank_account(api: Api) -> None:
    account, _, token = await session(api, account_management=on())
    who = {"session_token": token, "component": "account-management", "action": "external_account_collection"}
    assert (await call(api, "act", **who))[1]["performed"] is True
    assert api.get(f"/v1/accounts/{account}/external_accounts").body["data"][0]["object"] == "bank_account"
    assert (await call(api, "act", **who))[1]["performed"] is False


@pytest.mark.asyncio
async def test_documents_cover_the_last_three_months_that_ended(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": 1_798_761_600})  # 2027-01-01
    account, _, token = await session(api, documents=on())
    who = {"component": "documents"}
    assert (await call(api, "view", **who, session_token=token))[1]["data"] == {"documents": []}
    await api.control("POST", "/clock", {"freeze": 1_811_808_000})  # 2027-06-01
    secret = api.session(account, {"documents": on()}).body["client_secret"]
    _, claim = await call(api, "claim", client_secret=secret, publishable_key=PUBLISHABLE)
    assert (await call(api, "view", **who, session_token=claim["session_token"]))[1]["data"] == {
        "documents": [
            {"name": "Tax invoice 2027-05", "id": "doc_202705"},
            {"name": "Tax invoice 2027-04", "id": "doc_202704"},
            {"name": "Tax invoice 2027-03", "id": "doc_202703"},
        ]
    }


# --- forced errors --------------------------------------------------------------------------------------------------


def forced(**more: object) -> dict[str, object]:
    plain = {"type": None, "message": None, "component": None, "account": None, "delay_ms": 0}
    return {**plain, "before_loader_start": False, **more}


@pytest.mark.asyncio
async def test_a_forced_error_applies_to_the_next_matching_component(api: Api) -> None:
    answer = await api.control(
        "POST", "/connect/next_error", {"type": "api_error", "component": "payments", "times": 2}
    )
    error = forced(type="api_error", component="payments")
    assert answer.json() == {"forced": {**error, "times": 2}}
    assert (await api.control("GET", "/connect/next_error")).json() == {"data": [{**error, "times": 2}]}
    who = {"publishable_key": PUBLISHABLE}
    assert await call(api, "mount", **who, component="payouts") == (200, NOTHING)
    for _ in range(2):
        assert (await call(api, "mount", **who, component="payments"))[1] == {
            "forced": error,
            "retry_with_session": False,
        }
    assert await call(api, "mount", **who, component="payments") == (200, NOTHING)


@pytest.mark.asyncio
async def test_an_error_for_an_account_applies_once_the_account_is_known(api: Api) -> None:
    account, secret, _ = await session(api, payments=on())
    _, other, _ = await session(api, payments=on())
    await api.control("POST", "/connect/next_error", {"type": "api_error", "account": account})
    who = {"publishable_key": PUBLISHABLE, "component": "payments"}
    assert (await call(api, "mount", **who))[1] == {"forced": None, "retry_with_session": True}
    assert (await call(api, "mount", **who, client_secret=other))[1] == NOTHING
    assert (await call(api, "mount", **who, client_secret=secret))[1]["forced"]["account"] == account


@pytest.mark.asyncio
async def test_forced_errors_can_be_removed(api: Api) -> None:
    await api.control("POST", "/connect/next_error", {"delay_ms": 50, "times": 3})
    assert (await api.control("DELETE", "/connect/next_error")).json() == {"cleared": 3}
    assert (await api.control("GET", "/connect/next_error")).json() == {"data": []}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing_field"),
        ({"type": "card_error"}, "invalid_type"),
        ({"type": "api_error", "component": "payment"}, "invalid_component"),
        ({"type": "api_error", "times": 0}, "invalid_times"),
        ({"type": "api_error", "times": 101}, "invalid_times"),
        ({"type": "api_error", "delay_ms": -1}, "invalid_delay_ms"),
        ({"type": "api_error", "delay_ms": 60_001}, "invalid_delay_ms"),
        ({"type": "api_error", "account": ""}, "missing_field"),
    ],
)
async def test_an_invalid_forced_error_is_refused(api: Api, body: object, code: str) -> None:
    answer = await api.control("POST", "/connect/next_error", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


# --- the log -----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_log_has_the_events_of_pages(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": 1_790_000_000})
    _, secret, token = await session(api, payments=on())
    api.session(api.account(type="custom"), {"payments": on()})
    await call(api, "view", session_token=token, component="payments", mounted=True)
    await call(api, "view", session_token=token, component="payments")
    await call(api, "act", session_token=token, component="payments", action="refund_management", params={"n": 1})
    error = {"kind": "error", "component": "payouts", "name": "api_error", "detail": "Down."}
    closed = {"kind": "event", "component": "payouts", "name": "onClose", "detail": "[]"}
    await call(api, "report", publishable_key=PUBLISHABLE, events=[error, closed], origin="https://shop.test")
    plain = {"at": 1_790_000_000, "component": "payments", "client_secret": secret, "origin": "https://shop.test"}
    mounted = {**plain, "kind": "mounted", "name": "", "detail": ""}
    event = {**plain, "kind": "event", "name": "refund_management", "detail": '{"n":1}'}
    assert (await api.control("GET", "/connect/log")).json() == {
        "created": 2,
        "claimed": 1,
        "data": [mounted, event, *({**plain, **said, "client_secret": None} for said in (error, closed))],
    }
    shown = (await api.control("GET", f"/account_sessions/{secret}")).json()
    assert (shown["origin"], shown["mounted"], shown["events"], shown["errors"]) == (
        "https://shop.test",
        ["payments"],
        [event],
        [],
    )


@pytest.mark.asyncio
async def test_an_error_is_logged_with_its_client_secret_whatever_the_key(api: Api) -> None:
    _, secret, _ = await session(api, payments=on())
    wrong = {"publishable_key": "pk_test_wrong", "client_secret": secret}
    report = {"kind": "error", "component": "payments", "name": "authentication_error", "detail": "Wrong."}
    assert (await call(api, "report", **wrong, events=[report]))[1] == {"recorded": True}
    assert [error["name"] for error in (await api.control("GET", f"/account_sessions/{secret}")).json()["errors"]] == [
        "authentication_error"
    ]
    assert (await call(api, "report", publishable_key="pk_test_nobody", events=[report]))[1] == {"recorded": False}
    no_list = await call(api, "report", publishable_key=PUBLISHABLE, events=["mounted"])
    assert no_list[1]["error"]["code"] == "missing_field"
    assert (await call(api, "report", publishable_key=PUBLISHABLE, events=[report, {"kind": "mounted"}]))[1]["error"][
        "code"
    ] == "invalid_kind"


def test_the_log_of_component_events_is_bounded() -> None:
    pages = ComponentLog()
    for number in range(MAX_EVENTS + 5):
        pages.add(ComponentEvent(number, "event", "payments", "onExit", "", "secret", None))
    pages.force(ForcedError("api_error", None, None, None, 0, before_loader_start=False), MAX_FORCED)
    pages.force(ForcedError("render_error", None, None, None, 0, before_loader_start=False), 1)
    assert [happening.at for happening in pages][:2] == [5, 6]
    assert sum(times for _, times in pages.pending()) == MAX_FORCED


# --- the script -----------------------------------------------------------------------------------------------------


async def served(api: Api, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=api.emulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:12111") as client:
        return await client.request(method, path, headers=headers)


def config(text: str) -> Any:
    return json.loads(re.search(r"^const CONFIG = (.*);$", text, re.MULTILINE)[1])  # type: ignore[index]


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/v1.0/connect.js", "/v0.1/connect.js"])
async def test_the_script_names_the_emulator_that_served_it(api: Api, path: str) -> None:
    answer = await served(api, path, host="stripe-emulator:8000")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert config(answer.text)["origin"] == "http://stripe-emulator:8000"
    assert set(config(answer.text)["elements"]) == set(ELEMENTS)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "host", ['"-alert(1)-"', "</script>", "a b", "evil.test/x", "a:b", "[::1", "u@h", "a" * 300, ""]
)
async def test_an_invalid_host_is_not_written_into_the_script(api: Api, host: str) -> None:
    answer = await served(api, "/v1.0/connect.js", host=host)
    assert config(answer.text)["origin"] == "http://127.0.0.1:12111"


def test_the_script_is_safe_inside_html() -> None:
    line = script("http://h</script><!--\u2028", live=False).splitlines()[2]
    assert "</" not in line
    assert "<!--" not in line
    assert "\u2028" not in line


@pytest.mark.asyncio
async def test_the_script_takes_get_and_head_only(api: Api) -> None:
    assert (await served(api, "/v1.0/connect.js", "POST")).status_code == 405
    assert (await served(api, "/v1.0/connect.js", "HEAD")).text == ""
    assert (await served(api, "/v1.0/bridge.html")).headers["content-type"] == "text/html; charset=utf-8"
    assert (await served(api, "/v2.0/connect.js")).status_code == 404


@pytest.mark.asyncio
async def test_the_script_has_the_setting_for_live_keys() -> None:
    assert config((await served(Api(), "/v1.0/connect.js")).text)["live"] is False
    assert config((await served(Api(Settings(allow_live_keys=True)), "/v1.0/connect.js")).text)["live"] is True


def test_there_are_seven_load_errors() -> None:
    assert len(set(LOAD_ERRORS)) == 7


# --- sessions ended by a test ---------------------------------------------------------------------------------------


async def states(api: Api) -> list[tuple[str, bool]]:
    rows = (await api.control("GET", "/account_sessions")).json()["data"]
    return [(row["state"], row["session_expires_at"] is not None) for row in rows]


@pytest.mark.asyncio
async def test_a_test_can_end_sessions(api: Api) -> None:
    account, secret, token = await session(api, payments=on())
    other = (await session(api, payments=on()))[2]
    api.session(account, {"payments": on()})
    ended = await api.control("POST", "/account_sessions/end", {"client_secret": secret})
    assert (ended.status_code, ended.json()) == (200, {"ended": 1})
    assert await call(api, "poll", session_token=token) == (401, ENDED)
    assert (await call(api, "poll", session_token=other))[0] == 200
    assert (await api.control("POST", "/account_sessions/end", {"client_secret": secret})).json() == {"ended": 0}
    assert (await api.control("POST", "/account_sessions/end")).json() == {"ended": 2}
    assert await call(api, "poll", session_token=other) == (401, ENDED)
    assert await states(api) == [("expired", False), ("claimed", True), ("claimed", True)]


@pytest.mark.asyncio
async def test_an_ended_secret_cannot_be_claimed(api: Api) -> None:
    account = api.account(type="custom")
    secret = api.session(account, {"payments": on()}).body["client_secret"]
    await api.control("POST", "/account_sessions/end", {"client_secret": secret})
    status, body = await call(api, "claim", client_secret=secret, publishable_key=PUBLISHABLE)
    assert (status, body["error"]["code"]) == (400, "client_secret_expired")


@pytest.mark.asyncio
async def test_a_session_that_was_logged_out_has_ended(api: Api) -> None:
    _, secret, token = await session(api, payments=on())
    await call(api, "logout", session_token=token)
    assert (await api.control("POST", "/account_sessions/end", {"client_secret": secret})).json() == {"ended": 0}


@pytest.mark.asyncio
async def test_only_sessions_of_the_sandbox_are_ended(api: Api) -> None:
    _, secret, token = await session(api, payments=on())
    answer = await api.control("POST", "/account_sessions/end", {"client_secret": secret}, key="sk_test_other")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "account_session_not_found")
    assert (await call(api, "poll", session_token=token))[0] == 200
