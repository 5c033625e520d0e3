"""The customer of a checkout session: an existing one, one that is made when the session is paid, or a guest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from emulator import errors
from emulator.model.asking import requests
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import whole
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.checkout.checks import PAYMENT
from emulator.resources.billing.checkout.kept import SessionState, payer_of, payment_intent_data
from emulator.resources.billing.checkout.payers import Payer
from emulator.resources.payments.intents.confirmation import setup_of
from emulator.resources.payments.methods import tax_ids
from emulator.resources.payments.methods.method_state import CUSTOMER
from emulator.resources.payments.methods.payment_methods import ADDRESS
from emulator.schema.trees import hash_in
from emulator.wire.json import Json

DETAILS = "payment_pages_checkout_session_customer_details"


def of(scope: Scope, fields: Mapping[str, Json], payer: Payer) -> str | None:
    """The id of the customer, None for a guest. A new one is made by the first attempt to pay."""
    pending = payer_of(fields).get("customer")
    if fields.get("customer"):
        return _updated(scope, fields, payer, str(fields["customer"]))
    if pending and objects.get(scope, CUSTOMER, str(pending)) is not None:
        return str(pending)
    return _new(scope, payer) if is_made(fields) else None


def is_made(fields: Mapping[str, Json]) -> bool:
    """Whether a session without a customer makes one (official)."""
    if fields["mode"] != PAYMENT or fields.get("customer_creation") == "always":
        return True
    data = payment_intent_data(fields)
    options = {"payment_method_options": fields.get("payment_method_options")}
    saves = setup_of({**data, **options})
    return bool(saves) or bool(hash_in(fields, "invoice_creation").get("enabled"))


def _new(scope: Scope, payer: Payer) -> str:
    row = requests.create(scope, CUSTOMER, _known(payer))
    _add_tax_ids(scope, row.id, payer)
    return row.id


def _known(payer: Payer) -> Fields:
    return {
        "address": _named(payer.billing),
        "email": payer.email,
        "name": payer.name,
        "phone": payer.phone,
        "shipping": {**payer.shipping, "address": _named(hash_in(payer.shipping, "address"))}
        if payer.shipping
        else None,
    }


def _named(address: Fields | None) -> Fields | None:
    return {name: value for name, value in address.items() if value} if address else None


def _updated(scope: Scope, fields: Mapping[str, Json], payer: Payer, customer: str) -> str:
    """An existing customer gets an email where it has none, and the details that `customer_update` saves (official)."""
    row = objects.get(scope, CUSTOMER, customer)
    if row is None:  # it was deleted meanwhile
        raise errors.no_such(CUSTOMER, customer, CUSTOMER)
    known, updates = shared(row), private(SessionState, fields).get("_customer_update", {})
    found: Fields = {}
    if payer.email and not known.get("email"):
        found["email"] = payer.email
    wanted = {"name": payer.name, "address": payer.billing, "shipping": payer.shipping}
    for name, value in wanted.items():
        if updates.get(name) == "auto" and value:
            found[name] = value
    if any(known.get(name) != value for name, value in found.items()):
        objects.replace(scope, CUSTOMER, row, {**known, **found})
    _add_tax_ids(scope, customer, payer)
    return customer


def _add_tax_ids(scope: Scope, customer: str, payer: Payer) -> None:
    for each in payer.tax_ids:
        tax_ids.add(scope, customer, str(each["type"]), str(each["value"]), "tax_id")


def details(fields: Mapping[str, Json], payer: Payer) -> Fields:
    """`customer_details` of a session that is complete."""
    known = hash_in(fields, "customer_details")
    billing = {name: (payer.billing or {}).get(name) for name in ADDRESS}
    found: Fields = {
        "address": billing,
        "business_name": payer.business_name,
        "email": payer.email or known.get("email"),
        "name": payer.name,
        "phone": payer.phone,
        "tax_exempt": known.get("tax_exempt") or "none",
        "tax_ids": cast("Json", list(payer.tax_ids)),
    }
    return whole(DETAILS, found)
