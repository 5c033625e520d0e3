"""The last requests of a sandbox with their responses, bounded in number and size; secrets are masked when shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from emulator.store.budgets import Budget
from emulator.wire.mask import mask
from emulator.wire.namedtuples import NamedTuple

MAX_BODY = 16_384  # enough for a whole connected account


class Entry(NamedTuple):
    """One request and its response. Bodies are truncated; `at` is in unix seconds; status 0: no response was sent.

    `hint` names the likely cause, if the emulator knows more than its error, which is Stripe's.
    """

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
    fidelity: str
    request: bytes
    response: bytes
    hint: str | None = None

    @property
    def size(self) -> int:
        """The bytes of the fields that a client can make large."""
        return len(self.request) + len(self.response) + len(self.path) + len(self.user_agent or "") + len(self.version)


class Journal:
    """The newest entries of one sandbox. When all journals exceed their budget, the one that grows drops its oldest."""

    def __init__(self, size: int, budget: Budget) -> None:
        self._entries: deque[Entry] = deque()
        self._size = size
        self._budget = budget
        self.total = 0  # the number of all entries, dropped ones included

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.total += 1
        self._budget.used += entry.size
        while len(self._entries) > self._size or (self._budget.exceeded and len(self._entries) > 1):
            self._budget.used -= self._entries.popleft().size

    def clear(self) -> None:
        """Drop all entries and release their share of the budget."""
        self._budget.used -= sum(entry.size for entry in self._entries)
        self._entries.clear()

    def close(self) -> None:
        """Drop all entries for good; those that requests in flight still add do not count towards the budget."""
        self.clear()
        self._budget = Budget(self._budget.limit)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def newest(self) -> Entry | None:
        """The last entry, if any."""
        return self._entries[-1] if self._entries else None

    def __iter__(self) -> Iterator[Entry]:
        """Oldest first."""
        return iter(tuple(self._entries))


def cut(body: bytes) -> bytes:
    """A copy of the beginning of a body; a copy, since a serialized body keeps a larger buffer alive."""
    return bytes(memoryview(body)[:MAX_BODY])


def masked(body: bytes) -> str:
    """A body as text, with client secrets, session tokens and signing secrets masked."""
    return mask(body.decode(errors="replace"))
