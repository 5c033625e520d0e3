"""The components and features of a session: those of the request, over defaults that depend on the account."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from emulator.resources.connect.account_sessions.components import (
    COLLECTION,
    COMPONENT_BIT,
    DISPUTES,
    Component,
    Default,
    Layout,
)
from emulator.store.rows import Controller
from emulator.wire.namedtuples import NamedTuple

Switches = Mapping[str, bool]
Config = Mapping[str, bool | Switches]
Request = Mapping[str, Config]

_NO_SWITCHES: Switches = {}


class Resolved(NamedTuple):
    """The enabled components and the enabled features, as bits."""

    enabled: int
    features: int

    def has(self, component: str) -> bool:
        """Whether a component is enabled."""
        return bool(self.enabled & COMPONENT_BIT[component])


def switches(config: Config) -> Switches:
    """The features that a component's configuration names."""
    given = config.get("features")
    return given if isinstance(given, dict) else _NO_SWITCHES


def resolve(layout: Layout, controller: Controller, request: Request) -> Resolved:
    """The components and features that a request enables for an account with a controller."""
    liable = controller.losses_payments == "stripe"
    enabled, features = 0, _defaults(layout, liable=liable)
    for name, config in request.items():
        component = layout.components[name]
        if config["enabled"]:
            enabled |= component.bit
        given = switches(config)
        if given:
            features = _apply(component, given, features)
    return Resolved(enabled, features)


@lru_cache(maxsize=256)
def _defaults(layout: Layout, *, liable: bool) -> int:
    bits = 0
    for component in layout.components.values():
        for feature in component.features:
            if _default(feature.default, _NO_SWITCHES, liable=liable):
                bits |= feature.bit
    return bits


def _apply(component: Component, given: Switches, features: int) -> int:
    """The features after the settings of one component, with those that follow them."""
    for name, value in given.items():
        bit = component.bits.get(name, 0)  # other settings, such as the allowed apps, have none
        features = features | bit if value else features & ~bit
    for follower in component.followers:
        if follower.follows in given and follower.name not in given:
            on = _default(follower.default, given, liable=False)
            features = features | follower.bit if on else features & ~follower.bit
    return features


def _default(default: Default, given: Switches, *, liable: bool) -> bool:
    if default is Default.OPPOSITE_OF_COLLECTION:  # the features that these two follow are on by default
        return not given.get(COLLECTION, True)
    if default is Default.LIKE_DISPUTES:
        return given.get(DISPUTES, True)
    return default is Default.ON or (default is Default.STRIPE_LIABLE and liable)
