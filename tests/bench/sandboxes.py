"""The cost of a new sandbox: the first request with an unused key, and the memory of the sandbox.

One request at a time on one connection that is kept alive; new keys and one used key take turns.
"""

from __future__ import annotations

import secrets
from http.client import HTTPConnection
from statistics import median

from tests.bench.memory import timed
from tests.bench.processes import QUIET, Launcher, Running
from tests.bench.table import Row, ms
from tests.bench.traffic import create_accounts, send, templates

FULL = 60  # requests that fill the journal of a sandbox
RESET = b"{}"


def measure(launcher: Launcher, count: int) -> list[Row]:
    with launcher.emulator(*QUIET) as running:
        connection = running.connect()
        try:
            return [*_fresh(running, connection, count), _full(running, connection, max(count // 50, 1))]
        finally:
            connection.close()


def measure_reset(launcher: Launcher, count: int) -> Row:
    """A reset of a sandbox with one account and one account session, as between two tests."""
    with launcher.emulator(*QUIET) as running:
        connection = running.connect()
        try:
            resets = [_reset(running, connection) for _ in range(count)]
        finally:
            connection.close()
    return Row("POST /_emulator/reset", ms(median(resets)), target="below 2 ms", met=median(resets) < 0.002)


def _reset(running: Running, connection: HTTPConnection) -> float:
    key = _new_key()
    send(connection, templates(create_accounts(running.url, key, 1), key)[0])
    return timed(lambda: _request(connection, "POST", "/_emulator/reset", key))


def _fresh(running: Running, connection: HTTPConnection, count: int) -> list[Row]:
    used, new = [], []
    for _ in range(200):
        _request(connection, "GET", "/v1/accounts", "sk_test_used")
    before = running.memory()
    for _ in range(count):
        new.append(timed(lambda: _request(connection, "GET", "/v1/accounts", _new_key())))
        used.append(timed(lambda: _request(connection, "GET", "/v1/accounts", "sk_test_used")))
    memory = (running.memory() - before) / count
    return [
        Row("first request with a new key", ms(median(new)), f"with a used key {ms(median(used))}"),
        Row("memory of a sandbox after one request", f"{memory:,.0f} bytes", f"over {count:,} new keys"),
    ]


def _full(running: Running, connection: HTTPConnection, count: int) -> Row:
    before = running.memory()
    for _ in range(count):
        key = _new_key()
        template = templates(create_accounts(running.url, key, 1), key)[0]
        for _ in range(FULL):
            send(connection, template)
    memory = (running.memory() - before) / count
    return Row(f"memory of a sandbox after {FULL} account sessions", f"{memory:,.0f} bytes", "its journal is full")


def _request(connection: HTTPConnection, method: str, path: str, key: str) -> None:
    connection.request(method, path, headers={"Authorization": f"Bearer {key}"})
    connection.getresponse().read()


def _new_key() -> str:
    return f"sk_test_{secrets.token_hex(12)}"
