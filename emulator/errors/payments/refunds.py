"""Errors of refunds."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error


@error("observed")
def refund_without_payment() -> StripeError:
    """400 for a refund that names no payment. There are no code and no param."""
    return refused("One of the following params should be provided for this request: payment_intent or charge.")


@error("observed")
def refund_exceeds_charge(amount: str, charged: str) -> StripeError:
    """400 for a refund of more than the charge, of which nothing is refunded yet; amounts are as in `$10.00`."""
    return refused(f"Refund amount ({amount}) is greater than charge amount ({charged})", param="amount")


@error("observed")
def refund_exceeds_rest(amount: str, left: str) -> StripeError:
    """400 for a refund of more than the unrefunded amount."""
    return refused(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")


@error("observed")
def charge_already_refunded(charge: str) -> StripeError:
    """400 for a refund, of any amount, of a charge that is refunded completely."""
    return refused(f"Charge {charge} has already been refunded.", code="charge_already_refunded")


@error("observed")
def charge_disputed(charge: str) -> StripeError:
    """400 for a refund of a charge with a chargeback that is open or lost."""
    return refused(f"Charge {charge} has been charged back; cannot issue a refund.", code="charge_disputed")


@error("observed")
def intent_without_charge(intent: str) -> StripeError:
    """400 for a refund of a payment intent without a successful charge."""
    return refused(f"This PaymentIntent ({intent}) does not have a successful charge to refund.")


@error("observed")
def refund_of_uncaptured(intent: str) -> StripeError:
    """400 for a refund of a hold of a payment intent."""
    return refused(
        f"This uncaptured Charge was created by a PaymentIntent ({intent}). You must cancel the PaymentIntent to "
        "reverse the authorization instead of refunding the Charge directly. For more information, see "
        "https://stripe.com/docs/payments/place-a-hold-on-a-payment-method"
    )


@error("our choice")
def refund_of_failed(charge: str) -> StripeError:
    """400 for a refund of a charge that has failed."""
    return refused(f"Charge {charge} has failed; cannot issue a refund.")


@error("our choice")
def refund_of_part_of_hold(charge: str) -> StripeError:
    """400 for a refund of a part of a charge that is not captured."""
    return refused(f"Charge {charge} has not been captured; only its whole amount can be refunded.", param="amount")


@error("observed")
def refund_without_transfer(charge: str) -> StripeError:
    """400 for `reverse_transfer` on a charge that paid no connected account."""
    return refused(f"Cannot reverse transfer on charge {charge} because it does not have an associated transfer.")


@error("observed", "not on destination charges, where such a refund was accepted")
def refund_without_fee(charge: str) -> StripeError:
    """400 for `refund_application_fee` on a charge without a connected account."""
    return refused(f"Attempting to refund_application_fee on charge {charge}, but it has no application fee")


@error("observed")
def refund_not_cancelable() -> StripeError:
    """400 for canceling a refund that the customer does not have to do anything for."""
    return refused("Canceling this refund is unsupported.")


@error("our choice")
def refund_not_expirable(status: str) -> StripeError:
    """400 for expiring a refund that the customer does not have to do anything for."""
    return refused(f"This refund cannot be expired because it has a status of {status}.")
