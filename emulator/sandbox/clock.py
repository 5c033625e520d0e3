"""The time of one sandbox. Only this module reads the machine's clock.

It reads it through `datetime.datetime`, so that freezegun works in the server's process; other languages move the
sandbox's clock through the control API.
"""

from __future__ import annotations

import datetime
from typing import Literal

from emulator.wire.dataclasses import dataclass

EARLIEST = 0
LATEST = 253_402_300_799  # the last second of the year 9999, the last that a Date header can print
Mode = Literal["running", "frozen"]


def wall() -> int:
    """The machine's time, or freezegun's, in unix seconds."""
    return int(datetime.datetime.now(datetime.UTC).timestamp())


@dataclass(slots=True)
class Clock:
    """Wall time plus an offset, or a frozen second. May move backwards."""

    offset: int = 0
    frozen_at: int | None = None

    def now(self) -> int:
        """Unix seconds, always between EARLIEST and LATEST."""
        if self.frozen_at is not None:
            return self.frozen_at
        return _bounded(wall() + self.offset) if self.offset else wall()

    @property
    def mode(self) -> Mode:
        return "running" if self.frozen_at is None else "frozen"

    def advance(self, seconds: int) -> None:
        """Move by a number of seconds, backwards if negative; a frozen clock stays frozen."""
        self.set(self.now() + seconds)

    def set(self, now: int) -> None:
        """Move to a second. A frozen clock stays frozen, a running one continues from there."""
        if self.frozen_at is None:
            self.offset = _bounded(now) - wall()
        else:
            self.frozen_at = _bounded(now)

    def freeze(self) -> None:
        """Stop at the present second."""
        self.frozen_at = self.now()

    def release(self) -> None:
        """Return to wall time."""
        self.offset, self.frozen_at = 0, None


def _bounded(now: int) -> int:
    return min(max(now, EARLIEST), LATEST)
