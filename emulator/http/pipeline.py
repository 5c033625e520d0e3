"""The pipeline: every request climbs it from the top, each rung raises a StripeError or goes on.

The order is the best reconstruction of Stripe's own: URL, key, account, version, limits, idempotency, body,
parameters, endpoint. A request that falls off a rung has changed nothing.
"""

from __future__ import annotations

import logging

from emulator import catalog, errors
from emulator.catalog import Operation, Route, versions
from emulator.catalog.versions import Version
from emulator.errors import ErrorBody, Stage, StripeError
from emulator.events import Origin, Transaction
from emulator.http import idempotency
from emulator.http.address import address_of
from emulator.http.authentication import acting_account, authenticate
from emulator.http.context import MatchedFault, RequestContext
from emulator.http.faults import Broken, Postponed, before_run, broken, nothing, strike
from emulator.http.headers import head
from emulator.http.message import Request, Response
from emulator.http.permissions import permit
from emulator.http.preflight import preflight
from emulator.http.proxy import too_long
from emulator.http.reading import check_expand, tree_of
from emulator.resources import registry
from emulator.resources.connect.expansion import expanded
from emulator.resources.endpoint import Call, Endpoint
from emulator.sandbox.ids import Ids
from emulator.sandbox.journal import Entry, cut
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.schema.check import BOOLEANS, BOOLEANS_OF_V2, check
from emulator.settings import Settings
from emulator.store.idempotency import Saved
from emulator.wire.json import Json, dump, dump_error

log = logging.getLogger("emulator")
ACCOUNT_IN_URL = "/v1/accounts/{account}"


class Pipeline:
    """Answers the requests of one server."""

    def __init__(self, settings: Settings, sandboxes: Sandboxes) -> None:
        self._settings = settings
        self._sandboxes = sandboxes
        self._ids = Ids(settings.seed or None)

    def answer(self, request: Request, resumed: MatchedFault | None = None) -> tuple[Response, RequestContext]:
        """The answer to a request, whatever it is, and what was learned on the way.

        Raises Postponed when a fault delays the endpoint: after that time, `land` and call again with `resumed`.
        """
        trace = RequestContext(self._ids.request(v2=request.v2), self._settings.api_version, request.v2)
        response = too_long(request) or preflight(request) or self._answer(request, trace, resumed)
        _note(request, response, trace)
        if response.delay:
            _take_off(trace)
        return response, trace

    def _answer(self, request: Request, trace: RequestContext, resumed: MatchedFault | None) -> Response:
        status, value, body, light = 200, None, b"", False
        try:
            found = self._climb(request, trace, resumed)
            if isinstance(found, Saved):
                status, value = found.status, found.body
            else:
                value, light = found
            body = value if isinstance(value, bytes) else dump(value)
        except StripeError as error:
            trace.error = error.body
        except Postponed:
            _take_off(trace)
            raise
        except Broken:
            return broken(request, trace, nothing(request, trace))
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            trace.error = errors.internal().body
        if trace.error is not None:
            status, body = trace.error.status, _error(trace.error, trace)
        if trace.use is not None:
            idempotency.save(trace, status, value, body, light=light)
        response = Response(status, head(request, trace, len(body)), body)
        return response if trace.struck is None else _after(request, response, trace)

    def _climb(
        self, request: Request, trace: RequestContext, resumed: MatchedFault | None
    ) -> Saved | tuple[Json, bool]:
        """What was saved for the request, or what the endpoint answers and whether that is light to keep."""
        route = _route(request)  # 404
        caller = authenticate(request, self._sandboxes, allow_live=self._settings.allow_live_keys)  # 401
        sandbox = caller.sandbox
        trace.sandbox, trace.now = sandbox, sandbox.clock.now()
        trace.account = acting_account(request, _path_account(route), caller)  # 403
        trace.idempotency_key = idempotency.key_of(request, sandbox.ids)
        version = _version(request, sandbox)  # 400
        trace.version, trace.notice = version.text, versions.notice(version)
        permit(caller, route.operation, trace.account, version)  # 403
        trace.struck = resumed
        if resumed is None:
            _check_limits(sandbox, route.operation, trace.now)  # 429
            strike(request, trace, caller.redacted)  # what a test asked for
        trace.use = idempotency.use_of(request, trace)  # 400
        saved = _saved(trace)  # 400, 409
        if saved is not None:
            return saved
        endpoint = _endpoint(route.operation, request)  # 501
        spec = endpoint.params(version) if endpoint.params else route.operation.params
        tree = tree_of(request, route.operation, spec, self._settings)  # 400
        booleans = BOOLEANS_OF_V2 if route.operation.v2 else BOOLEANS
        params = check(tree, spec, strict=self._settings.strict, booleans=booleans)  # 400
        if "expand" in params:
            check_expand(params, route.operation)  # 400
        trace.executed, trace.notice = True, _notices(endpoint.notice, trace.notice)
        before_run(trace)
        address = address_of(request, self._settings)
        call = Call(sandbox, trace.now, version, params, route.path_params, trace.account, caller.redacted, address)
        with Transaction(sandbox, Origin(trace.now, trace.request_id, trace.idempotency_key)):
            answer = endpoint.run(call)
            return expanded(call, answer) if "expand" in params else answer, endpoint.light

    @staticmethod
    def land(trace: RequestContext) -> None:
        """The delay is over: the idempotency key of the request is free again."""
        if trace.use and trace.sandbox:
            trace.sandbox.idempotency.land(trace.use.slot)


