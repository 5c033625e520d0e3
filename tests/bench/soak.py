"""Many requests of every kind over a socket, and the memory over time: `python -m tests.bench.soak [--requests N]`.

Ends with 1 when memory still grows in the second half of the run, beyond a bound, once every bounded table is full.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode

from emulator.client import EmulatorClient

REQUESTS, SANDBOXES, SAMPLES = 200_000, 10_000, 20
BOUND_MB = 24.0
KEYS = [f"sk_test_soak{number}" for number in range(8)]
RESET_AFTER = 2_000  # requests of a sandbox: it holds the objects of the test until it is reset


class Visitor:
    """One client with one connection."""

    def __init__(self, url: str, seed: int) -> None:
        host, _, port = url.removeprefix("http://").rpartition(":")
        self._connection = HTTPConnection(host, int(port), timeout=30)
        self._random = random.Random(seed)
        self._accounts: dict[str, list[str]] = {}
        self._sent = 0

    def visit(self) -> None:
        """One request of a mixed kind. Raises AssertionError on a 500."""
        key = self._random.choice(KEYS)
        accounts = self._accounts.setdefault(key, [])
        if self._sent % RESET_AFTER == 0:
            self._send("POST", "/_emulator/reset", key)
            accounts.clear()
        self._sent += 1
        account = self._random.choice(accounts) if accounts else "acct_none"
        method, path, params = self._random.choice(_kinds(account, self._random))
        answer = self._send(method, path, key, params)
        if (method, path) == ("POST", "/v1/accounts") and len(accounts) < 50 and b'"acct_' in answer:
            accounts.append(answer.partition(b'"acct_')[2].partition(b'"')[0].decode().join(("acct_", "")))

    def leave(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def open_sandbox(self, number: int) -> None:
        """The first request of a new sandbox."""
        self._send("GET", "/v1/account", f"sk_test_sandbox{number}")

    def _send(self, method: str, path: str, key: str, params: Sequence[tuple[str, str]] = ()) -> bytes:
        headers = {"authorization": f"Bearer {key}", "content-type": "application/x-www-form-urlencoded"}
        self._connection.request(method, path, urlencode(params) if params else None, headers)
        response = self._connection.getresponse()
        body = response.read()
        assert response.status != 500, (method, path, params, body)
        return body


def _kinds(account: str, chance: random.Random) -> list[tuple[str, str, Sequence[tuple[str, str]]]]:
    big = f"{chance.random()}" * 10
    session = [("account", account), ("components[payments][enabled]", "true")]
    return [
        ("POST", "/v1/accounts", [("type", "custom"), ("metadata[n]", big)]),
        ("GET", f"/v1/accounts/{account}", ()),
        ("POST", f"/v1/accounts/{account}", [(f"metadata[{chance.randrange(40)}]", big)]),
        ("GET", "/v1/accounts?limit=5", ()),
        ("POST", "/v1/account_sessions", session),
        ("POST", "/v1/account_sessions", session),
        ("POST", "/v1/account_sessions", [*session, (f"components[x{big}][enabled]", "1")]),
        ("GET", f"/v1/{big}", ()),
        ("POST", "/v1/customers", [("name", big)]),
        ("GET", "/_emulator/requests", ()),
        ("GET", "/_emulator/warnings", ()),
        ("POST", "/_emulator/faults", [("status", "503"), ("path", "/v1/customers"), (f"params[{big}]", "1")]),
        ("POST", "/_emulator/faults", [("connection", "malformed"), ("path", f"/v1/accounts/{account}")]),
        ("POST", "/_emulator/connect/report", [("kind", "error"), ("component", big), ("publishable_key", "pk_test_soak1")]),
        ("POST", "/_emulator/keys", [("key", f"rk_test_{chance.randrange(10**6)}"), ("permissions", "account_link_write")]),
        ("POST", "/v1/account_links", [("account", account), ("type", "account_onboarding"), ("refresh_url", "http://a.test"), ("return_url", "http://b.test")]),
        ("POST", "/_emulator/connect/claim", [("client_secret", f"accs_secret__{big}"), ("publishable_key", "pk_test_x")]),
    ]  # fmt: skip


@contextmanager
def _running() -> Iterator[tuple[int, str]]:
    """A process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--log-level", "warning"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.pid, process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def memory(pid: int) -> float:
    """Megabytes that a process holds. Linux only; elsewhere the most that this process's children ever held."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3


def grows(samples: Sequence[float], bound: float) -> bool:
    """Whether memory grew by more than the bound, in megabytes, in the second half of a run."""
    return samples[-1] - samples[len(samples) // 2] > bound


def report(line: str) -> None:
    """Prints at once."""
    print(line, flush=True)


def _soak(pid: int, url: str, requests: int) -> bool:
    visitor, samples, started = Visitor(url, 1), [memory(pid)], time.perf_counter()
    for number in range(1, requests + 1):
        visitor.visit()
        if number % max(requests // SAMPLES, 1) == 0:
            samples.append(memory(pid))
            rate = number / (time.perf_counter() - started)
            report(f"{number:9,} requests  {samples[-1]:7.1f} MB  {rate:6,.0f} a second")
    visitor.leave()
    return grows(samples, BOUND_MB)


def _sandboxes(pid: int, url: str, count: int) -> None:
    before, visitor = memory(pid), Visitor(url, 2)
    for number in range(count):
        visitor.open_sandbox(number)
    visitor.leave()
    held = memory(pid) - before
    report(f"{count:9,} sandboxes {held:7.1f} MB more, {held / max(count, 1) * 1e3:.1f} kB each")
    report(f"          health: {EmulatorClient(url, KEYS[0]).health()}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs, prints, and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--sandboxes", type=int, default=SANDBOXES)
    options = parser.parse_args(arguments)
    with _running() as (pid, url):
        grew = _soak(pid, url, options.requests)
        _sandboxes(pid, url, options.sandboxes)
    report(f"{options.requests} requests: memory {'grows: FAILED' if grew else 'does not grow'}")
    return int(grew)


if __name__ == "__main__":
    sys.exit(main())
