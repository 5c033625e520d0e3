"""The pipeline: every request runs through its stages in order; each raises a StripeError or returns a value.

The order is the best reconstruction of Stripe's own: URL, key, account, version, limits, idempotency, body,
parameters, endpoint. A request that a stage refuses has changed nothing.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial

from emulator import catalog, errors
from emulator.catalog import Operation, Route, versions
from emulator.catalog.versions import Version
from emulator.errors import ErrorBody, Stage, StripeError
from emulator.events import Origin, Transaction, is_behind
from emulator.http import idempotency
from emulator.http.address import address_of
from emulator.http.authentication import Caller, acting_account, authenticate
from emulator.http.change_log import logged
from emulator.http.context import RequestContext
from emulator.http.faults import Aborted, Postponed, apply_in_run, apply_to_response, empty_response, match_fault
from emulator.http.headers import head, preflight
from emulator.http.message import Request, Response
from emulator.http.permissions import permit
from emulator.http.proxy import too_long
from emulator.http.reading import tree_of
from emulator.model.answering import endpoints
from emulator.model.answering.scanning import Unfinished
from emulator.model.asking import renewal
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Endpoint
from emulator.model.declaration.versions import at_version
from emulator.sandbox.gaps import Gaps
from emulator.sandbox.ids import Ids
from emulator.sandbox.journal import MAX_BODY, Entry, cut
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.schema.check import BOOLEANS, BOOLEANS_OF_V2, Params, check
from emulator.settings import Settings
from emulator.wire.dataclasses import dataclass, replace
from emulator.wire.json import Json, dump, dump_error
from emulator.wire.mask import mask_path

log = logging.getLogger("emulator")
NOT_FOUND = 404
STRIPE_MOCK = b"Stripe-Mock-Version: master\r\n"  # test suites of SDKs require it; they compare other versions
QUOTED_SINCE = "2020-08-27"  # versions before name an unknown id without quotes (observed up to 2020-03-02)
ACCOUNT_IN_URL = "/v1/accounts/{account}"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a request that no stage refused. `value` is JSON, or bytes of a saved body.

    `light` says that keeping the value for a replay costs little.
    """

    status: int
    value: Json | bytes
    light: bool = False

    @property
    def body(self) -> bytes:
        return self.value if isinstance(self.value, bytes) else dump(self.value)


class Behind(Exception):
    """Timers of the sandbox are due that take longer than a slice, or the read of many rows does."""

    def __init__(self, context: RequestContext, sandbox: Sandbox) -> None:
        super().__init__(context.request_id)
        self.context = context
        self.sandbox = sandbox


