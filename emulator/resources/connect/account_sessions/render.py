"""The account session object. Sessions with the same components share these, serialized once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from emulator.resources.connect.account_sessions.components import COMPONENT_BIT, Component, Layout, layout
from emulator.store.rows import Session
from emulator.wire.json import Json

Features = dict[str, bool]
_HEAD, _TAIL = b'{\n  "components": ', b"\n}"


def render(session: Session, *, livemode: bool) -> Json:
    """The account session object, with `object` first and the other keys in alphabetical order, as Stripe has them."""
    shared: Any = _serialized(session.layout, session.enabled, session.features)
    return {
        "object": "account_session",
        "account": session.account,
        "client_secret": session.client_secret,
        "components": shared,
        "expires_at": session.expires_at,
        "livemode": livemode,
    }


@lru_cache(maxsize=1024)
def _serialized(name: str, enabled: int, features: int) -> orjson.Fragment:
    """The components hash, indented for its place in the body. Sessions use few distinct sets of components."""
    body = orjson.dumps({"components": components_of(layout(name), enabled, features)}, option=orjson.OPT_INDENT_2)
    return orjson.Fragment(body[len(_HEAD) : -len(_TAIL)])


def components_of(shown: Layout, enabled: int, features: int) -> dict[str, Json]:
    """Every component, requested or not (official), preview ones only when enabled."""
    return {
        component.name: _component(component, enabled, features)
        for component in shown.components.values()
        if component.in_response and (not component.preview or enabled & component.bit)
    }


def enabled_components(shown: Layout, enabled: int, features: int) -> dict[str, Features]:
    """The features of the enabled components, by component."""
    return {
        component.name: _features(component, features)
        for component in shown.components.values()
        if enabled & COMPONENT_BIT[component.name]
    }


def _component(component: Component, enabled: int, features: int) -> Json:
    return {"enabled": bool(enabled & COMPONENT_BIT[component.name]), "features": _features(component, features)}


def _features(component: Component, features: int) -> Features:
    return {feature.name: bool(features & feature.bit) for feature in component.features}
