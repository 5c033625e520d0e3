"""The events of one sandbox, bounded in number and in age."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import cast

import orjson

from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.timestamps import DAY

MOST = 1000
DAYS_KEPT = 30  # official: events can be retrieved for 30 days
KEPT_SECONDS = DAYS_KEPT * DAY
LARGE = 4096  # bytes of JSON that are compressed: it takes 30 us, and a thousand smaller ones are few megabytes


class Related(NamedTuple):
    """The object of a thin event. `url` is its path in the API, such as `/v2/core/accounts/acct_1`."""

    id: str
    type: str
    url: str


class Thin(NamedTuple):
    """The properties of thin events. `changes` is packed JSON, None where none are tracked."""

    related: Related | None
    data: Mapping[str, Json] | None = None
    changes: bytes | None = None


class States(NamedTuple):
    """The object of an event before and after a change, in the newest version; None where it was or is not there.

    Without a state before, the event has no `previous_attributes`; without one after, it shows the one before.
    """

    before: Mapping[str, Json] | None
    after: Mapping[str, Json] | None


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event without its envelope. `states` is None on events of v2, which are `thin`.

    `family` are the digits that its id shares with the object that it is about.
    """

    type: str
    account: str | None
    states: States | None
    thin: Thin | None = None
    family: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `account` is the connected account that it is about, None for the platform itself.

    `request` and `idempotency_key` are those of the request that caused it, None without one. `data` holds the object
    and its previous attributes as packed JSON, in the newest version; `older` has them by other versions: that of the
    platform, `api_version`, and those of the receivers. `thin` is set on events of v2, which have no `data`.
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
    older: Mapping[str, bytes] = field(default_factory=dict)


def pack(data: Json) -> bytes:
    """JSON as events keep it: compressed to a quarter where it is large."""
    text = orjson.dumps(data)
    return bytes(memoryview(text)) if len(text) < LARGE else zlib.compress(text, level=1)


def unpack(packed: bytes) -> Json:
    """The JSON that an event keeps."""
    return cast("Json", orjson.loads(packed if packed.startswith(b"{") else zlib.decompress(packed)))


class Events:
    """The newest thousand events, for 30 days of the sandbox's clock."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: OrderedDict[str, Event] = OrderedDict()  # a dict takes ever longer to find its first item

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, event: Event, waits: Callable[[str], bool] = lambda _: False) -> list[str]:
        """Store an event, and drop those beyond the limits of age and number. Returns the ids of the dropped ones.

        An event that `waits` for its first delivery is not too old: a test may move the clock by a year at once.
        """
        rows, dropped = self._rows, []
        rows[event.id] = event
        if len(rows) > MOST:
            dropped.append(rows.popitem(last=False)[0])
        while (oldest := next(iter(rows.values()))).created <= event.created - KEPT_SECONDS and not waits(oldest.id):
            dropped.append(rows.popitem(last=False)[0])
        return dropped

    def get(self, identifier: str) -> Event | None:
        return self._rows.get(identifier)

    def newest_first(self, now: int) -> Iterator[Event]:
        """The events of the last 30 days."""
        return (event for event in reversed(self._rows.values()) if event.created > now - KEPT_SECONDS)