class Pipeline:
    """Responds to the requests of one server."""

    def __init__(self, settings: Settings, sandboxes: Sandboxes) -> None:
        self._settings = settings
        self._sandboxes = sandboxes
        self._ids = Ids(settings.id_seed or None)

    def respond(
        self, request: Request, resumed: RequestContext | None = None, *, in_slices: bool = False
    ) -> tuple[Response, RequestContext]:
        """The response to a request, whatever it is, and its context.

        Raises Postponed when a fault delays the endpoint: after that time, call `end` and then this with `resumed`.
        With `in_slices`, raises Behind when more than a slice is to do: `catch_up`, then call this likewise.
        """
        v2 = request.v2
        context = RequestContext(
            resumed.request_id if resumed else self._ids.request(v2=v2), self._settings.api_version, v2
        )
        context.in_slices = in_slices
        if resumed is not None:
            context.fault, context.scan = resumed.fault, resumed.scan
        response = too_long(request) or preflight(request) or self._respond(request, context)
        if self._settings.unknown_ids != "refuse":
            response = replace(response, head=response.head + STRIPE_MOCK)
        if context.error is not None:
            self._explain(request, context, context.error)
        self._record(request, response, context)
        if response.delay:
            _begin(context)
        return response, context

    def _respond(self, request: Request, context: RequestContext) -> Response:
        result = None
        try:
            result = self._run(request, context)
            status, body = result.status, result.body
        except StripeError as error:
            context.error = error.body
        except Postponed:
            _begin(context)
            raise
        except Behind:
            raise
        except Aborted:
            return apply_to_response(request, context, empty_response(request, context))
        except Exception:
            log.exception("%s %s failed", request.method, mask_path(request.path))
            context.error = errors.internal().body
        if context.error is not None:
            status, body = context.error.status, self._error(request, context.error, context)
        if context.use is not None:
            light = result is not None and result.light and context.error is None
            idempotency.save(context, status, result.value if light and result else bytes(memoryview(body)))
        response = Response(status, head(request, context, len(body)), body)
        return response if context.fault is None else self._apply_fault(request, response, context)

    def _run(self, request: Request, context: RequestContext) -> Result:
        """All stages. Raises StripeError with the status in the comment, and the exceptions of fault injection."""
        route = _route(request)  # 404
        context.operation = operation = route.operation
        caller = authenticate(request, self._sandboxes, allow_live=self._settings.allow_live_keys)  # 401
        context.sandbox, context.now = sandbox, now = caller.sandbox, caller.now
        context.key, context.publishable = caller.redacted, caller.publishable
        if context.in_slices and is_behind(sandbox, now):
            raise Behind(context, sandbox)
        context.account = account = acting_account(request, _account_in_url(route), caller)  # 403
        context.idempotency_key = idempotency.key_of(request, sandbox.ids)
        version = _version(request, sandbox, v2=context.v2)  # 400
        context.version, context.notice = version.text, versions.notice(version)
        permit(caller, operation, account, version)  # 403
        if context.fault is None and context.scan is None:
            _check_limits(sandbox, operation, now)  # 429
            match_fault(request, context, caller.redacted)
        endpoint = endpoints.endpoint(operation)
        context.fidelity = endpoint.fidelity if endpoint else context.fidelity
        context.use = idempotency.use_of(request, context)  # 400
        context.replay = saved = idempotency.saved_for(context)  # 400, 409
        if saved is not None:
            context.executed = True
            return Result(saved.status, saved.body)
        endpoint = self._emulated(endpoint, operation)  # 501
        params = self._read(request, operation, endpoint, version)  # 400
        context.executed = True
        if endpoint.notice is not None:
            context.notice = _notices(endpoint.notice, context.notice)
        apply_in_run(context)
        call = self._call(request, context, caller, Call(sandbox, now, version, params, route.path_params, account, ""))
        transaction = Transaction(sandbox, Origin(now, context.request_id, context.idempotency_key), by_request=True)
        value: Json | bytes = None
        refused = ""
        try:
            with transaction:
                value = _value(endpoint, call)
                if isinstance(value, bytes):
                    context.content_type = endpoint.content_type or context.content_type
                    return Result(200, value)
                shown = _expanded(call, operation, at_version(version, value, partial(registry.shown_object, call)))
        except StripeError as error:
            value, refused = dict(error.body.details), error.body.type
            raise
        except Unfinished as unfinished:
            context.scan = unfinished.scan
            raise Behind(context, sandbox) from None
        finally:
            if transaction.changed:
                sandbox.change_log.add(logged(request, context, caller, transaction.changed, value, refused))
        return Result(200, shown, endpoint.light)

    def _call(self, request: Request, context: RequestContext, caller: Caller, call: Call) -> Call:
        """The input of the endpoint; its fields are set here, as arguments by name would take longer."""
        call.key, call.publishable, call.uploads = caller.redacted, caller.publishable, request.uploads or {}
        call.address = call.sandbox.address = address_of(request, self._settings)
        call.url = request.path
        call.in_slices, call.scan = context.in_slices, context.scan
        return call

    def _read(self, request: Request, operation: Operation, endpoint: Endpoint, version: Version) -> Params:
        """The checked parameters of a request. Raises the 400s."""
        spec = endpoint.params(version) if endpoint.params else operation.params_in(version)
        tree = tree_of(request, operation, spec)
        booleans = BOOLEANS_OF_V2 if operation.v2 else BOOLEANS
        params = check(tree, spec, strict=self._settings.strict, booleans=booleans)
        if "expand" in params:
            from emulator.model.answering import expansion  # noqa: PLC0415 - and the shapes of responses

            expansion.check(params, operation, version)
        return params

    def _emulated(self, endpoint: Endpoint | None, operation: Operation) -> Endpoint:
        if endpoint is None:
            raise errors.not_emulated(operation.method, operation.path)
        if self._settings.strict_fidelity and endpoint.fidelity == "generic":
            raise errors.generic_refused(operation.method, operation.path)
        return endpoint

    def _explain(self, request: Request, context: RequestContext, error: ErrorBody) -> None:
        """Complete the context of a refused request for the log and the journal; its response is there already.

        A request to an unknown URL was refused before its key was read, and belongs into the journal of that key.
        """
        if context.operation is None and error.status == NOT_FOUND:
            with suppress(StripeError):
                caller = authenticate(request, self._sandboxes, allow_live=self._settings.allow_live_keys)
                context.sandbox, context.now = caller.sandbox, caller.now
        if error.missing is not None and context.sandbox is not None and context.key is not None:
            from emulator.http import hints  # noqa: PLC0415 - of a refusal only

            context.hint = hints.of_unknown_object(
                self._sandboxes, context.sandbox, context.key, error.missing, publishable=context.publishable
            )

    def _record(self, request: Request, response: Response, context: RequestContext) -> None:
        """Add a request to the journal of its sandbox, if its key is known, and count it if it met a gap."""
        if context.sandbox is None or context.now is None:
            return
        _count(context, context.sandbox.gaps, self._sandboxes.gaps)
        context.sandbox.journal.add(
            # In the order of the fields: sixteen names would take longer than the rest of the journal.
            Entry(
                context.now,
                request.method,
                request.path,
                response.status,
                context.request_id,
                context.account or request.header(b"stripe-account"),
                context.error_name,
                context.version,
                context.use.slot[1] if context.use else idempotency.sent_key(request),
                context.replay is not None,
                context.fault.fault.id if context.fault else None,
                request.header(b"user-agent"),
                context.fidelity,
                (request.body or request.query)[:MAX_BODY],
                cut(response.body),
                context.hint,
            )
        )

    def _error(self, request: Request, error: ErrorBody, context: RequestContext) -> bytes:
        if context.has_v2_error:
            return dump_error(error.envelope_v2())
        is_logged = error.stage is not Stage.AUTH
        return dump_error(error.envelope(context.log_url(address_of(request, self._settings)) if is_logged else None))

    def _apply_fault(self, request: Request, response: Response, context: RequestContext) -> Response:
        """Once the endpoint ran, a fault of that moment changes the response, not the effect of the request."""
        matched = context.fault
        if matched is not None and matched.fault.moment == "after" and context.executed:
            matched.applied = True
            if matched.error is not None:
                context.error = matched.error
                body = self._error(request, context.error, context)
                response = Response(context.error.status, head(request, context, len(body)), body)
        return apply_to_response(request, context, response)

    @staticmethod
    def end(context: RequestContext) -> None:
        """Ends a request that took time: its idempotency key is free again."""
        if context.use and context.sandbox:
            context.sandbox.idempotency.end(context.use.slot)


