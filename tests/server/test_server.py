"""The server over real sockets: it starts and stops at once, under any clock, and serves many at a time."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import socket
import threading
import time
from collections.abc import Iterator

import freezegun
import httpx
import pytest

from emulator.client import ClaimRefused, EmulatorClient, EmulatorError
from emulator.server import CannotListen, Server, bind, url_of
from emulator.server import server as server_module
from emulator.settings import Settings
from emulator.wire import form

COMPONENTS = {"payments": {"enabled": True}}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def client(server: Server, request: pytest.FixtureRequest) -> EmulatorClient:
    return EmulatorClient(server.url, f"sk_test_{abs(hash(request.node.name)):x}")


def _session(client: EmulatorClient, account: str) -> httpx.Response:
    return httpx.post(
        f"{client.url}/v1/account_sessions",
        content=form.encode({"account": account, "components": COMPONENTS}),
        headers={"content-type": "application/x-www-form-urlencoded", "authorization": f"Bearer {client.api_key}"},
    )


def test_a_whole_journey_over_a_socket(client: EmulatorClient) -> None:
    account = client.create_account(type="custom")["id"]
    secret = _session(client, account).json()["client_secret"]
    assert client.account_session(secret).state == "open"
    claim = client.claim(secret)
    assert (claim.account, list(claim.components)) == (account, ["payments"])
    with pytest.raises(ClaimRefused, match="claimed before") as caught:
        client.claim(secret)
    assert caught.value.code == "client_secret_used"
    assert [attempt.outcome for attempt in client.account_session(secret).claim_attempts] == ["claimed", "used"]
    assert client.logout(claim.session_token) is True


def test_64_threads_claim_one_secret_and_one_wins(client: EmulatorClient) -> None:
    account = client.create_account(type="custom")["id"]
    secret = _session(client, account).json()["client_secret"]
    barrier = threading.Barrier(64)

    def claim(_: int) -> str:
        barrier.wait()
        try:
            return client.claim(secret).account
        except ClaimRefused as refused:
            return refused.code

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        outcomes = list(pool.map(claim, range(64)))
    assert sorted(outcomes) == sorted([account, *["client_secret_used"] * 63])


def test_the_client_moves_time(client: EmulatorClient) -> None:
    assert client.freeze(1_790_000_000) == 1_790_000_000
    assert client.advance(60) == client.now() == 1_790_000_060
    assert client.set_time(5) == 5
    account = client.create_account()["id"]
    client.reset()
    assert client.release() > 1_790_000_000
    assert client.account_sessions == []
    assert account not in str(client.requests)


def test_the_control_client_reports_errors(client: EmulatorClient) -> None:
    with pytest.raises(EmulatorError, match="must be one of custom, express, or standard"):
        client.create_account(type="nonsense")
    with pytest.raises(EmulatorError, match="no account session with this client secret"):
        client.account_session("accs_secret__x")


def test_an_unreachable_server_is_reported_with_the_command_to_start_it() -> None:
    listener = bind("127.0.0.1", 0)
    url = url_of(listener)
    listener.close()
    with pytest.raises(EmulatorError, match="Start it with: stripe-emulator"):
        EmulatorClient(url, "sk_test_1").health()


def test_header_names_have_the_case_of_stripes(client: EmulatorClient) -> None:
    with socket.create_connection(client.url.removeprefix("http://").rsplit(":", 1)) as raw:  # type: ignore[arg-type]
        raw.sendall(
            b"GET /v1/account HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk_test_1\r\nConnection: close\r\n\r\n"
        )
        response = b""
        while chunk := raw.recv(65_536):
            response += chunk
    head, _, _ = response.partition(b"\r\n\r\n")
    assert [line.partition(b":")[0].decode() for line in head.split(b"\r\n")] == [
        "HTTP/1.1 200 OK", "Server", "Date", "Content-Type", "Content-Length", "Connection",
        "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods", "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers", "Access-Control-Max-Age", "Cache-Control", "Content-Security-Policy",
        "Emulator-Fidelity", "Request-Id",
        "Stripe-Version", "Vary", "X-Stripe-Priority-Routing-Enabled", "X-Stripe-Routing-Context-Priority-Tier", "X-Wc",
        "Strict-Transport-Security",
    ]  # fmt: skip


def test_the_h11_protocol_sends_the_same_responses(client: EmulatorClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the faster parser, uvicorn's own protocol serves: only the case of header names differs."""
    monkeypatch.setattr(server_module, "_protocol", lambda: "h11")
    with Server() as plain:
        other = httpx.get(f"{plain.url}/v1/account", headers={"authorization": "Bearer sk_test_same"})
    first = httpx.get(f"{client.url}/v1/account", headers={"authorization": "Bearer sk_test_same"})
    assert first.content == other.content
    different = {"date", "request-id"}
    assert {n: v for n, v in first.headers.items() if n not in different} == {
        n: v for n, v in other.headers.items() if n not in different
    }


