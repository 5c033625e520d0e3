"""The account object of v2. It has every property; those that are not included or not known are null."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping

from emulator import catalog
from emulator.resources.connect.accounts.base.identity import representative
from emulator.resources.connect.accounts.requirements.status import Status, status_of
from emulator.resources.v2.accounts import capabilities, field_names, id_numbers
from emulator.resources.v2.accounts.configurations import collector_of, is_connected
from emulator.resources.v2.accounts.person_fields import person_body
from emulator.resources.v2.accounts.requirements import future_requirements, requirements
from emulator.schema.check import Params
from emulator.schema.trees import dig, hash_at, nest, overlay, rename
from emulator.store.memo import derived_once
from emulator.store.rows import Account, AccountV2Fields
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp

ACCOUNT = "v2.core.account"
_BUSINESS = ("identity", "business_details")
_ID_NUMBERS = (*_BUSINESS, "id_numbers")
# Values before any parameter is sent: observed of a merchant and of a company, official of a customer.
_MERCHANT: Params = {
    "card_payments": {"decline_on": {"avs_failure": False, "cvc_failure": False}},
    "statement_descriptor": {},
    "support": {"address": {}},
}
_CUSTOMER: Params = {
    "automatic_indirect_tax": {"exempt": "none"},
    "billing": {"invoice": {"custom_fields": [], "next_sequence": 1}},
}
_IDENTITY: Params = {"attestations": {"persons_provided": {"directors": False, "executives": False, "owners": False}}}


def render(
    account: Account, *, livemode: bool, include: Collection[str] = (), now: int | None = None, closed: bool = False
) -> dict[str, Json]:
    """The account object. Hashes that `include` does not name are null, and configurations never applied (official)."""
    now = account.changed_at if now is None else now
    own = account.v2 or AccountV2Fields()
    sent = sent_of(account)
    never = {f"configuration.{name}" for name in field_names.CONFIGURATIONS if name not in own.known}
    parts: dict[str, Json] = {
        name: None if name in never else derive(account, now) for name, derive in _PARTS.items() if name in include
    }
    configurations: Json = {name: parts.get(f"configuration.{name}") for name in sorted(field_names.CONFIGURATIONS)}
    return {
        "id": account.id,
        "object": ACCOUNT,
        "applied_configurations": list(own.applied),
        "closed": closed,
        "configuration": configurations if any("." in name for name in parts) else None,
        "contact_email": account.email or None,
        "contact_phone": sent.get("contact_phone"),
        "created": format_timestamp(account.created),
        "dashboard": own.dashboard,
        "defaults": parts.get("defaults"),
        "display_name": sent.get("display_name"),
        "future_requirements": parts.get("future_requirements"),
        "identity": parts.get("identity"),
        "livemode": livemode,
        "metadata": dict(sorted(account.metadata.items())),
        "requirements": parts.get("requirements"),
    }


def sent_of(account: Account) -> Params:
    """All parameters of an account in v2's names: those of the shared model, and those that only v2 has."""
    return _sent(account, 0)


@derived_once
def _sent(account: Account, _now: int) -> Params:
    model: Params = dict(account.fields)
    for name, value in (("business_type", account.business_type), ("email", account.email)):
        if value:
            model[name] = value
    shared = rename(model, field_names.FROM_V1)
    for path, _ in field_names.DATES:
        found = dig(shared, path)
        if isinstance(found, int):
            shared = overlay(shared, nest(path, format_timestamp(found)))
    tree = id_numbers.documents_with_types(overlay(account.v2.fields if account.v2 else {}, shared), *_BUSINESS)
    typed = dig(tree, _ID_NUMBERS)
    known = id_numbers.of_company(hash_at(account.fields, "company"), typed, account.country)
    return tree if typed is None and not known else overlay(tree, nest(_ID_NUMBERS, known))


def _filled(account: Account, name: str, body: dict[str, Json]) -> dict[str, Json]:
    applied = name in (account.v2.applied if account.v2 else ())
    return catalog.fill({"applied": applied, **body}, ACCOUNT, "configuration", name)


