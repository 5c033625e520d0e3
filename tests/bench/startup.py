"""How long a process takes from its start until its first response of 200, and until its port accepts.

The first request is `POST /v1/accounts` to the emulator, and a POST to the bare route on uvicorn; both are started in
turns as `python -m` from compiled bytecode. The same processes show the cost of the first request to another operation,
when nothing of it has been parsed, imported or cached.
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
from tests.bench.traffic import PATH, create_accounts, send, templates

MORE = 20


class NotOk(RuntimeError):
    """A first response whose status is not 200."""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of one process until its port accepts, and until the first request is answered 200."""

    accepts: float
    responds: float


@dataclass(frozen=True, slots=True)
class First:
    """Seconds of the first account session, and of a later one (the median)."""

    session: float
    later: float


def measure(launcher: Launcher, times: int) -> list[Row]:
    emulator, bare, firsts = [], [], []
    for _ in range(times + 1):  # the first time compiles, and does not count
        bare.append(_start(launcher, lambda port: bare_command(port, 100), _post(PATH)))
        emulator.append(_start(launcher, lambda port: emulator_command(port, *QUIET), _post("/v1/accounts")))
        with launcher.emulator(*QUIET) as running:
            firsts.append(_first_use(running))
    return [*_rows(emulator[1:], bare[1:]), *_first_rows(firsts[1:])]


def _start(launcher: Launcher, command: Callable[[int], Sequence[str]], request: bytes) -> Start:
    port = free_port()
    began = time.perf_counter()
    process = launcher.spawn(command(port))
    try:
        with wait_for_port(process, port) as connection:
            accepts = time.perf_counter() - began
            _exchange(connection, request)
            return Start(accepts, time.perf_counter() - began)
    finally:
        end(process)


def _post(path: str) -> bytes:
    body = "type=custom&country=US"
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer sk_test_{secrets.token_hex(12)}\r\n"
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return f"{head}{form}\r\n{body}".encode()


def _exchange(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    answer = connection.recv(65_536)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise NotOk(answer.decode())


def _first_use(running: Running) -> First:
    key = f"sk_test_{secrets.token_hex(12)}"
    accounts = create_accounts(running.url, key, 1)
    connection, template = running.connect(), templates(accounts, key)[0]
    try:
        session, *later = [timed(lambda: send(connection, template)) for _ in range(MORE)]
    finally:
        connection.close()
    return First(session, median(later))


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


def _first_rows(firsts: list[First]) -> list[Row]:
    later = f"later ones {ms(median(first.later for first in firsts))}"
    return [Row("first account session of a process", ms(median(first.session for first in firsts)), later)]
