"""The components and features of a session: those of the request, over defaults that depend on the account."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypedDict

from emulator.resources.connect.account_sessions.components import (
    COMPONENT_BIT,
    Default,
    Layout,
)
from emulator.store.rows import Controller, Party
from emulator.wire.dataclasses import dataclass

Switches = Mapping[str, bool]
Request = Mapping[str, "Config"]

NO_SWITCHES: Switches = {}


class Config(TypedDict, total=False):
    """The configuration of one component: checked parameters."""

    enabled: bool
    features: Switches


@dataclass(frozen=True, slots=True)
class Resolved:
    """The enabled components, the enabled features and the features that the request decides, as bits."""

    enabled: int
    features: int
    decided: int

    def has(self, component: str) -> bool:
        """Whether a component is enabled."""
        return bool(self.enabled & COMPONENT_BIT[component])


def resolve(layout: Layout, controller: Controller, request: Request) -> Resolved:
    """The components and features that a request enables for an account with a controller."""
    enabled, decided, on = 0, 0, 0
    for name, config in request.items():
        component, given = layout.components[name], config.get("features", NO_SWITCHES)
        if config["enabled"]:
            enabled |= component.bit
        for feature, value in given.items():
            bit = component.bits[feature]
            decided |= bit
            if value:
                on |= bit
        for follower in component.followers:
            if follower.follows in given and follower.name not in given:
                decided |= follower.bit
                if given[follower.follows] is not follower.opposite:
                    on |= follower.bit
    return Resolved(enabled, _defaults(layout, controller.losses_payments) & ~decided | on, decided)


@lru_cache(maxsize=256)
def _defaults(layout: Layout, losses_payments: Party) -> int:
    """The features that are on where a request decides nothing: those that others follow are."""
    on = [Default.ON, Default.LIKE_DISPUTES, *([Default.STRIPE_LIABLE] if losses_payments == "stripe" else [])]
    features = (feature for component in layout.components.values() for feature in component.features)
    return sum(feature.bit for feature in features if feature.default in on)
