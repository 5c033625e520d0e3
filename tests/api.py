"""Calls Stripe's API and the control API without a socket."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from emulator.app import Emulator
from emulator.auth import keys
from emulator.http.message import Request
from emulator.http.pipeline import Pipeline
from emulator.sandbox.sandbox import Sandbox
from emulator.settings import Settings
from emulator.wire import form

KEY = "sk_test_0123456789abcdefghijklmn"
PUBLISHABLE = "pk_test_0123456789abcdefghijklmn"
NEWEST = "2026-10-28.endive"


@dataclass(frozen=True)
class Answer:
    """One answer: header names in lower case."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def error(self) -> dict[str, str]:
        """The error without the log's address, which differs each time."""
        return {name: value for name, value in self.body["error"].items() if name != "request_log_url"}

    @property
    def result(self) -> Any:
        """The body of a request that must have succeeded."""
        assert self.status == 200, self.body
        return self.body


@dataclass
class Api:
    """An emulator of its own. `headers` are sent with each request."""

    settings: Settings = field(default_factory=Settings)
    headers: dict[str, str] = field(default_factory=lambda: {"authorization": f"Bearer {KEY}"})

    def __post_init__(self) -> None:
        self.emulator = Emulator(self.settings)
        self.pipeline = Pipeline(self.settings, self.emulator.sandboxes)

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox of `KEY`."""
        key = keys.parse(KEY)
        assert key is not None
        return self.emulator.sandboxes.of(key)

    def sending(self, **headers: str) -> Self:
        """The same emulator, with headers that are sent with each request besides. Underscores stand for dashes."""
        other = copy(self)
        other.headers = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return other

    def send(self, method: str, path: str, body: bytes = b"", /, **headers: str | None) -> Answer:
        """One request; a header given as None is left out. Underscores in names stand for dashes."""
        own = {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            own.setdefault("content-type", "application/x-www-form-urlencoded")
        sent = {n.encode(): v.encode("latin-1") for n, v in {**self.headers, **own}.items() if v is not None}
        target, _, query = path.partition("?")
        response, _ = self.pipeline.respond(Request(method, target, query.encode(), sent, body))
        names = {name.decode().lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, names, response.body)

    def post(self, path: str, params: object = None, **headers: str | None) -> Answer:
        body = params.encode() if isinstance(params, str) else form.encode(params or {}).encode()
        return self.send("POST", path, body, **headers)

    def posted(self, path: str, /, **params: Any) -> Any:
        """The body that a POST returns, which must succeed. Without a slash in front, the path is below `/v1/`."""
        return self.post(path if path.startswith("/") else f"/v1/{path}", params).result

    def get(self, path: str, **headers: str | None) -> Answer:
        return self.send("GET", path, **headers)

    def delete(self, path: str, **headers: str | None) -> Answer:
        return self.send("DELETE", path, **headers)

    def v2(self, method: str, path: str, body: object = None, **headers: str | None) -> Answer:
        """One request to /v2: with the newest version, and a body as JSON where there is one."""
        own = {"stripe_version": NEWEST, **headers}
        if body is not None:
            own.setdefault("content_type", "application/json")
        return self.send(method, f"/v2{path}", b"" if body is None else json.dumps(body).encode(), **own)

    def account(self, **params: object) -> str:
        """The id of a new connected account."""
        return str(self.posted("accounts", **params)["id"])

    def events(self, *kinds: str, account: str | None = None) -> list[Any]:
        """The last 100 events of an account, oldest first; only those whose types begin with one of `kinds` if given."""
        listed = self.get("/v1/events?limit=100", stripe_account=account).result["data"]
        return [event for event in reversed(listed) if event["type"].startswith(kinds or "")]

    def event_types(self, *kinds: str, account: str | None = None) -> list[str]:
        """The types of these events."""
        return [event["type"] for event in self.events(*kinds, account=account)]

    def session(self, account: str, components: object, **headers: str | None) -> Answer:
        return self.post("/v1/account_sessions", {"account": account, "components": components}, **headers)

    async def control(self, method: str, path: str, body: object = None, key: str | None = KEY) -> httpx.Response:
        """One request to the control API."""
        transport = httpx.ASGITransport(app=self.emulator)
        headers = {"authorization": f"Bearer {key}"} if key else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator.test") as client:
            return await client.request(method, f"/_emulator{path}", json=body, headers=headers)


def on(**features: bool) -> dict[str, object]:
    """The configuration of an enabled component."""
    return {"enabled": True, **({"features": features} if features else {})}
