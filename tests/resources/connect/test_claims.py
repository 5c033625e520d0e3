"""Claiming a client secret: once, in time and with the right key, for a session token."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from emulator.resources.connect.account_sessions.claims import REFUSALS
from emulator.settings import Settings
from emulator.store.rows import BrowserSession, Session
from emulator.store.sessions import ATTEMPTS_KEPT, DROPPED_AT_ONCE, ClaimResult, Sessions

from ...api import KEY, PUBLISHABLE, Api, on

START = 1_790_000_000


async def _created(api: Api, **components: object) -> tuple[str, str]:
    """A frozen clock, an account and a secret for it."""
    await api.control("POST", "/clock", {"freeze": START})
    account = api.account(type="custom")
    return account, api.session(account, components or {"payments": on(refund_management=False)}).body["client_secret"]


async def _claim(api: Api, secret: object, key: object = PUBLISHABLE) -> tuple[int, Any]:
    response = await api.control("POST", "/connect/claim", {"client_secret": secret, "publishable_key": key}, key=None)
    return response.status_code, response.json()


@pytest.mark.asyncio
async def test_a_claim_returns_the_components_of_the_page(api: Api) -> None:
    account, secret = await _created(api)
    status, body = await _claim(api, secret)
    token = body.pop("session_token")
    assert status == 200
    assert body == {
        "account": account,
        "components": {
            "payments": {
                "capture_payments": True,
                "destination_on_behalf_of_charge_management": False,
                "dispute_management": True,
                "refund_management": False,
                "smart_disputes_management": True,
            }
        },
        "created": START,
        "expires_at": START + 3600,
        "livemode": False,
    }
    assert token.startswith("em_test_")
    assert len(token) == 107


def _refused(code: str) -> dict[str, Any]:
    message, hint = REFUSALS[code]
    return {"error": {"code": code, "message": message, "hint": hint}}


@pytest.mark.asyncio
async def test_a_secret_works_once(api: Api) -> None:
    _, secret = await _created(api)
    assert (await _claim(api, secret))[0] == 200
    assert await _claim(api, secret) == (400, _refused("client_secret_used"))


@pytest.mark.asyncio
async def test_a_secret_expires_at_its_second(api: Api) -> None:
    _, secret = await _created(api)
    await api.control("POST", "/clock", {"advance": 120})
    assert await _claim(api, secret) == (400, _refused("client_secret_expired"))
    await api.control("POST", "/clock", {"advance": -1})
    assert (await _claim(api, secret))[0] == 200


@pytest.mark.asyncio
async def test_a_used_secret_stays_used_after_its_time(api: Api) -> None:
    _, secret = await _created(api)
    await _claim(api, secret)
    await api.control("POST", "/clock", {"advance": 500})
    assert await _claim(api, secret) == (400, _refused("client_secret_used"))


@pytest.mark.asyncio
async def test_an_unknown_secret_has_its_own_error(api: Api) -> None:
    await _created(api)
    assert await _claim(api, "accs_secret__nobody") == (400, _refused("client_secret_unknown"))


@pytest.mark.asyncio
async def test_the_secret_of_a_deleted_account_has_its_own_error(api: Api) -> None:
    account, secret = await _created(api)
    api.delete(f"/v1/accounts/{account}")
    assert await _claim(api, secret) == (400, _refused("account_deleted"))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "invalid_publishable_key"),
        ("nonsense", "invalid_publishable_key"),
        (KEY, "secret_key_given"),
        ("pk_test_other", "publishable_key_mismatch"),
        (PUBLISHABLE.replace("test", "live"), "mode_mismatch"),
    ],
)
async def test_a_wrong_publishable_key_does_not_use_up_the_secret(api: Api, key: str, code: str) -> None:
    _, secret = await _created(api)
    assert await _claim(api, secret, key) == (400, _refused(code))
    assert (await _claim(api, secret))[0] == 200


@pytest.mark.asyncio
async def test_a_live_publishable_key_alone_is_refused(api: Api) -> None:
    assert await _claim(api, "accs_secret__x", "pk_live_1") == (400, _refused("live_keys_refused"))


@pytest.mark.asyncio
async def test_keys_with_other_suffixes_can_be_paired() -> None:
    api = Api(Settings(key_pairs=f"pk_test_elsewhere={KEY}"))
    _, secret = await _created(api)
    assert (await _claim(api, secret, "pk_test_elsewhere"))[0] == 200


@pytest.mark.asyncio
async def test_of_many_claims_at_once_one_wins(api: Api) -> None:
    _, secret = await _created(api)
    claims = await asyncio.gather(*(_claim(api, secret) for _ in range(64)))
    assert sorted(status for status, _ in claims) == [200] + [400] * 63
    assert {body["error"]["code"] for status, body in claims if status == 400} == {"client_secret_used"}


@pytest.mark.asyncio
@pytest.mark.parametrize("body", [None, {}, {"client_secret": ""}, {"client_secret": 5}])
async def test_a_claim_without_a_secret_is_invalid(api: Api, body: object) -> None:
    response = await api.control("POST", "/connect/claim", body, key=None)
    assert response.status_code == 400
    assert response.json() == {
        "error": {
            "code": "missing_field",
            "message": "The body has no client_secret.",
            "hint": "Send client_secret as a non-empty string.",
        }
    }


# --- the token -------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_token_acts_for_its_account_only(api: Api) -> None:
    account, secret = await _created(api)
    other = api.account(type="custom")
    token = "Bearer " + (await _claim(api, secret))[1]["session_token"]
    assert api.get("/v1/account", authorization=token).body["id"] == account
    assert api.get(f"/v1/accounts/{account}", authorization=token).status == 200
    assert api.get(f"/v1/accounts/{other}", authorization=token).status == 403
    assert api.get("/v1/account", authorization=token, stripe_account=other).status == 403
    assert api.session(account, {"payments": on()}, authorization=token).status == 403


@pytest.mark.asyncio
@pytest.mark.parametrize("end", ["expiry", "logout", "deletion", "reset"])
async def test_an_ended_token_gets_stripes_error(api: Api, end: str) -> None:
    account, secret = await _created(api)
    token = (await _claim(api, secret))[1]["session_token"]
    if end == "expiry":
        await api.control("POST", "/clock", {"advance": 3600})
    elif end == "logout":
        assert (await api.control("POST", "/connect/logout", {"session_token": token}, key=None)).json() == {
            "revoked": True
        }
        assert (await api.control("POST", "/connect/logout", {"session_token": token}, key=None)).json() == {
            "revoked": False
        }
    elif end == "deletion":
        api.delete(f"/v1/accounts/{account}")
    else:
        await api.control("POST", "/reset")
    response = api.get("/v1/account", authorization=f"Bearer {token}")
    assert response.status == 401
    assert response.body == {
        "error": {
            "message": "Invalid API Key provided: em_test_" + "*" * 93 + token[-6:],
            "type": "invalid_request_error",
        }
    }


@pytest.mark.asyncio
async def test_a_live_session_has_a_live_token() -> None:
    api = Api(Settings(allow_live_keys=True), {"authorization": "Bearer sk_live_1"})
    secret = api.session(api.account(type="custom"), {"payments": on()}).body["client_secret"]
    _, body = await _claim(api, secret, "pk_live_1")
    assert (body["livemode"], body["session_token"][:8]) == (True, "em_live_")
    assert await _claim(api, secret, "pk_test_1") == (400, _refused("mode_mismatch"))


# --- what the test sees ----------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_account_sessions_can_be_retrieved(api: Api) -> None:
    account, secret = await _created(api, payouts_list=on())
    await _claim(api, secret)
    await api.control("POST", "/clock", {"advance": 5})
    await _claim(api, secret)
    shown = {
        "client_secret": secret,
        "account": account,
        "components": {"payouts_list": {}},
        "created": START,
        "expires_at": START + 120,
        "state": "claimed",
        "claimed_at": START,
        "session_expires_at": START + 3600,
        "claim_attempts": [{"at": START, "outcome": "claimed"}, {"at": START + 5, "outcome": "used"}],
        "origin": None,
        "mounted": [],
        "events": [],
        "errors": [],
    }
    assert (await api.control("GET", f"/account_sessions/{secret}")).json() == shown
    assert (await api.control("GET", "/account_sessions")).json() == {"data": [shown], "total": 1}
    assert (await api.control("GET", "/account_sessions", key="sk_test_other")).json() == {"data": [], "total": 0}


@pytest.mark.asyncio
async def test_account_sessions_can_be_filtered(api: Api) -> None:
    account, first = await _created(api)
    await api.control("POST", "/clock", {"advance": 60})
    second = api.session(account, {"payments": on()}).body["client_secret"]
    other = api.session(api.account(type="custom"), {"payments": on()}).body["client_secret"]
    await api.control("POST", "/clock", {"advance": 60})

    async def listed(query: str) -> list[str]:
        return [row["client_secret"] for row in (await api.control("GET", f"/account_sessions?{query}")).json()["data"]]

    assert await listed("") == [other, second, first]
    assert await listed("limit=1") == [other]
    assert await listed(f"account={account}") == [second, first]
    assert await listed("state=expired") == [first]
    assert await listed("state=open") == [other, second]
    assert await listed("state=claimed") == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/account_sessions?state=gone", 400, "invalid_state"),
        ("/account_sessions?limit=0", 400, "invalid_limit"),
        ("/account_sessions?limit=x", 400, "invalid_limit"),
        ("/account_sessions?limit=1000000000000", 400, "invalid_limit"),
        ("/account_sessions/accs_secret__nobody", 404, "account_session_not_found"),
    ],
)
async def test_an_invalid_query_has_a_hint(api: Api, path: str, status: int, code: str) -> None:
    response = await api.control("GET", path)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert response.json()["error"]["hint"]


# --- the table -------------------------------------------------------------------------------------------------------


def _row(number: int, created: int) -> Session:
    return Session(f"secret{number}", "acct_1", created, created + 120, 0, 0, "2026-10-28")


def _browser(number: int, now: int) -> BrowserSession:
    return BrowserSession(f"token{number}", f"secret{number}", "acct_1", now, now + 3600)


def test_ended_sessions_are_kept_for_a_bounded_history() -> None:
    sessions = Sessions(history=10)
    for number in range(1000):
        sessions.add(_row(number, created=number * 1000))
    assert len(sessions) == 10  # nine that ended, and the one that is open
    assert sessions.get("secret989") is None
    assert sessions.get("secret990") == _row(990, created=990_000)


def test_no_request_waits_for_all_that_ended_at_once() -> None:
    sessions = Sessions(history=10)
    for number in range(1000):
        sessions.add(_row(number, created=5))
    kept = []
    for number in range(1000, 1020):
        sessions.add(_row(number, created=500))
        kept.append(len(sessions))
    assert kept[:3] == [1000 - DROPPED_AT_ONCE + 1, 1000 - 2 * (DROPPED_AT_ONCE - 1), 1000 - 3 * (DROPPED_AT_ONCE - 1)]
    assert kept[-1] == 20  # those that are open


def test_open_sessions_are_never_dropped() -> None:
    sessions = Sessions(history=10)
    for number in range(1000):
        sessions.add(_row(number, created=5))
    assert len(sessions) == 1000


def test_a_claimed_session_lives_as_long_as_its_token() -> None:
    sessions = Sessions(history=0)
    sessions.add(_row(1, created=0))
    assert sessions.claim(_browser(1, now=100), account_exists=True) is ClaimResult.CLAIMED
    sessions.add(_row(2, created=3699))
    assert sessions.browser_session("token1", 3699) == _browser(1, now=100)
    sessions.add(_row(3, created=3700))
    assert sessions.get("secret1") is None
    assert sessions.claimed("secret1") is None
    assert sessions.attempts("secret1") == ()
    assert sessions.browser_session("token1", 100) is None


def test_the_attempts_of_a_secret_are_bounded() -> None:
    sessions = Sessions()
    sessions.add(_row(1, created=0))
    for now in range(100):
        sessions.claim(_browser(1, now), account_exists=True)
    attempts = sessions.attempts("secret1")
    assert len(attempts) == ATTEMPTS_KEPT
    assert attempts[-1].at == 99
