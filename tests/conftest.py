"""Fixtures of our own tests."""

from __future__ import annotations

import hypothesis
import pytest

from .api import Api

pytest_plugins = ["pytester"]


@pytest.fixture
def api() -> Api:
    """A fresh emulator, called without a socket."""
    return Api()


# A slow machine is no failed promise.
hypothesis.settings.register_profile("emulator", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("emulator")
