"""What API versions and betas change about accounts."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.model.declaration.versions import Find, Node, before, in_order, with_beta
from emulator.wire.json import Json


@with_beta("risk_in_requirements_beta=v1", "account")
def risk_controls(account: Node, _: Find) -> Node:
    """Accounts whose requirements the platform collects show pauses of charges and payouts (observed)."""
    controller = account.get("controller")
    if not isinstance(controller, Mapping) or controller.get("requirement_collection") != "application":
        return account
    paused: Json = {name: {"pause_requested": False} for name in ("charges", "payouts")}
    return in_order({**account, "risk_controls": paused})


@before("2024-04-10", "account")
def capital(account: Node, _: Find) -> Node:
    """Accounts have settings of capital (observed with 2023-10-16; until which version is our choice)."""
    settings = account.get("settings")
    return {**account, "settings": in_order({"capital": {}, **settings})} if isinstance(settings, Mapping) else account
