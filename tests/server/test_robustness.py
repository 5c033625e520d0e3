"""Clients that leave, stall or send too much: no traceback in the log, no connection kept for ever, others are served."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from emulator.client import EmulatorClient
from emulator.server import Server, server
from emulator.server.protocol_h11 import BoundedProtocol
from emulator.settings import Settings

from ..bench.processes import free_port

KEY = "sk_test_robust"
AUTH = f"Authorization: Bearer {KEY}\r\n".encode()
HALF = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ntype=cus"


@pytest.fixture(params=["httptools", "h11"])
def running(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    if request.param == "h11":
        monkeypatch.setattr("emulator.server.server._protocol", lambda: BoundedProtocol)
    with Server(Settings(port=0, request_timeout=1)) as started:
        yield started


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The errors in the log so far."""
    caplog.set_level(logging.DEBUG)
    return lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@contextlib.contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as raw:
        yield raw


def until_closed(raw: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := raw.recv(65_536):
            received += chunk
    return received


def link(url: str) -> bytes:
    """The path of a hosted page."""
    with httpx.Client(base_url=url, auth=(KEY, "")) as client:
        account = client.post("/v1/accounts", data={"type": "express"}).json()["id"]
        urls = {"refresh_url": "http://localhost/a", "return_url": "http://localhost/b"}
        made = client.post("/v1/account_links", data={"account": account, "type": "account_onboarding", **urls}).json()
    return str(urlsplit(made["url"]).path).encode()


def paths(url: str) -> list[bytes]:
    return [b"/v1/accounts", b"/v2/core/accounts", b"/_emulator/faults", b"/_emulator/nothing", link(url)]


def insist(raw: socket.socket, request: bytes) -> None:
    """Sends a request again and again, and reads no response. A busy machine fills the buffers slowly."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        raw.sendall(request * 50)
        time.sleep(0.05)


def test_a_client_that_disconnects_in_its_body_is_no_error(running: Server, errors: Callable[[], list[str]]) -> None:
    for path in paths(running.url):
        with connected(running.url) as raw:
            raw.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\n" + AUTH + HALF)
            time.sleep(0.05)
    time.sleep(0.2)
    assert EmulatorClient(running.url, KEY).health()["status"] == "ok"
    assert errors() == []


def test_a_client_that_stalls_is_disconnected_without_an_error(
    running: Server, errors: Callable[[], list[str]]
) -> None:
    for path in paths(running.url):
        with connected(running.url) as raw:
            raw.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\n" + AUTH + HALF)
            assert b"Traceback" not in until_closed(raw)
    assert errors() == []


def test_a_client_that_stops_reading_is_disconnected_without_an_error(
    running: Server, errors: Callable[[], list[str]]
) -> None:
    for path in (b"/v1/account", b"/_emulator/requests", link(running.url)):
        with socket.socket() as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            parts = urlsplit(running.url)
            raw.connect((parts.hostname, parts.port))
            raw.settimeout(5)
            with pytest.raises((BrokenPipeError, ConnectionResetError)):
                insist(raw, b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n" + AUTH + b"\r\n")
    assert errors() == []


def test_clients_connected_at_shutdown_are_no_error(errors: Callable[[], list[str]]) -> None:
    started = Server(Settings(port=0)).start()
    EmulatorClient(started.url, KEY).fault(path="/v1/account", latency=60)
    with contextlib.ExitStack() as stack:
        for path in paths(started.url):
            raw = stack.enter_context(connected(started.url))
            raw.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\n" + AUTH + HALF)
        for path in (b"/v1/account", b"/_emulator/clock"):
            raw = stack.enter_context(connected(started.url))
            raw.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n" + AUTH + b"\r\n")
        time.sleep(0.2)
        started.stop()
    assert errors() == []


@pytest.mark.parametrize(
    "target", [b"http://[x/v1/accounts", b"http://x:y/", b"http://localhost", b"/v1/\xff\xfe", b"//"]
)
def test_an_invalid_target_is_400_before_its_body(target: bytes, errors: Callable[[], list[str]]) -> None:
    with Server(Settings(port=0)) as started, connected(started.url) as raw:
        raw.sendall(b"POST " + target + b" HTTP/1.1\r\nHost: localhost\r\n" + AUTH + HALF)
        raw.settimeout(3)
        if target == b"//":  # a path like any other
            raw.shutdown(socket.SHUT_WR)
            assert until_closed(raw) == b""
        else:
            assert until_closed(raw).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert errors() == []


def test_an_empty_line_does_not_keep_an_idle_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "KEEP_ALIVE_SECONDS", 1)
    request = b"GET /v1/account HTTP/1.1\r\nHost: localhost\r\n" + AUTH + b"\r\n"
    with Server(Settings(port=0, request_timeout=1)) as started:
        for path in (b"/v1/account", b"/_emulator/clock"):
            with connected(started.url) as raw:
                raw.sendall(request.replace(b"/v1/account", path))
                assert raw.recv(65_536).startswith(b"HTTP/1.1 200")
                raw.sendall(b"\r\n")
                raw.settimeout(5)
                assert raw.recv(65_536) == b""


def test_an_incomplete_tls_handshake_times_out() -> None:
    with Server(Settings(port=0, tls=True, request_timeout=1)) as started:
        for part in (b"", b"\x16\x03\x01"):
            with connected(started.url) as raw:
                raw.sendall(part)
                raw.settimeout(5)
                assert until_closed(raw) == b""


def test_a_client_with_many_requests_does_not_block_others() -> None:
    with Server(Settings(port=0)) as started:
        client = EmulatorClient(started.url, KEY)
        for _ in range(100):
            client.create_account(type="custom")
        many = b"GET /v1/accounts?limit=100 HTTP/1.1\r\nHost: localhost\r\n" + AUTH + b"\r\n"
        one = b"GET /v1/account HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + AUTH + b"\r\n"
        with connected(started.url) as greedy, connected(started.url) as modest:
            received = [0]
            reader = threading.Thread(target=_count, args=(greedy, received), daemon=True)
            reader.start()
            greedy.sendall(many * 200)
            while not received[0]:
                time.sleep(0.001)
            modest.sendall(one)
            assert until_closed(modest).startswith(b"HTTP/1.1 200")
            assert received[0] < 100


def _count(raw: socket.socket, received: list[int]) -> None:
    """Counts the responses that arrive."""
    with contextlib.suppress(OSError):
        while chunk := raw.recv(65_536):
            received[0] += chunk.count(b"HTTP/1.1 200")


def test_an_unread_standard_error_blocks_nothing() -> None:
    port = free_port()
    command = [sys.executable, "-m", "emulator", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", auth=(KEY, ""), timeout=10) as client:
            for _ in range(200):
                with contextlib.suppress(httpx.ConnectError):
                    client.get("/v1/account")
                    break
                time.sleep(0.05)
            for _ in range(3000):
                assert client.get("/v1/account").status_code == 200
        assert process.stderr is not None
        assert b"GET /v1/account 200" in process.stderr.readline()
        lines: list[bytes] = []
        reader = threading.Thread(target=lambda: lines.extend(process.stderr or []), daemon=True)
        reader.start()
        time.sleep(0.2)
        httpx.get(f"http://127.0.0.1:{port}/v1/account", auth=(KEY, ""))
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        reader.join(10)
        assert any(b"log lines were dropped" in line for line in lines)
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
