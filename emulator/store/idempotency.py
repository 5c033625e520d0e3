"""Idempotency keys: the response to the first request with a key is saved, and replayed to the next ones.

Their scope, their lifetime, which responses are saved and how requests are compared are official; that the number of
keys is bounded is our choice.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum

from emulator.store.budgets import KEYS, Budget
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.timestamps import DAY

KEPT = 10_000
WEIGHT = 512  # approximate bytes of a key with a light response
LIFETIME = {"v1": DAY, "v2": 30 * DAY}

Slot = tuple[str | None, str]  # the account acted on (None is the platform), and the key


class Saved(NamedTuple):
    """The saved response of the first request. `body` is the value of a success, or the bytes of an error."""

    fingerprint: int
    path: str
    at: int
    status: int
    body: Json | bytes
    request_id: str

    @property
    def size(self) -> int:
        """Approximate bytes."""
        return WEIGHT + (len(self.body) if isinstance(self.body, bytes) else 0)


class Conflict(Enum):
    """The reason that a key cannot be used for a request."""

    IN_FLIGHT = "in flight"
    OTHER_PARAMETERS = "other parameters"
    OTHER_ENDPOINT = "other endpoint"


@dataclass(frozen=True, slots=True)
class Use:
    """A request that carries a key."""

    slot: Slot
    fingerprint: int
    path: str
    now: int
    lifetime: int = DAY


def fingerprint(*parts: bytes) -> int:
    """A number of 64 bits that identifies the parameters of a request."""
    return hash(parts)


class IdempotencyKeys:
    """The keys of one sandbox. When all together exceed the budget, the sandbox that grows drops its oldest keys."""

    def __init__(self, kept: int = KEPT, budget: Budget | None = None) -> None:
        self._kept = kept
        self._budget = Budget(KEYS) if budget is None else budget
        self._saved: OrderedDict[Slot, Saved] = OrderedDict()
        self._in_flight: set[Slot] = set()

    def __len__(self) -> int:
        return len(self._saved)

    def find(self, use: Use) -> Saved | Conflict | None:
        """The response saved under a key, the conflict, or None if the key is new or has expired."""
        if use.slot in self._in_flight:
            return Conflict.IN_FLIGHT
        saved = self._saved.get(use.slot)
        if saved is None or use.now - saved.at >= use.lifetime:
            return None
        if saved.path != use.path:
            return Conflict.OTHER_ENDPOINT
        return saved if saved.fingerprint == use.fingerprint else Conflict.OTHER_PARAMETERS

    def first_path(self, slot: Slot) -> str:
        """The path that a key was first used for."""
        return self._saved[slot].path

    def save(self, use: Use, status: int, body: Json | bytes, request_id: str) -> None:
        """Save the response to a request; beyond the bounds, the oldest are dropped."""
        saved, before = (
            Saved(use.fingerprint, use.path, use.now, status, body, request_id),
            self._saved.pop(use.slot, None),
        )
        self._saved[use.slot] = saved
        self._budget.used += saved.size - (before.size if before else 0)
        while len(self._saved) > self._kept or (self._budget.exceeded and len(self._saved) > 1):
            self._budget.used -= self._saved.popitem(last=False)[1].size

    def clear(self) -> None:
        """Drop all keys, and release their share of the budget."""
        self._budget.used -= sum(saved.size for saved in self._saved.values())
        self._saved.clear()

    def close(self) -> None:
        """Drop all keys for good; those that requests in flight still add do not count towards the budget."""
        self.clear()
        self._budget = Budget(self._budget.limit)

    def begin(self, slot: Slot) -> None:
        """Mark a key as in use by a request in flight."""
        self._in_flight.add(slot)

    def end(self, slot: Slot) -> None:
        """End the request in flight of a key."""
        self._in_flight.discard(slot)
