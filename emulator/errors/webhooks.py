"""Errors of webhook endpoints and event destinations."""

from __future__ import annotations

from collections.abc import Sequence

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import quoted_id, unrecognized_value
from emulator.errors.v2 import field_refused, refused_by_v2
from emulator.wire.path import ParamPath, format_path


@error("observed", "on another endpoint")
def url_without_scheme(path: ParamPath) -> StripeError:
    """400 for a URL without http:// or https://."""
    return refused(
        "Invalid URL: An explicit scheme (such as https) must be provided.", param=format_path(path), code="url_invalid"
    )


@error("observed", "in test mode")
def webhook_endpoint_limit(most: int, mode: str) -> StripeError:
    """400 for one webhook endpoint too many. There is no code."""
    return refused(f"You have reached the maximum of {most} {mode} webhook endpoints.")


@error("observed", status="our choice")
def webhooks_of_connected_account() -> StripeError:
    """403 for webhook endpoints of a connected account."""
    return refused(
        "You are not permitted to configure webhook endpoints on a connected account. Did you mean to create a "
        "Connect webhook on your account instead?",
        status=403,
    )


@error("observed", "the values are those of the API reference")
def v2_event_source_unknown(place: int, value: str, known: Sequence[str]) -> StripeError:
    """400 for an unknown source of events."""
    return field_refused(f"events_from[{place}]", unrecognized_value(value, known))


@error("inferred", words="our choice")
def v2_event_type_unknown(place: int, name: str, payload: str) -> StripeError:
    """400 for a type that no event of this payload has."""
    return field_refused(f"enabled_events[{place}]", f"'{quoted_id(name)}' is not a type of {payload} events.")


@error("official", words="our choice")
def v2_all_thin_events(place: int) -> StripeError:
    """400 for `*` with thin events."""
    return field_refused(
        f"enabled_events[{place}]", "Thin event destinations cannot select all types of events. Name each."
    )


@error("our choice")
def v2_list_empty(name: str) -> StripeError:
    """400 for an empty list where a value is required."""
    return field_refused(name, "At least one value is required.")


@error("official", words="our choice")
def v2_too_many_values(name: str, most: int) -> StripeError:
    """400 for a list over its length."""
    return field_refused(name, f"At most {most} values are allowed.")


@error("official", words="our choice")
def v2_version_of_thin_events() -> StripeError:
    """400 for `snapshot_api_version` with thin events."""
    return field_refused("snapshot_api_version", "Thin events have no version.")


@error("our choice")
def v2_snapshot_version_unknown(value: str) -> StripeError:
    """400 for an unknown version of snapshots."""
    return field_refused("snapshot_api_version", f"'{quoted_id(value)}' is not an API version.")


@error("our choice")
def v2_webhook_endpoint_missing() -> StripeError:
    """400 for a destination of type `webhook_endpoint` without its URL."""
    return field_refused("webhook_endpoint", "Required for event destinations of type webhook_endpoint.")


@error("our choice")
def v2_other_destination(name: str) -> StripeError:
    """400 for the settings of another type of destination."""
    return field_refused(name, "Only for event destinations of this type.")


@error("observed", "on v2's account links")
def v2_destination_url_invalid() -> StripeError:
    """400 for a destination with an invalid URL."""
    return field_refused(
        "webhook_endpoint.url", "url must be a valid URL and start with https:// or, during testing, http://."
    )


@error("our choice", "the number is that of webhook endpoints")
def v2_event_destination_limit(most: int) -> StripeError:
    """400 for one event destination too many."""
    return refused_by_v2(f"You have reached the maximum of {most} event destinations.", "invalid_fields")
