"""Fixtures of the tests of charges."""

from __future__ import annotations

import pytest

from .shop import Shop


@pytest.fixture
def shop() -> Shop:
    """A platform at a fixed time."""
    return Shop()