def _begin(context: RequestContext) -> None:
    """Begins a request that takes time: its idempotency key is in use until `end`."""
    if context.use and context.sandbox:
        context.sandbox.idempotency.begin(context.use.slot)


def _route(request: Request) -> Route:
    route = catalog.route(request.method, request.path)
    if route is None:
        raise errors.unrecognized_url(request.method, request.path)
    return route


def _account_in_url(route: Route) -> str | None:
    """The account of `/v1/accounts/:id` and everything below it."""
    return route.path_params["account"] if route.operation.path.startswith(ACCOUNT_IN_URL) else None


def _version(request: Request, sandbox: Sandbox, *, v2: bool) -> Version:
    text = request.header(b"stripe-version")
    if text is None and v2:
        raise errors.v2_without_version()
    text = text or sandbox.api_version
    try:
        return versions.parse(text)
    except versions.UnknownVersion:
        raise errors.invalid_version(text) from None


def _expanded(call: Call, operation: Operation, value: Json) -> Json:
    """The response with the objects that `expand` names. Raises StripeError."""
    if "expand" not in call.params:
        return value
    from emulator.model.answering.expansion import expanded  # noqa: PLC0415 - and the shapes of responses

    return expanded(call, operation, value)


def _notices(*notices: str | None) -> str | None:
    """All notices, in the one header that SDKs show (our choice)."""
    return " ".join(filter(None, notices)) or None


def _check_limits(sandbox: Sandbox, operation: Operation, now: int) -> None:
    reason = sandbox.limits.exceeded(operation.id, now)
    if reason is not None:
        raise errors.rate_limited(reason, livemode=sandbox.livemode)


def _value(endpoint: Endpoint, call: Call) -> Json | bytes:
    """The response in the newest version. Raises StripeError, with its objects as the version of the request has them.

    Those are found before the changes of the request are undone.
    """
    try:
        return renewal.run(endpoint.run, call)
    except StripeError as error:
        if call.version.date < QUOTED_SINCE and error.body.missing:
            message = error.body.message.replace(f"'{error.body.missing}'", error.body.missing)
            raise StripeError(replace(error.body, message=message)) from None
        if not error.body.details:
            raise
        found = partial(registry.shown_object, call)
        details = tuple((name, at_version(call.version, value, found)) for name, value in error.body.details)
        raise StripeError(replace(error.body, details=details)) from None


def _count(context: RequestContext, *all_gaps: Gaps) -> None:
    """Count a request to an operation that is not emulated, or that is generic."""
    operation, error = context.operation, context.error
    refused = error is not None and error.code == errors.NOT_EMULATED
    if operation is None or not (refused or context.fidelity == "generic"):
        return
    name = f"{operation.method} {operation.path}"
    if refused and error is not None and error.param:
        name += f" ({error.param})"
    for gaps in all_gaps:
        gaps.count(name, generic=not refused)
