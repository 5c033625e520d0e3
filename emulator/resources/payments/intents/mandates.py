"""Mandates: the customer's permission to debit a payment method."""

from __future__ import annotations

from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import filled, hash_of
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, stored
from emulator.resources.payments.methods import method_state
from emulator.resources.payments.methods.method_state import MethodState
from emulator.schema.check import Params
from emulator.schema.shape import Ref
from emulator.schema.trees import hash_at
from emulator.store.table import Row

NAME = "mandate"


def acceptance_of(call: Call) -> Params | None:
    """The acceptance by the customer that a request describes, None where it describes none."""
    data = call.params.get("mandate_data")
    return hash_at(data, "customer_acceptance") if isinstance(data, dict) else None


def mandate_of(call: Call) -> str | None:
    """The mandate that a request names, None where it names none. Raises StripeError for an unknown one."""
    wanted = call.params.get(NAME)
    if wanted and objects.get(call.scope, NAME, str(wanted)) is None:
        raise errors.no_such(NAME, str(wanted), NAME, other_mode=call.sandbox.other_mode_of(str(wanted)))
    return str(wanted) if wanted else None


def accept(scope: Scope, method: Row[bytes], acceptance: Params, single_use: Fields | None) -> Row[bytes]:
    """Store the mandate of a payment method, and return the payment method with it.

    `single_use` are the amount and the currency of a mandate for one payment.
    """
    fields = decode(method)
    kind = str(fields["type"])
    use: Fields = {"type": "single_use", "single_use": single_use} if single_use else _MULTI_USE
    mandate: Fields = {
        **use,
        "customer_acceptance": _acceptance(scope, acceptance),
        "payment_method": method.id,
        "payment_method_details": _details(kind),
        "status": "active",
    }
    identifier = scope.sandbox.ids.in_account(NAME, scope.now, scope.owner)
    objects.add(scope, NAME, identifier, mandate)
    return objects.replace(scope, method_state.NAME, method, {**fields, **kept(MethodState(_mandate=identifier))})


_MULTI_USE: Fields = {"type": "multi_use", "multi_use": {}}


def _acceptance(scope: Scope, sent: Params) -> Fields:
    online = hash_at(sent, "online")
    shown: Fields = {"accepted_at": cast("int", sent.get("accepted_at", scope.now)), "type": str(sent.get("type"))}
    if shown["type"] == "online":
        return {
            **shown,
            "online": {name: cast("str | None", online.get(name)) for name in ("ip_address", "user_agent")},
        }
    return {**shown, "offline": {}}


def _details(kind: str) -> Fields:
    """`payment_method_details`: the hash of the type. References and documents are empty (our choice)."""
    shape = hash_of(Ref(f"mandate_{kind}"), {})
    return {kind: filled(shape, {}) if shape else {}, "type": kind}


MANDATES = stored(NAME, NAME, noun=NAME, param=NAME, absent=("multi_use", "on_behalf_of", "single_use"))
RESOURCES = (MANDATES,)
