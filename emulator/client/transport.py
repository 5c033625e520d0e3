"""HTTP to an emulator, for tests in Python: over an address, https or a Unix socket, and what is told when it fails.

The standard library only.
"""

from __future__ import annotations

import json
import socket
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection, RemoteDisconnected
from typing import Any, NamedTuple
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 10
START = "Is it running? Start it with: stripe-emulator"
# What to do about it, by the error that the standard library raises; the first one that fits.
TRUST = (
    "Trust what its banner names, which it serves at /_emulator/tls/ca.pem: give its file as ca_file, or to the "
    "fixtures in STRIPE_EMULATOR_TLS_CA."
)
HINTS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, TRUST),
    (ssl.SSLError, "Does it speak https? If not, its URL starts with http://."),
    (RemoteDisconnected, "Does it speak https? Then its URL starts with https://."),
)


class EmulatorError(Exception):
    """The emulator refused, or cannot be reached. `code` tells which; the text says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        end = "" if message.endswith((".", "?", "!")) or not hint else "."  # Stripe's words end in none at times
        super().__init__(f"{message}{end} {hint}".strip())
        self.code = code
        self.message = message
        self.hint = hint


def address(url: str) -> str:
    """The URL of an emulator, without a slash at its end. Raises EmulatorError for what is none."""
    if not _is_address(url):
        hint = "It is like http://127.0.0.1:12111, without a path, or unix:/its/socket."
        raise EmulatorError("invalid_url", f"{url!r} is no URL of an emulator.", hint)
    return url.rstrip("/")


def _is_address(url: str) -> bool:
    try:
        where = urlsplit(url)
        host = where.hostname if where.port != 0 else None
    except ValueError:  # a port that is no number, or too large
        return False
    if where.scheme == "unix":
        return bool(where.path) and not host
    return where.scheme in ("http", "https") and bool(host) and where.path in ("", "/") and not where.query


class Sent(NamedTuple):
    """A request."""

    method: str
    path: str
    headers: dict[str, str]
    body: str | None


def exchange(url: str, ca_file: str, sent: Sent) -> tuple[int, dict[str, Any]]:
    """One request: the status and the object of its answer. Raises EmulatorError."""
    connection = _connection(url, ca_file)
    try:
        connection.request(sent.method, sent.path, sent.body, sent.headers)
        response = connection.getresponse()
        return response.status, _read(url, response.status, response.read())
    except (OSError, HTTPException) as error:
        hint = next((hint for kind, hint in HINTS if isinstance(error, kind)), START)
        raise EmulatorError("unreachable", f"No emulator answers at {url} ({error}).", hint) from None
    finally:
        connection.close()


def _read(url: str, status: int, body: bytes) -> dict[str, Any]:
    """An object, and of a failure one that tells of it: what else answers is some other program."""
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or (status >= 400 and not isinstance(answer.get("error"), dict)):
        raise not_an_emulator(url, status)
    return answer


def not_an_emulator(url: str, status: int) -> EmulatorError:
    """Something answers there, and in no emulator's way."""
    return EmulatorError("unreachable", f"What answers at {url} is no emulator, or a proxy before it ({status}).")


def _connection(url: str, ca_file: str) -> HTTPConnection:
    where = urlsplit(url)
    if where.scheme == "unix":
        return _FileConnection(where.path)
    if where.scheme == "https":
        return HTTPSConnection(where.hostname or "", where.port, timeout=TIMEOUT_SECONDS, context=_trusting(ca_file))
    return HTTPConnection(where.hostname or "", where.port, timeout=TIMEOUT_SECONDS)


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:  # ssl.SSLError is one
        why = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        hint = "Give the file that the emulator's banner names, or what it serves at /_emulator/tls/ca.pem."
        raise EmulatorError("invalid_ca_file", f"{ca_file} cannot be trusted: {why}.", hint) from None


class _FileConnection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=TIMEOUT_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
