"""The response headers, as observed on Stripe's API in 2026, in the order in which they are sent.

Two things are left out on purpose: the reporting endpoints of the Content-Security-Policy, which would make a browser
talk to Stripe, and the case of names, which HTTP does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache

from emulator.errors import ErrorBody, Stage
from emulator.http.message import Headers, Request
from emulator.sandbox import Sandbox

_COMMON: Headers = [
    (b"access-control-allow-credentials", b"true"),
    (b"access-control-allow-methods", b"GET, HEAD, PUT, PATCH, POST, DELETE"),
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        (
            b"Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, "
            b"X-Stripe-Privileged-Session-Required"
        ),
    ),
    (b"access-control-max-age", b"300"),
    (b"cache-control", b"no-cache, no-store"),
    (
        b"content-security-policy",
        (
            b"base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; img-src 'self'; "
            b"script-src 'self' 'report-sample'; style-src 'self'; worker-src 'none'; upgrade-insecure-requests"
        ),
    ),
]
_PRIORITY: Headers = [
    (b"x-stripe-priority-routing-enabled", b"true"),
    (b"x-stripe-routing-context-priority-tier", b"api-testmode"),
]
_LAST: Headers = [
    (b"x-wc", b"ABGHIJ"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains; preload"),
]
_JSON = (b"content-type", b"application/json")
_SERVER = (b"server", b"nginx")
_VARY = (b"vary", b"Origin")


@dataclass(slots=True)
class Trace:
    """What the ladder has learned of a request so far; the headers and the log line are made of it."""

    now: int
    request_id: str
    version: str
    sandbox: Sandbox | None = None
    account: str | None = None
    idempotency_key: str | None = None
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


def headers(request: Request, trace: Trace, length: int) -> Headers:
    """The whole set for one answer."""
    first = [_SERVER, (b"date", http_date(trace.now)), _JSON, (b"content-length", b"%d" % length)]
    if request.headers.get(b"connection", b"keep-alive").lower() == b"keep-alive":
        first.append((b"connection", b"keep-alive"))
    if trace.error is not None and trace.error.stage is Stage.AUTH:
        return [*first, *_COMMON, *_refused(trace.error.status), _VARY, *_LAST]
    return [*first, *_COMMON, *_own(request.method, trace), _VARY, *_PRIORITY, *_LAST]


def _refused(status: int) -> Headers:
    """An error of the auth layer carries no request id and no version (observed)."""
    return [(b"www-authenticate", b'Bearer realm="Stripe"')] if status == 401 else [(b"x-robots-tag", b"none")]


def _own(method: str, trace: Trace) -> Headers:
    """The headers that differ from answer to answer."""
    request_id = trace.request_id.encode()
    own: Headers = []
    if trace.idempotency_key is not None:
        own.append((b"idempotency-key", trace.idempotency_key.encode("latin-1")))
    if method == "POST" and trace.sandbox:
        own.append((b"original-request", request_id))
    own.append((b"request-id", request_id))
    if trace.account:
        own.append((b"stripe-account", trace.account.encode()))
    if trace.notice:
        own.append((b"stripe-notice", trace.notice.encode()))
    retry = _should_retry(method, trace)
    if retry:
        own.append((b"stripe-should-retry", retry))
    own.append((b"stripe-version", trace.version.encode("latin-1")))
    return own


def _should_retry(method: str, trace: Trace) -> bytes | None:
    """`false` once a POST has run, whatever came of it; absent before (observed).

    `false` too on what the emulator does not model, so that no SDK tries again.
    """
    if trace.error is not None and trace.error.status == 501:
        return b"false"
    ran = trace.executed and (trace.error is None or trace.error.stage is Stage.RUN)
    return b"false" if method == "POST" and ran else None


@lru_cache(maxsize=64)
def http_date(now: int) -> bytes:
    """RFC 1123, from the sandbox's clock."""
    return formatdate(now, usegmt=True).encode()
