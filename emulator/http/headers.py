"""The response headers, as observed on Stripe's API in 2026, in the order in which they are sent.

The reporting endpoints of the Content-Security-Policy are left out: they would make a browser talk to Stripe.
"""

from __future__ import annotations

from email.utils import formatdate
from functools import lru_cache

from emulator.clock import wall
from emulator.errors import Stage
from emulator.http.message import Headers, Request
from emulator.http.trace import Trace

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
_LAST_OVER_TLS = _LAST[:-1]  # a browser that got the last one over https would never again open localhost without
_JSON = (b"Content-Type", b"application/json")
_SERVER = (b"Server", b"nginx")
_KEEP_ALIVE, _CLOSE = (b"Connection", b"keep-alive"), (b"Connection", b"close")
_VARY = (b"Vary", b"Origin")


def headers(request: Request, trace: Trace, length: int) -> Headers:
    """The whole set for one answer."""
    connection = _KEEP_ALIVE if request.keep_alive else _CLOSE
    last = _LAST_OVER_TLS if request.secure else _LAST
    first = [
        _SERVER,
        (b"Date", http_date(wall() if trace.now is None else trace.now)),
        _JSON,
        (b"Content-Length", b"%d" % length),
        connection,
    ]
    if trace.error is not None and trace.error.stage is Stage.AUTH:
        return [*first, *_COMMON, *_refused(trace.error.status), _VARY, *last]
    return [*first, *_COMMON, *_own(request.method, trace), _VARY, *_PRIORITY, *last]


def _refused(status: int) -> Headers:
    """An error of the auth layer carries no request id and no version (observed)."""
    return [(b"Www-Authenticate", b'Bearer realm="Stripe"')] if status == 401 else [(b"X-Robots-Tag", b"none")]


def _own(method: str, trace: Trace) -> Headers:
    """The headers that differ from answer to answer."""
    request_id = trace.request_id.encode()
    own: Headers = []
    if trace.idempotency_key is not None:
        own.append((b"Idempotency-Key", trace.idempotency_key.encode("latin-1")))
    if trace.replayed_from is not None:
        own.append((b"Idempotent-Replayed", b"true"))
    if method == "POST" and trace.sandbox:
        own.append((b"Original-Request", (trace.replayed_from or trace.request_id).encode()))
    own.append((b"Request-Id", request_id))
    if trace.account:
        own.append((b"Stripe-Account", trace.account.encode()))
    if trace.notice:
        own.append((b"Stripe-Notice", trace.notice.encode()))
    retry = _should_retry(method, trace)
    if retry:
        own.append((b"Stripe-Should-Retry", retry))
    own.append((b"Stripe-Version", trace.version.encode("latin-1")))
    if trace.error is not None and trace.error.headers:
        own += [(name.encode(), value.encode()) for name, value in trace.error.headers]
    return own


def _should_retry(method: str, trace: Trace) -> bytes | None:
    """`false` once a POST has run, whatever came of it; absent before, and on a 500 (observed, the last inferred).

    `false` too on what the emulator does not model, so that no SDK tries again.
    """
    if trace.error is not None and trace.error.status == 501:
        return b"false"
    ran = trace.executed and (trace.error is None or (trace.error.stage is Stage.RUN and trace.error.status < 500))
    return b"false" if method == "POST" and ran else None


@lru_cache(maxsize=64)
def http_date(now: int) -> bytes:
    """RFC 1123, from the sandbox's clock."""
    return formatdate(now, usegmt=True).encode()
