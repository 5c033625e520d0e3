"""A client of the control API, over a socket, for tests in Python: the fixtures are made of it.

It works the same against a server in this process and against a sidecar, and needs the standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

from emulator.wire import form

TIMEOUT_SECONDS = 10


class EmulatorError(Exception):
    """The emulator refused, or cannot be reached. `code` tells which; the text says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.code = code
        self.message = message
        self.hint = hint


class ClaimRefused(EmulatorError):
    """A client secret that cannot be redeemed. `code` is client_secret_used, client_secret_expired, ..."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a client secret became. `components` are the enabled ones with their features; times are unix seconds."""

    account: str
    components: Mapping[str, Mapping[str, bool]]
    session_token: str
    created: int
    expires_at: int
    livemode: bool


@dataclass(frozen=True, slots=True)
class ClaimAttempt:
    """One try: `outcome` is claimed, used, expired or account_deleted."""

    at: int
    outcome: str


@dataclass(frozen=True, slots=True)
class AccountSession:
    """An account session as the emulator keeps it; `state` is open, claimed or expired."""

    client_secret: str
    account: str
    components: Mapping[str, Mapping[str, bool]]
    created: int
    expires_at: int
    state: str
    claimed_at: int | None = None
    session_expires_at: int | None = None
    claim_attempts: tuple[ClaimAttempt, ...] = field(default=())


class EmulatorClient:
    """One sandbox of one emulator: its clock, its account sessions, its requests."""

    def __init__(self, url: str, api_key: str) -> None:
        self.url = url.rstrip("/")
        self.api_key = api_key

    @property
    def publishable_key(self) -> str:
        """The publishable key of the same sandbox."""
        return "pk_" + self.api_key.partition("_")[2]

    def claim(self, client_secret: str, publishable_key: str | None = None) -> Claim:
        """Redeems a client secret, as the browser would. Raises ClaimRefused."""
        body = {"client_secret": client_secret, "publishable_key": publishable_key or self.publishable_key}
        return Claim(**self._control("POST", "/connect/claim", body, refusal=ClaimRefused))

    def logout(self, session_token: str) -> bool:
        """Ends a claimed session; False when it had ended."""
        return bool(self._control("POST", "/connect/logout", {"session_token": session_token})["revoked"])

    def now(self) -> int:
        """The sandbox's time, in unix seconds."""
        return int(self._control("GET", "/clock")["now"])

    def advance(self, seconds: int) -> int:
        """Moves the sandbox's clock, back when negative, and returns its time."""
        return self._move({"advance": seconds})

    def set_time(self, now: int) -> int:
        """Moves the sandbox's clock to a unix second, from where it goes on."""
        return self._move({"set": now})

    def freeze(self, at: int | None = None) -> int:
        """Stops the sandbox's clock, now or at a unix second."""
        return self._move({"freeze": True if at is None else at})

    def release(self) -> int:
        """Back to the machine's time."""
        return self._move({"release": True})

    def _move(self, action: Mapping[str, object]) -> int:
        return int(self._control("POST", "/clock", action)["now"])

    def set_key_state(self, state: str) -> None:
        """Makes the sandbox's secret key `expired`, `revoked`, or `active` again."""
        self._control("POST", "/keys", {"state": state})

    def reset(self) -> None:
        """Forgets everything in the sandbox, its clock included."""
        self._control("POST", "/reset", {})

    @property
    def account_sessions(self) -> list[AccountSession]:
        """The sandbox's account sessions, oldest first, the last thousand."""
        rows = self._control("GET", "/account_sessions?limit=1000")["data"]
        return [_session(row) for row in reversed(rows)]

    def account_session(self, client_secret: str) -> AccountSession:
        """One account session by its secret. Raises EmulatorError."""
        return _session(self._control("GET", f"/account_sessions/{quote(client_secret, safe='')}"))

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The sandbox's last requests with their answers, oldest first."""
        return list(self._control("GET", "/requests")["data"])

    def create_account(self, **params: object) -> dict[str, Any]:
        """A connected account by `POST /v1/accounts`, as a dict. Raises EmulatorError with Stripe's words."""
        status, body = self._send("POST", "/v1/accounts", form.encode(params), "application/x-www-form-urlencoded")
        if status != 200:
            raise EmulatorError(body["error"].get("code", "invalid_request"), body["error"]["message"])
        return body

    def health(self) -> dict[str, Any]:
        """Whether the emulator answers. Raises EmulatorError when it does not."""
        return self._control("GET", "/health")

    def _control(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        refusal: type[EmulatorError] = EmulatorError,
    ) -> dict[str, Any]:
        content = None if body is None else json.dumps(body)
        status, answer = self._send(method, f"/_emulator{path}", content, "application/json")
        if status >= 400:
            error = answer["error"]
            raise refusal(error["code"], error["message"], error["hint"])
        return answer

    def _send(self, method: str, path: str, body: str | None, kind: str) -> tuple[int, dict[str, Any]]:
        where = urlsplit(self.url)
        connection = HTTPConnection(where.hostname or "", where.port, timeout=TIMEOUT_SECONDS)
        headers = {"authorization": f"Bearer {self.api_key}", "content-type": kind}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            hint = "Is it running? Start it with: stripe-emulator"
            raise EmulatorError("unreachable", f"No emulator answers at {self.url} ({error}).", hint) from None
        finally:
            connection.close()


def _session(row: dict[str, Any]) -> AccountSession:
    attempts = tuple(ClaimAttempt(**attempt) for attempt in row["claim_attempts"])
    return AccountSession(**{**row, "claim_attempts": attempts})
