"""The longest time that one request holds the event loop: `python -m tests.bench.holds` reads a job.

Every operation has requests of up to 64 kB, valid and not, in a sandbox with many objects and with objects that are full.
A request that takes long is made again: the shortest time counts, as other processes slow even the time of a thread.
"""

from __future__ import annotations

import gc
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from statistics import median
from typing import Any

from emulator import catalog
from emulator.app import MANY_OBJECTS, Emulator
from emulator.catalog import Operation
from emulator.http import warm_up
from emulator.http.asgi import StripeApi
from emulator.http.message import Request, Response
from emulator.model.answering import endpoints
from emulator.sandbox.sandbox import Sandbox
from emulator.settings import Settings
from emulator.store.orders import Key
from emulator.store.table import Row as StoredRow
from emulator.store.table import Table
from tests.bench.large import FULL, Full
from tests.bench.processes import Launcher
from tests.bench.stepping import Holds
from tests.bench.table import Row, ms
from tests.bench.valid import request

from ..bench import holds_around

MOST_SECONDS = 0.05
TRIES = 4
SHOWN = 5
SESSIONS = 200  # account sessions that are measured
OK = 200
SAME = 250  # of the stored objects belong to the same customer, charge and so on
_ID = re.compile(r"[a-z_]+_[A-Za-z0-9]{14,}\Z")
SINGLE = ("balance",)  # objects of which an account has one


@dataclass
class Search:
    """Sends requests, and keeps the longest hold of each operation with the request that caused it."""

    found: dict[str, tuple[float, str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)  # of the largest object that was created, by name
    sent: int = 0
    links: dict[str, str] = field(default_factory=dict)  # paths of pages

    def __post_init__(self) -> None:
        self.app = Emulator(Settings(port=0))
        self.api = StripeApi(self.app.pipeline)
        self.full = Full(lambda request: self.send(request)[0])

    def send(self, request: Request) -> tuple[Response, float]:
        """The response, and the longest hold."""
        holds = Holds(self._respond(request))
        response = holds.run()
        self.sent += 1
        if response.status == OK:
            self.links |= holds_around.links_of(response.body)
        return response, holds.longest

    async def _respond(self, request: Request) -> Response:
        outcome = self.api.respond(request)
        return outcome if isinstance(outcome, Response) else await outcome

    @property
    def sandbox(self) -> Sandbox:
        return next(self.app.sandboxes.newest_first())

    def create(self, operation: Operation) -> None:
        """Sends the large requests of an operation, and keeps the largest object that it creates for others."""
        for _, make in self.full.variants(operation):
            made = make()
            response = self.send(made)[0] if made else None
            if response and response.status == OK and len(response.body) > self.sizes.get(operation.object, 0):
                self.sizes[operation.object] = len(response.body)
                self.full.largest[operation.object] = str(json.loads(response.body).get("id"))

    def search(self, operation: Operation) -> None:
        """Sends the large requests of an operation, and keeps the longest hold."""
        place = f"{operation.method} {operation.path}"
        for name, make in self.full.variants(operation):
            seconds, status = self._shortest(make)
            self.keep(place, f"{name} ({status})", seconds)

    def _shortest(self, make: Callable[[], Request | None]) -> tuple[float, int]:
        """The longest hold of a request, and its status: the least of several times."""
        times, status = list[float](), 0
        while len(times) < TRIES and (not times or times[-1] > MOST_SECONDS / 2) and (made := make()):
            response, seconds = self.send(made)
            times.append(seconds)
            status = response.status
        return min(times, default=0.0), status

    def keep(self, place: str, name: str, seconds: float) -> None:
        """Keeps the longest hold of a place."""
        self.found[place] = max(self.found.get(place, (0.0, "")), (seconds, name))


def fill(sandbox: Sandbox, stored: int) -> None:
    """Stores copies of the newest row of each table: some belong to the same objects, the others to none that there is."""
    for name in list(sandbox._tables):
        table = sandbox.table(name)
        row = next(table.everything(), None)
        if row is not None and isinstance(row.data, bytes) and name not in SINGLE:
            for number in range(stored):
                _copy(table, row, f"{number:06}", same=number < SAME)
    sandbox.changes.take()


def _copy(table: Table[bytes], row: StoredRow[bytes], number: str, *, same: bool) -> None:
    data, parent, keys = row.data, row.parent, row.keys
    if not same:
        for identifier in {parent, *keys}:
            if isinstance(identifier, str) and _ID.match(identifier):
                data = data.replace(f'"{identifier}"'.encode(), f'"{identifier}{number}"'.encode())
        parent, keys = parent and parent + number, tuple(_other(key, number) for key in keys)
    table.add_row(row.owner, row.id + number, row.created, data, parent=parent, keys=keys)


def _other(key: Key, number: str) -> Key:
    return key + number if isinstance(key, str) and _ID.match(key) else key


def _operations() -> list[Operation]:
    return [operation for operation in catalog.operations() if endpoints.endpoint(operation)]


def run(stored: int, every: int) -> dict[str, Any]:
    """The longest hold of each operation, and the seconds of an account session. `every`: one of how many operations."""
    logging.getLogger("emulator").setLevel(logging.CRITICAL)
    for name in warm_up.modules():
        import_module(name)
    gc.set_threshold(MANY_OBJECTS)
    search, operations = Search(), _operations()[::every]
    for name in FULL:
        search.full.one(name)
    for operation in operations:
        if operation.verb == "create":
            search.create(operation)
    fill(search.sandbox, stored)
    gc.collect()
    gc.freeze()
    for operation in operations:
        search.search(operation)
    session, account = _session(search)
    ids = {"account": account, "id": str(search.full.one("payment_intent")), "name": "card_payments"}
    holds_around.search(search.app, [*holds_around.visits(ids, search.links)][::every], search.keep)
    return {"session": session, "holds": search.found, "sent": search.sent}


def _session(search: Search) -> tuple[float, str]:
    """The seconds of an account session, and its account."""
    account = str(_body(search, "/v1/accounts", b"type=express")["id"])
    body = f"account={account}&components[account_onboarding][enabled]=true".encode()
    _body(search, "/v1/account_sessions", body)
    return median(search.send(request("POST", "/v1/account_sessions", body))[1] for _ in range(SESSIONS)), account


def _body(search: Search, path: str, body: bytes) -> Any:
    """The body of a response. Raises RuntimeError unless its status is 200."""
    response, _ = search.send(request("POST", path, body))
    if response.status != OK:
        raise RuntimeError(f"the status is {response.status}")
    return json.loads(response.body)


def measure(launcher: Launcher, stored: int, every: int) -> list[Row]:
    found = launcher.answer("tests.bench.holds", {"stored": stored, "every": every})
    return list(_rows(found["holds"], found["session"], found["sent"]))


def _rows(holds: Mapping[str, tuple[float, str]], session: float, sent: int) -> Iterator[Row]:
    longest = sorted(holds.items(), key=lambda each: -each[1][0])[:SHOWN]
    for place, (operation, (seconds, name)) in enumerate(longest):
        what = f"longest hold of {sent:,} requests" if not place else "and then"
        compared = f"{seconds / session:.0f} times an account session of {ms(session)}"
        target = "" if place else f"at most {ms(MOST_SECONDS)}"
        yield Row(
            f"{what}: {operation}, {name}", ms(seconds), compared, target, None if place else seconds <= MOST_SECONDS
        )


if __name__ == "__main__":
    json.dump(run(**json.load(sys.stdin)), sys.stdout)
