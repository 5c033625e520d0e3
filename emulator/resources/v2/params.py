"""The parameters of v2: those of Stripe's document, nullable unless they are required."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.schema import spec
from emulator.schema.check import Params
from emulator.wire.path import ParamPath
from emulator.wire.timestamps import parse_timestamp

# Parameters without an effect in the emulator, which are refused by name.
NOT_EMULATED: tuple[ParamPath, ...] = (
    ("configuration", "customer", "automatic_indirect_tax", "ip_address"),
    ("configuration", "customer", "automatic_indirect_tax", "validate_location"),
    ("configuration", "customer", "billing", "default_payment_method"),
    ("configuration", "customer", "billing", "invoice", "rendering", "template"),
    ("configuration", "customer", "test_clock"),
)
# Required, and empty to remove its field (official).
EMPTIED: ParamPath = ("configuration", "customer", "billing", "invoice", "custom_fields", "value")


def of(operation: str) -> Callable[[Version], spec.Object]:
    """The parameters of an operation, the same for every version."""
    return lambda _: _params(operation)


def refuse_not_emulated(params: Params) -> None:
    """Refuses parameters that are not emulated with 501, rather than ignoring them. Raises StripeError."""
    for path in NOT_EMULATED:
        tree: object = params
        for name in path:
            tree = tree.get(name) if isinstance(tree, dict) else None
        if tree not in (None, ""):
            raise errors.param_not_emulated(path)


def unix_time(text: str, path: str) -> float:
    """A timestamp parameter in unix seconds; `path` names it in the error. Raises StripeError."""
    try:
        return parse_timestamp(text)
    except ValueError:
        raise errors.v2_invalid(path, "a date and time such as 2025-06-09T21:16:03.000Z") from None


@cache
def _params(operation: str) -> spec.Object:
    return _nullable_hash(catalog.operation(operation).params)


def _nullable_hash(params: spec.Object, at: ParamPath = ()) -> spec.Object:
    return spec.Object({name: _nullable(param, (*at, name)) for name, param in params.params.items()})


def _nullable(param: spec.Param, at: ParamPath) -> spec.Param:
    return spec.Param(_type(param.type, at), param.required, clearable=not param.required or at == EMPTIED)


def _type(kind: spec.Type, at: ParamPath) -> spec.Type:
    if isinstance(kind, spec.Object):
        return _nullable_hash(kind, at)
    return spec.Array(_type(kind.item, at), kind.max_items) if isinstance(kind, spec.Array) else kind
