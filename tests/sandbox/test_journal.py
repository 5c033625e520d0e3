"""The journal: filters, failure messages, warnings, and its bounds."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import httpx
import pytest

from emulator.auth import keys
from emulator.client import EmulatorClient
from emulator.client.request_log import RecordedRequest, RequestLog
from emulator.control.endpoints.warnings import warnings_of
from emulator.http.access_log import log_request
from emulator.http.message import Request
from emulator.sandbox.journal import Entry, Journal, cut
from emulator.sandbox.sandbox import Sandboxes
from emulator.server import Server
from emulator.server.logs import NonBlockingHandler
from emulator.settings import Settings
from emulator.store.budgets import Budget
from emulator.store.rows import Session
from emulator.wire.mask import mask

from ..api import KEY, PUBLISHABLE, Api, on

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

START = 1_790_000_000


def _recorded(number: int = 0, **fields: object) -> RecordedRequest:
    defaults: dict[str, object] = {
        "at": START, "method": "POST", "path": "/v1/account_sessions", "status": 200, "request_id": f"req_{number}",
        "account": None, "error": None, "version": "2026-10-28.endive", "idempotency_key": "k", "replayed": False,
        "fault": None, "user_agent": None, "fidelity": "modelled", "request_body": "account=acct_1&components[payments][enabled]=true",
        "response_body": "{}",
    }  # fmt: skip
    return RecordedRequest(**{**defaults, **fields})  # type: ignore[arg-type]


REQUESTS = RequestLog(
    [
        _recorded(1, path="/v1/accounts", request_body="type=custom"),
        _recorded(2),
        _recorded(3, status=400, error="parameter_missing", request_body="account=acct_2"),
        _recorded(4, method="GET", path="/v1/account", request_body=""),
    ]
)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({}, ["req_1", "req_2", "req_3", "req_4"]),
        ({"path": "/v1/account_sessions"}, ["req_2", "req_3"]),
        ({"path": "/v1/account*", "status": 200}, ["req_1", "req_2", "req_4"]),
        ({"error": "parameter_missing"}, ["req_3"]),
        ({"params": {"account": "acct_1"}}, ["req_2"]),
        ({"params": {"components": {"payments": {"enabled": True}}}}, ["req_2"]),
        ({"params": {"components": {"payouts": {"enabled": True}}}}, []),
        ({"method": "GET"}, ["req_4"]),
    ],
)
def test_requests_are_found_by_any_field(expected: dict[str, object], found: list[str]) -> None:
    assert [request.request_id for request in REQUESTS.where(**expected)] == found


def test_one_is_one() -> None:
    assert REQUESTS.where(error="parameter_missing").one().request_id == "req_3"
    REQUESTS.where(path="/v1/nothing").none()


def test_the_nearest_requests_are_shown_if_none_matches() -> None:
    with pytest.raises(AssertionError) as caught:
        REQUESTS.where(path="/v1/account_sessions", params={"account": "acct_3"}).one()
    assert str(caught.value) == (
        "expected 1 request with path='/v1/account_sessions', params={'account': 'acct_3'}, got 0. The nearest:\n"
        "  POST /v1/account_sessions -> 200 (params[account] is 'acct_1')\n"
        "  POST /v1/account_sessions -> 400 parameter_missing (params[account] is 'acct_2')\n"
        "  POST /v1/accounts -> 200 (path is '/v1/accounts'; params[account] is missing)\n"
        "  GET /v1/account -> 200 (path is '/v1/account'; params[account] is missing)"
    )


def test_filters_can_be_chained() -> None:
    with pytest.raises(AssertionError) as caught:
        REQUESTS.where(method="post").where(path="/v1/account_sessions").where(status=500).one()
    assert str(caught.value) == (
        "expected 1 request with method='post', path='/v1/account_sessions', status=500, got 0. The nearest:\n"
        "  POST /v1/account_sessions -> 200 (status is 200)\n"
        "  POST /v1/account_sessions -> 400 parameter_missing (status is 400)\n"
        "  POST /v1/accounts -> 200 (path is '/v1/accounts'; status is 200)\n"
        "  GET /v1/account -> 200 (method is 'GET'; path is '/v1/account'; status is 200)"
    )


def test_requests_that_are_not_listed_are_counted() -> None:
    with pytest.raises(AssertionError) as caught:
        RequestLog([_recorded(number) for number in range(7)]).where(method="POST").one()
    assert str(caught.value).splitlines() == [
        "expected 1 request with method='POST', got 7:",
        *["  POST /v1/account_sessions -> 200"] * 5,
        "  ... and 2 more",
    ]


def test_none_fails_where_older_requests_were_dropped() -> None:
    requests = RequestLog(REQUESTS)
    requests.dropped = 51
    with pytest.raises(AssertionError) as caught:
        requests.where(path="/v1/nothing").none()
    assert str(caught.value) == (
        "expected no request with path='/v1/nothing', got 0\n"
        "51 older requests were dropped: the setting journal_size limits the journal"
    )
    with pytest.raises(AssertionError, match="51 older requests were dropped"):
        requests.where(path="/v1/nothing").one()
    assert requests.where(request_id="req_3").one().status == 400


@pytest.mark.parametrize(
    ("body", "params", "fits"),
    [
        ("account=acct_1", {"account": None}, False),
        ("account=acct_1", {"email": None}, True),
        ("account=acct_1&a=1&a[b]=2", {"account": "acct_1"}, False),
        ("expand[]=a&expand[]=b", {"expand": ["a", "b"]}, True),
        ("expand[0]=a&expand[1]=b", {"expand": ["a", "b"]}, True),
        ("expand[]=a&expand[]=b", {"expand[]": "b"}, True),
        ("expand[]=a&expand[]=b", {"expand[]": "c"}, False),
        ("components[payments][enabled]=true", {"components[payments][enabled]": True}, True),
        (
            '{"include": ["identity"], "on": true, "n": 5, "x": null}',
            {"include": ["identity"], "on": True, "n": 5},
            True,
        ),
        ('{"include": ["identity"], "on": true}', {"on": False}, False),
        ('{"identity": {"country": "us"', {"identity": {"country": "us"}}, False),
        ('{"a":' * 2000, {"a": {"b": 1}}, False),
        ("%FF=1", {"a": 1}, False),
    ],
)
def test_parameters_are_compared_whatever_was_sent(body: str, params: object, fits: bool) -> None:
    """A body that was refused, or that is kept in part, holds nothing."""
    assert bool(RequestLog([_recorded(request_body=body)]).where(params=params)) is fits


def test_too_many_are_shown() -> None:
    with pytest.raises(AssertionError) as caught:
        REQUESTS.where(path="/v1/account_sessions").one()
    assert str(caught.value) == (
        "expected 1 request with path='/v1/account_sessions', got 2:\n"
        "  POST /v1/account_sessions -> 200\n"
        "  POST /v1/account_sessions -> 400 parameter_missing"
    )
    with pytest.raises(AssertionError, match="expected no request with method='GET', got 1:\n  GET /v1/account -> 200"):
        REQUESTS.where(method="GET").none()
    with pytest.raises(AssertionError, match="expected 1 request, got 0, and there are no others"):
        RequestLog().one()
    with pytest.raises(TypeError, match="requests have no colour"):
        REQUESTS.where(colour="red")


# --- on the server ---------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_journal_is_filtered(api: Api) -> None:
    account = api.account(type="custom")
    api.session(account, {"payments": on()}, idempotency_key="k")
    api.session(account, {"payments": on()}, idempotency_key="k")
    api.session("acct_none", {"payments": on()})

    async def filtered(query: str) -> list[tuple[int, bool]]:
        rows = (await api.control("GET", f"/requests?{query}")).json()["data"]
        return [(row["status"], row["replayed"]) for row in rows]

    assert await filtered("path=/v1/account_sessions") == [(200, False), (200, True), (400, False)]
    assert await filtered("idempotency_key=k&status=200") == [(200, False), (200, True)]
    assert await filtered("replayed=true") == [(200, True)]
    assert await filtered("path=/v1/account?&method=POST") == []
    assert await filtered("error=resource_missing") == [(400, False)]
    assert await filtered("method=get") == []
    wrong = (await api.control("GET", "/requests?colour=red")).json()["error"]
    assert (wrong["code"], wrong["message"]) == ("invalid_filter", "Requests have no colour.")


@pytest.mark.asyncio
async def test_the_error_in_the_journal_is_that_of_the_response(api: Api) -> None:
    """v2 has codes of its own; a key that is refused is refused alike for both."""
    api.post("/v1/accounts", {"typ": "x"})
    answers = [
        api.v2("POST", "/core/accounts", {"nope": 1}),
        api.v2("GET", "/core/accounts/acct_none"),
        api.v2("GET", "/core/accounts", stripe_context="acct_none"),
    ]
    rows = (await api.control("GET", "/requests")).json()["data"]
    codes = [answer.error["code"] for answer in answers]
    assert [row["error"] for row in rows] == ["parameter_unknown", *codes]


@pytest.mark.asyncio
async def test_a_fault_is_noted_on_the_request_that_it_struck(api: Api) -> None:
    fault = (await api.control("POST", "/faults", {"connection": "drop"})).json()["id"]
    api.get("/v1/account")
    (row,) = (await api.control("GET", "/requests")).json()["data"]
    assert (row["status"], row["fault"], row["response_body"]) == (0, fault, "")
    await api.control("POST", "/faults", {"connection": "drop", "moment": "after"})
    lost = api.get("/v1/account")
    row = (await api.control("GET", "/requests")).json()["data"][-1]
    assert (row["status"], row["response_body"]) == (0, lost.raw.decode())


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", [{"error": "lock_timeout"}, {"connection": "drop"}, {"status": 502}, {}])
async def test_the_key_that_was_sent_is_there_however_far_the_request_got(api: Api, fault: dict[str, object]) -> None:
    if fault:
        await api.control("POST", "/faults", fault)
    api.post("/v1/accounts", {"type": "custom"}, idempotency_key="k", stripe_version="nonsense" if not fault else None)
    api.post("/v1/accounts", {"type": "custom"}, idempotency_key="k")
    rows = (await api.control("GET", "/requests")).json()["data"]
    assert [row["idempotency_key"] for row in rows] == ["k", "k"]
    assert (await api.control("GET", "/warnings")).json() == {"data": []}


@pytest.mark.asyncio
async def test_dropped_requests_are_counted() -> None:
    api = Api(Settings(journal_size=3))
    for _ in range(5):
        api.get("/v1/account")
    response = (await api.control("GET", "/requests?status=404")).json()
    assert response == {"data": [], "total": 0, "dropped": 2}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "paths", "total"),
    [
        ("limit=2", ["/v1/b", "/v1/account"], 4),
        ("limit=0", [], 4),
        ("limit=9", ["/v1/account", "/v1/a", "/v1/b", "/v1/account"], 4),
        ("limit=1&path=/v1/account", ["/v1/account"], 2),
    ],
)
async def test_a_limit_keeps_the_newest_requests_that_match(query: str, paths: list[str], total: int) -> None:
    api = Api()
    for name in ("account", "a", "b", "account"):
        api.get(f"/v1/{name}")
    response = (await api.control("GET", f"/requests?{query}")).json()
    assert ([entry["path"] for entry in response["data"]], response["total"]) == (paths, total)


@pytest.mark.asyncio
async def test_a_limit_that_is_no_number_is_refused() -> None:
    response = await Api().control("GET", "/requests?limit=few")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_limit")


def test_the_last_requests_are_read_alone(stripe_emulator: StripeEmulator) -> None:
    for country in ("US", "DE", "FR"):
        stripe_emulator.create_account(type="express", country=country)
    last = stripe_emulator.last_requests(2)
    assert [request.params["country"] for request in last] == ["DE", "FR"]
    assert last.dropped == 1


@pytest.mark.asyncio
async def test_requests_to_oauth_have_their_path_as_operation() -> None:
    api = Api()
    api.get("/v1/account")
    calls = [("POST", "/oauth/token"), ("POST", "/oauth/deauthorize")]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api.emulator), base_url="http://127.0.0.1") as client:
        for method, path in calls:
            await client.request(method, path, data={"code": "ac_1"}, auth=(KEY, ""))
    response = (await api.control("GET", "/requests?path=/oauth/*")).json()
    assert [entry["operation"] for entry in response["data"]] == ["POST /oauth/token", "POST /oauth/deauthorize"]


@pytest.mark.asyncio
async def test_a_secret_key_in_a_body_is_shortened(api: Api) -> None:
    api.post("/v1/accounts", {"metadata": {"leaked": "sk_live_51abcdefghijklmnop"}})
    (row,) = (await api.control("GET", "/requests")).json()["data"]
    assert row["request_body"] == "metadata%5Bleaked%5D=sk_live_51ab***"
    assert "sk_live_51abcd" not in row["response_body"]


@pytest.mark.asyncio
async def test_likely_mistakes_are_warnings(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": START})
    account = api.post("/v1/accounts", {"type": "custom"}, idempotency_key="a").body["id"]

    async def kinds() -> list[str]:
        return [row["kind"] for row in (await api.control("GET", "/warnings")).json()["data"]]

    async def claim(secret: str) -> None:
        await api.control("POST", "/connect/claim", {"client_secret": secret, "publishable_key": PUBLISHABLE})

    assert await kinds() == []
    one, two = (
        api.session(account, {"payments": on()}, idempotency_key=key, user_agent=agent).body["client_secret"]
        for key, agent in (("b", "Stripe/v1 PythonBindings/16.1.0"), (None, "Stripe/v1 NodeBindings/14.0.0"))
    )
    await claim(one)
    await claim(one)
    await api.control("POST", "/clock", {"advance": 120})
    await claim(two)
    shown = (await api.control("GET", "/warnings")).json()["data"]
    assert [row["kind"] for row in shown] == ["claimed_late", "claimed_twice", "no_idempotency_key", "outdated_sdk"]
    assert shown[0]["message"] == (
        f"The account session {two[:17]}***{two[-4:]} of {account} was claimed after it expired: is it created ahead of "
        "time?"
    )
    assert shown[3]["message"] == "NodeBindings 14 is outdated: the newest major version is 23."


@pytest.mark.asyncio
async def test_a_session_that_was_never_claimed_is_a_warning(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": START})
    account = api.post("/v1/accounts", {"type": "custom"}, idempotency_key="a").body["id"]
    secret = api.session(account, {"payments": on()}, idempotency_key="b").body["client_secret"]
    assert (await api.control("GET", "/warnings")).json() == {"data": []}
    await api.control("POST", "/clock", {"advance": 120})
    message = f"The account session {secret[:17]}***{secret[-4:]} of {account} was never claimed: was it needed?"
    assert (await api.control("GET", "/warnings")).json() == {"data": [{"kind": "never_claimed", "message": message}]}


def test_set_up_by_the_client_causes_no_warnings() -> None:
    with Server() as server:
        client = EmulatorClient(server.url, "sk_test_set_up")
        client.create_account(type="express")
        client.create_account(id="acct_123", type="custom")
        client.create_account_v2(contact_email="jenny@example.com")
        client.load("marketplace")
        assert len(client.requests) > 10
        assert client.warnings == []


def test_warnings_of_sessions_are_bounded() -> None:
    key = keys.parse("sk_test_many")
    assert key is not None
    sandbox = Sandboxes(Settings()).of(key)
    for number in range(1500):
        sandbox.sessions.add(Session(f"accs_secret__{number}", "acct_1", START, START + 1, 0, 0, ""))
    assert len(warnings_of(sandbox)) == 1000


def test_a_request_for_an_account_that_is_refused_is_noted_under_that_account(api: Api) -> None:
    assert api.get("/v1/account", stripe_account="acct_nobody").status == 403
    (sandbox,) = api.emulator.sandboxes._sandboxes.values()
    (entry,) = sandbox.journal
    assert (entry.account, entry.error) == ("acct_nobody", "account_invalid")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('"accs_secret__Vh7c0123456789ABCDEFL52R"', '"accs_secret__Vh7c***L52R"'),
        ("accs_secret__Vh7c0123456789ABCDEFueeV", "accs_secret__Vh7c***ueeV"),
        ("whsec_0123456789ABCDEFGHI", "whsec_0123***"),
        ("whsec_01234", "whsec_0123***"),
        ("em_test_0123456789ABCDEFGHIJ", "em_test_0123***GHIJ"),
        ("whsec_test", "whsec_test"),
        ("sk_org_live_0123456789ABCDEF", "sk_org_live***CDEF"),
        ("sk%5ftest%5F0123456789ABCDEFGHIJ", "sk_test_0123***GHIJ"),
        ("100%5Fsure", "100%5Fsure"),
        ("pi_1_secret_0123456789ABCDEFGHIJ", "pi_1_secret_0123***GHIJ"),
        ("account_session_client_secret_expired", "account_session_client_secret_expired"),
        ("pk_test_0123456789ABCDEFGHIJ", "pk_test_0123456789ABCDEFGHIJ"),
    ],
)
def test_a_masked_secret_differs_from_others_of_its_second(text: str, shown: str) -> None:
    assert mask(text) == shown


SECRETS = ("sk_live_51abcdefghijklmnopqrstuv", "rk_test_51abcdefghijklmnopqrstuv", "whsec_51abcdefghijklmnopqrstuv")


@pytest.mark.asyncio
@pytest.mark.parametrize("secret", SECRETS)
async def test_a_secret_is_masked_wherever_it_was_sent(api: Api, secret: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    encoded = "".join(f"%{ord(letter):02x}" for letter in secret)
    for place in (secret, secret.replace("_", "%5F"), encoded):
        request = Request("POST", f"/v1/accounts/{place}", b"", _headers(secret), b"email=" + place.encode())
        response, context = api.pipeline.respond(request)
        log_request(request, response.status, 0.1, context)
    shown = (await api.control("GET", "/requests")).text + (await api.control("GET", "/warnings")).text
    for text in (
        shown,
        caplog.text,
        repr([vars(record) for record in caplog.records if record.name == "emulator.access"]),
    ):
        assert secret[12:-4] not in text
        assert f"{secret[: -len(secret.rpartition('_')[2])]}51ab***stuv" in text


def _headers(secret: str) -> dict[bytes, bytes]:
    return {
        b"authorization": f"Bearer {KEY}".encode(),
        b"user-agent": f"curl {secret}".encode(),
        b"idempotency-key": secret.encode(),
        b"stripe-account": secret.encode(),
        b"content-type": b"application/x-www-form-urlencoded",
    }


def test_a_log_line_has_no_secret() -> None:
    reader, writer = os.pipe()
    handler = NonBlockingHandler(writer)
    handler.emit(logging.LogRecord("emulator", logging.INFO, "", 0, "to http://a.test/%s", (SECRETS[0],), None))
    assert os.read(reader, 1000) == b"to http://a.test/sk_live_51ab***stuv\n"
    os.close(reader)
    os.close(writer)


# --- bounds ----------------------------------------------------------------------------------------------------------


def _entry(number: int, size: int = 0) -> Entry:
    return Entry(
        0, "GET", "", 200, f"req_{number}", None, None, "", None, False, None, None, "modelled", b"x" * size, b""
    )


def test_a_journal_keeps_the_newest() -> None:
    journal = Journal(size=3, budget=Budget(1000))
    for number in range(10):
        journal.add(_entry(number))
    assert [entry.request_id for entry in journal] == ["req_7", "req_8", "req_9"]


def test_all_journals_together_are_bounded() -> None:
    budget = Budget(limit=1000)
    one, two = Journal(100, budget), Journal(100, budget)
    for number in range(100):
        one.add(_entry(number, size=100))
    assert (len(list(one)), budget.used) == (10, 1000)
    two.add(_entry(0, size=100))
    two.add(_entry(1, size=100))
    assert (len(list(two)), budget.used) == (1, 1100)
    one.clear()
    assert budget.used == 100


def test_all_that_a_client_can_make_large_counts() -> None:
    budget = Budget(limit=1000)
    journal = Journal(100, budget)
    for number in range(10):
        journal.add(_entry(number)._replace(path="p" * 100, user_agent="u" * 100, version="v" * 100))
    assert (len(journal), budget.used, journal.total) == (3, 900, 10)


def test_a_long_body_is_cut() -> None:
    assert len(cut(b"x" * 100_000)) == 16_384


def test_a_journal_can_be_off() -> None:
    api = Api(Settings(journal_size=0))
    api.get("/v1/account")
    (sandbox,) = api.emulator.sandboxes._sandboxes.values()
    assert list(sandbox.journal) == []
