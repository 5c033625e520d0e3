"""Checks of an identity that depend on its account: its configurations, its country, and whether it is new.

The codes and the rules are official, in one sentence each; the extent of a rule is our choice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from emulator import errors
from emulator.resources.v2.accounts import addresses
from emulator.resources.v2.accounts.configurations import is_connected
from emulator.schema.check import Params, Value
from emulator.schema.trees import dig, hash_at, overlay
from emulator.store.rows import Account

# The identity of an account that is only a customer: the fields that v1 has of customers (official).
_OF_CUSTOMERS: Mapping[str, frozenset[str]] = {
    "business_details": frozenset(("address", "phone", "registered_name", "script_addresses", "script_names")),
    "individual": frozenset(
        (
            "address", "additional_addresses", "additional_names", "given_name", "metadata", "phone",
            "script_addresses", "script_names", "surname",
        )
    ),
}  # fmt: skip
_GOVERNMENT = "government_entity"
_WITHOUT_INDIVIDUALS = ("AE", "NL")  # official for US platforms


def check_identity(
    account: Account, known: Mapping[str, Value], params: Params, applied: Collection[str], *, new: bool
) -> None:
    """Refuses an identity that the account cannot have. `known` is its tree of v2 before. Raises StripeError."""
    identity = hash_at(params, "identity")
    if not is_connected(applied):
        _check_customer(identity)
    if new:
        _check_declarations(hash_at(identity, "attestations"))
    addresses.check_addresses(identity, hash_at(known, "identity"))
    if account.v2 is not None and account.v2.country:
        _check_country(account.country, identity)


def check_person(account: Account, person: Params, known: Mapping[str, Value]) -> None:
    """Refuses a person that the account cannot have. `known` is its tree of v2 before. Raises StripeError."""
    addresses.check_addresses(person, known)
    if addresses.has_foreign_address(overlay(known, person)):
        raise errors.v2_addresses_differ()
    if account.v2 is not None and account.v2.country:
        _check_numbers(account.country, person)


def _check_customer(identity: Params) -> None:
    """Refuses fields that customers do not have. Raises StripeError."""
    refused = any(value != "" for value in hash_at(identity, "attestations").values())
    for name, allowed in _OF_CUSTOMERS.items():
        refused |= any(value != "" for inner, value in hash_at(identity, name).items() if inner not in allowed)
    if refused:
        raise errors.v2_identity_of_customer()


def _check_declarations(attested: Params) -> None:
    for name, error in (
        ("directorship_declaration", errors.v2_directorship_too_early),
        ("ownership_declaration", errors.v2_ownership_too_early),
    ):
        if hash_at(attested, name):
            raise error()


def _check_country(country: str, identity: Params) -> None:
    kind = identity.get("entity_type")
    if (kind == _GOVERNMENT and country != "US") or (kind == "individual" and country in _WITHOUT_INDIVIDUALS):
        raise errors.v2_entity_type_elsewhere()
    for part in ("business_details", "individual"):
        if addresses.country_of(identity, part, "address") not in ("", country):
            raise errors.v2_address_elsewhere()
        _check_numbers(country, hash_at(identity, part))


def _check_numbers(country: str, sent: Params) -> None:
    """Refuses numbers of other countries. The type of a number begins with its country. Raises StripeError."""
    listed = dig(sent, ("id_numbers",))
    for each in listed if isinstance(listed, list) else ():
        if not isinstance(each, dict):
            continue
        kind = str(each.get("type")).partition("_")[0].upper()
        if kind != country:
            raise errors.v2_number_elsewhere()
        if each.get("registrar") and kind != "DE":
            raise errors.v2_registrar_invalid()
