"""The client of the control API without an emulator or with a wrong URL: its errors name the cause and a remedy."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emulator.client import EmulatorClient, EmulatorError
from emulator.server import Server
from emulator.settings import Settings

KEY = "sk_test_channel"


@contextmanager
def other_program(status: str, body: str) -> Iterator[str]:
    """Something else that listens: one answer for every request."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:12111",
        "localhost",
        "localhost:12111",
        "",
        "http://",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:x",
        "http://127.0.0.1:0",
        "http://[::1",
        "http://127.0.0.1:12111/v1",
        "http://127.0.0.1:12111?x=1",
        "ftp://127.0.0.1",
        "unix:",
        "unix://host/path",
    ],
)
def test_an_invalid_url_is_an_error_before_anything_is_sent(url: str) -> None:
    with pytest.raises(EmulatorError) as refused:
        EmulatorClient(url, KEY)
    assert refused.value.code == "invalid_url"
    assert str(refused.value) == (
        f"{url!r} is not the URL of an emulator. "
        "Use one such as http://127.0.0.1:12111, without a path, or unix:/path/to/socket."
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:12111/", "http://127.0.0.1:12111"),
        ("https://stripe-emulator", "https://stripe-emulator"),
        ("http://[::1]:12111", "http://[::1]:12111"),
        ("unix:/tmp/sock", "unix:/tmp/sock"),
    ],
)
def test_a_url_has_no_slash_at_its_end(url: str, shown: str) -> None:
    assert EmulatorClient(url, KEY).url == shown


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("404 Not Found", '{"error": {"type": "invalid_request_error", "message": "Unrecognized request URL"}}'),
        ("404 Not Found", '{"detail": "Not Found"}'),
        ("404 Not Found", '{"error": "Not Found"}'),
        ("200 OK", "[]"),
        ("200 OK", "<html>"),
        ("502 Bad Gateway", ""),
    ],
)
def test_a_response_of_another_program_is_an_error(status: str, body: str) -> None:
    with other_program(status, body) as url, pytest.raises(EmulatorError) as refused:
        EmulatorClient(url, KEY).now()
    assert refused.value.code == "unreachable"
    assert str(refused.value) == (
        f"The response at {url} is not from an emulator, or from a proxy in front of it ({status[:3]})."
    )


def test_a_timeout_says_that_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.client.transport.TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(EmulatorError) as refused:
            EmulatorClient(url, KEY).now()
    assert refused.value.code == "timed_out"
    assert str(refused.value) == (
        f"The emulator at {url} has not responded to GET /_emulator/clock for 0.05 s. "
        "Is it stopped, or do its tests block its thread? Does its log show the request?"
    )


def test_the_wrong_scheme_is_explained(tmp_path: Path) -> None:
    with (
        Server() as plain,
        pytest.raises(EmulatorError, match=r"Does it serve https\? If not, its URL starts with http:"),
    ):
        EmulatorClient(plain.url.replace("http:", "https:"), KEY).health()
    with Server(Settings(port=0, tls=True)) as secure:
        with pytest.raises(EmulatorError, match=r"Does it serve https\? Then its URL starts with https:"):
            EmulatorClient(secure.url.replace("https:", "http:"), KEY).health()
        with pytest.raises(
            EmulatorError, match=r"Trust the CA certificate that its banner names, also at /_emulator/tls/ca\.pem"
        ):
            EmulatorClient(secure.url, KEY).health()


def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing, empty = tmp_path / "none.pem", tmp_path / "empty.pem"
    empty.write_text("nothing")
    hint = re.escape(
        "Pass the file that the emulator's banner names, or the one that it serves at /_emulator/tls/ca.pem."
    )
    for file, why in ((missing, "No such file or directory"), (empty, "it contains no certificate")):
        with pytest.raises(EmulatorError, match=rf"^{file} cannot be trusted: {why}\. {hint}$") as refused:
            EmulatorClient("https://127.0.0.1:1", KEY, ca_file=str(file)).health()
        assert refused.value.code == "invalid_ca_file"
