"""What the pipeline learns of a request on its way; headers, log line and journal are made of it."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.errors import ErrorBody, Stage
from emulator.sandbox.faults import Fault
from emulator.sandbox.sandbox import Sandbox
from emulator.store.idempotency import Use


@dataclass(slots=True)
class MatchedFault:
    """A fault that befalls a request. `error` is what it answers with; `felt` once something has come of it.

    `waited` is set once its latency has passed before the endpoint ran.
    """

    fault: Fault
    error: ErrorBody | None = None
    felt: bool = False
    waited: bool = False


@dataclass(slots=True)
class RequestContext:
    """One request. `now` is the sandbox's time, None until the key is known; `executed` once an endpoint has begun.

    `v2` says that the request is one to /v2.
    """

    request_id: str
    version: str
    v2: bool = False
    now: int | None = None
    sandbox: Sandbox | None = None
    account: str | None = None
    idempotency_key: str | None = None
    use: Use | None = None
    replayed_from: str | None = None
    replayed_status: int = 200
    struck: MatchedFault | None = None
    notice: str | None = None
    executed: bool = False
    error: ErrorBody | None = None

    @property
    def log_url(self) -> str | None:
        """Where Stripe's dashboard would show the request: always with an account, so not before the key is known."""
        if self.sandbox is None:
            return None
        account, mode = self.account or self.sandbox.platform_id, "" if self.sandbox.livemode else "/test"
        return f"https://dashboard.stripe.com/{account}{mode}/workbench/logs?object={self.request_id}"

    @property
    def error_name(self) -> str | None:
        """The code of the error as it is answered, or its type when it has none."""
        if self.error is None:
            return None
        return self.error.code_v2 if self.as_v2 else self.error.code or self.error.type

    @property
    def as_v2(self) -> bool:
        """Whether the error is answered as v2 does; a key is refused alike for both."""
        return self.v2 and self.error is not None and self.error.stage is not Stage.AUTH
