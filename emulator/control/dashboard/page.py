"""The static files of the dashboard, served under a Content-Security-Policy that allows nothing else.

The page contains no data and no key: its user enters the secret key of a sandbox, which the browser keeps for the tab
and sends in headers. Sandboxes are listed only on loopback, since their names are their keys (our choice).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.responses import ControlError

STATIC = Path(__file__).parent / "static"
PAGE = "page.html"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@cache
def assets() -> frozenset[str]:
    """The names of the files that the page can request."""
    return frozenset(path.name for path in STATIC.iterdir() if path.suffix in TYPES and path.name != PAGE)


@cache
def _content(name: str) -> bytes:
    return (STATIC / name).read_bytes()


def _file(name: str) -> Response:
    return Response(_content(name), 200, HEADERS, TYPES[Path(name).suffix])


async def page(_: Request) -> Response:
    """GET /_emulator/"""
    return _file(PAGE)


async def asset(request: Request) -> Response:
    """GET /_emulator/dashboard/:name. Raises ControlError."""
    name = request.path_params["name"]
    if name not in assets():
        message = f"The dashboard has no file {name[:100]!r}."
        raise ControlError(404, "file_not_found", message, f"It has {', '.join(sorted(assets()))}.")
    return _file(name)
