"""The processes that are measured: started from compiled bytecode, on a port of their own, ended by their own handle."""

from __future__ import annotations

import json
import math
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
QUIET = ("--log-level", "warning")
START_SECONDS = 20.0
STOP_SECONDS = 10.0
# Below the ports that systems give to outgoing connections: a client that polls one of those may reach itself.
PORTS = range(15_000, 30_000)


class NotStarted(RuntimeError):
    """A process that does not listen."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server in a process of its own."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def memory(self) -> int:
        """Resident bytes of the process."""
        listed = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.process.pid)], check=True, capture_output=True, text=True
        )
        return int(listed.stdout) * 1024

    def cpu_seconds(self) -> float:
        """The processor time of the process in seconds; NaN where the system has no /proc."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return math.nan
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def connect(self) -> HTTPConnection:
        """A connection that is kept alive."""
        connection = HTTPConnection(HOST, self.port, timeout=60)
        connection.connect()
        if connection.sock is not None:
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


class Launcher:
    """Starts Python processes that share one directory of compiled bytecode, whatever the caller's environment says."""

    def __init__(self, cache: str) -> None:
        ours = ("STRIPE_EMULATOR_", "PYTHONDONTWRITEBYTECODE", "PYTHONPROFILE", "COVERAGE", "COV_")
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self._environment["PYTHONPYCACHEPREFIX"] = cache

    def spawn(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """`python ARGUMENTS` in the project's directory, its output thrown away."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def output(self, arguments: Sequence[str], given: str = "") -> subprocess.CompletedProcess[str]:
        """Runs `python ARGUMENTS` to its end."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self._environment,
            input=given,
            text=True,
            capture_output=True,
            check=True,
        )

    def answer(self, module: str, given: object) -> Any:
        """The JSON that `python -m MODULE` prints for JSON on its input."""
        return json.loads(self.output(["-m", module], json.dumps(given)).stdout)

    @contextmanager
    def emulator(self, *options: str) -> Iterator[Running]:
        """A running emulator."""
        port = free_port()
        with self._running(emulator_command(port, *options), port) as running:
            yield running

    @contextmanager
    def bare(self, size: int) -> Iterator[Running]:
        """A running bare route with answers of `size` bytes."""
        port = free_port()
        with self._running(bare_command(port, size), port) as running:
            yield running

    @contextmanager
    def _running(self, command: Sequence[str], port: int) -> Iterator[Running]:
        process = self.spawn(command)
        try:
            wait_for_port(process, port).close()
            yield Running(port, process)
        finally:
            end(process)


def emulator_command(port: int, *options: str) -> list[str]:
    return ["-m", "emulator", "--port", str(port), *options]


def bare_command(port: int, size: int) -> list[str]:
    return ["-m", "tests.bench.bare", str(port), str(size)]


def free_port() -> int:
    """A port that nobody listens on."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) != 0:
                return port


def wait_for_port(process: subprocess.Popen[bytes], port: int) -> socket.socket:
    """The first connection that a process accepts. Raises NotStarted."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        attempt = socket.socket()
        if attempt.connect_ex((HOST, port)) == 0:
            return attempt
        attempt.close()
        time.sleep(0.0005)
    raise NotStarted(f"{process.args!r} does not listen on port {port}")


def end(process: subprocess.Popen[bytes]) -> None:
    """Send SIGTERM, and SIGKILL to a process that does not end."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
