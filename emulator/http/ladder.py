"""The ladder: every request climbs it from the top, each rung raises a StripeError or goes on.

The order is the best reconstruction of Stripe's own: URL, key, account, version, limits, idempotency, body,
parameters, endpoint. A request that falls off a rung has changed nothing.
"""

from __future__ import annotations

import logging
from typing import cast

from emulator import catalog, errors, resources, versions
from emulator.catalog import Operation, Route
from emulator.errors import ErrorBody, StripeError
from emulator.http.authentication import acting_account, authenticate
from emulator.http.headers import Trace, headers, proxy_headers
from emulator.http.message import Request, Response
from emulator.ids import Ids
from emulator.journal import Entry, cut
from emulator.resources.call import Call, Endpoint
from emulator.sandbox import Sandboxes
from emulator.schema.check import Params, check
from emulator.schema.shape import expand_error
from emulator.settings import Settings
from emulator.versions import Version
from emulator.wire import form
from emulator.wire.form import Tree
from emulator.wire.json import Json, dump, dump_error

log = logging.getLogger("emulator")
LONGEST_TARGET = 16_384  # then Stripe's proxy answers, not its API (observed)
URI_TOO_LARGE = b"".join(
    line + b"\r\n"
    for line in (
        b"<html>",
        b"<head><title>414 Request-URI Too Large</title></head>",
        b"<body>",
        b"<center><h1>414 Request-URI Too Large</h1></center>",
        b"<hr><center>nginx</center>",
        b"</body>",
        b"</html>",
    )
)
FORM = b"application/x-www-form-urlencoded"
ACCOUNT_IN_URL = "/v1/accounts/{account}"


class Ladder:
    """Answers the requests of one server."""

    def __init__(self, settings: Settings, sandboxes: Sandboxes) -> None:
        self._settings = settings
        self._sandboxes = sandboxes
        self._ids = Ids(settings.seed or None)

    def answer(self, request: Request) -> tuple[Response, Trace]:
        """The answer to a request, whatever it is, and what was learned on the way."""
        trace = Trace(self._ids.request(), self._settings.api_version)
        if len(request.path) + len(request.query) > LONGEST_TARGET:
            request.keep_alive = False
            return Response(414, proxy_headers(len(URI_TOO_LARGE)), URI_TOO_LARGE), trace
        status, body = 200, b""
        try:
            body = dump(self._climb(request, trace))
        except StripeError as error:
            trace.error = error.body
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            trace.error = errors.internal().body
        if trace.error is not None:
            status, body = trace.error.status, _error(trace.error, trace)
        _note(request, status, body, trace)
        return Response(status, headers(request, trace, len(body)), body), trace

    def _climb(self, request: Request, trace: Trace) -> Json:
        route = _route(request)  # 404
        caller = authenticate(request, self._sandboxes, allow_live=self._settings.allow_live_keys)  # 401
        sandbox = caller.sandbox
        now = trace.now = sandbox.clock.now()
        trace.sandbox = sandbox
        acting = acting_account(request, _path_account(route), caller)  # 403
        trace.account = acting
        trace.idempotency_key = request.header(b"idempotency-key") or _made_key(request, sandbox.ids)
        version = _version(request, self._settings)  # 400
        trace.version = version.text
        # Here: faults and rate limits (429), then idempotency (replay, mismatch, in flight).
        endpoint = _endpoint(route.operation, request)  # 501
        tree = _decode(request, self._settings)  # 400
        spec = endpoint.params(version) if endpoint.params else route.operation.params
        params = check(tree, spec, strict=self._settings.strict)  # 400
        _check_expand(params, route.operation)  # 400
        trace.executed, trace.notice = True, endpoint.notice
        return endpoint.run(Call(sandbox, now, version, params, route.path_params, acting, caller.redacted))


def _route(request: Request) -> Route:
    route = catalog.route(request.method, request.path)
    if route is None:
        raise errors.unrecognized_url(request.method, request.path)
    return route


def _path_account(route: Route) -> str | None:
    """The account of `/v1/accounts/:id` and everything below it."""
    return route.path_params["account"] if route.operation.path.startswith(ACCOUNT_IN_URL) else None


def _made_key(request: Request, ids: Ids) -> str | None:
    """Stripe makes an idempotency key for a POST that has none (observed)."""
    return ids.uuid() if request.method == "POST" else None


def _version(request: Request, settings: Settings) -> Version:
    text = request.header(b"stripe-version") or settings.api_version
    try:
        return versions.parse(text)
    except versions.UnknownVersion:
        raise errors.invalid_version(text) from None


def _endpoint(operation: Operation, request: Request) -> Endpoint:
    endpoint = resources.ENDPOINTS.get(operation.id)
    if endpoint is None:
        raise errors.not_emulated(request.method, operation.path)
    return endpoint


def _decode(request: Request, settings: Settings) -> Tree:
    if request.too_large:
        raise errors.too_large(f"a body of more than {settings.limits.body} bytes")
    if request.body and not request.headers.get(b"content-type", FORM).lower().startswith(FORM):
        raise errors.invalid_content()
    try:
        return form.parse(settings.limits, request.query, request.body)
    except form.InvalidUtf8 as error:
        raise errors.invalid_utf8(error.text) from None
    except form.TooLarge as error:
        raise errors.too_large(error.what) from None
    except form.Clash as error:
        raise errors.invalid_array(error.path) if error.array else errors.invalid_object(error.path) from None


def _check_expand(params: Params, operation: Operation) -> None:
    for path in cast("list[str]", params.get("expand") or ()):
        found = expand_error(operation.response, path, catalog.schema)
        if found is not None and found.too_deep:
            raise errors.expand_too_deep(path)
        if found is not None:
            raise errors.not_expandable(found.path, found.hint)


def _error(error: ErrorBody, trace: Trace) -> bytes:
    return dump_error(error.envelope(None if error.stage is errors.Stage.AUTH else trace.log_url))


def _note(request: Request, status: int, body: bytes, trace: Trace) -> None:
    """Into the journal of the sandbox, once the key is known."""
    if trace.sandbox is not None and trace.now is not None:
        error = (trace.error.code or trace.error.type) if trace.error else None
        sent = cut(request.body or request.query)
        trace.sandbox.journal.add(
            Entry(
                trace.now, request.method, request.path, status, trace.request_id, trace.account, error, sent, cut(body)
            )
        )
