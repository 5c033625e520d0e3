"""Webhook endpoints, and the deliveries of events with their attempts.

Nothing here runs on a timer: each delivery has a time at which it is due, and the dispatcher polls for due ones. The
numbers of deliveries and of attempts are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from emulator.wire.dataclasses import dataclass, replace
from emulator.wire.namedtuples import NamedTuple

MOST = 2000
ATTEMPTS_KEPT = 20
ALL_EVENTS = "*"
State = Literal["pending", "succeeded", "failed"]


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """A webhook endpoint. With `connect`, it gets the events of connected accounts, else those of the platform.

    `everything` is true for the URL of the setting `forward_to`, which gets both.
    """

    id: str
    url: str
    enabled_events: tuple[str, ...]
    secret: str
    created: int = 0
    api_version: str | None = None
    connect: bool = False
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    disabled: bool = False
    everything: bool = False

    def is_subscribed(self, event_type: str, account: str | None, *, thin: bool = False) -> bool:
        """Whether it gets an event of a connected account, or of the platform if None; it gets no thin events."""
        ours = not thin and (self.everything or self.connect == (account is not None))
        return ours and not self.disabled and (event_type in self.enabled_events or ALL_EVENTS in self.enabled_events)


class Attempt(NamedTuple):
    """One attempt. `status` is the receiver's, None without a response; `body` is the beginning of the response."""

    at: int
    status: int | None
    error: str | None
    milliseconds: int
    body: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery of one event to one endpoint. `due_at` is in unix seconds, None if no further attempt follows."""

    event: str
    endpoint: str
    due_at: int | None
    attempts: tuple[Attempt, ...] = ()
    tries: int = 0

    @property
    def state(self) -> State:
        """`succeeded` after a 2xx, `failed` if the last attempt had none, else `pending`."""
        if self.attempts and self.attempts[-1].error is None:
            return "succeeded"
        return "pending" if self.due_at is not None else "failed"


Pair = tuple[str, str]


class Deliveries:
    """The deliveries of one sandbox, with an index of those that are due."""

    __slots__ = ("_checked_at", "_count", "_dropped", "_due", "_rows", "_sending")

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Delivery]] = {}  # by event, then by endpoint
        self._dropped: dict[str, int] = {}  # the deliveries of an event that were dropped before they succeeded
        self._count = 0
        self._due: dict[Pair, int] = {}
        self._sending: set[Pair] = set()
        self._checked_at = -1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Delivery]:
        """In the order of their events."""
        return (row for rows in tuple(self._rows.values()) for row in tuple(rows.values()))

    def of(self, event: str) -> tuple[Delivery, ...]:
        """The deliveries of one event."""
        return tuple(self._rows.get(event, {}).values())

    def undelivered(self, event: str) -> int:
        """The number of endpoints to which the delivery of an event is pending or has failed (official)."""
        return self._dropped.get(event, 0) + sum(row.state != "succeeded" for row in self.of(event))

    def waits(self, event: str) -> bool:
        """Whether an event has not been sent to an endpoint yet."""
        return any(row.due_at is not None and not row.tries for row in self.of(event))

    def schedule(self, event: str, endpoint: str, now: int) -> None:
        """Make a delivery due now, for the first time or again; beyond `MOST`, drop those of the oldest event."""
        self._dropped.pop(event, None)  # this delivery counts instead
        old = self._rows.get(event, {}).get(endpoint)
        self._count += old is None
        self._put(replace(old, due_at=now) if old else Delivery(event, endpoint, now))
        while self._count > MOST and len(self._rows) > 1:
            self._drop_and_count(next(iter(self._rows)))

    def _drop_and_count(self, event: str) -> None:
        """Drop the deliveries of an event, but keep the number of those that have not succeeded."""
        lost = self.undelivered(event)
        self.drop_event(event)
        if lost:
            self._dropped[event] = lost

    def due(self, now: int) -> list[Delivery]:
        """The deliveries to send now that are not being sent, in the order in which they were scheduled."""
        return [self._rows[e][w] for (e, w), at in self._due.items() if at <= now and (e, w) not in self._sending]

    def next_due(self, now: int) -> int | None:
        """The time when the next one is due after now."""
        return min((at for at in self._due.values() if at > now), default=None)

    def newly_due(self, now: int) -> bool:
        """Whether a delivery has become due since the last call; checked once a second only."""
        if not self._due or now == self._checked_at:
            return False
        self._checked_at = now
        return min(self._due.values()) <= now

    @property
    def sending(self) -> bool:
        """Whether a delivery is being sent."""
        return bool(self._sending)

    def send(self, delivery: Delivery) -> None:
        """Mark a delivery as being sent."""
        self._sending.add((delivery.event, delivery.endpoint))

    def record(self, delivery: Delivery, attempt: Attempt | None, due_at: int | None) -> None:
        """Record an attempt, None if the endpoint was disabled, and the time of the next one.

        Does nothing if the delivery has been dropped meanwhile.
        """
        self._sending.discard((delivery.event, delivery.endpoint))
        row = self._rows.get(delivery.event, {}).get(delivery.endpoint)
        if row is None:
            return
        if row.due_at != delivery.due_at:
            due_at = row.due_at  # scheduled again while it was being sent
        attempts = row.attempts if attempt is None else (*row.attempts, attempt)[-ATTEMPTS_KEPT:]
        self._put(replace(row, due_at=due_at, attempts=attempts, tries=row.tries + 1))

    def drop_event(self, event: str) -> None:
        """Drop the deliveries of an event that was dropped."""
        self._dropped.pop(event, None)
        for endpoint in self._rows.pop(event, {}):
            self._count -= 1
            self._due.pop((event, endpoint), None)

    def drop_endpoint(self, endpoint: str) -> None:
        """Drop the deliveries to an endpoint that was deleted."""
        for event, rows in self._rows.items():
            self._count -= rows.pop(endpoint, None) is not None
            self._due.pop((event, endpoint), None)

    def _put(self, row: Delivery) -> None:
        pair = (row.event, row.endpoint)
        self._rows.setdefault(row.event, {})[row.endpoint] = row
        self._due.pop(pair, None)
        if row.due_at is not None:
            self._due[pair] = row.due_at
