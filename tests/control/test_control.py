"""The control API: the clock, reset, health, and errors that say what to do."""

from __future__ import annotations

import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import freezegun
import httpx
import pytest

from emulator import __version__
from emulator.catalog import versions
from emulator.control.app import ROUTES
from emulator.sandbox.clock import EARLIEST, LATEST
from emulator.settings import Settings

from ..api import KEY, Api, on

START = 1_790_000_000


async def _clock(api: Api, action: object) -> Any:
    answer = await api.control("POST", "/clock", action)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.asyncio
async def test_a_clock_can_be_frozen_moved_and_released(api: Api) -> None:
    with freezegun.freeze_time("2026-01-01 00:00:00"):
        wall = 1_767_225_600
        assert (await api.control("GET", "/clock")).json() == {"now": wall, "mode": "running", "offset": 0}
        assert await _clock(api, {"advance": 60}) == {"now": wall + 60, "mode": "running", "offset": 60}
        assert await _clock(api, {"advance": -90}) == {"now": wall - 30, "mode": "running", "offset": -30}
        assert await _clock(api, {"set": START}) == {"now": START, "mode": "running", "offset": START - wall}
        assert await _clock(api, {"freeze": True}) == {"now": START, "mode": "frozen", "offset": START - wall}
        assert (await _clock(api, {"advance": 5}))["now"] == START + 5
        assert (await _clock(api, {"freeze": 7}))["now"] == 7
        assert (await _clock(api, {"set": 9}))["now"] == 9
        assert await _clock(api, {"release": True}) == {"now": wall, "mode": "running", "offset": 0}


@pytest.mark.asyncio
async def test_a_running_clock_runs(api: Api) -> None:
    with freezegun.freeze_time("2026-01-01") as frozen:
        await _clock(api, {"set": START})
        frozen.tick(30)
        assert (await api.control("GET", "/clock")).json()["now"] == START + 30
        await _clock(api, {"freeze": True})
        frozen.tick(30)
        assert (await api.control("GET", "/clock")).json()["now"] == START + 30


@pytest.mark.asyncio
async def test_a_clock_belongs_to_one_sandbox(api: Api) -> None:
    await _clock(api, {"set": START})
    other = (await api.control("GET", "/clock", key="sk_test_other")).json()
    assert (other["mode"], other["offset"]) == ("running", 0)


@pytest.mark.asyncio
async def test_everything_follows_the_clock(api: Api) -> None:
    await _clock(api, {"freeze": 1_785_715_143})
    account = api.account(type="custom")
    answer = api.session(account, {"payments": on()})
    assert account.startswith("acct_1U09HX")
    assert api.get(f"/v1/accounts/{account}").body["created"] == 1_785_715_143
    assert answer.body["expires_at"] == 1_785_715_143 + 120
    assert parsedate_to_datetime(answer.headers["date"]).timestamp() == 1_785_715_143


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("action", "now"), [({"advance": 10**18}, LATEST), ({"advance": -(10**18)}, EARLIEST), ({"freeze": -5}, EARLIEST)]
)
async def test_a_clock_stays_in_its_bounds(api: Api, action: object, now: int) -> None:
    await _clock(api, {"freeze": START})
    assert (await _clock(api, action))["now"] == now
    account = api.account(type="custom")
    assert api.session(account, {"payments": on()}).status == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "action",
    [
        {}, {"advance": 1, "set": 2}, {"jump": 1}, {"advance": "soon"}, {"advance": True}, {"advance": None}, {"advance": 1.5},
        {"release": 5}, {"freeze": False}, {"set": "9" * 30}, {"set": [1]},
    ],
)  # fmt: skip
async def test_a_wrong_action_lists_the_valid_ones(api: Api, action: object) -> None:
    answer = await api.control("POST", "/clock", action)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["hint"][:11]) == ("invalid_clock_action", "Send one of")


def test_freezegun_moves_a_sandbox(api: Api) -> None:
    with freezegun.freeze_time("2026-01-01") as frozen:
        account = api.account(type="custom")
        first = api.session(account, {"payments": on()}).body["expires_at"]
        frozen.move_to(datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC))
        assert api.session(account, {"payments": on()}).body["expires_at"] == first + 86_400


