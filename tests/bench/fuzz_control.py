"""Random requests around Stripe's API: the control API, the calls of the script, hosted pages, paths of every kind.

The whole application is driven through ASGI, so that an exception which leaves it is found. `tests.bench.fuzz` runs it.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import random
import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from emulator.app import Emulator
from emulator.connect_js.elements import ELEMENTS
from emulator.connect_js.serving import PATHS
from emulator.control.app import ROUTES
from emulator.errors import CONSTRUCTORS
from emulator.http import WHOLE
from emulator.settings import Settings
from emulator.stripe_js.serving import FRAMES

from ..bench import hostile
from ..bench.watchdog import Watchdog

KEYS = (
    *[b"Bearer sk_test_fuzz"] * 30,
    b"Bearer rk_test_fuzz",
    b"Bearer pk_test_fuzz",
    b"Bearer sk_live_x",
    b"Basic !",
    b"",
    b"\xff",
)
METHODS = ("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "BREW")
NAMES = (
    "account", "action", "advance", "all", "api_version", "arguments", "before_loader_start", "client_secret", "component", "connection",
    "data", "deadline", "delay_ms", "detail", "endpoint", "env", "error", "event", "fixtures", "freeze", "key", "kind",
    "limit", "message", "method", "moment", "mounted", "name", "origin", "outcome", "params", "path", "permissions", "probability",
    "props", "publishable_key", "reason", "release", "required", "requirement", "seed", "session_token", "set", "state", "status",
    "times", "total", "type", "variables", "_meta", "section", "values", "id", "instead", "noun", "identifier", "param", "session",
)  # fmt: skip
WORDS = (
    "active", "expired", "revoked", "inactive", "pending", "unrequested", "verified", "failed", "automatic", "fraud", "other", "open",
    "claimed", "drop", "half", "malformed", "before", "after", "GET", "POST", "/v1/accounts", "/v1/*", "true", "false", "null", "event",
    "error", "render_error", "save", "complete", "resolve", "prefer", "remove", "provide", "leave", "fail", "external_account", "title",
    "business_details", "representative_details", "payout_schedule", "account_details", "marketplace", "individual.first_name",
    "business_profile.url", "card_payments", "transfers", "account.updated", "account.*", "connected_account_write", "pk_test_fuzz",
    "sk_test_fuzz", "rk_test_other", "sk_org_x", "2023-10-16", "2026-10-28.endive", "https://example.com", "data.external_account",
)  # fmt: skip
ODD = (
    "",
    "\x00",
    "ü\u202e\U0001f600",
    "²",
    "٣",
    "-1",
    "1e9",
    "9" * 40,
    "a" * 3000,
    "%",
    "..",
    "\r\nX-Injected: 1",
    "${x:y}",
    "${.env:Z|d}",
    "*" * 40,
    "[",
)
NUMBERS = (0, 1, 2, 5, 120, -1, 404, 499, 599, 200, 0.5, 1e300, 2**63, -(2**63), 1_790_000_000, True, False, None)
BAD_JSON = (
    b"{",
    b"[]",
    b"null",
    b"\xff",
    b'{"a":',
    b'"x"',
    b"5",
    b'{"a":NaN}',
    b"a=1&a[b]=2",
    b"a[" * 40,
    b"[" * 900 + b"]" * 900,
)
DEEP = 900
HOSTILE = 0.01  # of requests are made to take long
_WORD = re.compile(r'"((?:acct|person|ba|evt|we|ed|fault|accs_secret_|em_test|req)_[A-Za-z0-9_]{4,200})"')
_LINK = re.compile(r'"url": "https?://[^/"]+(/(?:setup|express)/[^"]+)"')
OF_A_FAULT = b"An unknown error occurred."
DROPPED = 299  # the status of a response that a fault withholds
STRIPE_JS = ("/v3", "/v3/", "/v3/stripe.js", "/basil/stripe.js", "/x/stripe.js", *FRAMES)
Message = MutableMapping[str, Any]


class Asked(NamedTuple):
    """One request, as ASGI has it."""

    method: str
    path: str
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


class Reply(NamedTuple):
    """The response; the status 0 means none."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


