"""Hardening: slow clients, partial requests, many connections, invalid HTTP, pages of other origins."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import freezegun
import httpx
import pytest

from emulator.client import EmulatorClient, EmulatorError
from emulator.control.guard import Access, refusal
from emulator.server import Server
from emulator.server.protocol import LONGEST_HEAD
from emulator.server.protocol_h11 import BoundedProtocol
from emulator.settings import Settings
from emulator.wire.form import LIMITS

from ..bench import fuzz, soak

KEY = "sk_test_hardening"
AUTH = f"Authorization: Bearer {KEY}\r\n".encode()
PAGE = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n<hr><center>nginx</center>\r\n"
    "</body>\r\n</html>\r\n"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(Settings(port=0)) as running:
        yield running


@contextlib.contextmanager
def connected(server: Server) -> Iterator[socket.socket]:
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield raw


def everything(raw: socket.socket) -> bytes:
    """Until the server closes the connection; a reset counts as that."""
    response = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := raw.recv(65_536):
            response += chunk
    return response


def say(server: Server, *parts: bytes, pause: float = 0.0) -> bytes:
    """Sends bytes in parts, and returns what comes back until the connection is closed."""
    with connected(server) as raw:
        for part in parts:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                raw.sendall(part)
            time.sleep(pause)
        return everything(raw)


def drip(raw: socket.socket, part: bytes, pause: float) -> None:
    """Sends a part again and again."""
    for _ in range(100):
        raw.sendall(part)
        time.sleep(pause)


def is_page(response: bytes, title: str) -> bool:
    head, _, body = response.decode().partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {title[:3]} "), response
    assert re.findall(r"^(Server|Content-Type|Connection): (.+)\r?$", head, re.MULTILINE)
    return body == PAGE.format(title)


# --- slow clients ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["httptools", "h11"])
def impatient(request: pytest.FixtureRequest) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "h11":
            patch.setattr("emulator.server.server._protocol", lambda: BoundedProtocol)
        running = Server(Settings(port=0, request_timeout=1)).start()
    yield running
    running.stop()


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"POST /v1/acc",
        b"POST /v1/accounts HTTP/1.1\r\nHost: x\r\n",
        b"POST /v1/accounts HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
        b"POST /v1/accounts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"GET /v1/account HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/acc",
    ],
)
def test_a_client_that_sends_half_a_request_is_dropped(impatient: Server, half: bytes) -> None:
    started = time.perf_counter()
    response = say(impatient, half)
    assert time.perf_counter() - started < 4
    assert response.count(b"HTTP/1.1") == half.count(b"x\r\n\r\nGET")


def test_a_client_that_sends_too_slowly_is_dropped(impatient: Server) -> None:
    with connected(impatient) as raw:
        raw.sendall(b"GET /v1/account HTTP/1.1\r\n")
        started = time.perf_counter()
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            drip(raw, b"X-A: b\r\n", 0.05)
    assert time.perf_counter() - started < 4


def test_a_client_that_does_not_read_is_dropped(impatient: Server) -> None:
    request = b"GET /v1/account HTTP/1.1\r\nHost: x\r\n" + AUTH + b"\r\n"
    host, _, port = impatient.url.removeprefix("http://").rpartition(":")
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect((host, int(port)))
        raw.settimeout(5)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            drip(raw, request * 100, 0.1)
    assert EmulatorClient(impatient.url, KEY).health()["status"] == "ok"


def test_a_client_that_pipelines_too_many_requests_is_dropped(server: Server) -> None:
    request = b"GET /v1/account HTTP/1.1\r\nHost: x\r\n" + AUTH + b"\r\n"
    assert say(server, request * 50_000).count(b"HTTP/1.1 200 OK") < 50_000
    assert EmulatorClient(server.url, KEY).health()["status"] == "ok"


def test_an_idle_kept_connection_stays_open(impatient: Server) -> None:
    with httpx.Client(base_url=impatient.url, headers={"authorization": f"Bearer {KEY}"}) as client:
        before = client.get("/v1/account").extensions["network_stream"].get_extra_info("client_addr")
        time.sleep(2.5)
        after = client.get("/v1/account").extensions["network_stream"].get_extra_info("client_addr")
    assert after == before


def test_a_slow_but_steady_client_is_served(impatient: Server) -> None:
    body = b"type=custom"
    head = (
        b"POST /v1/accounts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        + AUTH
        + b"Content-Length: %d\r\n\r\n" % len(body)
    )
    assert say(impatient, head[:20], head[20:], body, pause=0.6).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("real_asyncio", [True, False])
def test_the_server_works_while_time_is_frozen(real_asyncio: bool) -> None:
    with freezegun.freeze_time("2026-01-01", real_asyncio=real_asyncio):
        running = Server(Settings(port=0, request_timeout=1)).start()
        with connected(running) as half, connected(running) as other:
            half.sendall(b"POST /v1/accounts HTTP/1.1\r\nContent-Length: 5\r\n\r\nab")
            other.sendall(b"GET /v1/account HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + AUTH + b"\r\n")
            assert everything(other).startswith(b"HTTP/1.1 200 OK")
            running.stop()
            assert everything(half) == b""
    assert running._thread is None


def test_a_jump_in_time_drops_no_connection(server: Server) -> None:
    with freezegun.freeze_time("2026-01-01") as frozen, connected(server) as raw:
        raw.sendall(
            b"POST /v1/accounts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 11\r\n"
            + AUTH
            + b"\r\ntype="
        )
        frozen.move_to("2036-01-01")
        raw.sendall(b"custom")
        assert everything(raw).startswith(b"HTTP/1.1 200 OK")


# --- many ------------------------------------------------------------------------------------------------------------


def test_a_thousand_connections_are_served_at_once(server: Server) -> None:
    soft_limit(2200)
    request = b"GET /v1/account HTTP/1.1\r\nHost: x\r\n" + AUTH + b"\r\n"
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(connected(server)) for _ in range(1000)]
        for raw in opened:
            raw.sendall(request)
        assert {raw.recv(65_536)[:15] for raw in opened} == {b"HTTP/1.1 200 OK"}


def soft_limit(wanted: int) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip("too few open files are allowed here")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def test_one_connection_too_many_is_refused() -> None:
    with Server(Settings(port=0, max_connections=2)) as small:
        with connected(small), connected(small):
            assert is_page(say(small), "503 Service Unavailable")
        for _ in range(100):  # until the server has seen the two go
            with contextlib.suppress(EmulatorError):
                EmulatorClient(small.url, KEY).health()
                break
            time.sleep(0.02)
        assert EmulatorClient(small.url, KEY).health()["status"] == "ok"


# --- what is no HTTP, and too much of it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /v1/account HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n",
        b"GET /v1/account HTTP/1.1\r\nX: a\0b\r\n\r\n",
    ],
)
def test_invalid_http_is_400(server: Server, sent: bytes) -> None:
    assert is_page(say(server, sent), "400 Bad Request")


@pytest.mark.parametrize(
    "parts",
    [
        [b"GET / HTTP/1.1\r\nX-Big: " + b"a" * (LONGEST_HEAD + 10) + b"\r\n\r\n"],
        [b"GET / HTTP/1.1\r\nX-Big: ", *[b"a" * 4096] * 20],
        [b"GET / HTTP/1.1\r\n", b"X: y\r\n" * 20_000, b"\r\n"],
        [b"GET / HTTP/1.1\r\n", b"X: y\r\n" * (LONGEST_HEAD // 6 + 1) + b"\r\n"],
    ],
)
def test_a_head_that_is_too_large_is_400(server: Server, parts: list[bytes]) -> None:
    response = say(server, *parts)  # a client that is still sending when the socket closes may lose the response
    assert response == b"" or is_page(response, "400 Bad Request")
    assert EmulatorClient(server.url, KEY).health()["status"] == "ok"


def test_a_large_head_with_a_body_is_served(server: Server) -> None:
    head = b"POST /v1/accounts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Big: " + b"a" * 60_000 + b"\r\n" + AUTH
    assert say(server, head + b"Content-Length: 11\r\n\r\ntype=custom").startswith(b"HTTP/1.1 200 OK")
    big = b"metadata[a]=" + b"b" * 400 + b"&" + b"expand[]=" * 20_000
    response = say(
        server,
        b"POST /v1/accounts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        + AUTH
        + b"Content-Length: %d\r\n\r\n" % len(big)
        + big,
    )
    assert response.startswith(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nDate: ")
    assert b"Content-Type: application/json" in response


@pytest.mark.parametrize("length", [20_000, 100_000])
def test_a_request_line_that_is_too_long_is_414(server: Server, length: int) -> None:
    sent = b"GET /v1/accounts?a=" + b"b" * length + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    response = say(server, sent)
    assert response[:12] in (b"HTTP/1.1 414", b"")
    assert length > LONGEST_HEAD or is_page(response, "414 Request-URI Too Large")


def test_trailers_are_ignored(server: Server) -> None:
    """Trailers are no headers: a key in them is no key."""
    sent = (
        b"POST /v1/accounts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + AUTH
    )
    assert say(server, sent + b"X: y\r\n" * 1000 + b"\r\n").startswith(b"HTTP/1.1 401 Unauthorized")


def test_a_body_over_the_limit_is_refused_and_not_kept(server: Server) -> None:
    limit = LIMITS.body
    head = (
        b"POST /v1/accounts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        + AUTH
        + b"Content-Length: %d\r\n\r\n" % (limit * 8)
    )
    response = say(server, head, b"a" * (limit * 8))
    assert response.startswith(b"HTTP/1.1 400") or response == b""


UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"


@pytest.mark.parametrize("at", [1, 30, 60, 80, 85, 90, 95, 100, 150, 200, 230, -30, -14, -13, -12, -11, -5])
@pytest.mark.parametrize(
    "framing",
    [b"Content-Length: 11\r\n\r\ntype=custom", b"Transfer-Encoding: chunked\r\n\r\nb\r\ntype=custom\r\n0\r\n\r\n"],
)
def test_an_upgrade_is_declined_however_the_request_is_split(server: Server, at: int, framing: bytes) -> None:
    """curl --http2 offers; the body that follows is the request's."""
    request = b"POST /v1/accounts HTTP/1.1\r\nHost: x\r\n" + AUTH + UPGRADE + framing
    ending = b"GET /v1/account HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + AUTH + b"\r\n"
    response = say(server, request[:at], request[at:] + ending, pause=0.01)
    assert response.count(b"HTTP/1.1 200 OK") == 2
    assert b'"type": "custom"' in response


