"""The rung of faults: what a test asked to go wrong, goes wrong here, by the branch of the real failure."""

from __future__ import annotations

from emulator import errors
from emulator.errors import StripeError
from emulator.errors.by_name import Request as Known
from emulator.http.context import MatchedFault, RequestContext
from emulator.http.headers import head
from emulator.http.message import NOTHING, Cut, Request, Response
from emulator.http.proxy import page
from emulator.http.reading import shown_tree
from emulator.sandbox.faults import TIMEOUT_SECONDS

ACCOUNTS_V2 = "/v2/core/accounts/"
NOTHING_RAN = b"{}"  # what is cut or spoilt where there is no answer: nothing that a client could use (our choice)


class Postponed(Exception):
    """The endpoint shall run later: climb again after some seconds."""

    def __init__(self, seconds: float, trace: RequestContext) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.trace = trace


class Broken(Exception):
    """The connection shall fail before the endpoint runs, or a page of the proxy answers."""


def strike(request: Request, trace: RequestContext, redacted: str) -> None:
    """Finds the fault of this request. Raises errors of the stages before the endpoint, and Broken."""
    sandbox = trace.sandbox
    if sandbox is None or not sandbox.faults:
        return
    about = trace.account or _in_path(request.path)
    fault = sandbox.faults.strike(request.method, request.path, about, lambda: shown_tree(request))
    if fault is None:
        return
    account = trace.account or sandbox.platform_id
    known = Known(request.method, request.path, trace.idempotency_key or "", account, redacted)
    named = fault.effect.error
    trace.struck = struck = MatchedFault(fault, named.body(known) if named else None)
    if fault.moment == "before":
        _before(struck)


def _in_path(path: str) -> str | None:
    """The account that a request to v2 is about: nothing acts as it there, but a test means it."""
    return path.removeprefix(ACCOUNTS_V2).partition("/")[0] if path.startswith(ACCOUNTS_V2) else None


def _before(struck: MatchedFault) -> None:
    effect = struck.fault.effect
    if struck.error is not None and struck.error.stage is not errors.Stage.RUN:
        struck.felt = True
        raise StripeError(struck.error)
    if struck.error is None and (effect.status is not None or effect.connection is not None):
        struck.felt = True
        raise Broken


def before_run(trace: RequestContext) -> None:
    """In the endpoint's place: raises errors of a run, and Postponed for latency that has not passed yet."""
    struck = trace.struck
    if struck is None or struck.fault.moment != "before":
        return
    struck.felt = True
    if struck.error is not None:
        raise StripeError(struck.error)
    if not struck.waited:
        struck.waited = True
        raise Postponed(struck.fault.effect.latency, trace)


def nothing(request: Request, trace: RequestContext) -> Response:
    """The answer where a connection fails before the endpoint runs: one that is only spoilt, or none at all."""
    struck = trace.struck
    if struck is not None and struck.fault.effect.connection in ("drop", "timeout"):
        return Response(NOTHING, b"", b"")
    return Response(200, head(request, trace, len(NOTHING_RAN)), NOTHING_RAN)


def broken(request: Request, trace: RequestContext, response: Response) -> Response:
    """The answer as the fault leaves it. One that nothing has come of is as if it had not struck."""
    struck = trace.struck
    if struck is None:
        return response
    if not struck.felt:
        struck.fault.spared()
        trace.struck = None
        return response
    effect = struck.fault.effect
    if effect.status is not None:
        response = page(request, effect.status)
    if effect.connection is not None:
        response.fail(Cut(effect.connection))
    response.delay = TIMEOUT_SECONDS if response.cut is Cut.TIMEOUT else 0.0 if struck.waited else effect.latency
    return response