async def ask(app: Any, asked: Asked) -> Reply:
    """One request, whose client goes once it has the head of a response that does not end."""
    came, parts, status = False, list[bytes](), 0
    headers: tuple[tuple[bytes, bytes], ...] = ()
    answered = asyncio.Event()

    async def receive() -> Message:
        nonlocal came
        if came:
            await answered.wait()
            return {"type": "http.disconnect"}
        came = True
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        answered.set()
        if message["type"] == WHOLE:
            status, headers, body = _parsed(message["raw"])
            parts.append(body)
        elif message["type"] == "http.response.start":
            status, headers = message["status"], tuple(message["headers"])
        else:
            parts.append(message.get("body", b""))

    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": asked.method, "scheme": "http",
        "path": asked.path, "raw_path": quote(asked.path, safe="/%:").encode(), "query_string": asked.query, "root_path": "",
        "headers": list(asked.headers), "server": ("127.0.0.1", 1), "client": None, "extensions": {WHOLE: {}},
    }  # fmt: skip
    await app(scope, receive, send)
    return Reply(status, headers, b"".join(parts))


def _parsed(raw: bytes) -> tuple[int, tuple[tuple[bytes, bytes], ...], bytes]:
    """The bytes of a whole response; none where a fault has dropped it."""
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    pairs = [each.partition(b": ") for each in lines]
    return int(line.split()[1]) if line else DROPPED, tuple((name, value) for name, _, value in pairs), body


