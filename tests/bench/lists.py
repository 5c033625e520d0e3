"""The first page of a list, with few payments stored and with many: `python -m tests.bench.lists` reads a job.

The requests have no socket. Many payments are copies of one, so that storing them takes seconds and not minutes.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Mapping
from statistics import median
from typing import Any

from emulator.auth import keys
from emulator.sandbox.sandbox import Sandbox
from tests.api import KEY, Api
from tests.bench.memory import timed
from tests.bench.operations import PAYMENT, PAYMENTS
from tests.bench.processes import Launcher
from tests.bench.table import Row, ms

FEW = 10
PATHS: Mapping[str, str] = {
    "payment_intent": "/v1/payment_intents?limit=10",
    "charge": "/v1/charges?limit=10",
    "balance_transaction": "/v1/balance_transactions?limit=10",
}


def measure(launcher: Launcher, payments: int, times: int) -> list[Row]:
    found = launcher.answer("tests.bench.lists", {"payments": payments, "times": times})
    return [_row(name, few, many, payments) for name, (few, many) in found.items()]


def _row(name: str, few: float, many: float, payments: int) -> Row:
    comparison = f"{ms(few)} with {FEW} stored"
    return Row(f"list 10 of {payments:,} objects: {name}", ms(many), comparison, "1.5 times", many <= few * 1.5)


def run(payments: int, times: int) -> dict[str, tuple[float, float]]:
    """Seconds of one page by the object (medians), with few and with many payments stored."""
    api = Api()
    for _ in range(FEW):
        _check(api.post(PAYMENTS, PAYMENT).status)
    few = {name: _page(api, path, times) for name, path in PATHS.items()}
    key = keys.parse(KEY)
    if key is None:
        raise RuntimeError("the key is none")
    sandbox = api.emulator.sandboxes.of(key)
    for name in PATHS:
        _fill(sandbox, name, payments - FEW)
    gc.freeze()
    many = {name: _page(api, path, times) for name, path in PATHS.items()}
    return {name: (few[name], many[name]) for name in PATHS}


def _page(api: Api, path: str, times: int) -> float:
    def get() -> None:
        _check(api.get(path).status)

    get()
    return median(timed(get) for _ in range(times))


def _check(status: int) -> None:
    if status != 200:
        raise RuntimeError(f"the status is {status}")


def _fill(sandbox: Sandbox, name: str, count: int) -> None:
    """Store copies of the newest row of a table, with other ids."""
    table: Any = sandbox.table(name)
    row = next(iter(table.newest(sandbox.platform_id)))
    for number in range(count):
        table.add_row(row.owner, f"{row.id}{number:06}", row.created, row.data, parent=row.parent, keys=row.keys)
    sandbox.changes.take()


if __name__ == "__main__":
    json.dump(run(**json.load(sys.stdin)), sys.stdout)
