"""Event destinations of v2, for snapshot or thin events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, TypeAlias

from emulator.store.webhooks import ALL_EVENTS, WebhookEndpoint
from emulator.wire.dataclasses import dataclass

Payload = Literal["snapshot", "thin"]
SELF, ACCOUNTS = SOURCES = ("@self", "@accounts")


@dataclass(frozen=True, slots=True)
class EventDestination:
    """An event destination that is a webhook endpoint. Times are unix seconds.

    `events_from` holds `@self`, for events of the platform itself, and `@accounts`, for those of its connected
    accounts. `api_version` is that of snapshots, None for thin events, which have none.
    """

    id: str
    name: str
    payload: Payload
    url: str
    enabled_events: tuple[str, ...]
    events_from: tuple[str, ...]
    secret: str
    created: int = 0
    updated: int = 0
    api_version: str | None = None
    description: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    disabled: bool = False

    def is_subscribed(self, event_type: str, account: str | None, *, thin: bool = False) -> bool:
        """Whether it is subscribed to an event of an account, or of the platform if None.

        Only accounts of v2 have thin events. They belong to the platform's account and are connected to it, so that
        their events have both sources (official).
        """
        sources = SOURCES if thin and account else (SELF if account is None else ACCOUNTS,)
        ours = not set(sources).isdisjoint(self.events_from) and thin == (self.payload == "thin")
        return ours and not self.disabled and (event_type in self.enabled_events or ALL_EVENTS in self.enabled_events)


def is_thin(receiver: WebhookEndpoint | EventDestination) -> bool:
    """Whether a receiver gets thin events only."""
    return isinstance(receiver, EventDestination) and receiver.payload == "thin"


Receiver: TypeAlias = WebhookEndpoint | EventDestination
"""A receiver of deliveries: it has an id, a URL, a secret, an API version, and a subscription."""