@dataclass
class Around:
    """Where requests come from. `words` are what earlier responses named: ids, secrets, tokens; `links` the paths of pages."""

    chance: random.Random
    words: list[str] = field(default_factory=lambda: ["acct_none"])
    links: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Weigh the routes: those that end a sandbox are rare, those with the most input are frequent."""
        own = {"reset": 1, "clock": 2, "keys": 2, "act": 30, "view": 10, "faults": 20, "seeds": 20, "report": 10}
        weights = (
            1 if "OPTIONS" in (route.methods or ()) else own.get(route.path.rpartition("/")[2], 5) for route in ROUTES
        )
        self.routes = [route for route, weight in zip(ROUTES, weights, strict=True) for _ in range(weight)]

    def request(self) -> Asked:
        """The next one: of the control API most of the time."""
        kind = self.chance.random()
        if kind < 0.12:
            return self.set_up()
        if kind < 0.22 and self.links:
            return self.page()
        if kind < 0.28:
            return self.anywhere()
        route = self.chance.choice(self.routes)
        method = (
            self.chance.choice(sorted(route.methods or ()))
            if self.chance.random() < 0.97
            else self.chance.choice(METHODS)
        )
        path = re.sub(r"\{\w+\}", lambda _: self.text(), route.path)
        query = urlencode({self.name(): self.text() for _ in range(self.chance.choice((0, 0, 1, 2)))}).encode()
        if self.chance.random() < HOSTILE:
            query = self.chance.choice(hostile.QUERIES)
        return self.sent(method, path, query, self.body(route.path) if method == "POST" else b"")

    def set_up(self) -> Asked:
        """A request that creates something: an account, a session, a link, a claim, an endpoint."""
        account, chance = self.word("acct_"), self.chance
        form = {
            "/v1/accounts": "type=" + chance.choice(("express", "custom", "standard")),
            "/v1/account_sessions": f"account={account}&components[account_onboarding][enabled]=true&"
            "components[account_management][enabled]=true&components[notification_banner][enabled]=true&components[payouts][enabled]=true",
            "/v1/account_links": f"account={account}&type=account_onboarding&refresh_url=http://a.test&return_url=http://b.test",
            f"/v1/accounts/{account}/login_links": "",
            "/_emulator/connect/claim": f"client_secret={self.word('accs_secret_')}&publishable_key=pk_test_fuzz",
            "/v1/webhook_endpoints": "url=https://example.com&enabled_events[]=*",
            "/_emulator/keys": "state=active",
            "/_emulator/clock": "release=true",
        }  # fmt: skip
        path = chance.choice(list(form))
        headers = ((b"authorization", b"Bearer sk_test_fuzz"), (b"content-type", b"application/x-www-form-urlencoded"))
        return Asked("POST", path, b"", headers, form[path].encode())

    def page(self) -> Asked:
        """A visit of a hosted page, or its form."""
        path, chance = self.chance.choice(self.links), self.chance
        pairs = [(chance.choice(("action", "requirement", "session")), self.text()) for _ in range(chance.randrange(5))]
        method = chance.choice(("GET", "POST", "POST", "HEAD", "DELETE"))
        return self.sent(
            method, path, b"", urlencode(pairs).encode() if chance.random() < 0.9 else chance.randbytes(50)
        )

    def anywhere(self) -> Asked:
        """A path that there may be."""
        chance = self.chance
        start = chance.choice(
            (
                *PATHS,
                *STRIPE_JS,
                "/",
                "/_emulator",
                "/_emulator/",
                "/setup/",
                "/express/",
                "/_emulator/connect/",
                "/v2/",
                "//",
            )
        )
        path = start + chance.choice(("", "", self.text()))
        return self.sent(chance.choice(METHODS), path, chance.randbytes(5), b"")

    def sent(self, method: str, path: str, query: bytes, body: bytes) -> Asked:
        chance = self.chance
        kinds = (b"application/json", b"application/x-www-form-urlencoded", b"text/plain", b"\xff")
        headers = [(b"authorization", chance.choice(KEYS)), (b"content-type", chance.choice(kinds))]
        if chance.random() < 0.1:
            name = chance.choice(
                (b"origin", b"host", b"sec-fetch-site", b"method", b"x-emulator-token", b"content-length")
            )
            headers.append((name, chance.choice((b"http://a.test", b"", b"\xff", b"127.0.0.1", b"cross-site"))))
        return Asked(method, path, query, tuple(headers), body)

    def body(self, route: str) -> bytes:
        chance = self.chance
        if chance.random() < HOSTILE:
            return hostile.body(chance, as_json=chance.random() < 0.7)
        if chance.random() < 0.05:
            return chance.choice(BAD_JSON)
        likely = {} if chance.random() < 0.3 else self.likely(route)
        noise = chance.randrange(1, 5) if not likely or chance.random() < 0.2 else 0
        tree = {self.name(): self.value(0) for _ in range(noise)} | likely
        if chance.random() < 0.1:
            return urlencode({name: str(value) for name, value in tree.items()}).encode()
        return json.dumps(tree).encode()

    def likely(self, route: str) -> dict[str, object]:
        """Plausible parameters of a route."""
        chance = self.chance
        session: dict[str, object] = {"session_token": self.word("em_test"), "component": chance.choice(list(ELEMENTS))}
        own: dict[str, dict[str, object]] = {
            "faults": {"times": chance.choice((1, 2, "²")), **chance.choice(({"status": chance.choice((404, 499, "²"))}, {"connection": chance.choice(("drop", "half", "malformed"))}, self.error()))},
            "seeds": {"fixtures": [self.fixture() for _ in range(chance.randrange(3))]},
            "act": {**session, "action": chance.choice(WORDS), "params": {self.name(): self.value(0), "section": chance.choice(WORDS)}},
            "view": session, "mount": session, "poll": session, "report": {**session, "kind": chance.choice(("event", "error"))},
            "clock": {chance.choice(("advance", "set")): chance.choice(NUMBERS)},
        }  # fmt: skip
        return own.get(route.rpartition("/")[2], {})

    def error(self) -> dict[str, object]:
        """An error of the API with the arguments that it takes, of any type."""
        name = self.chance.choice([name for name in CONSTRUCTORS if name != "internal"])  # whose words are a bug's
        return {
            "error": name,
            "arguments": {each: self.value(1) for each in inspect.signature(CONSTRUCTORS[name].make).parameters},
        }

    def fixture(self) -> object:
        chance = self.chance
        good = {
            "name": self.text(),
            "path": chance.choice(("/v1/accounts", "/v2/core/accounts", self.text())),
            "method": "post",
        }
        return {
            **good,
            chance.choice(("params", "_id", "headers", "expected_error_type", "_onboard", "name")): self.value(0),
        }

    def name(self) -> str:
        return self.chance.choice(NAMES) if self.chance.random() < 0.95 else self.text()

    def value(self, depth: int) -> Any:
        """Any JSON."""
        kind = self.chance.random()
        if kind < 0.5:
            return self.text()
        if kind < 0.8 or depth > 3:
            return self.chance.choice(NUMBERS)
        if kind < 0.9:
            return [self.value(depth + 1) for _ in range(self.chance.randrange(3))]
        if kind < 0.99:
            return {self.name(): self.value(depth + 1) for _ in range(self.chance.randrange(3))}
        deep: Any = {}
        for _ in range(DEEP):
            deep = {"a": deep}
        return deep

    def text(self) -> str:
        kind = self.chance.random()
        return self.chance.choice(WORDS if kind < 0.5 else self.words[-30:] if kind < 0.85 else ODD)

    def word(self, prefix: str) -> str:
        """The newest word of a kind, or one of the newest."""
        return self.chance.choice([word for word in self.words if word.startswith(prefix)][-3:] or ["none"])

    def learn(self, reply: Reply) -> None:
        """Keeps the words that a response names."""
        text = reply.body.decode(errors="replace")
        self.words = [*dict.fromkeys([*self.words, *_WORD.findall(text)])][-300:]
        self.links = [*self.links, *_LINK.findall(text)][-10:]


def wrong(asked: Asked, reply: Reply) -> str | None:
    """The fault of a response, None for a valid one."""
    if reply.status not in range(200, 600) or (reply.status == 500 and OF_A_FAULT not in reply.body):
        return f"status {reply.status}"
    if any(b"\r" in value or b"\n" in value for _, value in reply.headers):
        return "a header of two lines"
    if reply.status < 400 or not asked.path.startswith("/_emulator/") or asked.method in ("HEAD", "OPTIONS"):
        return None
    try:
        error = json.loads(reply.body)["error"]
    except (ValueError, KeyError, TypeError):
        return "no error"
    if "hint" not in error and "load_error" not in error:
        return "an error without advice"
    return "an error as long as what was sent" if len(reply.body) > 20_000 else None


async def _run(requests: int, seed: int, report: Callable[[str], object], watchdog: Watchdog) -> int:
    app, source, statuses, findings = Emulator(Settings(port=0)), Around(random.Random(seed)), dict[int, int](), 0
    for number in range(requests):
        asked = source.request()
        try:
            for attempt in watchdog.tries(f"#{number} {asked.method} {asked.path}"):
                with attempt:
                    reply = await asyncio.wait_for(ask(app, asked), 10)
            found = wrong(asked, reply) or watchdog.slow
        except Exception as error:  # noqa: BLE001 what leaves the application is what this looks for
            reply, found = Reply(0, (), b""), repr(error)
        statuses[reply.status] = statuses.get(reply.status, 0) + 1
        if found is not None:
            findings += 1
            report(f"#{number} of seed {seed}, around: {found[:300]}\n  {str(asked)[:600]}\n  {reply.body[:300]!r}")
        else:
            source.learn(reply)
    report(
        f"{requests} requests around the API, {findings} wrong; statuses {dict(sorted(statuses.items()))}; {watchdog}"
    )
    return findings + len(watchdog.errors.lines)


def run(requests: int, seed: int, report: Callable[[str], object]) -> int:
    """The number of faulty responses."""
    watchdog = Watchdog()
    with watchdog.running():
        return asyncio.run(_run(requests, seed, report, watchdog))
