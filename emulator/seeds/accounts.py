"""Connected accounts as fixtures: what was sent of them, as the requests that would send it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from emulator.resources.connect.accounts.base import countries
from emulator.resources.connect.accounts.base.identity import representative, shows_individual
from emulator.resources.connect.accounts.endpoints import URL as V1_URL
from emulator.resources.v2.accounts.endpoints import URL as V2_URL
from emulator.sandbox.clock import wall
from emulator.schema.check import Value
from emulator.schema.trees import hash_at
from emulator.seeds import accounts_v2
from emulator.store.rows import Account, ExternalAccount, Person
from emulator.wire.json import Json

Hash = dict[str, Json]
# Of a card, what the number says.
_FOLLOWS = frozenset({"brand", "cvc_check", "funding"})
# Of what was sent: the documents' tokens, which stand elsewhere, and what v2 alone was told.
_NOT_SENT = frozenset({"tokens", "v2"})
_ACCEPTANCE = frozenset({"date", "ip", "user_agent"})


def fixtures_of(account: Account) -> Iterator[Hash]:
    """The fixtures that make an account again, with its id, its persons and its external accounts."""
    account = _accepted_by_now(account)
    reference = f"{V1_URL}/${{{account.id}:id}}"
    banks = account.external_accounts[::-1]
    if account.v2:
        yield from _of_v2(account)
        yield from _onwards(account, reference, banks)
        return
    persons = account.persons[::-1]
    individual = representative(account) if shows_individual(account) else None
    along = individual if persons[:1] == (individual,) else None
    yield _created(account, along, banks[:1])
    for person in persons[bool(along) :]:
        if person == individual:
            yield _fixture(person.id, reference, {"individual": _individual(person)}, [person.id])
        else:
            yield _fixture(person.id, f"{reference}/persons", _person(person), [person.id])
    yield from _onwards(account, reference, banks[1:])


def _onwards(account: Account, reference: str, banks: Sequence[ExternalAccount]) -> Iterator[Hash]:
    """The rest, which v1 alone is told: external accounts, the end of the onboarding, what was given back, a rejection.

    The onboarding asks for the usual capabilities again where an account has none.
    """
    for bank in banks:
        yield _fixture(bank.id, f"{reference}/external_accounts", {"external_account": _source(bank)}, [bank.id])
    if account.onboarded:
        yield {"name": f"{account.id}_onboarded", "path": reference, "method": "get", "_onboard": True}
    if account.onboarded or not account.v2:
        for name in _given_back(account):
            params: Hash = {"requested": False}
            yield _fixture(f"{account.id}_without_{name}", f"{reference}/capabilities/{name}", params)
    if account.rejected:
        yield _fixture(f"{account.id}_rejected", f"{reference}/reject", {"reason": account.rejected.rpartition(".")[2]})


def _of_v2(account: Account) -> Iterator[Hash]:
    params, ids = accounts_v2.created(account)
    first, later = accounts_v2.declared(params)
    yield _fixture(account.id, V2_URL, first, ids)
    if later:
        yield _fixture(f"{account.id}_declared", f"{V2_URL}/${{{account.id}:id}}", later)
    alone = account.business_type == "individual"  # other persons are from before it was, and v1 alone takes them
    for person in reversed(account.persons):
        if person.id not in ids:
            path = f"{V1_URL if alone else V2_URL}/${{{account.id}:id}}/persons"
            params = _person(person) if alone else accounts_v2.person(account, person)
            yield _fixture(person.id, path, params, [person.id])


def _fixture(name: str, path: str, params: Hash, ids: Sequence[str] = ()) -> Hash:
    own: Hash = {"_id": ids[0] if len(ids) == 1 else list(ids)} if ids else {}
    return {"name": name, "path": path, "method": "post", "params": params, **own}


def _created(account: Account, individual: Person | None, banks: Sequence[ExternalAccount]) -> Hash:
    ids = [account.id, *([individual.id] if individual else []), *(bank.id for bank in banks)]
    params: Hash = {
        **_kind(account),
        "country": account.country,
        **{name: value for name in ("email", "business_type") if (value := getattr(account, name)) is not None},
        **({"capabilities": _capabilities(account)} if account.requested_at and account.type != "standard" else {}),
        **_fields(account),
    }
    if account.default_currency != countries.currency_of(account.country):
        params["default_currency"] = account.default_currency
    if individual:
        params["individual"] = _individual(individual)
    if banks:
        params["external_account"] = _source(banks[0])
    if account.metadata:
        params["metadata"] = dict(account.metadata)
    return _fixture(account.id, "/v1/accounts", params, ids)


def _kind(account: Account) -> Hash:
    if account.type != "none":
        return {"type": account.type}
    who = account.controller
    return {
        "controller": {
            "fees": {"payer": who.fees_payer},
            "losses": {"payments": who.losses_payments},
            "requirement_collection": who.requirement_collection,
            "stripe_dashboard": {"type": who.dashboard},
        }
    }


def _capabilities(account: Account) -> Hash:
    """Those that were given back are asked for, too, and given back later."""
    return {name: {"requested": True} for name in sorted({*account.capabilities, *_given_back(account)})}


def _given_back(account: Account) -> list[str]:
    return sorted(set(account.requested_at) - set(account.capabilities))


def _fields(account: Account) -> Hash:
    """What was sent as it was sent; the acceptance only where the platform may tell of it."""
    sent = _sent(account.fields, "company")
    terms = sent.get("tos_acceptance")
    if isinstance(terms, dict) and account.controller.requirement_collection == "stripe":
        sent["tos_acceptance"] = {name: value for name, value in terms.items() if name not in _ACCEPTANCE}
    return {name: value for name, value in sent.items() if value != {}}


def _accepted_by_now(account: Account) -> Account:
    """The account with terms accepted by now: its sandbox's clock may be ahead of that of who loads the world."""
    terms = hash_at(account.fields, "tos_acceptance")
    date = terms.get("date")
    if not isinstance(date, int) or date <= wall():
        return account
    return replace(account, fields={**account.fields, "tos_acceptance": {**terms, "date": wall()}})


