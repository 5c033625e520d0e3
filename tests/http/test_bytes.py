"""The emulator as bytes on a socket: requests of clients of every kind, and the responses."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from emulator.app import Emulator
from emulator.client import EmulatorClient
from emulator.server import server
from emulator.settings import Settings

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

NOW = 1_800_000_000
FORM = "Content-Type: application/x-www-form-urlencoded"
SUPPORT = "https://support.stripe.com/"
MIB = 1_048_576


@dataclass(frozen=True)
class RawResponse:
    """One HTTP response; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """One connection, for requests written by hand: `{key}` and `{account}` stand for those of a sandbox."""

    def __init__(self, connection: socket.socket, words: Mapping[str, str]) -> None:
        self._connection = connection
        self._incoming = connection.makefile("rb")
        self._words = words

    def send(self, *lines: str, body: bytes = b"") -> None:
        """Sends a head, with the key unless it names another, and a body."""
        text = "\r\n".join([*lines, "Host: localhost", "Authorization: Bearer {key}", "", ""])
        for word, value in self._words.items():
            text = text.replace("{" + word + "}", value)
        self._connection.sendall(text.encode() + body)

    def post(self, path: str, body: bytes, *lines: str) -> RawResponse:
        """Sends a form and reads the response."""
        self.send(f"POST {path} HTTP/1.1", FORM, f"Content-Length: {len(body)}", *lines, body=body)
        return self.response()

    def get(self, path: str, *lines: str) -> RawResponse:
        self.send(f"GET {path} HTTP/1.1", *lines)
        return self.response()

    def response(self, *, to_head: bool = False) -> RawResponse:
        """Reads one response, by its Content-Length."""
        status = int(self._incoming.readline().split()[1])
        headers: dict[str, str] = {}
        while line := self._incoming.readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        length = 0 if to_head or status == 100 else int(headers["content-length"])
        return RawResponse(status, headers, self._incoming.read(length))

    def send_raw(self, data: bytes) -> None:
        self._connection.sendall(data)

    def rest(self) -> bytes:
        """Everything up to the end of the connection."""
        return self._incoming.read()

    def close(self) -> None:
        self._incoming.close()
        self._connection.close()


@contextmanager
def connected(emulator: EmulatorClient, **words: str) -> Iterator[Wire]:
    where = urlsplit(emulator.url)
    connection = socket.create_connection((where.hostname, where.port), timeout=5)
    wire = Wire(connection, {"key": emulator.api_key, **words})
    try:
        yield wire
    finally:
        wire.close()


@pytest.fixture
def account(stripe_emulator: StripeEmulator) -> str:
    return str(stripe_emulator.create_account(type="custom")["id"])


@pytest.fixture
def wire(stripe_emulator: StripeEmulator, account: str) -> Iterator[Wire]:
    with connected(stripe_emulator, account=account) as wire:
        yield wire


def error_body(response: RawResponse) -> str:
    """The body of an error, without what differs from request to request."""
    request_id = response.headers["request-id"]
    address = response.json["error"]["request_log_url"].partition("/_emulator")[0]
    return response.body.decode().replace(request_id, "req_ID").replace(address, "http://127.0.0.1:PORT")


# --- bodies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_chunked_body_without_a_length_is_read(wire: Wire, size: int) -> None:
    body = b"type=custom&metadata[plan]=free&metadata[seats]=7"
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])
    wire.send("POST /v1/accounts HTTP/1.1", FORM, "Transfer-Encoding: chunked", body=chunks)
    response = wire.response()
    assert (response.status, response.json["type"]) == (200, "custom")
    assert response.json["metadata"] == {"plan": "free", "seats": "7"}


