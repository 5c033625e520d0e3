"""Payments under a test's control: actions of banks and card holders, which emit their events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from importlib import import_module

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.reading import Body, fields_of, number, optional_text, sandbox_of, text
from emulator.control.endpoints.responses import ControlError, respond
from emulator.errors import StripeError
from emulator.events import Origin, Transaction, catch_up
from emulator.wire.json import Json

LARGEST = 999_999_999_999  # minor units
OVERRIDES = "emulator.resources.payments.overrides"  # loaded on the first use
Read = Callable[[Body, str], object]


def _amount(body: Body, name: str) -> int | None:
    return number(body, name, None, -LARGEST, LARGEST)


# By path, the override that it runs, the argument that is the id in the path, and how the other arguments are read.
ROUTES: Mapping[str, tuple[str, str, Mapping[str, Read]]] = {
    "/balance": ("set_balance", "", {"available": _amount, "currency": optional_text, "account": optional_text}),
    "/charges/{id}/dispute": ("dispute_charge", "charge", {"kind": optional_text}),
    "/charges/{id}/fraud_warning": ("warn_of_fraud", "charge", {}),
    "/charges/{id}/review": ("review_charge", "charge", {}),
    "/payment_intents/{id}/complete_3ds": ("complete_3ds", "intent", {"outcome": optional_text}),
    "/payouts/{id}/settle": ("settle_payout", "payout", {"outcome": text, "failure_code": optional_text}),
    "/setup_intents/{id}/complete_3ds": ("complete_3ds", "intent", {"outcome": optional_text}),
    "/disputes/{id}/decide": ("decide_dispute", "dispute", {"outcome": text}),
}


async def _run(path: str, request: Request) -> Response:
    """Runs an override, and responds with the object that it changed. Raises ControlError."""
    name, subject, fields = ROUTES[path]
    sandbox, body = sandbox_of(request), await fields_of(request, *fields)
    given = {field: read(body, field) for field, read in fields.items()}
    if subject:
        given[subject] = request.path_params["id"]
    override: Callable[..., Json] = getattr(import_module(OVERRIDES), name)
    now = await catch_up(sandbox)
    try:
        with Transaction(sandbox, Origin(now)):
            return respond(override(sandbox, **{field: value for field, value in given.items() if value is not None}))
    except LookupError as error:
        message, hint = str(error.args[0]), "Use the key that created it. A reset deletes everything."
        raise ControlError(404, "object_not_found", f"{message}.", hint) from None
    except (StripeError, ValueError) as error:
        message = error.body.message if isinstance(error, StripeError) else f"{error}."
        raise ControlError(400, "invalid_override", message, "Nothing was changed.") from None


ENDPOINTS: Mapping[str, Callable[[Request], Awaitable[Response]]] = {path: partial(_run, path) for path in ROUTES}
