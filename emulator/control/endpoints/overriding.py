"""The step that all actions of a test share: fields are read, a transaction runs, and a refusal is explained."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.reading import Body, fields_of, sandbox_of
from emulator.control.endpoints.responses import ControlError, respond
from emulator.errors import StripeError
from emulator.events import Origin, Transaction, catch_up
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.json import Json

Handler = Callable[[Request], Awaitable[Response]]


class Asked(NamedTuple):
    """A request for an action: its fields, the parameters of its path, its time in unix seconds, the address."""

    sandbox: Sandbox
    body: Body
    path: Mapping[str, str]
    now: int
    address: str


def overriding(act: Callable[[Asked], Json | ControlError], *known: str) -> Handler:
    """The endpoint of an action, which takes `known` fields and responds with what the action returns.

    The action raises LookupError for an object that is not there, StripeError or ValueError for what cannot be, and
    nothing is changed then. An error that it returns is raised once its changes are stored.
    """

    async def endpoint(request: Request) -> Response:
        sandbox, body = sandbox_of(request), await fields_of(request, *known)
        now = await catch_up(sandbox)
        try:
            with Transaction(sandbox, Origin(now)):
                shown = act(Asked(sandbox, body, request.path_params, now, str(request.base_url).rstrip("/")))
        except LookupError as error:
            hint = "Use the key that created it. A reset deletes everything."
            raise ControlError(404, "object_not_found", f"{error.args[0]}.", hint) from None
        except (StripeError, ValueError) as error:
            message = error.body.message if isinstance(error, StripeError) else f"{error}."
            raise ControlError(400, "invalid_override", message, "Nothing was changed.") from None
        if isinstance(shown, ControlError):
            raise shown
        return respond(shown)

    endpoint.__doc__ = act.__doc__
    return endpoint
