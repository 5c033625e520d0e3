"""`python -m emulator.health` for health checks: ends with 0 if the emulator of this environment answers, else with 1.

It asks over loopback, or over the Unix socket, in the scheme of the settings. The certificate is not checked: nothing
secret is sent, what is made on demand is in a folder that is not known here, and one of your own need not be for
127.0.0.1.
"""

from __future__ import annotations

import socket
import ssl
import sys
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from emulator.settings import Settings, from_environment

LOOPBACK = "127.0.0.1"
SECONDS = 2.0


def main() -> None:
    """Exit code 1, and one line, unless it answers."""
    try:
        status = ask(from_environment())
    except (OSError, HTTPException, ValueError) as error:
        sys.exit(f"stripe-emulator: no answer: {error}")
    if status != 200:
        sys.exit(f"stripe-emulator: /_emulator/health answered {status}")


def ask(settings: Settings) -> int:
    """The status of the answer. Raises OSError and HTTPException."""
    connection = _connection(settings)
    try:
        connection.request("GET", "/_emulator/health")
        return connection.getresponse().status
    finally:
        connection.close()


def _connection(settings: Settings) -> HTTPConnection:
    if settings.tls or settings.tls_cert:
        trusting = ssl._create_unverified_context()  # noqa: S323, SLF001 - see above
        return HTTPSConnection(LOOPBACK, settings.port, timeout=SECONDS, context=trusting)
    connection = HTTPConnection(LOOPBACK, settings.port, timeout=SECONDS)
    if settings.uds:
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(SECONDS)
        connection.sock.connect(settings.uds)
    return connection


if __name__ == "__main__":
    main()
