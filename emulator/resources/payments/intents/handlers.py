"""The endpoints of one intent: it is found by its id, a publishable key knows its secret, and refusals carry it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from emulator import errors
from emulator.errors import Stage, StripeError
from emulator.resources import objects
from emulator.resources.endpoint import Call
from emulator.resources.payments.intents import secrets
from emulator.resources.payments.intents.confirmation import secret_of
from emulator.resources.resource import Fields, Handler
from emulator.store.table import Row
from emulator.wire.json import Json

Shown = Callable[[Call, Row[bytes]], Fields]


def on(kind: str, noun: str, shown: Shown, change: Callable[[Call, Row[bytes]], Row[bytes]]) -> Handler:
    """The endpoint of a change of one intent. A refusal shows the intent as it was, a decline as it is then."""

    def handle(call: Call) -> Json:
        row = found(call, kind, noun)
        try:
            with declines_carry(call, kind, row, shown):
                return shown(call, change(call, row))
        except StripeError as error:
            if error.body.changes_stay or error.body.stage is not Stage.RUN:
                raise
            raise error.with_details({kind: shown(call, row)}) from None

    return handle


@contextmanager
def declines_carry(call: Call, kind: str, row: Row[bytes], shown: Shown) -> Iterator[None]:
    """Add the intent, as it is then, to the error of a decline, whose changes stay."""
    try:
        yield
    except StripeError as error:
        now = objects.get(call.scope, kind, row.id)
        if not error.body.changes_stay or now is None:
            raise
        raise error.with_details({kind: shown(call, now)}, changes_stay=True) from None


def found(call: Call, kind: str, noun: str) -> Row[bytes]:
    """The intent of the path, whose secret a publishable key has to know. Raises StripeError."""
    identifier = call.path["intent"]
    row = objects.get(call.scope, kind, identifier)
    if row is None:
        raise errors.no_such(noun, identifier, "intent", 404, call.sandbox.other_mode_of(identifier))
    secrets.check(call, kind, secret_of(row))
    return row
