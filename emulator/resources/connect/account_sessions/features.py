"""The components and features of a session: those of the request, over defaults that depend on the account."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from emulator.resources.connect.account_sessions.components import (
    COLLECTION,
    COMPONENT_BIT,
    DISPUTES,
    Default,
    Layout,
    layout,
)
from emulator.store.rows import Controller
from emulator.wire.dataclasses import dataclass

Switches = Mapping[str, bool]
Config = Mapping[str, bool | Switches]
Request = Mapping[str, Config]

_NO_SWITCHES: Switches = {}


@dataclass(frozen=True, slots=True)
class Resolved:
    """The enabled components, the enabled features and the features that the request decides, as bits."""

    enabled: int
    features: int
    decided: int

    def has(self, component: str) -> bool:
        """Whether a component is enabled."""
        return bool(self.enabled & COMPONENT_BIT[component])


def switches(config: Config) -> Switches:
    """The features that a component's configuration names."""
    given = config.get("features")
    return given if isinstance(given, dict) else _NO_SWITCHES


def resolve(shown: Layout, controller: Controller, request: Request) -> Resolved:
    """The components and features that a request enables for an account with a controller."""
    enabled, decided, on = 0, 0, 0
    for name, config in request.items():
        component = shown.components[name]
        if config["enabled"]:
            enabled |= component.bit
        if component.features and (given := switches(config)):
            more, more_on = _decided(name, tuple(given.items()))
            decided, on = decided | more, on | more_on
    defaults = _defaults(shown, liable=controller.losses_payments == "stripe")
    return Resolved(enabled, defaults & ~decided | on, decided)


@lru_cache(maxsize=256)
def _defaults(shown: Layout, *, liable: bool) -> int:
    bits = 0
    for component in shown.components.values():
        for feature in component.features:
            if _default(feature.default, _NO_SWITCHES, liable=liable):
                bits |= feature.bit
    return bits


@lru_cache(maxsize=4096)
def _decided(name: str, given: tuple[tuple[str, bool], ...]) -> tuple[int, int]:
    """The features that the settings of a component decide, with those that follow them, and which of these are on."""
    component, settings = layout("preview").components[name], dict(given)
    for follower in component.followers:
        if follower.follows in settings:
            settings.setdefault(follower.name, _default(follower.default, settings, liable=False))
    on = sum(component.bits[feature] for feature, value in settings.items() if value)
    return sum(component.bits[feature] for feature in settings), on


def _default(default: Default, given: Switches, *, liable: bool) -> bool:
    if default is Default.OPPOSITE_OF_COLLECTION:  # the features that these two follow are on by default
        return not given.get(COLLECTION, True)
    if default is Default.LIKE_DISPUTES:
        return given.get(DISPUTES, True)
    return default is Default.ON or (default is Default.STRIPE_LIABLE and liable)
