"""Errors of transfers, their reversals, application fees, and payments that name a connected account."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import quoted_id


@error("observed")
def destination_unknown(identifier: str, param: str = "destination") -> StripeError:
    """400 for an account that money cannot be sent to, as it is not connected."""
    return refused(f"No such destination: '{quoted_id(identifier)}'", param=param, code="resource_missing")


@error("observed")
def destination_not_capable() -> StripeError:
    """400 for an account that cannot receive transfers."""
    return refused(
        "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
        "crypto_transfers, legacy_payments",
        code="insufficient_capabilities_for_transfer",
    )


@error("observed")
def transfer_across_regions(country: str) -> StripeError:
    """400 for an account in a country that the platform cannot send money to."""
    return refused(
        f"Funds can't be sent to accounts located in {country} because it's restricted outside of your platform's "
        "region. Learn more here: https://stripe.com/docs/connect/account-capabilities#transfers-cross-border",
        code="transfers_not_allowed",
    )


@error("observed", code="inferred")
def transfer_under_full_agreement(country: str) -> StripeError:
    """400 for an account abroad that only recipients can be paid in."""
    return refused(
        f"Funds can't be sent to accounts located in {country} when the account is under the `full` service agreement. "
        "To learn more, see https://stripe.com/docs/connect/service-agreement-types.",
        code="transfers_not_allowed",
    )


@error("observed", code="our choice")
def destination_charge_across_regions(country: str) -> StripeError:
    """400 for a destination charge that would settle on a platform in another region than the account."""
    return refused(
        f"Cannot create a destination charge for connected accounts in {country} because funds would be settled on the "
        "platform and the connected account is outside the platform's region. You may use the `on_behalf_of` parameter "
        "to have the charge settle in the connected account's country. For more information on `on_behalf_of`, see "
        "https://stripe.com/docs/connect/charges-transfers#on-behalf-of. If using capabilities (e.g. `card_payments`, "
        "`transfers`), note that they affect settlement as well. For more information on capabilities, see "
        "https://stripe.com/docs/connect/account-capabilities. If you still need assistance, please contact us via "
        "https://support.stripe.com/contact."
    )


@error("observed")
def transfer_balance_insufficient() -> StripeError:
    """400 for a transfer of more money than is available."""
    return refused(
        "You have insufficient available funds in your Stripe account. Try adding funds directly to your available "
        "balance by creating Charges using the 4000000000000077 test card. See: "
        "https://stripe.com/docs/testing#available-balance",
        code="balance_insufficient",
    )


@error("observed", "with several transfers the words are our choice")
def transfer_exceeds_source(source_amount: str, transferred: str, count: int) -> StripeError:
    """400 for more money than a charge has left; amounts are as in `£4.80`."""
    message = f"Transfers using this transaction as a source must not exceed the source amount of {source_amount}."
    if count == 1:
        message += f" (There is already a transfer using this source, amounting to {transferred}.)"
    elif count:
        message += f" (There are already {count} transfers using this source, amounting to {transferred}.)"
    return refused(message)


@error("inferred", "a fragment was observed")
def transfer_currency_not_of_source(source_currency: str, currency: str) -> StripeError:
    """400 for a transfer in another currency than that in which its charge settled."""
    return refused(
        f"The currency of source_transaction's balance transaction ({source_currency}) must be the same as the "
        f"transfer currency ({currency})"
    )


@error("our choice")
def transfer_source_unsettled(charge: str) -> StripeError:
    """400 for a transfer of the money of a charge that has failed or is not captured."""
    return refused(
        f"The charge {charge} cannot be used as a source of transfers because it has not been paid.",
        param="source_transaction",
    )


@error("by analogy", "with refunds; another emulator has these words")
def reversal_too_large(amount: str, left: str) -> StripeError:
    """400 for a reversal of more than the unreversed amount of a transfer."""
    return refused(
        f"Transfer reversal amount ({amount}) is greater than unreversed amount on transfer ({left})", param="amount"
    )


@error("observed")
def already_reversed(transfer: str) -> StripeError:
    """400 for a reversal of a transfer that is reversed completely."""
    return refused(f"The transfer {transfer} is already fully reversed.")


@error("official", words="our choice")
def reversal_balance_insufficient(account: str) -> StripeError:
    """400 for a reversal that the balance of an account cannot pay, for whose losses the platform is not liable."""
    return refused(
        f"The connected account {account} has insufficient funds in its balance to reverse this transfer.",
        code="balance_insufficient",
    )


@error("our choice")
def reversal_without_fee(transfer: str) -> StripeError:
    """400 for a reversal that returns an application fee which was never taken."""
    return refused(
        f"Cannot refund the application fee of transfer {transfer} because its payment does not have one.",
        param="refund_application_fee",
    )


@error("observed", code="our choice", param="our choice")
def application_fee_misplaced() -> StripeError:
    """400 for an application fee on a payment without a connected account."""
    return refused(
        "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an "
        "OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).",
        param="application_fee_amount",
        code="parameter_missing",
    )


@error("our choice")
def application_fee_too_large(param: str = "application_fee_amount") -> StripeError:
    """400 for an application fee of more than the payment."""
    return refused("The application fee amount must be less than or equal to the amount of the payment.", param=param)


@error("observed", "the end of the sentence")
def transferred_amount_too_large(param: str = "transfer_data[amount]") -> StripeError:
    """400 for a destination charge that transfers more than the payment."""
    return refused("The transfer amount must be less than or equal to the charge amount.", param=param)


@error("observed", "without `transfers` by analogy")
def on_behalf_of_not_capable(*, with_transfers: bool) -> StripeError:
    """400 for a payment on behalf of an account that cannot take cards."""
    having = "with `transfers` but " if with_transfers else ""
    return refused(
        f"You cannot create a charge with the `on_behalf_of` parameter set to a connected account {having}without the "
        "`card_payments` capability enabled."
    )


@error("observed")
def account_not_capable() -> StripeError:
    """400 for a direct charge on an account that cannot take cards."""
    return refused("You cannot create a charge on a connected account without the `card_payments` capability enabled.")


@error("by analogy", "with refunds")
def fee_refund_too_large(amount: str, left: str) -> StripeError:
    """400 for a refund of more than the unrefunded amount of an application fee."""
    return refused(
        f"Refund amount ({amount}) is greater than unrefunded amount on application fee ({left})", param="amount"
    )


@error("by analogy", "with refunds")
def fee_already_refunded(fee: str) -> StripeError:
    """400 for a refund of an application fee that is refunded completely."""
    return refused(f"Application fee {fee} has already been refunded.")
