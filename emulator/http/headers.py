"""The response headers, as observed on Stripe's API in 2026, in the order in which they are sent.

The reporting endpoints of the Content-Security-Policy are left out: they would make a browser talk to Stripe.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache

from emulator.clock import wall
from emulator.errors import ErrorBody, Stage
from emulator.http.message import Headers, Request
from emulator.sandbox import Sandbox

_COMMON: Headers = [
    (b"Access-Control-Allow-Credentials", b"true"),
    (b"Access-Control-Allow-Methods", b"GET, HEAD, PUT, PATCH, POST, DELETE"),
    (b"Access-Control-Allow-Origin", b"*"),
    (
        b"Access-Control-Expose-Headers",
        (
            b"Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, "
            b"X-Stripe-Privileged-Session-Required"
        ),
    ),
    (b"Access-Control-Max-Age", b"300"),
    (b"Cache-Control", b"no-cache, no-store"),
    (
        b"Content-Security-Policy",
        (
            b"base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; img-src 'self'; "
            b"script-src 'self' 'report-sample'; style-src 'self'; worker-src 'none'; upgrade-insecure-requests"
        ),
    ),
]
_PRIORITY: Headers = [
    (b"X-Stripe-Priority-Routing-Enabled", b"true"),
    (b"X-Stripe-Routing-Context-Priority-Tier", b"api-testmode"),
]
_LAST: Headers = [
    (b"X-Wc", b"ABGHIJ"),
    (b"Strict-Transport-Security", b"max-age=63072000; includeSubDomains; preload"),
]
_JSON = (b"Content-Type", b"application/json")
_SERVER = (b"Server", b"nginx")
_KEEP_ALIVE, _CLOSE = (b"Connection", b"keep-alive"), (b"Connection", b"close")
_VARY = (b"Vary", b"Origin")


@dataclass(slots=True)
class Trace:
    """What the ladder has learned of a request so far; the headers and the log line are made of it."""

    request_id: str
    version: str
    now: int | None = None
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
    connection = _KEEP_ALIVE if request.keep_alive else _CLOSE
    first = [
        _SERVER,
        (b"Date", http_date(wall() if trace.now is None else trace.now)),
        _JSON,
        (b"Content-Length", b"%d" % length),
        connection,
    ]
    if trace.error is not None and trace.error.stage is Stage.AUTH:
        return [*first, *_COMMON, *_refused(trace.error.status), _VARY, *_LAST]
    return [*first, *_COMMON, *_own(request.method, trace), _VARY, *_PRIORITY, *_LAST]


def proxy_headers(length: int) -> Headers:
    """What Stripe's proxy sends when it answers itself."""
    date = (b"Date", http_date(wall()))
    return [_SERVER, date, (b"Content-Type", b"text/html"), (b"Content-Length", b"%d" % length), _CLOSE]


def _refused(status: int) -> Headers:
    """An error of the auth layer carries no request id and no version (observed)."""
    return [(b"Www-Authenticate", b'Bearer realm="Stripe"')] if status == 401 else [(b"X-Robots-Tag", b"none")]


def _own(method: str, trace: Trace) -> Headers:
    """The headers that differ from answer to answer."""
    request_id = trace.request_id.encode()
    own: Headers = []
    if trace.idempotency_key is not None:
        own.append((b"Idempotency-Key", trace.idempotency_key.encode("latin-1")))
    if method == "POST" and trace.sandbox:
        own.append((b"Original-Request", request_id))
    own.append((b"Request-Id", request_id))
    if trace.account:
        own.append((b"Stripe-Account", trace.account.encode()))
    if trace.notice:
        own.append((b"Stripe-Notice", trace.notice.encode()))
    retry = _should_retry(method, trace)
    if retry:
        own.append((b"Stripe-Should-Retry", retry))
    own.append((b"Stripe-Version", trace.version.encode("latin-1")))
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
