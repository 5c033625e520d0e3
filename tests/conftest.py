"""Fixtures of our own tests."""

from __future__ import annotations

import pytest

from tests.api import Api

pytest_plugins = ["pytester"]


@pytest.fixture
def api() -> Api:
    """A fresh emulator, called without a socket."""
    return Api()
