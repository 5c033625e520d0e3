"""Raw bytes for the socket of a running server: whole requests, cut, repeated, mixed up, and no requests at all.

Every response is one of HTTP, none is a 500, and the thread of the server takes no more than 200 ms for any exchange.
`tests.bench.fuzz` runs it.
"""

from __future__ import annotations

import random
import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from emulator.server import Server
from emulator.settings import Settings

from ..bench import hostile
from ..bench.watchdog import Watchdog

KEY = b"Authorization: Bearer sk_test_fuzz\r\n"
HEADS = (
    b"POST /v1/accounts HTTP/1.1\r\nHost: localhost\r\n" + KEY,
    b"GET /v1/accounts?limit=100 HTTP/1.1\r\nHost: localhost\r\n" + KEY,
    b"POST /v2/core/accounts HTTP/1.1\r\nHost: localhost\r\nStripe-Version: 2026-10-28.endive\r\n" + KEY,
    b"GET /_emulator/requests HTTP/1.1\r\nHost: localhost\r\n" + KEY,
    b"POST /_emulator/faults HTTP/1.1\r\nHost: localhost\r\n" + KEY,
    b"POST /_emulator/connect/claim HTTP/1.1\r\nHost: localhost\r\n",
    b"GET /setup/e/none HTTP/1.1\r\nHost: localhost\r\n",
    b"GET /v1.0/connect.js HTTP/1.1\r\nHost: localhost\r\n",
    b"GET /basil/stripe.js HTTP/1.1\r\nHost: localhost\r\n",
    b"GET http://[::1/v1/account HTTP/1.1\r\nHost: localhost\r\n" + KEY,
    b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n",
    b"CONNECT localhost:1 HTTP/1.1\r\n",
    b"GET /_emulator/%6fn%0a HTTP/1.0\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n",
)
HEADERS = (
    b"Content-Length: 5\r\n", b"Content-Length: 99999999999999999999\r\n", b"Content-Length: -1\r\n", b"Content-Length: 0\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: x\r\n", b"Expect: 100-continue\r\n", b"Connection: close\r\n",
    b"Connection: upgrade\r\nUpgrade: websocket\r\n", b"Host: a\r\n", b"X: " + b"a" * 9000 + b"\r\n", b"\x00: b\r\n", b"A b: c\r\n",
    b"Content-Type: application/json\r\n", b"Cookie: \xff\r\n", b" folded\r\n", b"Idempotency-Key: k\r\n", b"A: b\r\n" * 200,
)  # fmt: skip
BODIES = (
    b"", b"type=", b"type=custom", b"5\r\ntype=\r\n0\r\n\r\n", b"fffffffffffffffff\r\n", b"-1\r\n\r\n", b"0\r\n\r\n", b"{}", b"zz\r\n", b"\x00" * 50,
)  # fmt: skip
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) ")


def bytes_of(chance: random.Random) -> bytes:
    """The bytes of one connection."""
    kind = chance.random()
    if kind < 0.03:
        return chance.randbytes(chance.randrange(400))
    if kind < 0.035:
        body = hostile.body(chance, as_json=False)
        return HEADS[0] + b"Content-Length: %d\r\n\r\n" % len(body) + body
    sent = b"".join(_request(chance) for _ in range(chance.choice((1, 1, 1, 2, 20))))
    if kind < 0.3:
        sent = sent[: chance.randrange(len(sent))]
    if kind < 0.2:
        place = chance.randrange(len(sent) + 1)
        sent = sent[:place] + chance.randbytes(chance.randrange(4)) + sent[place + chance.randrange(3) :]
    return sent


def _request(chance: random.Random) -> bytes:
    lines = b"".join(chance.choice(HEADERS) for _ in range(chance.choice((0, 1, 1, 2, 3))))
    return chance.choice(HEADS) + lines + chance.choice((b"\r\n", b"\r\n", b"\r\n", b"\n", b"")) + chance.choice(BODIES)


def exchange(address: tuple[str, int], sent: bytes, chance: random.Random) -> bytes:
    """The response to bytes sent in one piece or two, read until the connection ends or pauses."""
    received = b""
    with socket.create_connection(address, timeout=5) as raw, suppress(OSError):
        half = chance.randrange(len(sent) + 1) if chance.random() < 0.2 else len(sent)
        raw.sendall(sent[:half])
        if sent[half:]:
            raw.sendall(sent[half:])
        if chance.random() < 0.05:
            return b""  # gone before the response
        raw.shutdown(socket.SHUT_WR)
        while chunk := raw.recv(65_536):
            received += chunk
    return received


def run(connections: int, seed: int, report: Callable[[str], object]) -> int:
    """How many connections went wrong."""
    chance, statuses, findings = random.Random(seed), dict[int, int](), 0
    with Server(Settings(port=0, request_timeout=2)) as server:
        parts, thread = urlsplit(server.url), server._thread
        address = (str(parts.hostname), int(parts.port or 0))
        assert thread is not None
        assert thread.ident is not None
        watchdog = Watchdog(time.pthread_getcpuclockid(thread.ident))
        exchange(address, HEADS[0] + b"\r\n", chance)  # modules that the first request imports
        with watchdog.running():
            for number in range(connections):
                sent = bytes_of(chance)
                for attempt in watchdog.tries(f"#{number} {sent[:60]!r}"):
                    with attempt:
                        received = exchange(address, sent, chance)
                found = watchdog.slow
                for status in map(int, _STATUS.findall(received)):
                    statuses[status] = statuses.get(status, 0) + 1
                    found = "status 500" if status == 500 else found
                if received and not _STATUS.match(received):
                    found = "no HTTP"
                if found is not None:
                    findings += 1
                    report(f"#{number} of seed {seed}, raw: {found}\n  {sent[:300]!r}\n  {received[:300]!r}")
    report(f"{connections} connections, {findings} wrong; statuses {dict(sorted(statuses.items()))}; {watchdog}")
    return findings + len(watchdog.errors.lines)
