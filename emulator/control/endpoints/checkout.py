"""Checkout sessions under a test's control: a visitor without a browser pays, authenticates, opens a payment link."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from emulator.control.endpoints.overriding import Asked, Handler, overriding
from emulator.control.endpoints.reading import optional_text
from emulator.control.endpoints.responses import ControlError
from emulator.wire.form import Node
from emulator.wire.json import Json

PACKAGE = "emulator.resources.billing.checkout"  # loaded on the first use
ENTERED = ("email", "name", "phone", "payment_method")
CHANGES = ("promotion_code", "shipping_rate")
HASHES = ("custom_fields", "address", "shipping")


def _complete(asked: Asked) -> Json | ControlError:
    """Pay a session as its visitor. A payment that is declined is an error, and the session survives it."""
    body, visits = asked.body, _module("visits")
    entered: dict[str, Node] = {name: found for name in ENTERED if (found := optional_text(body, name)) is not None}
    entered |= {name: _hash(body[name], name) for name in HASHES if body.get(name) is not None}
    if (card := optional_text(body, "card")) is not None:
        entered["payment_method_data"] = _module("payers").card_of(card)
    changes = {name: found for name in CHANGES if (found := optional_text(body, name)) is not None}
    outcome = visits.complete(asked.sandbox, asked.path["id"], entered, changes, asked.address)
    if outcome.problem:
        hint = "The session is still open: complete it with another payment method."
        return ControlError(402, "payment_declined", outcome.problem, hint)
    return _shown(asked, outcome.session)


def _authenticate(asked: Asked) -> Json:
    """Authenticate the payment of a session that waits for its visitor, or fail to."""
    outcome = optional_text(asked.body, "outcome") or "succeeded"
    return _shown(asked, _module("visits").authenticate(asked.sandbox, asked.path["id"], outcome))


def _visit(asked: Asked) -> Json:
    """Open a payment link, and show the new session."""
    query = {name: value for name in asked.body if (value := optional_text(asked.body, name)) is not None}
    return _shown(asked, _module("links").visit(asked.sandbox, asked.path["id"], query, asked.address))


ENDPOINTS: Mapping[str, Handler] = {
    "/checkout_sessions/{id}/complete": overriding(_complete, "card", *ENTERED, *CHANGES, *HASHES),
    "/checkout_sessions/{id}/complete_3ds": overriding(_authenticate, "outcome"),
    "/payment_links/{id}/visit": overriding(_visit, "client_reference_id", "prefilled_email"),
}


def _module(name: str) -> Any:
    return import_module(f"{PACKAGE}.{name}")


def _shown(asked: Asked, row: Any) -> Json:
    shown: Json = _module("sessions").SESSIONS.render(asked.sandbox, row, asked.sandbox.clock.now())
    return shown


def _hash(value: object, name: str) -> Node:
    """A hash of strings, as a form has them. Raises ControlError."""
    if isinstance(value, dict):
        return {str(key): _hash(each, name) for key, each in value.items()}
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    raise ControlError(400, f"invalid_{name}", f"{name} holds something else than texts.", "Send an object of texts.")
