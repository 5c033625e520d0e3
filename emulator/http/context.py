"""The state of a request on its way through the pipeline, from which headers, log line and journal entry are made."""

from __future__ import annotations

from emulator.catalog import Operation
from emulator.errors import ErrorBody, Stage
from emulator.model.declaration.endpoint import Scan
from emulator.sandbox.faults import Fault
from emulator.sandbox.sandbox import Sandbox
from emulator.store.idempotency import Saved, Use
from emulator.wire.dataclasses import dataclass


@dataclass(slots=True)
class MatchedFault:
    """The fault of a request. `error` is the one it injects; `applied` is set once it has had an effect.

    `waited` is set once its latency has passed before the endpoint ran.
    """

    fault: Fault
    error: ErrorBody | None = None
    applied: bool = False
    waited: bool = False


@dataclass(slots=True)
class RequestContext:
    """One request. `now` is the sandbox's time, None until the key is known.

    `in_slices` says that the request waits while due timers run in slices, and reads many rows in slices, from one of
    which to the next it has a `scan`. `executed` is set when an endpoint runs, or
    has run for the first request with the key; `replay` is the saved response of that one. `v2` says whether the path
    is one of /v2. `fidelity` is `generic` for an operation that the catalog alone decides. `key` is the redacted key,
    `content_type` is that of a success, `hint` what is likely wrong beyond the error, for the log and the journal. Both
    are for people, as is `operation`, None for an unknown URL.
    """

    request_id: str
    version: str
    v2: bool = False
    now: int | None = None
    sandbox: Sandbox | None = None
    account: str | None = None
    idempotency_key: str | None = None
    use: Use | None = None
    replay: Saved | None = None
    fault: MatchedFault | None = None
    notice: str | None = None
    fidelity: str = "modelled"
    operation: Operation | None = None
    key: str | None = None
    publishable: bool = False
    hint: str | None = None
    executed: bool = False
    in_slices: bool = False
    scan: Scan | None = None
    content_type: str = "application/json"
    error: ErrorBody | None = None

    def log_url(self, address: str) -> str | None:
        """Where the dashboard at an address shows the request; not before its key is known.

        Without a dashboard it is the address in Stripe's, always with an account (observed).
        """
        if self.sandbox is None:
            return None
        if self.sandbox.settings.control:
            return f"{address}/_emulator/#requests/{self.request_id}"
        account, mode = self.account or self.sandbox.platform_id, "" if self.sandbox.livemode else "/test"
        return f"https://dashboard.stripe.com/{account}{mode}/workbench/logs?object={self.request_id}"

    @property
    def error_name(self) -> str | None:
        """The code of the error as the response has it, or its type when it has none."""
        if self.error is None:
            return None
        return self.error.code_v2 if self.has_v2_error else self.error.code or self.error.type

    @property
    def has_v2_error(self) -> bool:
        """Whether the error has the form of v2; a key is refused alike by both versions."""
        return self.v2 and self.error is not None and self.error.stage is not Stage.AUTH

    @property
    def ran(self) -> bool:
        """Whether the endpoint ran to an outcome, a success or an error of its own."""
        return self.executed and (self.error is None or self.error.stage is Stage.RUN)