# --- the control API ---------------------------------------------------------------------------------------------------


def test_the_control_api_can_be_switched_off() -> None:
    with Server(Settings(port=0, control=False)) as running:
        for method, path in (("GET", "health"), ("POST", "reset"), ("POST", "connect/claim"), ("GET", "nothing")):
            response = httpx.request(method, f"{running.url}/_emulator/{path}")
            assert (response.status_code, response.json()) == (
                404,
                {
                    "error": {
                        "code": "control_api_disabled",
                        "message": "The control API is disabled.",
                        "hint": "Start the emulator without --no-control.",
                    }
                },
            )
        assert httpx.get(f"{running.url}/v1/account", auth=(KEY, "")).status_code == 200


def test_the_control_api_can_require_a_token() -> None:
    with Server(Settings(port=0, control_token="s3cret")) as running:
        assert EmulatorClient(running.url, KEY, token="s3cret").now() > 0
        with pytest.raises(EmulatorError, match="requires its token, which is missing") as missing:
            EmulatorClient(running.url, KEY).now()
        assert missing.value.code == "control_token_required"
        with pytest.raises(EmulatorError, match="which is wrong"):
            EmulatorClient(running.url, KEY, token="s3cre").now()
        assert EmulatorClient(running.url, KEY).health()["status"] == "ok"
        with pytest.raises(EmulatorError, match="client secret"):
            EmulatorClient(running.url, KEY).claim("accs_secret__none")


