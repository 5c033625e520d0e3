"""Imports the modules of errors and resources while no request comes, so that the first request of a kind need not.

They are imported one by one, each package after those that it imports, so that no import takes long. The next one waits
until no request has come for a moment.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules

PAUSE_SECONDS = 0.005  # between imports
IDLE_SECONDS = 0.02  # without a request, after one came
PACKAGES = (
    "errors.base",
    "errors.payments",
    "errors.billing",
    "errors",
    "schema",
    "catalog",
    "model.declaration",
    "model.answering",
    "model.asking",
    "model.stored",
    "model",
    "resources",
    "resources.generic.base",
    "resources.generic",
    "resources.connect.accounts.base",
    "resources.connect.accounts.requirements",
    "resources.connect.accounts.persons",
    "resources.connect.accounts.external_accounts",
    "resources.connect.accounts",
    "resources.connect.account_sessions",
    "resources.connect",
    "resources.money",
    "resources.billing.base",
    "resources.billing.products",
    "resources.billing.usage",
    "resources.v2",
    "resources.payments.methods",
    "resources.payments.transfers",
    "resources.payments.charges",
    "resources.payments.intents",
    "resources.payments",
    "resources.billing.invoices",
    "resources.billing.credit_notes",
    "resources.billing.subscriptions.base",
    "resources.billing.subscriptions",
    "resources.billing.schedules",
    "resources.billing.checkout",
    "resources.billing",
    "resources.core",
    "resources.v2.accounts",
    "resources.v2.events",
)


def modules() -> Iterator[str]:
    """The names of all modules, in the order of their imports."""
    for name in PACKAGES:
        package = f"emulator.{name}"
        yield package
        found = iter_modules(sys.modules[package].__path__)
        yield from (f"{package}.{each.name}" for each in found if not each.ispkg)


async def warm_up(requests: Callable[[], int]) -> None:
    """Import all modules. `requests` is the number of requests so far."""
    before = 0
    for name in modules():
        if name not in sys.modules:
            await asyncio.sleep(PAUSE_SECONDS)
            while before != (before := requests()):
                await asyncio.sleep(IDLE_SECONDS)
            import_module(name)
