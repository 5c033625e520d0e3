"""Fixtures of the tests of transfers."""

from __future__ import annotations

import pytest

from ..charges.shop import Shop


@pytest.fixture
def shop() -> Shop:
    """A platform at a fixed time, with 1,000.00 dollars less Stripe's fee available."""
    shop = Shop()
    shop.charge(amount=100_000, source="tok_bypassPending")
    return shop
