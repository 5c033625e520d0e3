"""Checkout sessions of older API versions, each change with the version that ends it."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.model.declaration.versions import Find, Node, before, in_order

DAHLIA, BASIL, SHIPPING_RENAMED = "2026-03-25", "2025-03-31", "2022-08-01"
LAZY_SINCE = "2022-08-01"  # since then a session makes its payment intent when it is paid (official)
SESSION = "checkout.session"
# The names of `ui_mode` before 2026-03-25, and those after it (official).
UI_MODES = {"custom": "elements", "embedded": "embedded_page", "hosted": "hosted_page"}
_OLD_UI_MODES = {new: old for old, new in UI_MODES.items()}


@before(DAHLIA, SESSION)
def ui_mode(session: Node, _: Find) -> Node:
    """Before dahlia, the ways to show a session have other names (official)."""
    shown = session.get("ui_mode")
    return {**session, "ui_mode": _OLD_UI_MODES.get(str(shown), shown)} if "ui_mode" in session else session


@before(BASIL, SESSION)
def shipping_details(session: Node, _: Find) -> Node:
    """Before basil, a session shows its shipping address at the top (official)."""
    collected = session.get("collected_information")
    found = collected.get("shipping_details") if isinstance(collected, Mapping) else None
    return in_order({**session, "shipping_details": found}) if "mode" in session else session


@before(SHIPPING_RENAMED, SESSION, {"shipping_rate?": "expandable shipping_rate"})
def shipping(session: Node, _: Find) -> Node:
    """Before 2022-08-01, a session has the address as `shipping`, and its rate without the costs (official)."""
    if "mode" not in session:
        return session
    cost = session.get("shipping_cost")
    rate = cost.get("shipping_rate") if isinstance(cost, Mapping) else None
    kept = {name: value for name, value in session.items() if name not in ("shipping_cost", "shipping_details")}
    return in_order({**kept, "shipping": session.get("shipping_details"), "shipping_rate": rate})
