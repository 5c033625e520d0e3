"""A client of the control API for tests in Python, on which the pytest fixtures are built.

It works the same with a server in this process and with a sidecar, and requires only the standard library.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from emulator import settings
from emulator.client.checkout import CheckoutVisits
from emulator.client.components import Browser, ComponentEvent
from emulator.client.faults import FaultHandle, read_log
from emulator.client.payments import PaymentOverrides, identifier_of
from emulator.client.request_log import RequestLog
from emulator.client.transport import EmulatorError, Outgoing, exchange, normalize, not_an_emulator
from emulator.client.webhooks import Webhooks
from emulator.seeds.variables import is_path, variables, variables_of
from emulator.wire import form
from emulator.wire.dataclasses import dataclass

USER_AGENT = "stripe-emulator-client"


class ClaimRefused(EmulatorError):
    """A refused claim. `code` is client_secret_used, client_secret_expired, ..."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed session. `components` are the enabled ones with their features; times are in unix seconds."""

    account: str
    components: Mapping[str, Mapping[str, bool]]
    session_token: str
    created: int
    expires_at: int
    livemode: bool


@dataclass(frozen=True, slots=True)
class ClaimAttempt:
    """One attempt to claim: `outcome` is claimed, used, expired or account_deleted."""

    at: int
    outcome: str


