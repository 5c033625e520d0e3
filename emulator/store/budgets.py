"""What all sandboxes of a server may keep together of one kind of history, so that many of them are bounded too."""

from __future__ import annotations

from dataclasses import field

from emulator.wire.dataclasses import dataclass

MIB = 1024 * 1024
JOURNALS = 64 * MIB
KEYS = 256 * MIB
CHANGES = 128 * MIB


@dataclass(slots=True)
class Budget:
    """Bytes that may be kept, and those that are. Beyond the limit, a store that grows drops its own oldest entries."""

    limit: int
    used: int = 0

    @property
    def exceeded(self) -> bool:
        """Whether something must be forgotten."""
        return self.used > self.limit


@dataclass(frozen=True, slots=True)
class Budgets:
    """One for the journals, one for the responses under idempotency keys, one for the logs of changes."""

    journals: Budget = field(default_factory=lambda: Budget(JOURNALS))
    keys: Budget = field(default_factory=lambda: Budget(KEYS))
    changes: Budget = field(default_factory=lambda: Budget(CHANGES))