def _take_off(trace: RequestContext) -> None:
    """The request takes time: until it lands, its idempotency key is in use."""
    if trace.use and trace.sandbox:
        trace.sandbox.idempotency.take_off(trace.use.slot)


def _route(request: Request) -> Route:
    route = catalog.route(request.method, request.path)
    if route is None:
        raise errors.unrecognized_url(request.method, request.path)
    return route


def _path_account(route: Route) -> str | None:
    """The account of `/v1/accounts/:id` and everything below it."""
    return route.path_params["account"] if route.operation.path.startswith(ACCOUNT_IN_URL) else None


def _version(request: Request, sandbox: Sandbox) -> Version:
    text = request.header(b"stripe-version") or sandbox.api_version
    if request.v2 and not request.header(b"stripe-version"):
        raise errors.v2_without_version()
    try:
        return versions.parse(text)
    except versions.UnknownVersion:
        raise errors.invalid_version(text) from None


def _notices(*notices: str | None) -> str | None:
    """All there is to say, in the one header that SDKs show (our choice)."""
    return " ".join(filter(None, notices)) or None


def _check_limits(sandbox: Sandbox, operation: Operation, now: int) -> None:
    reason = sandbox.limits.exceeded(operation.id, now)
    if reason is not None:
        raise errors.rate_limited(reason, livemode=sandbox.livemode)


def _saved(trace: RequestContext) -> Saved | None:
    if trace.use is None:
        return None
    saved = idempotency.saved_for(trace.use, trace)
    if saved is not None:
        trace.replayed_from, trace.replayed_status, trace.executed = saved.request_id, saved.status, True
    return saved


def _endpoint(operation: Operation, request: Request) -> Endpoint:
    endpoint = registry.endpoints().get(operation.id)
    if endpoint is None:
        raise errors.not_emulated(request.method, operation.path)
    return endpoint


def _error(error: ErrorBody, trace: RequestContext) -> bytes:
    if trace.as_v2:
        return dump_error(error.envelope_v2())
    return dump_error(error.envelope(None if error.stage is Stage.AUTH else trace.log_url))


def _after(request: Request, response: Response, trace: RequestContext) -> Response:
    """Once the endpoint ran, a fault of that moment spoils the answer, not the effect."""
    struck = trace.struck
    if struck is not None and struck.fault.moment == "after" and trace.executed:
        struck.felt = True
        if struck.error is not None:
            trace.error = struck.error
            body = _error(trace.error, trace)
            response = Response(trace.error.status, head(request, trace, len(body)), body)
    return broken(request, trace, response)


def _note(request: Request, response: Response, trace: RequestContext) -> None:
    """Into the journal of the sandbox, once the key is known."""
    if trace.sandbox is None or trace.now is None:
        return
    trace.sandbox.journal.add(
        Entry(
            at=trace.now,
            method=request.method,
            path=request.path,
            status=response.status,
            request_id=trace.request_id,
            account=trace.account or request.header(b"stripe-account"),
            error=trace.error_name,
            version=trace.version,
            idempotency_key=trace.use.slot[1] if trace.use else idempotency.sent_key(request),
            replayed=trace.replayed_from is not None,
            fault=trace.struck.fault.id if trace.struck else None,
            user_agent=request.header(b"user-agent"),
            request=cut(request.body or request.query),
            response=cut(response.body),
        )
    )
