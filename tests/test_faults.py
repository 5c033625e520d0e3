"""Faults: what a test asks to go wrong goes wrong, in the real failure's way, and only that."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from emulator.client import EmulatorClient
from emulator.faults import BadFault, Effect, Fault, Faults, Match, constructors, named_error
from emulator.server import Server
from emulator.settings import Settings
from tests.api import KEY, Api, on
from tests.clients import install, transcript

SESSIONS = "/v1/account_sessions"


async def _fault(api: Api, **fault: object) -> dict[str, Any]:
    answer = await api.control("POST", "/faults", fault)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


# --- matching and counting -------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_next_matching_request_fails_and_no_other(api: Api) -> None:
    account = api.account(type="custom")
    fault = await _fault(api, error="lock_timeout", path=SESSIONS)
    assert api.get("/v1/account").status == 200
    answer = api.session(account, {"payments": on()}, idempotency_key="k")
    assert answer.status == 429
    assert answer.error == {
        "code": "lock_timeout",
        "doc_url": "https://stripe.com/docs/error-codes/lock-timeout",
        "message": "This object cannot be accessed right now because another API request or Stripe process is currently "
        "accessing it. If you see this error intermittently, retry the request. If you see this error frequently and are "
        "making multiple concurrent requests to a single object, make your requests serially or at a lower rate.",
        "type": "invalid_request_error",
    }
    assert answer.headers["stripe-should-retry"] == "true"
    assert answer.headers["idempotency-key"] == "k"
    assert api.session(account, {"payments": on()}, idempotency_key="k").status == 200
    listed = (await api.control("GET", "/faults")).json()["data"]
    assert [(f["id"], f["hits"]) for f in listed] == [(fault["id"], 1)]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({}, True),
        ({"method": "post"}, True),
        ({"method": "GET"}, False),
        ({"path": "/v1/*"}, True),
        ({"path": "/v1/accounts"}, False),
        ({"params": {"components[payments][enabled]": True}}, True),
        ({"params": {"components[payouts][enabled]": "true"}}, False),
        ({"account": "ACCOUNT"}, True),
        ({"account": "acct_other"}, False),
    ],
)
async def test_a_fault_matches_by_method_path_account_and_parameters(
    api: Api, match: dict[str, Any], hit: bool
) -> None:
    account = api.account(type="custom")
    match = {name: account if value == "ACCOUNT" else value for name, value in match.items()}
    await _fault(api, error="overloaded", **match)
    assert api.session(account, {"payments": on()}).status == (503 if hit else 200)


@pytest.mark.asyncio
async def test_a_fault_reads_the_json_of_v2(api: Api) -> None:
    await _fault(api, error="overloaded", params={"identity[country]": "us"})
    sent = {"identity": {"country": "fr"}}
    assert api.v2("POST", "/core/accounts", sent).status == 200
    assert api.v2("POST", "/core/accounts", {"identity": {"country": "us"}}).status == 503


@pytest.mark.asyncio
async def test_a_fault_strikes_so_many_times(api: Api) -> None:
    await _fault(api, error="rate_limited", times=2)
    assert [api.get("/v1/account").status for _ in range(3)] == [429, 429, 200]
    await _fault(api, error="rate_limited", times=None)
    assert {api.get("/v1/account").status for _ in range(20)} == {429}


@pytest.mark.asyncio
async def test_a_seeded_probability_repeats(api: Api) -> None:
    seen = []
    for _ in range(2):
        await _fault(api, error="rate_limited", times=None, probability=0.5, seed="x")
        seen.append([api.get("/v1/account").status for _ in range(40)])
        await api.control("DELETE", "/faults")
    assert seen[0] == seen[1]
    assert set(seen[0]) == {200, 429}


@pytest.mark.asyncio
async def test_a_fault_can_be_removed(api: Api) -> None:
    fault = await _fault(api, error="rate_limited", times=None)
    assert (await api.control("DELETE", f"/faults/{fault['id']}")).json()["id"] == fault["id"]
    assert api.get("/v1/account").status == 200
    assert (await api.control("DELETE", f"/faults/{fault['id']}")).json()["error"]["code"] == "fault_not_found"


@pytest.mark.asyncio
async def test_a_fault_belongs_to_one_sandbox(api: Api) -> None:
    await _fault(api, error="rate_limited", times=None)
    assert api.get("/v1/account", authorization="Bearer sk_test_other").status == 200


# --- before and after ------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(("moment", "accounts"), [("before", 1), ("after", 2)])
async def test_before_there_is_no_effect_and_after_only_the_answer_is_lost(
    api: Api, moment: str, accounts: int
) -> None:
    await _fault(api, error="overloaded", path="/v1/accounts", method="POST", moment=moment)
    first = api.post("/v1/accounts", "type=custom", idempotency_key="a")
    assert first.status == 503
    api.post("/v1/accounts", "type=custom", idempotency_key="b")
    assert len(api.get("/v1/accounts").body["data"]) == accounts


@pytest.mark.asyncio
async def test_a_retry_after_a_lost_answer_gets_the_answer(api: Api) -> None:
    await _fault(api, error="api_error", path="/v1/accounts", moment="after")
    assert api.post("/v1/accounts", "type=custom", idempotency_key="k").status == 500
    retry = api.post("/v1/accounts", "type=custom", idempotency_key="k")
    assert (retry.status, retry.headers["idempotent-replayed"]) == (200, "true")
    assert len(api.get("/v1/accounts").body["data"]) == 1


@pytest.mark.asyncio
async def test_an_error_of_the_run_is_saved_as_the_real_one_is(api: Api) -> None:
    await _fault(api, error="api_error", path="/v1/accounts")
    first = api.post("/v1/accounts", "type=custom", idempotency_key="k")
    retry = api.post("/v1/accounts", "type=custom", idempotency_key="k")
    assert (first.status, retry.status, retry.raw) == (500, 500, first.raw)


@pytest.mark.asyncio
async def test_a_request_that_is_wrong_anyway_gets_its_own_error(api: Api) -> None:
    await _fault(api, error="overloaded", moment="after")
    assert api.post(SESSIONS).error["message"] == "Missing required param: account."


@pytest.mark.asyncio
async def test_an_error_takes_arguments(api: Api) -> None:
    await _fault(api, error="no_such", arguments={"noun": "account", "identifier": "acct_9", "param": "account"})
    assert api.get("/v1/account").error["message"] == "No such account: 'acct_9'"


@pytest.mark.parametrize("name", sorted(constructors()))
def test_every_error_can_be_named(name: str) -> None:
    examples: dict[str, object] = {
        "path": "a[b]", "paths": ["a", "b[c]"], "values": ["x", "y"], "status": 404, "length": 0, "minimum": 1, "maximum": 2,
        "combination": "x", "required": ["a"],
    }  # fmt: skip
    import inspect  # noqa: PLC0415

    parameters = inspect.signature(constructors()[name]).parameters.values()
    needed = {p.name: examples.get(p.name, "text") for p in parameters if p.default is inspect.Parameter.empty}
    assert named_error(name, needed).status >= 400


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({}, "A fault needs one of error, status, latency and connection."),
        ({"error": "no_such"}, "No_such("),
        ({"error": "lock_timeout", "colour": 1}, "A fault has no colour."),
        ({"status": 200}, "Status must be from 400 to 599, not 200."),
        ({"status": "²²²"}, "Status must be from 400 to 599, not '²²²'."),
        ({"status": "04000"}, "Status must be from 400 to 599, not '04000'."),
        ({"status": 500, "times": "²"}, "Times must be a whole number of at least 1, or null, not '²'."),
        ({"latency": -1}, "Latency must be a number from 0 to 600, not -1."),
        ({"latency": "soon"}, "Latency must be a number from 0 to 600, not 'soon'."),
        ({"connection": "slow"}, "Connection must be one of drop, half, malformed, timeout, not 'slow'."),
        ({"error": "lock_timeout", "moment": "during"}, "Moment must be one of before, after, not 'during'."),
        ({"error": "lock_timeout", "times": 0}, "Times must be a whole number of at least 1, or null, not 0."),
        ({"error": "lock_timeout", "probability": 2}, "Probability must be a number from 0 to 1, not 2."),
        ({"error": "lock_timeout", "path": 5}, "Path must be text, not 5."),
        ({"error": "lock_timeout", "params": 5}, "Params must be an object of names in brackets and values."),
    ],
)
async def test_a_wrong_fault_is_explained(api: Api, fault: dict[str, object], message: str) -> None:
    answer = await api.control("POST", "/faults", fault)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["message"].startswith(message)) == ("invalid_fault", True), error["message"]
    assert error["hint"].startswith("Match by method, path")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rate_limitd", "There is no error 'rate_limitd'. Did you mean rate_limited?"),
        ("nope", "There is no error 'nope'."),
        ("x" * 5000, f"There is no error '{'x' * 100}'."),
    ],
)
async def test_an_error_that_there_is_not_is_told_with_the_nearest_ones(api: Api, name: str, message: str) -> None:
    answer = await api.control("POST", "/faults", {"error": name})
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        {"code": "invalid_fault", "message": message, "hint": "GET /_emulator/faults/errors lists them."},
    )


@pytest.mark.asyncio
async def test_the_errors_that_a_fault_can_name_are_listed(api: Api) -> None:
    answer = await api.control("GET", "/faults/errors")
    assert answer.json() == {"data": sorted(constructors())}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fault", "effect"),
    [
        ({"error": "rate_limited"}, {"code": "rate_limit", "status": None, "latency": 0.0, "connection": None}),
        ({"error": "api_error"}, {"code": "api_error", "status": None, "latency": 0.0, "connection": None}),
        ({"status": 502}, {"code": None, "status": 502, "latency": 0.0, "connection": None}),
    ],
)
async def test_a_fault_shows_its_effect_with_the_code_that_clients_see(
    api: Api, fault: dict[str, object], effect: dict[str, object]
) -> None:
    shown = (await api.control("POST", "/faults", fault)).json()["effect"]
    assert isinstance(shown.pop("error"), str if "error" in fault else type(None))
    assert shown == effect


def test_faults_are_bounded() -> None:
    faults = Faults()
    for number in range(1000):
        faults.add(Fault(str(number), Match(), Effect(status=500)))
    with pytest.raises(BadFault, match="at most 1000"):
        faults.add(Fault("more", Match(), Effect(status=500)))


# --- rate limits -----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_live_mode_has_words_of_its_own_for_a_rate_limit() -> None:
    api = Api(Settings(rate_limit=1, allow_live_keys=True), {"authorization": "Bearer sk_live_123"})
    await api.control("POST", "/clock", {"freeze": 1_790_000_000}, key="sk_live_123")
    answers = [api.get("/v1/account") for _ in range(2)]
    assert answers[1].error == {
        "code": "rate_limit",
        "doc_url": "https://stripe.com/docs/error-codes/rate-limit",
        "message": "Request rate limit exceeded",
        "type": "invalid_request_error",
    }


@pytest.mark.asyncio
async def test_a_rate_limit_holds_for_a_second_of_the_sandbox() -> None:
    api = Api(Settings(rate_limit=2))
    await api.control("POST", "/clock", {"freeze": 1_790_000_000})
    assert [api.get("/v1/account").status for _ in range(3)] == [200, 200, 429]
    limited = api.post("/v1/accounts", "type=custom", idempotency_key="k")
    assert limited.error == {
        "code": "rate_limit",
        "doc_url": "https://stripe.com/docs/error-codes/rate-limit",
        "message": "Testmode request rate limit exceeded, the rate limits in testmode are lower than livemode. You can "
        "learn more about rate limits here https://stripe.com/docs/rate-limits.",
        "type": "invalid_request_error",
    }
    assert limited.headers["stripe-rate-limited-reason"] == "global-rate"
    await api.control("POST", "/clock", {"advance": 1})
    assert "idempotent-replayed" not in api.post("/v1/accounts", "type=custom", idempotency_key="k").headers


@pytest.mark.asyncio
async def test_a_limit_can_be_for_each_endpoint_of_a_sandbox(api: Api) -> None:
    assert (await api.control("POST", "/limits", {"endpoint": 1})).json() == {"total": 0, "endpoint": 1}
    await api.control("POST", "/clock", {"freeze": 1_790_000_000})
    assert [api.get("/v1/account").status, api.get("/v1/accounts").status] == [200, 200]
    limited = api.get("/v1/account")
    assert (limited.status, limited.headers["stripe-rate-limited-reason"]) == (429, "endpoint-rate")
    assert (await api.control("POST", "/limits", {"endpoint": 0})).json() == {"total": 0, "endpoint": 0}
    assert api.get("/v1/account").status == 200
    for wrong in ({"total": "many"}, {"total": -1}, {"all": 1}):
        assert (await api.control("POST", "/limits", wrong)).json()["error"]["code"] == "invalid_limit"


# --- over a socket, with the SDK as judge ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[EmulatorClient]:
    client = EmulatorClient(server.url, KEY)
    yield client
    client.reset()


def _sdk(client: EmulatorClient, retries: int = 2) -> stripe.StripeClient:
    return stripe.StripeClient(client.api_key, base_addresses={"api": client.url}, max_network_retries=retries)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK waits half a second before it tries again."""
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_, **__: 0.001)


