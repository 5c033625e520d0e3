"""Access control of the control API: programs with the token, if one is set, and no web pages but the dashboard.

Any web page can send requests to a loopback address, and with DNS rebinding it can read the responses. So the Host and
Origin headers are checked. The requests of connect.js are open to every page, as Stripe's own are: they require a
client secret or a session token. All of this is our choice.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any
from urllib.parse import quote_from_bytes

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.control.endpoints.responses import ControlError, error_body, respond
from emulator.http.message import joined
from emulator.settings import Settings

TOKEN_HEADER = "x-emulator-token"  # noqa: S105
PREFIX = "/_emulator"
# Host names that no attacker can point at this machine, since they are not in the public DNS.
SAFE_NAMES = ("localhost", "stripe-emulator", "connect-js.stripe.com", "js.stripe.com", "api.stripe.com")
SAFE_ENDINGS = (".localhost", ".test", ".internal")
SAME_SITE = ("", "same-origin", "none")
_ASCII = "".join(map(chr, range(128)))

Headers = Mapping[bytes, bytes]


class Access(Enum):
    """Who may use a route: who has the token, anyone but pages of other origins, or every page.

    No token is required for health, for the CA certificate, which https itself requires, and for the dashboard's files,
    which contain no data.
    """

    TOKEN = "token"  # noqa: S105
    NO_TOKEN = "no token"  # noqa: S105
    EVERY_PAGE = "every page"


class ControlRoute(Route):
    """A route with its access. It matches whole paths: Starlette's own also match before a newline at the end."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        methods: Sequence[str],
        access: Access = Access.TOKEN,
    ) -> None:
        super().__init__(path, endpoint, methods=methods)
        self.path_regex = re.compile(self.path_regex.pattern.removesuffix("$") + r"\Z")
        self.access = access


def access_of(scope: Scope, routes: Iterable[ControlRoute]) -> Access:
    """The access of the route that will be taken: the first with path and method, else the first with the path.

    An unknown path requires the token; the one without the final slash is redirected to the dashboard.
    """
    partial: Access | None = None
    for route in routes:
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return route.access
        if match is Match.PARTIAL and partial is None:
            partial = route.access
    if partial is None and scope["path"].removeprefix(scope.get("root_path", "")) == PREFIX:
        return Access.NO_TOKEN
    return partial or Access.TOKEN


class Guard:
    """ASGI middleware in front of the control API."""

    def __init__(self, app: ASGIApp, settings: Settings, routes: Sequence[ControlRoute]) -> None:
        self._app = app
        self._settings = settings
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = None
        if scope["type"] == "http":
            error = refusal(access_of(scope, self._routes), _headers(scope), self._settings)
        if error is None:
            # Starlette fails on a query with unencoded bytes.
            query = quote_from_bytes(scope.get("query_string", b""), safe=_ASCII)
            await self._app({**scope, "query_string": query.encode()} if query else scope, receive, send)
            return
        await respond(error_body(error), error.status)(scope, receive, send)


def _headers(scope: Scope) -> Headers:
    """The headers by name, repeated ones joined, and the method."""
    return {**joined(scope["headers"]), b"method": scope["method"].encode()}


def refusal(access: Access, headers: Headers, settings: Settings) -> ControlError | None:
    """The error for a request without access, else None."""
    if not settings.control:
        return ControlError(
            404, "control_api_disabled", "The control API is disabled.", "Start the emulator without --no-control."
        )
    if access is Access.EVERY_PAGE:
        return None
    refused = _check_origin(headers, settings)
    return refused if refused or access is Access.NO_TOKEN else _check_token(headers, settings.control_token)


def _check_origin(headers: Headers, settings: Settings) -> ControlError | None:
    host, origin = _text(headers, b"host"), _text(headers, b"origin")
    if not _is_safe(host, settings):
        return ControlError(
            403,
            "host_not_allowed",
            f"The control API is not served under the name {host!r}.",
            "Use the address that the emulator prints, or name the host with --host.",
        )
    if (origin and origin.partition("://")[2] != host) or _is_cross_site(headers):
        return ControlError(
            403,
            "origin_not_allowed",
            f"The control API is closed to web pages of other origins: {origin or 'unknown origin'}.",
            "Call it from your tests, or from your server.",
        )
    return None


def _is_cross_site(headers: Headers) -> bool:
    """Whether a page of another site sends this. Following a link does not count: the page cannot read the response."""
    navigation = (_text(headers, b"method"), _text(headers, b"sec-fetch-mode"), _text(headers, b"sec-fetch-dest"))
    return navigation != ("GET", "navigate", "document") and _text(headers, b"sec-fetch-site") not in SAME_SITE


def _is_safe(host: str, settings: Settings) -> bool:
    """Whether a Host cannot be DNS rebinding: an IP address, a safe name, or any when not listening on loopback."""
    name = _name(host)
    if settings.uds or _is_not_loopback(settings.host) or name in ("", settings.host, *SAFE_NAMES):
        return True
    return name.endswith(SAFE_ENDINGS) or _address(name) is not None


def _is_not_loopback(host: str) -> bool:
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


def _check_token(headers: Headers, token: str) -> ControlError | None:
    given = headers.get(TOKEN_HEADER.encode(), b"")
    if not token or hmac.compare_digest(given, token.encode()):
        return None
    return ControlError(
        401,
        "control_token_required",
        f"The control API requires its token, which is {'wrong' if given else 'missing'}.",
        f"Send the value of --control-token in the header {TOKEN_HEADER}.",
    )


def _text(headers: Headers, name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1").strip()
