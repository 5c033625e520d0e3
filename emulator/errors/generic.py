"""Errors of objects that follow from the catalog: payment records, readers, cards, tax, value lists."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error


@error("our choice")
def payment_attempt_open(record: str) -> StripeError:
    """400 for another attempt of a payment record whose latest one has not failed."""
    return refused(f"The latest payment attempt of the payment record {record} has not failed or been canceled.")


@error("our choice")
def payment_attempt_closed(record: str) -> StripeError:
    """400 for the outcome of an attempt that has one."""
    return refused(f"The latest payment attempt of the payment record {record} already has an outcome.")


@error("our choice")
def payment_record_refund_too_large(record: str) -> StripeError:
    """400 for a refund of more than is left of the guaranteed amount."""
    return refused(f"The refund is greater than the unrefunded amount of the payment record {record}.")


@error("official", words="inferred", status="inferred")
def reader_busy() -> StripeError:
    """400 for an action of a reader that has another one in progress."""
    return refused("Reader is currently busy processing another request.", code="terminal_reader_busy")


@error("our choice")
def reader_without_action(action: str) -> StripeError:
    """400 for a test helper of an action that is not in progress."""
    return refused(f"The reader has no {action} action in progress.")


@error("our choice")
def card_without_shipping() -> StripeError:
    """400 for the shipping of a card that is not shipped: a virtual one, or one without an address."""
    return refused("This card does not have a shipping address.")


@error("our choice")
def issuing_refund_too_large(transaction: str) -> StripeError:
    """400 for a refund of more than an issuing transaction captured."""
    return refused(f"The refund is greater than the amount of the transaction {transaction}.", param="refund_amount")


@error("official", words="our choice")
def tax_reference_used(reference: str) -> StripeError:
    """400 for the reference of another tax transaction."""
    return refused(f"A tax transaction with the reference {reference} already exists.", param="reference")


@error("official", words="our choice")
def tax_calculation_expired(calculation: str) -> StripeError:
    """400 for a tax calculation of more than ninety days ago."""
    return refused(f"The tax calculation {calculation} has expired.", param="calculation")


@error("official", words="our choice")
def tax_reversal_too_large(transaction: str) -> StripeError:
    """400 for a reversal of more than is left of a tax transaction."""
    return refused(f"The tax transaction {transaction} has less left to reverse.", param="original_transaction")


@error("official", words="our choice")
def value_list_alias_used(alias: str) -> StripeError:
    """400 for the alias of another value list."""
    return refused(f"A value list with the alias {alias} already exists.", param="alias")