LOCAL = Settings()


@pytest.mark.parametrize(
    ("headers", "settings", "code"),
    [
        ({"host": "127.0.0.1:12111"}, LOCAL, None),
        ({"host": "localhost:12111", "origin": "http://localhost:12111", "sec-fetch-site": "same-origin"}, LOCAL, None),
        ({"host": "[::1]:12111"}, LOCAL, None),
        ({"host": "app.localhost"}, LOCAL, None),
        ({"host": "host.docker.internal:12111"}, LOCAL, None),
        ({}, LOCAL, None),
        ({"host": "LOCALHOST."}, LOCAL, None),
        ({"host": "rebound.example.com:12111"}, LOCAL, "host_not_allowed"),
        ({"host": "localhost.example.com"}, LOCAL, "host_not_allowed"),
        ({"host": "rebound.example.com"}, Settings(host="0.0.0.0"), None),
        ({"host": "rebound.example.com"}, Settings(host="::1"), "host_not_allowed"),
        ({"host": "rebound.example.com"}, Settings(host="localhost"), "host_not_allowed"),
        ({"host": "emulator.example.com"}, Settings(host="emulator.example.com"), None),
        ({"host": "whatever.example.com"}, Settings(uds="/run/e.sock"), None),
        ({"host": "localhost:12111", "origin": "http://localhost:3000"}, LOCAL, "origin_not_allowed"),
        ({"host": "localhost:12111", "origin": "null"}, LOCAL, "origin_not_allowed"),
        ({"host": "0.0.0.0:1", "origin": "https://example.com"}, Settings(host="0.0.0.0"), "origin_not_allowed"),
        ({"host": "localhost:12111", "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, LOCAL, "origin_not_allowed"),
        ({"host": "localhost:12111", "sec-fetch-site": "same-site"}, LOCAL, "origin_not_allowed"),
        ({"host": "localhost:12111", "sec-fetch-site": "none"}, LOCAL, None),
        ({"host": "localhost:12111", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "method": "GET"}, LOCAL, None),
        ({"host": "localhost:12111", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "method": "POST"}, LOCAL, "origin_not_allowed"),
        ({"host": "localhost:12111", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe", "method": "GET"}, LOCAL, "origin_not_allowed"),
    ],
)  # fmt: skip
def test_pages_of_other_origins_are_refused(headers: dict[str, str], settings: Settings, code: str | None) -> None:
    sent = {name.encode(): value.encode() for name, value in headers.items()}
    refused = refusal(Access.TOKEN, sent, settings)
    assert (refused and refused.code) == code
    assert refusal(Access.EVERY_PAGE, sent, settings) is None


def test_a_page_of_another_origin_gets_no_response_and_changes_nothing(server: Server) -> None:
    headers = {"authorization": f"Bearer {KEY}", "origin": "http://example.com", "content-type": "text/plain"}
    refused = httpx.post(f"{server.url}/_emulator/clock", content='{"freeze": 5}', headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in refused.headers
    assert EmulatorClient(server.url, KEY).now() > 5


def test_a_request_with_two_host_headers_is_refused_if_one_is_foreign(server: Server) -> None:
    hosts = b"Host: rebound.example.com\r\nHost: localhost\r\n"
    response = say(server, b"GET /_emulator/clock HTTP/1.1\r\nConnection: close\r\n" + hosts + AUTH + b"\r\n")
    assert response.startswith(b"HTTP/1.1 403 ")
    assert b'"code": "host_not_allowed"' in response


def test_a_method_header_does_not_replace_the_method(server: Server) -> None:
    """Navigation from another origin is allowed for GET only, whatever a header named method says."""
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    refused = httpx.post(f"{server.url}/_emulator/reset", auth=(KEY, ""), headers={**followed, "method": "GET"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "origin_not_allowed")


@pytest.mark.parametrize("target", [b"/_emulator/nothing?\xff", b"/_emulator/clock/?\xe3\x0f", b"/_emulator?=\xaf"])
def test_unencoded_bytes_in_a_target_are_no_server_error(server: Server, target: bytes) -> None:
    sent = b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert say(server, sent)[9:12] in (b"307", b"400", b"404")


def test_a_body_of_many_levels_is_refused(server: Server) -> None:
    deep = b'{"times":' + b"[" * 900 + b"]" * 900 + b"}"
    refused = httpx.post(f"{server.url}/_emulator/faults", content=deep, auth=(KEY, ""))
    assert (refused.status_code, refused.json()["error"]["message"]) == (
        400,
        "The body cannot be read: it has more than 64 levels of nesting.",
    )


# --- over a long time ------------------------------------------------------------------------------------------------


def test_connections_of_short_lived_threads_are_released(server: Server) -> None:
    def visit() -> None:
        host, _, port = server.url.removeprefix("http://").rpartition(":")
        for _ in range(20):
            connection = HTTPConnection(host, int(port), timeout=10)
            connection.request("POST", "/v1/accounts", b"type=custom", {"authorization": f"Bearer {KEY}"})
            connection.close()

    threads = [threading.Thread(target=visit) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert EmulatorClient(server.url, KEY).health()["status"] == "ok"


def test_a_short_soak_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak.main(["--requests", "600", "--sandboxes", "50"]) == 0
    assert "600 requests" in capsys.readouterr().out


def test_a_soak_that_grows_fails() -> None:
    assert soak.grows([100.0, 110.0, 111.0, 110.5, 111.0], 16.0) is False
    assert soak.grows([100.0, 110.0, 130.0, 150.0, 170.0], 16.0) is True


def test_a_short_fuzz_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--requests", "1500", "--seed", "1"]) == 0
    printed = capsys.readouterr().out
    assert "1500 requests, 0 wrong" in printed
    assert "750 requests around the API, 0 wrong" in printed
    assert "150 connections, 0 wrong" in printed


def test_a_header_that_is_sent_twice_holds_both_values(server: Server) -> None:
    key = f"Authorization: Bearer {KEY}".encode()
    versions = b"Stripe-Version: 2019-05-16\r\nStripe-Version: 2019-12-03"
    response = say(server, b"GET /v1/account HTTP/1.1\r\n%b\r\n%b\r\nConnection: close\r\n\r\n" % (key, versions))
    assert response.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b'"message": "Invalid Stripe API version: 2019-05-16, 2019-12-03"' in response
