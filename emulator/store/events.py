"""The events of one sandbox, bounded in number and in age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json

MOST = 1000
DAYS_KEPT = 30  # official: events can be retrieved for 30 days
KEPT_SECONDS = DAYS_KEPT * 86_400


class Related(NamedTuple):
    """The object of a thin event. `url` is its path in the API, such as `/v2/core/accounts/acct_1`."""

    id: str
    type: str
    url: str


class Thin(NamedTuple):
    """The properties of thin events. `changes` is JSON, compressed by zlib, None where none are tracked."""

    related: Related | None
    data: Mapping[str, Json] | None = None
    changes: bytes | None = None


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event without its envelope. `data` is JSON, compressed by zlib; None on events of v2, which are `thin`."""

    type: str
    account: str | None
    data: bytes | None
    thin: Thin | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `account` is the connected account that it is about, None for the platform itself.

    `request` and `idempotency_key` are those of the request that caused it, None without one. `data` holds the object
    and its previous attributes as JSON, compressed by zlib, in the newest version; `api_version` is the platform's.
    `thin` is set on events of v2, which have no `data`.
    """

    id: str
    type: str
    created: int
    account: str | None
    request: str | None
    idempotency_key: str | None
    api_version: str
    data: bytes | None
    thin: Thin | None = None


class Events:
    """The newest thousand events, for 30 days of the sandbox's clock."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[str, Event] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, event: Event) -> list[str]:
        """Store an event, and drop those beyond the limits of age and number. Returns the ids of the dropped ones."""
        self._rows[event.id] = event
        dropped = []
        while len(self._rows) > MOST or self._oldest().created <= event.created - KEPT_SECONDS:
            dropped.append(self._oldest().id)
            del self._rows[dropped[-1]]
        return dropped

    def _oldest(self) -> Event:
        return next(iter(self._rows.values()))

    def get(self, identifier: str) -> Event | None:
        return self._rows.get(identifier)

    def newest_first(self, now: int) -> Iterator[Event]:
        """The events of the last 30 days."""
        return (event for event in reversed(self._rows.values()) if event.created > now - KEPT_SECONDS)
