"""Deliveries over real sockets: signatures for the official SDKs, retries on the sandbox's clock, and isolation."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import stripe
from freezegun import freeze_time

from emulator.client import EmulatorClient, EmulatorError
from emulator.sandbox.sandbox import Sandboxes
from emulator.server import Server
from emulator.settings import BadSetting, Settings
from emulator.store.webhooks import WebhookEndpoint
from emulator.webhooks.dispatcher import CONCURRENCY, MOST_OF_RECEIVER
from emulator.webhooks.sender import Sender

from ..clients import install, transcript

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

NOON = 1893499200


class Delivered(NamedTuple):
    """One request that a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """A webhook endpoint of a test: responds with the given statuses, then always with the last.

    `got` are the requests in the order in which they came, whichever of them was read first.
    """

    def __init__(self, *statuses: int, hang: bool = False) -> None:
        self._read: dict[int, Delivered] = {}  # by the number of the connection
        self._statuses = list(statuses) or [200]
        self.released = threading.Event()
        if not hang:
            self.released.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                place = receiver._server.numbers[self.client_address]
                receiver._read[place] = Delivered(self.path, dict(self.headers), body)
                receiver.released.wait(30)
                status = receiver._statuses.pop(0) if len(receiver._statuses) > 1 else receiver._statuses[0]
                self.send_response(status)
                if status == 302:
                    self.send_header("location", receiver.url + "/elsewhere")
                with suppress(ConnectionError):  # nobody waits for the response any more
                    self.end_headers()
                    self.wfile.write(b"said")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = Roomy(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def got(self) -> list[Delivered]:
        read = self._read.copy()
        return [read[place] for place in sorted(read)]

    def __enter__(self) -> Receiver:
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


class Roomy(ThreadingHTTPServer):
    """Takes many connections at once: the usual five wait in line, and those that do not fit try again seconds later.

    Each is read in a thread of its own; `numbers` says in which order they came, by the address of the client.
    """

    request_queue_size = 256
    numbers: dict[object, int]

    def server_activate(self) -> None:
        self.numbers, self._count = {}, count()
        super().server_activate()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.numbers[client_address] = next(self._count)
        super().process_request(request, client_address)


def until(condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to pass")


def deliveries(emulator: EmulatorClient) -> list[dict[str, Any]]:
    return [delivery for endpoint in emulator.webhooks.endpoints for delivery in endpoint["deliveries"]]


def settled(emulator: EmulatorClient, tries: int = 1) -> list[dict[str, Any]]:
    """The deliveries, once each was tried so often."""
    until(lambda: (found := deliveries(emulator)) and all(len(row["attempts"]) >= tries for row in found))
    return deliveries(emulator)


def register(emulator: StripeEmulator, url: str, **params: Any) -> stripe.WebhookEndpoint:
    wanted: Any = {"url": url, "enabled_events": ["account.updated"], "connect": True, **params}
    return emulator.client.v1.webhook_endpoints.create(wanted)


def rename(emulator: EmulatorClient, account: str, name: str) -> None:
    status, body = emulator._send("POST", f"/v1/accounts/{account}", f"metadata[name]={name}", FORM)
    assert status == 200, body


FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def account(stripe_emulator: StripeEmulator) -> str:
    return str(stripe_emulator.create_account(type="standard")["id"])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def unused_url() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/hook"


# --- what is sent -----------------------------------------------------------------------------------------------


def test_a_delivery_has_the_headers_and_body_of_stripe(
    stripe_emulator: StripeEmulator, account: str, receiver: Receiver
) -> None:
    endpoint = register(stripe_emulator, receiver.url)
    stripe_emulator.client.v1.accounts.update(account, {"metadata": {"name": "Zoë"}})
    until(lambda: receiver.got)
    (sent,) = receiver.got
    (event,) = stripe_emulator.webhooks.events("account.updated")
    assert (
        sent.body
        == json.dumps(event, indent=2, ensure_ascii=False)
        .replace('"pending_webhooks": 0', '"pending_webhooks": 1')
        .encode()
    )
    assert sent.event["account"] == account
    assert sent.event["data"]["previous_attributes"] == {"metadata": {}}
    signature = sent.headers.pop("Stripe-Signature")
    assert sent.headers == {
        "Host": sent.headers["Host"],
        "Connection": "keep-alive",
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": "no-cache",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Accept": "*/*; q=0.5, application/xml",
        "Accept-Encoding": "gzip",
        "Content-Length": str(len(sent.body)),
    }
    assert [part.partition("=")[0] for part in signature.split(",")] == ["t", "v1", "v0"]
    verified = stripe.Webhook.construct_event(sent.body, signature, endpoint.secret)
    assert (verified.id, verified.type) == (event["id"], "account.updated")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(sent.body + b" ", signature, endpoint.secret)


def test_stripe_node_verifies_a_delivery(stripe_emulator: StripeEmulator, account: str, receiver: Receiver) -> None:
    modules = transcript.installed(install.NODE) / "node_modules"
    endpoint = register(stripe_emulator, receiver.url)
    rename(stripe_emulator, account, "a")
    until(lambda: receiver.got)
    script = (
        "const [sdk, body, signature, secret] = process.argv.slice(1);"
        "const Stripe = require(sdk); const stripe = new (Stripe.default ?? Stripe)('sk_test_1');"
        "console.log(stripe.webhooks.constructEvent(body, signature, secret).type);"
    )
    signature = receiver.got[0].headers["Stripe-Signature"]
    arguments = [str(modules / "stripe-23"), receiver.got[0].body.decode(), signature, endpoint.secret or ""]
    done = subprocess.run(["node", "-e", script, *arguments], capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.stderr) == ("account.updated\n", "")


def test_an_endpoint_gets_its_events_in_order(
    stripe_emulator: StripeEmulator, account: str, receiver: Receiver
) -> None:
    register(stripe_emulator, receiver.url)
    for number in range(20):
        rename(stripe_emulator, account, str(number))
    until(lambda: len(receiver.got) == 20)
    names = [sent.event["data"]["object"]["metadata"]["name"] for sent in receiver.got]
    assert names == [str(number) for number in range(20)]


def test_an_endpoint_only_gets_events_that_it_is_subscribed_to(
    stripe_emulator: StripeEmulator, account: str, receiver: Receiver
) -> None:
    endpoints: dict[str, dict[str, Any]] = {
        "connect": {},
        "platform": {"connect": False},
        "other": {"enabled_events": ["person.created"]},
        "all": {"enabled_events": ["*"]},
    }
    for wanted, params in endpoints.items():
        register(stripe_emulator, f"{receiver.url}/{wanted}", **params)
    disabled = register(stripe_emulator, f"{receiver.url}/disabled")
    stripe_emulator.client.v1.webhook_endpoints.update(disabled.id, {"disabled": True})
    rename(stripe_emulator, account, "a")
    settled(stripe_emulator)
    assert sorted(sent.path for sent in receiver.got) == ["/hook/all", "/hook/connect"]


def test_an_endpoint_gets_events_in_its_own_version(
    stripe_emulator: StripeEmulator, account: str, receiver: Receiver
) -> None:
    register(stripe_emulator, receiver.url, api_version="2023-10-16")
    rename(stripe_emulator, account, "a")
    until(lambda: receiver.got)
    assert receiver.got[0].event["api_version"] == "2023-10-16"


def test_pending_webhooks_are_those_that_have_not_succeeded(
    stripe_emulator: StripeEmulator, account: str, receiver: Receiver
) -> None:
    register(stripe_emulator, receiver.url)
    with Receiver(500) as broken:
        register(stripe_emulator, broken.url)
        rename(stripe_emulator, account, "a")
        settled(stripe_emulator)
    options: Any = {"stripe_account": account}
    (event,) = stripe_emulator.client.v1.events.list({"delivery_success": False}, options).data
    assert event.pending_webhooks == 1
    assert stripe_emulator.client.v1.events.list({"delivery_success": True}, options).data == []


def test_all_events_are_forwarded_to_the_url_of_the_setting(receiver: Receiver) -> None:
    settings = Settings(port=0, forward_to=receiver.url, webhook_secret="whsec_forwarded")
    with Server(settings) as server:
        for key in ("sk_test_a", "sk_test_b"):
            client = EmulatorClient(server.url, key)
            rename(client, client.create_account(type="standard")["id"], "a")
        until(lambda: len(receiver.got) == 2)
    for sent in receiver.got:
        signature = sent.headers["Stripe-Signature"]
        event = stripe.Webhook.construct_event(sent.body, signature, "whsec_forwarded")
        assert event.type == "account.updated"


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (
            {"forward_thin_to": "ftp://localhost:3000/thin"},
            "forward_thin_to must be a URL such as http://127.0.0.1:3000/webhook, not ftp://localhost:3000/thin",
        ),
        ({"forward_to": "localhost:port/hook"}, "forward_to must be a URL such as"),
        ({"forward_to": "localhost:70000/hook"}, "forward_to must be a URL such as"),
        ({"forward_to": "http://[::1/hook"}, "forward_to must be a URL such as"),
        ({"forward_to": "https:///hook"}, "forward_to must be a URL such as"),
        ({"webhook_secret": "secret_123"}, "webhook_secret must start with whsec_"),
    ],
)
def test_forwarding_requires_a_url_and_a_secret_in_stripes_format(settings: Any, text: str) -> None:
    with pytest.raises(BadSetting, match=text):
        Settings(**settings)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("localhost:3000/hook", "http://localhost:3000/hook"),
        ("127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("3000", "http://localhost:3000"),
        ("/hook", "http://localhost/hook"),
        ("https://localhost:3000/hook", "https://localhost:3000/hook"),
    ],
)
def test_a_forwarding_url_may_be_as_short_as_for_the_stripe_cli(given: str, url: str) -> None:
    chosen = Settings(forward_to=given, forward_thin_to=given)
    assert [forward.url for forward in Sandboxes(chosen).delivery_queue.forwards] == [url, url]


