"""Accounts v2: every parameter is shown as it was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emulator import catalog
from emulator.resources.v2.params import NOT_EMULATED
from emulator.schema import spec

from ....api import Api
from .samples import EVERYTHING, SELLER, merged, new_account, updated

SAMPLES: Mapping[str, Any] = {
    "business_url": "https://example.com",
    "contact_email": "other@example.com",
    "contact_phone": "0000000000",
    "country": "US",
    "currency": "usd",
    "date": "2025-01-01T00:00:00.000Z",
    "day": 1,
    "descriptor": "FUREVER",
    "email": "other@example.com",
    "files": ["file_identity_document_success"],
    "front": "file_identity_document_success",
    "back": "file_identity_document_success",
    "ip": "127.0.0.1",
    "mcc": "7299",
    "month": 2,
    "percent_ownership": "25.5",
    "phone": "0000000000",
    "postal_code": "10001",
    "prefix": "FUR",
    "primary_color": "#5469d4",
    "secondary_color": "#fff",
    "fiscal_year_end": "2023-12-31",
    "start_time": "09:00",
    "end_time": "17:30",
    "state": "NY",
    "nationalities": ["us"],
    "url": "https://example.com",
    "year": 1990,
}


# Parameters with rules of their own, or that are never shown.
APART = {"include", "applied", "capabilities", "dashboard", "account_token", "person_token", "storer", "crypto_storer"}


TOGETHER = {"account", "front_back", "kana", "kanji", "shipping"}


def sample(name: str, kind: spec.Type) -> Any:
    if name in SAMPLES:
        return SAMPLES[name]
    if isinstance(kind, spec.Object):
        whole = {inner: sample(inner, param.type) for inner, param in kind.params.items()}
        return {**whole, "country": "JP"} if name in ("kana", "kanji") and "country" in whole else whole
    if isinstance(kind, spec.Array):
        return [numbered(kind.item) if name == "id_numbers" else sample(name, kind.item)]
    if isinstance(kind, spec.Map):
        return {"a": "b"}
    if isinstance(kind, spec.Enum):
        return kind.values[0]
    return True if isinstance(kind, spec.Boolean) else 7 if isinstance(kind, spec.Integer) else "text"


def numbered(kind: spec.Type) -> Any:
    """An id number of the US."""
    types = kind.params["type"].type if isinstance(kind, spec.Object) else kind
    return {"type": "us_ein" if "us_ein" in getattr(types, "values", ()) else "us_ssn", "value": "000000000"}


def leaves(kind: spec.Object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every parameter that can be sent alone. Parameters that require each other are sent together."""
    for name, param in kind.params.items():
        place = (*path, name)
        if name in APART or place in NOT_EMULATED:
            continue
        inner = param.type
        if isinstance(inner, spec.Gap):  # 501 by name
            continue
        alone = isinstance(inner, spec.Object) and not inner.required and name not in TOGETHER
        if isinstance(inner, spec.Object) and alone:
            yield from leaves(inner, place)
        else:
            yield place, sample(name, inner)


def at(tree: Any, path: Sequence[str]) -> Any:
    for name in path:
        tree = tree[name]
    return tree


def as_shown(value: Any) -> Any:
    """A sent value as it is shown: without id numbers, and with other names of files."""
    if isinstance(value, dict):
        return {name: as_shown(inner) for name, inner in value.items() if name not in ("back", "front", "value")}
    return [as_shown(each) for each in value] if isinstance(value, list) else value


def covers(found: Any, sent: Any) -> bool:
    if isinstance(sent, dict):
        return all(covers(found.get(name), value) for name, value in sent.items())
    if isinstance(sent, list) and sent and isinstance(sent[0], dict):
        return len(found) == len(sent) and all(map(covers, found, sent))
    return bool(found == sent)


MONEY = {"annual_revenue", "monthly_estimated_revenue"}  # their `value` is an amount, no secret


def test_every_parameter_of_an_account_is_shown_as_it_was_sent(api: Api) -> None:
    base = {**SELLER, "configuration": {"customer": {}, "merchant": {}, "recipient": {}}}
    operation = catalog.operation("PostV2CoreAccountsId")
    tried = 0
    for path, value in leaves(operation.params):
        kind = "individual" if path[:2] == ("identity", "individual") else "company"
        identifier = new_account(api, merged(base, ("identity", "entity_type"), kind))["id"]
        response = updated(api, identifier, **merged({"include": EVERYTHING}, path, value))
        assert response.status == 200, (path, response.body)
        wanted = value if MONEY & set(path) else as_shown(value)
        assert covers(at(response.body, path), wanted), (path, value, at(response.body, path))
        tried += 1
    assert tried > 120


def test_every_parameter_of_a_person_is_shown_as_it_was_sent(api: Api) -> None:
    company = merged(SELLER, ("identity", "entity_type"), "company")
    for path, value in leaves(catalog.operation("PostV2CoreAccountsAccountIdPersons").params):
        identifier = new_account(api, company)["id"]
        sent = merged({}, path, value)
        if path in (("relationship", "legal_guardian"), ("additional_terms_of_service", "account")):
            api.v2("POST", f"/core/accounts/{identifier}/persons", {"relationship": {"representative": True}})
            sent = {"relationship": {"legal_guardian": True}, **sent}
        response = api.v2("POST", f"/core/accounts/{identifier}/persons", sent)
        assert response.status == 200, (path, response.body)
        assert covers(at(response.body, path), as_shown(value)), (path, value, at(response.body, path))