# --- slips -----------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("route", "body", "message", "hint"),
    [
        ("POST /reset", {"al": True}, "POST /_emulator/reset has no al.", "It has all."),
        ("POST /version", {"version": "2023-10-16"}, "POST /_emulator/version has no version.", "It has api_version."),
        ("POST /keys", {"key": "rk_test_a", "permisions": []}, "POST /_emulator/keys has no permisions.", "It has key, state, permissions."),
        ("POST /account_sessions/end", {"secret": "x"}, "POST /_emulator/account_sessions/end has no secret.", "It has client_secret."),
        ("POST /webhooks/resend", {"id": "evt_1"}, "POST /_emulator/webhooks/resend has no id.", "It has event, endpoint."),
        ("POST /accounts/acct_1/disconnect", {"now": 1}, "POST /_emulator/accounts/acct_1/disconnect has no now.", "It has no fields."),
        ("POST /accounts/acct_1/verify", {"result": "failed"}, "POST /_emulator/accounts/acct_1/verify has no result.", "It has outcome."),
        ("POST /accounts/acct_1/reject", {"a": 1, "b": 2}, "POST /_emulator/accounts/acct_1/reject has no a, b.", "It has reason."),
        (
            "POST /connect/next_error", {"type": "api_error", "componnet": "payments"},
            "POST /_emulator/connect/next_error has no componnet.",
            "It has type, message, component, account, delay_ms, before_loader_start, times.",
        ),
        ("GET /accounts?limt=1", None, "GET /_emulator/accounts has no limt.", "It has limit."),
        ("GET /account_sessions?stat=open", None, "GET /_emulator/account_sessions has no stat.", "It has account, state, limit."),
        ("GET /events?typ=x", None, "GET /_emulator/events has no typ.", "It has type, account, limit."),
    ],
)  # fmt: skip
async def test_an_unknown_field_is_an_error_and_changes_nothing(
    api: Api, route: str, body: object, message: str, hint: str
) -> None:
    account = api.account(type="custom")
    method, path = route.split()
    answer = await api.control(method, path, body)
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": {"code": "unknown_field", "message": message, "hint": hint}},
    )
    assert api.get(f"/v1/accounts/{account}").status == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("/reset", {"all": "yes"}, "all"),
        ("/faults", {"error": "overloaded", "required": "yes"}, "required"),
        ("/connect/next_error", {"type": "api_error", "before_loader_start": "yes"}, "before_loader_start"),
    ],
)
async def test_a_flag_that_is_not_boolean_is_an_error(api: Api, path: str, body: object, name: str) -> None:
    answer = await api.control("POST", path, body)
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": {"code": f"invalid_{name}", "message": f"{name} cannot be 'yes'.", "hint": "Send true or false."}},
    )


# Zeros in front hid the size of a number from a check of its first digits, and int() fails on thousands of digits.
WRONG_NUMBERS = [
    "000001" + "9" * 12,
    "000000001" + "9" * 5000,
    "9" * 5000,
    "-1",
    "1_0",
    " 1",
    "1.0",
    "²",
    "0x1",
    "",
    "1e1",
]


