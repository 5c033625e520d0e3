"""Fault injection: finds the fault of a request and applies it, by the same branch as the real failure."""

from __future__ import annotations

from emulator import errors
from emulator.errors import StripeError
from emulator.http.context import MatchedFault, RequestContext
from emulator.http.headers import head
from emulator.http.message import NOTHING, Cut, Request, Response
from emulator.http.proxy import page
from emulator.http.reading import unchecked_tree
from emulator.sandbox.faults import TIMEOUT_SECONDS

ACCOUNTS_V2 = "/v2/core/accounts/"
EMPTY_BODY = b"{}"  # is cut or corrupted where the endpoint has not run: nothing that a client could use (our choice)


class Postponed(Exception):
    """The endpoint runs later: run the pipeline again after some seconds."""

    def __init__(self, seconds: float, context: RequestContext) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.context = context


class Aborted(Exception):
    """The endpoint does not run: the connection fails, or the proxy's page is the response."""


def match_fault(request: Request, context: RequestContext, redacted: str) -> None:
    """Finds the fault of a request. Raises its error if that is one of a stage before the endpoint, and Aborted."""
    sandbox = context.sandbox
    if sandbox is None or not sandbox.faults:
        return
    about = context.account or _account_in_path(request.path)
    fault = sandbox.faults.match(request.method, request.path, about, lambda: unchecked_tree(request))
    if fault is None:
        return
    account = context.account or sandbox.platform_id
    from emulator.errors.by_name import Arguments as FailedRequest  # noqa: PLC0415 - few sandboxes have faults

    failed = FailedRequest(request.method, request.path, context.idempotency_key or "", account, redacted)
    named = fault.effect.error
    context.fault = matched = MatchedFault(fault, named.body(failed) if named else None)
    if fault.moment == "before":
        _apply_before_endpoint(matched)


def _account_in_path(path: str) -> str | None:
    """The account in a URL of v2: no request acts as it, but a fault can be meant for it."""
    return path.removeprefix(ACCOUNTS_V2).partition("/")[0] if path.startswith(ACCOUNTS_V2) else None


def _apply_before_endpoint(matched: MatchedFault) -> None:
    effect = matched.fault.effect
    if matched.error is not None and matched.error.stage is not errors.Stage.RUN:
        matched.applied = True
        raise StripeError(matched.error)
    if matched.error is None and (effect.status is not None or effect.connection is not None):
        matched.applied = True
        raise Aborted


def apply_in_run(context: RequestContext) -> None:
    """In the endpoint's place: raises errors of a run, and Postponed for latency that has not passed yet."""
    matched = context.fault
    if matched is None or matched.fault.moment != "before":
        return
    matched.applied = True
    if matched.error is not None:
        raise StripeError(matched.error)
    if not matched.waited:
        matched.waited = True
        raise Postponed(matched.fault.effect.latency, context)


def empty_response(request: Request, context: RequestContext) -> Response:
    """The response when the endpoint did not run: a body to be cut or corrupted, or nothing at all."""
    matched = context.fault
    if matched is not None and matched.fault.effect.connection in ("drop", "timeout"):
        return Response(NOTHING, b"", b"")
    return Response(200, head(request, context, len(EMPTY_BODY)), EMPTY_BODY)


def apply_to_response(request: Request, context: RequestContext, response: Response) -> Response:
    """The response as the fault leaves it. A fault without any effect does not count as a hit."""
    matched = context.fault
    if matched is None:
        return response
    if not matched.applied:
        matched.fault.restore()
        context.fault = None
        return response
    effect = matched.fault.effect
    if effect.status is not None:
        response = page(request, effect.status, context.now)
    if effect.connection is not None:
        response.fail(Cut(effect.connection))
    response.delay = TIMEOUT_SECONDS if response.cut is Cut.TIMEOUT else 0.0 if matched.waited else effect.latency
    return response
