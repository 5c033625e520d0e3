"""The question that a browser asks before a page of another origin may send its key: Stripe answers pages (official).

Status, and that every header is allowed, are our choice.
"""

from __future__ import annotations

from emulator.http.headers import preflight_head
from emulator.http.message import Request, Response


def preflight(request: Request) -> Response | None:
    """The answer to a CORS preflight, None to any other request."""
    if request.method != "OPTIONS" or not {b"origin", b"access-control-request-method"} <= request.headers.keys():
        return None
    asked = request.headers.get(b"access-control-request-headers", b"")
    return Response(200, preflight_head(request, asked), b"")