@pytest.mark.asyncio
@pytest.mark.parametrize("number", WRONG_NUMBERS)
@pytest.mark.parametrize(
    ("route", "fields", "code"),
    [
        ("GET /accounts", {"limit": "?"}, "invalid_limit"),
        ("GET /account_sessions", {"limit": "?"}, "invalid_limit"),
        ("GET /events", {"limit": "?"}, "invalid_limit"),
        ("POST /limits", {"total": "?"}, "invalid_total"),
        ("POST /connect/next_error", {"type": "api_error", "times": "?"}, "invalid_times"),
        ("POST /connect/next_error", {"delay_ms": "?"}, "invalid_delay_ms"),
        ("POST /faults", {"error": "lock_timeout", "times": "?"}, "invalid_fault"),
        ("POST /faults", {"status": "?"}, "invalid_fault"),
        ("POST /accounts/{account}/requirements", {"requirement": "email", "deadline": "?"}, "invalid_deadline"),
    ],
)
async def test_a_number_out_of_bounds_is_an_error_in_words(
    api: Api, route: str, fields: dict[str, str], code: str, number: str
) -> None:
    method, path = route.replace("{account}", api.account(type="custom")).split()
    body = {name: number if value == "?" else value for name, value in fields.items()}
    if method == "GET":
        answer = await api.control(method, f"{path}?{urlencode(body)}")
    else:
        answer = await api.control(method, path, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert len(answer.text) < 1000


@pytest.mark.asyncio
async def test_zeros_in_front_of_a_number_do_not_count(api: Api) -> None:
    assert (await api.control("GET", "/accounts?limit=0000000000001")).status_code == 200
    assert (await api.control("POST", "/limits", {"total": "0000000000007"})).json()["total"] == 7
    assert (await _clock(api, {"freeze": f"{START:018}"}))["now"] == START


@pytest.mark.asyncio
@pytest.mark.parametrize("variables", ["x", ["x"], {"SHOP": 1}])
async def test_the_variables_of_a_seed_are_texts(api: Api, variables: object) -> None:
    answer = await api.control("POST", "/seeds", {"fixtures": [], "variables": variables})
    message = "variables must be an object of strings."
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": {"code": "invalid_variables", "message": message, "hint": "Send it as JSON."}},
    )


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "path", "status", "hint"),
    [
        ("DELETE", "/clock", 405, "There is GET and POST."),
        ("GET", "/accounts/acct_1/verify", 405, "There is POST."),
        ("GET", "/clok", 404, "Did you mean GET or POST /_emulator/clock?"),
        ("GET", "/account", 404, "Did you mean GET /_emulator/accounts?"),
        ("GET", "/requests/req_1", 404, "Did you mean GET /_emulator/requests?"),
        ("GET", "/v1/requests", 404, "Did you mean GET /_emulator/requests?"),
        ("POST", "/clock/advance", 404, "Did you mean GET or POST /_emulator/clock?"),
        ("POST", "/account/acct_1/verify", 404, "Did you mean POST /_emulator/accounts/{account}/verify?"),
        (
            "POST",
            "/accounts/acct_1/complete-onboarding",
            404,
            "Did you mean POST /_emulator/accounts/{account}/complete_onboarding?",
        ),
        ("POST", "/dispute/dp_1", 404, "Did you mean POST /_emulator/disputes/{id}/decide?"),
    ],
)
async def test_a_route_that_is_not_there_names_the_one_that_was_meant(
    api: Api, method: str, path: str, status: int, hint: str
) -> None:
    answer = await api.control(method, path)
    message = f"The control API has no {method} /_emulator{path}."
    assert (answer.status_code, answer.json()) == (
        status,
        {"error": {"code": "route_not_found", "message": message, "hint": hint}},
    )


# --- reset, health, version ------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_reset_deletes_one_sandbox_with_its_clock(api: Api) -> None:
    account = api.account(type="custom")
    other = api.post("/v1/accounts", {"type": "custom"}, authorization="Bearer sk_test_other").body["id"]
    await _clock(api, {"freeze": START})
    assert (await api.control("POST", "/reset")).json() == {"reset": f"test_{KEY.removeprefix('sk_test_')}"}
    assert api.get(f"/v1/accounts/{account}").status == 403
    assert (await api.control("GET", "/clock")).json()["mode"] == "running"
    assert api.get(f"/v1/accounts/{other}", authorization="Bearer sk_test_other").status == 200
    assert (await api.control("POST", "/reset", {"all": True}, key=None)).json() == {"reset": "all"}
    assert api.get(f"/v1/accounts/{other}", authorization="Bearer sk_test_other").status == 403


@pytest.mark.asyncio
async def test_health_and_version_need_no_key(api: Api) -> None:
    api.get("/v1/account")
    assert (await api.control("GET", "/health", key=None)).json() == {"status": "ok", "sandboxes": 1}
    version = (await api.control("GET", "/version", key=None)).json()
    assert (version["version"], version["api_version"]) == (__version__, versions.NEWEST)


