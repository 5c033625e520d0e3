"""Accounts that v2 has made, as fixtures of v2: what was sent of them, in its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from emulator.resources.accounts import countries
from emulator.resources.accounts.capabilities import TRANSFERS
from emulator.resources.accounts.identity import opener
from emulator.resources.v2 import names, people
from emulator.resources.v2.capabilities import merchants
from emulator.resources.v2.combinations import collector_of
from emulator.resources.v2.render import sent_of
from emulator.store.rows import Account, Person, SecondApi
from emulator.wire.json import Json

Hash = dict[str, Json]
# What an answer says of a person that no request does.
_SHOWN_ONLY = frozenset({"account", "created", "id", "object", "updated"})
# The type of a number that only v1 was told of.
_NUMBER, _LAST_4 = "us_ssn", "us_ssn_last_4"
_TAX_ID = "us_ein"


def created(account: Account) -> tuple[Hash, list[str]]:
    """The parameters that make an account again, and the ids of what they make."""
    own = account.v2 or SecondApi()
    individual = opener(account) if account.business_type == "individual" else None
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
    return {name: value for name, value in params.items() if value != {}}, ids


def person(row: Person) -> Hash:
    """The parameters that make a person again."""
    body = people.person_body(row)
    sent: Hash = {
        name: value for name, value in body.items() if name not in _SHOWN_ONLY and value not in (None, [], {})
    }
    numbers = [_numbered(each, row) for each in _listed(body.get("id_numbers"))] or list(_numbers(row))
    documents = _documents(row)
    return {**sent, **({"id_numbers": numbers} if numbers else {}), **({"documents": documents} if documents else {})}


def left_out(account: Account) -> Iterator[str]:
    """What no fixture of v2 says of an account."""
    own = account.v2 or SecondApi()
    for name in own.known:
        if name not in own.applied:
            yield f"{account.id}: its configuration {name}, which was deactivated"


def _configuration(account: Account, tree: Hash, name: str) -> Json:
    sent = dict(_hash(_hash(tree.get("configuration")).get(name)))
    requested: Hash = {"requested": True}
    if name == names.MERCHANT and merchants(account):
        sent["capabilities"] = dict.fromkeys(merchants(account), requested)
    if name == names.RECIPIENT and TRANSFERS in account.capabilities:
        sent["capabilities"] = {"stripe_balance": {"stripe_transfers": requested}}
    return sent


def _defaults(account: Account, own: SecondApi, tree: Hash) -> Hash:
    sent = {name: value for name, value in _hash(tree.get("defaults")).items() if name != "currency"}
    if account.default_currency != countries.currency_of(account.country):
        sent["currency"] = account.default_currency
    if {names.MERCHANT, names.RECIPIENT}.intersection(own.applied):
        who = account.controller
        sent["responsibilities"] = {
            "fees_collector": collector_of(who.fees_payer),
            "losses_collector": who.losses_payments,
        }
    return sent


def _identity(account: Account, own: SecondApi, tree: Hash, individual: Person | None) -> Hash:
    """The acceptance of the terms is told only where the platform may."""
    sent = dict(_hash(tree.get("identity")))
    attested = dict(_hash(sent.get("attestations")))
    if account.controller.requirement_collection == "stripe":
        attested.pop("terms_of_service", None)
    business = dict(_hash(sent.get("business_details")))
    numbers = list(_company_numbers(account, business))
    if numbers:
        business["id_numbers"] = numbers
    parts: Hash = {
        **sent,
        "attestations": attested,
        "business_details": business,
        **({"country": account.country} if own.country else {}),
        **({"entity_type": account.business_type} if account.business_type else {}),
        **({"individual": _individual(individual)} if individual else {}),
    }
    return {name: value for name, value in parts.items() if value != {}}


def _individual(row: Person) -> Json:
    sent = person(row)
    roles = {name: value for name, value in _hash(sent.get("relationship")).items() if name != "representative"}
    rest = {name: value for name, value in sent.items() if name != "relationship"}
    return {**rest, **({"relationship": roles} if roles else {})}


def _numbered(each: Hash, row: Person) -> Json:
    last = str(each.get("type")).endswith("last_4")
    return {**each, "value": str(row.fields.get("ssn_last_4" if last else "id_number", ""))}


def _numbers(row: Person) -> Iterator[Json]:
    """Numbers that v1 was told."""
    for name, kind in (("id_number", _NUMBER), ("ssn_last_4", _LAST_4)):
        if name in row.fields:
            yield {"type": kind, "value": str(row.fields[name])}


def _company_numbers(account: Account, business: Hash) -> Iterator[Json]:
    company = _hash(cast("Json", account.fields.get("company")))
    listed = _listed(business.get("id_numbers"))
    for each in listed:
        vat = str(each.get("type")).endswith("_vat")
        yield {**each, "value": str(company.get("vat_id" if vat else "tax_id", ""))}
    if not listed and "tax_id" in company:
        yield {"type": _TAX_ID, "value": str(company["tax_id"])}


def _documents(row: Person) -> Json:
    """Documents by the test tokens that they came as."""
    body = dict(_hash(people.person_body(row).get("documents")))
    tokens = _hash(cast("Json", row.fields.get("tokens")))
    for old, new in (("document", "primary_verification"), ("additional_document", "secondary_verification")):
        if old in tokens:
            body[new] = {"front_back": {"front": tokens[old]}, "type": "front_back"}
    return body


def _hash(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Json) -> list[Hash]:
    return [dict(each) for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
