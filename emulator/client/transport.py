"""HTTP to an emulator over http, https or a Unix socket, with an error that explains a failure.

Uses only the standard library.
"""

from __future__ import annotations

import json
import socket
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

from emulator.wire.namedtuples import NamedTuple

TIMEOUT_SECONDS = 10
START = "Is it running? Start it with: stripe-emulator"
BUSY = "Is it stopped, or do its tests block its thread? Does its log show the request?"
TRUST = (
    "Trust the CA certificate that its banner names, also at /_emulator/tls/ca.pem: pass its file as ca_file, or to "
    "the fixtures in STRIPE_EMULATOR_TLS_CA."
)
# Hints by the exception of the standard library; the first match counts.
HINTS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, TRUST),
    (ssl.SSLError, "Does it serve https? If not, its URL starts with http://."),
    (RemoteDisconnected, "Does it serve https? Then its URL starts with https://."),
)


class EmulatorError(Exception):
    """An error of the emulator. The message includes a hint.

    Its `code` is `unreachable` without a connection, `timed_out` without a response.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        end = "" if message.endswith((".", "?", "!")) or not hint else "."  # some messages of Stripe end without one
        super().__init__(f"{message}{end} {hint}".strip())
        self.code = code
        self.message = message
        self.hint = hint


def normalize(url: str) -> str:
    """The URL of an emulator without a trailing slash. Raises EmulatorError for an invalid one."""
    if not _is_valid(url):
        hint = "Use one such as http://127.0.0.1:12111, without a path, or unix:/path/to/socket."
        raise EmulatorError("invalid_url", f"{url!r} is not the URL of an emulator.", hint)
    return url.rstrip("/")


def _is_valid(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:  # a port that is not a number, or too large
        return False
    if parts.scheme == "unix":
        return bool(parts.path) and not host
    return parts.scheme in ("http", "https") and bool(host) and parts.path in ("", "/") and not parts.query


class Outgoing(NamedTuple):
    """A request to send."""

    method: str
    path: str
    headers: dict[str, str]
    body: str | None


def exchange(url: str, ca_file: str, request: Outgoing) -> tuple[int, dict[str, Any]]:
    """Send a request and return the status and the JSON object of its response. Raises EmulatorError."""
    connection = _connection(url, ca_file)
    try:
        connection.request(request.method, request.path, request.body, request.headers)
        response = connection.getresponse()
        return response.status, _read(url, response.status, response.read())
    except TimeoutError:
        message = f"The emulator at {url} has not responded to {request.method} {request.path} for {TIMEOUT_SECONDS} s."
        raise EmulatorError("timed_out", message, BUSY) from None
    except (OSError, HTTPException) as error:
        hint = next((hint for kind, hint in HINTS if isinstance(error, kind)), START)
        raise EmulatorError("unreachable", f"No emulator responds at {url} ({error}).", hint) from None
    finally:
        connection.close()


def _read(url: str, status: int, body: bytes) -> dict[str, Any]:
    """The JSON object of a response, with `error` for a failure. Anything else comes from another program."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict) or (status >= 400 and not isinstance(value.get("error"), dict)):
        raise not_an_emulator(url, status)
    return value


def not_an_emulator(url: str, status: int) -> EmulatorError:
    """The error for a response that is not the emulator's."""
    message = f"The response at {url} is not from an emulator, or from a proxy in front of it ({status})."
    return EmulatorError("unreachable", message)


def _connection(url: str, ca_file: str) -> HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "unix":
        return _UnixConnection(parts.path)
    if parts.scheme == "https":
        return HTTPSConnection(host, parts.port, timeout=TIMEOUT_SECONDS, context=_tls_context(ca_file))
    return HTTPConnection(host, parts.port, timeout=TIMEOUT_SECONDS)


def _tls_context(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:  # ssl.SSLError is one
        reason = "it contains no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        hint = "Pass the file that the emulator's banner names, or the one that it serves at /_emulator/tls/ca.pem."
        raise EmulatorError("invalid_ca_file", f"{ca_file} cannot be trusted: {reason}.", hint) from None


class _UnixConnection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=TIMEOUT_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