def test_the_least_recently_used_sandbox_goes_first() -> None:
    api = Api(Settings(max_sandboxes=2))
    accounts = {}
    for key in ("sk_test_a", "sk_test_b"):
        accounts[key] = api.post("/v1/accounts", {"type": "custom"}, authorization=f"Bearer {key}").body["id"]
    api.get("/v1/account", authorization="Bearer sk_test_a")
    api.get("/v1/account", authorization="Bearer sk_test_c")
    assert api.get(f"/v1/accounts/{accounts['sk_test_a']}", authorization="Bearer sk_test_a").status == 200
    assert api.get(f"/v1/accounts/{accounts['sk_test_b']}", authorization="Bearer sk_test_b").status == 403


def test_a_seed_repeats_ids() -> None:
    with freezegun.freeze_time("2026-01-01"):
        one, two = (Api(Settings(id_seed="x")) for _ in range(2))
        assert one.account(type="custom") == two.account(type="custom")
        assert one.account(type="custom") != Api(Settings(id_seed="y")).account(type="custom")


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("key", [None, "pk_test_1", "nonsense"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/clock"), ("POST", "/reset"), ("GET", "/account_sessions"), ("GET", "/requests")]
)
async def test_requests_about_a_sandbox_require_its_key(api: Api, key: str | None, method: str, path: str) -> None:
    answer = await api.control(method, path, key=key)
    assert answer.status_code == 401
    assert answer.json() == {
        "error": {
            "code": "secret_key_required",
            "message": "This request is about one sandbox, and a sandbox belongs to a secret key.",
            "hint": "Send the key that your tests use: 'Authorization: Bearer sk_test_...'.",
        }
    }


@pytest.mark.asyncio
async def test_an_unknown_route_names_the_known_ones(api: Api) -> None:
    answer = await api.control("GET", "/nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "route_not_found")
    assert "POST /_emulator/clock" in answer.json()["error"]["hint"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"{", "application/json"), (b"[1]", "application/json"), (b"a=%ff", "application/x-www-form-urlencoded")],
)
async def test_an_unreadable_body_is_an_error(api: Api, content: bytes, kind: str) -> None:
    transport = httpx.ASGITransport(app=api.emulator)
    headers = {"authorization": f"Bearer {KEY}", "content-type": kind}
    async with httpx.AsyncClient(transport=transport, base_url="http://emulator.test") as client:
        answer = await client.post("/_emulator/clock", content=content, headers=headers)
        too_large = await client.post("/_emulator/clock", content=b" " * 1_048_577 + b"{}", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_body")
    assert (too_large.status_code, too_large.json()["error"]["code"]) == (413, "body_too_large")


@pytest.mark.asyncio
async def test_a_form_works_as_well_as_json(api: Api) -> None:
    transport = httpx.ASGITransport(app=api.emulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://emulator.test") as client:
        answer = await client.post(
            "/_emulator/clock", data={"freeze": str(START)}, headers={"authorization": f"Bearer {KEY}"}
        )
    assert answer.json()["now"] == START


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/connect/claim", "/connect/logout"])
async def test_a_page_of_any_origin_may_claim(api: Api, path: str) -> None:
    answer = await api.control("OPTIONS", path, key=None)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")


def test_every_route_has_a_docstring() -> None:
    assert [route.path for route in ROUTES if not (route.endpoint.__doc__ or "").strip()] == []


# --- the journal -----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_last_requests_are_kept_without_secrets(api: Api) -> None:
    await _clock(api, {"freeze": START})
    account = api.account(type="custom")
    secret = api.session(account, {"payments": on()}).body["client_secret"]
    api.get("/v1/accounts/acct_none")
    entries = (await api.control("GET", "/requests")).json()["data"]
    assert [(e["method"], e["path"], e["status"], e["error"]) for e in entries] == [
        ("POST", "/v1/accounts", 200, None),
        ("POST", "/v1/account_sessions", 200, None),
        ("GET", "/v1/accounts/acct_none", 403, "account_invalid"),
    ]
    assert entries[1]["request_body"] == f"account={account}&components%5Bpayments%5D%5Benabled%5D=true"
    assert secret not in entries[1]["response_body"]
    assert secret[:17] + "***" in entries[1]["response_body"]
    assert entries[0]["at"] == START
    for _ in range(1100):
        api.get("/v1/account")
    assert len((await api.control("GET", "/requests")).json()["data"]) == 1000
