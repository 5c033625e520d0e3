"""Errors of disputes."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error


@error("observed")
def dispute_closed() -> StripeError:
    """400 for a change of a dispute that was won, lost or closed."""
    return refused("This dispute is already closed")


@error("observed")
def no_dispute(charge: str) -> StripeError:
    """404 for the dispute of a charge that has none."""
    return refused(f"No dispute for charge: {charge}", status=404)
