"""The parameters of an account: those of the OpenAPI document, and more that Stripe takes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from emulator import catalog
from emulator.catalog.versions import Version
from emulator.resources.connect.accounts.external_accounts.input import external_account_param
from emulator.schema import spec
from emulator.schema.spec import AnyOf, Array, Enum, Object, Param, String

# Taken by Stripe though its document does not list them (observed); the path is where they belong.
_TEXT = Param(String(5000))
ALIASES = Param(Array(AnyOf((String(300), Enum(("",))))), clearable=True)  # an empty one says that there are none
BEHAVIOUR: Mapping[tuple[str, ...], Param] = {
    ("business_profile", "product_description"): Param(String(40_000), clearable=True),
    ("business_profile", "specified_commercial_transactions_act_url"): Param(String()),
    ("bank_account",): external_account_param(),
    ("external_account",): external_account_param(),
    ("individual", "full_name_aliases"): ALIASES,
    ("individual", "nationality"): _TEXT,
}


def create_params(_: Version) -> Object:
    """The parameters of POST /v1/accounts."""
    return _extended("PostAccounts")


def update_params(_: Version) -> Object:
    """The parameters of POST /v1/accounts/{account}."""
    return _extended("PostAccountsAccount")


@cache
def _extended(operation_id: str) -> Object:
    params = catalog.operation(operation_id).params
    for path, param in BEHAVIOUR.items():
        params = _with(params, path, param)
    if operation_id == "PostAccounts":
        params = _with(params, ("requested_capabilities",), Param(Array(_capability_names(params))))
    return params


def _with(params: Object, path: tuple[str, ...], param: Param) -> Object:
    """The parameters with one more at a path; nothing above it changes."""
    name, *rest = path
    if rest:
        outer = params.params[name]
        inner = outer.type
        if not isinstance(inner, Object):
            raise TypeError(f"{name} has no parameters of its own")
        param = Param(_with(inner, tuple(rest), param), outer.required, outer.clearable)
    return Object({**params.params, name: param})


def _capability_names(params: Object) -> spec.Type:
    """The names that `capabilities` knows, as the values of the legacy list."""
    known = params.params["capabilities"].type
    return Enum(tuple(known.params)) if isinstance(known, Object) else String()
