"""Errors of bank accounts and cards."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error
from emulator.errors.v2 import refused_by_v2


@error("observed")
def not_a_test_bank_account() -> StripeError:
    """400 for a bank account number that is not one of test mode."""
    return refused(
        "You must use a test bank account number in test mode. Try 000123456789 or see more options at "
        "https://stripe.com/docs/connect/testing#account-numbers.",
        param="bank_account[account_number]",
        code="account_number_invalid",
    )


@error("official", words="our choice")
def routing_number_invalid(param: str) -> StripeError:
    """400 for a US routing number that does not have nine digits."""
    return refused("Routing number must have 9 digits", param=param, code="routing_number_invalid")


@error("official", words="our choice")
def bank_country_unsupported(country: str, name: str) -> StripeError:
    """400 for a bank account in a country without payouts."""
    return refused(
        f"{country} is not currently supported by Stripe.", param=f"{name}[country]", code="country_unsupported"
    )


@error("official", words="our choice")
def card_number_not_of_test_mode(param: str) -> StripeError:
    """402 for a card that is not one of test mode."""
    return refused(
        "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test "
        "cards, visit: https://stripe.com/docs/testing.",
        kind="card_error",
        code="card_declined",
        param=param,
        status=402,
    )


@error("official")
def card_expiry_invalid(part: str, param: str) -> StripeError:
    """402 for an invalid expiry month or year."""
    return refused(
        f"Your card's expiration {part} is invalid.",
        kind="card_error",
        code=f"invalid_expiry_{part}",
        param=param,
        status=402,
    )


@error("observed", "2026, on an account of FR")
def instant_payouts_unsupported() -> StripeError:
    """400 for a US debit card on an account in another country."""
    return refused(
        "Instant payouts are not available for debit cards issued by a bank in the United States.",
        code="instant_payouts_unsupported",
    )


@error("official", words="our choice")
def card_not_payable(param: str) -> StripeError:
    """400 for a card that is not a debit card."""
    return refused(
        "The card provided as an external account is not supported for payouts. Provide a non-prepaid debit card "
        "instead.",
        param=param,
        code="invalid_card_type",
    )


@error("observed", "2016 to 2026")
def default_external_account_kept() -> StripeError:
    """400 for deleting a default external account that must stay. There is no code."""
    return refused(
        "You cannot delete the default external account for your default currency. Please make another external "
        "account the default using the `default_for_currency` param, and then delete this one."
    )


@error("official")
def v2_bgn_unsupported() -> StripeError:
    """400 for a bank account in the lev, which the euro has replaced."""
    return refused_by_v2(
        "Creating accounts with the BGN currency is no longer supported, as Bulgaria is now using the Euro as of "
        "2026-01-01.",
        "bgn_bank_accounts_unsupported",
    )
