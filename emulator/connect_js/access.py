"""The access of a claimed session to one component: its features, its account and the settings of the page."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.connect_js.elements import ELEMENTS, FEATURE_LABELS, Element
from emulator.connect_js.refusals import Refused
from emulator.resources.connect import accounts
from emulator.resources.connect.account_sessions.components import layout
from emulator.resources.connect.account_sessions.render import enabled_components
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account, Session
from emulator.wire.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """Access to one component: its features, its account, and the time in unix seconds.

    `props` are the values that the page set on the element, functions left out.
    """

    sandbox: Sandbox
    session: Session
    element: Element
    features: Mapping[str, bool]
    account: Account
    props: Mapping[str, object]
    now: int

    def actions(self) -> list[str]:
        """The features that are on and have a button."""
        return [name for name, on in self.features.items() if on and name in FEATURE_LABELS]


def find_element(name: str) -> Element:
    """Look up an element by its name. Raises Refused."""
    element = ELEMENTS.get(name)
    if element is None:
        raise Refused("component_unknown", name)
    return element


def grant(sandbox: Sandbox, session: Session, name: str, props: Mapping[str, object], now: int) -> Grant:
    """Give a session access to a component. Raises Refused.

    Elements without a component in the API's types cannot be enabled, so they are never refused (our choice).
    """
    element = find_element(name)
    enabled = enabled_components(layout(session.layout), session.enabled, session.features)
    if element.key is not None and element.key not in enabled:
        raise Refused("component_not_enabled", element.key)
    account = accounts.find(sandbox, session.account)
    if account is None:
        raise Refused("account_deleted")
    return Grant(sandbox, session, element, enabled.get(element.key or "", {}), account, props, now)
