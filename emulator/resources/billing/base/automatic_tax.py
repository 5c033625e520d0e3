"""`automatic_tax` without a registration: nothing is collected, and the status says whether the place is known.

Rates of taxes are not emulated: with an active registration, a request for automatic tax is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base.tax_locations import collects, location_of
from emulator.schema.check import Params
from emulator.schema.trees import hash_in
from emulator.wire.json import Json

NAME = "automatic_tax"
COMPLETE, UNKNOWN = "complete", "requires_location_inputs"
UNFINISHED = "finalization_requires_location_inputs"
LIABLE: Json = {"type": "self"}


def is_on(fields: Mapping[str, object]) -> bool:
    """Whether an object, or a request, has automatic tax."""
    return bool(hash_in(fields, NAME).get("enabled"))


def check(call: Call, params: Params | None = None) -> None:
    """Refuse automatic tax by name where the liable account collects taxes. Raises StripeError."""
    sent = hash_in(call.params if params is None else params, NAME)
    if not sent.get("enabled"):
        return
    account = hash_in(sent, "liability").get("account")
    if collects(call.scope.of(str(account)) if account else call.scope):
        raise errors.param_not_emulated((NAME, "enabled"))


def is_located(scope: Scope, customer: Json) -> bool:
    """Whether the place of a customer is known."""
    row = objects.get(scope, "customer", str(customer or ""))
    return row is not None and location_of(scope, shared(row)) is not None


def check_located(scope: Scope, fields: Mapping[str, Json]) -> None:
    """Refuse to bill a customer whose place is not known, with automatic tax. Raises StripeError."""
    if is_on(fields) and not is_located(scope, fields.get("customer")):
        raise errors.customer_tax_location_invalid()


def of_terms(fields: Mapping[str, Json]) -> Fields:
    """The hash of a subscription or a payment link: without a status."""
    sent = hash_in(fields, NAME)
    return {**sent, "liability": hash_in(sent, "liability") or LIABLE} if sent.get("enabled") else sent


def of_bill(scope: Scope, fields: Mapping[str, Json], *, located: bool | None = None) -> Fields:
    """The hash of an invoice, a session or a quote, with its status."""
    if not is_on(fields):
        return hash_in(fields, NAME)
    known = is_located(scope, fields.get("customer")) if located is None else located
    return {**of_terms(fields), "provider": "stripe", "status": COMPLETE if known else UNKNOWN}
