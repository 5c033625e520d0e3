"""Errors of invoices, subscriptions, prices and products."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error


@error("observed")
def invoice_finalized() -> StripeError:
    """400 for an invoice that is finalized again."""
    return refused("This invoice is already finalized, you can't re-finalize a non-draft invoice.")


@error("observed")
def invoice_not_open() -> StripeError:
    """400 for an action on an invoice that only open ones allow."""
    return refused("You can only pass in open invoices. This invoice isn't open.")


@error("observed")
def subscription_not_paused() -> StripeError:
    """400 for resuming a subscription that is not paused."""
    return refused("You can only resume a subscription if it is `paused`.")


@error("official", words="our choice")
def quote_without_pdf() -> StripeError:
    """400 for the PDF of a quote that is not finalized."""
    return refused("You can only download the PDF of a quote that has been finalized.")
