"""Payments under a test's control: actions of banks and card holders, which emit their events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module

from emulator.control.endpoints.overriding import Asked, Handler, overriding
from emulator.control.endpoints.reading import Body, number, optional_text, text
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


def _run(path: str, asked: Asked) -> Json:
    """Run an override, and show the object that it changed."""
    name, subject, fields = ROUTES[path]
    given = {field: read(asked.body, field) for field, read in fields.items()}
    if subject:
        given[subject] = asked.path["id"]
    override: Callable[..., Json] = getattr(import_module(OVERRIDES), name)
    return override(asked.sandbox, **{field: value for field, value in given.items() if value is not None})


ENDPOINTS: Mapping[str, Handler] = {
    path: overriding(partial(_run, path), *fields) for path, (_, _, fields) in ROUTES.items()
}
