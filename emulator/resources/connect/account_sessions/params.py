"""The parameters of `POST /v1/account_sessions`, compiled from the component table for a version."""

from __future__ import annotations

from functools import lru_cache

from emulator.catalog.versions import Version
from emulator.resources.connect.account_sessions.components import APPS, Component, Layout, layout_of
from emulator.schema.spec import Array, Boolean, Object, Param, String

TEXT = String(5000)


def params(version: Version) -> Object:
    """The parameters of a version. `account`, `components` and `enabled` of each component are required (official)."""
    return _compiled(layout_of(version))


@lru_cache(maxsize=64)
def _compiled(layout: Layout) -> Object:
    components = {component.name: Param(_component(component)) for component in layout.components.values()}
    return _object(
        account=Param(TEXT, required=True),
        components=Param(_object(**components), required=True),
        expand=Param(Array(TEXT)),
    )


def _component(component: Component) -> Object:
    features = {feature.name: Param(Boolean()) for feature in component.features}
    apps = {APPS: Param(Array(TEXT), clearable=True)} if component.apps else {}
    return _object(enabled=Param(Boolean(), required=True), features=Param(_object(**apps, **features)))


def _object(**members: Param) -> Object:
    return Object(members)
