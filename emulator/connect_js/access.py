"""What a claimed session lets a component do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emulator.connect_js.elements import ELEMENTS, FEATURE_LABELS, Element
from emulator.connect_js.refusals import Refused
from emulator.resources.connect import accounts
from emulator.resources.connect.account_sessions.components import layout
from emulator.resources.connect.account_sessions.render import enabled_components
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account, Session


@dataclass(frozen=True, slots=True)
class Grant:
    """A component in the hands of a page: its features, its account, and the time in unix seconds.

    `props` is what the page set on the element, functions left out.
    """

    sandbox: Sandbox
    session: Session
    element: Element
    features: Mapping[str, bool]
    account: Account
    props: Mapping[str, object]
    now: int

    def actions(self) -> list[str]:
        """The features that are on and can be acted on."""
        return [name for name, on in self.features.items() if on and name in FEATURE_LABELS]


def element_of(name: str) -> Element:
    """A known element. Raises Refused."""
    element = ELEMENTS.get(name)
    if element is None:
        raise Refused("component_unknown", name)
    return element


def grant(sandbox: Sandbox, session: Session, name: str, props: Mapping[str, object], now: int) -> Grant:
    """What the session gives to a component. Raises Refused.

    Elements that no type of the API has a component for cannot be enabled, so they are never refused (our choice).
    """
    element = element_of(name)
    enabled = enabled_components(layout(session.layout), session.enabled, session.features)
    if element.key is not None and element.key not in enabled:
        raise Refused("component_not_enabled", element.key)
    account = accounts.find(sandbox, session.account)
    if account is None:
        raise Refused("account_deleted")
    return Grant(sandbox, session, element, enabled.get(element.key or "", {}), account, props, now)