@pytest.mark.parametrize("name", ["forward_to", "forward_thin_to"])
@pytest.mark.parametrize("host", ["8.8.8.8", "8.8.8.8:3000", "[2001:4860:4860::8888]:3000"])
def test_a_public_ip_address_is_refused_at_the_start(name: str, host: str) -> None:
    given: Any = {name: f"http://{host}/hook"}
    with pytest.raises(BadSetting, match=rf"^{name} is on the public internet .* --public-webhooks$"):
        Settings(**given)
    assert Settings(**given, public_webhooks=True).public_webhooks


def test_a_link_local_number_is_refused_at_the_start() -> None:
    with pytest.raises(BadSetting, match=r"^forward_to is link-local \(169.254.169.254\), .* --public-webhooks$"):
        Settings(forward_to="http://169.254.169.254/latest")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "172.17.0.1", "192.168.65.254", "[fd00::1]", "a.test"])
def test_private_addresses_and_host_names_can_be_forwarded_to(host: str) -> None:
    assert Settings(forward_to=f"http://{host}:3000/hook").forward_to


def test_the_command_prints_the_signing_secret_and_stops_with_deliveries_in_flight() -> None:
    with Receiver(hang=True) as hanging:
        process = subprocess.Popen(
            [sys.executable, "-m", "emulator", "--port", "0", "--forward-to", hanging.url],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with process:
            assert process.stdout is not None
            banner = [process.stdout.readline()]
            while banner[-1] and not banner[-1].startswith("Webhooks go to "):
                banner.append(process.stdout.readline())
            secret = banner[-1].split()[-1]
            assert banner[-1] == f"Webhooks go to {hanging.url}, signed with {secret}\n"
            client = EmulatorClient(banner[0].split()[-1], "sk_test_1")
            rename(client, client.create_account(type="standard")["id"], "a")
            until(lambda: hanging.got)
            process.terminate()
            assert process.wait(2) == 0
        (sent,) = hanging.got
        assert stripe.Webhook.construct_event(sent.body, sent.headers["Stripe-Signature"], secret).account


# --- receivers that fail ----------------------------------------------------------------------------------------


def test_a_failed_delivery_is_retried_three_times_on_the_clock_of_the_sandbox(
    stripe_emulator: StripeEmulator, account: str
) -> None:
    stripe_emulator.freeze(NOON)
    with Receiver(500) as broken:
        register(stripe_emulator, broken.url)
        rename(stripe_emulator, account, "a")
        for tries, pause in enumerate((600, 3600, 7200), start=1):
            (row,) = settled(stripe_emulator, tries)
            assert (row["state"], row["due_at"]) == ("pending", stripe_emulator.now() + pause)
            stripe_emulator.advance(pause - 1)
            assert len(broken.got) == tries
            stripe_emulator.advance(1)
        (row,) = settled(stripe_emulator, 4)
    assert (row["state"], row["due_at"]) == ("failed", None)
    assert [attempt["at"] - NOON for attempt in row["attempts"]] == [0, 600, 4200, 11400]
    assert {(attempt["status"], attempt["error"], attempt["body"]) for attempt in row["attempts"]} == {
        (500, "Status 500.", "said")
    }
    assert len({sent.event["id"] for sent in broken.got}) == 1


def test_a_retry_that_succeeds_is_the_last(stripe_emulator: StripeEmulator, account: str) -> None:
    with Receiver(500, 204) as flaky:
        register(stripe_emulator, flaky.url)
        rename(stripe_emulator, account, "a")
        settled(stripe_emulator)
        stripe_emulator.advance(600)
        (row,) = settled(stripe_emulator, 2)
        assert (row["state"], row["due_at"]) == ("succeeded", None)
        stripe_emulator.advance(100_000)
        assert len(flaky.got) == 2


def test_moving_time_with_freezegun_triggers_retries(stripe_emulator: StripeEmulator, account: str) -> None:
    with Receiver(500, 200) as flaky, freeze_time("2030-01-01 12:00:00") as frozen:
        register(stripe_emulator, flaky.url)
        rename(stripe_emulator, account, "a")
        settled(stripe_emulator)
        frozen.tick(601)
        stripe_emulator.client.v1.accounts.retrieve(account)
        assert settled(stripe_emulator, 2)[0]["state"] == "succeeded"


@pytest.mark.parametrize(
    ("status", "state"), [(200, "succeeded"), (299, "succeeded"), (302, "pending"), (404, "pending")]
)
def test_every_2xx_is_a_success_and_no_redirect_is_followed(
    stripe_emulator: StripeEmulator, account: str, status: int, state: str
) -> None:
    with Receiver(status) as receiver:
        register(stripe_emulator, receiver.url)
        rename(stripe_emulator, account, "a")
        assert settled(stripe_emulator)[0]["state"] == state
        assert [sent.path for sent in receiver.got] == ["/hook"]


def test_an_attempt_to_an_unreachable_receiver_has_an_error(stripe_emulator: StripeEmulator, account: str) -> None:
    register(stripe_emulator, unused_url())
    rename(stripe_emulator, account, "a")
    (row,) = settled(stripe_emulator)
    assert row["state"] == "pending"
    assert row["attempts"][0]["status"] is None
    assert row["attempts"][0]["error"].startswith("No response: ")


def test_an_attempt_with_a_broken_connection_names_the_error(stripe_emulator: StripeEmulator, account: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        register(stripe_emulator, f"http://127.0.0.1:{server.getsockname()[1]}/hook")
        rename(stripe_emulator, account, "a")
        connection, _ = server.accept()
        connection.recv(65_536)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()  # a reset, of which there is nothing to say
        (row,) = settled(stripe_emulator)
    assert row["attempts"][0]["error"] == "No response: ReadError"


def test_every_attempt_is_logged(
    stripe_emulator: StripeEmulator, account: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "emulator")
    with Receiver(500, 200) as receiver:
        register(stripe_emulator, receiver.url)
        rename(stripe_emulator, account, "a")
        settled(stripe_emulator)
        stripe_emulator.advance(600)
        settled(stripe_emulator, 2)
    event = stripe_emulator.webhooks.events()[0]["id"]
    lines = [record for record in caplog.records if record.name == "emulator.client.webhooks"]
    assert [(line.levelname, re.sub(r"\d+ms", "1ms", line.getMessage())) for line in lines] == [
        ("WARNING", f"webhook {receiver.url} 500 1ms {event} account.updated {account} Status 500."),
        ("INFO", f"webhook {receiver.url} 200 1ms {event} account.updated {account}"),
    ]


def test_nothing_is_sent_to_the_public_internet_unless_it_is_allowed(
    stripe_emulator: StripeEmulator, account: str
) -> None:
    register(stripe_emulator, "http://8.8.8.8/hook")
    rename(stripe_emulator, account, "a")
    error = settled(stripe_emulator)[0]["attempts"][0]["error"]
    assert error == "The address is public; start the emulator with --public-webhooks to send there."


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "2852039166",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "0xa9fea9fe",
        "[::ffff:8.8.8.8]",
        "224.0.0.1",
        "[fd00:ec2::254]",
        "100.100.100.200",
    ],
)
@pytest.mark.asyncio
async def test_no_way_to_write_an_address_leads_beyond_the_network(host: str) -> None:
    endpoint = WebhookEndpoint("we_1", f"http://{host}/latest", ("*",), "whsec_x")
    sender = Sender(public=False)
    error = (await sender.send(endpoint, b"{}", NOON, livemode=False)).error
    assert re.fullmatch(
        "The address is (public|link-local|one of cloud metadata); start the emulator with --public-webhooks to .*",
        str(error),
    )


