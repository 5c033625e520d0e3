"""Errors of balances, payouts and top-ups."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error


@error("observed")
def payout_balance_insufficient(source_type: str) -> StripeError:
    """400 for a payout of more than is available; both blanks after the second sentence are Stripe's."""
    return refused(
        "You have insufficient funds in your Stripe account for this transfer. "
        f"Your {source_type} balance is too low.  You can use the /v1/balance endpoint to view your Stripe balance "
        "(for more details, see stripe.com/docs/api#balance).",
        code="balance_insufficient",
    )


@error("observed", "2023")
def instant_payout_too_large(largest: str) -> StripeError:
    """400 for an instant payout above the limit, as in `$9999`."""
    return refused(f"Instant Payouts to bank accounts are only supported for amounts less than or equal to {largest}")


@error("official", words="our choice")
def instant_payout_unsupported(destination: str) -> StripeError:
    """400 for an instant payout to a bank account or a card that takes none."""
    message = f"Instant Payouts are not supported for the external account {destination}."
    return refused(message, param="destination", code="instant_payouts_unsupported")


@error("observed")
def no_external_account(currency: str) -> StripeError:
    """400 for a payout of a currency that none of the account's banks takes."""
    return refused(f"Sorry, you don't have any external accounts in that currency ({currency}).")


@error("our choice")
def external_account_of_other_currency(identifier: str, currency: str) -> StripeError:
    """400 for a payout to a bank account or a card of another currency."""
    return refused(f"The external account {identifier} does not take payouts in {currency}.", param="destination")


@error("official", words="observed")
def payouts_not_allowed() -> StripeError:
    """400 for a payout of an account whose payouts are disabled; the words were seen in reports."""
    return refused(
        "Cannot create payouts; please contact us via https://support.stripe.com/contact with details for assistance.",
        code="payouts_not_allowed",
    )


@error("observed")
def payout_not_pending() -> StripeError:
    """400 for the cancellation of a payout that is on its way, has arrived, has failed or is canceled."""
    return refused("Payouts can only be canceled while they are pending.")


@error("official", words="our choice")
def automatic_payout_kept() -> StripeError:
    """400 for the cancellation of an automatic payout."""
    return refused("Automatic payouts can't be canceled.")


@error("official", words="our choice")
def payout_not_reversible(reason: str) -> StripeError:
    """400 for the reversal of a payout that has not been paid, is reversed, or is not to a US or Canadian bank."""
    return refused(f"This payout can't be reversed because {reason}.")


@error("observed")
def payout_is_manual() -> StripeError:
    """400 for the balance transactions of a payout that was not automatic."""
    return refused(
        "Balance transaction history can only be filtered on automatic transfers, not manual.", param="payout"
    )


@error("by analogy", "with payouts")
def topup_not_pending() -> StripeError:
    """400 for the cancellation of a top-up that has succeeded, has failed or is canceled."""
    return refused("Top-ups can only be canceled while they are pending.")


@error("official", words="our choice")
def topups_unsupported(country: str) -> StripeError:
    """400 for a top-up of an account that cannot be topped up from a bank account."""
    return refused(f"Top-ups are not supported for accounts in {country}.")


@error("our choice")
def topup_currency_unsupported(currency: str) -> StripeError:
    """400 for a top-up in a currency that the account has no bank account of."""
    return refused(f"You don't have a bank account to top up from in that currency ({currency}).", param="currency")
