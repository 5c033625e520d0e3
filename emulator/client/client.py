"""A client of the control API, over a socket, for tests in Python: the fixtures are made of it.

It works the same against a server in this process and against a sidecar, and needs the standard library only.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from emulator import settings
from emulator.client.components import Browser, ComponentEvent
from emulator.client.faults import DeclaredFault, recorded
from emulator.client.request_log import RecordedRequest, Requests
from emulator.client.transport import EmulatorError, Sent, address, exchange, not_an_emulator
from emulator.client.webhooks import Webhooks
from emulator.seeds.variables import is_path, variables, variables_of
from emulator.wire import form

__all__ = [
    "AccountSession",
    "Claim",
    "ClaimAttempt",
    "ClaimRefused",
    "ComponentEvent",
    "DeclaredFault",
    "EmulatorClient",
    "EmulatorError",
    "Loaded",
    "RecordedRequest",
    "Requests",
]  # fmt: skip


class ClaimRefused(EmulatorError):
    """A client secret that cannot be redeemed. `code` is client_secret_used, client_secret_expired, ..."""


USER_AGENT = "stripe-emulator-client"


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
    """An account session as the emulator keeps it; `state` is open, claimed or expired.

    `origin` is that of the page which claimed it; what its components did is in `mounted`, `events` and `errors`.
    """

    client_secret: str
    account: str
    components: Mapping[str, Mapping[str, bool]]
    created: int
    expires_at: int
    state: str
    claimed_at: int | None = None
    session_expires_at: int | None = None
    claim_attempts: tuple[ClaimAttempt, ...] = field(default=())
    origin: str | None = None
    mounted: tuple[str, ...] = ()
    events: tuple[ComponentEvent, ...] = ()
    errors: tuple[ComponentEvent, ...] = ()


class Loaded(dict[str, Any]):
    """The answers of a loaded world, by the names of its fixtures: `loaded["seller"]["id"]`.

    `env` is what the Stripe CLI would write into a `.env` file; `notes` is what it would have printed.
    """

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(answer["fixtures"])
        self.env: dict[str, str] = answer["env"]
        self.notes: list[str] = answer["notes"]


class EmulatorClient:
    """One sandbox of one emulator: its clock, its account sessions, its requests."""

    def __init__(self, url: str, api_key: str, *, token: str = "", ca_file: str = "") -> None:
        """`url` may be `unix:/path/to/socket`. `token` is the setting `control_token`; https trusts `ca_file`.

        Raises EmulatorError for what is no such URL.
        """
        self.url = address(url)
        self.api_key = api_key
        self.token = token
        self.ca_file = ca_file

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

    def end_sessions(self, client_secret: str | None = None) -> int:
        """Ends the session of a secret, or all that live, as if their time were up, and says how many there were.

        A page then asks fetchClientSecret for a new secret. Raises EmulatorError.
        """
        body = {"client_secret": client_secret} if client_secret else {}
        return int(self._control("POST", "/account_sessions/end", body)["ended"])

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

    def set_key_state(self, state: str, key: str | None = None) -> None:
        """Makes a key of the sandbox, by default its secret key, `expired`, `revoked`, or `active` again."""
        self._control("POST", "/keys", {"key": key or self.api_key, "state": state})

    def roll_key(self) -> str:
        """A second secret key of the same sandbox. The first one works on: expire it with `set_key_state`."""
        return self._new_key("sk")

    def restricted_key(self, permissions: Sequence[str] = ()) -> str:
        """A new restricted key of the same sandbox, as in `["connected_account_write", "account_link_write"]`."""
        return self._new_key("rk", permissions=list(permissions))

    def organization_key(self) -> str:
        """A new key of an organization that the sandbox's platform belongs to. It needs Stripe-Context."""
        return self._new_key("sk_org")

    def _new_key(self, kind: str, **said: object) -> str:
        mode = "live" if self.api_key[2:].startswith("_live_") else "test"
        key = f"{kind}_{mode}_{secrets.token_hex(12)}"
        return str(self._control("POST", "/keys", {"key": key, **said})["key"])

    def set_api_version(self, version: str | None = None) -> str:
        """The version of requests without a Stripe-Version header; None goes back to the emulator's setting."""
        return str(self._control("POST", "/version", {"api_version": version})["api_version"])

    def reset(self) -> None:
        """Forgets everything in the sandbox, its clock included."""
        self._control("POST", "/reset", {})

    def fault(self, **fault: object) -> DeclaredFault:
        """Declares a fault: `fault(error="lock_timeout", path="/v1/account_sessions", times=2)`."""
        return DeclaredFault(self._control, self._control("POST", "/faults", fault))

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The sandbox's faults, with how often each was hit."""
        return list(self._control("GET", "/faults")["data"])

    def clear_faults(self, identifier: str | None = None) -> None:
        """Removes one fault, or all of them."""
        self._control("DELETE", f"/faults/{identifier}" if identifier else "/faults")

    def limit(self, **limits: int) -> None:
        """Sets rate limits of the sandbox: `total` and `endpoint`, requests a second; 0 is no limit."""
        self._control("POST", "/limits", limits)

    @property
    def account_sessions(self) -> list[AccountSession]:
        """The sandbox's account sessions, oldest first, the last thousand."""
        rows = self._control("GET", "/account_sessions?limit=1000")["data"]
        return [_session(row) for row in reversed(rows)]

    def account_session(self, client_secret: str) -> AccountSession:
        """One account session by its secret. Raises EmulatorError."""
        return _session(self._control("GET", f"/account_sessions/{quote(client_secret, safe='')}"))

    @property
    def requests(self) -> Requests:
        """The sandbox's last requests with their answers, oldest first: `requests.where(path="/v1/*").one()`."""
        return recorded(self._control)

    @cached_property
    def webhooks(self) -> Webhooks:
        """The sandbox's events, payloads and signatures for a test's own view: `webhooks.wait("account.updated")`."""
        return Webhooks(self._control)

    @cached_property
    def browser(self) -> Browser:
        """What pages did with the components, and errors for them: `browser.next_error("render_error")`."""
        return Browser(self._control)

    @property
    def warnings(self) -> list[str]:
        """What passed and may hurt later, one sentence each, with its kind in front."""
        return [f"{row['kind']}: {row['message']}" for row in self._control("GET", "/warnings")["data"]]

    def create_account(self, id: str | None = None, **params: object) -> dict[str, Any]:  # noqa: A002
        """A connected account by `POST /v1/accounts`, as a dict; `id` is one that your tests have written in.

        Raises EmulatorError with Stripe's words.
        """
        if id is not None:
            fixture = {"name": "account", "path": "/v1/accounts", "method": "post", "params": params, "_id": id}
            return self._made(fixture)
        status, body = self._send("POST", "/v1/accounts", form.encode(params), "application/x-www-form-urlencoded")
        if status != 200:
            raise EmulatorError(body["error"].get("code", "invalid_request"), body["error"]["message"])
        return body

    def create_account_v2(self, id: str | None = None, **params: object) -> dict[str, Any]:  # noqa: A002
        """An account by `POST /v2/core/accounts`, as a dict; `id` is one that your tests have written in.

        Raises EmulatorError with Stripe's words.
        """
        fixture = {"name": "account", "path": "/v2/core/accounts", "method": "post", "params": params}
        return self._made({**fixture, "_id": id} if id is not None else fixture)

    def _made(self, fixture: Mapping[str, object]) -> dict[str, Any]:
        """What a fixture named account makes. The caller knows of no fixture: nor does what is said to them."""
        try:
            return dict(self.load({"fixtures": [fixture]})["account"])
        except EmulatorError as error:
            words = error.message.removeprefix("The fixture 'account' failed: ")
            raise EmulatorError(error.code, words.replace("The fixture 'account'", "The account")) from None

    def complete_onboarding(self, account: object) -> dict[str, Any]:
        """Completes the hosted onboarding of an account, as its owner would, with test data.

        `account` is an id, or an object of Stripe that has one; the answer is the account. Raises EmulatorError.
        """
        return self._act(account, "complete_onboarding")

    def add_requirement(self, account: object, requirement: str, deadline: int | None = None) -> dict[str, Any]:
        """Asks an account for more, such as `individual.verification.document`; past due from `deadline` on, or now."""
        return self._act(account, "requirements", requirement=requirement, deadline=deadline)

    def set_capability(self, account: object, name: str, status: str, reason: str | None = None) -> dict[str, Any]:
        """Gives a capability a status, whatever is owed: active, inactive, pending or unrequested."""
        return self._act(account, f"capabilities/{quote(name, safe='')}", status=status, reason=reason)

    def verify(self, account: object, outcome: str = "verified") -> dict[str, Any]:
        """Ends the checks of an account: verified, failed, pending (for ever) or automatic (by the test values)."""
        return self._act(account, "verify", outcome=outcome)

    def reject(self, account: object, reason: str = "other") -> dict[str, Any]:
        """Rejects an account, as Stripe does: fraud, terms_of_service or other."""
        return self._act(account, "reject", reason=reason)

    def disconnect(self, account: object) -> None:
        """Ends the connection of an account to the platform, as its owner does: `account.application.deauthorized`."""
        self._act(account, "disconnect")

    def _act(self, account: object, action: str, **said: object) -> dict[str, Any]:
        identifier = account if isinstance(account, str) else _identifier(account)
        return self._control("POST", f"/accounts/{quote(identifier, safe='')}/{action}", said)

    def load(self, source: str | Path | Mapping[str, object]) -> Loaded:
        """Loads a world: a shipped one by its name, a fixtures file of the Stripe CLI by its path, or a dict of one.

        `${.env:NAME}` finds the variables of this process, then those of a `.env` in its folder. Raises EmulatorError.
        """
        if isinstance(source, str) and not is_path(source):
            return Loaded(self._control("POST", "/seeds", {"name": source}))
        document = dict(source) if isinstance(source, Mapping) else _file(Path(source))
        given = variables(variables_of(json.dumps(document)), settings.environment(), Path())
        return Loaded(self._control("POST", "/seeds", {**document, "variables": given}))

    def export(self) -> dict[str, Any]:
        """The sandbox as a fixtures document, which `load()` and the Stripe CLI take."""
        return self._control("GET", "/export")

    def health(self) -> dict[str, Any]:
        """Whether the emulator answers. Raises EmulatorError when it does not."""
        return self._control("GET", "/health")

    def version(self) -> dict[str, Any]:
        """The emulator's `version`, and the newest `api_version` that it knows. Raises EmulatorError."""
        return self._control("GET", "/version")

    def _control(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        refusal: type[EmulatorError] = EmulatorError,
    ) -> dict[str, Any]:
        content = None if body is None else json.dumps(body)
        status, answer = self._send(method, f"/_emulator{path}", content, "application/json")
        if status < 400:
            return answer
        error = answer["error"]
        if "hint" not in error:  # Stripe's own shape: an API that knows of no control API
            raise not_an_emulator(self.url, status)
        raise refusal(error["code"], error["message"], error["hint"])

    def _send(self, method: str, path: str, body: str | None, kind: str) -> tuple[int, dict[str, Any]]:
        headers = {"authorization": f"Bearer {self.api_key}", "content-type": kind, "user-agent": USER_AGENT}
        if self.token:
            headers["x-emulator-token"] = self.token
        return exchange(self.url, self.ca_file, Sent(method, path, headers, body))


def _identifier(account: object) -> str:
    """The id of a Stripe object, whether it is a hash or has attributes. Raises TypeError."""
    found = account.get("id") if isinstance(account, Mapping) else getattr(account, "id", None)
    if not isinstance(found, str):
        raise TypeError(f"an account is an id or an object that has one, not {account!r}")
    return found


def _file(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise EmulatorError("invalid_fixtures", f"{path} cannot be read: {why}.") from None
    return document if isinstance(document, dict) else {"fixtures": document}


def _session(row: dict[str, Any]) -> AccountSession:
    attempts = tuple(ClaimAttempt(**attempt) for attempt in row["claim_attempts"])
    known = {name: value for name, value in row.items() if name in AccountSession.__dataclass_fields__}
    told = {kind: tuple(ComponentEvent(**each) for each in row.get(kind, ())) for kind in ("events", "errors")}
    mounted = tuple(row.get("mounted", ()))
    return AccountSession(**{**known, **told, "claim_attempts": attempts, "mounted": mounted})
