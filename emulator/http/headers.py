"""The response headers, as observed on Stripe's API in 2026, in the order in which they are sent.

The reporting endpoints of the Content-Security-Policy are left out: they would make a browser talk to Stripe.
"""

from __future__ import annotations

from emulator.errors import Stage
from emulator.http.context import RequestContext
from emulator.http.message import Request, http_date, lines
from emulator.sandbox.clock import wall

_FIRST = b"Server: nginx\r\nDate: %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: %b\r\n"
_NOTHING = b"Server: nginx\r\nDate: %b\r\nContent-Length: 0\r\nConnection: %b\r\n"
_CORS = lines(
    [
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
    ]
)
_COMMON = _CORS + (
    b"Content-Security-Policy: base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; "
    b"img-src 'self'; script-src 'self' 'report-sample'; style-src 'self'; worker-src 'none'; "
    b"upgrade-insecure-requests\r\n"
)
_COMMON_OF_NOBODY = _CORS + (
    b"Content-Security-Policy: base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; "
    b"upgrade-insecure-requests\r\n"
)
_VARY = b"Vary: Origin\r\n"
_PRIORITY_LIVE = b"X-Stripe-Priority-Routing-Enabled: true\r\n"  # what the next one says of live mode is not known
_PRIORITY = _PRIORITY_LIVE + b"X-Stripe-Routing-Context-Priority-Tier: api-testmode\r\n"
_LAST_OVER_TLS = b"X-Wc: ABGHIJ\r\n"  # a browser that got the next one so would never again open localhost without
_LAST = _LAST_OVER_TLS + b"Strict-Transport-Security: max-age=63072000; includeSubDomains; preload\r\n"
_CHALLENGE = b'Www-Authenticate: Bearer realm="Stripe"\r\n'
_NO_ROBOTS = b"X-Robots-Tag: none\r\n"


def head(request: Request, trace: RequestContext, length: int) -> bytes:
    """The whole set for one answer, as lines on the wire.

    An error of the auth layer carries no request id and no version. The order is that of the alphabet. All of this was
    observed, of a 200, a 401, a 403 and a 404.
    """
    date = http_date(wall() if trace.now is None else trace.now)
    first = _FIRST % (date, length, b"keep-alive" if request.keep_alive else b"close")
    last = _LAST_OVER_TLS if request.secure else _LAST
    if trace.error is not None and trace.error.stage is Stage.AUTH:
        if trace.error.status == 401:
            return b"".join((first, _COMMON_OF_NOBODY, _VARY, _CHALLENGE, _NO_ROBOTS, last))
        return b"".join((first, _COMMON, _VARY, _NO_ROBOTS, last))
    priority = _PRIORITY_LIVE if trace.sandbox is not None and trace.sandbox.livemode else _PRIORITY
    return b"".join((first, _COMMON, _own(request.method, trace).encode("latin-1"), _VARY, priority, last))


def preflight_head(request: Request, asked: bytes) -> bytes:
    """The set for a browser that asks whether it may send these headers from another origin."""
    first = _NOTHING % (http_date(wall()), b"keep-alive" if request.keep_alive else b"close")
    allowed = b"Access-Control-Allow-Headers: %b\r\n" % asked if asked else b""
    return b"".join((first, allowed, _COMMON, _VARY))


def _own(method: str, trace: RequestContext) -> str:
    """The headers that differ from answer to answer."""
    own = ""
    if trace.idempotency_key is not None:
        own = f"Idempotency-Key: {trace.idempotency_key}\r\n"
    if trace.replayed_from is not None:
        own += "Idempotent-Replayed: true\r\n"
    if trace.replayed_from is not None or (method == "POST" and trace.sandbox):
        own += f"Original-Request: {trace.replayed_from or trace.request_id}\r\n"
    own += f"Request-Id: {trace.request_id}\r\n"
    if trace.account:
        own += f"Stripe-Account: {trace.account}\r\n"
    if trace.notice:
        own += f"Stripe-Notice: {trace.notice}\r\n"
    if trace.error is not None:
        for name, value in trace.error.headers:
            own += f"{name}: {value}\r\n"
    retry = _should_retry(method, trace)
    if retry:
        own += f"Stripe-Should-Retry: {retry}\r\n"
    return f"{own}Stripe-Version: {trace.version}\r\n"


def _should_retry(method: str, trace: RequestContext) -> str | None:
    """`false` once a POST has run, whatever came of it; absent before, and on a 500 (observed, the last inferred).

    `false` too on what the emulator does not model, so that no SDK tries again.
    """
    if trace.error is not None and trace.error.status == 501:
        return "false"
    status = trace.replayed_status if trace.error is None else trace.error.status
    ran = trace.executed and status < 500 and (trace.error is None or trace.error.stage is Stage.RUN)
    return "false" if method == "POST" and ran else None
