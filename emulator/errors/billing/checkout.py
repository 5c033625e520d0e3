"""Errors of checkout sessions and payment links."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error


@error("observed")
def url_not_valid(param: str) -> StripeError:
    """400 for a URL without a scheme."""
    return refused("Not a valid URL", param, "url_invalid")


@error("official", words="our choice")
def session_expiry_out_of_range() -> StripeError:
    """400 for a checkout session that ends in less than half an hour, or in more than a day."""
    return refused("The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", "expires_at")


@error("observed")
def recurring_price_in_payment(place: int) -> StripeError:
    """400 for a recurring price in a session of mode `payment`."""
    return refused(
        "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only "
        "one-time prices.",
        f"line_items[{place}]",
    )


@error("observed")
def no_recurring_price() -> StripeError:
    """400 for a session of mode `subscription` without a recurring price."""
    return refused("You must provide at least one recurring price in `subscription` mode when using prices.")


@error("observed")
def session_not_open(state: str) -> StripeError:
    """400 for expiring a checkout session that is over."""
    return refused(
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
        f"`{state}`."
    )
