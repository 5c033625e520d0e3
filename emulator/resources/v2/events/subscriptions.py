"""Checks of an event destination's parameters: type, URL, event types, event sources and API version.

Only webhook endpoints are emulated. A destination at Amazon or Azure would receive nothing, which a test could not
distinguish from events that did not happen, so it is refused by name (our choice).
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.catalog import versions
from emulator.model.declaration.endpoint import Call
from emulator.resources.core.webhook_endpoints import is_url
from emulator.resources.v2.events import types as event_types
from emulator.schema.check import Params, Value
from emulator.store.destinations import ACCOUNTS, SELF, SOURCES, Payload
from emulator.store.webhooks import ALL_EVENTS

WEBHOOK = "webhook_endpoint"
OTHERS = ("amazon_eventbridge", "azure_event_grid")
# Former names in the API reference, accepted and shown by their present names (our choice).
OLDER_SOURCES: Mapping[str, str] = {"self": SELF, "other_accounts": ACCOUNTS}


def check_type(sent: Params) -> None:
    """Refuses other types than webhook endpoints, and the parameters of other types. Raises StripeError."""
    if sent["type"] != WEBHOOK:
        raise errors.param_not_emulated(("type",))
    for name in OTHERS:
        if sent.get(name):
            raise errors.v2_other_destination(name)
    if not sent.get(WEBHOOK):
        raise errors.v2_webhook_endpoint_missing()


def url(sent: Params) -> str:
    """The URL. Local addresses are accepted, which Stripe refuses (our choice). Raises StripeError."""
    endpoint = sent[WEBHOOK]
    text = str(endpoint.get("url")) if isinstance(endpoint, dict) else ""
    if not is_url(text):
        raise errors.v2_destination_url_invalid()
    return text


def types(sent: Params, payload: Payload) -> tuple[str, ...]:
    """The event types without duplicates. Most thin events of v1 types are not emulated. Raises StripeError."""
    names = [str(name) for name in _list(sent, "enabled_events")]
    if not names:
        raise errors.v2_list_empty("enabled_events")
    known = event_types.of_payload(payload)
    for place, name in enumerate(names):
        if name == ALL_EVENTS and payload == "thin":
            raise errors.v2_all_thin_events(place)
        if payload == "thin" and name.startswith(event_types.THIN_OF_V1) and name not in known:
            raise errors.param_not_emulated(("enabled_events", str(place)))
        if name not in known:
            raise errors.v2_event_type_unknown(place, name, payload)
    return tuple(dict.fromkeys(names))


def events_from(sent: Params) -> tuple[str, ...]:
    """The event sources, by default the platform (our choice). Organizations are not emulated. Raises StripeError."""
    names = [str(name) for name in _list(sent, "events_from")]
    for place, name in enumerate(names):
        if name.startswith("@organization_"):
            raise errors.param_not_emulated(("events_from", str(place)))
        if name not in (*SOURCES, *OLDER_SOURCES):
            raise errors.v2_event_source_unknown(place, name, sorted(SOURCES))
    return tuple(dict.fromkeys(OLDER_SOURCES.get(name, name) for name in names)) or (SELF,)


def _list(sent: Params, name: str) -> list[Value]:
    found = sent.get(name)
    return found if isinstance(found, list) else []


def version(call: Call, payload: Payload) -> str | None:
    """The API version of snapshots, by default the platform's at creation (our choice). Raises StripeError."""
    named = call.params.get("snapshot_api_version")
    if payload == "thin":
        if named:
            raise errors.v2_version_of_thin_events()
        return None
    if not named:
        return call.sandbox.api_version
    if named not in versions.choices(call.version):
        raise errors.v2_snapshot_version_unknown(str(named))
    return str(named)