def _individual(person: Person) -> Hash:
    """The representative of an individual's account is one by definition, and is not told so."""
    sent = _person(person)
    roles = sent.get("relationship")
    told = {name: value for name, value in roles.items() if name != "representative"} if isinstance(roles, dict) else {}
    rest = {name: value for name, value in sent.items() if name != "relationship"}
    return {**rest, **({"relationship": told} if told else {})}


def _person(person: Person) -> Hash:
    metadata: Hash = {"metadata": dict(person.metadata)} if person.metadata else {}
    return {**_sent(person.fields), **metadata}


def _source(row: ExternalAccount) -> Hash:
    number = "account_number" if row.object == "bank_account" else "number"
    source: Hash = {"object": row.object, number: row.number, "currency": row.currency}
    if row.object == "bank_account":
        source["country"] = row.country
    if row.routing is not None:
        source["routing_number"] = row.routing
    source |= {name: _plain(value) for name, value in row.fields.items() if name not in _FOLLOWS}
    if row.default_for_currency:
        source["default_for_currency"] = True
    return {**source, **({"metadata": dict(row.metadata)} if row.metadata else {})}


def _sent(fields: Mapping[str, Value], verified: str = "") -> Hash:
    """Fields as they were sent: documents by the test tokens that they came as, which stand apart under `tokens`."""
    sent: Hash = {name: _plain(value) for name, value in fields.items() if name not in _NOT_SENT}
    tokens = fields.get("tokens")
    if isinstance(tokens, dict):
        documents: Hash = {name: {"front": _plain(token)} for name, token in tokens.items()}
        holder = sent.get(verified) if verified else sent
        if isinstance(holder, dict):
            holder["verification"] = documents
    return sent


def _plain(value: Value) -> Json:
    """JSON that the Stripe CLI sends whole: it drops the numbers of arrays, but not their texts."""
    if isinstance(value, Mapping):
        return {name: _plain(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) if isinstance(child, Mapping | list) else str(child) for child in value]
    return value