@dataclass(frozen=True, slots=True)
class AccountSession:
    """An account session; `state` is open, claimed or expired, times are in unix seconds.

    `origin` is that of the page that claimed it; `mounted`, `events` and `errors` are its component events.
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


class LoadedSeed(dict[str, Any]):
    """The responses of a loaded seed by fixture name: `loaded["seller"]["id"]`.

    `env` are the variables that the Stripe CLI would write into a `.env` file; `notes` are the lines it would print.
    """

    def __init__(self, response: Mapping[str, Any]) -> None:
        super().__init__(response["fixtures"])
        self.env: dict[str, str] = response["env"]
        self.notes: list[str] = response["notes"]


class EmulatorClient(PaymentOverrides, CheckoutVisits):
    """One sandbox of an emulator: its clock, its account sessions, its requests."""

    def __init__(self, url: str, api_key: str, *, token: str = "", ca_file: str = "") -> None:
        """`url` may be `unix:/path/to/socket`. `token` is the setting `control_token`; https trusts `ca_file`.

        Raises EmulatorError for an invalid URL.
        """
        self.url = normalize(url)
        self.api_key = api_key
        self.token = token
        self.ca_file = ca_file

    @property
    def publishable_key(self) -> str:
        """The publishable key of the same sandbox."""
        return "pk_" + self.api_key.partition("_")[2]

    @property
    def dashboard_url(self) -> str:
        """The address of the dashboard with this sandbox."""
        return f"{self.url}/_emulator/#key/{self.api_key}"

    def claim(self, client_secret: str, publishable_key: str | None = None) -> Claim:
        """Claim a client secret, as the browser would. Raises ClaimRefused."""
        body = {"client_secret": client_secret, "publishable_key": publishable_key or self.publishable_key}
        return Claim(**self._control("POST", "/connect/claim", body, error_type=ClaimRefused))

    def logout(self, session_token: str) -> bool:
        """End a claimed session; False if it had already ended."""
        return bool(self._control("POST", "/connect/logout", {"session_token": session_token})["revoked"])

    def end_sessions(self, client_secret: str | None = None) -> int:
        """End the session of a client secret, or all sessions, as if they had expired, and return how many were alive.

        A page then calls fetchClientSecret for a new secret. Raises EmulatorError.
        """
        body = {"client_secret": client_secret} if client_secret else {}
        return int(self._control("POST", "/account_sessions/end", body)["ended"])

    def now(self) -> int:
        """The sandbox's time, in unix seconds."""
        return int(self._control("GET", "/clock")["now"])

    def advance(self, seconds: int) -> int:
        """Move the sandbox's clock, back if negative, and return its time."""
        return self._move({"advance": seconds})

    def set_time(self, now: int) -> int:
        """Set the sandbox's clock to a unix second, from which it runs on."""
        return self._move({"set": now})

    def freeze(self, at: int | None = None) -> int:
        """Stop the sandbox's clock, now or at a unix second."""
        return self._move({"freeze": True if at is None else at})

    def release(self) -> int:
        """Return to the machine's time."""
        return self._move({"release": True})

    def _move(self, action: Mapping[str, object]) -> int:
        return int(self._control("POST", "/clock", action)["now"])

    def set_key_state(self, state: str, key: str | None = None) -> None:
        """Set the state of a key, by default the sandbox's secret key: `expired`, `revoked` or `active`."""
        self._control("POST", "/keys", {"key": key or self.api_key, "state": state})

    def roll_key(self) -> str:
        """Create a second secret key of the sandbox. The first stays active: expire it with `set_key_state`."""
        return self._new_key("sk")

    def restricted_key(self, permissions: Sequence[str] = ()) -> str:
        """Create a restricted key of the sandbox with permissions such as `["connected_account_write"]`."""
        return self._new_key("rk", permissions=list(permissions))

    def organization_key(self) -> str:
        """Create a key of an organization that the sandbox's platform belongs to. It requires Stripe-Context."""
        return self._new_key("sk_org")

    def _new_key(self, kind: str, **fields: object) -> str:
        mode = "live" if self.api_key[2:].startswith("_live_") else "test"
        key = f"{kind}_{mode}_{secrets.token_hex(12)}"
        return str(self._control("POST", "/keys", {"key": key, **fields})["key"])

    @property
    def client_id(self) -> str:
        """The client id of the platform's application, for OAuth."""
        return str(self._control("GET", "/oauth")["client_id"])

    def declare_application(self, client_id: str | None = None, redirect_uris: Sequence[str] | None = None) -> None:
        """Give the platform's application a client id, and the only redirect URIs that it takes.

        Raises EmulatorError.
        """
        fields = {"client_id": client_id, "redirect_uris": redirect_uris and list(redirect_uris)}
        self._control("POST", "/oauth", {name: value for name, value in fields.items() if value is not None})

    def set_api_version(self, version: str | None = None) -> str:
        """Set the version of requests without a Stripe-Version header; None restores the emulator's setting."""
        return str(self._control("POST", "/version", {"api_version": version})["api_version"])

    def reset(self) -> None:
        """Delete everything in the sandbox, and reset its clock."""
        self._control("POST", "/reset", {})

    def fault(self, **fault: object) -> FaultHandle:
        """Add a fault: `fault(error="lock_timeout", path="/v1/account_sessions", times=2)`."""
        return FaultHandle(self._control, self._control("POST", "/faults", fault))

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The sandbox's faults with their number of hits."""
        return list(self._control("GET", "/faults")["data"])

    def clear_faults(self, identifier: str | None = None) -> None:
        """Remove one fault, or all."""
        self._control("DELETE", f"/faults/{identifier}" if identifier else "/faults")

    def limit(self, **limits: int) -> None:
        """Set rate limits of the sandbox: `total` and `endpoint`, in requests per second; 0 is no limit."""
        self._control("POST", "/limits", limits)

    @property
    def account_sessions(self) -> list[AccountSession]:
        """The last thousand account sessions, oldest first."""
        rows = self._control("GET", "/account_sessions?limit=1000")["data"]
        return [_session(row) for row in reversed(rows)]

    def account_session(self, client_secret: str) -> AccountSession:
        """One account session by its secret. Raises EmulatorError."""
        return _session(self._control("GET", f"/account_sessions/{quote(client_secret, safe='')}"))

    @property
    def requests(self) -> RequestLog:
        """The last requests with their responses, oldest first: `requests.where(path="/v1/*").one()`."""
        return read_log(self._control)

    def last_requests(self, limit: int) -> RequestLog:
        """The newest requests of `requests`, at most `limit`: quicker where there are many. Raises EmulatorError."""
        return read_log(self._control, limit)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Events, and their payloads and signatures for a test's own view: `webhooks.wait("account.updated")`."""
        return Webhooks(self._control)

    @cached_property
    def browser(self) -> Browser:
        """Component events of pages, and forced errors: `browser.next_error("render_error")`."""
        return Browser(self._control)

    @property
    def warnings(self) -> list[str]:
        """Likely mistakes that no error names, each as `kind: sentence`."""
        return [f"{row['kind']}: {row['message']}" for row in self._control("GET", "/warnings")["data"]]

    def operations(self, *, everything: bool = False) -> dict[str, dict[str, int]]:
        """How often operations were requested that are `not_emulated` or `generic`; `everything`: of all sandboxes."""
        return self._control("GET", "/operations?all=true" if everything else "/operations")

    def create_account(self, id: str | None = None, **params: object) -> dict[str, Any]:  # noqa: A002
        """Create a connected account by `POST /v1/accounts`, as a dict. `id` chooses its id. Raises EmulatorError."""
        if id is not None:
            fixture = {"name": "account", "path": "/v1/accounts", "method": "post", "params": params, "_id": id}
            return self._load_account(fixture)
        status, body = self._send("POST", "/v1/accounts", form.encode(params), "application/x-www-form-urlencoded")
        if status != 200:
            raise EmulatorError(body["error"].get("code", "invalid_request"), body["error"]["message"])
        return body

    def create_account_v2(self, id: str | None = None, **params: object) -> dict[str, Any]:  # noqa: A002
        """Create an account by `POST /v2/core/accounts`, as a dict. `id` chooses its id. Raises EmulatorError."""
        fixture = {"name": "account", "path": "/v2/core/accounts", "method": "post", "params": params}
        return self._load_account({**fixture, "_id": id} if id is not None else fixture)

    def _load_account(self, fixture: Mapping[str, object]) -> dict[str, Any]:
        """The account of a fixture; its errors do not mention the fixture."""
        try:
            return dict(self.load({"fixtures": [fixture]})["account"])
        except EmulatorError as error:
            message = error.message.removeprefix("The fixture 'account' failed: ")
            raise EmulatorError(error.code, message.replace("The fixture 'account'", "The account")) from None

    def complete_onboarding(self, account: object) -> dict[str, Any]:
        """Complete the hosted onboarding of an account with test data, as its owner would, and return the account.

        `account` is an id or a Stripe object with one. Raises EmulatorError.
        """
        return self._act(account, "complete_onboarding")

    def add_requirement(self, account: object, requirement: str, deadline: int | None = None) -> dict[str, Any]:
        """Add a requirement such as `individual.verification.document`; past due from `deadline` on, or now."""
        return self._act(account, "requirements", requirement=requirement, deadline=deadline)

    def set_capability(self, account: object, name: str, status: str, reason: str | None = None) -> dict[str, Any]:
        """Override the status of a capability: active, inactive, pending or unrequested."""
        return self._act(account, f"capabilities/{quote(name, safe='')}", status=status, reason=reason)

    def verify(self, account: object, outcome: str = "verified") -> dict[str, Any]:
        """Set the outcome of an account's checks: verified, failed, pending (for ever) or automatic (test values)."""
        return self._act(account, "verify", outcome=outcome)

    def reject(self, account: object, reason: str = "other") -> dict[str, Any]:
        """Reject an account as Stripe does, for fraud, terms_of_service or other."""
        return self._act(account, "reject", reason=reason)

    def disconnect(self, account: object) -> None:
        """Disconnect an account from the platform, as its owner does: `account.application.deauthorized`."""
        self._act(account, "disconnect")

    def _act(self, account: object, action: str, **fields: object) -> dict[str, Any]:
        return self._control("POST", f"/accounts/{quote(identifier_of(account), safe='')}/{action}", fields)

    def load(self, source: str | Path | Mapping[str, object]) -> LoadedSeed:
        """Load a seed: a shipped one by name, a fixtures file of the Stripe CLI by path, or the content of one.

        `${.env:NAME}` is a variable of this process, or of `.env` in the working directory. Raises EmulatorError.
        """
        if isinstance(source, str) and not is_path(source):
            return LoadedSeed(self._control("POST", "/seeds", {"name": source}))
        document = dict(source) if isinstance(source, Mapping) else _file(Path(source))
        given = variables(variables_of(json.dumps(document)), settings.environment(), Path())
        return LoadedSeed(self._control("POST", "/seeds", {**document, "variables": given}))

    def export(self) -> dict[str, Any]:
        """The sandbox as a fixtures document, which `load()` and the Stripe CLI accept."""
        return self._control("GET", "/export")

    def health(self) -> dict[str, Any]:
        """The health of the emulator. Raises EmulatorError if it does not respond."""
        return self._control("GET", "/health")

    def version(self) -> dict[str, Any]:
        """The emulator's `version` and its newest `api_version`. Raises EmulatorError."""
        return self._control("GET", "/version")

    def _control(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        error_type: type[EmulatorError] = EmulatorError,
    ) -> dict[str, Any]:
        content = None if body is None else json.dumps(body)
        status, response = self._send(method, f"/_emulator{path}", content, "application/json")
        if status < 400:
            return response
        error = response["error"]
        if "hint" not in error:  # Stripe's own shape, from a server without a control API
            raise not_an_emulator(self.url, status)
        raise error_type(error["code"], error["message"], error["hint"])

    def _send(self, method: str, path: str, body: str | None, kind: str) -> tuple[int, dict[str, Any]]:
        headers = {"authorization": f"Bearer {self.api_key}", "content-type": kind, "user-agent": USER_AGENT}
        if self.token:
            headers["x-emulator-token"] = self.token
        return exchange(self.url, self.ca_file, Outgoing(method, path, headers, body))


def _file(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise EmulatorError("invalid_fixtures", f"{path} cannot be read: {reason}.") from None
    return document if isinstance(document, dict) else {"fixtures": document}


def _session(row: dict[str, Any]) -> AccountSession:
    attempts = tuple(ClaimAttempt(**attempt) for attempt in row["claim_attempts"])
    known = {name: value for name, value in row.items() if name in AccountSession.__dataclass_fields__}
    logged = {kind: tuple(ComponentEvent(**each) for each in row.get(kind, ())) for kind in ("events", "errors")}
    mounted = tuple(row.get("mounted", ()))
    return AccountSession(**{**known, **logged, "claim_attempts": attempts, "mounted": mounted})
