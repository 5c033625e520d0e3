"""Memory limits shared by all sandboxes of a server, one for each kind of history."""

from __future__ import annotations

from dataclasses import field

from emulator.store.contents import Contents
from emulator.wire.dataclasses import dataclass

MIB = 1024 * 1024
JOURNALS = 64 * MIB
KEYS = 256 * MIB
CHANGES = 128 * MIB
FILES = 512 * MIB


@dataclass(slots=True)
class Budget:
    """A limit in bytes and its use. Beyond the limit, a store that grows drops its own oldest entries."""

    limit: int
    used: int = 0

    @property
    def exceeded(self) -> bool:
        """Whether entries must be dropped."""
        return self.used > self.limit


@dataclass(frozen=True, slots=True)
class Budgets:
    """The budgets of a server: for journals, for responses under idempotency keys, for change logs, and for files."""

    journals: Budget = field(default_factory=lambda: Budget(JOURNALS))
    keys: Budget = field(default_factory=lambda: Budget(KEYS))
    changes: Budget = field(default_factory=lambda: Budget(CHANGES))
    files: Contents = field(default_factory=lambda: Contents(FILES))
