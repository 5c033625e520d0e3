"""`/v1/entitlements/features`, and the features of products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator import errors
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import render, shared, stored
from emulator.resources.billing.base.declarations import long_id
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Value
from emulator.store.table import Row

FEATURE, PRODUCT_FEATURE, NAMED = "entitlements.feature", "product_feature", "entitlement_feature"
ID_DIGITS = 14


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new feature, whose lookup key is its own. Raises StripeError."""
    key = fields["lookup_key"]
    if any(call.sandbox.table(FEATURE).newest(call.owner, keys={0: str(key)})):
        raise errors.feature_key_used(str(key))
    return fields


def _is_archived(row: Row[bytes], value: Value) -> bool:
    return (shared(row).get("active") is False) == value


def _unknown(_: Scope, identifier: str, __: str | None) -> Mapping[str, object]:
    return {"name": "Feature", "lookup_key": identifier}


# --- features of products -----------------------------------------------------------------------------------------


def _attach(call: Call, fields: Fields) -> Fields:
    """The fields of a feature of a product, which the product has once. Raises StripeError."""
    feature = of_id(call, FEATURE, str(call.params[NAMED]), NAMED)
    if not shared(feature).get("active"):
        raise errors.feature_archived()
    if feature.id in features_of(call.scope, call.path["product"]):
        raise errors.feature_attached(feature.id)
    return {**fields, NAMED: feature.id}


def features_of(scope: Scope, product: str) -> list[str]:
    """The ids of the features of a product, the oldest first."""
    rows: Iterator[Row[bytes]] = scope.sandbox.table(PRODUCT_FEATURE).oldest(scope.owner, parent=product)
    return [str(shared(row)[NAMED]) for row in rows]


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """The feature of a product, with the whole feature as it is now."""
    body = render(PRODUCT_FEATURE, frozenset(), sandbox, row, now)
    scope = Scope(sandbox, row.owner, now)
    feature = objects.get(scope, FEATURE, str(body[NAMED]))
    return {**body, NAMED: objects.shown(scope, FEATURE, feature) if feature is not None else None}


def _unknown_part(scope: Scope, identifier: str, _: str | None) -> Fields:
    return {NAMED: objects.existing(scope, FEATURE, f"feat_{identifier}").id}


FEATURES = stored(
    FEATURE,
    "feat",
    new_id=long_id("feat"),
    start={"active": True},
    filters=["lookup_key"],
    matches={"archived": _is_archived},
    create=_create,
    update=lambda _, __, fields: fields,
    unknown=by_request(FEATURE, _unknown),
)
PRODUCT_FEATURES = stored(
    PRODUCT_FEATURE,
    "prodft",
    new_id=lambda call, _: call.sandbox.ids.random("prodft", ID_DIGITS),
    request_only=[NAMED],
    create=_attach,
    delete=lambda _, __: None,
    render=_render,
    unknown=_unknown_part,
)
RESOURCES = (FEATURES, PRODUCT_FEATURES)
