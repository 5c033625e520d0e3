"""The memory of live account sessions, and the memory that remains after they have expired.

Memory is the growth of the emulator's process over requests that came by HTTP, once without an Idempotency-Key and
once with one for each request, as the SDKs send it; and an estimate from the objects themselves (`tests.bench.inside`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from emulator.client import EmulatorClient
from tests.bench.load import Load
from tests.bench.processes import QUIET, Running
from tests.bench.table import Row, ms
from tests.bench.traffic import Template, key_of, sandbox_traffic, send

LIFETIME = 86_400
LASTING = (*QUIET, "--account-session-lifetime", str(LIFETIME))
HISTORY = 1000
AFTER = 3000


@dataclass(frozen=True, slots=True)
class Filled:
    """An emulator with live sessions, and the requests that go on filling it."""

    server: Running
    traffic: list[Template]
    count: int
    before: int
    after: int

    @property
    def bytes_per_session(self) -> float:
        return (self.after - self.before) / self.count

    @property
    def client(self) -> EmulatorClient:
        return EmulatorClient(self.server.url, key_of(self.traffic[0]))

    def stored(self) -> int:
        """Account sessions in the sandbox, live or not."""
        return stored(self.server, self.traffic)


def fill(server: Running, load: Load, sessions: int, *, keyed: bool) -> Filled:
    """Sessions by HTTP, after a few that let the process grow to its working size."""
    traffic = sandbox_traffic(server.url, keyed=keyed)
    load.fill(server, traffic, 1000)
    count, before = stored(server, traffic), server.memory()
    load.fill(server, traffic, sessions)
    return Filled(server, traffic, stored(server, traffic) - count, before, server.memory())


def stored(server: Running, traffic: list[Template]) -> int:
    """How many account sessions the sandbox of these requests holds."""
    connection = server.connect()
    try:
        headers = {"Authorization": f"Bearer {key_of(traffic[0])}"}
        connection.request("GET", "/_emulator/account_sessions?limit=1", headers=headers)
        return int(json.loads(connection.getresponse().read())["total"])
    finally:
        connection.close()


def expire(filled: Filled, load: Load) -> list[Row]:
    """Moves the clock past every session, creates one and then some more, and counts what is kept."""
    connection = filled.server.connect()
    before, total = filled.server.memory(), filled.stored()
    filled.client.advance(LIFETIME + 1)
    try:
        first = timed(lambda: send(connection, filled.traffic[0]))
    finally:
        connection.close()
    load.fill(filled.server, filled.traffic, AFTER)
    ended = filled.stored() - AFTER - 1
    kept = filled.server.memory()
    return [
        Row(
            f"first request after {total:,} sessions expired at once",
            ms(first),
            target="below 30 ms, as every pause",
            met=first < 0.030,
        ),
        Row(
            f"expired sessions kept after {AFTER:,} more",
            f"{ended:,} of {total:,}",
            f"process {_mib(filled.before)} empty, {_mib(before)} full, {_mib(kept)} afterwards",
            f"at most {HISTORY:,}",
            ended <= HISTORY,
        ),
    ]


def timed_reset(filled: Filled) -> Row:
    """How long the server is busy forgetting a full sandbox."""
    total = filled.stored()
    return Row(f"reset of a sandbox with {total:,} live sessions", ms(timed(filled.client.reset)))


def reset_all(server: Running) -> None:
    """Forgets every sandbox of a server."""
    connection = server.connect()
    try:
        connection.request("POST", "/_emulator/reset", b'{"all": true}', {"Content-Type": "application/json"})
        connection.getresponse().read()
    finally:
        connection.close()


def timed(action: Callable[[], object]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def rows(plain: Filled, keyed: Filled) -> list[Row]:
    """The memory of a session without and with its Idempotency-Key."""
    return [
        Row(
            f"memory for each of {plain.count:,} live sessions",
            f"{plain.bytes_per_session:.0f} bytes",
            f"{keyed.bytes_per_session:.0f} bytes when each request has an Idempotency-Key",
            "below 500 bytes",
            plain.bytes_per_session < 500,
        )
    ]


def _mib(size: int) -> str:
    return f"{size / 1_048_576:.0f} MiB"
