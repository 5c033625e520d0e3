"""Errors of meters and their events."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import doc_url
from emulator.errors.v2 import refused_by_v2


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
