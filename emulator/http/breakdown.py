"""The rung of faults: what a test asked to go wrong, goes wrong here, by the branch of the real failure."""

from __future__ import annotations

from dataclasses import dataclass

from emulator import errors
from emulator.errors import StripeError
from emulator.faults import TIMEOUT_SECONDS, Fault
from emulator.http.message import Cut, Request, Response
from emulator.http.proxy import page
from emulator.http.reading import shown_tree
from emulator.http.trace import Trace


class Postponed(Exception):
    """The endpoint shall run later: climb again with this after some seconds."""

    def __init__(self, seconds: float, fault: Fault) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.fault = fault


class Broken(Exception):
    """The connection shall fail before the endpoint runs, or a page of the proxy answers."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.id)
        self.fault = fault


@dataclass(slots=True)
class Resumed:
    """A request that was postponed and climbs again."""

    fault: Fault


def strike(request: Request, trace: Trace) -> Fault | None:
    """The fault of this request. Raises errors of the stages before the endpoint, and Broken."""
    if trace.sandbox is None or not trace.sandbox.faults:
        return None
    fault = trace.sandbox.faults.strike(request.method, request.path, trace.account, lambda: shown_tree(request))
    trace.fault = fault
    if fault is not None and fault.moment == "before":
        _before(fault)
    return fault


def _before(fault: Fault) -> None:
    effect = fault.effect
    if effect.status is not None or effect.connection is not None:
        raise Broken(fault)
    if effect.error is not None and effect.error.stage is not errors.Stage.RUN and not effect.latency:
        raise StripeError(effect.error)


def before_run(fault: Fault | None, *, resumed: bool) -> None:
    """In the endpoint's place: raises Postponed for latency, and errors of a run."""
    if fault is None or fault.moment != "before":
        return
    if fault.effect.latency and not resumed:
        raise Postponed(fault.effect.latency, fault)
    if fault.effect.error is not None:
        raise StripeError(fault.effect.error)


def broken(request: Request, fault: Fault, response: Response) -> Response:
    """The answer as the fault leaves it."""
    effect = fault.effect
    if effect.status is not None:
        response = page(request, effect.status)
    if effect.connection is not None:
        response.cut = Cut(effect.connection)
    if response.cut is Cut.MALFORMED:
        response.malformed()
    response.delay = TIMEOUT_SECONDS if response.cut is Cut.TIMEOUT else effect.latency
    return response
