"""Types of id numbers and documents: v2 names the type of each number, v1 has a field for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache

from emulator import catalog
from emulator.schema import spec
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_at, nest, overlay

_LAST_4 = ("us_ssn_last_4", "us_itin_last_4")
# The type of a number that was set by v1, for countries with more than one type in v2 (our choice).
_COMPANIES = {"AT": "at_fn", "DE": "de_hrn", "FR": "fr_siren", "NL": "nl_kvk"}
_PEOPLE = {"SG": "sg_nric", "US": "us_ssn"}
COMPANY_FIELDS, PERSON_FIELDS = ("tax_id", "vat_id"), ("id_number", "ssn_last_4")


def company_field(kind: str) -> str:
    """The v1 field of a company's number of a type."""
    return "vat_id" if kind.endswith("_vat") else "tax_id"


def person_field(kind: str) -> str:
    """The v1 field of a person's number of a type."""
    return "ssn_last_4" if kind in _LAST_4 else "id_number"


def of_company(company: Mapping[str, Value], typed: Value | None, country: str) -> list[Value]:
    """The types of a company's numbers: those sent to v2 whose numbers still exist, and those of numbers of v1."""
    vat = f"{country.lower()}_vat"
    kinds = {
        "tax_id": _COMPANIES.get(country) or _only(country, "business_details", lambda kind: kind != vat),
        "vat_id": vat if vat in _types("business_details") else None,
    }
    return _types_of(company, typed, company_field, kinds)


def of_person(fields: Mapping[str, Value], country: str) -> list[Value]:
    """The same for a person."""
    kinds = {
        "id_number": _PEOPLE.get(country) or _only(country, "individual", lambda _: True),
        "ssn_last_4": _LAST_4[0],
    }
    return _types_of(fields, hash_at(fields, "v2").get("id_numbers"), person_field, kinds)


def _types_of(
    fields: Mapping[str, Value], typed: Value | None, field: Callable[[str], str], kinds: Mapping[str, str | None]
) -> list[Value]:
    listed = [each for each in typed if isinstance(each, dict)] if isinstance(typed, list) else []
    there: list[Value] = [each for each in listed if field(str(each.get("type"))) in fields]
    named = {field(str(each.get("type"))) for each in listed}
    return [*there, *_types_of_v1(fields, {name: kind for name, kind in kinds.items() if name not in named})]


def _types_of_v1(fields: Mapping[str, Value], kinds: Mapping[str, str | None]) -> Iterator[Value]:
    for name, kind in kinds.items():
        if kind and name in fields:
            yield {"type": kind}


def _only(country: str, part: str, fits: Callable[[str], bool]) -> str | None:
    """The type of a country, if v2 has exactly one."""
    found = list(filter(fits, _types_of_country(country, part)))
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=256)
def _types_of_country(country: str, part: str) -> tuple[str, ...]:
    return tuple(kind for kind in _types(part) if kind.startswith(f"{country.lower()}_"))


@cache
def _types(part: str) -> tuple[str, ...]:
    """All types of id numbers in Stripe's document."""
    numbers = catalog.operation("PostV2CoreAccounts").params.at(("identity", part, "id_numbers"))
    number = numbers.item if isinstance(numbers, spec.Array) else None
    types = number.params["type"].type if isinstance(number, spec.Object) else None
    return types.values if isinstance(types, spec.Enum) else ()


def documents_with_types(tree: Params, *path: str) -> Params:
    """A tree with the types of the documents at a path, which follow from their contents."""
    result = tree
    for name, document in hash_at(tree, *path, "documents").items():
        if isinstance(document, dict) and "type" not in document:
            kind = "front_back" if "front_back" in document else "files"
            result = overlay(result, nest((*path, "documents", name, "type"), kind))
    return result
