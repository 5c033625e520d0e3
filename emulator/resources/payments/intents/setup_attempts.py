"""`/v1/setup_attempts`: the confirmations of a setup intent, with their results."""

from __future__ import annotations

from typing import cast

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import filled, hash_of
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, stored
from emulator.schema.shape import Ref
from emulator.store.table import Row
from emulator.wire.json import Json

NAME = "setup_attempt"
_COPIED = ("application", "customer", "flow_directions", "on_behalf_of", "usage")


def add(scope: Scope, intent: Row[bytes], method: Row[bytes], **changed: Json) -> Row[bytes]:
    """Store the attempt of a confirmation. `changed` has its `status`, and its error or its authentication."""
    fields, proof = decode(intent), changed.pop("three_d_secure", None)
    new: Fields = {
        **{name: fields.get(name) for name in _COPIED},
        "payment_method": method.id,
        "payment_method_details": details(method, proof),
        "setup_error": None,
        "setup_intent": intent.id,
        **changed,
    }
    identifier = scope.sandbox.ids.in_account("setatt", scope.now, scope.owner)
    return objects.add(scope, NAME, identifier, new, parent=intent.id)


def end(scope: Scope, identifier: object, method: Row[bytes], **changed: Json) -> None:
    """End an attempt that waits for its customer."""
    row = objects.get(scope, NAME, cast("str | None", identifier))
    if row is not None:
        shown = details(method, changed.pop("three_d_secure", None))
        objects.change(scope, NAME, row, payment_method_details=shown, **changed)


def details(method: Row[bytes], proof: Json) -> Fields:
    """`payment_method_details`: the payment method as it was set up."""
    fields = decode(method)
    kind = str(fields["type"])
    shape = hash_of(Ref(f"setup_attempt_payment_method_details_{kind}"), {})
    used = fields.get(kind)
    known = shape.kind.properties if shape else {}
    own: Fields = {name: value for name, value in (used if isinstance(used, dict) else {}).items() if name in known}
    if kind == "card":
        own |= {"network": own.get("brand"), "three_d_secure": proof}
    return {kind: dict(sorted(filled(shape, own).items())) if shape else own, "type": kind}


SETUP_ATTEMPTS = stored(NAME, "setatt", noun=NAME, filters=["setup_intent"])
RESOURCES = (SETUP_ATTEMPTS,)
