"""Checks of an account session beyond its parameters."""

from __future__ import annotations

from emulator import errors
from emulator.resources.connect.account_sessions.components import (
    CAPABILITY_BITS,
    COLLECTION,
    COLLECTION_BITS,
    LOGIN_BITS,
    NO_STRIPE_LOGIN,
    Default,
    Feature,
    Layout,
)
from emulator.resources.connect.account_sessions.features import NO_SWITCHES, Request, Resolved, Switches
from emulator.store.rows import Account


def check(account: Account, layout: Layout, request: Request, resolved: Resolved, *, capabilities: bool) -> None:
    """Refuses what the account does not permit, in the order of these lines (our choice). Raises StripeError."""
    if resolved.decided & (LOGIN_BITS | COLLECTION_BITS):
        _platform_owned_features(account, request)
        _same_authentication(layout, request, resolved)
    if capabilities and resolved.enabled & CAPABILITY_BITS:
        _capabilities(account, layout, request, resolved)


def _platform_owned_features(account: Account, request: Request) -> None:
    """Stripe's login and bank account collection can be off only if the platform collects requirements."""
    if account.controller.requirement_collection == "application":
        return
    for component, config in request.items():
        given = config.get("features", NO_SWITCHES)
        if given.get(NO_STRIPE_LOGIN) is True:
            raise errors.authentication_not_optional()
        if given.get(COLLECTION) is False:
            raise errors.collection_not_optional(f"components[{component}][features][{COLLECTION}]")


def _same_authentication(layout: Layout, request: Request, resolved: Resolved) -> None:
    """All enabled components with Stripe's login must agree on its resolved value. Defaults always do.

    Observed: the later component is named first. A component whose default is not published is compared only if the
    request sets the feature (our choice).
    """
    if not resolved.features & LOGIN_BITS:
        return
    off: list[str] = []
    on: list[str] = []
    for name, config in request.items():
        component = layout.components[name]
        if (
            component.login
            and resolved.enabled & component.bit
            and _is_compared(component.login, config.get("features", NO_SWITCHES))
        ):
            (on if resolved.features & component.login.bit else off).append(name)
    if on and off:
        raise errors.authentication_differs(max(min(on), min(off)), min(*on, *off))


def _is_compared(login: Feature, given: Switches) -> bool:
    return login.default is Default.OPPOSITE_OF_COLLECTION or NO_STRIPE_LOGIN in given


def _capabilities(account: Account, layout: Layout, request: Request, resolved: Resolved) -> None:
    for name in sorted(request):
        needed = layout.components[name].capability
        if needed and resolved.has(name) and needed not in account.capabilities:
            raise errors.component_needs_capability(name, needed)
