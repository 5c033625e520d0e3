"""The last requests of a sandbox and their answers: bounded, and shown without secrets."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from emulator.store.budgets import Budget

BODY_KEPT = 16_384  # a connected account is whole
_SECRET = re.compile(r"(accs_secret__|em_(?:test|live)_|whsec_|[sr]k_(?:test|live|org)_)([0-9A-Za-z_]{5,})")
ENOUGH = 20  # characters, of which eight may be shown


class Entry(NamedTuple):
    """One request and its answer. Bodies are cut; times are unix seconds; a status of 0 is an answer never sent."""

    at: int
    method: str
    path: str
    status: int
    request_id: str
    account: str | None
    error: str | None
    version: str
    idempotency_key: str | None
    replayed: bool
    fault: str | None
    user_agent: str | None
    request: bytes
    response: bytes

    @property
    def size(self) -> int:
        """What a client may make large, in bytes."""
        return len(self.request) + len(self.response) + len(self.path) + len(self.user_agent or "") + len(self.version)


class Journal:
    """The newest entries of one sandbox. When all journals together are too large, the one that grows forgets."""

    def __init__(self, kept: int, budget: Budget) -> None:
        self._entries: deque[Entry] = deque()
        self._kept = kept
        self._budget = budget
        self.total = 0  # those that are forgotten, too

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.total += 1
        self._budget.used += entry.size
        while len(self._entries) > self._kept or (self._budget.is_spent and len(self._entries) > 1):
            self._budget.used -= self._entries.popleft().size

    def clear(self) -> None:
        """Gives its share of the budget back."""
        self._budget.used -= sum(entry.size for entry in self._entries)
        self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def newest(self) -> Entry | None:
        """The last request, None when there is none."""
        return self._entries[-1] if self._entries else None

    def __iter__(self) -> Iterator[Entry]:
        """Oldest first."""
        return iter(tuple(self._entries))


def cut(body: bytes) -> bytes:
    """A copy of the beginning of a body; a copy, because a serialized body holds a larger buffer than it shows."""
    return bytes(memoryview(body)[:BODY_KEPT])


def masked(body: bytes) -> str:
    """A body as text, with client secrets, session tokens and signing secrets shortened."""
    return mask(body.decode(errors="replace"))


def mask(text: str) -> str:
    """A text with its secrets shortened: to a beginning, of the moment that each was made, and an end, of its own."""
    return _SECRET.sub(_shortened, text)


def _shortened(found: re.Match[str]) -> str:
    start, secret = found.groups()
    return f"{start}{secret[:4]}***{secret[-4:] if len(secret) >= ENOUGH else ''}"
