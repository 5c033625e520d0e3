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

from emulator.packages import PACKAGES

PAUSE_SECONDS = 0.005  # between imports
IDLE_SECONDS = 0.02  # without a request, after one came
LOADED = (["errors"], ["schema"], ["catalog"], ["model"], ["resources"])
NOT_LOADED = frozenset({"emulator.catalog.generator"})


def modules() -> Iterator[str]:
    """The names of all modules, in the order of their imports."""
    for package in PACKAGES:
        if package.split(".", 2)[1:2] not in LOADED or package in NOT_LOADED:
            continue
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
