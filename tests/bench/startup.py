"""How long a process takes from its start until its first response of 200, and until its port accepts.

The first request is `POST /v1/accounts` to the emulator, and a POST to the bare route on uvicorn; both are started in
turns as `python -m` from compiled bytecode. Other processes show the cost of the first request to another operation, when
nothing of it has been parsed, imported or cached: at once after the first account, and after a time without requests, in
which the emulator imports its modules.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.memory import timed
from tests.bench.operations import ACCOUNT, ACCOUNTS, CUSTOMER, CUSTOMERS, PAYMENT, PAYMENTS, Requests, exchange
from tests.bench.processes import (
    HOST,
    QUIET,
    Launcher,
    Running,
    bare_command,
    emulator_command,
    end,
    free_port,
    wait_for_port,
)
from tests.bench.table import Row, ms, spread
from tests.bench.traffic import PATH, create_accounts, send, templates

MORE = 20
IDLE_SECONDS = 2.0
MOST_ABOVE = 0.01  # seconds of a first request above later ones
LOCATION: Mapping[str, Any] = {
    "display_name": "Shop",
    "address": {"line1": "1 Main Street", "city": "New York", "state": "NY", "country": "US", "postal_code": "10001"},
}
# The first requests of a process that are measured, each in a process of its own.
KINDS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "generic object (a terminal location)": ("/v1/terminal/locations", LOCATION),
    "customer": (CUSTOMERS, CUSTOMER),
    "payment intent": (PAYMENTS, {"amount": 1000, "currency": "usd"}),
    "payment intent that is confirmed": (PAYMENTS, PAYMENT),
}


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of one process until its port accepts, and until the first request is answered 200."""

    accepts: float
    responds: float


@dataclass(frozen=True, slots=True)
class First:
    """Seconds of the first request of a kind, and of a later one (the median)."""

    first: float
    later: float


def measure(launcher: Launcher, times: int) -> list[Row]:
    emulator, bare, sessions = [], [], []
    firsts: dict[str, list[tuple[First, First]]] = {kind: [] for kind in KINDS}
    for _ in range(times + 1):  # the first time compiles, and does not count
        bare.append(_start(launcher, lambda port: bare_command(port, 100), _post(PATH)))
        emulator.append(_start(launcher, lambda port: emulator_command(port, *QUIET), _post("/v1/accounts")))
        with launcher.emulator(*QUIET) as running:
            sessions.append(_first_session(running))
        idle = _first_requests(launcher, KINDS, IDLE_SECONDS)
        for (kind, found), warm in zip(firsts.items(), idle, strict=True):
            [at_once] = _first_requests(launcher, [kind], 0)
            found.append((at_once, warm))
    rows = [_first_row(kind, found[1:]) for kind, found in firsts.items()]
    return [*_rows(emulator[1:], bare[1:]), _session_row(sessions[1:]), *rows]


def _start(launcher: Launcher, command: Callable[[int], Sequence[str]], request: bytes) -> Start:
    port = free_port()
    began = time.perf_counter()
    process = launcher.spawn(command(port))
    try:
        with wait_for_port(process, port) as connection:
            accepts = time.perf_counter() - began
            exchange(connection, request)
            return Start(accepts, time.perf_counter() - began)
    finally:
        end(process)


def _post(path: str) -> bytes:
    body = "type=custom&country=US"
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer sk_test_{secrets.token_hex(12)}\r\n"
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return f"{head}{form}\r\n{body}".encode()


def _first_session(running: Running) -> First:
    key = f"sk_test_{secrets.token_hex(12)}"
    accounts = create_accounts(running.url, key, 1)
    connection, template = running.connect(), templates(accounts, key)[0]
    try:
        return _first(lambda: send(connection, template))
    finally:
        connection.close()


def _first_requests(launcher: Launcher, kinds: Iterable[str], idle: float) -> list[First]:
    """The first requests of some kinds in a process that has made an account, after a time without requests."""
    requests = Requests()
    with launcher.emulator(*QUIET) as running, socket.create_connection((HOST, running.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        exchange(connection, requests.post(ACCOUNTS, ACCOUNT))
        time.sleep(idle)
        return [_first(lambda kind=kind: exchange(connection, requests.post(*KINDS[kind]))) for kind in kinds]  # type: ignore[misc]


def _first(request: Callable[[], object]) -> First:
    first, *later = [timed(request) for _ in range(MORE)]
    return First(first, median(later))


def _rows(emulator: list[Start], bare: list[Start]) -> list[Row]:
    times = [ours.responds / theirs.responds for ours, theirs in zip(emulator, bare, strict=True)]
    return [
        Row(
            "process start until the first 200 of POST /v1/accounts",
            ms(median(start.responds for start in emulator)),
            f"bare, until its first 200, {ms(median(start.responds for start in bare))}; {median(times):.2f} times it "
            f"({spread(times, '.2f')})",
            "at most 1.15 times the bare process",
            median(times) <= 1.15,
        ),
        Row(
            "process start until the port accepts",
            ms(median(start.accepts for start in emulator)),
            f"bare {ms(median(start.accepts for start in bare))}",
        ),
    ]


def _session_row(firsts: list[First]) -> Row:
    later = f"later ones {ms(median(each.later for each in firsts))}"
    return Row("first account session of a process", ms(median(each.first for each in firsts)), later)


def _first_row(kind: str, firsts: list[tuple[First, First]]) -> Row:
    """The row of a kind of requests, from those at once and those after a time without requests."""
    at_once, idle = zip(*firsts, strict=True)
    first, later = median(each.first for each in at_once), median(each.later for each in at_once)
    warm = median(each.first for each in idle)
    return Row(
        f"first {kind} of a process",
        ms(first),
        f"later ones {ms(later)}; after {IDLE_SECONDS:g} s without requests {ms(warm)}",
        f"at most {ms(MOST_ABOVE)} above later ones",
        first - later <= MOST_ABOVE,
    )
