"""Requests with keys of different sandboxes: Stripe's error stays, and the log and the journal say how to pair them."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from emulator.app import Emulator
from emulator.http.asgi import StripeApi
from emulator.http.message import Request
from emulator.settings import Settings

from ..api import KEY, NEWEST, Api, on

PAIRING = (
    "Pair the publishable key with the secret key: start with --key-pairs pk_test_A=sk_test_B, or send "
    '{"key": "pk_test_A"} with the secret key to POST /_emulator/keys.'
)
OTHER = "pk_test_of_another_sandbox"
HIDDEN = "pk_test_**************dbox"
HIDDEN_KEY = "sk_test_********************klmn"


async def rows(api: Api, path: str, key: str = KEY) -> Any:
    return (await api.control("GET", path, key=key)).json()["data"]


def _token(api: Api) -> str:
    fields = {"account": {"business_type": "individual", "tos_shown_and_accepted": True}}
    return str(api.post("/v1/tokens", fields, authorization=f"Bearer {OTHER}").body["id"])


@pytest.mark.asyncio
async def test_a_token_of_another_sandbox_is_explained(api: Api) -> None:
    token = _token(api)
    refused = api.post("/v1/accounts", {"type": "custom", "account_token": token}, idempotency_key="k")
    assert (refused.status, refused.error) == (
        400,
        {
            "code": "resource_missing",
            "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
            "message": f"No such token: '{token}'",
            "param": "account_token",
            "type": "invalid_request_error",
        },
    )
    hint = f"{token} exists in the sandbox of {HIDDEN}, and {HIDDEN_KEY} opens another sandbox. {PAIRING}"
    assert [row["hint"] for row in await rows(api, "/requests")] == [hint]
    assert await rows(api, "/warnings") == [{"kind": "different_sandboxes", "message": hint}]


@pytest.mark.asyncio
async def test_a_token_of_v2_of_another_sandbox_is_explained(api: Api) -> None:
    fields = {"identity": {"entity_type": "individual"}}
    token = api.v2("POST", "/core/account_tokens", fields, authorization=f"Bearer {OTHER}").body["id"]
    refused = api.v2("POST", "/core/accounts", {"account_token": token}, idempotency_key="k")
    assert (refused.status, refused.body["error"]["code"]) == (403, "invalid_account_token")
    (row,) = await rows(api, "/requests")
    assert row["hint"].startswith(f"{token} exists in the sandbox of {HIDDEN}, and ")


@pytest.mark.asyncio
async def test_paired_keys_need_no_hint(api: Api) -> None:
    assert (await api.control("POST", "/keys", {"key": OTHER})).status_code == 200
    assert api.post("/v1/accounts", {"type": "custom", "account_token": _token(api)}).status == 200
    assert [row["hint"] for row in await rows(api, "/requests")] == [None, None]


@pytest.mark.asyncio
async def test_an_id_that_nobody_has_needs_no_hint_nor_does_an_object_of_a_secret_key(api: Api) -> None:
    account = api.post("/v1/accounts", {"type": "custom"}, authorization="Bearer sk_test_of_another_sandbox").body["id"]
    api.post("/v1/accounts", {"type": "custom", "account_token": "ct_nobody"})
    api.session(account, {"payments": on()})
    assert [row["hint"] for row in await rows(api, "/requests")] == [None, None]


@pytest.mark.asyncio
async def test_a_client_secret_of_another_sandbox_is_explained_in_the_journal_of_its_own(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    secret = api.session(api.account(type="custom"), {"payments": on()}).body["client_secret"]
    claim = {"client_secret": secret, "publishable_key": OTHER}
    refused = await api.control("POST", "/connect/claim", claim, key=None)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "publishable_key_mismatch")
    shown = f"accs_secret__{secret[13:17]}***{secret[-4:]}"
    holder = "pk_test_********************klmn"
    hint = f"The client secret {shown} exists in the sandbox of {holder}, and {HIDDEN} opens another sandbox. {PAIRING}"
    row = (await rows(api, "/requests"))[-1]
    assert (row["method"], row["path"], row["status"]) == ("POST", "/_emulator/connect/claim", 400)
    assert (row["error"], row["hint"]) == ("publishable_key_mismatch", hint)
    assert secret not in str(row)
    assert {"kind": "different_sandboxes", "message": hint} in await rows(api, "/warnings")
    assert [record.getMessage() for record in caplog.records] == [hint]


def test_the_log_line_has_the_hint(caplog: pytest.LogCaptureFixture) -> None:
    emulator = Emulator(Settings())
    app = StripeApi(emulator.pipeline)

    def send(key: str, path: str, body: bytes) -> None:
        headers = {b"authorization": f"Bearer {key}".encode(), b"content-type": b"application/x-www-form-urlencoded"}
        app.respond(Request("POST", path, b"", headers, body))

    send(OTHER, "/v1/tokens", b"person[first_name]=Jenny")
    (other,) = emulator.sandboxes._sandboxes.values()
    (token,) = other.tokens.newest_first()
    caplog.set_level(logging.INFO, "emulator.access")
    send(KEY, "/v1/accounts/acct_1/persons", b"")
    send(KEY, "/v1/accounts", f"type=custom&account_token={token.id}".encode())
    plain, explained = (record.getMessage() for record in caplog.records)
    assert explained.endswith(f"resource_missing {token.id} exists in the sandbox of {HIDDEN}, and {HIDDEN_KEY} opens "
                              f"another sandbox. {PAIRING}")  # fmt: skip
    assert "sandbox" not in plain


# --- unknown URLs -----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/v1/acounts", "/v1/accounts/", "/v2/core/nothing", "/account_sessions"])
async def test_a_request_to_an_unknown_url_is_in_the_journal_of_its_key(api: Api, path: str) -> None:
    sent = api.send("POST", path, b"type=custom", stripe_account="acct_1", idempotency_key="k", user_agent="curl")
    assert sent.status == 404
    assert "request_log_url" not in sent.body["error"]
    assert "original-request" not in sent.headers
    (row,) = await rows(api, "/requests")
    assert row == {
        "at": row["at"],
        "method": "POST",
        "path": path,
        "status": 404,
        "request_id": sent.headers["request-id"],
        "account": "acct_1",
        "error": "not_found" if path.startswith("/v2") else "invalid_request_error",
        "version": NEWEST,
        "idempotency_key": "k",
        "replayed": False,
        "fault": None,
        "user_agent": "curl",
        "fidelity": "modelled",
        "operation": None,
        "hint": None,
        "request_body": "type=custom",
        "response_body": sent.raw.decode(),
    }


@pytest.mark.asyncio
async def test_a_request_to_an_unknown_url_without_a_valid_key_is_in_no_journal(api: Api) -> None:
    for key in (None, "Bearer nonsense", "Bearer sk_live_123", "Bearer sk_org_123"):
        assert api.get("/v1/acounts", authorization=key).status == 404
    assert len(api.emulator.sandboxes) == 0


@pytest.mark.asyncio
async def test_a_request_to_an_unknown_url_causes_no_warning_of_a_retry(api: Api) -> None:
    api.post("/v1/acounts", {"type": "custom"})
    assert await rows(api, "/warnings") == []


# --- operations ------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_operations_that_are_not_emulated_or_generic_are_counted(api: Api) -> None:
    for _ in range(2):
        assert api.post("/v1/tokens", {"pii": {"id_number": "000000000"}}).status == 501
        assert api.post("/v1/apple_pay/domains", {"domain_name": "example.com"}).status == 200
    api.get("/v1/account")
    api.get("/v1/apple_pay/domains/apwc_1", authorization="Bearer sk_test_another")
    own = (await api.control("GET", "/operations")).json()
    assert own == {"not_emulated": {"POST /v1/tokens (pii)": 2}, "generic": {"POST /v1/apple_pay/domains": 2}}
    await api.control("POST", "/reset")
    assert (await api.control("GET", "/operations")).json() == {"not_emulated": {}, "generic": {}}
    everything = (await api.control("GET", "/operations?all=true", key=None)).json()
    assert everything["generic"] == {"POST /v1/apple_pay/domains": 2, "GET /v1/apple_pay/domains/{domain}": 1}
    assert [row["operation"] for row in await rows(api, "/requests", "sk_test_another")] == [
        "GET /v1/apple_pay/domains/{domain}"
    ]


@pytest.mark.asyncio
async def test_the_names_of_operations_that_are_counted_are_bounded(api: Api) -> None:
    gaps = api.emulator.sandboxes.gaps
    for number in range(1500):
        gaps.count(f"POST /v1/{number}", generic=True)
    gaps.count("POST /v1/0", generic=True)
    assert (len(gaps.generic), gaps.generic["POST /v1/0"]) == (1000, 2)
