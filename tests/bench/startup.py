"""How long a process takes from its start: until its port accepts, and until the health check answers 200.

The emulator takes turns with the bare route on uvicorn, both started as `python -m` from compiled bytecode. The same
processes tell what the first request to an operation costs, when nothing has been parsed, imported or cached.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.memory import timed
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
from tests.bench.traffic import create_accounts, send, templates

HEALTH = b"GET /_emulator/health HTTP/1.1\r\nHost: " + HOST.encode() + b"\r\n\r\n"
MORE = 20


class Unhealthy(RuntimeError):
    """A health check that is not answered with 200."""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of one process."""

    accepts: float
    healthy: float


@dataclass(frozen=True, slots=True)
class First:
    """Seconds of the first account, of the first account session, and of a later one (the median)."""

    account: float
    session: float
    later: float


def measure(launcher: Launcher, times: int) -> list[Row]:
    emulator, bare, firsts = [], [], []
    for _ in range(times + 1):  # the first time compiles, and does not count
        bare.append(_start(launcher, lambda port: bare_command(port, 100)))
        emulator.append(_start(launcher, lambda port: emulator_command(port, *QUIET)))
        with launcher.emulator(*QUIET) as running:
            firsts.append(_first_use(running))
    return [*_rows(emulator[1:], bare[1:]), *_first_rows(firsts[1:])]


def _start(launcher: Launcher, command: Callable[[int], Sequence[str]]) -> Start:
    port = free_port()
    began = time.perf_counter()
    process = launcher.spawn(command(port))
    try:
        with wait_for_port(process, port) as connection:
            accepts = time.perf_counter() - began
            _check_health(connection)
            return Start(accepts, time.perf_counter() - began)
    finally:
        end(process)


def _check_health(connection: socket.socket) -> None:
    connection.sendall(HEALTH)
    answer = connection.recv(65_536)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise Unhealthy(answer.decode())


def _first_use(running: Running) -> First:
    key = f"sk_test_{secrets.token_hex(12)}"
    began = time.perf_counter()
    accounts = create_accounts(running.url, key, 1)
    account = time.perf_counter() - began
    connection, template = running.connect(), templates(accounts, key)[0]
    try:
        session, *later = [timed(lambda: send(connection, template)) for _ in range(MORE)]
    finally:
        connection.close()
    return First(account, session, median(later))


def _rows(emulator: list[Start], bare: list[Start]) -> list[Row]:
    healthy = [ours.healthy / theirs.healthy for ours, theirs in zip(emulator, bare, strict=True)]
    return [
        Row(
            "process start until the health check answers",
            ms(median(start.healthy for start in emulator)),
            f"bare {ms(median(start.healthy for start in bare))}; {median(healthy):.2f} times it "
            f"({spread(healthy, '.2f')})",
            "below 1.15 times the bare process",
            median(healthy) < 1.15,
        ),
        Row(
            "process start until the port accepts",
            ms(median(start.accepts for start in emulator)),
            f"bare {ms(median(start.accepts for start in bare))}",
        ),
    ]


def _first_rows(firsts: list[First]) -> list[Row]:
    later = f"later ones {ms(median(first.later for first in firsts))}"
    return [
        Row("first account of a process", ms(median(first.account for first in firsts)), "with its connection"),
        Row("first account session of a process", ms(median(first.session for first in firsts)), later),
    ]
