"""`/v1/payment_methods`."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.resources import objects
from emulator.resources.endpoint import Call, Scope
from emulator.resources.payments.methods import payment_methods
from emulator.resources.payments.methods.payment_methods import NAME
from emulator.resources.resource import Diff, Resource
from emulator.resources.snapshots import snapshot
from emulator.resources.stored import stored
from emulator.store.events import NewEvent
from emulator.wire.json import Json


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """Saving for a customer, and removing from one; making a payment method has no event (observed)."""
    if diff.before is None or diff.after is None:
        return
    before = resource.render(diff.sandbox, diff.before, diff.then)
    after = resource.render(diff.sandbox, diff.after, diff.now)
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    if before["customer"] != after["customer"]:
        if after["customer"]:
            yield snapshot("payment_method.attached", account, None, after)
        else:
            yield snapshot("payment_method.detached", account, before, after)


def _create(call: Call) -> Json:
    """POST /v1/payment_methods. Raises StripeError."""
    row = payment_methods.from_data(call, call.params)
    return objects.shown(call.scope, NAME, row)


def _retrieve(call: Call) -> Json:
    """GET /v1/payment_methods/{payment_method}. Raises StripeError."""
    row = payment_methods.resolve(call.scope, call.path[NAME], status=404)
    return objects.shown(call.scope, NAME, row)


PAYMENT_METHODS = stored(
    NAME,
    "pm",
    noun="PaymentMethod",
    verbs={"create": _create, "retrieve": _retrieve},
    events=_events,
)
RESOURCES = (PAYMENT_METHODS,)
