"""The fixtures of accounts v2."""

from __future__ import annotations

import pytest

from ....api import Api
from .samples import NOON


@pytest.fixture
def api(api: Api) -> Api:
    """An emulator with a frozen clock."""
    clock = api.sandbox.clock
    clock.freeze()
    clock.set(NOON)
    return api
