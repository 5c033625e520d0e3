"""Checkout sessions under a test's control: a visitor without a browser pays, authenticates, opens a payment link."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.reading import fields_of, optional_text, sandbox_of
from emulator.control.endpoints.responses import ControlError, respond
from emulator.errors import StripeError
from emulator.events import Origin, Transaction, catch_up
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.form import Node

PACKAGE = "emulator.resources.billing.checkout"  # loaded on the first use
ENTERED = ("email", "name", "phone", "payment_method")
CHANGES = ("promotion_code", "shipping_rate")
HASHES = ("custom_fields", "address", "shipping")


async def complete(request: Request) -> Response:
    """Pays a session as its visitor. Raises ControlError, also for a declined payment, which the session survives."""
    sandbox = sandbox_of(request)
    body = await fields_of(request, "card", *ENTERED, *CHANGES, *HASHES)
    visits, payers = _module("visits"), _module("payers")
    entered: dict[str, Node] = {name: found for name in ENTERED if (found := optional_text(body, name)) is not None}
    entered |= {name: _hash(body[name], name) for name in HASHES if body.get(name) is not None}
    if (card := optional_text(body, "card")) is not None:
        entered["payment_method_data"] = payers.card_of(card)
    changes = {name: found for name in CHANGES if (found := optional_text(body, name)) is not None}
    session, address = request.path_params["id"], str(request.base_url).rstrip("/")
    async with _overriding(sandbox):
        outcome = visits.complete(sandbox, session, entered, changes, address)
    if outcome.problem:
        hint = "The session is still open: complete it with another payment method."
        raise ControlError(402, "payment_declined", outcome.problem, hint)
    return respond(_shown(sandbox, outcome.session))


async def authenticate(request: Request) -> Response:
    """Authenticates the payment of a session that waits for its visitor, or fails to. Raises ControlError."""
    sandbox, body = sandbox_of(request), await fields_of(request, "outcome")
    async with _overriding(sandbox):
        outcome = optional_text(body, "outcome") or "succeeded"
        row = _module("visits").authenticate(sandbox, request.path_params["id"], outcome)
    return respond(_shown(sandbox, row))


async def visit(request: Request) -> Response:
    """Opens a payment link, and responds with the new session. Raises ControlError."""
    sandbox, body = sandbox_of(request), await fields_of(request, "client_reference_id", "prefilled_email")
    query = {name: value for name in body if (value := optional_text(body, name)) is not None}
    async with _overriding(sandbox):
        address = str(request.base_url).rstrip("/")
        row = _module("links").visit(sandbox, request.path_params["id"], query, address)
    return respond(_shown(sandbox, row))


ENDPOINTS: Mapping[str, Callable[[Request], Awaitable[Response]]] = {
    "/checkout_sessions/{id}/complete": complete,
    "/checkout_sessions/{id}/complete_3ds": authenticate,
    "/payment_links/{id}/visit": visit,
}


def _module(name: str) -> Any:
    return import_module(f"{PACKAGE}.{name}")


def _shown(sandbox: Sandbox, row: Any) -> Any:
    return _module("sessions").SESSIONS.render(sandbox, row, sandbox.clock.now())


def _hash(value: object, name: str) -> Node:
    """A hash of strings, as a form has them. Raises ControlError."""
    if isinstance(value, dict):
        return {str(key): _hash(each, name) for key, each in value.items()}
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    raise ControlError(400, f"invalid_{name}", f"{name} holds something else than texts.", "Send an object of texts.")


@asynccontextmanager
async def _overriding(sandbox: Sandbox) -> AsyncIterator[None]:
    """A transaction whose refusals are those of the control API."""
    now = await catch_up(sandbox)
    try:
        with Transaction(sandbox, Origin(now)):
            yield
    except LookupError as error:
        hint = "Use the key that created it. A reset deletes everything."
        raise ControlError(404, "object_not_found", f"{error.args[0]}.", hint) from None
    except (StripeError, ValueError) as error:
        message = error.body.message if isinstance(error, StripeError) else f"{error}."
        raise ControlError(400, "invalid_override", message, "Nothing was changed.") from None
