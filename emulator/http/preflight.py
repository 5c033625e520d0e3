"""CORS preflights: Stripe lets pages of other origins call its API (official).

The status, and that every header is allowed, are our choice.
"""

from __future__ import annotations

from emulator.http.headers import preflight_head
from emulator.http.message import Request, Response


def preflight(request: Request) -> Response | None:
    """The response to a CORS preflight, None to any other request."""
    if request.method != "OPTIONS" or not {b"origin", b"access-control-request-method"} <= request.headers.keys():
        return None
    requested = request.headers.get(b"access-control-request-headers", b"")
    return Response(200, preflight_head(request, requested), b"")
