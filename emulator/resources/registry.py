"""The explicit table of the modelled resources: their modules by name, imported when the first request needs them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from emulator.resources.endpoint import Endpoint

MODULES = (
    "connect.accounts",
    "connect.account_links",
    "connect.account_sessions",
    "connect.capabilities",
    "connect.external_accounts",
    "connect.login_links",
    "connect.persons",
    "core.tokens",
    "core.events",
    "core.webhook_endpoints",
    "v2.accounts.endpoints",
    "v2.accounts.persons",
    "v2.accounts.account_links",
    "v2.accounts.tokens",
    "v2.events.destinations",
    "v2.events.events",
)


@cache
def endpoints() -> Mapping[str, Endpoint]:
    """Every operation that the emulator models, by its id in the catalog."""
    found: dict[str, Endpoint] = {}
    for name in MODULES:
        found |= import_module(f"emulator.resources.{name}").ENDPOINTS
    return found
