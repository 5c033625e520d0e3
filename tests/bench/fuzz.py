"""Any bytes for every operation, in-process: `python -m tests.bench.fuzz [--requests N] [--seed N]`.

The response is never a 500, is always Stripe's envelope or a page of its proxy, and takes no more than
200 ms of the loop. Clocks are advanced between requests, and in the end the balance of each account is the sum of its
transactions. Half of the requests are valid, but for a value of some (`tests.bench.valid`). A finding is printed with the seed and the number
that bring it back. Half as many requests go to
all that is not Stripe's API (`tests.bench.fuzz_control`), and a tenth as many as raw bytes to the socket of a server
(`tests.bench.fuzz_socket`).
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import quote_from_bytes

from emulator import catalog
from emulator.http import warm_up
from emulator.http.asgi import StripeApi
from emulator.http.message import Request, Response
from emulator.http.pipeline import Pipeline
from emulator.model.answering import endpoints
from emulator.model.declaration import registry
from emulator.resources.table import TABLE
from emulator.sandbox.sandbox import Sandboxes
from emulator.schema.spec import AnyOf, Array, Boolean, Decimal, Enum, Integer, Map, Object, Type
from emulator.settings import Settings

from ..bench import fuzz_control, fuzz_socket, fuzz_time, hostile
from ..bench.valid import Valid
from ..bench.watchdog import Watchdog

REQUESTS = 50_000
VALID = 0.6  # of requests are valid, but for those whose objects cannot be created
HOSTILE = 0.005  # of requests are made to take long
METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "get", "BREW", "")
VERSION = b"2026-10-28.endive"
TEXTS = (
    "us", "US", "eur", "a@example.com", "Jenny", "2025-01-01T00:00:00Z", "127.0.0.1", "7299", "FUREVER", "12.5", "000000000",
    "file_identity_document_success", "https://example.com", "ü", "", "9" * 40, "address_full_match", "\x00", "0000",
)  # fmt: skip
# Enough of a seller for v2 to take it.
SELLER = """
{"contact_email": "a@example.com", "dashboard": "none", "identity": {"country": "us", "entity_type": "company"},
 "configuration": {"merchant": {"capabilities": {"card_payments": {"requested": true}}}},
 "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}}}
"""
KEYS = (*["sk_test_fuzz"] * 40, "rk_test_fuzz", *["pk_test_fuzz"] * 5, "sk_live_x", "", "sk_test_", "é")
VALUES = (
    b"", b"true", b"false", b"0", b"-1", b"1e999", b"9" * 40, b"null", b"acct_none", b"\x00", b"\xff\xfe", b"\xed\xa0\x80",
    "ü\u202e\U0001f600".encode(), b"<script>", b"a" * 5001, b"%", b"%00", b"[]", b"{}", b"../..", b"express", b"custom", b"US",
    b"DE", b"1800000000", b"application/json", b"\r\nX-Injected: 1", b"'", b'"', b"\\", b" ", b"inactive", b"NaN", "٣".encode(),
)  # fmt: skip
HEADERS = (
    b"stripe-account", b"stripe-version", b"idempotency-key", b"content-type", b"authorization", b"expect", b"host", b"accept",
    b"stripe-context", b"content-length", b"x-stripe-client-user-agent", b"connection", b"cookie", b"origin",
)  # fmt: skip
WORDS = (
    b"expand",
    b"limit",
    b"account",
    b"components",
    b"metadata",
    b"type",
    b"controller",
    b"created",
    b"starting_after",
)


@dataclass
class Source:
    """Where requests come from. `ids` are what earlier responses named."""

    chance: random.Random
    ids: list[str] = field(default_factory=lambda: ["acct_none"])
    newest: dict[str, str] = field(default_factory=dict)  # by the name of the object
    valid: Valid | None = None

    def __post_init__(self) -> None:
        self.known = list(catalog.operations())
        self.emulated = list(endpoints.emulated())

    def request(self) -> Request:
        """The next one: valid, or made of any bytes."""
        wanted = self.chance.choice(self.emulated) if self.valid and self.chance.random() < VALID else None
        found = self.valid.next(wanted) if self.valid and wanted else None
        return found or self.any()

    def any(self) -> Request:
        """A request whose parameters may be anything."""
        chance, operation = self.chance, self.chance.choice(self.emulated if self.chance.random() < 0.8 else self.known)
        method = operation.method if chance.random() < 0.95 else chance.choice(METHODS)
        as_json = operation.v2 and method == "POST" and chance.random() < 0.95
        sent = self.json(operation.params) if as_json else self.form(operation.params)
        if chance.random() < HOSTILE:
            sent = hostile.body(chance, as_json=as_json) if method == "POST" else chance.choice(hostile.QUERIES)
        in_query = method == "GET" or (not as_json and chance.random() < 0.1)
        query, body = (sent, b"") if in_query else (b"", sent)
        dated = {b"stripe-version": VERSION} if operation.v2 and chance.random() < 0.95 else {}
        headers = {**dated, **self.headers()}
        return Request(
            method, self.path(operation.path, operation.object), query, headers, body, too_large=chance.random() < 0.01
        )

    def json(self, spec: Object) -> bytes:
        """A body of v2: a few parameters whole or in part, on what makes an account; now and then with noise in it."""
        tree = self.tree(spec, 0)
        if isinstance(tree, dict) and self.chance.random() < 0.5:
            tree = {**json.loads(SELLER), **tree}
        text = json.dumps(tree).encode()
        if self.chance.random() < 0.03:
            place = self.chance.randrange(len(text))
            text = text[:place] + self.value() + text[place + 1 :]
        return text

    def tree(self, kind: Type, depth: int) -> Any:
        """A value of a type, seldom of another."""
        if self.chance.random() < 0.03:
            return self.chance.choice((None, "", 7, True, [], {}, "text", [None], {"a": {"b": []}}, 1e300, -1, 2**63))
        if isinstance(kind, Object):
            names = list(kind.params)
            chosen = {*kind.required, *self.chance.choices(names, k=min(len(names), self.chance.randrange(1, 5)))}
            return {name: self.tree(kind.params[name].type, depth + 1) for name in names if name in chosen}
        if isinstance(kind, Array):
            return [self.tree(kind.item, depth + 1) for _ in range(self.chance.randrange(3))]
        if isinstance(kind, Map):
            return {self.value().decode("latin-1"): self.tree(kind.value, depth + 1)}
        if isinstance(kind, AnyOf):
            return self.tree(self.chance.choice(kind.options), depth)
        return self.plain(kind)

    def plain(self, kind: Type) -> Any:
        if isinstance(kind, Boolean):
            return self.chance.random() < 0.5
        if isinstance(kind, Integer | Decimal):
            return self.chance.choice((0, 1, 7, 31, 1990, -5, 10**18))
        if isinstance(kind, Enum):
            return self.chance.choice(kind.values)
        return self.chance.choice((*self.ids[-5:], *TEXTS))

    def learn(self, identifier: str, name: str = "") -> None:
        """Keeps the newest ids that responses named."""
        self.ids = [*self.ids[-50:], identifier]
        self.newest[name] = identifier

    def path(self, template: str, name: str = "") -> str:
        """A path of the catalog with its parameters filled in, mostly an object of a name, now and then anything."""
        parts = [self.segment(part, name) if part.startswith("{") else part for part in template.split("/")]
        if self.chance.random() < 0.03:
            parts[self.chance.randrange(len(parts))] = quote_from_bytes(self.value())
        return "/".join(parts)

    def segment(self, name: str, kind: str = "") -> str:
        if kind in self.newest and self.chance.random() < 0.7:
            return self.newest[kind]
        if name in ("{account}", "{account_id}") and self.chance.random() < 0.9:
            known = [each for each in self.ids if each.startswith("acct_")]
            return self.chance.choice([self.newest.get("account", "acct_none"), *known[-2:]])
        return self.chance.choice(self.ids[-10:]) if self.chance.random() < 0.8 else quote_from_bytes(self.value())

    def value(self) -> bytes:
        kind = self.chance.random()
        if kind < 0.6:
            return self.chance.choice(VALUES)
        return self.chance.choice(self.ids).encode() if kind < 0.8 else self.chance.randbytes(self.chance.randrange(12))

    def form(self, spec: Object) -> bytes:
        """Mostly what the operation takes, with now and then something wrong in it; seldom just bytes."""
        if self.chance.random() < 0.05:
            return self.chance.randbytes(self.chance.randrange(200))
        names = list(spec.params)
        count = self.chance.randrange(5)
        needed = spec.required if self.chance.random() < 0.7 else ()
        pairs = (
            [self.pair(name, spec.params[name].type) for name in self.chance.choices(names, k=count)] if names else []
        )
        pairs += [self.pair(name, spec.params[name].type) for name in needed]
        if self.chance.random() < 0.2:
            pairs.append(self.noise([name.encode() for name in names]))
        return b"&".join(pairs)

    def pair(self, name: str, spec: Type) -> bytes:
        """One parameter of the operation, down to a leaf."""
        path, kind = name.encode(), spec
        while isinstance(kind, Object | Map | Array | AnyOf):
            step, kind = self.down(kind)
            path += step
        value = self.leaf(kind) if self.chance.random() < 0.8 else self.value()
        return path + b"=" + quote_from_bytes(value).encode()

    def down(self, kind: Object | Map | Array | AnyOf) -> tuple[bytes, Type]:
        if isinstance(kind, AnyOf):
            return b"", self.chance.choice(kind.options)
        if isinstance(kind, Array):
            return self.chance.choice((b"[]", b"[0]", b"[1]")), kind.item
        if isinstance(kind, Map):
            return b"[%b]" % quote_from_bytes(self.value()).encode(), kind.value
        if not kind.params:
            return b"", Boolean()
        name = self.chance.choice(list(kind.params))
        return f"[{name}]".encode(), kind.params[name].type

    def leaf(self, kind: Type) -> bytes:
        if isinstance(kind, Boolean):
            return self.chance.choice((b"true", b"false"))
        if isinstance(kind, Integer | Decimal):
            return str(
                self.chance.choice((kind.maximum if isinstance(kind, Integer) and kind.maximum else 7, 1, 0))
            ).encode()
        if isinstance(kind, Enum):
            return self.chance.choice(kind.values).encode()
        return self.chance.choice((*self.ids[-5:], "US", "eur", "a@example.com", "Jenny")).encode()

    def noise(self, names: Sequence[bytes]) -> bytes:
        known = [*names, *WORDS]
        steps = (self.step(known) for _ in range(self.chance.choice((0, 0, 1, 2, 3, 30))))
        name = self.chance.choice(known) + b"".join(b"[%b]" % step for step in steps)
        quoted = quote_from_bytes(self.value()).encode() if self.chance.random() < 0.9 else self.value()
        return name + (b"=" if self.chance.random() < 0.97 else b"") + quoted

    def step(self, names: Sequence[bytes]) -> bytes:
        return self.chance.choice(
            (b"", b"0", b"1", b"enabled", b"features", b"payments", b"gte", self.chance.choice(names))
        )

    def headers(self) -> dict[bytes, bytes]:
        key = self.chance.choice(KEYS)
        sent = {b"authorization": b"Bearer " + key.encode()}
        for _ in range(self.chance.choice((0, 0, 0, 1, 2))):
            sent[self.chance.choice(HEADERS)] = bytes(byte for byte in self.value() if byte > 31)
        return sent


def wrong(request: Request, response: Response) -> str | None:
    """The fault of a response, None for a valid one."""
    status, names = response.status, {name.lower() for name, _ in response.headers}
    if status == 500 or status not in range(200, 600):
        return f"status {status}"
    if not all(re.fullmatch(rb"[a-z-]+", name) for name in names):
        return "a header of two lines"
    if response.body.startswith(b"<html>" if status in (400, 414) else b"%PDF-"):
        return None
    try:
        body = json.loads(response.body)
    except ValueError:
        return "no JSON"
    if status < 400:
        return None if isinstance(body, dict) and b"request-id" in names else "no object"
    error = body.get("error")
    kinds = {"code", "type"} if request.v2 else {"type"}
    return None if isinstance(error, dict) and "message" in error and kinds & error.keys() else "no envelope"


@dataclass
class Run:
    """A run: sends requests, checks the responses, and counts both."""

    seed: int
    report: Callable[[str], object]
    watchdog: Watchdog = field(default_factory=Watchdog)
    statuses: dict[int, int] = field(default_factory=dict)
    number: int = 0
    prepared: int = 0
    findings: int = 0

    def __post_init__(self) -> None:
        settings = Settings(id_seed=str(self.seed))
        self.sandboxes = Sandboxes(settings)
        self.api = StripeApi(Pipeline(settings, self.sandboxes))
        self.source = Source(random.Random(self.seed))
        self.source.valid = Valid(self.source.chance, self.source.newest, self.prepare)

    def found(self, what: str) -> None:
        """Counts and prints a finding."""
        self.findings += 1
        self.report(what)

    def send(self, request: Request) -> Response:
        """The response to a request, which is checked."""
        what = f"#{self.number} {request.method} {request.path}"
        response = self.watchdog.response(what, lambda: self.respond(request))
        fault = wrong(request, response) or self.watchdog.slow
        if fault is not None:
            self.found(
                f"#{self.number} of seed {self.seed}: {fault}\n  {str(request)[:600]}\n  {response.body[:300]!r}"
            )
        elif response.status == 200 and request.method == "POST":
            body = json.loads(response.body)
            self.source.learn(str(body.get("id", "acct_none")), str(body.get("object", "")))
        return response

    async def respond(self, request: Request) -> Response:
        """The response, in slices where it takes long."""
        outcome = self.api.respond(request)
        return outcome if isinstance(outcome, Response) else await outcome

    def prepare(self, request: Request) -> Response:
        """The same for a request that creates what another one names."""
        self.prepared += 1
        return self.send(request)

    def next(self) -> None:
        """Sends the next request, now and then after an advance of the clock."""
        for late in fuzz_time.pass_time(self.source.chance, self.sandboxes, self.watchdog):
            self.found(f"before #{self.number} of seed {self.seed}: {late}, for a slice of an advance")
        status = self.send(self.source.request()).status
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.number += 1


def run(requests: int, seed: int, report: Callable[[str], object]) -> int:
    """The number of faulty responses."""
    registry.install(TABLE)
    each = Run(seed, report)
    for name in warm_up.modules():  # a server has loaded them a moment after its start
        import_module(name)
    with each.watchdog.running():
        for _ in range(requests):
            each.next()
    for fault in fuzz_time.unbalanced(each.sandboxes):
        each.found(f"seed {seed}: {fault}")
    counts = dict(sorted(each.statuses.items()))
    prepared = f"{each.prepared} that prepared them"
    report(f"{requests} requests, {each.findings} wrong; statuses {counts}; {prepared}; {each.watchdog}")
    return each.findings + len(each.watchdog.errors.lines)


def report(line: str) -> None:
    """Prints."""
    print(line)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs, prints, and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    log = logging.getLogger("emulator")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        found = run(options.requests, options.seed, report)
        found += fuzz_control.run(options.requests // 2, options.seed, report)
        found += fuzz_socket.run(options.requests // 10, options.seed, report)
    finally:
        log.setLevel(level)  # a test runs this in a process with others
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
