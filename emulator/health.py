"""`python -m emulator.health` for health checks: exits with 0 if the emulator of this environment responds, else 1.

It connects over loopback or the Unix socket, with the scheme of the settings. The certificate is not verified: nothing
secret is sent, the file of a generated CA is not known here, and your own certificate may not cover 127.0.0.1.
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
    """Exit with code 1 and a message unless the emulator is healthy."""
    try:
        status = check(from_environment())
    except (OSError, HTTPException, ValueError) as error:
        sys.exit(f"stripe-emulator: no response: {error}")
    if status != 200:
        sys.exit(f"stripe-emulator: /_emulator/health responded with {status}")


def check(settings: Settings) -> int:
    """The status of the health endpoint. Raises OSError and HTTPException."""
    connection = _connection(settings)
    try:
        connection.request("GET", "/_emulator/health")
        return connection.getresponse().status
    finally:
        connection.close()


def _connection(settings: Settings) -> HTTPConnection:
    if settings.tls or settings.tls_cert:
        context = ssl._create_unverified_context()  # noqa: S323, SLF001 - see above
        return HTTPSConnection(LOOPBACK, settings.port, timeout=SECONDS, context=context)
    connection = HTTPConnection(LOOPBACK, settings.port, timeout=SECONDS)
    if settings.uds:
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(SECONDS)
        connection.sock.connect(settings.uds)
    return connection


if __name__ == "__main__":
    main()
