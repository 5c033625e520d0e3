"""An account as v2 shows it: every name is there, and null is what is not included or not known."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping

from emulator import catalog
from emulator.resources.connect.accounts.base.identity import representative
from emulator.resources.connect.accounts.requirements.status import Status, status_of
from emulator.resources.v2.accounts import capabilities, field_names, id_numbers
from emulator.resources.v2.accounts import requirements as requirements_v2
from emulator.resources.v2.accounts.combinations import collector_of
from emulator.resources.v2.accounts.person_fields import person_body
from emulator.schema.check import Params
from emulator.schema.trees import dig, hash_at, nest, overlay, rename, split_path
from emulator.store.rows import Account, AccountV2Fields
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp

ACCOUNT = "v2.core.account"
_BUSINESS = ("identity", "business_details")
# What is there before anything is sent: observed of a merchant and of a company, official of a customer.
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
    """The account object. `include` names what it shows besides, which is null otherwise (official)."""
    status = status_of(account, now)
    tree = sent_of(account)
    own = account.v2 or AccountV2Fields()
    body: dict[str, Json] = {
        "applied_configurations": list(own.applied),
        "closed": closed,
        "configuration": _configuration(account, own, tree, status, include),
        "contact_email": account.email or None,
        "contact_phone": tree.get("contact_phone"),
        "created": format_timestamp(account.created),
        "dashboard": own.dashboard,
        "display_name": tree.get("display_name"),
        "id": account.id,
        "livemode": livemode,
        "metadata": dict(sorted(account.metadata.items())),
        "object": ACCOUNT,
    }
    if "defaults" in include:
        body["defaults"] = _defaults(account, own, tree)
    if "identity" in include:
        body["identity"] = _identity(account, tree)
    if "requirements" in include:
        body["requirements"] = requirements_v2.requirements(account, status)
    if "future_requirements" in include:
        body["future_requirements"] = requirements_v2.future_requirements(account, status)
    return catalog.fill(ACCOUNT, body)


def sent_of(account: Account) -> Params:
    """All that was sent, in the words of v2: from the shared model, and from what v2 keeps for itself."""
    model: Params = dict(account.fields)
    for name, value in (("business_type", account.business_type), ("email", account.email)):
        if value:
            model[name] = value
    shared = rename(model, field_names.ACCOUNT_V1)
    for path in field_names.ACCOUNT:
        found = dig(shared, split_path(path)) if path.endswith(".date") else None
        if isinstance(found, int):
            shared = overlay(shared, nest(split_path(path), format_timestamp(found)))
    tree = id_numbers.documents_with_types(overlay(account.v2.fields if account.v2 else {}, shared), *_BUSINESS)
    typed = dig(tree, (*_BUSINESS, "id_numbers"))
    known = id_numbers.of_company(hash_at(account.fields, "company"), typed, account.country)
    return tree if typed is None and not known else overlay(tree, nest((*_BUSINESS, "id_numbers"), known))


def _configuration(
    account: Account, own: AccountV2Fields, tree: Params, status: Status, include: Collection[str]
) -> dict[str, Json] | None:
    """The configurations that are included and were ever applied; null when none is included (official, observed)."""
    wanted = [name for name in field_names.CONFIGURATIONS if f"configuration.{name}" in include]
    if not wanted:
        return None
    sent = hash_at(tree, "configuration")
    return {
        name: {"applied": name in own.applied, **_PARTS[name](account, hash_at(sent, name), status)}
        for name in wanted
        if name in own.known
    }


def _customer(account: Account, sent: Params, _: Status) -> dict[str, Json]:
    """Its taxes are where its identity is, once an address or a country is known (our choice)."""
    prefix: Params = {"billing": {"invoice": {"prefix": _prefix(account)}}}
    shown = overlay(overlay(_CUSTOMER, prefix), {name: sent[name] for name in sent if name != "capabilities"})
    requested = dig(sent, ("capabilities", "automatic_indirect_tax", "requested")) is True
    active: Json = {"status": "active", "status_details": []}
    tax = overlay(hash_at(shown, "automatic_indirect_tax"), _location(account))
    return {
        **shown,
        "automatic_indirect_tax": tax,
        "capabilities": {"automatic_indirect_tax": active if requested else None},
    }


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
    """The prefix of its invoices: eight signs, as in the official example."""
    return hashlib.sha256(account.id.encode()).hexdigest()[:8].upper()


def _merchant(account: Account, sent: Params, status: Status) -> dict[str, Json]:
    applied = field_names.MERCHANT in (account.v2.applied if account.v2 else ())
    return {**overlay(_MERCHANT, sent), "capabilities": capabilities.merchant(account, status) if applied else None}


def _recipient(account: Account, sent: Params, status: Status) -> dict[str, Json]:
    applied = field_names.RECIPIENT in (account.v2.applied if account.v2 else ())
    return {**sent, "capabilities": capabilities.recipient(account, status) if applied else None}


_PARTS: Mapping[str, Callable[[Account, Params, Status], dict[str, Json]]] = {
    field_names.CUSTOMER: _customer,
    field_names.MERCHANT: _merchant,
    field_names.RECIPIENT: _recipient,
}


def _defaults(account: Account, own: AccountV2Fields, tree: Params) -> dict[str, Json]:
    """Responsibilities are those of merchants and recipients; of a mere customer they are null (our choice)."""
    who = account.controller
    responsibilities: Json = {
        "fees_collector": collector_of(who.fees_payer),
        "losses_collector": who.losses_payments,
        "requirements_collector": who.requirement_collection,
    }
    connected = {field_names.MERCHANT, field_names.RECIPIENT} & set(own.applied)
    return {
        **hash_at(tree, "defaults"),
        "currency": account.default_currency,
        "responsibilities": responsibilities if connected else None,
    }


def _identity(account: Account, tree: Params) -> dict[str, Json]:
    """The person is there for individuals alone (official)."""
    person = representative(account) if account.business_type == "individual" else None
    return {
        **overlay(_IDENTITY, hash_at(tree, "identity")),
        "country": account.country if account.v2 is None or account.v2.country else None,
        "entity_type": account.business_type or None,
        "individual": person_body(account, person) if person else None,
    }