# --- life cycle ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_server_listens_on_its_host(host: str) -> None:
    with Server(Settings(host=host, port=0)) as running:
        assert EmulatorClient(running.url, "sk_test_1").health() == {"status": "ok", "sandboxes": 0}


def test_a_server_starts_and_stops_many_times() -> None:
    before = threading.active_count()
    for _ in range(20):
        with Server() as running:
            assert httpx.get(f"{running.url}/_emulator/health").status_code == 200
    assert threading.active_count() == before


@pytest.mark.parametrize("real_asyncio", [True, False])
@pytest.mark.parametrize("tick", [True, False])
def test_a_server_starts_serves_and_stops_while_time_is_frozen(real_asyncio: bool, tick: bool) -> None:
    with freezegun.freeze_time("2026-01-01", real_asyncio=real_asyncio, tick=tick), Server() as running:
        client = EmulatorClient(running.url, "sk_test_1")
        assert client.now() in (1_767_225_600, 1_767_225_601)
        account = client.create_account(type="custom")["id"]
        assert _session(client, account).json()["expires_at"] in (1_767_225_720, 1_767_225_721)


def test_freezing_time_while_a_server_runs_moves_it(client: EmulatorClient) -> None:
    account = client.create_account(type="custom")["id"]
    with freezegun.freeze_time("2030-01-01") as frozen:
        secret = _session(client, account).json()["client_secret"]
        frozen.tick(119)
        assert client.account_session(secret).state == "open"
        frozen.tick(1)
        with pytest.raises(ClaimRefused, match="expired"):
            client.claim(secret)


def test_stopping_twice_has_no_effect() -> None:
    running = Server().start()
    running.stop()
    running.stop()


def test_a_busy_port_is_reported_in_one_line(server: Server) -> None:
    port = int(server.url.rsplit(":", 1)[1])
    with pytest.raises(CannotListen, match=f"cannot listen on 127.0.0.1 port {port}: Address already in use"):
        Server(Settings(port=port)).start()


def test_connections_do_not_wait_for_each_other() -> None:
    """asyncio sets TCP_NODELAY only where the socket's protocol is named; without it each call took 40 ms."""
    listener = bind("127.0.0.1", 0)
    assert listener.proto == socket.IPPROTO_TCP
    listener.close()


def test_an_open_connection_does_not_delay_shutdown() -> None:
    running = Server().start()
    with httpx.Client() as kept:
        kept.get(f"{running.url}/_emulator/health")
        with socket.create_connection(running.url.removeprefix("http://").rsplit(":", 1)) as half:  # type: ignore[arg-type]
            half.sendall(b"POST /v1/account_sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            time.sleep(0.02)
            running.stop()
            assert half.recv(10) == b""


def test_a_server_logs_no_error(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    async def many() -> None:
        async with httpx.AsyncClient() as client:
            await asyncio.gather(*(client.get(f"{server.url}/v1/account") for _ in range(50)))

    with caplog.at_level(logging.WARNING):
        asyncio.run(many())
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
