"""Measurements inside a process of their own: `python -m tests.bench.inside` reads a job and prints seconds.

The life cycle is that of `emulator.server.Server`, as a test session uses it. The size of a stored session is summed
over its objects, each counted once, without tracing allocations: allocator overhead is not in it.
"""

from __future__ import annotations

import gc
import json
import sys
from dataclasses import asdict, dataclass
from statistics import median
from types import FunctionType, ModuleType

from emulator.auth import keys
from emulator.sandbox.ids import Ids
from emulator.sandbox.sandbox import Sandbox
from emulator.server import Server
from emulator.settings import Settings
from emulator.store.rows import Session
from emulator.store.sessions import Sessions
from tests.bench.memory import timed


@dataclass(frozen=True, slots=True)
class Inside:
    """Seconds of the first life cycle and of later ones (medians); bytes of a stored session and of a sandbox."""

    first_start: float
    start: float
    stop: float
    session_bytes: float
    sandbox_bytes: float


def run(times: int, sessions: int) -> Inside:
    """Starts and stops a server several times, then weighs what is stored."""
    first, *later = [_life() for _ in range(times + 1)]
    return Inside(
        first_start=first[0],
        start=median(start for start, _ in later),
        stop=median(stop for _, stop in later),
        session_bytes=session_bytes(sessions),
        sandbox_bytes=sandbox_bytes(200),
    )


def _life() -> tuple[float, float]:
    """Seconds to build and start a server, and to stop it."""
    servers: list[Server] = []
    start = timed(lambda: servers.append(Server(Settings(port=0)).start()))
    return start, timed(servers[0].stop)


def session_bytes(count: int) -> float:
    """Bytes of one stored session, its strings and numbers included."""
    store, ids, now = Sessions(), Ids(), 1_800_000_000
    account = ids.account(now)
    for second in range(count):
        created = now + second % 100
        store.add(Session(ids.client_secret(created), account, created, created + 120, 1 << 20, 1 << 40, "current"))
    return size_of(store) / count


def sandbox_bytes(count: int) -> float:
    """Bytes of a sandbox that nobody has used."""
    settings = Settings()
    worlds = [Sandbox(key, settings) for number in range(count) if (key := keys.parse(f"sk_test_{number:024}"))]
    return (size_of(worlds) - size_of(settings)) / count


def size_of(whole: object) -> int:
    """Bytes of an object and of all that it holds, but for classes, functions and modules."""
    seen: set[int] = set()
    size, waiting = 0, [whole]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, type | FunctionType | ModuleType):
            continue
        seen.add(id(part))
        size += sys.getsizeof(part)
        waiting += gc.get_referents(part)
    return size


if __name__ == "__main__":
    json.dump(asdict(run(**json.load(sys.stdin))), sys.stdout)
