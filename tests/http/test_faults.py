"""Faults: a request that matches a fault fails as on a real failure, and no other request does."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from emulator.client import EmulatorClient, EmulatorError
from emulator.errors import CONSTRUCTORS
from emulator.errors.by_name import Arguments, named_error
from emulator.http import message
from emulator.http.asgi import StripeApi
from emulator.sandbox.faults import BadFault, Effect, Fault, Faults, Match
from emulator.server import Server
from emulator.server.protocol_h11 import BoundedProtocol
from emulator.settings import Settings

from ..api import KEY, Api, on
from ..clients import install, transcript

SESSIONS = "/v1/account_sessions"


async def _fault(api: Api, **fault: object) -> dict[str, Any]:
    response = await api.control("POST", "/faults", fault)
    assert response.status_code == 200, response.text
    return dict(response.json())


# --- matching and counting -------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_next_matching_request_fails_and_no_other(api: Api) -> None:
    account = api.account(type="custom")
    fault = await _fault(api, error="lock_timeout", path=SESSIONS)
    assert api.get("/v1/account").status == 200
    response = api.session(account, {"payments": on()}, idempotency_key="k")
    assert response.status == 429
    assert response.error == {
        "code": "lock_timeout",
        "doc_url": "https://stripe.com/docs/error-codes/lock-timeout",
        "message": "This object cannot be accessed right now because another API request or Stripe process is currently "
        "accessing it. If you see this error intermittently, retry the request. If you see this error frequently and are "
        "making multiple concurrent requests to a single object, make your requests serially or at a lower rate.",
        "type": "invalid_request_error",
    }
    assert response.headers["stripe-should-retry"] == "true"
    assert response.headers["idempotency-key"] == "k"
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
        ({"params": {"components": {"payments": {"enabled": True}}}}, True),
        ({"params": {"components": {"payouts": {"enabled": True}}}}, False),
        ({"params": {"expand": None}}, True),
        ({"params": {"account": None}}, False),
        ({"path": "/v1/account*s"}, True),
        ({"path": "/v1/account_[s]essions"}, False),
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
async def test_a_fault_matches_the_account_in_a_v2_path(api: Api) -> None:
    account = api.v2("POST", "/core/accounts", {"contact_email": "jenny@example.com"}).body["id"]
    await _fault(api, error="overloaded", account=account, times=2)
    responses = [api.v2("GET", f"/core/accounts{path}").status for path in ("", f"/{account}", f"/{account}/persons")]
    assert responses == [200, 503, 503]


@pytest.mark.asyncio
async def test_a_fault_matches_parameters_in_v2_json(api: Api) -> None:
    await _fault(api, error="overloaded", params={"identity[country]": "us"})
    sent = {"identity": {"country": "fr"}}
    assert api.v2("POST", "/core/accounts", sent).status == 200
    assert api.v2("POST", "/core/accounts", {"identity": {"country": "us"}}).status == 503


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("params", "hit"),
    [({"include[0]": "identity"}, True), ({"include[]": "defaults"}, True), ({"include": ["defaults"]}, False)],
)
async def test_a_fault_matches_parameters_in_arrays(api: Api, params: dict[str, object], hit: bool) -> None:
    await _fault(api, error="overloaded", params=params)
    assert api.v2("POST", "/core/accounts", {"include": ["identity", "defaults"]}).status == (503 if hit else 200)


@pytest.mark.asyncio
async def test_a_fault_applies_a_given_number_of_times(api: Api) -> None:
    await _fault(api, error="rate_limited", times=2)
    assert [api.get("/v1/account").status for _ in range(3)] == [429, 429, 200]
    await _fault(api, error="rate_limited", times=None)
    assert {api.get("/v1/account").status for _ in range(20)} == {429}


@pytest.mark.asyncio
async def test_a_seeded_probability_is_reproducible(api: Api) -> None:
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


@pytest.mark.asyncio
async def test_a_request_that_fails_on_its_own_does_not_use_up_a_fault(api: Api) -> None:
    """It was refused by itself, or is a replay: the fault that was to come after that is not used up."""
    account = api.account(type="custom")
    api.session(account, {"payments": on()}, idempotency_key="k")
    await _fault(api, path=SESSIONS, error="api_error")
    assert api.post(SESSIONS, {"account": account}).status == 400
    assert api.session(account, {"payments": on()}, idempotency_key="k").status == 200
    assert [row["fault"] for row in (await api.control("GET", "/requests")).json()["data"]] == [None] * 4
    assert [fault["hits"] for fault in (await api.control("GET", "/faults")).json()["data"]] == [0]
    assert [api.session(account, {"payments": on()}).status for _ in range(2)] == [500, 200]
    assert [fault["hits"] for fault in (await api.control("GET", "/faults")).json()["data"]] == [1]


# --- before and after ------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(("moment", "accounts"), [("before", 1), ("after", 2)])
async def test_a_fault_before_prevents_the_change_and_one_after_only_loses_the_response(
    api: Api, moment: str, accounts: int
) -> None:
    await _fault(api, error="overloaded", path="/v1/accounts", method="POST", moment=moment)
    first = api.post("/v1/accounts", "type=custom", idempotency_key="a")
    assert first.status == 503
    api.post("/v1/accounts", "type=custom", idempotency_key="b")
    assert len(api.get("/v1/accounts").body["data"]) == accounts


@pytest.mark.asyncio
async def test_a_retry_after_a_lost_response_gets_that_response(api: Api) -> None:
    await _fault(api, error="api_error", path="/v1/accounts", moment="after")
    assert api.post("/v1/accounts", "type=custom", idempotency_key="k").status == 500
    retry = api.post("/v1/accounts", "type=custom", idempotency_key="k")
    assert (retry.status, retry.headers["idempotent-replayed"]) == (200, "true")
    assert len(api.get("/v1/accounts").body["data"]) == 1


@pytest.mark.asyncio
async def test_an_injected_error_of_the_endpoint_is_saved_under_its_idempotency_key(api: Api) -> None:
    await _fault(api, error="api_error", path="/v1/accounts")
    first = api.post("/v1/accounts", "type=custom", idempotency_key="k")
    retry = api.post("/v1/accounts", "type=custom", idempotency_key="k")
    assert (first.status, retry.status, retry.raw) == (500, 500, first.raw)


@pytest.mark.asyncio
async def test_an_invalid_request_gets_its_own_error_despite_a_fault(api: Api) -> None:
    await _fault(api, error="overloaded", moment="after")
    assert api.post(SESSIONS).error["message"] == "Missing required param: account."


@pytest.mark.asyncio
async def test_an_injected_error_takes_arguments(api: Api) -> None:
    await _fault(api, error="no_such", arguments={"noun": "account", "identifier": "acct_9", "param": "account"})
    assert api.get("/v1/account").error["message"] == "No such account: 'acct_9'"


@pytest.mark.asyncio
async def test_an_injected_error_has_the_values_of_its_request(api: Api) -> None:
    await _fault(api, error="idempotency_key_in_use")
    assert api.post("/v1/accounts", "type=custom", idempotency_key="mine").error["message"] == (
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        "twice, and the other request is still going through): mine. Please try again later."
    )
    account = api.account(type="custom")
    await _fault(api, error="account_invalid", path="/v1/accounts/*")
    assert api.get(f"/v1/accounts/{account}").error["message"] == (
        f"The provided key 'sk_test_********************klmn' does not have access to account '{account}' (or that "
        "account does not exist). Application access may have been revoked."
    )
    await _fault(api, error="unrecognized_url")
    assert api.get("/v1/accounts").error["message"].startswith("Unrecognized request URL (GET: /v1/accounts). Please")


@pytest.mark.asyncio
async def test_arguments_may_come_from_a_form(api: Api) -> None:
    form = {"error": "no_such", "arguments[noun]": "account", "arguments[identifier]": "acct_9", "arguments[param]": "account", "arguments[status]": "404"}  # fmt: skip
    transport = httpx.ASGITransport(app=api.emulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://emulator.test") as client:
        assert (await client.post("/_emulator/faults", data=form, headers=api.headers)).status_code == 200
        lists = {"error": "unknown_params", "arguments[paths][]": ["a[b]", "c"]}
        assert (await client.post("/_emulator/faults", data=lists, headers=api.headers)).status_code == 200
    response = api.get("/v1/account")
    assert (response.status, response.error["message"]) == (404, "No such account: 'acct_9'")
    assert api.get("/v1/account").error["message"] == "Received unknown parameters: a[b], c"


@pytest.mark.parametrize("name", sorted(CONSTRUCTORS))
def test_every_error_can_be_injected_by_name(name: str) -> None:
    examples: dict[str, object] = {
        "ParamPath": "a[b]", "Sequence[ParamPath]": ["a", "b[c]"], "Sequence[str]": ["x", "y"], "int": 404,
        "bool": True,
    }  # fmt: skip
    import inspect  # noqa: PLC0415

    parameters = inspect.signature(CONSTRUCTORS[name].make).parameters.values()
    needed = {
        p.name: examples.get(str(p.annotation), "text") for p in parameters if p.default is inspect.Parameter.empty
    }
    assert named_error(name, needed).body(Arguments()) == CONSTRUCTORS[name].make(**_typed(needed)).body


def _typed(arguments: dict[str, object]) -> dict[str, Any]:
    paths = {"a[b]": ("a", "b")}
    return {
        name: [("a",), ("b", "c")] if value == ["a", "b[c]"] else paths.get(str(value), value)
        for name, value in arguments.items()
    }


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({}, "A fault needs one of error, status, latency and connection."),
        ({"error": "lock_timeout", "colour": 1}, "A fault has no colour."),
        ({"status": 200}, "Status must be from 400 to 599, not 200."),
        ({"error": "no_such", "arguments": "x"}, "Arguments must be an object."),
        ({"status": "²²²"}, "Status must be from 400 to 599, not '²²²'."),
        ({"status": "04000"}, "Status must be from 400 to 599, not '04000'."),
        ({"latency": -1}, "Latency must be a number from 0 to 600, not -1."),
        ({"latency": "soon"}, "Latency must be a number from 0 to 600, not 'soon'."),
        ({"connection": "slow"}, "Connection must be one of drop, half, malformed, timeout, not 'slow'."),
        ({"error": "lock_timeout", "moment": "during"}, "Moment must be one of before, after, not 'during'."),
        ({"error": "lock_timeout", "times": 0}, "Times must be a whole number from 1 to 999999999, or null, not 0."),
        ({"error": "lock_timeout", "probability": 2}, "Probability must be a number from 0 to 1, not 2."),
        ({"error": "lock_timeout", "path": 5}, "Path must be text, not 5."),
        ({"error": "lock_timeout", "params": 5}, "Params must be an object of values, nested or by names in brackets."),
        (
            {"error": "lock_timeout", "times": "²"},
            "Times must be a whole number from 1 to 999999999, or null, not '²'.",
        ),
        ({"status": "²"}, "Status must be from 400 to 599, not '²'."),
        (
            {"status": 502, "error": "lock_timeout"},
            "A fault has an error of Stripe's API or a status of its proxy, not both.",
        ),
        ({"status": 502, "arguments": {"a": 1}}, "Arguments belong to an error, and the fault has none."),
        ({"status": 502, "method": "PSOT"}, "Method must be one of GET, POST, DELETE, not 'PSOT'."),
        (
            {"status": 502, "path": "v1/accounts"},
            "Path must be one such as /v1/accounts or /v1/*, without host and query, not 'v1/accounts'.",
        ),
        (
            {"status": 502, "path": "/v1/accounts?limit=1"},
            "Path must be one such as /v1/accounts or /v1/*, without host and query, not '/v1/accounts?limit=1'.",
        ),
    ],
)
async def test_an_invalid_fault_is_refused_with_a_reason(api: Api, fault: dict[str, object], message: str) -> None:
    response = await api.control("POST", "/faults", fault)
    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["code"], error["message"].startswith(message)) == ("invalid_fault", True), error["message"]
    assert error["hint"].startswith("Match requests by method, path")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("error", "arguments", "message"),
    [
        ("no_such", {}, "The error no_such needs the arguments noun, identifier, param; it takes noun, identifier, param, and optionally status, other_mode."),
        ("lock_timeout", {"key": "k"}, "The error lock_timeout has no argument key; it takes none."),
        ("no_such", {"noun": "a", "identifier": 5, "param": "a"}, "The argument identifier of the error no_such must be a text of one line, not 5."),
        ("rate_limited", {"reason": "a\r\nX-Evil: 1"}, "The argument reason of the error rate_limited must be a text of one line, not 'a\\r\\nX-Evil: 1'."),
        ("no_such", {"noun": "a", "identifier": "b", "param": "c", "status": "x"}, "The argument status of the error no_such must be a whole number, not 'x'."),
        ("no_such", {"noun": "a", "identifier": "b", "param": "c", "status": 200}, "The status of an error must be from 400 to 599, not 200."),
        ("no_such", {"noun": "a", "identifier": "b", "param": "c", "other_mode": "x"}, "The argument other_mode of the error no_such must be test or live, not 'x'."),
        ("invalid_enum", {"path": "a", "values": "abc"}, "The argument values of the error invalid_enum must be a list of texts, not 'abc'."),
        ("unknown_params", {"paths": []}, "The argument paths of the error unknown_params must be a list of parameters' names in brackets, not []."),
        ("missing_param", {"path": ""}, "The argument path of the error missing_param must be a parameter's name in brackets, as in a[b], not ''."),
    ],
)  # fmt: skip
async def test_invalid_arguments_of_an_error_are_refused_with_a_reason(
    api: Api, error: str, arguments: object, message: str
) -> None:
    response = await api.control("POST", "/faults", {"error": error, "arguments": arguments})
    assert (response.status_code, response.json()["error"]) == (
        400,
        {
            "code": "invalid_fault",
            "message": message,
            "hint": 'Send them by name, as in {"error": "rate_limited", "arguments": {"reason": "endpoint-rate"}}.',
        },
    )


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rate_limitd", "There is no error 'rate_limitd'. Did you mean rate_limited?"),
        ("nope", "There is no error 'nope'."),
        ("x" * 5000, f"There is no error '{'x' * 100}'."),
    ],
)
async def test_an_unknown_error_name_is_refused_with_similar_ones(api: Api, name: str, message: str) -> None:
    response = await api.control("POST", "/faults", {"error": name})
    assert (response.status_code, response.json()["error"]) == (
        400,
        {"code": "invalid_fault", "message": message, "hint": "GET /_emulator/faults/errors lists them."},
    )


@pytest.mark.asyncio
async def test_the_errors_that_a_fault_can_name_are_listed(api: Api) -> None:
    listed = (await api.control("GET", "/faults/errors")).json()
    assert listed["data"] == sorted(CONSTRUCTORS)
    assert listed["arguments"]["no_such"] == {
        "required": ["noun", "identifier", "param"],
        "optional": ["status", "other_mode"],
    }
    assert listed["arguments"]["idempotency_key_in_use"] == {"required": [], "optional": ["key"]}
    assert "lock_timeout" not in listed["arguments"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fault", "effect"),
    [
        (
            {"error": "rate_limited"},
            {"error": "rate_limited", "code": "rate_limit", "status": None, "latency": 0.0, "connection": None},
        ),
        (
            {"error": "api_error"},
            {"error": "api_error", "code": "api_error", "status": None, "latency": 0.0, "connection": None},
        ),
        ({"status": 502}, {"error": None, "code": None, "status": 502, "latency": 0.0, "connection": None}),
    ],
)
async def test_a_fault_is_listed_with_the_error_code_that_clients_get(
    api: Api, fault: dict[str, object], effect: dict[str, object]
) -> None:
    shown = (await api.control("POST", "/faults", fault)).json()["effect"]
    assert isinstance(shown.pop("message"), str if "error" in fault else type(None))
    assert shown == effect


def test_faults_are_bounded() -> None:
    faults = Faults()
    for number in range(1000):
        faults.add(Fault(str(number), Match(), Effect(status=500)))
    with pytest.raises(BadFault, match="at most 1000"):
        faults.add(Fault("more", Match(), Effect(status=500)))
    assert [faults.match("GET", "/", None, dict) for _ in range(2)] == faults.all()[:2]
    faults.add(Fault("more", Match(), Effect(status=500)))
    assert [fault.id for fault in faults.all()] == [*map(str, range(1, 1000)), "more"]


# --- rate limits -----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_live_mode_has_its_own_message_for_a_rate_limit() -> None:
    api = Api(Settings(rate_limit=1, allow_live_keys=True), {"authorization": "Bearer sk_live_123"})
    await api.control("POST", "/clock", {"freeze": 1_790_000_000}, key="sk_live_123")
    responses = [api.get("/v1/account") for _ in range(2)]
    assert responses[1].error == {
        "code": "rate_limit",
        "doc_url": "https://stripe.com/docs/error-codes/rate-limit",
        "message": "Request rate limit exceeded",
        "type": "invalid_request_error",
    }


@pytest.mark.asyncio
async def test_a_rate_limit_applies_per_second_of_the_sandbox() -> None:
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
async def test_a_rate_limit_can_apply_to_each_endpoint(api: Api) -> None:
    assert (await api.control("POST", "/limits", {"endpoint": 1})).json() == {"total": 0, "endpoint": 1}
    await api.control("POST", "/clock", {"freeze": 1_790_000_000})
    assert [api.get("/v1/account").status, api.get("/v1/accounts").status] == [200, 200]
    limited = api.get("/v1/account")
    assert (limited.status, limited.headers["stripe-rate-limited-reason"]) == (429, "endpoint-rate")
    assert (await api.control("POST", "/limits", {"endpoint": 0})).json() == {"total": 0, "endpoint": 0}
    assert api.get("/v1/account").status == 200
    for wrong in ({"total": "many"}, {"total": -1}):
        assert (await api.control("POST", "/limits", wrong)).json()["error"]["code"] == "invalid_total"
    assert (await api.control("POST", "/limits", {"all": 1})).json()["error"] == {
        "code": "unknown_field",
        "message": "POST /_emulator/limits has no all.",
        "hint": "It has total, endpoint.",
    }


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
def test_a_retry_of_the_sdk_creates_one_account_session(client: EmulatorClient, fault: dict[str, Any]) -> None:
    account = client.create_account(type="custom")["id"]
    handle = client.fault(path=SESSIONS, **fault)
    session = _sdk(client).v1.account_sessions.create(
        {"account": account, "components": {"payments": {"enabled": True}}}
    )
    assert [row.client_secret for row in client.account_sessions] == [session.client_secret]
    assert handle.hits == 1
    assert _sent_with_one_key(client) == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"error": "lock_timeout"},
        {"error": "overloaded"},
        {"error": "api_error", "moment": "after"},
        {"error": "idempotency_key_in_use", "arguments": {"key": "k"}},
        {"status": 502},
        {"connection": "drop"},
        {"connection": "drop", "moment": "after"},
    ],
)
@pytest.mark.parametrize("package", ["stripe-22", "stripe-23"])
def test_stripe_node_retries_too(client: EmulatorClient, package: str, fault: dict[str, Any]) -> None:
    modules = transcript.installed(install.NODE) / "node_modules"
    account = client.create_account(type="custom")["id"]
    handle = client.fault(path=SESSIONS, **fault)
    script = Path(transcript.__file__).with_name("retries.js")
    done = subprocess.run(
        ["node", script, modules / package, client.url, client.api_key, account],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [row.client_secret for row in client.account_sessions] == [done.stdout]
    assert handle.hits == 1
    assert _sent_with_one_key(client) == 2


def _sent_with_one_key(client: EmulatorClient) -> int:
    """The number of requests that the SDK sent for a session, all with the same idempotency key."""
    sent = client.requests.where(path=SESSIONS)
    assert len({request.idempotency_key for request in sent} - {None}) == 1
    return len(sent)


def test_half_a_response_is_not_retried_but_can_be_replayed_by_its_key(client: EmulatorClient) -> None:
    account = client.create_account(type="custom")["id"]
    client.fault(path=SESSIONS, connection="half", moment="after")
    asked: Any = {"account": account, "components": {"payments": {"enabled": True}}}
    with pytest.raises(stripe.APIConnectionError):
        _sdk(client).v1.account_sessions.create(asked, {"idempotency_key": "k"})
    session = _sdk(client).v1.account_sessions.create(asked, {"idempotency_key": "k"})
    assert [row.client_secret for row in client.account_sessions] == [session.client_secret]


def test_a_fault_of_a_with_block_must_be_hit_in_it(client: EmulatorClient) -> None:
    with client.fault(error="overloaded", times=None) as fault, pytest.raises(stripe.APIError):
        _sdk(client, retries=0).v1.accounts.retrieve_current()
    assert (fault.hits, client.faults) == (1, [])
    with pytest.raises(AssertionError) as never, client.fault(error="overloaded", path=SESSIONS, method="POST"):
        _sdk(client).v1.accounts.retrieve_current()
    assert str(never.value) == (
        f"The fault overloaded on POST {SESSIONS} was never hit. The nearest:\n"
        "  GET /v1/account -> 503 api_error (method is 'GET'; path is '/v1/account')\n"
        "  GET /v1/account -> 200 (method is 'GET'; path is '/v1/account')"
    )
    with client.fault(error="overloaded"):
        client.reset()
    with pytest.raises(ZeroDivisionError), client.fault(error="overloaded"):
        raise ZeroDivisionError


def test_one_fault_or_all_faults_can_be_removed(client: EmulatorClient) -> None:
    first, second, third = (client.fault(status=500, path=path) for path in ("/v1/a", "/v1/b", "/v1/c"))
    client.clear_faults(first.id)
    assert [fault["id"] for fault in client.faults] == [second.id, third.id]
    client.clear_faults()
    assert client.faults == []
    with pytest.raises(EmulatorError, match=f"This sandbox has no fault '{third.id}'"):
        client.clear_faults(third.id)


def test_a_malformed_body_is_an_api_error_for_the_sdk(client: EmulatorClient) -> None:
    client.fault(connection="malformed")
    with pytest.raises(stripe.APIError, match=r"Invalid response body from API: \{ \(HTTP response code was 200\)"):
        _sdk(client, retries=0).v1.accounts.retrieve_current()


def test_latency_delays_a_request_without_changing_it(client: EmulatorClient) -> None:
    client.fault(latency=0.1)
    started = time.perf_counter()
    assert _sdk(client).v1.accounts.retrieve_current().id
    assert time.perf_counter() - started >= 0.1


def test_a_timeout_lasts_longer_than_a_client_waits(client: EmulatorClient) -> None:
    client.fault(connection="timeout")
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{client.url}/v1/account", auth=(KEY, ""), timeout=0.1)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_key_of_a_delayed_request_is_in_use(client: EmulatorClient, moment: str) -> None:
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


def _raw(url: str) -> tuple[bytes, bytes]:
    """The head and the body that a server sends until it closes the connection."""
    with socket.create_connection(url.removeprefix("http://").rsplit(":", 1), timeout=5) as raw:  # type: ignore[arg-type]
        raw.sendall(
            f"GET /v1/account HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode()
        )
        response = b""
        while chunk := raw.recv(65_536):
            response += chunk
    head, _, body = response.partition(b"\r\n\r\n")
    return head, body


@pytest.fixture(scope="module", params=["httptools", "h11"])
def any_client(request: pytest.FixtureRequest, server: Server) -> Iterator[EmulatorClient]:
    if request.param == "httptools":
        yield EmulatorClient(server.url, KEY)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("emulator.server.server._protocol", lambda: BoundedProtocol)
        slower = Server().start()
    yield EmulatorClient(slower.url, KEY)
    slower.stop()


@pytest.mark.parametrize(
    ("fault", "status", "length", "body"),
    [
        ({"connection": "drop"}, b"", None, b""),
        ({"connection": "drop", "moment": "after"}, b"", None, b""),
        ({"connection": "drop", "error": "api_error", "latency": 0.01}, b"", None, b""),
        ({"connection": "half"}, b"200 OK", 2, b"{"),
        ({"connection": "half", "moment": "after"}, b"200 OK", 2688, ...),
        ({"connection": "half", "status": 502}, b"502 Bad Gateway", 150, ...),
        ({"connection": "half", "error": "overloaded"}, b"503 Service Unavailable", 216, ...),
        ({"connection": "half", "error": "overloaded", "moment": "after"}, b"503 Service Unavailable", 216, ...),
        ({"connection": "malformed"}, b"200 OK", 1, b"{"),
        ({"connection": "malformed", "error": "api_error"}, b"500 Internal Server Error", 117, ...),
        ({"connection": "malformed", "moment": "after"}, b"200 OK", 1344, ...),
        ({"connection": "malformed", "status": 499}, b"499 Unknown", 71, ...),
    ],
)
def test_a_connection_fails_as_requested(
    any_client: EmulatorClient, fault: dict[str, Any], status: bytes, length: int | None, body: object
) -> None:
    any_client.reset()
    handle = any_client.fault(**fault)
    head, got = _raw(any_client.url)
    assert head.partition(b"\r\n")[0].removeprefix(b"HTTP/1.1 ") == status
    listed = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: ")]
    assert listed == ([] if length is None else [b"content-length: %d" % length])
    if body is ...:
        assert length is not None
        assert len(got) == (length if fault["connection"] == "malformed" else length // 2)
        with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
            json.loads(got)
    else:
        assert got == body
    assert handle.hits == 1
    assert any_client.requests[0].fault == handle.id


def test_a_malformed_response_leaves_its_connection_open(any_client: EmulatorClient) -> None:
    any_client.reset()
    any_client.fault(connection="malformed")
    with httpx.Client(base_url=any_client.url, auth=(KEY, "")) as http:
        responses = [http.get("/v1/account") for _ in range(2)]
        first, second = (response.extensions["network_stream"].get_extra_info("client_addr") for response in responses)
    assert ([response.status_code for response in responses], responses[0].content) == ([200, 200], b"{")
    assert first == second


@pytest.mark.parametrize("status", [400, 404, 418, 451, 499, 500, 502, 520, 599])
def test_a_fault_can_respond_with_any_status_of_the_proxy(any_client: EmulatorClient, status: int) -> None:
    any_client.reset()
    any_client.fault(status=status)
    response = httpx.get(f"{any_client.url}/v1/account", auth=(KEY, ""))
    assert response.status_code == status
    assert f"<h1>{status} " in response.text


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_delayed_error_is_the_same_error(client: EmulatorClient, moment: str) -> None:
    """A rate limit looks at no parameters, however long it takes."""
    client.fault(error="rate_limited", latency=0.05, moment=moment)
    asked = httpx.post(
        f"{client.url}/v1/accounts", auth=(KEY, ""), data={"nonsense": "1"} if moment == "before" else {}
    )
    assert (asked.status_code, asked.json()["error"]["code"]) == (429, "rate_limit")


def test_a_delayed_error_of_the_endpoint_is_saved_under_its_key(client: EmulatorClient) -> None:
    client.fault(error="api_error", latency=0.05, path="/v1/accounts")
    headers = {"authorization": f"Bearer {KEY}", "idempotency-key": "k"}
    first, second = (httpx.post(f"{client.url}/v1/accounts", headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code, second.headers["idempotent-replayed"]) == (500, 500, "true")


@pytest.mark.asyncio
async def test_a_key_is_released_when_its_delayed_request_fails_on_its_own(api: Api) -> None:
    account = api.account(type="custom")
    await _fault(api, latency=0.01)
    sent = {b"authorization": f"Bearer {KEY}".encode(), b"idempotency-key": b"k", b"stripe-account": account.encode()}
    late = StripeApi(api.pipeline).respond(message.Request("POST", "/v1/tokens", b"", sent, b"pii[id_number]=1"))
    assert not isinstance(late, message.Response)
    await api.control("POST", f"/accounts/{account}/disconnect")
    assert (await late).status == 403
    (sandbox,) = api.emulator.sandboxes._sandboxes.values()
    assert sandbox.idempotency._in_flight == set()


@pytest.mark.asyncio
async def test_under_another_server_a_connection_fault_raises_an_exception(api: Api) -> None:
    """It does what it does on failures; over httpx alone, the application's own error arrives."""
    transport = httpx.ASGITransport(app=api.emulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://emulator.test", headers=api.headers) as http:
        for fault in ({"connection": "drop"}, {"connection": "half", "moment": "after"}):
            await _fault(api, **fault)
            with pytest.raises(ConnectionError, match="a fault ends the connection here"):
                await http.get("/v1/account")
        await _fault(api, connection="malformed")
        assert (await http.get("/v1/account")).content == b"{"
