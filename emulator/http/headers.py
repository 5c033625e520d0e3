"""The response headers, as observed on Stripe's API in 2026, in the order in which they are sent.

The reporting endpoints of the Content-Security-Policy are left out: they would make a browser talk to Stripe.
"""

from __future__ import annotations

from emulator.errors import Stage
from emulator.http.context import RequestContext
from emulator.http.message import Request, Response, http_date, lines
from emulator.sandbox.clock import wall

_FIRST = b"Server: nginx\r\nDate: %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nConnection: %b\r\n"
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
_COMMON_UNAUTHENTICATED = _CORS + (
    b"Content-Security-Policy: base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; "
    b"upgrade-insecure-requests\r\n"
)
_VARY = b"Vary: Origin\r\n"
_PRIORITY_LIVE = b"X-Stripe-Priority-Routing-Enabled: true\r\n"  # the value of the next one in live mode is not known
_PRIORITY = _PRIORITY_LIVE + b"X-Stripe-Routing-Context-Priority-Tier: api-testmode\r\n"
_LAST_OVER_TLS = b"X-Wc: ABGHIJ\r\n"  # with the next one, browsers would never again open localhost over plain HTTP
_LAST = _LAST_OVER_TLS + b"Strict-Transport-Security: max-age=63072000; includeSubDomains; preload\r\n"
_CHALLENGE = b'Www-Authenticate: Bearer realm="Stripe"\r\n'
_NO_ROBOTS = b"X-Robots-Tag: none\r\n"


def head(request: Request, context: RequestContext, length: int) -> bytes:
    """All header lines of one response, as they are sent.

    A response of the authentication layer has no request id and no version. The order is alphabetical. All of this was
    observed, in a 200, a 401, a 403 and a 404.
    """
    date = http_date(wall() if context.now is None else context.now)
    content_type = "application/json" if context.error is not None else context.content_type
    first = _FIRST % (date, content_type.encode(), length, b"keep-alive" if request.keep_alive else b"close")
    last = _LAST_OVER_TLS if request.secure else _LAST
    if context.error is not None and context.error.stage is Stage.AUTH:
        if context.error.status == 401:
            return b"".join((first, _COMMON_UNAUTHENTICATED, _VARY, _CHALLENGE, _NO_ROBOTS, last))
        return b"".join((first, _COMMON, _VARY, _NO_ROBOTS, last))
    priority = _PRIORITY_LIVE if context.sandbox is not None and context.sandbox.livemode else _PRIORITY
    return b"".join((first, _COMMON, _own(request.method, context).encode("latin-1"), _VARY, priority, last))


def preflight(request: Request) -> Response | None:
    """The response to a CORS preflight, None to any other request.

    Stripe lets pages of other origins call its API (official). The status, and that every header is allowed, are our
    choice.
    """
    if request.method != "OPTIONS" or not {b"origin", b"access-control-request-method"} <= request.headers.keys():
        return None
    requested = request.headers.get(b"access-control-request-headers", b"")
    return Response(200, _preflight_head(request, requested), b"")


def _preflight_head(request: Request, requested: bytes) -> bytes:
    """The header lines of the response to a CORS preflight that requests these headers."""
    first = _NOTHING % (http_date(wall()), b"keep-alive" if request.keep_alive else b"close")
    allowed = b"Access-Control-Allow-Headers: %b\r\n" % requested if requested else b""
    return b"".join((first, allowed, _COMMON, _VARY))


def _own(method: str, context: RequestContext) -> str:
    """The headers that differ between responses."""
    own = f"Emulator-Fidelity: {context.fidelity}\r\n"
    if context.idempotency_key is not None:
        own += f"Idempotency-Key: {context.idempotency_key}\r\n"
    if context.replay is not None:
        own += "Idempotent-Replayed: true\r\n"
    if context.replay is not None or (method == "POST" and context.sandbox):
        own += f"Original-Request: {context.replay.request_id if context.replay else context.request_id}\r\n"
    own += f"Request-Id: {context.request_id}\r\n"
    if context.account:
        own += f"Stripe-Account: {context.account}\r\n"
    if context.notice:
        own += f"Stripe-Notice: {context.notice}\r\n"
    if context.error is not None:
        for name, value in context.error.headers:
            own += f"{name}: {value}\r\n"
    retry = _should_retry(method, context)
    if retry:
        own += f"Stripe-Should-Retry: {retry}\r\n"
    return f"{own}Stripe-Version: {context.version}\r\n"


def _should_retry(method: str, context: RequestContext) -> str | None:
    """`false` once a POST has run, with any outcome; absent before, and on a 500 (observed, the last inferred).

    Also `false` for operations that the emulator does not model, so that no SDK tries again.
    """
    if context.error is not None and context.error.status == 501:
        return "false"
    outcome = context.error or context.replay
    failed = outcome is not None and outcome.status >= 500
    return "false" if method == "POST" and context.ran and not failed else None
