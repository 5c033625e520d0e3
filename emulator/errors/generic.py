"""Errors of objects that follow from the catalog: payment records, readers, cards, tax."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, Stage, StripeError, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import doc_url, quoted_id
from emulator.errors.service import NOT_EMULATED
from emulator.errors.v2 import refused_by_v2


@error("observed")
def country_spec_unknown(country: str) -> StripeError:
    """404 for the specification of an unknown country."""
    message = f"Country '{quoted_id(country)}' is unknown"
    return StripeError(ErrorBody(404, message, param="country"))


@error("our choice")
def effect_not_emulated(effect: str) -> StripeError:
    """501 for a request whose effect on other objects, such as money that moves, the emulator does not model."""
    message = f"The emulator does not emulate {effect}; FIDELITY.md lists what is emulated."
    return StripeError(ErrorBody(501, message, "api_error", NOT_EMULATED, documented=False, stage=Stage.RUN))


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


@error("official", "on v1 the code is by analogy", words="inferred")
def meter_event_duplicate(identifier: str) -> StripeError:
    """400 for a meter event with the identifier of another one of the last day."""
    return refused(
        f"An event already exists with identifier {identifier}.", param="identifier", code="duplicate_meter_event"
    )


@error("official", words="inferred")
def meter_event_without_meter(event_name: str) -> StripeError:
    """400 on v2 for an event that no meter counts."""
    return refused(f"No meter was found matching event_name {event_name}.", param="event_name", code="no_meter")


@error("official", words="inferred")
def meter_event_without_customer(key: str) -> StripeError:
    """400 on v2 for an event whose payload names no customer."""
    return refused(
        f"Customer mapping key {key} not found in payload.", param="payload", code="payload_no_customer_defined"
    )


@error("official", words="our choice")
def meter_event_without_value(key: str) -> StripeError:
    """400 on v2 for an event whose payload has no value."""
    return refused(f"Value key {key} not found in payload.", param="payload", code="payload_no_value_defined")


@error("official", words="inferred")
def meter_event_value_invalid() -> StripeError:
    """400 on v2 for an event whose value is no number."""
    return refused("The value must be a positive integer.", param="payload", code="payload_invalid_value")


@error("official", words="inferred", status="our choice")
def meter_session_expired() -> StripeError:
    """400 for a stream with the token of a session that has ended."""
    code = "billing_meter_event_session_expired"
    extra = (("type", "temporary_session_expired"), ("doc_url", doc_url(code)))
    return refused_by_v2("The temporary session token has expired.", code, 400, extra)


@error("official", "on v1 the code is by analogy", words="our choice")
def meter_event_too_old() -> StripeError:
    """400 for a meter event of more than 35 days ago."""
    message = "The timestamp of a meter event must be within the past 35 calendar days."
    return refused(message, param="timestamp", code="timestamp_too_far_in_past")


@error("official", "on v1 the code is by analogy", words="our choice")
def meter_event_in_future() -> StripeError:
    """400 for a meter event of more than five minutes ahead."""
    message = "The timestamp of a meter event must be at most 5 minutes in the future."
    return refused(message, param="timestamp", code="timestamp_in_future")


@error("official", "on v1 the code is by analogy", words="our choice")
def meter_archived(event_name: str) -> StripeError:
    """400 for an event of a meter that is not active."""
    return refused(
        f"The meter of the event name {event_name} is not active.", param="event_name", code="archived_meter"
    )


@error("official", words="our choice")
def meter_event_name_used(event_name: str) -> StripeError:
    """400 for a meter with the event name of another active one."""
    return refused(f"An active meter with the event name {event_name} already exists.", param="event_name")


@error("our choice")
def meter_event_unknown(identifier: str) -> StripeError:
    """400 for canceling a meter event that is unknown, or older than a day."""
    return refused(f"No meter event of the last 24 hours has the identifier {identifier}.", param="cancel[identifier]")


@error("official", words="our choice")
def meter_window_unaligned(param: str) -> StripeError:
    """400 for the bounds of a summary that are not at a full minute, or not at its window."""
    return refused(f"The {param} must be aligned with the boundaries of the window.", param=param)


@error("official", words="our choice")
def value_list_alias_used(alias: str) -> StripeError:
    """400 for the alias of another value list."""
    return refused(f"A value list with the alias {alias} already exists.", param="alias")


@error("our choice")
def number_out_of_range() -> StripeError:
    """400 for a request whose amounts or times come to a number of more than 64 bits."""
    return refused("The request leads to a number that is too large.")
