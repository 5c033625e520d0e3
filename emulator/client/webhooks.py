"""Webhooks without a receiver, for tests in Python: the events of a sandbox, and signed payloads.

A test with a receiver registers its URL as with Stripe, or starts the emulator with `--forward-to`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from emulator.sandbox.clock import wall
from emulator.webhooks.signature import signature

Event = dict[str, Any]
Control = Callable[..., dict[str, Any]]
PAUSE_SECONDS = 0.02


class Webhooks:
    """The events of one sandbox as receivers get them, those of connected accounts and thin events included."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._waited_for: set[str] = set()

    def events(self, type: str = "*", account: str | None = None) -> list[Event]:  # noqa: A002
        """The last thousand events, oldest first. `type` may be a group such as `account.*`."""
        query = {"type": type, "limit": 1000, **({"account": account} if account else {})}
        return list(reversed(self._control("GET", f"/events?{urlencode(query)}")["data"]))

    def wait(self, type: str, timeout: float = 5.0, account: str | None = None) -> Event:  # noqa: A002
        """Wait for the first event of a type that no call has returned yet. Raises TimeoutError.

        `timeout` is in real seconds. The pauses are counted, since a test may have frozen the time.
        """
        for _ in range(max(round(timeout / PAUSE_SECONDS), 1)):
            for event in self.events(type, account):
                if event["id"] not in self._waited_for:
                    self._waited_for.add(event["id"])
                    return event
            time.sleep(PAUSE_SECONDS)
        seen = ", ".join(event["type"] for event in self.events()) or "none"
        raise TimeoutError(f"No event {type} within {timeout} seconds. Events so far: {seen}.")

    def payload_and_signature(self, event: Event, secret: str) -> tuple[bytes, str]:
        """The payload of a delivery and its `Stripe-Signature`, for a test that calls its own view."""
        payload = json.dumps(event, indent=2, ensure_ascii=False).encode()
        return payload, signature(payload, secret, wall(), livemode=bool(event["livemode"]))

    @property
    def endpoints(self) -> list[dict[str, Any]]:
        """The registered endpoints with their secrets and their deliveries with every attempt."""
        return list(self._control("GET", "/webhooks")["data"])

    def resend(self, event: str, endpoint: str | None = None) -> list[str]:
        """Resend an event by its id to one endpoint, or to all its receivers so far, and return their ids."""
        body: Mapping[str, str] = {"event": event, **({"endpoint": endpoint} if endpoint else {})}
        return list(self._control("POST", "/webhooks/resend", body)["endpoints"])