@pytest.mark.parametrize(
    "body",
    [
        b"account=%b&components[payments][enabled]=true&components[payments][features][refund_management]=false",
        b"account=%b&components%%5Bpayments%%5D%%5Benabled%%5D=true&components%%5Bpayments%%5D%%5Bfeatures%%5D%%5Brefund_management%%5D=false",
        b"account=%b&components%%5bpayments%%5d[enabled]=true&components[payments]%%5bfeatures%%5d[refund%%5Fmanagement]=%%66alse",
    ],
    ids=["raw brackets", "percent-encoded brackets", "a mixture"],
)
def test_brackets_may_be_raw_or_percent_encoded(wire: Wire, account: str, body: bytes) -> None:
    response = wire.post("/v1/account_sessions", body % account.encode())
    assert response.status == 200
    assert response.json["components"]["payments"] == {
        "enabled": True,
        "features": {
            "capture_payments": True,
            "destination_on_behalf_of_charge_management": False,
            "dispute_management": True,
            "refund_management": False,
            "smart_disputes_management": True,
        },
    }


@pytest.mark.parametrize(
    "content_type",
    [
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8",
        "CONTENT-TYPE: Application/X-WWW-Form-URLencoded",
        "X-No-Content-Type: at all",
    ],
)
def test_a_form_is_parsed_with_any_spelling_of_its_content_type(wire: Wire, content_type: str) -> None:
    wire.send("POST /v1/accounts HTTP/1.1", content_type, "Content-Length: 11", body=b"type=custom")
    assert wire.response().json["type"] == "custom"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"type":"custom"}'),
        ("text/plain", b"type=custom"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="type"\r\n\r\ncustom\r\n--x--',
        ),
    ],
)
def test_a_body_of_another_content_type_is_refused(wire: Wire, content_type: str, body: bytes) -> None:
    wire.send("POST /v1/accounts HTTP/1.1", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", body=body)
    response = wire.response()
    assert response.status == 400
    assert error_body(response) == (
        "{\n"
        '  "error": {\n'
        '    "message": "Invalid request (check that your POST content type is application/x-www-form-urlencoded). '
        f'If you have any questions, we can help at {SUPPORT}.",\n'
        '    "request_log_url": "http://127.0.0.1:PORT/_emulator/#requests/req_ID",\n'
        '    "type": "invalid_request_error"\n'
        "  }\n"
        "}\n"
    )


def test_a_body_of_one_mebibyte_is_read(wire: Wire) -> None:
    response = wire.post("/v1/accounts", b"a" * (MIB - 2) + b"=1")
    assert (response.status, response.json["error"]["code"]) == (400, "parameter_unknown")


@pytest.mark.parametrize("size", [MIB + 1, 3 * MIB])
def test_a_larger_body_is_refused_and_the_connection_can_be_reused(wire: Wire, size: int) -> None:
    response = wire.post("/v1/accounts", b"a" * size)
    assert response.status == 400
    assert error_body(response) == (
        "{\n"
        '  "error": {\n'
        '    "message": "Invalid request: it has a body of more than 1048576 bytes.",\n'
        '    "request_log_url": "http://127.0.0.1:PORT/_emulator/#requests/req_ID",\n'
        '    "type": "invalid_request_error"\n'
        "  }\n"
        "}\n"
    )
    assert wire.get("/v1/account").status == 200


def test_a_larger_chunked_body_is_refused(wire: Wire) -> None:
    chunks = (b"10000\r\n" + b"a" * 65_536 + b"\r\n") * 17 + b"0\r\n\r\n"
    wire.send("POST /v1/accounts HTTP/1.1", FORM, "Transfer-Encoding: chunked", body=chunks)
    response = wire.response()
    assert response.json["error"]["message"] == "Invalid request: it has a body of more than 1048576 bytes."


# --- connections --------------------------------------------------------------------------------------------------


def test_a_connection_serves_several_requests(wire: Wire) -> None:
    responses = [wire.get("/v1/accounts?limit=1") for _ in range(5)]
    assert {(response.status, response.headers["connection"]) for response in responses} == {(200, "keep-alive")}


def test_connection_close_is_honoured(wire: Wire) -> None:
    response = wire.get("/v1/accounts", "Connection: close")
    assert (response.status, response.headers["connection"], wire.rest()) == (200, "close", b"")


@pytest.mark.parametrize("sent", [b"type=custom", b"type"], ids=["whole", "half"])
def test_data_after_a_request_with_connection_close_is_ignored(
    stripe_emulator: StripeEmulator, wire: Wire, sent: bytes
) -> None:
    count = len(wire.get("/v1/accounts").json["data"])
    with connected(stripe_emulator) as other:
        head = f"Host: x\r\nAuthorization: Bearer {stripe_emulator.api_key}\r\n"
        last = f"GET /v1/accounts HTTP/1.1\r\nConnection: close\r\n{head}\r\n"
        behind = f"POST /v1/accounts HTTP/1.1\r\n{FORM}\r\nContent-Length: 11\r\n{head}\r\n"
        other.send_raw((last + behind).encode() + sent)
        assert (other.response().status, other.rest()) == (200, b"")
    assert len(wire.get("/v1/accounts").json["data"]) == count


def test_a_client_of_http_1_0_is_served(wire: Wire) -> None:
    wire.send("GET /v1/accounts HTTP/1.0")
    response = wire.response()
    assert (response.status, response.json["object"]) == (200, "list")
    assert (response.headers["connection"], wire.rest()) == ("close", b"")


def test_pipelined_requests_get_responses_in_order(wire: Wire) -> None:
    paths = ["/v1/account", "/v1/nothing", "/v1/accounts", "/v1/accounts/{account}"]
    for path in paths:
        wire.send(f"GET {path} HTTP/1.1")
    responses = [wire.response() for _ in paths]
    assert [response.status for response in responses] == [200, 404, 200, 200]
    assert [response.json.get("object", "error") for response in responses] == ["account", "error", "list", "account"]


def test_pipelined_requests_wait_for_a_slow_one_before_them(stripe_emulator: StripeEmulator, wire: Wire) -> None:
    stripe_emulator.fault(path="/v1/account", latency=0.2)
    stripe_emulator.fault(path="/v1/events", latency=0.1, moment="after")
    wire.send("GET /v1/account HTTP/1.1")
    for path in ("/v1/accounts", "/_emulator/version", "/v1/events", "/v1/webhook_endpoints"):
        wire.send(f"GET {path} HTTP/1.1")
    responses = [wire.response() for _ in range(5)]
    assert [(response.status, response.json.get("url") or response.json.get("object")) for response in responses] == [
        (200, "account"),
        (200, "/v1/accounts"),
        (200, None),
        (200, "/v1/events"),
        (200, "/v1/webhook_endpoints"),
    ]
    assert wire.get("/v1/accounts").status == 200


@pytest.mark.parametrize("piece", [1, 50, 200])
def test_a_request_may_arrive_in_pieces(stripe_emulator: StripeEmulator, wire: Wire, piece: int) -> None:
    """Each piece is read before the next one is there: the server sends another response in between."""
    body = b"type=custom&metadata[plan]=free"
    head = f"POST /v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {stripe_emulator.api_key}\r\n{FORM}\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    with connected(stripe_emulator) as slow:
        for start in range(0, len(request), piece):
            slow.send_raw(request[start : start + piece])
            assert wire.get("/v1/accounts?limit=1").status == 200
        assert slow.response().json["metadata"] == {"plan": "free"}
        assert slow.get("/v1/accounts").json["data"][0]["metadata"] == {"plan": "free"}


def test_pipelined_bodies_are_separated(wire: Wire) -> None:
    for kind in (b"custom", b"express", b"standard"):
        body = b"type=" + kind
        wire.send("POST /v1/accounts HTTP/1.1", FORM, f"Content-Length: {len(body)}", body=body)
    assert [wire.response().json["type"] for _ in range(3)] == ["custom", "express", "standard"]


def test_an_empty_expect_header_is_ignored(wire: Wire) -> None:
    response = wire.post("/v1/accounts", b"type=custom", "Expect:")
    assert (response.status, response.json["type"]) == (200, "custom")


def test_expect_100_continue_is_honoured(wire: Wire) -> None:
    wire.send("POST /v1/accounts HTTP/1.1", FORM, "Content-Length: 11", "Expect: 100-continue")
    assert wire.response().status == 100
    wire.send_raw(b"type=custom")
    response = wire.response()
    assert (response.status, response.json["type"]) == (200, "custom")


def test_a_response_to_head_has_no_body(wire: Wire) -> None:
    wire.send("HEAD /v1/accounts HTTP/1.1")
    wire.response(to_head=True)
    assert wire.get("/v1/accounts").json["object"] == "list"


def test_an_upgrade_to_http_2_is_ignored_and_the_body_read(wire: Wire) -> None:
    """As java.net.http.HttpClient and `curl --http2` make it with every first request."""
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
    response = wire.post("/v1/accounts", b"type=custom", *offer)
    assert (response.status, response.json["type"]) == (200, "custom")
    assert wire.get("/v1/accounts").status == 200


def test_invalid_http_is_refused_and_affects_no_other_client(stripe_emulator: StripeEmulator, wire: Wire) -> None:
    with connected(stripe_emulator) as other:
        other.send_raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        assert other.rest().startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert wire.get("/v1/accounts").status == 200


def test_a_client_that_disconnects_in_its_body_changes_nothing(stripe_emulator: StripeEmulator) -> None:
    with connected(stripe_emulator) as wire:
        wire.send("POST /v1/accounts HTTP/1.1", FORM, "Content-Length: 40", body=b"type=custom")
    with connected(stripe_emulator) as wire:
        assert wire.get("/v1/accounts").json["data"] == []


def test_a_client_that_reads_late_gets_every_response(stripe_emulator: StripeEmulator, wire: Wire) -> None:
    ids = [stripe_emulator.create_account(type="standard")["id"] for _ in range(20)]
    for _ in range(60):
        wire.send("GET /v1/accounts?limit=20 HTTP/1.1")
    responses = [wire.response() for _ in range(60)]
    assert len(responses[0].body) > 60_000
    assert {tuple(found["id"] for found in response.json["data"]) for response in responses} == {tuple(ids[::-1])}


def test_a_client_that_never_reads_affects_no_other_client(stripe_emulator: StripeEmulator, wire: Wire) -> None:
    for _ in range(20):
        stripe_emulator.create_account(type="standard")
    with connected(stripe_emulator) as other:
        for _ in range(60):
            other.send("GET /v1/accounts?limit=20 HTTP/1.1")
    assert wire.get("/v1/accounts?limit=1").status == 200


def test_a_server_without_httptools_sends_the_same_responses(monkeypatch: pytest.MonkeyPatch) -> None:
    """uvicorn then reads with h11. Header names are sent in another case, which HTTP does not know."""
    fast = _conversation()
    monkeypatch.setattr("emulator.server.server._protocol", lambda: "h11")
    assert _conversation() == fast


def _conversation() -> list[RawResponse]:
    with server.Server(Settings(port=0, id_seed="wire")) as running:
        emulator = EmulatorClient(running.url, "sk_test_wire")
        emulator.freeze(NOW)
        with connected(emulator) as wire:
            account = wire.post("/v1/accounts", b"type=custom", "Idempotency-Key: first")
            form = b"account=%b&components[payments][enabled]=true" % account.json["id"].encode()
            return [
                account,
                wire.post("/v1/account_sessions", form, "Expect: "),
                wire.post("/v1/account_sessions", b"account=acct_unknown&components[payments][enabled]=true"),
                wire.post("/v1/accounts", b"a" * (MIB + 1)),
                wire.get("/v1/account", "Stripe-Account: acct_unknown"),
                wire.get("/v1/accounts", "Connection: close"),
            ]


# --- responses, byte for byte ---------------------------------------------------------------------------------------


def test_the_bytes_of_an_empty_list(stripe_emulator: StripeEmulator) -> None:
    with connected(stripe_emulator) as wire:
        response = wire.get("/v1/accounts")
    assert response.body == (b'{\n  "object": "list",\n  "data": [],\n  "has_more": false,\n  "url": "/v1/accounts"\n}')


def test_the_bytes_of_an_account_session(stripe_emulator: StripeEmulator, wire: Wire, account: str) -> None:
    stripe_emulator.freeze(NOW)
    form = b"account=%b&components[payments][enabled]=true" % account.encode()
    response = wire.post("/v1/account_sessions", form, "Stripe-Version: 2023-10-16")
    text = response.body.decode().replace(account, "acct_ID").replace(response.json["client_secret"], "accs_secret__ID")
    begin, middle, end = text.partition('    "payments": {')
    assert begin.startswith(
        "{\n"
        '  "object": "account_session",\n'
        '  "account": "acct_ID",\n'
        '  "client_secret": "accs_secret__ID",\n'
        '  "components": {\n'
        '    "account_management": {\n'
        '      "enabled": false,\n'
        '      "features": {\n'
    )
    assert (middle + end).startswith(
        '    "payments": {\n'
        '      "enabled": true,\n'
        '      "features": {\n'
        '        "capture_payments": true,\n'
        '        "destination_on_behalf_of_charge_management": false,\n'
        '        "dispute_management": true,\n'
        '        "refund_management": true,\n'
        '        "smart_disputes_management": true\n'
        "      }\n"
        "    },\n"
    )
    assert end.endswith(
        '    "terminal_hardware_shop": {\n'
        '      "enabled": false,\n'
        '      "features": {}\n'
        "    }\n"
        "  },\n"
        '  "expires_at": 1800000120,\n'
        '  "livemode": false\n'
        "}"
    )


def test_the_bytes_of_an_error_with_escaped_html(wire: Wire) -> None:
    response = wire.post("/v1/account_sessions", b"account=%3Cb%3E%26&components[payments][enabled]=true")
    assert response.status == 400
    assert error_body(response) == (
        "{\n"
        '  "error": {\n'
        '    "code": "resource_missing",\n'
        '    "doc_url": "https://stripe.com/docs/error-codes/resource-missing",\n'
        '    "message": "No such account: \'\\u003Cb\\u003E\\u0026\'",\n'
        '    "param": "account",\n'
        '    "request_log_url": "http://127.0.0.1:PORT/_emulator/#requests/req_ID",\n'
        '    "type": "invalid_request_error"\n'
        "  }\n"
        "}\n"
    )


def test_all_bytes_of_a_403(stripe_emulator: StripeEmulator) -> None:
    stripe_emulator.freeze(NOW)
    with connected(stripe_emulator) as wire:
        wire.send("GET /v1/account HTTP/1.1", "Stripe-Account: acct_unknown", "Connection: close")
        text = wire.rest().decode()
    shown = f"sk_test_{'*' * 20}{stripe_emulator.api_key[-4:]}"
    assert text == (
        "HTTP/1.1 403 Forbidden\r\n"
        "Server: nginx\r\n"
        "Date: Fri, 15 Jan 2027 08:00:00 GMT\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: 351\r\n"
        "Connection: close\r\n"
        "Access-Control-Allow-Credentials: true\r\n"
        "Access-Control-Allow-Methods: GET, HEAD, PUT, PATCH, POST, DELETE\r\n"
        "Access-Control-Allow-Origin: *\r\n"
        "Access-Control-Expose-Headers: Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, "
        "X-Stripe-External-Auth-Required, X-Stripe-Privileged-Session-Required\r\n"
        "Access-Control-Max-Age: 300\r\n"
        "Cache-Control: no-cache, no-store\r\n"
        "Content-Security-Policy: base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; "
        "img-src 'self'; script-src 'self' 'report-sample'; style-src 'self'; worker-src 'none'; "
        "upgrade-insecure-requests\r\n"
        "Vary: Origin\r\n"
        "X-Robots-Tag: none\r\n"
        "X-Wc: ABGHIJ\r\n"
        "Strict-Transport-Security: max-age=63072000; includeSubDomains; preload\r\n"
        "\r\n"
        "{\n"
        '  "error": {\n'
        f"    \"message\": \"The provided key '{shown}' does not have access to account 'acct_unknown' (or that account "
        'does not exist). Application access may have been revoked.",\n'
        '    "type": "invalid_request_error",\n'
        '    "code": "account_invalid",\n'
        '    "doc_url": "https://stripe.com/docs/error-codes/account-invalid"\n'
        "  }\n"
        "}\n"
    )


# --- curl ---------------------------------------------------------------------------------------------------------

curl_only = pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")


def curl(emulator: StripeEmulator, path: str, *options: str) -> Any:
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", *options, emulator.url + path]
    done = subprocess.run(command, capture_output=True, timeout=10, check=True)
    return json.loads(done.stdout)


@curl_only
def test_curl_creates_a_session_as_in_stripes_documentation(stripe_emulator: StripeEmulator, account: str) -> None:
    session = curl(
        stripe_emulator,
        "/v1/account_sessions",
        "-u",
        f"{stripe_emulator.api_key}:",
        "-d",
        f"account={account}",
        "-d",
        "components[account_onboarding][enabled]=true",
        "--data-urlencode",
        "components[account_onboarding][features][external_account_collection]=true",
    )
    assert session["components"]["account_onboarding"] == {
        "enabled": True,
        "features": {"disable_stripe_user_authentication": False, "external_account_collection": True},
    }
    assert stripe_emulator.claim(session["client_secret"]).account == account


@curl_only
@pytest.mark.parametrize("version", ["--http1.0", "--http1.1", "--http2"])
def test_curl_posts_in_every_version_of_http(stripe_emulator: StripeEmulator, version: str) -> None:
    made = curl(stripe_emulator, "/v1/accounts", version, "-u", f"{stripe_emulator.api_key}:", "-d", "type=custom")
    assert made["type"] == "custom"


@curl_only
def test_curl_lists_with_parameters_in_the_url(stripe_emulator: StripeEmulator) -> None:
    ids = [stripe_emulator.create_account(type="custom")["id"] for _ in range(3)]
    key = f"Authorization: Bearer {stripe_emulator.api_key}"
    page = curl(stripe_emulator, "/v1/accounts", "-G", "-H", key, "-d", "limit=2", "-d", f"starting_after={ids[2]}")
    assert ([found["id"] for found in page["data"]], page["has_more"]) == ([ids[1], ids[0]], False)


# --- sockets ------------------------------------------------------------------------------------------------------


def test_the_listening_socket_names_its_protocol() -> None:
    """asyncio switches off Nagle's algorithm only where it can see that a socket is a TCP one."""
    with server.bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_responses_are_sent_without_delay(monkeypatch: pytest.MonkeyPatch, loop: str) -> None:
    """Without TCP_NODELAY on its end each call takes 40 ms: a response's body waits for the head's acknowledgement."""
    config_of = server.config_of

    def config(emulator: Emulator) -> uvicorn.Config:
        made = config_of(emulator)
        made.loop = loop
        return made

    monkeypatch.setattr(server, "config_of", config)
    with server.Server(Settings(port=0)) as running:
        where = urlsplit(running.url)
        with socket.create_connection((where.hostname, where.port), timeout=5) as client:
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 404"
            with their_end(client) as theirs:
                assert theirs.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


@contextmanager
def their_end(client: socket.socket) -> Iterator[socket.socket]:
    """The accepted socket of a connection within this process."""
    for link in Path("/proc/self/fd").iterdir():
        try:
            found = socket.socket(fileno=os.dup(int(link.name)))
        except OSError:  # no socket, or closed meanwhile
            continue
        with found:
            if _peer(found) == client.getsockname():
                yield found
                return
    pytest.fail("the server's end of the connection was not found")


def _peer(found: socket.socket) -> object:
    try:
        return found.getpeername()
    except OSError:
        return None