@pytest.mark.parametrize(
    "fault",
    [
        {"error": "lock_timeout"},
        {"error": "overloaded"},
        {"error": "overloaded", "moment": "after"},
        {"error": "api_error", "moment": "after"},
        {"error": "idempotency_key_in_use", "arguments": {"key": "k"}},
        {"status": 502},
        {"status": 503, "moment": "after"},
        {"connection": "drop"},
        {"connection": "drop", "moment": "after"},
        {"latency": 0.05, "error": "overloaded"},
        {"latency": 0.05, "connection": "drop", "moment": "after"},
    ],
)
def test_the_sdk_tries_again_and_there_is_one_account_session(client: EmulatorClient, fault: dict[str, Any]) -> None:
    account = client.create_account(type="custom")["id"]
    struck = client.fault(path=SESSIONS, **fault)
    session = _sdk(client).v1.account_sessions.create(
        {"account": account, "components": {"payments": {"enabled": True}}}
    )
    assert [row.client_secret for row in client.account_sessions] == [session.client_secret]
    assert struck.hits == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"error": "lock_timeout"},
        {"error": "overloaded"},
        {"error": "api_error", "moment": "after"},
        {"error": "idempotency_key_in_use", "arguments": {"key": "k"}},
        {"connection": "drop", "moment": "after"},
    ],
)
@pytest.mark.parametrize("package", ["stripe-22", "stripe-23"])
def test_stripe_node_tries_again_too(client: EmulatorClient, package: str, fault: dict[str, Any]) -> None:
    modules = transcript.installed(install.NODE) / "node_modules"
    account = client.create_account(type="custom")["id"]
    struck = client.fault(path=SESSIONS, **fault)
    script = Path(transcript.__file__).with_name("retries.js")
    done = subprocess.run(
        ["node", script, modules / package, client.url, client.api_key, account],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [row.client_secret for row in client.account_sessions] == [done.stdout]
    assert struck.hits == 1


def test_half_an_answer_is_not_asked_for_again_by_itself_but_its_key_finds_it(client: EmulatorClient) -> None:
    account = client.create_account(type="custom")["id"]
    client.fault(path=SESSIONS, connection="half", moment="after")
    asked: Any = {"account": account, "components": {"payments": {"enabled": True}}}
    with pytest.raises(stripe.APIConnectionError):
        _sdk(client).v1.account_sessions.create(asked, {"idempotency_key": "k"})
    session = _sdk(client).v1.account_sessions.create(asked, {"idempotency_key": "k"})
    assert [row.client_secret for row in client.account_sessions] == [session.client_secret]


def test_a_fault_of_a_block_must_be_hit_in_it(client: EmulatorClient) -> None:
    with client.fault(error="overloaded", times=None) as fault, pytest.raises(stripe.APIError):
        _sdk(client, retries=0).v1.accounts.retrieve_current()
    assert (fault.hits, client.faults) == (1, [])
    missed = (
        r"^the fault fault_\w{14} \(path='/v1/account_sessions', connection='drop'\) was never hit\n"
        r"the last requests were:\n  GET /v1/account -> 503 api_error$"
    )
    with pytest.raises(AssertionError, match=missed), client.fault(path="/v1/account_sessions", connection="drop"):
        pass
    with pytest.raises(ZeroDivisionError), client.fault(error="overloaded"):
        raise ZeroDivisionError


def test_a_malformed_body_is_an_api_error_for_the_sdk(client: EmulatorClient) -> None:
    client.fault(connection="malformed")
    with pytest.raises(stripe.APIError, match="Invalid response body"):
        _sdk(client, retries=0).v1.accounts.retrieve_current()


def test_latency_delays_and_changes_nothing(client: EmulatorClient) -> None:
    client.fault(latency=0.1)
    started = time.perf_counter()
    assert _sdk(client).v1.accounts.retrieve_current().id
    assert time.perf_counter() - started >= 0.1


def test_a_timeout_outlasts_an_impatient_client(client: EmulatorClient) -> None:
    client.fault(connection="timeout")
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{client.url}/v1/account", auth=(KEY, ""), timeout=0.1)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_while_one_request_takes_its_time_its_key_is_in_use(client: EmulatorClient, moment: str) -> None:
    fault = client.fault(latency=1.0, path="/v1/accounts", moment=moment)
    headers = {"authorization": f"Bearer {KEY}", "idempotency-key": "k"}

    async def both() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=client.url, headers=headers) as http:
            first = asyncio.create_task(http.post("/v1/accounts", data={"type": "custom"}))
            while not await asyncio.to_thread(lambda: fault.hits):
                await asyncio.sleep(0.01)
            second = await http.post("/v1/accounts", data={"type": "custom"})
            return [await first, second, await http.post("/v1/accounts", data={"type": "custom"})]

    first, second, third = asyncio.run(both())
    assert second.status_code == 409
    assert second.json()["error"]["message"] == (
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        "twice, and the other request is still going through): k. Please try again later."
    )
    assert (first.status_code, third.content) == (200, first.content)
    assert third.headers["idempotent-replayed"] == "true"


def test_a_dropped_connection_is_closed_without_a_byte(client: EmulatorClient) -> None:
    client.fault(connection="drop")
    with socket.create_connection(client.url.removeprefix("http://").rsplit(":", 1)) as raw:  # type: ignore[arg-type]
        raw.sendall(f"GET /v1/account HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode())
        assert raw.recv(100) == b""