@pytest.mark.asyncio
async def test_a_name_is_resolved_once_and_its_address_is_the_one_that_is_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads to this machine when it is checked, and elsewhere a moment later."""
    resolve, asked = socket.getaddrinfo, []

    def rebound(host: Any, *args: Any, **options: Any) -> Any:
        if host != "receiver.test":
            return resolve(host, *args, **options)
        asked.append(host)
        return resolve("127.0.0.1" if len(asked) == 1 else "169.254.169.254", *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    port = urlsplit(receiver.url).port
    endpoint = WebhookEndpoint("we_1", f"http://receiver.test:{port}/hook?a=b", ("*",), "whsec_x")
    attempt = await Sender(public=False).send(endpoint, b"{}", NOON, livemode=False)
    assert (attempt.status, attempt.error, asked) == (200, None, ["receiver.test"])
    assert (receiver.got[0].path, receiver.got[0].headers["Host"]) == ("/hook?a=b", f"receiver.test:{port}")


@pytest.mark.asyncio
async def test_the_next_address_of_a_name_is_tried_if_the_first_cannot_be_reached(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, port = socket.getaddrinfo, urlsplit(receiver.url).port

    def both(host: Any, *args: Any, **options: Any) -> Any:
        found = resolve("127.0.0.2", *args, **options) if host == "receiver.test" else []
        return found + resolve("127.0.0.1" if host == "receiver.test" else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", both)
    endpoint = WebhookEndpoint("we_1", f"http://receiver.test:{port}/hook", ("*",), "whsec_x")
    assert (await Sender(public=False).send(endpoint, b"{}", NOON, livemode=False)).status == 200


def test_a_hanging_receiver_delays_neither_requests_nor_other_receivers(
    stripe_emulator: StripeEmulator, account: str, receiver: Receiver
) -> None:
    with Receiver(hang=True) as hanging:
        register(stripe_emulator, hanging.url)
        register(stripe_emulator, receiver.url)
        started = time.perf_counter()
        for number in range(20):
            rename(stripe_emulator, account, str(number))
        assert time.perf_counter() - started < 2
        until(lambda: len(receiver.got) == 20 and len(hanging.got) == MOST_OF_RECEIVER)
        names = [sent.event["data"]["object"]["metadata"]["name"] for sent in hanging.got]
        assert names == [str(number) for number in range(MOST_OF_RECEIVER)]
        hanging.released.set()
        rows = settled(stripe_emulator)
        assert {(row["state"], len(row["attempts"])) for row in rows} == {("succeeded", 1)}
        assert len({sent.event["id"] for sent in hanging.got}) == len(hanging.got) == 20


def test_a_reset_sandbox_sends_at_once_while_earlier_deliveries_hang(stripe_emulator: StripeEmulator) -> None:
    with Receiver(hang=True) as hanging:
        for expected in (MOST_OF_RECEIVER, MOST_OF_RECEIVER + 1):
            account = str(stripe_emulator.create_account(type="standard")["id"])
            register(stripe_emulator, hanging.url)
            for number in range(MOST_OF_RECEIVER + 1 if expected == MOST_OF_RECEIVER else 1):
                rename(stripe_emulator, account, str(number))
            until(lambda expected=expected: len(hanging.got) == expected)  # type: ignore[misc]
            stripe_emulator.reset()


@pytest.mark.asyncio
async def test_a_compressed_response_is_not_decompressed() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(bomb)

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + bomb)
        writer.close()

    async with await asyncio.start_server(respond, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        endpoint = WebhookEndpoint("we_1", f"http://127.0.0.1:{port}/hook", ("*",), "whsec_x")
        attempt = await Sender(public=False).send(endpoint, b"{}", NOON, livemode=False)
    assert (attempt.status, attempt.error, attempt.body) == (200, None, "")


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["example.com", "hooks.example.com.", "localhost", "a.localhost", "127.1"])
async def test_no_name_server_is_asked_for_public_names_and_this_machine(
    host: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo

    def numbers_only(name: Any, *args: Any, **options: Any) -> Any:
        assert str(name) in ("127.0.0.1", "::1"), "a look-up"
        return resolve(name, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", numbers_only)
    endpoint = WebhookEndpoint("we_1", f"http://{host}:{urlsplit(receiver.url).port}/hook", ("*",), "whsec_x")
    attempt = await Sender(public=False).send(endpoint, b"{}", NOON, livemode=False)
    refused = "The address is public; start the emulator with --public-webhooks to send there."
    assert attempt.error == (refused if "example" in host else None)


def test_a_server_stops_at_once_with_deliveries_in_flight() -> None:
    with Receiver(hang=True) as hanging:
        server = Server(Settings(port=0, forward_to=hanging.url)).start()
        for number in range(CONCURRENCY + 2):
            client = EmulatorClient(server.url, f"sk_test_{number}")
            rename(client, client.create_account(type="standard")["id"], "a")
        until(lambda: len(hanging.got) == CONCURRENCY)
        started = time.perf_counter()
        server.stop()
        assert time.perf_counter() - started < 1
        assert len(hanging.got) == CONCURRENCY


def test_a_reset_stops_the_deliveries_of_a_sandbox(stripe_emulator: StripeEmulator, account: str) -> None:
    with Receiver(500) as broken:
        register(stripe_emulator, broken.url)
        rename(stripe_emulator, account, "a")
        settled(stripe_emulator)
        stripe_emulator.reset()
        stripe_emulator.advance(600)
        assert deliveries(stripe_emulator) == []
        assert len(broken.got) == 1


# --- sending once more ------------------------------------------------------------------------------------------


def test_an_event_can_be_resent(stripe_emulator: StripeEmulator, account: str, receiver: Receiver) -> None:
    endpoint = register(stripe_emulator, receiver.url)
    other = register(stripe_emulator, f"{receiver.url}/other", enabled_events=["person.created"])
    rename(stripe_emulator, account, "a")
    settled(stripe_emulator)
    event = stripe_emulator.webhooks.events()[0]["id"]
    assert stripe_emulator.webhooks.resend(event) == [endpoint.id]
    until(lambda: len(receiver.got) == 2)
    assert stripe_emulator.webhooks.resend(event, other.id) == [other.id]
    until(lambda: len(receiver.got) == 3)
    assert [sent.path for sent in receiver.got] == ["/hook", "/hook", "/hook/other"]
    assert {sent.event["id"] for sent in receiver.got} == {event}


@pytest.mark.parametrize(
    ("event", "endpoint", "code"),
    [("evt_1", None, "event_not_found"), (None, "we_1", "webhook_endpoint_not_found")],
)
def test_resending_an_unknown_event_or_endpoint_is_refused(
    stripe_emulator: StripeEmulator, account: str, event: str | None, endpoint: str | None, code: str
) -> None:
    rename(stripe_emulator, account, "a")
    wanted = event or stripe_emulator.webhooks.events()[0]["id"]
    with pytest.raises(EmulatorError) as refused:
        stripe_emulator.webhooks.resend(wanted, endpoint)
    assert refused.value.code == code


def test_resending_to_a_disabled_endpoint_is_refused(
    stripe_emulator: StripeEmulator, account: str, receiver: Receiver
) -> None:
    off, on = register(stripe_emulator, f"{receiver.url}/off"), register(stripe_emulator, f"{receiver.url}/on")
    rename(stripe_emulator, account, "a")
    settled(stripe_emulator)
    event = stripe_emulator.webhooks.events()[0]["id"]
    stripe_emulator.client.v1.webhook_endpoints.update(off.id, {"disabled": True})
    with pytest.raises(EmulatorError) as refused:
        stripe_emulator.webhooks.resend(event, off.id)
    assert refused.value.code == "webhook_endpoint_disabled"
    assert str(refused.value).startswith(f"No events are sent to {receiver.url}/off, which is disabled.")
    assert stripe_emulator.webhooks.resend(event) == [on.id]
    until(lambda: len(receiver.got) == 3)
    assert sorted(sent.path for sent in receiver.got) == ["/hook/off", "/hook/on", "/hook/on"]


# --- without a receiver -----------------------------------------------------------------------------------------


def test_a_test_can_wait_for_events_and_pass_them_to_its_own_view(
    stripe_emulator: StripeEmulator, account: str
) -> None:
    rename(stripe_emulator, account, "a")
    rename(stripe_emulator, account, "b")
    first, second = (stripe_emulator.webhooks.wait("account.updated") for _ in range(2))
    assert [event["data"]["object"]["metadata"] for event in (first, second)] == [{"name": "a"}, {"name": "b"}]
    payload, signature = stripe_emulator.webhooks.payload_and_signature(first, "whsec_mine")
    verified = stripe.Webhook.construct_event(payload, signature, "whsec_mine")
    assert verified.id == first["id"]
    with pytest.raises(TimeoutError, match=r"No event account\.updated within .* account\.updated, account\.updated\."):
        stripe_emulator.webhooks.wait("account.updated", timeout=0.1)


def test_events_can_be_filtered_by_type_and_account(stripe_emulator: StripeEmulator, account: str) -> None:
    rename(stripe_emulator, account, "a")
    webhooks = stripe_emulator.webhooks
    assert [event["type"] for event in webhooks.events(type="account.*", account=account)] == ["account.updated"]
    assert webhooks.events(type="person.*") == webhooks.events(account="acct_other") == []