@derived_once
def _customer(account: Account, _: int) -> dict[str, Json]:
    """The customer configuration. Taxes are located at the address or country of the identity (our choice)."""
    sent = hash_at(sent_of(account), "configuration", field_names.CUSTOMER)
    prefix: Params = {"billing": {"invoice": {"prefix": _prefix(account)}}}
    shown = overlay(overlay(_CUSTOMER, prefix), {name: sent[name] for name in sent if name != "capabilities"})
    requested = dig(sent, ("capabilities", "automatic_indirect_tax", "requested")) is True
    active: Json = {"status": "active", "status_details": []}
    body: dict[str, Json] = {
        **shown,
        "automatic_indirect_tax": overlay(hash_at(shown, "automatic_indirect_tax"), _location(account)),
        "capabilities": {"automatic_indirect_tax": active if requested else None},
    }
    return _filled(account, field_names.CUSTOMER, body)


def _location(account: Account) -> Params:
    person = representative(account)
    address = hash_at(person.fields if person else account.fields, *(() if person else ("company",)), "address")
    known = account.v2 is not None and account.v2.country
    country = str(address.get("country") or (account.country if known else "")).upper()
    if not country:
        return {}
    state: Params = {"state": address["state"]} if "state" in address else {}
    return {"location": {"country": country, **state}, "location_source": "identity_address"}


def _prefix(account: Account) -> str:
    """The prefix of invoice numbers: eight hexadecimal digits, as in the official example."""
    return hashlib.sha256(account.id.encode()).hexdigest()[:8].upper()


@derived_once
def _merchant(account: Account, now: int) -> dict[str, Json]:
    return _seller(account, now, field_names.MERCHANT, _MERCHANT, capabilities.merchant)


@derived_once
def _recipient(account: Account, now: int) -> dict[str, Json]:
    return _seller(account, now, field_names.RECIPIENT, {}, capabilities.recipient)


def _seller(
    account: Account, now: int, name: str, initial: Params, shown: Callable[[Account, Status], dict[str, Json]]
) -> dict[str, Json]:
    sent = hash_at(sent_of(account), "configuration", name)
    applied = name in (account.v2.applied if account.v2 else ())
    granted = shown(account, status_of(account, now)) if applied else None
    return _filled(account, name, {**overlay(initial, sent), "capabilities": granted})


def _defaults(account: Account, _: int) -> dict[str, Json]:
    """The `defaults` hash. Accounts that are only customers have no responsibilities (our choice)."""
    who = account.controller
    responsibilities: Json = {
        "fees_collector": collector_of(who.fees_payer),
        "losses_collector": who.losses_payments,
        "requirements_collector": who.requirement_collection,
    }
    body: dict[str, Json] = {
        **hash_at(sent_of(account), "defaults"),
        "currency": account.default_currency,
        "responsibilities": responsibilities if account.v2 and is_connected(account.v2.applied) else None,
    }
    return catalog.fill(body, ACCOUNT, "defaults")


@derived_once
def _identity(account: Account, _: int) -> dict[str, Json]:
    """The `identity` hash. Only individuals show a person (official)."""
    person = representative(account) if account.business_type == "individual" else None
    body: dict[str, Json] = {
        **overlay(_IDENTITY, hash_at(sent_of(account), "identity")),
        "country": account.country if account.v2 is None or account.v2.country else None,
        "entity_type": account.business_type or None,
        "individual": person_body(account, person) if person else None,
    }
    return catalog.fill(body, ACCOUNT, "identity")


# Rendered parts are shared between responses and events of one second, so nobody may change them.
_PARTS: Mapping[str, Callable[[Account, int], dict[str, Json]]] = {
    "configuration.customer": _customer,
    "configuration.merchant": _merchant,
    "configuration.recipient": _recipient,
    "defaults": _defaults,
    "future_requirements": future_requirements,
    "identity": _identity,
    "requirements": requirements,
}
