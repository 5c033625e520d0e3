"""The error pages of Stripe's proxy (observed for 414; the others are nginx's own)."""

from __future__ import annotations

from emulator.http.message import Request, Response, http_date, lines, phrase
from emulator.sandbox.clock import wall

LONGEST_LINE = 16_384  # of a request, with its line break (observed)
_REST_OF_LINE = len("  HTTP/1.1\r\n")


def too_long(request: Request) -> Response | None:
    """414 for a request line that the proxy refuses, else None."""
    target = len(request.path) + (len(request.query) + 1 if request.query else 0)
    if len(request.method) + target + _REST_OF_LINE <= LONGEST_LINE:
        return None
    request.keep_alive = False
    return page(request, 414)


def page(request: Request, status: int, now: int | None = None) -> Response:
    """nginx's page for a status. `now` is the sandbox's time, None where there is no sandbox."""
    title = {414: "Request-URI Too Large"}.get(status) or phrase(status)
    body = (
        f"<html>\r\n<head><title>{status} {title}</title></head>\r\n"
        f"<body>\r\n<center><h1>{status} {title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    ).encode()
    head = [
        (b"Server", b"nginx"),
        (b"Date", http_date(wall() if now is None else now)),
        (b"Content-Type", b"text/html"),
        (b"Content-Length", b"%d" % len(body)),
        (b"Connection", b"keep-alive" if request.keep_alive else b"close"),
    ]
    return Response(status, lines(head), body)
