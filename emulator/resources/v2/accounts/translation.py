"""Parameters of v2 to parameters of v1, and to the fields that only v2 has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import floor

from emulator import errors
from emulator.errors import StripeError
from emulator.resources.connect.accounts.base.capability_rules import TRANSFERS
from emulator.resources.v2.accounts import field_names, id_numbers
from emulator.resources.v2.params import unix_time
from emulator.schema.check import Params, Value
from emulator.schema.trees import dig, hash_at, nest, overlay, path_tree, rename, split_path, without
from emulator.wire.dataclasses import replace
from emulator.wire.form import path_of
from emulator.wire.path import ParamPath, format_path

_ID_NUMBERS = ("identity", "business_details", "id_numbers")
# Parameters that v1 has, or that are kept in fields of their own.
_SHARED = path_tree(
    (
        *field_names.ACCOUNT,
        *("include", "metadata", "dashboard", "identity.country", "identity.individual", "defaults.responsibilities"),
        *(f"configuration.{each}.applied" for each in field_names.CONFIGURATIONS),
        *(f"configuration.{each}.capabilities" for each in (field_names.MERCHANT, field_names.RECIPIENT)),
    )
)
_SHARED_OF_PERSON = path_tree((*field_names.PERSON, "metadata"))
_V2_NAMES = {
    "country": "identity.country",
    **field_names.ACCOUNT_V1,
    **{f"individual.{old}": f"identity.individual.{path}" for old, path in field_names.PERSON_V1.items()},
}
_SHARE = ("relationship", "percent_ownership")


def account_params(params: Params) -> Params:
    """The equivalent parameters of v1 for an account. Raises StripeError."""
    result = _dated(rename(params, field_names.TO_V1), field_names.DATES)
    if result.get("default_currency") == "":
        del result["default_currency"]  # an account always has one
    if "metadata" in params:
        result["metadata"] = params["metadata"]
    capabilities = _capabilities(params)
    if capabilities:
        result["capabilities"] = capabilities
    id_numbers = dig(params, _ID_NUMBERS)
    if id_numbers is not None:
        result = overlay(result, {"company": company_numbers(id_numbers)})
    individual = hash_at(params, "identity", "individual")
    if individual:
        result["individual"] = person_params(individual)
    return result


@contextmanager
def v2_param_names(names: Mapping[str, str] = _V2_NAMES) -> Iterator[None]:
    """Within the block, errors of v1's rules name the parameter of v2, by a table of v1's dotted names."""
    try:
        yield
    except StripeError as error:
        path = names.get(".".join(path_of(error.body.param)) if error.body.param else "")
        if path is None:
            raise
        param = format_path(split_path(path))
        raise StripeError(replace(error.body, param=param)) from None


def account_fields(params: Params) -> Params:
    """The parameters of an account that v1 does not have, nested as in v2."""
    return _replaced(without(params, _SHARED), _ID_NUMBERS, _types)


def person_params(params: Params) -> Params:
    """The equivalent parameters of v1 for a person, with those that v1 does not have under `v2`. Raises StripeError."""
    result = _dated(rename(params, field_names.PERSON_TO_V1), field_names.PERSON_DATES)
    if "metadata" in params:
        result["metadata"] = params["metadata"]
    nationalities = params.get("nationalities")
    if nationalities is not None:
        result["nationality"] = nationalities[0] if isinstance(nationalities, list) and nationalities else ""
    if "additional_names" in params:
        result["full_name_aliases"] = [*aliases(params["additional_names"])] or ""
    result |= _person_numbers(params.get("id_numbers"))
    rest = without(params, _SHARED_OF_PERSON)
    share = dig(params, _SHARE)
    if isinstance(share, str):
        if share and not 0 <= float(share) <= 100:
            raise errors.v2_ownership_out_of_range()
        rest["share"] = share
    return {**result, "v2": _replaced(rest, ("id_numbers",), _types)} if rest else result


def aliases(listed: Value) -> Iterator[str]:
    """The aliases among the additional names of a person, each as one text as in v1."""
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and each.get("purpose") == "alias":
            parts = " ".join(str(each[name]) for name in ("given_name", "surname") if each.get(name))
            name = str(each.get("full_name") or parts)
            if name:
                yield name


def _capabilities(params: Params) -> Params:
    """The capabilities of both configurations by their v1 names: `stripe_transfers` is `transfers` there."""
    merchant = hash_at(params, "configuration", field_names.MERCHANT, "capabilities")
    found: Params = {field_names.of_capability(name): sent for name, sent in merchant.items() if isinstance(sent, dict)}
    transfers = dig(
        params, ("configuration", field_names.RECIPIENT, "capabilities", "stripe_balance", "stripe_transfers")
    )
    if isinstance(transfers, dict):
        found[TRANSFERS] = transfers
    return found


def company_numbers(sent: Value) -> Params:
    """The tax id and the VAT id of a company. A number that is not listed is cleared."""
    return _numbers(sent, id_numbers.COMPANY_FIELDS, id_numbers.company_field)


def _person_numbers(sent: Value | None) -> Params:
    return {} if sent is None else _numbers(sent, id_numbers.PERSON_FIELDS, id_numbers.person_field)


def _numbers(sent: Value, fields: tuple[str, ...], field: Callable[[str], str]) -> Params:
    found: Params = dict.fromkeys(fields, "")
    for each in sent if isinstance(sent, list) else ():
        if isinstance(each, dict):
            found[field(str(each.get("type")))] = each.get("value", "")
    return found


def _types(value: Value) -> Value:
    """The types of id numbers, which are shown without their values (official)."""
    if not isinstance(value, list):
        return value
    return [{name: each[name] for name in each if name != "value"} for each in value if isinstance(each, dict)]


def _dated(tree: Params, dates: Iterable[tuple[ParamPath, ParamPath]]) -> Params:
    """The tree with timestamps in unix seconds, as v1 has them. Raises StripeError."""
    for path, old in dates:
        sent = dig(tree, old)
        if isinstance(sent, str) and sent:
            tree = overlay(tree, nest(old, floor(unix_time(sent, ".".join(path)))))
    return tree


def _replaced(tree: Params, path: ParamPath, change: Callable[[Value], Value]) -> Params:
    found = dig(tree, path)
    if found is None:
        return tree
    return overlay(tree, nest(path, change(found)))
