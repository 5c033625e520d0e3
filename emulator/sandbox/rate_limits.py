"""Rate limits of one sandbox, off by default.

Requests are counted per second of the sandbox's clock: while it is frozen, an exceeded limit stays exceeded, and
advancing it by one second resets the count, so that tests need not wait.
"""

from __future__ import annotations

from dataclasses import field

from emulator.wire.dataclasses import dataclass


@dataclass(slots=True)
class RateLimits:
    """Requests per second, of the whole sandbox and of each operation. 0 is no limit."""

    total: int = 0
    endpoint: int = 0
    _second: int = -1
    _counts: dict[str, int] = field(default_factory=dict)

    def exceeded(self, operation: str, now: int) -> str | None:
        """Count a request and return Stripe's name of the limit that it exceeds, if any."""
        if not (self.total or self.endpoint):
            return None
        if now != self._second:
            self._second, self._counts = now, {}
        for name in ("", operation):
            self._counts[name] = self._counts.get(name, 0) + 1
        if self.total and self._counts[""] > self.total:
            return "global-rate"
        return "endpoint-rate" if self.endpoint and self._counts[operation] > self.endpoint else None
