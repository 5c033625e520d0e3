"""Which components and features a session has: what was asked for, over defaults that depend on the account."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from emulator.resources.connect.account_sessions.components import (
    COLLECTION,
    COMPONENT_BIT,
    DISPUTES,
    Component,
    Default,
    Layout,
)
from emulator.store.rows import Controller

Switches = Mapping[str, bool]
Config = Mapping[str, bool | Switches]
Request = Mapping[str, Config]

_NO_SWITCHES: Switches = {}


class Resolved(NamedTuple):
    """Two sets of bits: the enabled components, and the features that are on."""

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
    """Every component and feature of the layout for an account with this controller."""
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
    """The features with those of one component as given, and with what follows from that."""
    for name, value in given.items():
        bit = component.bits.get(name, 0)  # what else is given here, such as the allowed apps, is no switch
        features = features | bit if value else features & ~bit
    for follower in component.followers:
        if follower.follows in given and follower.name not in given:
            on = _default(follower.default, given, liable=False)
            features = features | follower.bit if on else features & ~follower.bit
    return features


def _default(default: Default, given: Switches, *, liable: bool) -> bool:
    if default is Default.OPPOSITE_OF_COLLECTION:  # what these two follow is on by default
        return not given.get(COLLECTION, True)
    if default is Default.LIKE_DISPUTES:
        return given.get(DISPUTES, True)
    return default is Default.ON or (default is Default.STRIPE_LIABLE and liable)
