"""Checks of countries and addresses. Countries are enums in v2, in upper or lower case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from emulator import errors
from emulator.resources.connect.accounts.base import countries
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_at
from emulator.wire.namedtuples import NamedTuple

_ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?\Z", re.ASCII)
_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DC": "District of Columbia", "DE": "Delaware", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "IA": "Iowa", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "MA": "Massachusetts", "MD": "Maryland", "ME": "Maine", "MI": "Michigan", "MN": "Minnesota",
    "MO": "Missouri", "MS": "Mississippi", "MT": "Montana", "NC": "North Carolina", "ND": "North Dakota",
    "NE": "Nebraska", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NV": "Nevada", "NY": "New York",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VA": "Virginia",
    "VT": "Vermont", "WA": "Washington", "WI": "Wisconsin", "WV": "West Virginia", "WY": "Wyoming",
}  # fmt: skip
_ELSEWHERE = ("AA", "AE", "AP", "AS", "GU", "MP", "PR", "VI")  # territories and the armed forces
_KNOWN_STATES = frozenset(name.upper() for name in (*_STATES, *_STATES.values(), *_ELSEWHERE))


class Address(NamedTuple):
    """An address after a request, and whether it is in kana or kanji."""

    fields: Params
    script: bool = False


def check_countries(params: Params) -> None:
    """Refuses unknown countries in any parameter (official: they are enums). Raises StripeError."""
    found = _unknown_country(params)
    if found is not None:
        raise errors.v2_country_unknown(*found, [code.lower() for code in countries.ALL])


def check_addresses(identity: Params, known: Mapping[str, Value]) -> None:
    """Refuses invalid addresses of persons and companies. `known` is the identity before. Raises StripeError.

    States and postal codes are checked for the US (our choice).
    """
    for address in _addresses(identity, known):
        country = str(address.fields.get("country", "")).upper()
        if address.script and country not in ("", "JP"):
            raise errors.v2_script_address_elsewhere()
        if country == "JP" and not address.fields.get("postal_code"):
            raise errors.v2_japanese_postal_code_missing()
        if country == "US" and not _fits(address.fields.get("state"), lambda text: text.upper() in _KNOWN_STATES):
            raise errors.v2_state_invalid()
        if country == "US" and not _fits(address.fields.get("postal_code"), _ZIP.match):
            raise errors.v2_postal_code_invalid()


def country_of(tree: Mapping[str, Value], *path: str) -> str:
    """The country of an address in upper case, empty if it has none."""
    return str(hash_at(tree, *path).get("country", "")).upper()


def has_foreign_address(person: Mapping[str, Value]) -> bool:
    """Whether an additional address or a script address of a person is outside the country of residence."""
    home = country_of(person, "address")
    others = [address.fields for address in _addresses({name: person[name] for name in _OTHERS if name in person}, {})]
    return bool(home) and any(str(each.get("country", home)).upper() != home for each in others)


_OTHERS = ("additional_addresses", "script_addresses")


def _fits(value: Value | None, rule: Callable[[str], object]) -> bool:
    return not isinstance(value, str) or not value or bool(rule(value.strip()))


def _addresses(tree: Params, known: Mapping[str, Value]) -> Iterator[Address]:
    for name, value in tree.items():
        if name == "additional_addresses":
            yield from (Address(each) for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))
        elif not isinstance(value, dict):
            continue
        elif name == "address":
            yield Address({**hash_at(known, name), **value})
        elif name == "script_addresses":
            for script, sent in value.items():
                if isinstance(sent, dict):
                    yield Address({**hash_at(known, name, script), **sent}, script=True)
        else:
            yield from _addresses(value, hash_at(known, name))


def _unknown_country(tree: Mapping[str, Value]) -> tuple[str, str] | None:
    """The path and the value of the first unknown country."""
    for name, value in tree.items():
        if name == "country" and _is_unknown(value):
            return name, str(value)
        inner: Mapping[str, Value] = value if isinstance(value, dict) and name != "metadata" else {}
        for index, each in enumerate(value) if isinstance(value, list) else ():
            if name == "nationalities" and _is_unknown(each):
                return f"{name}[{index}]", str(each)
            found = _unknown_country(each) if isinstance(each, dict) else None
            if found is not None:
                return f"{name}[{index}].{found[0]}", found[1]
        found = _unknown_country(inner)
        if found is not None:
            return f"{name}.{found[0]}", found[1]
    return None


def _is_unknown(value: Value) -> bool:
    return isinstance(value, str) and value != "" and not countries.is_known(value.upper())
