"""Accounts that v2 has made, as fixtures of v2: what was sent of them, in its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import cast

from emulator.resources.connect.accounts.base import countries
from emulator.resources.connect.accounts.base.capability_rules import TRANSFERS
from emulator.resources.connect.accounts.base.identity import representative
from emulator.resources.v2.accounts import field_names, id_numbers, person_fields
from emulator.resources.v2.accounts.capabilities import merchants
from emulator.resources.v2.accounts.combinations import collector_of
from emulator.resources.v2.accounts.render import sent_of
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_at, path_tree, without
from emulator.seeds import unsupported_in_v2
from emulator.store.rows import Account, AccountV2Fields, Person
from emulator.wire.json import Json

Hash = dict[str, Json]
# What an answer says of a person that no request does.
_SHOWN_ONLY = frozenset({"account", "created", "id", "object", "updated"})


# What v2 takes of an account that is there, and of none that is made (official).
_DECLARED_LATER = ("directorship_declaration", "ownership_declaration")


def created(account: Account) -> tuple[Hash, list[str]]:
    """The parameters that make an account again, and the ids of what they make."""
    params, ids = whole(account)
    return _without(params, unsupported_in_v2.of_account(account, params)), ids


def declared(params: Hash) -> tuple[Hash, Hash]:
    """The parameters that make an account, and the declarations that only an update takes."""
    attested = _hash(_hash(params.get("identity")).get("attestations"))
    later: Hash = {name: attested[name] for name in _DECLARED_LATER if name in attested}
    first = _without(params, [f"identity.attestations.{name}" for name in later])
    return first, {"identity": {"attestations": later}} if later else {}


def person(account: Account, row: Person) -> Hash:
    """The parameters that make a person again."""
    params = whole_person(account, row)
    return _without(params, unsupported_in_v2.of_person(account, params))


def _without(tree: Hash, paths: Iterable[str]) -> Hash:
    return cast("Hash", without(cast("Params", tree), path_tree(paths)))


def whole_person(account: Account, row: Person) -> Hash:
    """What was told of a person, with what v2 refuses."""
    return _located(_person(account, row), account.country)


def whole(account: Account) -> tuple[Hash, list[str]]:
    """What was told of an account, with what v2 refuses, and the ids of what it makes."""
    own = account.v2 or AccountV2Fields()
    individual = representative(account) if account.business_type == "individual" else None
    if individual and not _individual(account, individual):
        individual = None  # of whom nothing can be told: a person without details
    tree = cast("Hash", sent_of(account))
    params: Hash = {
        **{name: tree[name] for name in ("contact_email", "contact_phone", "display_name") if tree.get(name)},
        **({"dashboard": own.dashboard} if own.dashboard else {}),
        "configuration": {name: _configuration(account, tree, name) for name in own.applied},
        "defaults": _defaults(account, own, tree),
        "identity": _identity(account, own, tree, individual),
        **({"metadata": dict(account.metadata)} if account.metadata else {}),
    }
    ids = [account.id, *([individual.id] if individual else [])]
    return _located({name: value for name, value in params.items() if value != {}}, account.country), ids


def _person(account: Account, row: Person) -> Hash:
    body = person_fields.person_body(account, row)
    sent: Hash = {
        name: value for name, value in body.items() if name not in _SHOWN_ONLY and value not in (None, [], {})
    }
    listed = [_numbered(each, row.fields, id_numbers.person_field) for each in _listed(body["id_numbers"])]
    documents = _documents(body, row.fields)
    return {**sent, **({"id_numbers": listed} if listed else {}), **({"documents": documents} if documents else {})}


def _configuration(account: Account, tree: Hash, name: str) -> Json:
    sent = dict(_hash(_hash(tree.get("configuration")).get(name)))
    requested: Hash = {"requested": True}
    if name == field_names.MERCHANT and merchants(account):
        sent["capabilities"] = dict.fromkeys(merchants(account), requested)
    if name == field_names.RECIPIENT and TRANSFERS in account.capabilities:
        sent["capabilities"] = {"stripe_balance": {"stripe_transfers": requested}}
    return sent


def _defaults(account: Account, own: AccountV2Fields, tree: Hash) -> Hash:
    sent = {name: value for name, value in _hash(tree.get("defaults")).items() if name != "currency"}
    if account.default_currency != countries.currency_of(account.country):
        sent["currency"] = account.default_currency
    if {field_names.MERCHANT, field_names.RECIPIENT}.intersection(own.applied):
        who = account.controller
        sent["responsibilities"] = {
            "fees_collector": collector_of(who.fees_payer),
            "losses_collector": who.losses_payments,
        }
    return sent


def _identity(account: Account, own: AccountV2Fields, tree: Hash, individual: Person | None) -> Hash:
    """The acceptance of the terms is told only where the platform may, and with the address that v2 asks for.

    One without an address is of the hosted onboarding, which is completed again.
    """
    sent = dict(_hash(tree.get("identity")))
    attested = dict(_hash(sent.get("attestations")))
    if account.controller.requirement_collection == "stripe" or not hash_at(account.fields, "tos_acceptance").get("ip"):
        attested.pop("terms_of_service", None)
    business = dict(_hash(sent.get("business_details")))
    company = hash_at(account.fields, "company")
    if business.get("id_numbers"):
        business["id_numbers"] = [
            _numbered(each, company, id_numbers.company_field) for each in _listed(business["id_numbers"])
        ]
    documents = _documents(business, account.fields)
    if documents:
        business["documents"] = documents
    parts: Hash = {
        **sent,
        "attestations": attested,
        "business_details": business,
        **({"country": account.country} if own.country else {}),
        **({"entity_type": account.business_type} if account.business_type else {}),
        **({"individual": _individual(account, individual)} if individual else {}),
    }
    return {name: value for name, value in parts.items() if value != {}}


def _individual(account: Account, row: Person) -> Hash:
    sent = _person(account, row)
    roles = {name: value for name, value in _hash(sent.get("relationship")).items() if name != "representative"}
    rest = {name: value for name, value in sent.items() if name != "relationship"}
    return {**rest, **({"relationship": roles} if roles else {})}


def _numbered(each: Hash, fields: Mapping[str, Value], field: Callable[[str], str]) -> Json:
    """A number, of which answers show the type alone."""
    return {**each, "value": str(fields.get(field(str(each.get("type"))), ""))}


def _located(tree: Hash, country: str) -> Hash:
    """With the account's country in addresses that v1 was told without one, which v2 does not take."""
    return {name: _place(value, country, name) for name, value in tree.items()}


def _place(value: Json, country: str, name: str) -> Json:
    if name == "additional_addresses" and isinstance(value, list):
        return [{"country": country, **_hash(each)} for each in value]
    if not isinstance(value, Mapping):
        return value
    inside = _located(dict(value), country)
    if name == "script_addresses":
        return {script: {"country": country, **_hash(each)} for script, each in inside.items()}
    return {"country": country, **inside} if name == "address" and inside else inside


def _documents(shown: Hash, fields: Mapping[str, Value]) -> Json:
    """Documents by the test tokens that they came as."""
    body = dict(_hash(shown.get("documents")))
    tokens = _hash(cast("Json", fields.get("tokens")))
    for old, new in (("document", "primary_verification"), ("additional_document", "secondary_verification")):
        if old in tokens:
            body[new] = {"front_back": {"front": tokens[old]}, "type": "front_back"}
    return body


def _hash(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Json) -> list[Hash]:
    return [dict(each) for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
