"""What Stripe refuses in an account session beyond its parameters."""

from __future__ import annotations

from emulator import errors
from emulator.resources.account_sessions.components import (
    CAPABILITY_BITS,
    COLLECTION,
    NO_STRIPE_LOGIN,
    Component,
    Default,
    Layout,
)
from emulator.resources.account_sessions.features import Request, Resolved, Switches, switches
from emulator.store.rows import Account

LOGIN_FEATURES = frozenset((NO_STRIPE_LOGIN, COLLECTION))


def check(account: Account, layout: Layout, request: Request, resolved: Resolved, *, capabilities: bool) -> None:
    """Raises the first refusal, in the order of these lines (our choice). Nothing is stored before."""
    if any(not LOGIN_FEATURES.isdisjoint(switches(config)) for config in request.values()):
        _platform_owned_features(account, request)
        _same_authentication(layout, request, resolved)
    if capabilities and resolved.enabled & CAPABILITY_BITS:
        _capabilities(account, layout, request, resolved)


def _platform_owned_features(account: Account, request: Request) -> None:
    """Only where the platform collects requirements can Stripe's login go, or bank account collection be off."""
    if account.controller.requirement_collection == "application":
        return
    for component, config in request.items():
        given = switches(config)
        if given.get(NO_STRIPE_LOGIN) is True:
            raise errors.authentication_not_optional()
        if given.get(COLLECTION) is False:
            raise errors.collection_not_optional(f"components[{component}][features][{COLLECTION}]")


def _same_authentication(layout: Layout, request: Request, resolved: Resolved) -> None:
    """All enabled components that carry the feature must agree on its resolved value; defaults alone always do.

    Observed: the later component is named first. A component whose default is not published takes part only when
    the request sets the feature (our choice).
    """
    first: str | None = None
    for name in sorted(request):
        if not resolved.has(name) or not _takes_part(layout.components[name], switches(request[name])):
            continue
        if first is None:
            first = name
        elif resolved.is_on(name, NO_STRIPE_LOGIN) != resolved.is_on(first, NO_STRIPE_LOGIN):
            raise errors.authentication_differs(name, first)


def _takes_part(component: Component, given: Switches) -> bool:
    default = component.default_of(NO_STRIPE_LOGIN)
    return default is Default.OPPOSITE_OF_COLLECTION or (default is not None and NO_STRIPE_LOGIN in given)


def _capabilities(account: Account, layout: Layout, request: Request, resolved: Resolved) -> None:
    for name in sorted(request):
        needed = layout.components[name].capability
        if needed and resolved.has(name) and needed not in account.capabilities:
            raise errors.component_needs_capability(name, needed)
