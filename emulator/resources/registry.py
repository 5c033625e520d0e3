"""The explicit table of the modelled resources: their modules by name, imported when the first request needs them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from emulator.catalog import Operation
from emulator.resources.endpoint import Endpoint

MODULES = {
    "v1": (
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
    ),
    "v2": (
        "v2.accounts.endpoints",
        "v2.accounts.persons",
        "v2.accounts.account_links",
        "v2.accounts.tokens",
        "v2.events.destinations",
        "v2.events.events",
    ),
}


def endpoint(operation: Operation) -> Endpoint | None:
    """The behaviour of an operation, None if it is not modelled. Imports the resources of its API version only."""
    return _endpoints("v2" if operation.v2 else "v1").get(operation.id)


def endpoints() -> Mapping[str, Endpoint]:
    """Every operation that the emulator models, by its id in the catalog."""
    return {**_endpoints("v1"), **_endpoints("v2")}


@cache
def _endpoints(version: str) -> Mapping[str, Endpoint]:
    found: dict[str, Endpoint] = {}
    for name in MODULES[version]:
        found |= import_module(f"emulator.resources.{name}").ENDPOINTS
    return found
