"""Serves OAuth: the page of consent, and the two POST endpoints, on the same address as the API.

Responses have the headers that were observed at connect.stripe.com: no idempotency key, no version, nothing of CORS.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from emulator.errors import ErrorBody
from emulator.events import catch_up
from emulator.hosted.pages import message, policy
from emulator.http.access_log import log_request
from emulator.http.address import address_of
from emulator.http.asgi import read_body, request_of, send_response
from emulator.http.context import RequestContext
from emulator.http.message import Request, Response, http_date, lines
from emulator.oauth import errors, pages
from emulator.oauth.consent import ACTIONS, DEFAULT_REDIRECT, PageError, consent_of, decide
from emulator.oauth.errors import OAuthError
from emulator.oauth.tokens import OAuthCall, deauthorize, platform_of, token
from emulator.sandbox.clock import wall
from emulator.sandbox.ids import Ids
from emulator.sandbox.journal import Entry, cut
from emulator.sandbox.sandbox import Sandboxes
from emulator.settings import Settings
from emulator.wire import form
from emulator.wire.form import LIMITS, Tree
from emulator.wire.json import Json, dump, dump_line
from emulator.wire.namedtuples import NamedTuple

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

AUTHORIZE, AUTHORIZE_V2 = "/oauth/authorize", "/oauth/v2/authorize"
EXPRESS = ("/express/oauth/authorize", "/express/oauth/v2/authorize")
ENDPOINTS: Mapping[str, Callable[[OAuthCall], dict[str, Json]]] = {
    "/oauth/token": token,
    "/oauth/deauthorize": deauthorize,
}
PATHS = frozenset((AUTHORIZE, AUTHORIZE_V2, *EXPRESS, *ENDPOINTS, DEFAULT_REDIRECT))
HTML, JSON, JSON_ERROR = b"text/html; charset=utf-8", b"application/json", b"application/json; charset=utf-8"
_UNCACHED = lines(
    [
        (b"Cache-Control", b"max-age=0, no-cache, no-store, must-revalidate"),
        (b"Expires", b"0"),
        (b"Pragma", b"no-cache"),
    ]
)
_SAFE = "%/:=&?~#+!$,;'@()*[]"  # characters that are not percent-encoded in a URL
_PAGE = lines([(b"Referrer-Policy", b"no-referrer"), (b"X-Content-Type-Options", b"nosniff")])
log = logging.getLogger("emulator")


class Reply(NamedTuple):
    """A response before its common headers. `location` is where a redirect leads."""

    status: int
    kind: bytes
    body: bytes
    location: str = ""


class OAuth:
    """The application for the paths of OAuth."""

    def __init__(self, settings: Settings, sandboxes: Sandboxes) -> None:
        self._settings = settings
        self._sandboxes = sandboxes
        self._ids = Ids(f"{settings.id_seed}:oauth" if settings.id_seed else None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(receive, LIMITS.body)
        if body is not None:
            request = request_of(scope, body)
            await send_response(scope, send, request, await self.respond(request))

    async def respond(self, request: Request) -> Response:
        """The response to a request for one of the paths."""
        started = time.perf_counter()
        context = RequestContext(self._ids.request(), request.header(b"stripe-version") or self._settings.api_version)
        try:
            reply = await self._reply(request, context)
        except OAuthError as error:
            reply = _refused(error, context)
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            reply = _refused(errors.internal(), context)
        response = Response(reply.status, _head(request, reply, context), reply.body)
        _record(request, response, context)
        log_request(request, response.status, time.perf_counter() - started, context)
        return response

    async def _reply(self, request: Request, context: RequestContext) -> Reply:
        """The reply to a path: an endpoint, the page of consent, or the page that there is none. Raises OAuthError."""
        endpoint = ENDPOINTS.get(request.path)
        if endpoint is not None:
            return await self._call(endpoint, request, context)
        if request.path == AUTHORIZE:
            target = f"{AUTHORIZE_V2}?{request.query.decode('latin-1')}" if request.query else AUTHORIZE_V2
            return Reply(302, HTML, b"", target)
        if request.path == DEFAULT_REDIRECT:
            return Reply(200, HTML, pages.code_page(request.query.decode("latin-1")).encode())
        if request.path == AUTHORIZE_V2 or request.path in EXPRESS:
            return self._consent(request, context)
        return Reply(404, HTML, message("Not found", "OAuth has no such page.").encode())

    async def _call(
        self, endpoint: Callable[[OAuthCall], dict[str, Json]], request: Request, context: RequestContext
    ) -> Reply:
        if request.method != "POST" or len(request.body) > LIMITS.body:
            raise errors.unreadable()
        tree = _tree(request.body)
        context.sandbox = sandbox = platform_of(request, tree, self._sandboxes)
        context.now = await catch_up(sandbox)
        return Reply(200, JSON, dump(endpoint(OAuthCall(self._sandboxes, sandbox, context.now, tree))))

    def _consent(self, request: Request, context: RequestContext) -> Reply:
        """Show the page, or take the decision of its form; a POST without a GET before does as well."""
        express = request.path in EXPRESS
        try:
            consent = consent_of(
                _tree(request.query), self._sandboxes, address_of(request, self._settings), express=express
            )
        except PageError as error:
            context.hint = error.hint
            return Reply(400, JSON_ERROR, dump_line(error.body).encode())
        context.sandbox, context.now = consent.sandbox, consent.now
        if request.method != "POST":
            return Reply(200, HTML, pages.consent_page(consent).encode())
        sent = _tree(request.body)
        action, account = sent.get("action"), sent.get("account")
        target = decide(consent, str(action), account if isinstance(account, str) else "")
        if target is None:
            problem = f"Send action as one of {', '.join(ACTIONS)}; existing takes account, one of those listed."
            return Reply(400, HTML, pages.consent_page(consent, problem).encode())
        return Reply(302, HTML, b"", target)


def _tree(raw: bytes) -> Tree:
    """The tree of a form. Raises OAuthError."""
    try:
        return form.parse(raw)
    except form.FormError:
        raise errors.unreadable() from None


def _refused(error: OAuthError, context: RequestContext) -> Reply:
    context.error = ErrorBody(error.status, error.description or error.error, code=error.error)
    return Reply(error.status, JSON_ERROR, dump_line(error.body).encode())


def _head(request: Request, reply: Reply, context: RequestContext) -> bytes:
    now = wall() if context.now is None else context.now
    own = [
        (b"Server", b"nginx"),
        (b"Date", http_date(now)),
        (b"Content-Type", reply.kind),
        (b"Content-Length", b"%d" % len(reply.body)),
        (b"Connection", b"keep-alive" if request.keep_alive else b"close"),
    ]
    if reply.location:
        own.append((b"Location", quote(reply.location, safe=_SAFE).encode()))
    if reply.kind == HTML:
        own.append((b"Content-Security-Policy", policy().encode()))
    last = [(b"Request-Id", context.request_id.encode())]
    if reply.status == 401:
        last.append((b"Www-Authenticate", b'Bearer realm="Stripe"'))
    return lines(own) + _UNCACHED + (_PAGE if reply.kind == HTML else b"") + lines(last)


def _record(request: Request, response: Response, context: RequestContext) -> None:
    """Add a request to the journal of its sandbox, if its key or its client id is known."""
    if context.sandbox is None or context.now is None:
        return
    context.sandbox.journal.add(
        Entry(
            at=context.now,
            method=request.method,
            path=request.path,
            status=response.status,
            request_id=context.request_id,
            account=None,
            error=context.error_name,
            version=context.version,
            idempotency_key=None,
            replayed=False,
            fault=None,
            fidelity=context.fidelity,
            user_agent=request.header(b"user-agent"),
            request=cut(request.body or request.query),
            response=b"" if b"Content-Type: text/html" in response.head else cut(response.body),
        )
    )
