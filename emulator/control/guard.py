"""Who may use the control API: this machine's programs, with the token if there is one; of web pages, only its own.

A page of any origin may send requests to a loopback address, and one whose name was made to lead there may read the
answers too. So the names are checked, and where a request comes from. What a browser needs is open to every page, as
Stripe's own is: it asks for a client secret or a session's token. All of this is our choice.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping
from urllib.parse import quote_from_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.control.endpoints.responses import ControlError, answer, error_body
from emulator.http.message import joined
from emulator.settings import Settings

TOKEN_HEADER = "x-emulator-token"  # noqa: S105
BROWSERS_SIDE = "/_emulator/connect/"
TESTS_SIDE = ("/_emulator/connect/next_error", "/_emulator/connect/record")
# NewEvent to everybody: that it answers, and the certificate without which https cannot be spoken.
FREE = ("/_emulator/health", "/_emulator/tls/ca.pem", "/_emulator", "/_emulator/")
# The dashboard's files: they hold nothing that is not in the source.
FREE_FOLDER = "/_emulator/dashboard/"
# Names that nobody can point at this machine from outside: not in the public DNS.
OWN_NAMES = ("localhost", "stripe-emulator", "connect-js.stripe.com", "api.stripe.com")
OWN_ENDINGS = (".localhost", ".test", ".internal")
SAME = ("", "same-origin", "none")
_ASCII = "".join(map(chr, range(128)))

Headers = Mapping[bytes, bytes]


class Guard:
    """Stands before the control API. Plain ASGI."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = refusal(scope["path"], _headers(scope), self._settings) if scope["type"] == "http" else None
        if error is None:
            # Starlette cannot read a query with bytes that should have been encoded.
            query = quote_from_bytes(scope.get("query_string", b""), safe=_ASCII)
            await self._app({**scope, "query_string": query.encode()} if query else scope, receive, send)
            return
        body = error_body(error.code, error.message, error.hint)
        await answer(body, error.status)(scope, receive, send)


def _headers(scope: Scope) -> Headers:
    """By name; one that is sent twice is neither of the two."""
    return {**joined(scope["headers"]), b"method": scope["method"].encode()}


def refusal(path: str, headers: Headers, settings: Settings) -> ControlError | None:
    """Why a request may not go on, None when it may."""
    if not settings.control:
        return ControlError(
            404, "control_off", "The control API is switched off.", "Start the emulator without --no-control."
        )
    if path.startswith(BROWSERS_SIDE) and path not in TESTS_SIDE:
        return None
    free = path in FREE or path.startswith(FREE_FOLDER)
    return _foreign(headers, settings) or (None if free else _unknown(headers, settings.control_token))


def _foreign(headers: Headers, settings: Settings) -> ControlError | None:
    host, origin = _text(headers, b"host"), _text(headers, b"origin")
    if not _is_ours(host, settings):
        return ControlError(
            403,
            "foreign_host",
            f"The control API is not served under the name {host!r}.",
            "Use the address that the emulator prints, or name the host with --host.",
        )
    if (origin and origin.partition("://")[2] != host) or _is_cross_site(headers):
        return ControlError(
            403,
            "foreign_origin",
            f"The control API is not for web pages of another origin: {origin or 'one that did not tell'}.",
            "Call it from your tests, or from your server.",
        )
    return None


def _is_cross_site(headers: Headers) -> bool:
    """Whether a page of another origin asks. A link that is followed is no such thing: the page cannot see it."""
    followed = (_text(headers, b"method"), _text(headers, b"sec-fetch-mode"), _text(headers, b"sec-fetch-dest"))
    return followed != ("GET", "navigate", "document") and _text(headers, b"sec-fetch-site") not in SAME


def _is_ours(host: str, settings: Settings) -> bool:
    """An address always is, since a name that was made to lead here stays a name; so is all that is no loopback."""
    name = _name(host)
    if settings.uds or _is_open(settings.host) or name in ("", settings.host, *OWN_NAMES):
        return True
    return name.endswith(OWN_ENDINGS) or _address(name) is not None


def _is_open(host: str) -> bool:
    address = _address(host)
    return host != "localhost" if address is None else not address.is_loopback


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _name(host: str) -> str:
    """The host of a Host header, without port and brackets, in lower case."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return name.lower().removesuffix(".")


def _unknown(headers: Headers, token: str) -> ControlError | None:
    given = headers.get(TOKEN_HEADER.encode(), b"")
    if not token or hmac.compare_digest(given, token.encode()):
        return None
    return ControlError(
        401,
        "control_token_required",
        f"The control API asks for its token, and this one is {'wrong' if given else 'missing'}.",
        f"Send what the emulator was started with, --control-token, in the header {TOKEN_HEADER}.",
    )


def _text(headers: Headers, name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1").strip()
